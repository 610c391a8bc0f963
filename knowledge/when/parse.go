package when

import (
	"unicode/utf8"
)

// Find returns the phrases in s, a folded text, in order. They do not overlap.
func (g *Grammar) Find(s string) []Phrase {
	var found []Phrase
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		if g.mayBegin(s, i, c) {
			if p, ok := g.phrase(s, i); ok {
				found = append(found, p)
				i = p.End
				continue
			}
		}
		i += size
		for c >= '0' && c <= '9' && i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++ // the rest of a number that began no phrase begins none
		}
	}
	return found
}

func (g *Grammar) mayBegin(s string, i int, c rune) bool {
	if g.first[c] || c >= '0' && c <= '9' {
		return true
	}
	_, ok := g.numbers.At(s, i)
	return ok
}

// cursor reads one phrase.
type cursor struct {
	g  *Grammar
	s  string
	at int
	p  Phrase
}

func (g *Grammar) phrase(s string, i int) (Phrase, bool) {
	c := cursor{g: g, s: s, at: i}
	c.p.Start = i
	if _, end, ok := g.byBefore.at(s, i); ok {
		c.at, c.p.By = end, true
		c.join()
	}
	if c.length() {
		return c.done()
	}
	if !c.moment() || c.blocked() {
		return Phrase{}, false
	}
	c.try(c.bound)
	return c.done()
}

// bound reads the word behind a moment that makes it a bound: 周五之前.
func (c *cursor) bound() bool {
	c.byte(' ')
	c.p.By = true
	return (c.p.HasDay() || c.p.clock.said) && c.word(c.g.by)
}

func (c *cursor) done() (Phrase, bool) {
	c.p.End = c.at
	return c.p, true
}

// blocked reports whether what follows makes the phrase no moment: 15号楼.
func (c *cursor) blocked() bool {
	for _, back := range []int{3, 1} {
		if i := c.at - back; i >= 0 && i < len(c.s) && utf8.RuneStart(c.s[i]) {
			if _, _, ok := c.g.notBehind.at(c.s, i); ok {
				return true
			}
		}
	}
	return false
}

// moment reads a day, a part of it and a clock time, of which one must be there.
func (c *cursor) moment() bool {
	day := c.day()
	mark := c.at
	c.join()
	part := c.part(day)
	if part {
		mark = c.at
		c.join()
	}
	if !c.time(day || part) {
		c.at = mark
		return c.late(day || part, day)
	}
	mark = c.at
	if !part { // 3:30 in the afternoon
		c.join()
		if !c.part(false) {
			c.at = mark
		}
		mark = c.at
	}
	return c.late(true, day)
}

// late reads a day that stands behind its clock time: at 3pm yesterday.
func (c *cursor) late(found, day bool) bool {
	if !found || day {
		return found
	}
	mark := c.at
	c.join()
	if c.at == mark || !c.plainDay() {
		c.at = mark
	}
	return true
}

func (c *cursor) join() {
	for range 3 {
		_, end, ok := c.g.join.at(c.s, c.at)
		if !ok {
			return
		}
		c.at = end
	}
}

// word moves past a word of t, if one stands here.
func (c *cursor) word(t words[bool]) bool {
	_, end, ok := t.at(c.s, c.at)
	if ok {
		c.at = end
	}
	return ok
}

// mark moves past a word of t behind a number, a space between them or not: 4点, 4 点.
func (c *cursor) mark(t words[bool]) bool {
	return c.word(t) || c.try(func() bool { return c.byte(' ') && c.word(t) })
}

// number moves past a whole number from low to high, if one stands here.
func (c *cursor) number(low, high int) (int, bool) {
	n, ok := c.g.numbers.At(c.s, c.at)
	if !ok {
		return 0, false
	}
	v, whole := n.Int()
	if !whole || v < low || v > high {
		return 0, false
	}
	c.at = n.End
	return v, true
}

// digits moves past a run of Arabic digits.
func (c *cursor) digits(low, high, width int) (int, bool) {
	i, v := c.at, 0
	for i < len(c.s) && c.s[i] >= '0' && c.s[i] <= '9' && i-c.at <= width {
		v = v*10 + int(c.s[i]-'0')
		i++
	}
	if i == c.at || i-c.at > width || v < low || v > high {
		return 0, false
	}
	c.at = i
	return v, true
}

func (c *cursor) byte(b byte) bool {
	if c.at < len(c.s) && c.s[c.at] == b {
		c.at++
		return true
	}
	return false
}

// try runs f and moves back if it fails.
func (c *cursor) try(f func() bool) bool {
	at, p := c.at, c.p
	if f() {
		return true
	}
	c.at, c.p = at, p
	return false
}

func (c *cursor) day() bool {
	return c.plainDay() || c.try(c.counted) || c.try(c.fullDate) || c.try(c.slashDate) ||
		c.try(c.monthDay) || c.try(c.dayOnly) || c.try(c.yearOnly)
}

// plainDay reads a day that is named without a number of its own.
func (c *cursor) plainDay() bool {
	if v, end, ok := c.g.vague.at(c.s, c.at); ok {
		return c.set(end, day{kind: vague, n: v})
	}
	if v, end, ok := c.g.both.at(c.s, c.at); ok {
		c.p.clock.has, c.p.clock.part = true, c.g.part[v[1]]
		return c.set(end, day{kind: offset, n: v[0]})
	}
	if v, end, ok := c.g.days.at(c.s, c.at); ok {
		return c.set(end, day{kind: offset, n: v})
	}
	return c.try(c.shifted) || c.try(c.weekday) || c.try(c.nameOfDay) || c.try(c.year) || c.try(c.named)
}

func (c *cursor) set(end int, d day) bool {
	c.at, c.p.day = end, d
	return true
}

// shifted reads 上周五, 上周, 上个月3号, 本月, last friday.
func (c *cursor) shifted() bool {
	n, end, ok := c.g.shifts.at(c.s, c.at)
	if !ok {
		return false
	}
	c.at = end
	c.byte(' ')
	if d, end, ok := c.g.names.at(c.s, c.at); ok {
		return c.set(end, day{kind: weekday, d: d, n: n, shifted: true})
	}
	if c.word(c.g.week) {
		if d, end, ok := c.g.weekdays.at(c.s, c.at); ok {
			return c.set(end, day{kind: weekday, d: d, n: n, shifted: true})
		}
		return c.set(c.at, day{kind: week, n: n})
	}
	if u, end, ok := c.g.units.at(c.s, c.at); ok && u == Weeks {
		return c.set(end, day{kind: week, n: n})
	} else if ok && u == Months {
		return c.set(end, day{kind: month, n: n})
	}
	return c.shiftedMonth(n)
}

func (c *cursor) shiftedMonth(n int) bool {
	if d, end, ok := c.g.edges.at(c.s, c.at); ok {
		return c.set(end, day{kind: month, n: n, d: d})
	}
	if !c.word(c.g.month) {
		return false
	}
	c.p.day = day{kind: month, n: n}
	c.try(func() bool {
		d, ok := c.number(1, 31)
		c.p.day.d = d
		return ok && c.word(c.g.day)
	})
	return true
}

func (c *cursor) weekday() bool {
	if !c.word(c.g.week) {
		return false
	}
	d, end, ok := c.g.weekdays.at(c.s, c.at)
	return ok && c.set(end, day{kind: weekday, d: d})
}

func (c *cursor) nameOfDay() bool {
	d, end, ok := c.g.names.at(c.s, c.at)
	return ok && c.set(end, day{kind: weekday, d: d})
}

// year reads 去年, 去年11月, 去年11月3号.
func (c *cursor) year() bool {
	n, end, ok := c.g.years.at(c.s, c.at)
	if !ok {
		return false
	}
	c.at = end
	c.join()
	if !c.try(c.monthDay) {
		c.at = end
		c.p.day = day{kind: date}
	}
	c.p.day.y, c.p.day.yoff = n, true
	return true
}

// named reads nov 18, nov 18th, 18 nov is left to the number; 月底.
func (c *cursor) named() bool {
	if d, end, ok := c.g.edges.at(c.s, c.at); ok {
		return c.set(end, day{kind: month, d: d})
	}
	m, end, ok := c.g.months.at(c.s, c.at)
	if !ok {
		return false
	}
	c.at = end
	c.byte('.')
	c.byte(' ')
	d, ok := c.digits(1, 31, 2)
	if !ok {
		return false
	}
	c.word(c.g.day)
	c.p.day = day{kind: date, m: m, d: d}
	c.try(func() bool {
		c.byte(',')
		c.byte(' ')
		y, ok := c.digits(1990, 2100, 4)
		c.p.day.y = y
		return ok
	})
	return true
}

// counted reads 三天前, 两个小时前, 半年前, 3 days ago, 三天后.
func (c *cursor) counted() bool {
	n, u, ok := c.span()
	if !ok {
		return false
	}
	c.byte(' ')
	kind := past
	if !c.word(c.g.ago) {
		if !c.word(c.g.after) {
			return false
		}
		kind = coming
	}
	c.p.day = day{kind: kind, amount: n, unit: u}
	return true
}

// length reads a length of time that is no moment: 五天, 两年, 三个工作日内.
func (c *cursor) length() bool {
	return c.try(func() bool {
		n, u, ok := c.span()
		if !ok {
			return false
		}
		for _, t := range []words[bool]{c.g.ago, c.g.after} {
			at := c.at
			c.byte(' ')
			if c.word(t) {
				return false
			}
			c.at = at
		}
		c.p.Kind, c.p.N, c.p.Unit = Length, n, u
		if c.word(c.g.within) {
			c.p.Kind = Within
		}
		return true
	})
}

// span reads a number of units: 三天, 半个月, 两年半, 几天.
func (c *cursor) span() (float64, Unit, bool) {
	n, ok := c.amount()
	if !ok {
		return 0, "", false
	}
	c.byte(' ')
	u, end, ok := c.g.units.at(c.s, c.at)
	if !ok {
		return 0, "", false
	}
	c.at = end
	if u == Years && (n >= 1900 || c.monthHere()) {
		return 0, "", false
	}
	if (u == Years || u == Hours || u == Months) && c.word(c.g.half) {
		n += 0.5
	}
	return n, u, n < 1e5
}

// monthHere reports whether a month stands here, so that the number before it
// was a year: 20年11月.
func (c *cursor) monthHere() bool {
	ahead := *c
	return ahead.monthDay()
}

func (c *cursor) amount() (float64, bool) {
	if v, end, ok := c.g.few.at(c.s, c.at); ok {
		c.at = end
		return float64(v), true
	}
	if n, ok := c.g.numbers.At(c.s, c.at); ok {
		c.at = n.End
		v, _ := n.Value.Float64()
		if mark := c.at; c.word(c.g.halfOf) { // 一个半小时 is 一 + 个半
			if _, _, unit := c.g.units.at(c.s, c.at); unit {
				return v + 0.5, true
			}
			c.at = mark
		}
		return v, true
	}
	return 0.5, c.word(c.g.halfOf)
}
