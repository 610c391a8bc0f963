package bot

import (
	"fmt"
	"slices"
	"time"

	"tixianbot/knowledge/when"
)

// hours are those of a day in which nothing rings whose very time the user did
// not name, in minutes since midnight: from includes, to does not. Where both
// are the same there are none.
type hours struct{ from, to int }

// defaultHours are the quiet hours of a chat that has set none.
var defaultHours = hours{from: 22 * 60, to: 8 * 60}

// noHours is the name of no quiet hours at all.
const noHours = "off"

// String returns the form in which quiet hours are kept: 2200-0800, or off.
func (h hours) String() string {
	if h.from == h.to {
		return noHours
	}
	return fmt.Sprintf("%02d%02d-%02d%02d", h.from/60, h.from%60, h.to/60, h.to%60)
}

// parseHours reads what String wrote.
func parseHours(s string) (h hours, ok bool) {
	if s == noHours {
		return hours{}, true
	}
	var a, b, c, d int
	if n, err := fmt.Sscanf(s, "%2d%2d-%2d%2d", &a, &b, &c, &d); n != 4 || err != nil {
		return hours{}, false
	}
	h = hours{from: a*60 + b, to: c*60 + d}
	return h, a < 24 && b < 60 && c < 24 && d < 60 && h.String() == s
}

// quiet returns the quiet hours of the chat.
func (t *turn) quiet() hours {
	if t.fx.Quiet != "" {
		t.in.Quiet = t.fx.Quiet
	}
	if h, ok := parseHours(t.in.Quiet); ok {
		return h
	}
	return defaultHours
}

// holds reports whether a moment lies in the quiet hours.
func (h hours) holds(at time.Time) bool {
	m := at.Hour()*60 + at.Minute()
	if h.from <= h.to {
		return h.from <= m && m < h.to
	}
	return m >= h.from || m < h.to
}

// end returns when the quiet hours end in which a moment lies, and whether it
// lies in any. Where the clocks skip the end it is the first moment after it.
func (h hours) end(at time.Time) (time.Time, bool) {
	if !h.holds(at) {
		return at, false
	}
	y, m, d := at.Date()
	if at.Hour()*60+at.Minute() >= h.to {
		d++
	}
	end := time.Date(y, m, d, 0, h.to, 0, 0, at.Location())
	for !end.After(at) || h.holds(end) {
		end = end.Add(15 * time.Minute)
	}
	return end, true
}

// hush moves a time in the quiet hours, if it was not named, to their end, and
// says so.
func (t *turn) hush(p when.Plan) when.Plan {
	h := t.quiet()
	end, quiet := h.end(p.At)
	if p.Named || !quiet {
		return p
	}
	t.addLead(t.say("remind.quiet", "time", clockTime(h.to)))
	p.At = end
	if !p.Every.IsZero() {
		p.Every.Hour, p.Every.Minute = h.to/60, h.to%60
		p.At = p.Every.Next(end, t.in.At, t.k.Calendar)
	}
	return p
}

// clockTime writes minutes since midnight as 08:00.
func clockTime(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// holdOff puts a wake off to the end of the quiet hours if they last, unless it
// comes at the very time that was named, and reports whether it does.
func (t *turn) holdOff(why string, exact bool) bool {
	end, quiet := t.quiet().end(t.in.At)
	if exact || !quiet {
		return false
	}
	t.fx.Wakes = append(t.fx.Wakes, Wake{At: end, Why: why})
	return true
}

// sayHours says which hours are quiet.
func (t *turn) sayHours(h hours) string {
	if h.from == h.to {
		return t.say("quiet.off")
	}
	return t.say("quiet.hours", "from", clockTime(h.from), "to", clockTime(h.to))
}

// quietOffered are the quiet hours that have a button.
var quietOffered = []hours{defaultHours, {23 * 60, 7 * 60}, {21 * 60, 9 * 60}, {}}

// showQuiet asks when nothing is to ring.
func (t *turn) showQuiet() {
	var keys []Button
	for _, h := range quietOffered {
		keys = append(keys, Button{Label: t.sayHours(h), Press: Press{Act: actQuiet, Arg: h.String()}})
	}
	t.screen("quiet", t.say("quiet.ask", "hours", t.sayHours(t.quiet())), append(rowsOf(keys, 1), []Button{t.button("leave", actLeave, "")}))
}

// quietButton leads to the quiet hours and shows them.
func (t *turn) quietButton() Button {
	return Button{Label: t.say("button.quiet", "hours", t.sayHours(t.quiet())), Press: Press{Act: actQuiet}}
}

// quietWords takes words as the hours in which nothing is to ring, and reports
// whether they are: asked says that they were asked for.
func (t *turn) quietWords(text string, asked bool) bool {
	from, to, ok := t.k.Planner.Hours(text)
	h := hours{from, to}
	switch {
	case !asked && !t.holds("words.quiet", text) && !t.holds("words.loud", text):
		return false
	case t.holds("words.loud", text) && !ok:
		h = hours{}
	case !ok && asked:
		t.markWords(RecordReminder, "")
		t.addLead(t.say("quiet.unknown"))
		t.show()
		return true
	case !ok:
		t.c.View = View{Name: viewQuiet}
		t.markWords(RecordReminder, "")
		t.show()
		return true
	}
	t.markWords(RecordReminder, "")
	t.setQuiet(h)
	t.show()
	return true
}

// quietPress takes the button that asks for the quiet hours, or names them.
func (t *turn) quietPress(arg string) bool {
	if arg == "" {
		t.c.View = View{Name: viewQuiet}
		return true
	}
	h, ok := parseHours(arg)
	if ok {
		t.setQuiet(h)
	}
	return ok
}

// setQuiet lets nothing ring in some hours of the day. Reminders whose time was
// not named are moved out of them.
func (t *turn) setQuiet(h hours) {
	t.fx.Quiet = h.String()
	moved := 0
	for _, p := range t.allPending() {
		r := p.Record
		if r.Part(PartExact) != "" {
			continue
		}
		if end, quiet := h.end(t.due(r)); quiet {
			moved++
			t.move(p.Case, t.outOf(h, r, end))
		}
	}
	t.addLead(t.say("quiet.set", "hours", t.sayHours(h)))
	if moved > 0 {
		t.addLead(t.say("quiet.moved", "n", number(moved), "time", clockTime(h.to)))
	}
	t.back()
}

// outOf returns a reminder that comes at the end of quiet hours.
func (t *turn) outOf(h hours, r Record, end time.Time) Record {
	rule := r.rule()
	if rule.IsZero() {
		return withDue(r, end)
	}
	rule.Hour, rule.Minute = h.to/60, h.to%60
	r.Parts = slices.Clone(r.Parts)
	for i, p := range r.Parts {
		if p.Name == PartRule {
			r.Parts[i].Value = rule.String()
		}
	}
	return withDue(r, rule.Next(end, t.in.At, t.k.Calendar))
}
