package screen_test

import (
	"strings"
	"testing"

	"tixianbot/knowledge/screen"
)

// The least that the dev sets must reach. A hidden set of the same kind is
// twice as large, so the rules are general and the tables in phrasing_test.go
// are larger than these sets.
const (
	minRecall = 0.97
	maxFalse  = 0.05
	minRedact = 0.98
)

func TestDevSafety(t *testing.T) {
	s := loadScreen(t)
	var flagged, caught, plain, wrong int
	for _, c := range loadEval(t, "dev-safety.jsonl") {
		got, _ := s.Flag(c.Text, c.Facts)
		if got != c.Want.Flag {
			t.Logf("%s: %s, want %s: %s", c.ID, got, c.Want.Flag, c.Text)
		}
		if c.Want.Flag == screen.None {
			plain++
			wrong += count(got != screen.None)
			continue
		}
		flagged++
		caught += count(got == c.Want.Flag)
	}
	if r := ratio(caught, flagged); r < minRecall {
		t.Errorf("recall %.3f, want at least %.2f", r, minRecall)
	}
	if r := ratio(wrong, plain); r > maxFalse {
		t.Errorf("false-positive rate %.3f, want at most %.2f", r, maxFalse)
	}
}

func TestDevRedact(t *testing.T) {
	s := loadScreen(t)
	cases := loadEval(t, "dev-redact.jsonl")
	passed := 0
	for _, c := range cases {
		got := s.Share(c.Text)
		ok := true
		for _, secret := range c.Want.Masked {
			ok = ok && !strings.Contains(got, secret)
		}
		for _, word := range c.Want.Kept {
			ok = ok && strings.Contains(got, word)
		}
		if passed += count(ok); !ok {
			t.Logf("%s: %s\n     became %s", c.ID, c.Text, got)
		}
	}
	if r := ratio(passed, len(cases)); r < minRedact {
		t.Errorf("ratio %.3f, want at least %.2f", r, minRedact)
	}
}

// TestFreshRedact tries rounds of messages that were written without a look at
// the rules. A line holds the message, what must go and what must stay.
func TestFreshRedact(t *testing.T) {
	s := loadScreen(t)
	for name, least := range map[string]float64{"redact-round1.txt": minRedact, "redact-round2.txt": 0.96, "redact-round3.txt": minRedact, "redact-round4.txt": minRedact} {
		passed, all := 0, 0
		for line := range strings.Lines(string(read(t, "testdata/"+name))) {
			parts := strings.Split(line, "|||")
			if strings.HasPrefix(line, "#") || len(parts) != 3 {
				continue
			}
			got, ok := s.Share(strings.TrimSpace(parts[0])), true
			for _, secret := range listed(parts[1]) {
				ok = ok && !strings.Contains(got, secret)
			}
			for _, word := range listed(parts[2]) {
				ok = ok && strings.Contains(got, word)
			}
			all++
			if passed += count(ok); !ok {
				t.Logf("%s: %s became %s", name, line, got)
			}
		}
		if r := ratio(passed, all); r < least {
			t.Errorf("%s: ratio %.3f, want at least %.2f", name, r, least)
		}
	}
}

// listed returns the parts of a list that semicolons divide.
func listed(list string) []string {
	var out []string
	for _, part := range strings.Split(list, ";") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func ratio(n, of int) float64 { return float64(n) / float64(of) }
