package contact

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/when"
)

// parts returns what was found as parts; what was promised counts from base.
func (g *reading) parts(base time.Time) []Part {
	var parts []Part
	if id, s, ok := g.channel(); ok {
		parts = append(parts, g.part(Channel, id, s))
	}
	for _, s := range g.said {
		parts = append(parts, g.words(Said, s))
	}
	parts = append(parts, g.promises(base)...)
	parts = append(parts, g.written(Agent, g.who())...)
	parts = append(parts, g.written(Ticket, g.tickets)...)
	parts = append(parts, g.sums()...)
	return sorted(parts)
}

func (g *reading) part(name Name, value string, s span) Part {
	from, to := g.original(s)
	return Part{Name: name, Value: value, From: from, To: to}
}

// words is a part whose value is the text of s as it was written.
func (g *reading) words(name Name, s span) Part {
	from, to := g.original(s)
	return Part{Name: name, Value: g.source[from:to], From: from, To: to}
}

// written are parts whose values are spans of the folded text, as written.
func (g *reading) written(name Name, spans []span) []Part {
	var parts []Part
	for _, s := range spans {
		from, to := g.text.Span(s.from, s.to)
		parts = append(parts, Part{Name: name, Value: g.source[from:to], From: from, To: to})
	}
	return parts
}

// who returns the agents, or else the roles of who answered.
func (g *reading) who() []span {
	if len(g.agents) > 0 {
		return g.agents
	}
	roles := g.numbers(GivesRole)
	return roles[:min(1, len(roles))]
}

// sums returns the sums of money, also those that stand without their unit
// where only a sum can stand.
func (g *reading) sums() []Part {
	var parts []Part
	for i, c := range g.m {
		if v, ok := g.values[i]; c == runeMoney && ok && !within(g.void, i) {
			parts = append(parts, g.part(Amount, v.Sum, span{i, i + utf8.RuneLen(c)}))
		}
	}
	for _, h := range g.hits(GivesAmount) {
		if !within(g.void, h.from) {
			parts = append(parts, g.part(Amount, g.m[h.held.from:h.held.to], h.held))
		}
	}
	return parts
}

// promises returns what was promised, with the time it is due.
func (g *reading) promises(base time.Time) []Part {
	sure := g.hits(GivesPromise)
	not := g.hits(GivesNot)
	var parts []Part
	var open span // a promise without a time, which the next clause may name
	for _, clause := range g.clauses() {
		named := inside(sure, clause)
		if touches(not, clause) || !named && !within(g.said, clause.from) {
			continue
		}
		due, s, ok := g.due(clause, base)
		if !ok && !named {
			continue
		}
		whole := g.trimmed(g.withSubject(clause))
		if whole.from == whole.to {
			continue
		}
		if n := len(parts); n > 0 && open.to > 0 && g.near(open, whole) {
			parts, whole.from = parts[:n-1], open.from
		}
		if open = whole; ok {
			open = span{}
		}
		parts = append(parts, g.words(Promise, whole))
		if ok {
			parts = append(parts, g.part(Due, due.Format(time.RFC3339), s))
		}
	}
	return parts
}

// near reports whether nothing but a comma lies between a and b.
func (g *reading) near(a, b span) bool {
	return b.from >= a.to && len(strings.Trim(g.m[a.to:b.from], " ,")) == 0
}

// clauses returns the clauses that may promise something: those of what they
// said, and the others that are not void.
func (g *reading) clauses() []span {
	var out []span
	from := 0
	other := func(to int) {
		for _, c := range g.page.parts(span{from, to}, true) {
			if !within(g.void, c.from) {
				out = append(out, c)
			}
		}
	}
	for _, s := range g.said {
		other(s.from)
		out = append(out, g.page.parts(s, true)...)
		from = s.to
	}
	other(len(g.m))
	return out
}

func inside(hits []hit, s span) bool {
	return slices.ContainsFunc(hits, func(h hit) bool { return h.held.from >= s.from && h.held.to <= s.to })
}

func touches(hits []hit, s span) bool {
	for _, h := range hits {
		if h.held.from < s.to && s.from < h.held.to {
			return true
		}
	}
	return false
}

// withSubject returns clause with the one before it, if clause is no more than
// a length of time: the money goes back, 1-3 working days.
func (g *reading) withSubject(clause span) span {
	if !g.bare(clause) {
		return clause
	}
	for _, s := range g.said {
		if !s.holds(clause.from) || clause.from == s.from {
			continue
		}
		before := g.page.parts(span{s.from, clause.from}, true)
		if len(before) > 0 {
			last := before[len(before)-1]
			if !strings.ContainsAny(g.m[last.from:clause.from], sentenceEnds) {
				return span{last.from, clause.to}
			}
		}
	}
	return clause
}

func (g *reading) bare(clause span) bool {
	text := g.trimmed(clause)
	for _, c := range g.r.rules[GivesBare] {
		for _, pat := range c.patterns {
			if pat.MatchString(g.m[text.from:text.to]) {
				return true
			}
		}
	}
	return false
}

// due returns until when a clause promises something, and the bytes that say so.
func (g *reading) due(clause span, base time.Time) (time.Time, span, bool) {
	var last time.Time
	var at span
	for i, c := range g.m[clause.from:clause.to] {
		i += clause.from
		v, ok := g.values[i]
		if !ok || c == runeMoney {
			continue
		}
		if t, ok := g.r.until(v.Phrase, base); ok && (last.IsZero() || t.After(last)) {
			last, at = t, span{i, i + utf8.RuneLen(c)}
		}
	}
	if last.IsZero() {
		if t, s, ok := g.holiday(clause, base); ok {
			return t, s, true
		}
		return g.named(clause, base)
	}
	return last, at, true
}

// holiday reads a promise for the days before a holiday: until the last day
// before the days off.
func (g *reading) holiday(clause span, base time.Time) (time.Time, span, bool) {
	for _, h := range g.hits(GivesHoliday) {
		if !clause.holds(h.held.to) {
			continue
		}
		for i := range g.m[h.held.from:h.held.to] {
			word, ok := g.r.holidays[g.m[h.held.from+i:h.held.to]]
			if !ok {
				continue
			}
			off, ok := g.r.days.Holiday(word.Festival, base)
			if due := endOfDay(off.First.AddDate(0, 0, -1)); ok && due.After(base) {
				return due, span{h.held.from + i, h.to}, true
			}
		}
	}
	return time.Time{}, span{}, false
}

// named reads lengths that have a name of their own, in working days: T+1.
func (g *reading) named(clause span, base time.Time) (time.Time, span, bool) {
	for _, h := range g.hits(GivesLength) {
		if !clause.holds(h.from) {
			continue
		}
		n := 1
		if v, err := strconv.Atoi(g.m[h.held.from:h.held.to]); err == nil && v > 0 && v < 366 {
			n = v
		}
		at, _ := g.r.days.AddWorking(base, n)
		return endOfDay(at), h.span, true
	}
	return time.Time{}, span{}, false
}

// until returns the last moment at which what was promised at base is still in
// time, and whether p names one that lies ahead.
func (r *Reader) until(p when.Phrase, base time.Time) (time.Time, bool) {
	if p.Kind != when.Point {
		t := r.after(p, base)
		return t, t.After(base)
	}
	m, ok := p.Future(base)
	if !ok {
		return time.Time{}, false
	}
	t := lastOf(m)
	if !t.After(base) || t.Sub(base) > 370*24*time.Hour {
		return time.Time{}, false
	}
	back, ok := p.Past(base)
	if ok && t.Sub(base) > 100*24*time.Hour && base.Sub(back.At) < 60*24*time.Hour && !p.By {
		return time.Time{}, false // a date of the last weeks, not of next year
	}
	return t, true
}

// after adds a length to base.
func (r *Reader) after(p when.Phrase, base time.Time) time.Time {
	switch p.Unit {
	case when.Minutes:
		return base.Add(time.Duration(p.N * float64(time.Minute)))
	case when.Hours:
		return base.Add(time.Duration(p.N * float64(time.Hour)))
	case when.Workdays:
		t, _ := r.days.AddWorking(base, min(int(p.N), 400))
		return endOfDay(t)
	case when.Weeks:
		return endOfDay(base.AddDate(0, 0, int(7*p.N)))
	case when.Months:
		return endOfDay(base.AddDate(0, int(p.N), int((p.N-float64(int(p.N)))*30)))
	case when.Years:
		return endOfDay(base.AddDate(0, int(12*p.N), 0))
	default:
		return endOfDay(base.AddDate(0, 0, int(p.N)))
	}
}

// lastOf returns the end of a moment as exact as it was said: of the day, of
// the week.
func lastOf(m when.Moment) time.Time {
	switch m.Grain {
	case when.Minute:
		return m.At
	case when.PartOf:
		return endOfPart(m.At)
	case when.Week:
		return endOfDay(m.At.AddDate(0, 0, 6))
	case when.Month:
		return endOfDay(m.At.AddDate(0, 1, -m.At.Day()))
	case when.Year:
		return endOfDay(time.Date(m.At.Year(), 12, 31, 0, 0, 0, 0, m.At.Location()))
	default:
		return endOfDay(m.At)
	}
}

// endOfPart returns when the part of the day ends whose usual hour t has.
func endOfPart(t time.Time) time.Time {
	hour := 0
	switch {
	case t.Hour() < 12:
		hour = 12
	case t.Hour() < 17:
		hour = 18
	case t.Hour() < 20:
		return t
	default:
		return endOfDay(t)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), hour, 0, 0, 0, t.Location())
}

func endOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 0, 0, t.Location())
}
