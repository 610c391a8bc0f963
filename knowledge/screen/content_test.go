package screen_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/screen"
)

const (
	contentDir = "../content/zh"
	evalDir    = "../testdata/eval"
)

// loadTable reads the folding table of the content.
func loadTable(t testing.TB) *normal.Table {
	t.Helper()
	var rules normal.Rules
	decode(t, filepath.Join(contentDir, "normal/typos.yaml"), &rules)
	rules.Variants = string(read(t, filepath.Join(contentDir, "normal/variants.txt")))
	table, err := normal.New(rules)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// loadScreen compiles the rules of the content.
func loadScreen(t testing.TB) *screen.Screen {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(contentDir, "screen/*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules in %s: %v", contentDir, err)
	}
	all := make([]screen.Rules, len(files))
	for i, file := range files {
		decode(t, file, &all[i])
	}
	s, err := screen.Compile(loadTable(t), all...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, path string, v any) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions(read(t, path), v, yaml.Strict()); err != nil {
		t.Fatalf("%s: %s", path, yaml.FormatError(err, false, true))
	}
}

// evalCase is a line of an eval set.
type evalCase struct {
	ID    string     `json:"id"`
	Text  string     `json:"text"`
	Facts fact.Facts `json:"facts"`
	Want  struct {
		Flag         screen.Flag `json:"flag"`
		Masked, Kept []string
	} `json:"want"`
}

func loadEval(t testing.TB, name string) []evalCase {
	t.Helper()
	var out []evalCase
	lines := bufio.NewScanner(bytes.NewReader(read(t, filepath.Join(evalDir, name))))
	for lines.Scan() {
		var c evalCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, c)
	}
	return out
}

func TestEveryRuleHasExamplesThatHold(t *testing.T) {
	for _, err := range loadScreen(t).Check() {
		t.Error(err)
	}
}
