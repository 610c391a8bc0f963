package letter_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

// saying is a letter that somebody else is said to have written, and whether
// it may be shown. The files have the form of the eval sets.
type saying struct {
	ID    string
	Kind  letter.Kind
	Lang  letter.Lang
	Facts json.RawMessage
	LLM   string
	Want  struct{ Verdict string }
}

// about is what the letter may say.
func (s saying) about(t *testing.T) letter.Case {
	t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal(s.Facts, &all); err != nil {
		t.Fatal(err)
	}
	c := letter.Case{Now: now}
	var told []struct {
		At                      time.Time
		Channel, Agent, Promise string
	}
	if raw := all["contacts"]; raw != nil {
		if err := json.Unmarshal(raw, &told); err != nil {
			t.Fatal(err)
		}
		delete(all, "contacts")
	}
	for _, x := range told {
		c.Contacts = append(c.Contacts, letter.Contact{At: x.At, Channel: x.Channel, Agent: x.Agent, Promise: x.Promise})
	}
	rest, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	c.Facts = fact.Facts{}
	if err := json.Unmarshal(rest, &c.Facts); err != nil {
		t.Fatal(err)
	}
	return c
}

func sayings(t *testing.T) []saying {
	t.Helper()
	names, err := filepath.Glob("testdata/replies/*.jsonl")
	if err != nil || len(names) == 0 {
		t.Fatalf("no replies: %v", err)
	}
	var out []saying
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			var s saying
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out = append(out, s)
		}
	}
	return out
}

// What models write: none of what is wrong gets through, and what is right is
// not turned away. The verdicts were fixed before the first run of each round.
func TestReplies(t *testing.T) {
	alone(t)
	b := book(t)
	rejected, accepted := 0, 0
	for _, s := range sayings(t) {
		findings := b.Check(s.LLM, letter.Order{Kind: s.Kind, Lang: s.Lang}, s.about(t))
		blocked := letter.Blocked(findings)
		switch {
		case s.Want.Verdict == "reject" && blocked:
			rejected++
		case s.Want.Verdict == "accept" && !blocked:
			accepted++
		default:
			t.Errorf("%s: want %s, found %v in\n%s", s.ID, s.Want.Verdict, findings, s.LLM)
		}
	}
	if rejected < 80 || accepted < 30 {
		t.Errorf("%d rejected and %d accepted: too few to tell", rejected, accepted)
	}
}
