package bot

import (
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/when"
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

// ring reminds: of what, why now, and what to do next. What would ring in the
// quiet hours waits for their end, and of several that are late one message
// tells. Somebody who has blocked the bot is told when they return.
func (t *turn) ring(e Woken) {
	n, seq, _ := remindedOf(e.Why)
	r, ok := t.placed(n, seq)
	if !ok || !r.Struck.IsZero() || t.holdOff(e.Why, t.exact(r)) {
		return
	}
	if late := t.lateOnes(r); len(late) >= lateEnough {
		t.digest("remind.digest", late)
		return
	}
	due := t.due(r)
	now := t.useUp(n, r)
	if slices.ContainsFunc(t.in.Missed, func(m Woken) bool { return m.Why == e.Why }) {
		return // the same has waited since the last time
	}
	t.tellRing(rung{n: n, r: now, due: due, wake: e})
}

// rung is a reminder that comes.
type rung struct {
	n    int       // its case
	r    Record    // as it is from now on: struck, or with the next time of its series
	due  time.Time // when it was to come
	wake Woken
}

// exact reports whether a reminder comes at the very time that its user named.
func (t *turn) exact(r Record) bool {
	return r.Part(PartExact) != "" && t.in.At.Sub(t.due(r)) <= tardy
}

// useUp takes in that a reminder comes. A single one is used up by it; of a
// series the next one is set, and what was missed is skipped.
func (t *turn) useUp(n int, r Record) Record {
	if rule := r.rule(); !rule.IsZero() {
		r = withDue(r, rule.Next(t.due(r), t.in.At, t.k.Calendar))
		t.fx.Wakes = append(t.fx.Wakes, Wake{At: t.due(r), Why: remindWake(n, r)})
	} else {
		r.Struck = t.in.At
	}
	t.changeIn(n, r)
	return r
}

// tellRing sends the message of a reminder.
func (t *turn) tellRing(g rung) {
	coming := ""
	if !g.r.rule().IsZero() {
		coming = t.say("remind.again", "time", t.k.Planner.Format(t.due(g.r)))
	}
	next := t.nudgeOf(g)
	text := paragraphs(t.say("remind.ring", "what", t.noteOf(g.r)), t.lateness(g), t.whyNow(g.r), next, coming)
	t.unasked(g.wake, text, t.ringKeys(g)...)
}

// unasked sends a message that answers nobody.
func (t *turn) unasked(wake Woken, text string, buttons ...[]Button) {
	t.fx.Messages = append(t.fx.Messages, Message{Text: text, Buttons: buttons, Rings: wake})
}

// lateness says that a reminder comes late, and why.
func (t *turn) lateness(g rung) string {
	at := t.k.Planner.Format(g.due.In(t.in.At.Location()))
	switch {
	case t.in.At.Sub(g.due) <= tardy:
		return ""
	case t.in.At.Sub(g.wake.Due) <= tardy:
		return t.say("remind.held", "time", at)
	default:
		return t.say("remind.late", "time", at)
	}
}

// whyNow says why a reminder comes at this moment.
func (t *turn) whyNow(r Record) string {
	reason, _ := reasonOf(r.About)
	return t.say("remind.now."+reason, "date", t.date(r.ToldAt))
}

// nudgeOf says what to do next in the case of a reminder.
func (t *turn) nudgeOf(g rung) string {
	if g.n == t.c.Number {
		return t.nudge(g.r)
	}
	i := slices.IndexFunc(t.in.Cases, func(c Case) bool { return c.Number == g.n })
	if i < 0 {
		return ""
	}
	other := *t
	other.c = t.in.Cases[i].Clone()
	return paragraphs(t.say("remind.other_case", "n", number(g.n), "what", t.titleOf(other.c)), other.nudge(g.r))
}

// nudge says what to do next in the open case.
func (t *turn) nudge(r Record) string {
	reason, arg := reasonOf(r.About)
	switch reason {
	case reasonClock:
		c, _ := t.k.Clock(arg)
		if c.Whose == knowledge.You {
			return c.Early
		}
		return c.Late
	case reasonPause, reasonProtect, reasonCheck, reasonTest, reasonExport, reasonPermits:
		return t.say("remind.do." + reason)
	case reasonPromise, reasonPeriod, reasonAnswer:
		if next, ok := t.nextRung(); ok && !t.ended() && !t.fraud() {
			return t.say("remind.climb", "name", next.Name)
		}
	}
	return t.cardNext()
}

// ringKeys returns the buttons under a reminder.
func (t *turn) ringKeys(g rung) [][]Button {
	arg := number(g.r.Seq)
	own := [][]Button{
		{t.button("heeded", actHeeded, arg), t.button("snooze_hour", actSnooze, arg+"."+delayHour)},
		{t.button("snooze_tomorrow", actSnooze, arg+"."+delayTomorrow), t.button("snooze_work", actSnooze, arg+"."+delayWork)},
		{t.button("snooze_own", actRetime, arg)},
	}
	if !g.r.rule().IsZero() {
		own[2] = []Button{t.button("snooze_own", actLater, arg), t.button("remind_stop", actNoRemind, arg)}
	}
	return append(t.nextKeys(g), ofCase(g.n, own)...)
}

// ofCase makes buttons those of the case n.
func ofCase(n int, rows [][]Button) [][]Button {
	for _, row := range rows {
		for i := range row {
			row[i].Press.Case = n
		}
	}
	return rows
}

// nextKeys returns the buttons for the next step of a case.
func (t *turn) nextKeys(g rung) [][]Button {
	reason, _ := reasonOf(g.r.About)
	article, ok := t.k.Article(articleFor[reason])
	read := []Button{{Label: cut(t.say("button.read", "title", article.Title), longestLabel), Press: Press{Act: actRead, Arg: articleFor[reason]}}}
	switch {
	case g.n != t.c.Number:
		onward := t.button("ladder", actOnward, "")
		onward.Press.Case = g.n
		return t.stamp([][]Button{{t.caseButton(g.n), onward}})
	case reason == reasonCheck && t.c.Stage == Resolved:
		return t.stamp([][]Button{{t.button("all_well", actClose, ""), t.button("again_stuck", actReopen, "")}})
	case ok:
		return t.stamp([][]Button{read})
	case t.ended():
		return nil
	case t.fraud():
		return t.stamp([][]Button{{t.button("draft", actDraft, ""), t.button("route", actLadder, "")}}) // there is no ladder but the route
	default:
		return t.stamp([][]Button{{t.button("draft", actDraft, ""), t.button("ladder", actLadder, "")}})
	}
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
	p := t.delayed(delay)
	t.prune()
	switch {
	case !ok || p.At.IsZero():
		return false
	case !t.isSet(r) && len(t.c.Reminders) >= mostReminders:
		t.tell(t.say("remind.full", "n", number(mostReminders)), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
		return true
	case !r.rule().IsZero():
		parts, about := r.subject(), r.About
		t.record(RecordReminder, "", about)
		once := &t.fx.Records[len(t.fx.Records)-1]
		once.Parts = append(timeParts(p), parts...)
		r = *once
	default:
		r.Parts = append(timeParts(p), r.subject()...)
		r.Struck = time.Time{}
		t.change(r)
	}
	t.aim(r)
	note := ""
	if p.Estimate {
		note = t.say("remind.estimate")
	}
	t.tell(paragraphs(t.takeTurn(), t.say("remind.snoozed", "time", t.timeOf(r)), t.lead, note), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
	t.lead = ""
	return true
}

// delayed returns the moment after a delay, the zero plan for one that there is
// not. An hour, or ten o'clock, is a time that the user named by the button.
func (t *turn) delayed(delay string) (p when.Plan) {
	day := t.in.At
	switch delay {
	case delayHour:
		return when.Plan{At: day.Add(time.Hour), Named: true}
	case delayTomorrow:
		day, p.Named = day.AddDate(0, 0, 1), true
	case delayWork:
		day, p.Estimate = t.k.Calendar.AddWorking(day, 3)
	default:
		return when.Plan{}
	}
	p.At = officeTime(day)
	return t.hush(p)
}

// officeTime returns when a reminder comes on a day that has no clock time.
func officeTime(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, officeHour, 0, 0, 0, day.Location())
}
