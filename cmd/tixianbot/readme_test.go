package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The README shows what the program does, so what it shows is made by the
// program. With -update these tests write it anew.

var update = flag.Bool("update", false, "write the parts of the README that the program makes")

// readmeHas compares the part of the README that matches old with want, after
// same has taken out of both what may differ.
func readmeHas(t *testing.T, old *regexp.Regexp, want string, same func(string) string) {
	t.Helper()
	file := filepath.Join(root, "README.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	was := old.FindString(string(text))
	if was == "" {
		t.Fatalf("the README has no %v", old)
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), was, want, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(same(was), same(want)); diff != "" {
		t.Errorf("the README is not what the program says; go test ./cmd/tixianbot -run Readme -update writes it\n-README +program:\n%s", diff)
	}
}

func TestTheReadmeHasTheConfiguration(t *testing.T) {
	help := strings.Join(strings.Fields(command(t, nil, "", "-h").out), " ")
	var rows []string
	for _, s := range secrets {
		if !strings.Contains(help, s.name+" "+s.help) {
			t.Errorf("-h does not show %s", s.name)
		}
		rows = append(rows, "| `"+s.name+"` (or `"+s.name+"_FILE`) | – | – | "+s.help+" |")
	}
	for _, s := range settings() {
		value, shown := "–", strings.TrimSuffix(s.help, ".")+" ($"+s.env
		if s.value != "" {
			value, shown = "`"+s.value+"`", shown+", default "+s.value
		}
		if !strings.Contains(help, s.flag) || !strings.Contains(help, shown+").") {
			t.Errorf("-h does not show %s with %q", s.flag, shown)
		}
		rows = append(rows, "| `"+s.env+"` | `"+s.flag+"` | "+value+" | "+s.help+" |")
	}
	table := "| variable | flag | default | meaning |\n|---|---|---|---|\n" + strings.Join(rows, "\n") + "\n"
	readmeHas(t, regexp.MustCompile(`(?m)^\| variable \|.*\n(\|.*\n)*`), table, func(s string) string { return s })
}

// TestTheReadmeShowsARealConversation: only the day of yesterday may differ.
func TestTheReadmeShowsARealConversation(t *testing.T) {
	unhurried(t)
	got := command(t, nil, mainPath, "chat", "--fresh", "--echo")
	want := "```text\n" + strings.TrimSpace(got.out) + "\n```"
	day := regexp.MustCompile(`(\d+年)?\d+月\d+日（周.）`)
	readmeHas(t, regexp.MustCompile("(?s)```text\n.*?```"), want, func(s string) string { return day.ReplaceAllString(s, "DAY") })
}
