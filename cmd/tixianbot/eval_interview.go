package main

import (
	"slices"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

// The buttons that an interview presses. Acts never change.
const (
	pressAnswer = bot.Act("a") // Arg: fact=value
	pressToggle = bot.Act("t") // Arg: fact=member
	pressDone   = bot.Act("d")
	pressUnsure = bot.Act("u")
)

// maxAsked ends an interview that does not end by itself.
const maxAsked = 40

// played is the result of an interview, as it is printed.
type played struct {
	Causes []string    `json:"causes"`
	Asked  []fact.Name `json:"asked"`
}

// tryInterview holds the conversation that a user would hold: the first
// message, then an answer to each question until none is asked any more.
func tryInterview(k *knowledge.Pack, c evalCase) result {
	user := &interviewee{k: k, now: c.Now, truth: c.Facts.Facts}
	user.step(bot.Said{Text: c.Text})
	for user.fx.Ask != "" && len(user.asked) < maxAsked {
		user.answer(user.fx.Ask)
	}
	ranked := causes(bot.Rank(k, user.c, c.Now))
	r := ranking(ranked, c.want.(*wantCause).any())
	r.Got, r.asked = played{ranked, user.asked}, len(user.asked)
	return r
}

// interviewee is a user who answers by the truth, and does not know what the
// truth does not hold.
type interviewee struct {
	k     *knowledge.Pack
	now   time.Time
	truth fact.Facts

	c     bot.Case
	fx    bot.Effects
	asked []fact.Name
}

func (u *interviewee) step(e bot.Event) {
	u.c, u.fx = bot.Step(u.k, u.c, bot.Input{At: u.now, Event: e})
}

// answer answers the open question: with its button, in words where there is
// none, and with "don't know" where words are not understood.
func (u *interviewee) answer(name fact.Name) {
	again := slices.Contains(u.asked, name)
	u.asked = append(u.asked, name)
	v, known := u.truth[name]
	spec, _ := fact.Lookup(name)
	switch {
	case !known || again:
		u.press(pressUnsure, string(name))
	case spec.Kind == fact.Set:
		for _, member := range v.Members() {
			u.press(pressToggle, string(name)+"="+member)
		}
		u.press(pressDone, string(name))
	case !u.press(pressAnswer, string(name)+"="+string(v)):
		u.step(bot.Said{Text: typed(spec, v)})
	}
}

// press presses a button of the open message, if it is there.
func (u *interviewee) press(act bot.Act, arg string) bool {
	for _, m := range slices.Backward(u.fx.Messages) {
		for _, b := range slices.Concat(m.Buttons...) {
			if b.Press.Act == act && b.Press.Arg == arg {
				u.step(bot.Pressed{Press: b.Press})
				return true
			}
		}
	}
	return false
}

// typed returns how a user types a value.
func typed(spec fact.Spec, v fact.Value) string {
	if at, ok := v.Time(); ok && (spec.Kind == fact.Instant || spec.Kind == fact.Date) {
		return at.Format("2006-01-02 15:04")
	}
	return string(v)
}
