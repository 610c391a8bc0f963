package bot

import (
	"slices"
	"strings"

	"tixianbot/knowledge"
)

// clocksShown is how many legal periods are shown at once.
const clocksShown = 6

// clockKey returns a button for the legal periods of a screen, if there are any.
func (t *turn) clockKey(where string) []Button {
	if len(t.clocksOf(where)) == 0 {
		return nil
	}
	return []Button{t.button("clocks", actClocks, where)}
}

// tellClocks says how long those may take whom the user turns to, and what is
// too early and too late.
func (t *turn) tellClocks(where string) bool {
	clocks := t.clocksOf(where)
	if len(clocks) == 0 {
		return false
	}
	texts := []string{t.say("clock.head")}
	var keys []Button
	for _, c := range clocks {
		if c.Runs == knowledge.Forward {
			label := cut(t.say("button.remind_clock", "title", c.Title), longestLabel)
			keys = append(keys, Button{Label: label, Press: Press{Act: actPropose, Arg: reasonClock + ":" + c.ID}})
		}
		lines := []string{t.say("clock.title", "title", c.Title, "limit", t.limit(c)), c.Start, c.Duty}
		if c.Early != "" {
			lines = append(lines, t.say("clock.early", "text", c.Early))
		}
		if c.Late != "" {
			lines = append(lines, t.say("clock.late", "text", c.Late))
		}
		lines = append(lines, t.say("source.line", "title", c.Article, "checked", c.Checked))
		texts = append(texts, strings.Join(lines, "\n"))
	}
	t.tell(paragraphs(texts...), t.stamp(append(rowsOf(keys, 1), []Button{t.button("show_again", actShow, "")}))...)
	return true
}

// limit returns the length of a period in words.
func (t *turn) limit(c knowledge.Clock) string {
	text := t.say("unit."+string(c.Unit), "n", number(c.Limit))
	if c.Most > 0 {
		return t.say("clock.most", "limit", text, "most", t.say("unit."+string(c.Unit), "n", number(c.Most)))
	}
	return text
}

// clocksOf returns the periods of the present rung or of the present route,
// the nearest first.
func (t *turn) clocksOf(where string) []knowledge.Clock {
	var ids []string
	if where == "route" {
		r := t.route()
		ids = slices.Clone(r.Clocks)
		for _, s := range r.Steps {
			ids = append(ids, t.k.Body(s.Body).Clocks...)
		}
	} else {
		ids = slices.Clone(t.k.Rung(string(t.c.Stage)).Clocks)
		if next, ok := t.nextRung(); ok {
			ids = append(ids, next.Clocks...)
		}
	}
	var out []knowledge.Clock
	for _, id := range ids {
		c, ok := t.k.Clock(id)
		seen := slices.ContainsFunc(out, func(have knowledge.Clock) bool { return have.ID == id })
		if ok && !seen && len(out) < clocksShown {
			out = append(out, c)
		}
	}
	return out
}
