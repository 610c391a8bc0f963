package bot

import (
	"strings"
	"time"

	"tixianbot/knowledge/fact"
)

// wakeRemind is the reason of the wakes of reminders; the number of the case and
// that of the record stand behind it.
const wakeRemind = "r"

// tardy is how late a reminder may be without a word about it.
const tardy = 15 * time.Minute

// The delays of reminders, in the arguments of buttons.
const (
	delayHour     = "1h"
	delayTomorrow = "1d"
	delayWork     = "3w" // three working days
)

// remindedOf returns the case and the record of a reminder's wake.
func remindedOf(why string) (n, seq int, ok bool) {
	arg, ok := strings.CutPrefix(why, wakeRemind+":")
	a, b, _ := strings.Cut(arg, ":")
	return atoi(a), atoi(b), ok
}

// ring reminds: of what, why now, and what to do next. A single reminder is
// used up by it; of a series the next one is set, and what was missed is skipped.
func (t *turn) ring(why string, due time.Time) {
	n, seq, _ := remindedOf(why)
	r, ok := t.reminder(seq)
	if !ok || !r.Struck.IsZero() {
		return
	}
	series := !r.rule().IsZero()
	if series {
		r = withDue(r, r.rule().Next(t.due(r), t.in.At, t.k.Calendar))
		t.fx.Wakes = append(t.fx.Wakes, Wake{At: t.due(r), Why: why})
	} else {
		r.Struck = t.in.At
	}
	t.fx.Changed = append(t.fx.Changed, Amended{Case: n, Record: r})
	late := ""
	if t.in.At.Sub(due) > tardy {
		late = t.say("remind.late", "time", t.k.Planner.Format(due.In(t.in.At.Location())))
	}
	next := t.say("remind.other_case", "n", number(n))
	if n == t.c.Number {
		next = t.nudge(r)
	}
	coming := ""
	if series {
		coming = t.say("remind.again", "time", t.k.Planner.Format(t.due(r)))
	}
	t.tell(paragraphs(t.say("remind.ring", "what", t.noteOf(r)), late, t.whyNow(r), next, coming), t.ringKeys(n, r, series)...)
}

// whyNow says why a reminder comes at this moment.
func (t *turn) whyNow(r Record) string {
	return t.say("remind.now."+r.About, "date", t.date(r.ToldAt))
}

// nudge says what to do next in the open case.
func (t *turn) nudge(r Record) string {
	if t.ended() || t.fraud() || r.About != reasonPromise && r.About != reasonPeriod && r.About != reasonAnswer {
		return t.cardNext()
	}
	if next, ok := t.nextRung(); ok {
		return t.say("remind.climb", "name", next.Name)
	}
	return t.cardNext()
}

// ringKeys returns the buttons under a reminder of the case n.
func (t *turn) ringKeys(n int, r Record, series bool) [][]Button {
	arg := number(r.Seq)
	var rows [][]Button
	switch {
	case n != t.c.Number:
		rows = t.stamp([][]Button{{t.caseButton(n)}})
	case t.ended():
	case t.fraud():
		rows = t.stamp([][]Button{{t.button("draft", actDraft, ""), t.button("case", actCase, "")}})
	default:
		rows = t.stamp([][]Button{{t.button("draft", actDraft, ""), t.button("ladder", actLadder, "")}})
	}
	own := [][]Button{
		{t.button("heeded", actHeeded, arg), t.button("snooze_hour", actSnooze, arg+"."+delayHour)},
		{t.button("snooze_tomorrow", actSnooze, arg+"."+delayTomorrow), t.button("snooze_work", actSnooze, arg+"."+delayWork)},
		{t.button("snooze_own", actRetime, arg)},
	}
	if series {
		own[2] = []Button{t.button("remind_stop", actNoRemind, arg)}
	}
	for _, row := range own {
		for i := range row {
			row[i].Press.Case = n
		}
	}
	return append(rows, own...)
}

// heeded takes in that the user has done what they were reminded of.
func (t *turn) heeded() {
	t.fx.Toast = t.say("toast.noted")
	t.tell(paragraphs(t.takeTurn(), t.say("remind.done")), t.stamp([][]Button{{t.button("note", actNote, ""), t.button("case", actCase, "")}})...)
}

// takeTurn returns the word about the case that was turned to, "" if none was,
// for a message that stands in the place of the screen.
func (t *turn) takeTurn() string {
	lead := t.lead
	t.lead = ""
	if !t.turned {
		return "" // it would tell somebody who came for this alone that they were away
	}
	return lead
}

// snooze lets a reminder come again after a delay. A series goes on as it was,
// and the delayed one comes besides.
func (t *turn) snooze(seq int, delay string) bool {
	r, ok := t.reminder(seq)
	at, estimate := t.delayed(delay)
	t.prune()
	switch {
	case !ok || at.IsZero():
		return false
	case !t.isSet(r) && len(t.c.Reminders) >= mostReminders:
		t.tell(t.say("remind.full", "n", number(mostReminders)), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
		return true
	case !r.rule().IsZero():
		parts := r.Parts
		t.record(RecordReminder, "", r.About)
		once := &t.fx.Records[len(t.fx.Records)-1]
		once.Parts = append(once.Parts, Part{Name: PartDue, Value: at.Format(time.RFC3339)})
		for _, p := range parts {
			if p.Name == PartNote {
				once.Parts = append(once.Parts, p)
			}
		}
		r = *once
	default:
		r = withDue(r, at)
		r.Struck = time.Time{}
		t.change(r)
	}
	t.aim(r)
	note := ""
	if estimate {
		note = t.say("remind.estimate")
	}
	t.tell(paragraphs(t.takeTurn(), t.say("remind.snoozed", "time", t.timeOf(r)), note), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
	return true
}

// delayed returns the moment after a delay, the zero time for one that there is not.
func (t *turn) delayed(delay string) (at time.Time, estimate bool) {
	day := t.in.At
	switch delay {
	case delayHour:
		return day.Add(time.Hour), false
	case delayTomorrow:
		day = day.AddDate(0, 0, 1)
	case delayWork:
		day, estimate = t.k.Calendar.AddWorking(day, 3)
	default:
		return time.Time{}, false
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, officeHour, 0, 0, 0, day.Location()), estimate
}

// keepReminders keeps the reminders in step with the case: one for a promise
// moves with it, one for the period of a rung ends with the rung, and none but
// a series is needed once the money is there.
func (t *turn) keepReminders(before Case) {
	if len(t.c.Reminders) == 0 || before.Number != t.c.Number {
		return
	}
	over := t.ended() && before.Stage != Resolved && before.Stage != Closed
	climbed := t.c.Stage != before.Stage
	moved := before.Facts[fact.PromisedBy].Value != t.c.Facts[fact.PromisedBy].Value
	var gone []string
	for _, r := range t.pending() {
		at, _, ok := t.proposal(reasonPromise)
		switch {
		case over && r.rule().IsZero(), moved && r.About == reasonPromise && !ok, climbed && r.About == reasonPeriod:
			gone = append(gone, t.say("remind.gone", "time", t.timeOf(r), "what", t.noteOf(r)))
			t.strikeReminder(r)
		case moved && r.About == reasonPromise && !at.Equal(t.due(r)):
			r = withDue(r, at)
			t.change(r)
			t.aim(r)
			t.tell(t.say("remind.moved", "time", t.timeOf(r)), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
		}
	}
	if len(gone) > 0 {
		t.tell(t.titled("remind.gone_head", gone), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
	}
}

// remindDue returns a button to be reminded when what was promised in r is due,
// if there is anything to be reminded of.
func (t *turn) remindDue(r Record) []Button {
	at, _, ok := t.proposal(reasonPromise)
	if !ok || r.Part(PartDue) == "" {
		return nil
	}
	for _, p := range t.pending() {
		if p.About == reasonPromise && !t.due(p).After(at) {
			return nil
		}
	}
	return []Button{t.button("remind_due", actPropose, reasonPromise)}
}
