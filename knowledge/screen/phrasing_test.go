package screen_test

import (
	"regexp"
	"strings"
	"testing"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/screen"
)

// phrasing is a line of testdata/safety*.txt.
type phrasing struct {
	flag  screen.Flag
	known fact.Facts
	text  string
}

var knownFact = regexp.MustCompile(`^\[(\w+)=(\w+)\] `)

func loadPhrasings(t testing.TB, name string) []phrasing {
	t.Helper()
	var out []phrasing
	for line := range strings.Lines(string(read(t, "testdata/"+name))) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		flag, text, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("%s: no flag in %q", name, line)
		}
		p := phrasing{flag: screen.Flag(flag), known: fact.Facts{}, text: text}
		if m := knownFact.FindStringSubmatch(text); m != nil {
			p.known[fact.Name(m[1])] = fact.Value(m[2])
			p.text = text[len(m[0]):]
		}
		out = append(out, p)
	}
	return out
}

func TestPhrasings(t *testing.T) {
	s := loadScreen(t)
	for _, p := range loadPhrasings(t, "safety.txt") {
		if got, span := s.Flag(p.text, p.known); got != p.flag {
			t.Errorf("%s, want %s: %s  (%q)", got, p.flag, p.text, p.text[span[0]:span[1]])
		}
	}
}
