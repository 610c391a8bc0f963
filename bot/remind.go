package bot

import (
	"errors"
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge/when"
)

// The views of reminders.
const (
	viewRemind    ViewName = "remind"    // the next words say when to remind and of what
	viewConfirm   ViewName = "remind_ok" // Arg: number of the reminder that waits for a yes
	viewRetime    ViewName = "remind_at" // Arg: number of the reminder whose time the next words say
	viewReminders ViewName = "reminders" // those that are set
	viewReminder  ViewName = "reminder"  // Arg: number of the one that is looked at
	viewZone      ViewName = "zone"      // the next words name a time zone
)

// The acts of buttons about reminders. Each names what it changes and what that
// becomes, so that none grows old; nor do they when another case is open.
const (
	actRemind    Act = "rm" // offer what to be reminded of
	actPropose   Act = "rp" // Arg: a reason, or the number of a letter and "answer"
	actSetIt     Act = "ry" // Arg: number of the reminder
	actRetime    Act = "rt" // Arg: the same; ask for another time
	actNoRemind  Act = "rx" // Arg: the same; it is not to come, or not again
	actReminders Act = "rl" // those that are set
	actReminder  Act = "ro" // Arg: number of one of them
	actHeeded    Act = "rd" // Arg: the same; the user has done it
	actSnooze    Act = "rz" // Arg: number.delay
	actSetZone   Act = "tz" // Arg: id of a time zone
)

var remindActs = []Act{
	actRemind, actPropose, actSetIt, actRetime, actNoRemind, actReminders, actReminder, actHeeded, actSnooze, actSetZone,
}

// The reasons of reminders, in Record.About.
const (
	reasonOwn      = "own"      // the user's words
	reasonPromise  = "promise"  // what was promised is due
	reasonPeriod   = "period"   // the period of the rung is over
	reasonTomorrow = "tomorrow" // the user wants to go on tomorrow
	reasonAnswer   = "answer"   // the answer to a letter is due
)

const (
	// mostReminders is how many a case has at most.
	mostReminders = 20

	// noteLen is how much of what to be reminded of is shown, in characters.
	noteLen = 60

	// officeHour is when a reminder comes that only has a day.
	officeHour = 10

	// Between these hours nothing rings whose very time was not named.
	quietFrom, quietTo = 22, 8

	// zonesShown is how many time zones have a button.
	zonesShown = 16
)

// LoadZone returns the time zone of a chat by the name that is kept.
func LoadZone(name string) (*time.Location, error) { return when.LoadZone(name) }

// remind handles /remind: a time with what to be reminded of, or nothing.
func (t *turn) remind(text string) {
	if text == "" {
		t.c.View = View{Name: viewRemind}
		t.show()
		return
	}
	t.plan(text, 0)
}

// reminderWords takes words that are about a reminder, and reports whether they are.
func (t *turn) reminderWords(text string, facts bool) bool {
	_, err := t.k.Planner.Parse(text, t.in.At)
	seq := atoi(t.c.View.Arg)
	switch t.c.View.Name {
	case viewZone:
		t.timezone(text)
	case viewRemind, viewRetime:
		if wrong := (*when.Error)(nil); facts && errors.As(err, &wrong) && wrong.Reason == when.NoTime {
			t.back() // somebody tells how it went on
			return false
		}
		t.plan(text, seq)
	case viewConfirm:
		return t.confirmWords(text, seq, err == nil)
	default:
		if err != nil || !t.holds("words.remind", text) {
			return false
		}
		t.plan(text, 0)
	}
	return true
}

// confirmWords takes a yes, a no or another time as the answer to whether the
// time was understood.
func (t *turn) confirmWords(text string, seq int, timed bool) bool {
	switch {
	case t.means("words.yes", text):
		t.markWords(RecordReminder, "")
		t.setReminder(seq)
	case t.means("words.no", text):
		t.markWords(RecordReminder, "")
		t.dropReminder(seq)
	case timed:
		t.plan(text, seq)
		return true
	default:
		return false
	}
	t.show()
	return true
}

// plan reads when to remind and of what, and asks whether that is what was
// meant. Nothing counts before the yes. of is the reminder that gets another
// time, or 0.
func (t *turn) plan(text string, of int) {
	t.markWords(RecordReminder, "")
	p, err := t.k.Planner.Parse(text, t.in.At)
	if wrong := (*when.Error)(nil); errors.As(err, &wrong) {
		t.c.View = View{Name: viewRemind}
		if of > 0 {
			t.c.View = View{Name: viewRetime, Arg: number(of)}
		}
		t.addLead(t.wrongTime(wrong))
		t.show()
		return
	}
	old, _ := t.reminder(of)
	r := t.planned()
	r.About, r.Of = reasonOwn, of
	if old.Seq > 0 {
		r.About = old.About
		if !t.isSet(old) && old.Of > 0 {
			r.Of = old.Of
		}
	}
	p = t.hush(p)
	r.Parts = append(timeParts(p), noteParts(p.Note, text, r, old)...)
	if p.Estimate {
		t.addLead(t.say("remind.estimate"))
	}
	t.c.View = View{Name: viewConfirm, Arg: number(r.Seq)}
	t.show()
}

// planned returns the record of this turn's words as a reminder, or a new one
// where the words are a contact too.
func (t *turn) planned() *Record {
	i := slices.IndexFunc(t.fx.Records, func(r Record) bool { return r.Kind == RecordReminder })
	if i < 0 {
		t.record(RecordReminder, "", "")
		i = len(t.fx.Records) - 1
	}
	return &t.fx.Records[i]
}

// timeParts returns when a plan is due, and how often.
func timeParts(p when.Plan) []Part {
	parts := []Part{{Name: PartDue, Value: p.At.Format(time.RFC3339)}}
	if !p.Every.IsZero() {
		parts = append(parts, Part{Name: PartRule, Value: p.Every.String()})
	}
	return parts
}

// noteParts returns what to be reminded of: a piece of the words, or what the
// reminder old said.
func noteParts(note, text string, r *Record, old Record) []Part {
	if note == "" {
		i := slices.IndexFunc(old.Parts, func(p Part) bool { return p.Name == PartNote })
		if i < 0 {
			return nil
		}
		return []Part{old.Parts[i]}
	}
	p := Part{Name: PartNote, Value: note}
	if from := strings.Index(text, note); from >= 0 && r.Text == text {
		p.From, p.To, p.In = from, from+len(note), r.Seq
	}
	return []Part{p}
}

// hush moves a time in the night, if it was not named, to the morning, and says so.
func (t *turn) hush(p when.Plan) when.Plan {
	h := p.At.Hour()
	if p.Named || h < quietFrom && h >= quietTo {
		return p
	}
	t.addLead(t.say("remind.quiet"))
	if !p.Every.IsZero() {
		p.Every.Hour, p.Every.Minute = quietTo, 0
		p.At = p.Every.Next(p.At, t.in.At, t.k.Calendar)
		return p
	}
	y, m, d := p.At.Date()
	if h >= quietFrom {
		d++
	}
	p.At = time.Date(y, m, d, quietTo, 0, 0, 0, p.At.Location())
	return p
}

// wrongTime says why words are no time for a reminder, with an example.
func (t *turn) wrongTime(e *when.Error) string {
	at := ""
	if !e.At.IsZero() {
		at = t.k.Planner.Format(e.At)
	}
	return t.say("remind.wrong."+string(e.Reason), "words", t.quote(cut(e.Words, quoteLen)), "time", at)
}

// reminder returns the reminder with the given number, if it is known here.
func (t *turn) reminder(seq int) (Record, bool) {
	r, ok := t.these(seq)
	for _, added := range t.fx.Records {
		if added.Seq == seq {
			r, ok = added, true
		}
	}
	return r, ok && r.Kind == RecordReminder && r.Part(PartDue) != ""
}

// isSet reports whether a reminder is to come.
func (t *turn) isSet(r Record) bool {
	return r.Struck.IsZero() && slices.Contains(t.c.Reminders, r.Seq)
}

// due returns when a reminder comes next, in the zone of the user.
func (t *turn) due(r Record) time.Time {
	at, _ := time.Parse(time.RFC3339, r.Part(PartDue))
	return at.In(t.in.At.Location())
}

// rule returns how often a reminder comes; the zero rule if only once.
func (r Record) rule() when.Rule {
	rule, err := when.ParseRule(r.Part(PartRule))
	if err != nil {
		return when.Rule{}
	}
	return rule
}

// timeOf says when a reminder comes: the moment, or how often and when first.
func (t *turn) timeOf(r Record) string {
	at := t.k.Planner.Format(t.due(r))
	if rule := r.rule(); !rule.IsZero() {
		at = t.say("remind.every", "rule", t.k.Planner.FormatRule(rule), "time", at)
	}
	if zone := t.in.At.Location(); zone.String() != homeZone {
		at = t.say("remind.zoned", "time", at, "zone", t.k.Planner.ZoneName(zone))
	}
	return at
}

// homeZone is the zone that need not be named.
const homeZone = "Asia/Shanghai"

// noteOf says what a reminder is for: in the user's words, or by its reason.
func (t *turn) noteOf(r Record) string {
	if note := r.Part(PartNote); note != "" {
		return t.quote(cut(note, noteLen))
	}
	return t.say("remind.for." + r.About)
}

// showRemind offers times that fit the case; the user's own words are as good.
func (t *turn) showRemind() {
	var rows [][]Button
	for _, reason := range []string{reasonPromise, reasonPeriod, reasonTomorrow} {
		if at, _, ok := t.proposal(reason); ok {
			label := t.say("button.remind_"+reason, "date", t.date(at))
			rows = append(rows, []Button{{Label: cut(label, longestLabel), Press: Press{Act: actPropose, Arg: reason}}})
		}
	}
	t.screen("remind", t.say("remind.ask"), append(rows, []Button{t.button("reminders", actReminders, ""), t.button("leave", actLeave, "")}))
}

// proposal returns when a reminder for a reason would come, and whether a
// holiday on the way is not announced yet.
func (t *turn) proposal(reason string) (at time.Time, estimate, ok bool) {
	day := t.in.At
	switch reason {
	case reasonPromise:
		by, promised := t.promise()
		if !promised || t.ended() || t.fraud() {
			return at, false, false
		}
		day, estimate = t.k.Calendar.AddWorking(by, 1)
	case reasonPeriod:
		_, due, runs := t.period()
		if !runs || t.ended() || t.fraud() {
			return at, false, false
		}
		day, estimate = t.k.Calendar.AddWorking(due.End, 1)
		estimate = estimate || due.Estimate
	default:
		day = day.AddDate(0, 0, 1)
	}
	y, m, d := day.Date()
	at = time.Date(y, m, d, officeHour, 0, 0, 0, t.in.At.Location())
	return at, estimate, at.After(t.in.At)
}

// propose asks whether to remind for a reason.
func (t *turn) propose(reason string) bool {
	if n, what, ok := strings.Cut(reason, "."); ok && what == reasonAnswer {
		return t.proposeAnswer(atoi(n))
	}
	if !slices.Contains([]string{reasonPromise, reasonPeriod, reasonTomorrow}, reason) {
		return false
	}
	for _, r := range t.pending() {
		if r.About == reason {
			t.c.View = View{Name: viewReminder, Arg: number(r.Seq)}
			return true
		}
	}
	at, estimate, ok := t.proposal(reason)
	if !ok {
		t.addLead(t.say("remind.over"))
		t.c.View = View{Name: viewRemind}
		return true
	}
	seq := t.record(RecordReminder, "", reason)
	t.fx.Records[len(t.fx.Records)-1].Parts = timeParts(when.Plan{At: at})
	if estimate {
		t.addLead(t.say("remind.estimate"))
	}
	t.c.View = View{Name: viewConfirm, Arg: number(seq)}
	return true
}

// showConfirm shows the understood time back and asks whether it is meant.
func (t *turn) showConfirm(arg string) {
	r, ok := t.reminder(atoi(arg))
	if !ok || t.isSet(r) {
		t.back()
		t.showCurrent()
		return
	}
	t.screen("remind_ok:"+arg, t.say("remind.confirm", "time", t.timeOf(r), "what", t.noteOf(r)), [][]Button{
		{t.button("set_it", actSetIt, arg), t.button("retime", actRetime, arg), t.button("no_remind", actNoRemind, arg)},
	})
}

// showRetime asks for another time.
func (t *turn) showRetime(arg string) {
	r, ok := t.reminder(atoi(arg))
	if !ok {
		t.back()
		t.showCurrent()
		return
	}
	t.screen("remind_at:"+arg, t.say("remind.retime", "time", t.timeOf(r), "what", t.noteOf(r)), [][]Button{{t.button("leave", actLeave, "")}})
}
