package bot

import (
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

// keepReminders keeps the reminders in step with the case: one for a promise
// moves with it, one for the period of a rung ends with the rung, and none but
// a series is needed once the money is there.
func (t *turn) keepReminders(before Case) {
	if len(t.c.Reminders) == 0 || before.Number != t.c.Number || t.fx.Forget {
		return
	}
	over := t.ended() && before.Stage != Resolved && before.Stage != Closed
	climbed := t.c.Stage != before.Stage
	moved := before.Facts[fact.PromisedBy].Value != t.c.Facts[fact.PromisedBy].Value
	var gone []string
	for _, r := range t.pending() {
		o, ok := t.offer(reasonPromise)
		switch {
		case over && r.rule().IsZero() && r.About != reasonCheck,
			moved && r.About == reasonPromise && !ok,
			climbed && r.About == reasonPeriod,
			climbed && r.About == reasonCheck && t.c.Stage != Resolved:
			gone = append(gone, t.dropped(r))
		case moved && r.About == reasonPromise && !o.At.Equal(t.due(r)):
			r = withDue(r, o.At)
			t.change(r)
			t.aim(r)
			t.tell(t.say("remind.moved", "time", t.timeOf(r)), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
		}
	}
	t.tellDropped("remind.gone_head", gone)
}

// dropped strikes a reminder that is not needed any more and returns a line
// about it.
func (t *turn) dropped(r Record) string {
	t.strikeReminder(r)
	return t.say("remind.gone", "time", t.timeOf(r), "what", t.noteOf(r))
}

// tellDropped says which reminders are not needed any more, if any.
func (t *turn) tellDropped(title string, lines []string) {
	if len(lines) > 0 {
		t.tell(t.titled(title, lines), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
	}
}

// answerCame drops the reminders that wait for an answer when the user says that
// it has come, and reports whether there were any. Words that promise another
// one are none of that.
func (t *turn) answerCame(text string) bool {
	r, contact := t.contactOfTurn()
	if len(t.c.Reminders) == 0 || contact && r.Part(PartDue) != "" || !t.holds("words.answered", text) || t.holds("words.unanswered", text) {
		return false
	}
	var gone []string
	for _, r := range t.pending() {
		if t.waits(r) {
			gone = append(gone, t.dropped(r))
		}
	}
	t.tellDropped("remind.answered_head", gone)
	return len(gone) > 0
}

// waits reports whether a reminder is there because somebody else is to answer.
func (t *turn) waits(r Record) bool {
	reason, arg := reasonOf(r.About)
	c, _ := t.k.Clock(arg)
	return reason == reasonPromise || reason == reasonPeriod || reason == reasonAnswer || reason == reasonClock && c.Whose == knowledge.Them
}

// remindDue returns a button to be reminded when what was promised in r is due,
// if there is anything to be reminded of; or, where r promises nothing but an
// answer is waited for, one that says it has come.
func (t *turn) remindDue(r Record) []Button {
	o, ok := t.offer(reasonPromise)
	for _, p := range t.pending() {
		switch {
		case p.About != reasonPromise:
		case r.Part(PartDue) == "":
			return []Button{t.button("answer_came", actNoRemind, number(p.Seq))}
		case !t.due(p).After(o.At):
			return nil
		}
	}
	if !ok || r.Part(PartDue) == "" {
		return nil
	}
	return []Button{t.button("remind_due", actPropose, reasonPromise)}
}
