package bot

import (
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

// rungs draws the ladder with the present rung marked.
func (t *turn) rungs() string {
	if t.ended() {
		return t.say("ladder.ended", "name", t.k.Rung(string(t.c.Stage)).Name)
	}
	var lines []string
	mark := "ladder.past"
	for _, r := range t.ladder() {
		switch {
		case r.Stage == string(t.c.Stage):
			lines = append(lines, t.say("ladder.here", "name", r.Name, "date", t.date(t.since())))
			mark = "ladder.ahead"
		default:
			lines = append(lines, t.say(mark, "name", r.Name))
		}
	}
	return strings.Join(lines, "\n")
}

// ladder returns the rungs that one climbs, in order.
func (t *turn) ladder() []knowledge.Rung {
	return slices.DeleteFunc(slices.Clone(t.k.Ladder), func(r knowledge.Rung) bool {
		return r.Stage == string(Resolved) || r.Stage == string(Closed)
	})
}

// since returns when the case came to its present stage.
func (t *turn) since() time.Time {
	if t.c.Since.IsZero() {
		return t.c.Opened
	}
	return t.c.Since
}

// showLadder says where the case stands and what the next rung is.
func (t *turn) showLadder() {
	if t.fraud() {
		t.c.View = View{Name: viewRoute}
		t.showRoute()
		return
	}
	here := t.k.Rung(string(t.c.Stage))
	text := paragraphs(t.say("ladder.head"), t.rungs(), t.section("ladder.do", here.Do), t.section("ladder.until", here.Until), t.running())
	var keys [][]Button
	if next, ok := t.nextRung(); ok {
		text = paragraphs(text, t.say("ladder.next", "name", next.Name, "do", next.Do), t.timely(), next.Alone, t.sources(append(here.Sources, next.Sources...)))
		keys = append(keys, []Button{{Label: t.say("button.climb", "name", next.Name), Press: Press{Act: actClimb, Arg: next.Stage}}})
	}
	if key := t.clockKey("ladder"); key != nil {
		keys = append(keys, key)
	}
	keys = append(keys, []Button{t.button("route", actRoute, ""), t.button("note", actNote, "")},
		[]Button{t.button("solved", actSolved, ""), t.button("leave", actLeave, "")})
	t.screen("ladder:"+string(t.c.Stage), text, keys)
}

// nextRung returns the rung above the present one, if there is one.
func (t *turn) nextRung() (knowledge.Rung, bool) {
	all := t.ladder()
	i := slices.IndexFunc(all, func(r knowledge.Rung) bool { return r.Stage == string(t.c.Stage) })
	if i < 0 || i+1 == len(all) {
		return knowledge.Rung{}, false
	}
	return all[i+1], true
}

// early says why the next rung is too early, or nothing: a promise runs, a
// period runs, or nobody on the present rung was asked yet.
func (t *turn) early() string {
	if by, ok := t.promise(); ok && t.in.At.Before(endOfDay(by)) {
		return t.say("early.promise", "date", t.date(by))
	}
	if !t.tried() {
		return t.say("early.untried", "name", t.k.Rung(string(t.c.Stage)).Name)
	}
	if _, due, ok := t.period(); ok && t.in.At.Before(due.End.AddDate(0, 0, 1)) {
		return t.say("early.period", "date", t.date(due.End))
	}
	return ""
}

// timely says whether the next rung may be climbed now.
func (t *turn) timely() string {
	if why := t.early(); why != "" {
		return why
	}
	if by, ok := t.promise(); ok {
		return t.say("ready.broken", "date", t.date(by), "days", number(t.daysPast(by)))
	}
	return t.say("ready")
}

// promise returns the day by which an answer was promised.
func (t *turn) promise() (time.Time, bool) {
	by, ok := t.c.Facts[fact.PromisedBy].Value.Time()
	return by.In(t.in.At.Location()), ok
}

// daysPast returns how many days ago a day was.
func (t *turn) daysPast(day time.Time) int {
	return int(t.in.At.Sub(endOfDay(day))/(24*time.Hour)) + 1
}

// endOfDay returns the midnight at the end of the day of at.
func endOfDay(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, at.Location())
}

// contacted are the rungs on which somebody must have been asked, each with
// what the user's contacts have come to by then.
var contacted = map[Stage][]fact.Value{
	Support:    {"agent", "supervisor", "complaint", "regulator"},
	Supervisor: {"supervisor", "complaint", "regulator"},
}

// tried reports whether the user has done what the present rung is for, as far
// as that can be told.
func (t *turn) tried() bool {
	want, ok := contacted[t.c.Stage]
	return !ok || slices.Contains(want, t.c.Facts[fact.Contacted].Value) || t.c.Contacts > 0 && t.c.Stage == Support
}

// period returns the period of the present rung that runs for the other side,
// if the rung has exactly one that fits: counted from when the rung was climbed.
func (t *turn) period() (knowledge.Clock, knowledge.Due, bool) {
	for _, id := range t.k.Rung(string(t.c.Stage)).Waits {
		w, ok := t.k.Clock(id.Clock)
		if ok && (len(id.Kinds) == 0 || slices.Contains(id.Kinds, t.c.Facts[fact.PlatformKind].Value)) {
			return w, t.k.Due(w, t.since()), true
		}
	}
	return knowledge.Clock{}, knowledge.Due{}, false
}

// running lists what is running until when: the promise, and the period of the
// present rung.
func (t *turn) running() string {
	if t.ended() {
		return ""
	}
	var lines []string
	if by, ok := t.promise(); ok {
		if t.in.At.Before(endOfDay(by)) {
			lines = append(lines, t.say("running.promise", "date", t.date(by)))
		} else {
			lines = append(lines, t.say("running.broken", "date", t.date(by), "days", number(t.daysPast(by))))
		}
	}
	if clock, due, ok := t.period(); ok {
		line := t.say("running.period", "title", clock.Title, "date", t.date(due.End), "from", t.date(t.since()))
		if due.Estimate {
			line = t.say("running.estimate", "line", line)
		}
		lines = append(lines, line)
	}
	return t.titled("running.head", lines)
}

// climb moves the case one rung up, by the user's word. What is too early is
// said first, and done all the same if the user insists.
func (t *turn) climb(s Stage, sure bool) {
	next, ok := t.nextRung()
	if !ok || next.Stage != string(s) {
		return
	}
	if !sure && t.early() != "" {
		t.c.View = View{Name: viewEarly, Arg: next.Stage}
		return
	}
	t.setStage(s)
	t.c.View = View{Name: viewLadder}
}

// showEarly asks whether to climb though it is early.
func (t *turn) showEarly(stage string) {
	next, ok := t.nextRung()
	why := t.early()
	if !ok || next.Stage != stage || why == "" {
		t.c.View = View{Name: viewLadder}
		t.showLadder()
		return
	}
	t.screen("early:"+stage, paragraphs(t.say("early.head", "name", next.Name), why, t.say("early.risk"), next.Alone), [][]Button{
		{t.button("wait", actLadder, "")},
		{Button{Label: t.say("button.climb_anyway", "name", next.Name), Press: Press{Act: actClimbNow, Arg: stage}}},
		{t.button("note", actNote, ""), t.button("leave", actLeave, "")},
	})
}
