package triage_test

import (
	"slices"
	"strings"
	"testing"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/triage"
)

// Words that no cue knows still point to a cause, if people with that cause
// write in such a way.
func TestVoices(t *testing.T) {
	m := model(t)
	for text, want := range map[string]string{
		"平台说引入战投期间先停三个月，员工工资都欠着": "platform_distress",
		"我的号在别人那里登着，踢了又上来":       "account_compromised",
		"连公司的内网就转圈，用手机自己的网就进得去":  "local_network",
	} {
		if got := first(m, text); got != want {
			t.Errorf("%s: %s first, want %s", text, got, want)
		}
	}
}

func first(m *triage.Model, text string) string {
	e := triage.Evidence{Now: noon}
	for _, c := range m.Cues(text) {
		e.Cues = append(e.Cues, c.ID)
	}
	return m.Rank(e)[0].Cause
}

func TestAShortTextIsLikeNothing(t *testing.T) {
	m := model(t)
	for _, text := range []string{"", "没有", "提现", "9", "5000元", "不知道啊", "..."} {
		for _, c := range m.Cues(text) {
			if strings.HasPrefix(c.ID, "voice.") {
				t.Errorf("%q: %s", text, c.ID)
			}
		}
	}
}

// A voice quotes the clause that it rests on.
func TestAVoiceQuotesWhatItRestsOn(t *testing.T) {
	const text = "大家好，我想问个事。卡早就注销了，平台还往那张卡打款。急用"
	cues := model(t).Cues(text)
	i := slices.IndexFunc(cues, func(c triage.Cue) bool { return strings.HasPrefix(c.ID, "voice.card_invalid.") })
	if i < 0 {
		t.Fatalf("no voice in %v", cues)
	}
	if got := text[cues[i].Start:cues[i].End]; !strings.Contains(got, "注销") && !strings.Contains(got, "打款") {
		t.Errorf("it quotes %q", got)
	}
}

// How somebody began counts less with every answer, and chooses no question.
func TestVoicesFade(t *testing.T) {
	m := model(t)
	p := func(asked int) float64 {
		ranked := m.Rank(triage.Evidence{Cues: []string{"voice.over_limit.40"}, Asked: asked})
		i := slices.IndexFunc(ranked, func(r triage.Ranked) bool { return r.Cause == "over_limit" })
		return ranked[i].P
	}
	if !(p(0) > p(1) && p(1) > p(4)) {
		t.Errorf("%.3f, %.3f, %.3f after 0, 1 and 4 questions", p(0), p(1), p(4))
	}
	e := triage.Evidence{Facts: fact.Facts{fact.AskedToPay: "no"}, Asked: 1}
	plain, _ := m.Next(e, m.Facts())
	e.Cues = []string{"voice.over_limit.50"}
	if got, _ := m.Next(e, m.Facts()); got != plain {
		t.Errorf("with a voice %s is asked, without it %s", got, plain)
	}
}

// Of several messages that sound alike the clearest counts, not their sum; ids
// that are no voice of a cause count nothing.
func TestVoicesDoNotAddUp(t *testing.T) {
	m := model(t)
	one := m.Rank(triage.Evidence{Cues: []string{"voice.over_limit.40"}})
	for _, more := range []string{"voice.over_limit.30", "voice.nothing.40", "voice.over_limit", "voice.over_limit.-9", "voice."} {
		two := m.Rank(triage.Evidence{Cues: []string{"voice.over_limit.40", more}})
		if one[0].P != two[0].P {
			t.Errorf("%s changes %.4f to %.4f", more, one[0].P, two[0].P)
		}
	}
}

func TestVoicesThatMakeNoSense(t *testing.T) {
	for name, spoil := range map[string]func(*triage.Voices){
		"scale": func(v *triage.Voices) { v.Scale = 2 },
		"most":  func(v *triage.Voices) { v.Most = -1 },
		"least": func(v *triage.Voices) { v.Least = -1 },
		"cause": func(v *triage.Voices) { v.Of = map[string][]string{"weather": {"下雨了"}} },
	} {
		w := weights(t)
		spoil(&w.Voices)
		if _, err := triage.Compile(table(t), w); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
