package triage

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
)

func contentWeights(tb testing.TB) Weights {
	tb.Helper()
	data, err := os.ReadFile("../content/zh/triage.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	var w Weights
	if err := yaml.UnmarshalWithOptions(data, &w, yaml.Strict()); err != nil {
		tb.Fatal(yaml.FormatError(err, false, true))
	}
	return w
}

func emptyTable(tb testing.TB) *normal.Table {
	tb.Helper()
	t, err := normal.New(normal.Rules{})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// The invariant of the package: the answers to a question sum to one under
// every cause, and none is impossible.
func TestColumnsSumToOne(t *testing.T) {
	m, err := Compile(emptyTable(t), contentWeights(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range m.signals {
		for c, cause := range m.causes {
			sum := 0.0
			for _, row := range s.p {
				if row[c] <= 0 {
					t.Errorf("%s: an answer is impossible under %s", name, cause)
				}
				sum += row[c]
			}
			if math.Abs(sum-1) > 1e-9 {
				t.Errorf("%s: the answers under %s sum to %v", name, cause, sum)
			}
		}
	}
}

// A question can only take uncertainty away.
func TestWorthIsNeverNegative(t *testing.T) {
	m, err := Compile(emptyTable(t), contentWeights(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range Bands(fact.Status) {
		p := m.posterior(Evidence{Facts: fact.Facts{fact.Status: fact.Value(status)}})
		for name, s := range m.signals {
			if worth := m.worth(p, s); worth < -1e-9 {
				t.Errorf("with %s: %s is worth %v", status, name, worth)
			}
		}
	}
}

func TestMix(t *testing.T) {
	base := shares{"a": 50, "b": 30, "c": 20}
	for _, c := range []struct {
		dev  shares
		want shares
	}{
		{nil, shares{"a": 0.5, "b": 0.3, "c": 0.2}},
		{shares{"a": 0.9}, shares{"a": 0.9, "b": 0.06, "c": 0.04}},
		{shares{"b": 0.8, "c": 0.8}, shares{"a": 0.02, "b": 0.49, "c": 0.49}},
		{shares{"a": 0.2, "b": 0.2, "c": 0.4}, shares{"a": 0.25, "b": 0.25, "c": 0.5}},
	} {
		for outcome, got := range mix(base, c.dev) {
			if math.Abs(got-c.want[outcome]) > 1e-9 {
				t.Errorf("%v: %s is %v, want %v", c.dev, outcome, got, c.want[outcome])
			}
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, c := range []struct {
		want   string
		broken func(w *Weights)
	}{
		{"no word", func(w *Weights) { w.Causes[0].Facts["identity.valid"] = "now and then" }},
		{"no outcome", func(w *Weights) { w.Causes[0].Facts["identity.lost"] = "often" }},
		{"no outcome", func(w *Weights) { w.Causes[0].Facts["shoe_size.big"] = "often" }},
		{"twice", func(w *Weights) { w.Causes = append(w.Causes, w.Causes[0]) }},
		{"prior", func(w *Weights) { w.Causes[0].Prior = 0 }},
		{"says nothing about causes", func(w *Weights) { w.Causes[0].Before = []fact.Name{fact.Province} }},
		{"says nothing about causes", func(w *Weights) { w.Facts = append(w.Facts, FactWeights{Fact: fact.Province}) }},
		{"is missing", func(w *Weights) { delete(w.Facts[0].Base, "failed") }},
		{"no outcome", func(w *Weights) { w.Facts[0].Base["asleep"] = 3 }},
		{"of a hundred", func(w *Weights) { w.Facts[0].Base["failed"] = 0 }},
		{"slips", func(w *Weights) { w.Facts[0].Slips = 80 }},
		{"twice", func(w *Weights) { w.Facts = append(w.Facts, w.Facts[0]) }},
		{"no id of its own", func(w *Weights) { w.Cues = append(w.Cues, w.Cues[0]) }},
		{"not known", func(w *Weights) { w.Cues[0].For["bad_luck"] = "strong" }},
		{"not known", func(w *Weights) { w.Cues[0].For["card_changed"] = "stronger" }},
		{"phrase", func(w *Weights) { w.Cues[0].Says[0] = "…" }},
		{"stop", func(w *Weights) { w.Stop.Doubted = 0.1 }},
	} {
		w := contentWeights(t)
		c.broken(&w)
		if _, err := Compile(emptyTable(t), w); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func TestCheckRunsTheExamples(t *testing.T) {
	w := contentWeights(t)
	w.Cues = w.Cues[:1]
	w.Cues[0].Yes, w.Cues[0].No = []string{"身份证丢在家里"}, []string{"证件过期"}
	if wrong := Check(emptyTable(t), w); len(wrong) != 2 {
		t.Errorf("found %v", wrong)
	}
	w.Cues[0].Yes, w.Cues[0].No = nil, nil
	if wrong := Check(emptyTable(t), w); len(wrong) != 1 {
		t.Errorf("found %v", wrong)
	}
}

func TestBand(t *testing.T) {
	monday := time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))
	ago := func(d time.Duration) fact.Value { return fact.At(monday.Add(-d)) }
	const hour, day = time.Hour, 24 * time.Hour
	for _, c := range []struct {
		name fact.Name
		v    fact.Value
		want string
	}{
		{fact.Attempts, "0", "one"},
		{fact.Attempts, "4", "few"},
		{fact.Attempts, "5", "many"},
		{fact.Attempts, "10", "lots"},
		{fact.Amount, "9.99", "tiny"},
		{fact.Amount, "10", "small"},
		{fact.Amount, "198.555", "odd"},
		{fact.Amount, "198.500", "small"},
		{fact.Amount, "9999.99", "middle"},
		{fact.Amount, "10000", "large"},
		{fact.Amount, "50000", "huge"},
		{fact.FailedAt, ago(2 * hour), "hours"},
		{fact.FailedAt, ago(-2 * hour), "hours"},
		{fact.FailedAt, ago(day), "weekend"},             // Sunday
		{fact.FailedAt, ago(2*day + 18*hour), "weekend"}, // Friday 16:00
		{fact.FailedAt, ago(2*day + 19*hour), "days"},    // Friday 15:00
		{fact.FailedAt, ago(4 * day), "week"},
		{fact.FailedAt, ago(8 * day), "week"}, // the Sunday before
		{fact.FailedAt, ago(11 * day), "long"},
		{fact.LastSuccessAt, "never", "never"},
		{fact.LastSuccessAt, ago(30 * day), "recent"},
		{fact.LastSuccessAt, ago(31 * day), "past"},
		{fact.Changes, "card,device", "card,device"},
		{fact.Status, "failed", "failed"},
	} {
		if got := band(c.name, c.v, monday); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.name, c.v, got, c.want)
		}
		if bands := Bands(c.name); c.name != fact.Changes && !slices.Contains(bands, c.want) {
			t.Errorf("%s: %q is not among the bands %v", c.name, c.want, bands)
		}
	}
}
