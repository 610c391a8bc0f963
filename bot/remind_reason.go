package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/when"
)

// The reasons of reminders, in Record.About. They are kept: never change one.
const (
	reasonOwn      = "own"        // the user's words
	reasonPromise  = "promise"    // what was promised is due
	reasonPeriod   = "period"     // the period of the rung is over
	reasonTomorrow = "tomorrow"   // the user wants to go on tomorrow
	reasonPause    = "pause"      // after too many attempts nothing is pressed for a while
	reasonProtect  = "protection" // the platform keeps a changed card or account back until then
	reasonClock    = "clock"      // the legal period with the id behind the colon ends
	reasonAnswer   = "answer"     // the answer to a letter is due
	reasonCheck    = "check"      // is all well, a week after the money came?
	reasonTest     = "small_test" // of the prevention plan: a small withdrawal
	reasonExport   = "export"     // the same: a copy of the records
	reasonPermits  = "permits"    // the same: what is allowed to use the account
)

// offered are the reasons for which a reminder is proposed on the screen that
// asks what for, in this order.
var offered = []string{reasonPromise, reasonPeriod, reasonPause, reasonProtect, reasonTomorrow}

// prevention are the reasons of the series that keep it from happening again.
var prevention = []string{reasonTest, reasonExport, reasonPermits}

// articleFor are the articles that say how to do what a reminder is for.
var articleFor = map[string]string{
	reasonTest: "prevent_small_test", reasonExport: "prevent_records", reasonPermits: "prevent_security",
}

const (
	// manyAttempts is from how many attempts on it is better to stop for a while …
	manyAttempts = 3

	// … of this length.
	pause = time.Hour
)

// reasonOf parts the reason of a reminder from what stands behind it.
func reasonOf(about string) (reason, arg string) {
	reason, arg, _ = strings.Cut(about, ":")
	return reason, arg
}

// noteOf says what a reminder is for: in the user's words, or by its reason.
func (t *turn) noteOf(r Record) string {
	if note := r.Part(PartNote); note != "" {
		return t.quote(cut(note, noteLen))
	}
	reason, arg := reasonOf(r.About)
	if reason != reasonClock {
		return t.say("remind.for." + reason)
	}
	c, _ := t.k.Clock(arg)
	since, err := time.Parse(time.RFC3339, r.Part(PartSince))
	if err != nil {
		return c.Title
	}
	since = since.In(t.in.At.Location())
	return t.say("remind.for.clock", "title", c.Title, "since", t.date(since), "end", t.date(t.k.Due(c, since).End))
}

// whyOf says in a few words why a reminder is there.
func (t *turn) whyOf(r Record) string {
	reason, _ := reasonOf(r.About)
	return t.say("remind.why." + reason)
}

// fits reports whether the case gives a reason to remind.
func (t *turn) fits(reason string) bool {
	going := !t.ended() && !t.fraud()
	switch reason {
	case reasonPromise:
		_, promised := t.promise()
		return promised && going
	case reasonPeriod:
		_, _, runs := t.period()
		return runs && going
	case reasonPause:
		n, _ := strconv.Atoi(string(t.c.Facts[fact.Attempts].Value))
		return going && (n >= manyAttempts || t.likeliest("repeated_attempts"))
	case reasonProtect:
		return going && (slices.Contains(t.c.Facts[fact.Changes].Value.Members(), "card") || t.likeliest("card_changed"))
	case reasonCheck:
		return t.c.Stage == Resolved
	case reasonTomorrow, reasonTest, reasonExport, reasonPermits:
		return true
	}
	return false
}

// likeliest reports whether a cause is the first of those worth naming.
func (t *turn) likeliest(cause string) bool {
	all := t.candidates()
	return len(all) > 0 && all[0].Cause == cause && all[0].P >= unclear
}

// offer returns what a reminder for a reason would be, and whether there is one.
func (t *turn) offer(reason string) (p when.Plan, ok bool) {
	if !t.fits(reason) {
		return p, false
	}
	now := t.in.At
	switch reason {
	case reasonPromise:
		by, _ := t.promise()
		p.At, p.Estimate = t.workingDayAfter(by)
	case reasonPeriod:
		_, due, _ := t.period()
		p.At, p.Estimate = t.workingDayAfter(due.End)
		p.Estimate = p.Estimate || due.Estimate
	case reasonPause:
		p = when.Plan{At: now.Add(pause), Named: true}
	case reasonTomorrow:
		p = when.Plan{At: officeTime(now.AddDate(0, 0, 1)), Named: true}
	case reasonCheck:
		p.At = officeTime(now.Add(checkAfter))
	case reasonTest:
		p = t.everyMonths(1, 10)
	case reasonExport:
		p = t.everyMonths(3, 15)
	case reasonPermits:
		p = t.everyMonths(3, 20)
	default:
		return p, false
	}
	return p, p.At.After(now)
}

// workingDayAfter returns when a reminder comes that is to come once a day has
// passed.
func (t *turn) workingDayAfter(day time.Time) (at time.Time, estimate bool) {
	day, estimate = t.k.Calendar.AddWorking(day.In(t.in.At.Location()), 1)
	return officeTime(day), estimate
}

// everyMonths returns a series on a day of each month, or of the first month of
// each quarter.
func (t *turn) everyMonths(n, day int) when.Plan {
	now := t.in.At
	month := int(now.Month()) - 1
	first := time.Date(now.Year(), time.Month(month-month%n+1), day, officeHour, 0, 0, 0, now.Location())
	rule := when.Rule{Freq: when.Monthly, Interval: n, MonthDays: []int{day}, Hour: officeHour}
	return when.Plan{At: rule.Next(first, now, t.k.Calendar), Every: rule}
}

// propose asks whether to remind for a reason.
func (t *turn) propose(about string) bool {
	reason, arg := reasonOf(about)
	n, what, _ := strings.Cut(about, ".")
	switch {
	case what == reasonAnswer:
		return t.proposeAnswer(atoi(n))
	case reason == reasonClock:
		return t.askSince(arg)
	case !slices.Contains(offered, reason) && !slices.Contains(prevention, reason):
		return false
	case t.lookAt(about):
		return true
	case reason == reasonProtect && t.fits(reason):
		t.c.View = View{Name: viewRemind, Arg: reasonProtect} // only the user knows until when
		return true
	}
	p, ok := t.offer(reason)
	if !ok {
		t.addLead(t.say("remind.over"))
		t.c.View = View{Name: viewRemind}
		return true
	}
	t.confirmPlan(about, p)
	return true
}

// lookAt opens the reminder that is set for a reason already, if there is one.
func (t *turn) lookAt(about string) bool {
	for _, r := range t.pending() {
		if r.About == about {
			t.c.View = View{Name: viewReminder, Arg: number(r.Seq)}
			return true
		}
	}
	return false
}

// confirmPlan makes the record of a reminder and asks for the yes.
func (t *turn) confirmPlan(about string, p when.Plan, more ...Part) {
	seq := t.record(RecordReminder, "", about)
	p = t.hush(p)
	t.fx.Records[len(t.fx.Records)-1].Parts = append(timeParts(p), more...)
	if p.Estimate {
		t.addLead(t.say("remind.estimate"))
	}
	t.c.View = View{Name: viewConfirm, Arg: number(seq)}
}

// showRemind offers times that fit the case; the user's own words are as good.
func (t *turn) showRemind(reason string) {
	if reason == reasonProtect {
		t.screen("remind:"+reason, t.say("remind.ask_protection"), [][]Button{{t.button("leave", actLeave, "")}})
		return
	}
	var rows [][]Button
	for _, reason := range offered {
		if p, ok := t.offer(reason); ok || reason == reasonProtect && t.fits(reason) {
			label := t.say("button.remind_"+reason, "date", t.date(p.At))
			rows = append(rows, []Button{{Label: cut(label, longestLabel), Press: Press{Act: actPropose, Arg: reason}}})
		}
	}
	if key := t.clockKey("ladder"); key != nil && !t.ended() && !t.fraud() {
		rows = append(rows, key)
	}
	t.screen("remind", t.say("remind.ask"), append(rows,
		[]Button{t.button("reminders", actReminders, ""), t.button("prevent", actPrevent, "")}, []Button{t.button("leave", actLeave, "")}))
}

// showPrevent is the plan that keeps it from happening again, with the series
// that remind of it.
func (t *turn) showPrevent() {
	var rows [][]Button
	for _, reason := range prevention {
		label := t.say("button.remind_" + reason)
		if slices.ContainsFunc(t.pending(), func(r Record) bool { return r.About == reason }) {
			label = t.say("button.remind_is_set", "what", t.say("remind.for."+reason))
		}
		rows = append(rows, []Button{{Label: cut(label, longestLabel), Press: Press{Act: actPropose, Arg: reason}}})
	}
	var keys []Button
	for _, id := range preventing {
		if a, ok := t.k.Article(id); ok {
			keys = append(keys, Button{Label: cut(t.say("button.read", "title", a.Title), longestLabel), Press: Press{Act: actRead, Arg: id}})
		}
	}
	t.screen("prevent", t.say("prevent"), append(append(rows, grid(keys)...), []Button{t.button("leave", actLeave, "")}))
}

// askSince asks from when a legal period runs.
func (t *turn) askSince(id string) bool {
	c, ok := t.k.Clock(id)
	if !ok || c.Runs != knowledge.Forward {
		return false
	}
	if !t.lookAt(reasonClock + ":" + id) {
		t.c.View = View{Name: viewSince, Arg: id}
	}
	return true
}

// showSince asks from when a legal period runs.
func (t *turn) showSince(id string) {
	c, _ := t.k.Clock(id)
	var keys []Button
	for _, days := range []string{"0", "1"} {
		keys = append(keys, Button{Label: t.say("button.since_" + days), Press: Press{Act: actSince, Arg: id + "." + days}})
	}
	text := t.say("remind.since", "title", c.Title, "start", c.Start)
	t.screen("since:"+id, text, [][]Button{keys, {t.button("leave", actLeave, "")}})
}

// sinceWords takes words as the day from which a legal period runs, and reports
// whether they name one.
func (t *turn) sinceWords(text string, facts bool) bool {
	f, ok := t.k.Reader.Answer(fact.FailedAt, text, t.in.At)
	since, isTime := f.Value.Time()
	_, ahead := t.k.Planner.Parse(text, t.in.At)
	switch {
	case ahead == nil && !(ok && isTime) || ok && since.After(t.in.At):
		t.addLead(t.say("remind.since_ahead"))
	case !ok || !isTime:
		if facts || t.means("words.solved", text) {
			t.back() // somebody tells how it went on
			return false
		}
		t.addLead(t.say("remind.since_unknown"))
	default:
		t.markWords(RecordReminder, "")
		t.runsSince(t.c.View.Arg, since.In(t.in.At.Location()))
	}
	t.show()
	return true
}

// runsSince proposes a reminder for a legal period that began on a day. Where
// the other side has to be done by its end it comes after it; where the user
// has, before it.
func (t *turn) runsSince(id string, since time.Time) bool {
	c, ok := t.k.Clock(id)
	if !ok || c.Runs != knowledge.Forward {
		return false
	}
	due := t.k.Due(c, since)
	p := when.Plan{Estimate: due.Estimate}
	switch {
	case c.Whose == knowledge.You:
		p.At = officeTime(due.End.AddDate(0, 0, -leadDays(c)))
		if tomorrow := officeTime(t.in.At.AddDate(0, 0, 1)); p.At.Before(tomorrow) && due.End.After(tomorrow) {
			p.At = tomorrow
		}
	case c.Unit == knowledge.Hours:
		p.At = due.End
	default:
		p.At, p.Estimate = t.workingDayAfter(due.End)
		p.Estimate = p.Estimate || due.Estimate
	}
	if !p.At.After(t.in.At) {
		t.addLead(t.say("remind.since_over", "title", c.Title, "end", t.date(due.End), "late", c.Late))
		t.c.View = View{Name: viewRemind}
		return true
	}
	t.confirmPlan(reasonClock+":"+id, p, Part{Name: PartSince, Value: since.Format(time.RFC3339)})
	return true
}

// leadDays is how many days before the end of a period the user is reminded who
// has to be done by it.
func leadDays(c knowledge.Clock) int {
	switch {
	case c.Unit == knowledge.Years:
		return 60
	case c.Unit == knowledge.Months || c.Limit >= 30:
		return 7
	default:
		return 2
	}
}

// sincePress takes the button that says from when a legal period runs.
func (t *turn) sincePress(arg string) bool {
	id, days, _ := strings.Cut(arg, ".")
	if n := atoi(days); n >= 0 && n <= 1 {
		return t.runsSince(id, t.in.At.AddDate(0, 0, -n))
	}
	return false
}
