package triage_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/triage"
)

// play is a simulated interview: the truth answers whatever is asked, and what
// it does not hold the user does not know. Whether money was demanded is asked
// first, as the bot does it.
type play struct {
	id    string
	truth fact.Facts
	start fact.Facts // what the first message told, if anything
	cues  []string
	want  []string
}

type outcome struct {
	ranked []triage.Ranked
	asked  []fact.Name
	last   triage.Evidence
}

var noon = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

func (p play) run(m *triage.Model) outcome {
	e := triage.Evidence{Facts: p.start.Clone(), Cues: p.cues, Now: noon}
	if e.Facts == nil {
		e.Facts = fact.Facts{}
	}
	var o outcome
	if _, ok := e.Facts[fact.AskedToPay]; !ok {
		o.ask(&e, p.truth, fact.AskedToPay)
	}
	for {
		name, ok := m.Next(e, m.Facts())
		if !ok {
			break
		}
		o.ask(&e, p.truth, name)
	}
	o.ranked, o.last = m.Rank(e), e
	return o
}

func (o *outcome) ask(e *triage.Evidence, truth fact.Facts, name fact.Name) {
	o.asked = append(o.asked, name)
	e.Asked++
	if v, ok := truth[name]; ok {
		e.Facts[name] = v
	} else {
		e.Unsure = append(e.Unsure, name)
	}
}

// place returns how far down the ranking the first wanted cause stands; 1 is the top.
func (o outcome) place(want []string) int {
	return 1 + slices.IndexFunc(o.ranked, func(r triage.Ranked) bool { return slices.Contains(want, r.Cause) })
}

type score struct {
	top1, top3  float64
	median, p90 int
}

func scoreOf(tb testing.TB, m *triage.Model, plays []play) score {
	tb.Helper()
	var s score
	var asked []int
	for _, p := range plays {
		o := p.run(m)
		asked = append(asked, len(o.asked))
		place := o.place(p.want)
		if place == 1 {
			s.top1++
		} else {
			tb.Logf("%s: want %v, got %s (%.2f), place %d, asked %v", p.id, p.want, o.ranked[0].Cause, o.ranked[0].P, place, o.asked)
		}
		if place <= 3 {
			s.top3++
		}
		if os.Getenv("PLAYS") != "" {
			tb.Logf("%s %v %s %.2f asked %v", p.id, p.want, o.ranked[0].Cause, o.ranked[0].P, o.asked)
		}
	}
	n := len(plays)
	sort.Ints(asked)
	s.top1, s.top3 = s.top1/float64(n), s.top3/float64(n)
	s.median, s.p90 = asked[(n-1)/2], asked[(n*9+9)/10-1]
	return s
}

// devCase is a line of the eval sets interview and triage.
type devCase struct {
	Task, ID, Text string
	Facts          fact.Facts
	Want           struct {
		Cause  string
		Causes []string
	}
}

func (d devCase) want() []string {
	if d.Want.Cause != "" {
		return []string{d.Want.Cause}
	}
	return d.Want.Causes
}

func devCases(tb testing.TB, name string) []devCase {
	tb.Helper()
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var out []devCase
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var d devCase
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		out = append(out, d)
	}
	return out
}

const devSets = "../testdata/eval/"

func plays(tb testing.TB, m *triage.Model, file string, told ...fact.Name) []play {
	tb.Helper()
	var out []play
	for _, d := range devCases(tb, file) {
		p := play{id: d.ID, truth: d.Facts, start: fact.Facts{}, want: d.want()}
		for _, name := range told {
			if v, ok := d.Facts[name]; ok {
				p.start[name] = v
			}
		}
		for _, c := range m.Cues(d.Text + "\n" + string(d.Facts[fact.ErrorText])) {
			p.cues = append(p.cues, c.ID)
		}
		out = append(out, p)
	}
	return out
}

func TestInterviews(t *testing.T) {
	m := model(t)
	for _, c := range []struct {
		name, file  string
		told        []fact.Name
		top1, top3  float64
		median, p90 int
	}{
		{"dev set from nothing", devSets + "dev-interview.jsonl", nil, 0.95, 0.99, 5, 8},
		{"dev set from the status", devSets + "dev-interview.jsonl", []fact.Name{fact.Status}, 0.95, 0.99, 5, 8},
		{"dev set from the status and what changed", devSets + "dev-interview.jsonl", []fact.Name{fact.Status, fact.Changes}, 0.95, 0.99, 5, 8},
		{"own set from nothing", "testdata/interviews.jsonl", nil, 0.88, 0.94, 6, 8},
		{"own set from the status", "testdata/interviews.jsonl", []fact.Name{fact.Status}, 0.91, 0.95, 5, 8},
		{"blind rounds from the status", "testdata/rounds-interviews.jsonl", []fact.Name{fact.Status}, 0.95, 0.97, 5, 8},
		{"own set from the status and what changed", "testdata/interviews.jsonl", []fact.Name{fact.Status, fact.Changes}, 0.92, 0.97, 5, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scoreOf(t, m, plays(t, m, c.file, c.told...))
			t.Logf("%+v", s)
			if s.top1 < c.top1 || s.top3 < c.top3 || s.median > c.median || s.p90 > c.p90 {
				t.Errorf("got %+v", s)
			}
		})
	}
}
