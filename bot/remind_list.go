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
		if !slices.Contains(remindActs, e.Press.Act) {
			break
		}
		w.Reminders = true
		seq, _, _ := strings.Cut(e.Press.Arg, ".")
		if e.Press.at(c).Case != c.Number {
			return Wish{Case: e.Press.Case, These: []int{atoi(seq)}, Cases: true, Reminders: true}
		}
		w.These = append(w.These, atoi(seq))
	case Woken:
		if n, seq, ok := remindedOf(e.Why); ok {
			if n == c.Number {
				n = 0
			}
			return Wish{Case: n, These: []int{seq}, Cases: true, Reminders: true}
		}
		return w
	case Overdue:
		return Wish{Missed: true}
	case Said:
		w.Reminders = w.Reminders || e.Command == "reminders" || e.Command == "timezone" || e.Command == "" && len(e.Text) < longestAsk && len(c.Reminders) > 0
	default:
		return w
	}
	w.These = append(w.These, c.Reminders...)
	return w
}

// placed returns a reminder of any case of the chat, if it is known here.
func (t *turn) placed(n, seq int) (r Record, ok bool) {
	for _, p := range t.in.Reminders {
		if p.Case == n && p.Record.Seq == seq {
			r, ok = p.Record, true
		}
	}
	if n == t.theseOf() && !ok {
		i := slices.IndexFunc(t.in.These, func(r Record) bool { return r.Seq == seq })
		if ok = i >= 0; ok {
			r = t.in.These[i]
		}
	}
	for _, added := range t.fx.Records {
		if added.Seq == seq && n == t.c.Number {
			r, ok = added, true
		}
	}
	for _, a := range t.fx.Changed {
		if t.caseOf(a) == n && a.Record.Seq == seq {
			r, ok = a.Record, true
		}
	}
	return r, ok && r.Kind == RecordReminder && r.Part(PartDue) != ""
}

// theseOf returns the number of the case whose records were asked for by number.
func (t *turn) theseOf() int {
	switch e := t.in.Event.(type) {
	case Pressed:
		if slices.Contains(remindActs, e.Press.Act) && e.Press.Case > 0 {
			return e.Press.at(t.c).Case
		}
	case Woken:
		if n, _, ok := remindedOf(e.Why); ok {
			return n
		}
	}
	return t.c.Number
}

// reminder returns the reminder of the open case with the given number, if it
// is known here.
func (t *turn) reminder(seq int) (Record, bool) { return t.placed(t.c.Number, seq) }

// isSet reports whether a reminder is to come.
func (t *turn) isSet(r Record) bool {
	return r.Struck.IsZero() && slices.Contains(t.c.Reminders, r.Seq)
}

// placedAll returns all reminders of the chat that its cases name, those that
// have come included.
func (t *turn) placedAll() []Placed {
	var out []Placed
	add := func(n, seq int) {
		known := slices.ContainsFunc(out, func(p Placed) bool { return p.Case == n && p.Record.Seq == seq })
		if r, ok := t.placed(n, seq); ok && !known {
			out = append(out, Placed{Case: n, Record: r})
		}
	}
	for _, p := range t.in.Reminders {
		if p.Case != t.c.Number || slices.Contains(t.c.Reminders, p.Record.Seq) {
			add(p.Case, p.Record.Seq)
		}
	}
	for _, seq := range t.c.Reminders {
		add(t.c.Number, seq)
	}
	return out
}

// allPending returns the reminders of all cases that are to come, the next first.
func (t *turn) allPending() []Placed {
	all := slices.DeleteFunc(t.placedAll(), func(p Placed) bool { return !p.Record.Struck.IsZero() })
	slices.SortStableFunc(all, func(a, b Placed) int { return t.due(a.Record).Compare(t.due(b.Record)) })
	return all
}

// pending returns those of the open case that are to come, the next first.
func (t *turn) pending() []Record {
	var out []Record
	for _, p := range t.allPending() {
		if p.Case == t.c.Number {
			out = append(out, p.Record)
		}
	}
	return out
}

// prune forgets the numbers of reminders that have come or were dropped.
func (t *turn) prune() {
	t.c.Reminders = slices.DeleteFunc(t.c.Reminders, func(seq int) bool {
		r, ok := t.reminder(seq)
		return ok && !r.Struck.IsZero()
	})
}

// remindWake is the reason of the wake of a reminder of the case n.
func remindWake(n int, r Record) string {
	return wakeRemind + ":" + number(n) + ":" + number(r.Seq)
}

// move lets a reminder of the case n that is set come at another time.
func (t *turn) move(n int, r Record) {
	t.changeIn(n, r)
	t.fx.Wakes = append(t.fx.Wakes, Wake{At: t.due(r), Why: remindWake(n, r)})
}

// aim sets a reminder, or moves it: it comes when its record says.
func (t *turn) aim(r Record) {
	if !slices.Contains(t.c.Reminders, r.Seq) {
		t.c.Reminders = append(t.c.Reminders, r.Seq)
	}
	t.fx.Wakes = append(t.fx.Wakes, Wake{At: t.due(r), Why: remindWake(t.c.Number, r)})
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
	if slices.Contains(prevention, r.About) {
		t.c.View = View{Name: viewPlan} // it has more of them
	}
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
	t.fx.Unwake = append(t.fx.Unwake, remindWake(t.c.Number, r))
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

const (
	// remindersShown is how many reminders the list shows, the next ones …
	remindersShown = 24

	// … in about so many characters.
	listLen = 3000
)

// showReminders lists the reminders that are to come, each with its reason.
func (t *turn) showReminders() {
	var lines []string
	var keys []Button
	all := t.allPending()
	for i, p := range all[:min(len(all), remindersShown)] {
		r := p.Record
		what := t.noteWithin(r, listLen/min(len(all), remindersShown)/3)
		line := t.say("remind.line", "n", number(i+1), "time", t.timeOf(r), "what", what, "why", t.whyOf(r))
		if t.c.last() > 1 {
			line = t.say("remind.line_case", "line", line, "n", number(p.Case))
		}
		lines = append(lines, line)
		key := Button{Label: t.say("button.reminder", "n", number(i+1)), Press: Press{Case: p.Case, Act: actReminder, Arg: number(r.Seq)}}
		keys = append(keys, key)
	}
	text := t.say("remind.none")
	rows := rowsOf(keys, numbersPerRow)
	if len(lines) > 0 {
		rows = append(rows, []Button{t.button("calendar_all", actCalendar, "")})
		more := ""
		if n := len(all) - len(lines); n > 0 {
			more = t.say("remind.more", "n", number(n))
		}
		text = paragraphs(t.say("remind.head"), strings.Join(lines, "\n"), more, t.say("remind.foot"))
	}
	rows = append(rows, []Button{t.quietButton()}, []Button{t.button("remind_new", actRemind, ""), t.button("leave", actLeave, "")})
	t.screen("reminders", text, rows)
}

// showReminder shows one of them, to be moved or cancelled.
func (t *turn) showReminder(arg string) {
	r, ok := t.reminder(atoi(arg))
	if !ok || !t.isSet(r) {
		t.c.View = View{Name: viewReminders}
		t.showReminders()
		return
	}
	t.screen("reminder:"+arg, t.say("remind.one", "time", t.timeOf(r), "what", t.noteOf(r), "why", t.whyOf(r)), [][]Button{
		{t.button("retime", actRetime, arg), t.button("remind_drop", actNoRemind, arg)},
		{t.button("calendar", actCalendar, arg)},
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
	case actLater:
		t.c.View = View{Name: viewRetime, Arg: arg + ".once"}
	case actOnward:
		t.c.View = View{Name: viewLadder}
	case actSince:
		ok = t.sincePress(p.Arg)
	case actCalendar:
		return t.calendar(seq)
	case actQuiet:
		ok = t.quietPress(p.Arg)
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
	case actSnooze, actHeeded, actNoRemind, actRetime, actLater, actReminder, actCalendar, actOnward:
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
		t.showRemind(v.Arg)
	case viewConfirm:
		t.showConfirm(v.Arg)
	case viewRetime:
		t.showRetime(v.Arg)
	case viewReminders:
		t.showReminders()
	case viewReminder:
		t.showReminder(v.Arg)
	case viewSince:
		t.showSince(v.Arg)
	case viewQuiet:
		t.showQuiet()
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
	for _, p := range t.allPending() {
		if rule := p.Record.rule(); !rule.IsZero() {
			t.move(p.Case, withDue(p.Record, rule.Next(t.due(p.Record), t.in.At, t.k.Calendar)))
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
	t.screen("zone", text, append(grid(keys), []Button{t.quietButton()}, []Button{t.button("leave", actLeave, "")}))
}
