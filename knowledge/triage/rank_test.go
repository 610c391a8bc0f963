package triage_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/triage"
)

// evidence returns what is known when the facts are told and money was not demanded.
func evidence(facts fact.Facts) triage.Evidence {
	e := triage.Evidence{Facts: fact.Facts{fact.AskedToPay: "no"}, Now: noon, Asked: 1}
	for name, v := range facts {
		e.Facts[name] = v
	}
	return e
}

// The message of the README: 昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡.
// It holds on every day of the week, also when no phrase is seen.
func TestTheFirstMessageIsEnough(t *testing.T) {
	m := model(t)
	for day := range 7 {
		e := evidence(fact.Facts{
			fact.Status: "reviewing", fact.Amount: "500", fact.Currency: "CNY", fact.Changes: "card",
			fact.FailedAt: fact.At(noon.AddDate(0, 0, day-1).Add(5 * time.Hour)),
		})
		e.Now = noon.AddDate(0, 0, day)
		first := m.Rank(e)[0]
		if first.Cause != "card_changed" {
			t.Fatalf("%s: first is %+v", e.Now.Weekday(), first)
		}
		if r := first.Because[0]; r.Fact != fact.Changes || r.Member != "card" {
			t.Errorf("%s: the first reason is %+v, not the changed card", e.Now.Weekday(), r)
		}
		if name, ok := m.Next(e, m.Facts()); ok {
			t.Errorf("%s: with %s at %.2f it still asks %s", e.Now.Weekday(), first.Cause, first.P, name)
		}
	}
}

// Where single facts mislead, the telling one must win.
func TestWhatBeatsWhat(t *testing.T) {
	m := model(t)
	for want, list := range map[string][]fact.Facts{
		"scam_pay_first": {
			{fact.AskedToPay: "yes", fact.Status: "frozen", fact.Dispute: "judicial"},
			{fact.AskedToPay: "yes", fact.Changes: "card", fact.Identity: "expired"},
			{fact.AskedToPay: "yes", fact.UnknownActivity: "yes", fact.Changes: "device,password"},
			{fact.AskedToPay: "yes", fact.WarningSigns: "many_complaints,raised_threshold,slow_support", fact.Status: "processing"},
		},
		"account_compromised": {
			{fact.UnknownActivity: "yes", fact.Changes: "device,phone", fact.Status: "frozen"},
			{fact.UnknownActivity: "yes", fact.Changes: "card", fact.Status: "disabled"},
		},
		"judicial_freeze": {
			{fact.Dispute: "judicial", fact.Changes: "device", fact.AmountPattern: "larger", fact.Status: "frozen"},
			{fact.Dispute: "judicial", fact.Dormant: "yes", fact.Status: "frozen"},
		},
		"identity_expired": {
			{fact.Identity: "expired", fact.Changes: "device", fact.Status: "disabled"},
		},
		"platform_distress": {
			{fact.Notice: "maintenance", fact.Status: "processing",
				fact.WarningSigns: "frequent_maintenance,many_complaints,raised_threshold,slow_support"},
		},
		"platform_maintenance": {
			{fact.Notice: "maintenance", fact.Status: "disabled", fact.WarningSigns: "none"},
			{fact.Notice: "maintenance", fact.Status: "vague_error"},
		},
		"violation_review": {
			{fact.Dispute: "violation", fact.Changes: "card", fact.Status: "frozen"},
		},
		"channel_delay": {
			{fact.Status: "processing", fact.FailedAt: "2026-11-22T11:05:00+08:00", fact.Changes: "device"},
		},
	} {
		for _, facts := range list {
			if got := m.Rank(evidence(facts))[0]; got.Cause != want {
				t.Errorf("%v: %s (%.2f), want %s", facts, got.Cause, got.P, want)
			}
		}
	}
}

func TestRankIsADistribution(t *testing.T) {
	m := model(t)
	for _, d := range devCases(t, devSets+"dev-interview.jsonl") {
		sum := 0.0
		ranked := m.Rank(triage.Evidence{Facts: d.Facts, Now: noon})
		for i, r := range ranked {
			sum += r.P
			if i > 0 && r.P > ranked[i-1].P {
				t.Errorf("%s: %s stands below a less likely one", d.ID, r.Cause)
			}
			if !slices.IsSortedFunc(r.Because, func(a, b triage.Reason) int { return int(math.Copysign(1, b.Weight-a.Weight)) }) {
				t.Errorf("%s: reasons of %s are not in order: %v", d.ID, r.Cause, r.Because)
			}
			for _, why := range r.Because {
				if why.Weight <= 0 || why.Fact == "" && why.Cue == "" {
					t.Errorf("%s: %s because of %+v", d.ID, r.Cause, why)
				}
			}
		}
		if math.Abs(sum-1) > 1e-9 || len(ranked) != 23 {
			t.Errorf("%s: %d causes of %v together", d.ID, len(ranked), sum)
		}
	}
}

// What is normal is no reason: an interview of ordinary answers has none to show.
func TestOrdinaryAnswersAreNoReason(t *testing.T) {
	m := model(t)
	e := evidence(fact.Facts{
		fact.Identity: "valid", fact.NameMatch: "yes", fact.CardState: "normal", fact.Dispute: "none",
		fact.Changes: "none", fact.UnknownActivity: "no", fact.Network: "ok", fact.Dormant: "no",
	})
	for _, r := range m.Rank(e) {
		if len(r.Because) > 0 {
			t.Errorf("%s because of %+v", r.Cause, r.Because)
		}
	}
}

func TestUnsure(t *testing.T) {
	m := model(t)
	at := func(e triage.Evidence, cause string) float64 {
		ranked := m.Rank(e)
		return ranked[slices.IndexFunc(ranked, func(r triage.Ranked) bool { return r.Cause == cause })].P
	}
	e := evidence(fact.Facts{fact.Status: "frozen"})
	before := at(e, "judicial_freeze")
	e.Unsure = []fact.Name{fact.Dispute}
	after := at(e, "judicial_freeze")
	if after >= before || after < before/50 {
		t.Errorf("who knows of no dispute: judicial_freeze went from %.4f to %.4f", before, after)
	}
	if name, ok := m.Next(e, []fact.Name{fact.Dispute}); ok {
		t.Errorf("asks %s again", name)
	}
}

// A number or a time that cannot be placed says nothing, and is no error.
func TestValuesWithoutABand(t *testing.T) {
	m := model(t)
	plain := m.Rank(triage.Evidence{})
	for _, facts := range []fact.Facts{
		{fact.Attempts: "often"}, {fact.Amount: ""}, {fact.FailedAt: "yesterday"}, {fact.LastSuccessAt: "once"},
		{fact.Status: "no such status"}, {fact.Changes: "card,nose"}, {fact.PlatformName: "x"},
		{fact.FailedAt: "2026-11-22T11:05:00+08:00"}, // no clock to hold it against
	} {
		got := m.Rank(triage.Evidence{Facts: facts, Cues: []string{"no such phrase"}})
		if got[0].Cause != plain[0].Cause || got[0].P != plain[0].P {
			t.Errorf("%v changed the ranking", facts)
		}
	}
}
