package when

// fullDate reads 2026年11月18日, 2026-11-18, 2026/11/18, 2026.11.18.
func (c *cursor) fullDate() bool {
	y, ok := c.number(1990, 2100)
	if !ok {
		return false
	}
	if c.mark(c.g.year) {
		c.p.day = day{kind: date}
		if !c.try(func() bool { c.byte(' '); return c.monthDay() }) {
			c.p.day.m, c.p.day.d = 0, 0
		}
		c.p.day.y = y
		return true
	}
	for _, sep := range []byte("-/.") {
		if c.try(func() bool { return c.separated(y, sep) }) {
			return true
		}
	}
	return false
}

func (c *cursor) separated(y int, sep byte) bool {
	if !c.byte(sep) {
		return false
	}
	m, ok := c.digits(1, 12, 2)
	if !ok || !c.byte(sep) {
		return false
	}
	d, ok := c.digits(1, 31, 2)
	c.p.day = day{kind: date, y: y, m: m, d: d}
	return ok && !c.digitHere() && c.iso()
}

// iso moves past the T of 2026-11-18t09:40.
func (c *cursor) iso() bool {
	if c.at+1 < len(c.s) && c.s[c.at] == 't' && c.s[c.at+1] >= '0' && c.s[c.at+1] <= '9' {
		c.at++
	}
	return true
}

func (c *cursor) digitHere() bool {
	return c.at < len(c.s) && c.s[c.at] >= '0' && c.s[c.at] <= '9'
}

// slashDate reads 11/26 and, where a day mark, a part of the day or a clock
// time follows, 11.26 and 11-26.
func (c *cursor) slashDate() bool {
	if c.at > 0 && (c.s[c.at-1] == '/' || c.s[c.at-1] == '-' || c.s[c.at-1] == '.') {
		return false
	}
	m, ok := c.digits(1, 12, 2)
	if !ok || c.at >= len(c.s) {
		return false
	}
	sep := c.s[c.at]
	if sep != '/' && sep != '.' && sep != '-' {
		return false
	}
	c.at++
	d, ok := c.digits(1, 31, 2)
	if !ok || c.digitHere() || c.at < len(c.s) && c.s[c.at] == sep {
		return false
	}
	c.p.day = day{kind: date, m: m, d: d}
	return c.word(c.g.day) || sep == '/' || c.timeFollows()
}

// timeFollows reports whether a part of the day or a clock time comes next.
func (c *cursor) timeFollows() bool {
	ahead := *c
	ahead.join()
	return ahead.part(true) || ahead.time(true) && ahead.p.clock.said
}

// monthDay reads 11月18日, 11月18, 11月, 11月底.
func (c *cursor) monthDay() bool {
	m, ok := c.number(1, 12)
	before := c.at
	if !ok || !c.mark(c.g.month) {
		return false
	}
	c.p.day = day{kind: date, m: m}
	if d, end, ok := c.g.edges.at(c.s, before); ok {
		c.at, c.p.day.d = end, d
		return true
	}
	c.try(func() bool {
		c.byte(' ')
		d, ok := c.number(1, 31)
		c.p.day.d = d
		return ok && (c.mark(c.g.day) || !c.unitHere())
	})
	return true
}

// unitHere reports whether a measure stands here, so that the number before it
// was no day: 11月3笔.
func (c *cursor) unitHere() bool {
	return c.at < len(c.s) && c.s[c.at] != ' ' && c.s[c.at] != ',' && c.s[c.at] != '\n' && !c.timeFollows()
}

// dayOnly reads 15号; 15日.
func (c *cursor) dayOnly() bool {
	d, ok := c.number(1, 31)
	if !ok || !c.mark(c.g.day) {
		return false
	}
	c.p.day = day{kind: date, d: d}
	return true
}

// yearOnly reads 20年, which people say of 2020.
func (c *cursor) yearOnly() bool {
	y, ok := c.digits(10, 40, 2)
	if !ok || !c.word(c.g.year) {
		return false
	}
	c.p.day = day{kind: date}
	if !c.try(c.monthDay) {
		c.p.day.m, c.p.day.d = 0, 0
	}
	c.p.day.y = 2000 + y
	return true
}

// part reads a part of the day. The short words count behind a day or before a
// clock time only.
func (c *cursor) part(day bool) bool {
	if c.p.clock.has {
		return false
	}
	i, end, ok := c.g.parts.at(c.s, c.at)
	if !ok {
		i, end, ok = c.g.tight.at(c.s, c.at)
		ok = ok && (day || c.clockAt(end))
	}
	if !ok {
		return false
	}
	c.at = end
	c.p.clock.has, c.p.clock.part = true, c.g.part[i]
	return true
}

func (c *cursor) clockAt(i int) bool {
	ahead := *c
	ahead.at = i
	return ahead.time(true) && ahead.p.clock.said
}

// time reads a clock time: 三点半, 15:30, 3pm, 差十分四点. sure says that a day or
// a part of one stands before it, so that a lone 一点 is an hour and not "a bit".
func (c *cursor) time(sure bool) bool {
	return c.try(c.colon) || c.try(c.english) || c.try(func() bool { return c.hour(sure) }) || c.try(c.shortOf)
}

func (c *cursor) colon() bool {
	h, ok := c.digits(0, 24, 2)
	if !ok || !c.byte(':') {
		return false
	}
	m, ok := c.digits(0, 59, 2)
	if !ok || c.digitHere() {
		return false
	}
	c.try(func() bool { // seconds
		_, ok := c.seconds()
		return ok
	})
	c.p.clock.said, c.p.clock.h, c.p.clock.m = true, h, m
	// a clock of 24 hours as written, unless a part of the day says otherwise
	c.p.clock.full = h > 12 || h == 0 || !c.p.clock.has
	c.try(c.half)
	return true
}

func (c *cursor) seconds() (int, bool) {
	if !c.byte(':') {
		return 0, false
	}
	return c.digits(0, 59, 2)
}

// half moves past am and pm and applies them.
func (c *cursor) half() bool {
	c.byte(' ')
	k := &c.p.clock
	switch {
	case c.word(c.g.pm):
		if k.h < 12 {
			k.h += 12
		}
	case c.word(c.g.am):
		k.h %= 12
	default:
		return false
	}
	k.full = true
	return true
}

func (c *cursor) english() bool {
	h, ok := c.digits(0, 12, 2)
	if !ok {
		return false
	}
	c.p.clock.said, c.p.clock.h = true, h
	return c.half()
}

func (c *cursor) hour(sure bool) bool {
	start := c.at
	h, ok := c.number(0, 24)
	if !ok || !c.mark(c.g.hour) {
		return false
	}
	n, _ := c.g.numbers.At(c.s, start)
	k := &c.p.clock
	k.said, k.h, k.full = true, h, h == 0
	exact := c.minutes()
	return sure || exact || !n.Single || h > 2
}

// minutes reads what stands behind the hour, and reports whether anything does.
func (c *cursor) minutes() bool {
	k := &c.p.clock
	switch {
	case c.word(c.g.halfHour):
		k.m = 30
	case c.try(c.quarters), c.word(c.g.sharp), c.try(c.minute):
	default:
		return c.word(c.g.more)
	}
	return true
}

func (c *cursor) quarters() bool {
	n, ok := c.number(1, 3)
	if !ok || !c.word(c.g.quarter) {
		return false
	}
	c.p.clock.m = 15 * n
	return true
}

func (c *cursor) minute() bool {
	over := c.word(c.g.past)
	c.byte(' ')
	start := c.at
	m, ok := c.number(0, 59)
	if !ok {
		return false
	}
	c.p.clock.m = m
	// 四点二十, 四点05; 三点3笔 is no minute
	return c.mark(c.g.minute) || over || m >= 10 || c.at-start >= 2 && c.s[start] == '0'
}

// shortOf reads 差十分四点.
func (c *cursor) shortOf() bool {
	if !c.word(c.g.short) {
		return false
	}
	m, ok := c.number(1, 30)
	if !ok || !c.word(c.g.minute) && !c.word(c.g.quarter) {
		return false
	}
	h, ok := c.number(1, 24)
	if !ok || !c.mark(c.g.hour) {
		return false
	}
	c.p.clock.said, c.p.clock.h, c.p.clock.m = true, h, -m
	return true
}
