package read_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/read"
)

const content = "../content/zh/"

// reader returns the reader of the content that ships, compiled once.
var reader = sync.OnceValue(func() *read.Reader {
	table, err := normal.New(normalRules())
	if err != nil {
		panic(err)
	}
	r, err := read.Compile(table, readRules()...)
	if err != nil {
		panic(err)
	}
	return r
})

func normalRules() normal.Rules {
	var r normal.Rules
	load(content+"normal/typos.yaml", &r)
	variants, err := os.ReadFile(content + "normal/variants.txt")
	if err != nil {
		panic(err)
	}
	r.Variants = string(variants)
	return r
}

func readRules() []read.Rules {
	files, err := filepath.Glob(content + "read/*.yaml")
	if err != nil || len(files) == 0 {
		panic("no rules to read")
	}
	var all []read.Rules
	for _, f := range files {
		var r read.Rules
		load(f, &r)
		all = append(all, r)
	}
	return all
}

func load(path string, into any) {
	data, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		panic(path + ": " + yaml.FormatError(err, false, true))
	}
}

// now is Monday, 23 November 2026, 10:00 in Shanghai.
var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 8*3600))

func TestEveryRuleKeepsItsExamples(t *testing.T) {
	for _, err := range reader().Check() {
		t.Error(err)
	}
}

// extractCase is a line of the extract task of the eval sets.
type extractCase struct {
	ID, Text string
	Now      time.Time
	Want     struct {
		Facts  fact.Facts
		Absent []fact.Name
	}
}

func extractCases(tb testing.TB, path string) []extractCase {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var cases []extractCase
	for lines := bufio.NewScanner(f); lines.Scan(); {
		c := extractCase{Now: now}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			tb.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

// score counts as eval/README.md says: wanted facts that came out, wanted or
// forbidden facts that came out wrong, and wanted facts.
type score struct{ hit, wrong, want int }

func (s *score) add(t testing.TB, c extractCase) {
	got := map[fact.Name]read.Found{}
	for _, f := range reader().Read(c.Text, c.Now) {
		got[f.Name] = f
	}
	for name, want := range c.Want.Facts {
		s.want++
		spec, _ := fact.Lookup(name)
		f, ok := got[name]
		switch {
		case !ok:
			t.Logf("%s: %s: missed %q in %q", c.ID, name, want, c.Text)
		case spec.Equal(f.Value, want):
			s.hit++
		default:
			s.wrong++
			t.Logf("%s: %s is %q, want %q in %q", c.ID, name, f.Value, want, c.Text)
		}
	}
	for _, name := range c.Want.Absent {
		if f, ok := got[name]; ok {
			s.wrong++
			t.Logf("%s: %s is %q and must be absent in %q", c.ID, name, f.Value, c.Text)
		}
	}
}

func TestDevSet(t *testing.T) {
	var s score
	for _, c := range extractCases(t, "../testdata/eval/dev-extract.jsonl") {
		s.add(t, c)
	}
	precision := float64(s.hit) / float64(s.hit+s.wrong)
	recall := float64(s.hit) / float64(s.want)
	t.Logf("precision %.3f, recall %.3f over %d facts", precision, recall, s.want)
	if precision < 0.97 || recall < 0.92 {
		t.Errorf("precision %.3f, recall %.3f; want at least 0.97 and 0.92", precision, recall)
	}
}
