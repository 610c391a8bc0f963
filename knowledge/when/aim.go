package when

import (
	"strings"
	"time"
)

// today reads a day in any of its forms but those counted from now and from
// holidays, and joins it to what is read.
func (r *reader) today() bool {
	a, ok := r.oneDay()
	if !ok {
		return false
	}
	if k := r.cursor.p.clock; k.has {
		if r.have.clock.has || r.have.clock.said {
			return false
		}
		r.have.clock = k
	}
	return r.joinAim(a)
}

func (r *reader) oneDay() (aim, bool) {
	if d, end, ok := r.g.edges.at(r.s, r.at); ok {
		r.at = end
		return aim{day: day{kind: month, d: d}, set: true, edge: true}, true
	}
	if d, end, ok := r.p.w.feasts.at(r.s, r.at); ok {
		r.at = end
		return aim{day: d, set: true}, true
	}
	for _, read := range []func() bool{
		r.monthName, r.plainDay, r.weekdayApart, r.numbered, r.fullDate, r.run, r.slashDate, r.pointDate, r.edgeApart, r.monthDay, r.monthLast, r.dayOnly, r.yearOnly,
	} {
		r.cursor.p = Phrase{}
		start := r.at
		if r.try(read) && r.whole() {
			return r.yearEdge(r.monthsEdge(aim{day: r.cursor.p.day, set: true}, start)), true
		}
	}
	return aim{}, false
}

// yearEdge reads the 底 of 明年底.
func (r *reader) yearEdge(a aim) aim {
	if d, end, ok := r.p.w.yearEdges.at(r.s, r.at); ok && a.yearOnly() {
		r.at, a.m, a.d = end, d.m, d.d
	}
	return a
}

// monthsEdge reads the 底 of 明年2 月底, of which 明年2 月 was read from start on.
func (r *reader) monthsEdge(a aim, start int) aim {
	if d, end, ok := r.edgeIn(start); ok && a.kind == date && a.m != 0 && a.d == 0 {
		r.at, a.d = end, d
	}
	return a
}

// whole reports whether what was read is not the beginning of something else:
// 周一 of 每周一次.
func (r *reader) whole() bool {
	_, _, no := r.p.w.noWeekday.at(r.s, r.at)
	return !no || r.cursor.p.day.kind != weekday
}

// monthName reads dec 25 and december: months of which the day follows or not.
func (r *reader) monthName() bool {
	if !r.named() || r.cursor.p.day.kind != date {
		return false
	}
	return !r.digitHere()
}

// weekdayApart reads 周 5.
func (r *reader) weekdayApart() bool {
	if !r.word(r.g.week) || !r.byte(' ') || r.at == len(r.s) || !isDigit(r.s[r.at]) {
		return false
	}
	d, ok := r.oneWeekday(false)
	r.cursor.p.day = day{kind: weekday, d: int(d+6)%7 + 1}
	_, _, hour := r.g.hour.at(r.s, r.at+1)
	return ok && !(r.byte(' ') && hour)
}

// edgeApart reads 12 月底.
func (r *reader) edgeApart() bool {
	m, ok := r.number(1, 12)
	if !ok || !r.byte(' ') {
		return false
	}
	d, end, ok := r.g.edges.at(r.s, r.at)
	r.at, r.cursor.p.day = end, day{kind: date, m: m, d: d}
	return ok
}

// monthLast reads 25 dec, 25th of december.
func (r *reader) monthLast() bool {
	d, ok := r.digits(1, 31, 2)
	if !ok {
		return false
	}
	r.word(r.g.day)
	r.byte(' ')
	if r.at+3 < len(r.s) && r.s[r.at:r.at+3] == "of " {
		r.at += 3
	}
	m, end, ok := r.g.months.at(r.s, r.at)
	if !ok {
		return false
	}
	r.at = end
	r.cursor.p.day = day{kind: date, m: m, d: d}
	r.try(func() bool {
		r.byte(',')
		r.byte(' ')
		y, ok := r.digits(1990, 2100, 4)
		r.cursor.p.day.y = y
		return ok
	})
	return true
}

// numbered reads 2026.12.1, of which the year could be a number with a point.
func (r *reader) numbered() bool {
	y, ok := r.digits(1990, 2100, 4)
	return ok && r.at < len(r.s) && strings.IndexByte("-/.", r.s[r.at]) >= 0 && r.separated(y, r.s[r.at])
}

// run reads 20261225.
func (r *reader) run() bool {
	v, ok := r.digits(19900101, 21001231, 8)
	r.cursor.p.day = day{kind: date, y: v / 10000, m: v / 100 % 100, d: v % 100}
	return ok && !r.digitHere() && r.cursor.p.day.m >= 1 && r.cursor.p.day.m <= 12
}

// pointDate reads 12.25 and 12-25 where the text begins or a space follows.
func (r *reader) pointDate() bool {
	if !r.first || r.at > 0 && r.s[r.at-1] != ' ' {
		return false
	}
	m, ok := r.digits(1, 12, 2)
	if !ok || !r.byte('.') && !r.byte('-') {
		return false
	}
	d, ok := r.digits(1, 31, 2)
	r.cursor.p.day = day{kind: date, m: m, d: d}
	return ok && !r.digitHere() && ends(r.s, r.at)
}

// joinAim joins a day to what is read, where both can be meant.
func (r *reader) joinAim(a aim) bool {
	if r.have.every != nil {
		return r.joinEvery(a)
	}
	if !r.have.aim.set {
		r.have.aim = a
		return true
	}
	joined, ok := r.have.aim.with(a, dayOn(r.now))
	if ok {
		r.have.aim = joined
	}
	return ok
}

// with returns the day that a and b say together: 下周 and 周五.
func (a aim) with(b aim, today time.Time) (aim, bool) {
	switch {
	case a.exact != 0 || b.exact != 0 || a.vague || b.vague:
		return a, false
	case a.nth != 0 && b.nth == 0:
		return b.with(a, today)
	case b.nth != 0:
		return a.withNth(b)
	case a.yearOnly() && b.holiday != nil:
		h := *b.holiday
		h.year, h.dated = a.y, true
		if !a.yoff {
			h.year = a.y - today.Year()
		}
		b.holiday = &h
		return b, true
	case a.holiday != nil || b.holiday != nil:
		return a, false
	case b.kind == offset && b.n == 0 && a.isPeriod():
		a.todays = true
		return a, true
	case b.kind == weekday && !b.shifted:
		return a.withWeekday(b, today)
	case b.kind == date || b.edge:
		return a.withDate(b, today)
	}
	return a, false
}

func (a aim) yearOnly() bool { return a.kind == date && a.m == 0 && a.d == 0 }

// monthOnly reports whether a is a month of which no day is said.
func (a aim) monthOnly() bool {
	return a.d == 0 && (a.kind == month || a.kind == date && a.m != 0 || a.kind == coming && a.unit == Months)
}

func (a aim) isPeriod() bool {
	return a.kind == week || a.monthOnly() || a.yearOnly() || a.kind == coming && a.unit != Workdays && a.unit != Days
}

func (a aim) withNth(b aim) (aim, bool) {
	fits := a.isPeriod() || a.edge || a.holiday != nil && a.holiday.n == 0
	if a.nth != 0 || !fits {
		return a, false
	}
	a.nth, a.of = b.nth, b.of
	return a, true
}

func (a aim) withWeekday(b aim, today time.Time) (aim, bool) {
	whole := a.amount == float64(int(a.amount))
	switch {
	case a.kind == week:
		a.day = day{kind: weekday, d: b.d, n: a.n, shifted: true}
	case a.kind == coming && a.unit == Weeks && whole:
		a.day = day{kind: weekday, d: b.d, n: int(a.amount), shifted: true}
	case a.kind == date && a.d != 0 && a.must == 0:
		a.must = b.d
	case a.kind == offset && isoWeekday(today.AddDate(0, 0, a.n)) == b.d:
	default:
		return a, false
	}
	return a, true
}

func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func (a aim) withDate(b aim, today time.Time) (aim, bool) {
	switch {
	case a.yearOnly() && b.kind == date && b.m != 0 && b.y == 0:
		b.y, b.yoff = a.y, a.yoff
		return b, true
	case b.yearOnly() && a.kind == date && a.m != 0 && a.y == 0 && !a.yoff:
		a.y, a.yoff = b.y, b.yoff
		return a, true
	case a.monthOnly() && (b.edge || b.m == 0 && b.y == 0 && b.d != 0):
		if a.kind == coming {
			a.day = day{kind: month, n: int(a.amount)}
		}
		a.d = b.d
		return a, true
	case a.kind == weekday && b.kind == date && b.d != 0 && b.must == 0:
		b.must = a.d
		if at, _, _, ok := a.date(today, 1); a.shifted && ok {
			b.same = at
		}
		return b, true
	case a.kind == offset && b.kind == date && b.d != 0:
		at, _, _, ok := b.date(today, 1)
		return a, ok && at.Equal(today.AddDate(0, 0, a.n))
	}
	return a, false
}

// placed reads the n-th day of a period: 第一个工作日, 最后一天, end of.
func (r *reader) placed() bool {
	a, ok := r.nthDay()
	return ok && r.joinAim(a)
}

func (r *reader) nthDay() (aim, bool) {
	switch {
	case r.word(r.p.w.first):
		return aim{set: true, nth: 1, of: workday}, true
	case r.monthEdge():
		return aim{}, false
	case r.word(r.p.w.endOf):
		return aim{set: true, nth: -1}, true
	case (r.first || blank(r.s[r.at-1])) && r.word(r.p.w.workday):
		return aim{set: true, nth: 1, of: workday}, true
	}
	if n, end, ok := r.p.w.next.at(r.s, r.at); ok {
		mark := r.at
		r.at = end
		r.byte(' ')
		if r.word(r.p.w.workday) {
			return aim{set: true, nth: n, of: workday}, true
		}
		r.at = mark
	}
	n, ok := r.ordinal()
	if !ok {
		return aim{}, false
	}
	r.join()
	of, ok := r.filter()
	return aim{set: true, nth: n, of: of}, ok
}

// monthEdge reports whether a month's first or last day stands here by name.
func (r *reader) monthEdge() bool {
	_, _, ok := r.g.edges.at(r.s, r.at)
	return ok
}

// ordinal reads 第三个, 最后一个, first.
func (r *reader) ordinal() (int, bool) {
	if n, end, ok := r.p.w.ordinals.at(r.s, r.at); ok {
		r.at = end
		return n, true
	}
	if !r.word(r.p.w.nth) {
		return 0, false
	}
	r.byte(' ')
	n, ok := r.number(1, 31)
	r.byte(' ')
	r.word(r.p.w.measure)
	return n, ok
}

// filter reads which days are counted: 工作日, 周五, 天.
func (r *reader) filter() (dayFilter, bool) {
	if r.word(r.p.w.workday) {
		return workday, true
	}
	r.cursor.p = Phrase{}
	if r.try(r.weekday) || r.nameOfDay() {
		return dayFilter(r.cursor.p.day.d), true
	}
	u, end, ok := r.g.units.at(r.s, r.at)
	if !ok || u != Days {
		return 0, r.word(r.g.day)
	}
	r.at = end
	return anyDay, true
}

// holiday reads a holiday, or a day beside one: 国庆后, 春节前一天, 节后3个工作日.
func (r *reader) holiday() bool {
	h := holidayAim{}
	if r.word(r.p.w.overOf) {
		h.side = 1
	} else if r.word(r.p.w.ereOf) {
		h.side = -1
	}
	r.byte(' ')
	w, end, ok := r.p.w.holidays.at(r.s, r.at)
	if !ok {
		return false
	}
	r.at, h.festival = end, w.Festival
	for !w.Tight { // 国庆中秋: the last of them says when both are over
		more, end, ok := r.p.w.holidays.at(r.s, r.at)
		if !ok || more.Tight {
			break
		}
		r.at, h.festival = end, more.Festival
	}
	end = r.at
	r.byte(' ')
	h.whole = r.word(r.p.w.whole)
	r.byte(' ')
	if r.word(r.p.w.over) {
		h.side = 1
	} else if r.word(r.p.w.ere) {
		h.side = -1
	}
	if w.Tight && h.side == 0 && !h.whole {
		return false
	}
	if h.side == 0 && !h.whole {
		r.at = end
	}
	r.try(func() bool { return h.side != 0 && r.daysBeside(&h) })
	return r.joinAim(aim{set: true, holiday: &h})
}

// daysBeside reads how many days before or behind a holiday: 三天, 2个工作日.
func (r *reader) daysBeside(h *holidayAim) bool {
	r.byte(' ')
	n, ok := r.number(1, 60)
	if !ok {
		return false
	}
	u, end, ok := r.g.units.at(r.s, r.at)
	if !ok || u != Days && u != Workdays && u != Weeks {
		return false
	}
	r.at, h.n, h.workdays = end, n, u == Workdays
	if u == Weeks {
		h.n = 7 * n
	}
	r.word(r.g.after)
	return h.n <= spread
}
