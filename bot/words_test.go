package bot_test

import (
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

// TestEveryOptionInWords asks every question there is and types the label of
// each option instead of pressing the button: both must come to the same.
func TestEveryOptionInWords(t *testing.T) {
	k := content(t)
	for _, q := range k.Questions {
		spec, _ := fact.Lookup(q.Fact)
		for _, o := range q.Options {
			typed := asked(t, k, q.Fact, bot.Said{Text: o.Label})
			act := bot.Act("a")
			arg := string(q.Fact) + "=" + string(o.Value)
			pressed := asked(t, k, q.Fact, bot.Pressed{Press: bot.Press{Act: act, Arg: arg}})
			if typed == "" || !spec.Equal(typed, pressed) {
				t.Errorf("%s: typing %q gives %q, pressing it %q", q.Fact, o.Label, typed, pressed)
			}
		}
	}
}

// asked returns the value of a fact after its question was opened and answered.
func asked(t *testing.T, k *knowledge.Pack, name fact.Name, answer bot.Event) fact.Value {
	t.Helper()
	s := newStage(t, k)
	s.say("提现")
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Rev: s.c.Rev, Act: "e", Arg: string(name)}})
	if s.fx.Ask != name {
		t.Fatalf("the open question asks %q, not %q", s.fx.Ask, name)
	}
	if p, ok := answer.(bot.Pressed); ok {
		p.Press.Case, p.Press.Rev = 1, s.c.Rev
		answer = p
	}
	s.now = morning.Add(time.Hour)
	s.step(answer)
	return s.c.Facts[name].Value
}
