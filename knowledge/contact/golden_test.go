package contact_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tixianbot/knowledge/contact"
)

var update = flag.Bool("update", false, "write what is read into testdata/*.golden")

// TestGolden writes down all that is read of the texts of testdata, so that a
// change of a rule shows in the difference what it does to each of them.
func TestGolden(t *testing.T) {
	for _, pattern := range []string{"lines-*.txt", "chats-*.txt"} {
		files, err := filepath.Glob("testdata/" + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, file := range files {
			golden(t, filepath.Base(file))
		}
	}
}

func golden(t *testing.T, file string) {
	t.Helper()
	var b strings.Builder
	if strings.HasPrefix(file, "lines") {
		for _, l := range lines(t, file) {
			fmt.Fprintf(&b, "%s\n%s", l.text, shown(l.text, reader.Read(l.text, told)))
		}
	} else {
		for _, p := range chats(t, file) {
			fmt.Fprintf(&b, "=== %s\n%s", p.name, shownChat(p.text))
		}
	}
	name := "testdata/" + strings.TrimSuffix(file, ".txt") + ".golden"
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	got, old := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(old)) {
		if i >= len(got) || i >= len(old) || got[i] != old[i] {
			t.Errorf("%s, line %d: differs; look at it with -update and git diff", name, i+1)
			return
		}
	}
}

// shown is a contact as lines: each part with the words it rests on.
func shown(text string, c contact.Contact) string {
	if !c.Is {
		return "\tno contact\n"
	}
	var b strings.Builder
	if !c.At.IsZero() {
		fmt.Fprintf(&b, "\tat %s\n", written(c.At, c.Rough))
	}
	for _, p := range c.Parts {
		fmt.Fprintf(&b, "\t%s %s", p.Name, p.Value)
		if words := text[p.From:p.To]; words != p.Value {
			fmt.Fprintf(&b, " 〔%s〕", words)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func shownChat(text string) string {
	var b strings.Builder
	if !reader.IsChat(text) {
		b.WriteString("no conversation\n")
	}
	turns := reader.Chat(text, told)
	for _, turn := range turns {
		at := "-"
		if !turn.At.IsZero() {
			at = written(turn.At, turn.Rough)
		}
		fmt.Fprintf(&b, "%s %q %s %q\n", turn.Who, turn.Name, at, text[turn.From:turn.To])
	}
	for _, p := range reader.Propose([]contact.Source{{Text: text, At: told, Turns: turns}}) {
		fmt.Fprintf(&b, "+ %s %q", p.Kind, p.Value)
		for _, part := range p.Parts {
			if part.Name == contact.Due {
				fmt.Fprintf(&b, " due %s", part.Value)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
