package triage_test

import (
	"slices"
	"testing"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/triage"
)

func TestNextAsksOnlyWhatItMay(t *testing.T) {
	m := model(t)
	e := evidence(fact.Facts{fact.Status: "disabled"})
	if name, ok := m.Next(e, nil); ok {
		t.Errorf("asks %s, which nobody allowed", name)
	}
	for _, name := range []fact.Name{fact.Identity, fact.Changes, fact.Dispute, fact.Notice} {
		if got, ok := m.Next(e, []fact.Name{fact.Status, name, fact.PlatformName}); !ok || got != name {
			t.Errorf("allowed %s, got %q %v", name, got, ok)
		}
	}
}

func TestNextStopsAtTheMost(t *testing.T) {
	m := model(t)
	e := evidence(nil)
	e.Asked = weights(t).Stop.Most
	if name, ok := m.Next(e, m.Facts()); ok {
		t.Errorf("after %d questions it asks %s", e.Asked, name)
	}
}

// Whoever has a new phone is asked whether the logins are theirs, before the
// phone is blamed.
func TestStrangeLoginsAreAskedFirst(t *testing.T) {
	m := model(t)
	e := evidence(fact.Facts{
		fact.Status: "frozen", fact.Changes: "device,location", fact.Dispute: "none", fact.Dormant: "no",
		fact.Identity: "valid", fact.AmountPattern: "usual", fact.Verification: "none", fact.NameMatch: "yes",
	})
	if name, ok := m.Next(e, m.Facts()); !ok || name != fact.UnknownActivity {
		t.Errorf("got %q %v", name, ok)
	}
}

// A guess of the user's makes it slower to settle.
func TestAGuessIsNoReason(t *testing.T) {
	m := model(t)
	e := evidence(fact.Facts{fact.Status: "frozen", fact.Changes: "card"})
	for _, c := range m.Cues("店铺的钱不让动了，刚好上周换过收款卡，是不是这个闹的") {
		e.Cues = append(e.Cues, c.ID)
	}
	if !slices.Contains(e.Cues, "guess") {
		t.Fatalf("the guess was not seen: %v", e.Cues)
	}
	if _, ok := m.Next(e, m.Facts()); !ok {
		t.Error("it took the guess for granted")
	}
}

// However a case goes on, it ends: no fact is asked twice.
func TestInterviewsEnd(t *testing.T) {
	m := model(t)
	for _, p := range append(plays(t, m, devSets+"dev-interview.jsonl"), plays(t, m, "testdata/interviews.jsonl")...) {
		asked := p.run(m).asked
		sorted := slices.Sorted(slices.Values(asked))
		if len(slices.Compact(sorted)) != len(asked) {
			t.Errorf("%s: asked %v", p.id, asked)
		}
	}
}

func BenchmarkRank(b *testing.B) {
	m := model(b)
	e := triage.Evidence{Facts: devCases(b, devSets+"dev-interview.jsonl")[17].Facts, Now: noon}
	for b.Loop() {
		m.Rank(e)
	}
}

func BenchmarkNext(b *testing.B) {
	m := model(b)
	e := triage.Evidence{Facts: fact.Facts{}, Now: noon}
	facts := m.Facts()
	for b.Loop() {
		m.Next(e, facts)
	}
}

func BenchmarkCues(b *testing.B) {
	m := model(b)
	text := devCases(b, devSets+"dev-triage.jsonl")[61].Text
	for b.Loop() {
		m.Cues(text)
	}
}
