package bot

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge/when"
)

// The views of reminders.
const (
	viewRemind    ViewName = "remind"    // the next words say when to remind and of what; Arg: a reason, or ""
	viewConfirm   ViewName = "remind_ok" // Arg: number of the reminder that waits for a yes
	viewRetime    ViewName = "remind_at" // Arg: number of the reminder whose time the next words say; "12.once": of a series, this time only
	viewReminders ViewName = "reminders" // those that are set
	viewReminder  ViewName = "reminder"  // Arg: number of the one that is looked at
	viewSince     ViewName = "since"     // Arg: a legal period; the next words say from when it runs
	viewZone      ViewName = "zone"      // the next words name a time zone
	viewQuiet     ViewName = "quiet"     // the next words say when nothing is to ring
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
	actLater     Act = "rs" // Arg: number of one of a series; ask for a time at which it is to come besides
	actOnward    Act = "rg" // the ladder of the case of a reminder, or its route
	actSince     Act = "rq" // Arg: period.days; the legal period runs since so many days ago
	actSetZone   Act = "tz" // Arg: id of a time zone
	actCalendar  Act = "ri" // Arg: number of the reminder that is to be a calendar file, or "" for all
	actQuiet     Act = "qh" // Arg: the hours in which nothing rings, or "" to be asked for them
)

var remindActs = []Act{
	actRemind, actPropose, actSetIt, actRetime, actNoRemind, actReminders, actReminder, actHeeded, actSnooze,
	actLater, actOnward, actSince, actSetZone, actQuiet, actCalendar,
}

const (
	// mostReminders is how many a case has at most.
	mostReminders = 20

	// noteLen is how much of what to be reminded of is shown, in characters.
	noteLen = 60

	// officeHour is when a reminder comes that only has a day.
	officeHour = 10

	// zonesShown is how many time zones have a button.
	zonesShown = 16
)

// at returns the press of a button that is about the whole chat as one of the
// case c, whichever it was made in.
func (p Press) at(c Case) Press {
	if slices.Contains([]Act{actReminders, actSetZone, actQuiet}, p.Act) || p.Act == actCalendar && p.Arg == "" {
		p.Case = c.Number
	}
	return p
}

// LoadZone returns the time zone of a chat by the name that is kept.
func LoadZone(name string) (*time.Location, error) { return when.LoadZone(name) }

// remind handles /remind: a time with what to be reminded of, or nothing.
func (t *turn) remind(text string) {
	if text == "" {
		t.c.View = View{Name: viewRemind}
		t.show()
		return
	}
	t.plan(text, wanted{})
}

// wanted is what is known of a reminder before its words are read.
type wanted struct {
	of    int    // the reminder that gets another time, or 0
	once  bool   // that one is a series, which goes on besides
	about string // the reason, "" where the words are the reason
}

// wanted returns what the open view is about.
func (v View) wanted() wanted {
	switch v.Name {
	case viewRemind:
		return wanted{about: v.Arg}
	case viewRetime, viewConfirm:
		seq, once, _ := strings.Cut(v.Arg, ".")
		return wanted{of: atoi(seq), once: once != ""}
	}
	return wanted{}
}

// reminderWords takes words that are about a reminder, and reports whether they are.
func (t *turn) reminderWords(text string, facts bool) bool {
	_, err := t.k.Planner.Parse(text, t.in.At)
	want := t.c.View.wanted()
	switch t.c.View.Name {
	case viewQuiet:
		return t.quietWords(text, true)
	case viewSince:
		return t.sinceWords(text, facts)
	case viewZone:
		if !t.quietWords(text, false) {
			t.timezone(text)
		}
	case viewRemind, viewRetime:
		if wrong := (*when.Error)(nil); facts && errors.As(err, &wrong) && wrong.Reason == when.NoTime {
			t.back() // somebody tells how it went on
			return false
		}
		t.plan(text, want)
	case viewConfirm:
		return t.confirmWords(text, want, err == nil)
	default:
		if t.quietWords(text, false) {
			return true
		}
		if !t.holds("words.remind", text) {
			return false
		}
		if err != nil {
			return !facts && t.remindSometime(text)
		}
		t.plan(text, wanted{})
	}
	return true
}

// remindSometime takes short words that ask to be reminded and name no time that
// is understood: of what was promised, if something is, or else it asks when. It
// reports whether they ask.
func (t *turn) remindSometime(text string) bool {
	if len(text) > longestAsk || t.holds("words.reminded", text) {
		return false
	}
	t.markWords(RecordReminder, "")
	if !t.fits(reasonPromise) || !t.propose(reasonPromise) {
		t.c.View = View{Name: viewRemind}
	}
	t.show()
	return true
}

// confirmWords takes a yes, a no or another time as the answer to whether the
// time was understood.
func (t *turn) confirmWords(text string, want wanted, timed bool) bool {
	switch {
	case t.means("words.yes", text):
		t.markWords(RecordReminder, "")
		t.setReminder(want.of)
	case t.means("words.no", text):
		t.markWords(RecordReminder, "")
		t.dropReminder(want.of)
	case timed:
		t.plan(text, want)
		return true
	default:
		return false
	}
	t.show()
	return true
}

// plan reads when to remind and of what, and asks whether that is what was
// meant. Nothing counts before the yes.
func (t *turn) plan(text string, want wanted) {
	t.markWords(RecordReminder, "")
	p, err := t.k.Planner.Parse(text, t.in.At)
	if wrong := (*when.Error)(nil); errors.As(err, &wrong) {
		t.c.View = retimeView(want)
		t.addLead(t.wrongTime(wrong))
		t.show()
		return
	}
	old, _ := t.reminder(want.of)
	r := t.planned()
	r.About, r.Of = cmp.Or(want.about, reasonOwn), want.of
	if old.Seq > 0 {
		r.About = old.About
	}
	switch {
	case want.once:
		r.Of = 0
	case old.Of > 0 && !t.isSet(old):
		r.Of = old.Of
	}
	p = t.hush(p)
	r.Parts = append(timeParts(p), noteParts(p.Note, text, r, old)...)
	if p.Estimate {
		t.addLead(t.say("remind.estimate"))
	}
	t.c.View = View{Name: viewConfirm, Arg: number(r.Seq)}
	t.show()
}

// retimeView is where a time is asked for again.
func retimeView(want wanted) View {
	switch {
	case want.of > 0 && want.once:
		return View{Name: viewRetime, Arg: number(want.of) + ".once"}
	case want.of > 0:
		return View{Name: viewRetime, Arg: number(want.of)}
	default:
		return View{Name: viewRemind, Arg: want.about}
	}
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

// timeParts returns when a plan is due, how often, and whether its very time of
// day was named.
func timeParts(p when.Plan) []Part {
	parts := []Part{{Name: PartDue, Value: p.At.Format(time.RFC3339)}}
	if !p.Every.IsZero() {
		parts = append(parts, Part{Name: PartRule, Value: p.Every.String()})
	}
	if p.Named {
		parts = append(parts, Part{Name: PartExact, Value: "yes"})
	}
	return parts
}

// noteParts returns what to be reminded of: a piece of the words, or what the
// reminder old said.
func noteParts(note, text string, r *Record, old Record) []Part {
	if note == "" || old.Seq > 0 && old.About != reasonOwn {
		return old.subject()
	}
	p := Part{Name: PartNote, Value: note}
	if from := strings.Index(text, note); from >= 0 && r.Text == text {
		p.From, p.To, p.In = from, from+len(note), r.Seq
	}
	return []Part{p}
}

// subject returns the parts of a reminder that say what it is about.
func (r Record) subject() []Part {
	var out []Part
	for _, p := range r.Parts {
		if p.Name == PartNote || p.Name == PartSince {
			out = append(out, p)
		}
	}
	return out
}

// wrongTime says why words are no time for a reminder, with an example.
func (t *turn) wrongTime(e *when.Error) string {
	at := ""
	if !e.At.IsZero() {
		at = t.k.Planner.Format(e.At)
	}
	return t.say("remind.wrong."+string(e.Reason), "words", t.quote(cut(e.Words, quoteLen)), "time", at)
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
	seq, _, once := strings.Cut(arg, ".")
	r, ok := t.reminder(atoi(seq))
	if !ok {
		t.back()
		t.showCurrent()
		return
	}
	text := t.say("remind.retime", "time", t.timeOf(r), "what", t.noteOf(r))
	if once || !r.Struck.IsZero() {
		text = t.say("remind.retime_again", "what", t.noteOf(r))
	}
	t.screen("remind_at:"+arg, text, [][]Button{{t.button("leave", actLeave, "")}})
}
