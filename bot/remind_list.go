package bot

import (
	"slices"
	"strings"
	"time"
)

// wantsReminders returns what Step looks at besides w where reminders may be
// shown, moved or dropped: those that are set, and the one that is meant.
func (w Wish) wantsReminders(c Case, e Event) Wish {
	switch e := e.(type) {
	case Pressed:
		if slices.Contains(remindActs, e.Press.Act) {
			seq, _, _ := strings.Cut(e.Press.Arg, ".")
			if e.Press.Case != c.Number {
				return Wish{Case: e.Press.Case, These: []int{atoi(seq)}, Cases: true}
			}
			w.These = append(w.These, atoi(seq))
		}
	case Woken:
		if n, seq, ok := remindedOf(e.Why); ok {
			if n == c.Number {
				n = 0
			}
			return Wish{Case: n, These: []int{seq}}
		}
		return w
	case Said:
	default:
		return w
	}
	w.These = append(w.These, c.Reminders...)
	return w
}

// pending returns the reminders that are to come, the next first.
func (t *turn) pending() []Record {
	var out []Record
	for _, seq := range t.c.Reminders {
		if r, ok := t.reminder(seq); ok && r.Struck.IsZero() {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Record) int { return t.due(a).Compare(t.due(b)) })
	return out
}

// prune forgets the numbers of reminders that have come or were dropped.
func (t *turn) prune() {
	t.c.Reminders = slices.DeleteFunc(t.c.Reminders, func(seq int) bool {
		r, ok := t.reminder(seq)
		return ok && !r.Struck.IsZero()
	})
}

// remindWake is the reason of the wake of a reminder.
func (t *turn) remindWake(r Record) string {
	return wakeRemind + ":" + number(t.c.Number) + ":" + number(r.Seq)
}

// aim sets a reminder, or moves it: it comes when its record says.
func (t *turn) aim(r Record) {
	if !slices.Contains(t.c.Reminders, r.Seq) {
		t.c.Reminders = append(t.c.Reminders, r.Seq)
	}
	t.fx.Wakes = append(t.fx.Wakes, Wake{At: t.due(r), Why: t.remindWake(r)})
}

// setReminder sets a reminder that the user has said yes to, in the place of
// the one that it gives another time.
func (t *turn) setReminder(seq int) bool {
	r, ok := t.reminder(seq)
	t.prune()
	switch {
	case !ok:
		return false
	case t.isSet(r):
		t.c.View = View{Name: viewReminder, Arg: number(seq)}
		return true
	case !t.due(r).After(t.in.At) && r.rule().IsZero():
		t.addLead(t.say("remind.late_yes"))
		t.c.View = View{Name: viewRetime, Arg: number(seq)}
		return true
	}
	if old, ok := t.reminder(r.Of); ok && t.isSet(old) {
		t.strikeReminder(old)
	}
	if len(t.c.Reminders) >= mostReminders {
		t.addLead(t.say("remind.full", "n", number(mostReminders)))
		t.c.View = View{Name: viewReminders}
		return true
	}
	r.Struck = time.Time{}
	if !t.due(r).After(t.in.At) {
		r = withDue(r, r.rule().Next(t.due(r), t.in.At, t.k.Calendar))
	}
	t.change(r)
	t.aim(r)
	t.addLead(t.say("remind.set", "time", t.timeOf(r), "what", t.noteOf(r)))
	t.back()
	return true
}

// withDue returns a reminder that comes at another time.
func withDue(r Record, at time.Time) Record {
	r.Parts = slices.Clone(r.Parts)
	for i, p := range r.Parts {
		if p.Name == PartDue {
			r.Parts[i] = Part{Name: PartDue, Value: at.Format(time.RFC3339)}
		}
	}
	return r
}

// strikeReminder takes a reminder away.
func (t *turn) strikeReminder(r Record) {
	r.Struck = t.in.At
	t.change(r)
	t.fx.Unwake = append(t.fx.Unwake, t.remindWake(r))
	t.c.Reminders = slices.DeleteFunc(t.c.Reminders, func(seq int) bool { return seq == r.Seq })
}

// dropReminder takes a reminder away that the user does not want, or not any more.
func (t *turn) dropReminder(seq int) bool {
	r, ok := t.reminder(seq)
	if !ok {
		return false
	}
	lead := t.say("remind.not_set")
	if old, ok := t.reminder(r.Of); ok && t.isSet(old) {
		lead = t.say("remind.unmoved", "time", t.timeOf(old))
	}
	if t.isSet(r) {
		lead = t.say("remind.dropped", "what", t.noteOf(r))
	}
	if r.Struck.IsZero() {
		t.strikeReminder(r)
	}
	t.addLead(lead)
	if t.c.View.Name == viewReminder {
		t.c.View = View{Name: viewReminders}
	} else {
		t.back()
	}
	return true
}

// showReminders lists the reminders that are to come, each with its reason.
func (t *turn) showReminders() {
	var lines []string
	var keys []Button
	for i, r := range t.pending() {
		line := t.say("remind.line", "n", number(i+1), "time", t.timeOf(r), "what", t.noteOf(r), "why", t.say("remind.why."+r.About))
		lines = append(lines, line)
		keys = append(keys, Button{Label: t.say("button.reminder", "n", number(i+1)), Press: Press{Act: actReminder, Arg: number(r.Seq)}})
	}
	text := t.say("remind.none")
	if len(lines) > 0 {
		text = paragraphs(t.say("remind.head"), strings.Join(lines, "\n"), t.say("remind.foot"))
	}
	t.screen("reminders", text, append(rowsOf(keys, numbersPerRow), []Button{t.button("remind_new", actRemind, ""), t.button("leave", actLeave, "")}))
}

// showReminder shows one of them, to be moved or cancelled.
func (t *turn) showReminder(arg string) {
	r, ok := t.reminder(atoi(arg))
	if !ok || !t.isSet(r) {
		t.c.View = View{Name: viewReminders}
		t.showReminders()
		return
	}
	t.screen("reminder:"+arg, t.say("remind.one", "time", t.timeOf(r), "what", t.noteOf(r), "why", t.say("remind.why."+r.About)), [][]Button{
		{t.button("retime", actRetime, arg), t.button("remind_drop", actNoRemind, arg)},
		{t.button("reminders", actReminders, ""), t.button("leave", actLeave, "")},
	})
}

// pressRemind handles the buttons about reminders.
func (t *turn) pressRemind(p Press) bool {
	arg, rest, _ := strings.Cut(p.Arg, ".")
	seq, ok := atoi(arg), true
	switch p.Act {
	case actRemind:
		t.c.View = View{Name: viewRemind}
	case actReminders:
		t.c.View = View{Name: viewReminders}
	case actPropose:
		ok = t.propose(p.Arg)
	case actSetIt:
		ok = t.setReminder(seq)
	case actNoRemind:
		ok = t.dropReminder(seq)
	case actRetime:
		t.c.View = View{Name: viewRetime, Arg: arg}
	case actReminder:
		t.c.View = View{Name: viewReminder, Arg: arg}
	case actSetZone:
		ok = t.setZone(p.Arg)
	case actHeeded:
		t.heeded()
		return true
	case actSnooze:
		return t.snooze(seq, rest)
	default:
		return false
	}
	if ok {
		t.show()
	}
	return ok
}

// pressElsewhere handles the press of a button about a reminder of a case that
// is not the open one: the user turns to that case.
func (t *turn) pressElsewhere(p Press) {
	t.pressed = true
	t.wake()
	t.lead = ""
	if !t.turnTo(p.Case) {
		t.stale()
		return
	}
	ok := true
	switch p.Act {
	case actSnooze, actHeeded, actNoRemind, actRetime:
		ok = t.pressRemind(p)
	case actSetIt:
		t.c.View = View{Name: viewConfirm, Arg: p.Arg} // what else is set is not known yet
		t.show()
	default:
		t.show()
	}
	if !ok {
		t.stale()
	}
}

// showReminding sends the views of reminders.
func (t *turn) showReminding() {
	switch v := t.c.View; v.Name {
	case viewRemind:
		t.showRemind()
	case viewConfirm:
		t.showConfirm(v.Arg)
	case viewRetime:
		t.showRetime(v.Arg)
	case viewReminders:
		t.showReminders()
	case viewReminder:
		t.showReminder(v.Arg)
	default:
		t.showZone()
	}
}

// timezone handles /timezone: the name of a zone, or nothing.
func (t *turn) timezone(text string) {
	t.markWords(RecordReminder, "")
	if text != "" && t.setZone(text) {
		t.show()
		return
	}
	if text != "" {
		t.addLead(t.say("zone.unknown"))
	}
	t.c.View = View{Name: viewZone}
	t.show()
}

// setZone lets the chat live in the zone that a text names. A series comes at
// the same clock time there; a single reminder stays at its moment.
func (t *turn) setZone(text string) bool {
	zone, err := t.k.Planner.Zone(text)
	if err != nil {
		return false
	}
	t.fx.Zone = zone.String()
	t.in.At = t.in.At.In(zone)
	for _, r := range t.pending() {
		if rule := r.rule(); !rule.IsZero() {
			r = withDue(r, rule.Next(t.due(r), t.in.At, t.k.Calendar))
			t.change(r)
			t.aim(r)
		}
	}
	t.addLead(t.say("zone.set", "zone", t.k.Planner.ZoneName(zone), "time", t.k.Planner.Format(t.in.At)))
	t.back()
	return true
}

// showZone offers time zones.
func (t *turn) showZone() {
	var keys []Button
	for _, z := range t.k.Planner.Zones() {
		if len(keys) < zonesShown {
			keys = append(keys, Button{Label: cut(z.Name, longestLabel), Press: Press{Act: actSetZone, Arg: z.ID}})
		}
	}
	text := t.say("zone.ask", "zone", t.k.Planner.ZoneName(t.in.At.Location()), "time", t.k.Planner.Format(t.in.At))
	t.screen("zone", text, append(grid(keys), []Button{t.button("leave", actLeave, "")}))
}
