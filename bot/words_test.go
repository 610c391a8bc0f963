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
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Rev: s.w.Case.Rev, Act: "e", Arg: string(name)}})
	if s.fx.Ask != name {
		t.Fatalf("the open question asks %q, not %q", s.fx.Ask, name)
	}
	if p, ok := answer.(bot.Pressed); ok {
		p.Press.Case, p.Press.Rev = 1, s.w.Case.Rev
		answer = p
	}
	s.w.Now = morning.Add(time.Hour)
	s.step(answer)
	return s.w.Case.Facts[name].Value
}

// TestEditedMessages: an edit that adds a secret is deleted like a message, any
// other is left alone with a word on how to correct.
func TestEditedMessages(t *testing.T) {
	s := newStage(t, content(t))
	s.say("提现失败")
	s.step(bot.Edited{Text: "提现失败，我的验证码是 640218"})
	if !s.fx.Delete || len(s.fx.Messages) != 1 || len(s.fx.Records) != 0 {
		t.Errorf("a secret in an edit: %+v", s.fx)
	}
	s.step(bot.Edited{Text: "提现失败了"})
	if s.fx.Delete || len(s.fx.Messages) != 1 {
		t.Errorf("an edit: %+v", s.fx)
	}
}

// TestGroups: in a group the bot says once that it works in private chats.
func TestGroups(t *testing.T) {
	s := newStage(t, content(t))
	s.step(bot.Grouped{})
	if len(s.fx.Messages) != 1 {
		t.Fatalf("first: %+v", s.fx)
	}
	s.step(bot.Grouped{})
	if len(s.fx.Messages) != 0 || s.w.Case.Number != 0 {
		t.Errorf("then: %+v", s.fx)
	}
}
