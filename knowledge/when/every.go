package when

import (
	"slices"
	"time"
)

// cycle is what 每 may stand before.
type cycle struct {
	freq     Freq
	interval int // 0: more than once a day
	days     []time.Weekday
}

var (
	fiveWeekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	weekend      = []time.Weekday{time.Saturday, time.Sunday}
)

// cycles are the names of cycles in the content.
var cycles = map[string]cycle{
	"day":       {freq: Daily, interval: 1},
	"week":      {freq: Weekly, interval: 1},
	"month":     {freq: Monthly, interval: 1},
	"quarter":   {freq: Monthly, interval: 3},
	"half_year": {freq: Monthly, interval: 6},
	"year":      {freq: Monthly, interval: 12},
	"workday":   {freq: Weekly, interval: 1, days: fiveWeekdays},
	"weekend":   {freq: Weekly, interval: 1, days: weekend},
	"often":     {freq: Daily},
}

// often reads how often: 每天, 每周一三五, every other week, 周一到周五.
func (r *reader) often() bool {
	rule, ok := r.cycle()
	if !ok {
		return false
	}
	if !r.word(r.p.w.once) && r.try(r.manyTimes) {
		rule.Interval = 0
	}
	if r.have.every != nil {
		return r.have.narrow(rule)
	}
	a := r.have.aim
	r.have.every, r.have.aim = &rule, aim{}
	switch {
	case !a.set:
		return true
	case a.nth == 1 && a.of == workday && rule.Freq == Daily:
		r.have.every = &Rule{Freq: Weekly, Interval: 1, Days: fiveWeekdays}
		return true
	}
	return r.joinEvery(a)
}

// manyTimes reads the 三次 of 每天三次.
func (r *reader) manyTimes() bool {
	r.byte(' ')
	_, ok := r.number(2, 99)
	return ok && r.word(r.p.w.times)
}

// narrow has the weekdays count of 周一到周五 and 每天.
func (a *spot) narrow(rule Rule) bool {
	daily := func(r Rule) bool { return r.Freq == Daily && r.Interval == 1 }
	switch {
	case daily(rule) && a.every.Freq == Weekly:
		return true
	case daily(*a.every) && rule.Freq == Weekly && len(rule.Days) > 0:
		a.every = &rule
		return true
	}
	return false
}

func (r *reader) cycle() (Rule, bool) {
	if set, end, ok := r.p.w.sets.at(r.s, r.at); ok {
		r.at = end
		set.Days, set.MonthDays = slices.Clone(set.Days), slices.Clone(set.MonthDays)
		return set, true
	}
	if r.word(r.p.w.skip) {
		return r.counted(1)
	}
	if r.word(r.p.w.every) {
		return r.counted(0)
	}
	mark := r.at
	if days, ranged := r.weekdays(true); ranged {
		return Rule{Freq: Weekly, Interval: 1, Days: days}, true
	}
	r.at = mark
	return r.onceIn()
}

// onceIn reads 三天一次, 一周两次.
func (r *reader) onceIn() (Rule, bool) {
	n, rough, ok := r.howMany()
	if !ok || rough || n < 1 || n != float64(int(n)) || n > 400 {
		return Rule{}, false
	}
	rule, ok := r.unit(int(n))
	ahead := *r
	return rule, ok && (ahead.word(r.p.w.once) || ahead.manyTimes())
}

// counted reads what stands behind 每: 天, 3天, 周一, 晚, other day.
func (r *reader) counted(more int) (Rule, bool) {
	r.byte(' ')
	if r.word(r.p.w.other) {
		r.byte(' ')
		more++
	}
	if rule, ok := r.unit(1 + more); ok {
		return rule, true
	}
	if days, _ := r.weekdays(true); len(days) > 0 {
		return Rule{Freq: Weekly, Interval: 1 + more, Days: days}, true
	}
	r.cursor.p = Phrase{clock: r.have.clock}
	if more == 0 && r.part(true) {
		r.have.clock = r.cursor.p.clock
		return Rule{Freq: Daily, Interval: 1}, true
	}
	n, rough, ok := r.howMany()
	if !ok || rough || n != float64(int(n)) || n > 400 {
		return Rule{}, false
	}
	r.byte(' ')
	if n > 1 { // 每隔一天 is every other day, 每隔三天 every three
		more = 0
	}
	return r.unit(int(n) + more)
}

// unit reads a cycle that comes every n times, and its days.
func (r *reader) unit(n int) (Rule, bool) {
	c, end, ok := r.p.w.each.at(r.s, r.at)
	if !ok || n < 1 || n > 1 && len(c.days) > 0 {
		return Rule{}, false
	}
	start := r.at
	r.at = end
	rule := Rule{Freq: c.freq, Interval: c.interval * n, Days: slices.Clone(c.days)}
	if d, end, ok := r.edgeIn(start); ok && c.freq == Monthly {
		r.at, rule.MonthDays = end, []int{d}
		return rule, true
	}
	mark := r.at
	r.between()
	switch {
	case c.freq == Weekly && len(c.days) == 0:
		rule.Days, _ = r.weekdays(mark != r.at)
	case c.freq == Monthly:
		rule.MonthDays = r.monthDays()
	}
	if len(rule.Days) == len(c.days) && len(rule.MonthDays) == 0 {
		r.at = mark
	}
	return rule, true
}

// edgeIn reads the 月底 of 每个月底, which begins in the word that was read from
// start on and goes on behind it.
func (r *reader) edgeIn(start int) (d, end int, ok bool) {
	for i := start; i < r.at; i++ {
		if d, end, ok := r.g.edges.at(r.s, i); ok && end > r.at {
			return d, end, true
		}
	}
	return 0, 0, false
}

// weekdays reads 周一, 一三五, 周二和周五, 周一到周五, mon and thu; ranged says
// that it is a row of days. Where named is true the first has its 周.
func (r *reader) weekdays(named bool) (days []time.Weekday, ranged bool) {
	d, ok := r.oneWeekday(named)
	if !ok {
		return nil, false
	}
	days = append(days, d)
	for len(days) < 7 {
		mark := r.at
		span := r.word(r.p.w.to)
		listed := span || r.try(func() bool { r.byte(' '); return r.word(r.p.w.and) })
		spaced := r.byte(' ')
		d, ok := r.oneWeekday(spaced && !listed)
		if !ok || slices.Contains(days, d) && !span {
			r.at = mark
			break
		}
		last := days[len(days)-1]
		for span && last != d && len(days) < 7 {
			last = (last + 1) % 7
			days, ranged = append(days, last), true
		}
		if !span {
			days = append(days, d)
		}
	}
	return Rule{Days: days}.inOrder().Days, ranged
}

func (r *reader) oneWeekday(named bool) (time.Weekday, bool) {
	mark := r.at
	d, end, ok := r.g.names.at(r.s, r.at)
	if !ok {
		if !r.word(r.g.week) && named {
			return 0, false
		}
		d, end, ok = r.g.weekdays.at(r.s, r.at)
	}
	_, _, no := r.p.w.noWeekday.at(r.s, end)
	_, _, hour := r.g.hour.at(r.s, end)
	digit := end > 0 && end < len(r.s) && isDigit(r.s[end-1]) && (r.s[end] == ':' || isDigit(r.s[end]))
	if !ok || no || hour || digit {
		r.at = mark
		return 0, false
	}
	r.at = end
	return time.Weekday(d % 7), true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// monthDays reads 5号, 1号和15号, 1、15号.
func (r *reader) monthDays() []int {
	var days []int
	start, marked := r.at, false
	for len(days) < 31 {
		mark := r.at
		if len(days) > 0 && !r.try(func() bool { r.byte(' '); return r.word(r.p.w.and) }) {
			break
		}
		r.byte(' ')
		n, ok := r.number(1, 31)
		if !ok {
			r.at = mark
			break
		}
		days, marked = append(days, n), r.mark(r.g.day)
	}
	if !marked {
		r.at = start
		return nil
	}
	return days
}

// joinEvery joins a day to how often: the 5th to every month.
func (r *reader) joinEvery(a aim) bool {
	rule := *r.have.every
	switch {
	case rule.Freq == Daily:
		return false
	case rule.Freq == Weekly:
		day := time.Weekday(a.d % 7)
		if a.kind != weekday || a.shifted || a.nth != 0 || slices.Contains(rule.Days, day) {
			return false
		}
		rule.Days = append(slices.Clone(rule.Days), day)
		rule = rule.inOrder()
	case a.nth < -1:
		return false
	case a.nth != 0 && a.kind == noDay && a.holiday == nil && len(rule.Days) == 0 && (a.of == anyDay || len(rule.MonthDays) == 0):
		rule = rule.ofNth(a)
	case a.edge, a.kind == date && a.m == 0 && a.y == 0 && a.d != 0 && a.nth == 0:
		rule.MonthDays = append(slices.Clone(rule.MonthDays), a.d)
	case a.kind == date && a.m != 0 && a.d != 0 && a.y == 0 && !a.yoff && rule.Interval == cycles["year"].interval:
		rule.MonthDays = []int{a.d}
		r.have.aim = a
	default:
		return false
	}
	r.have.every = &rule
	return true
}

// ofNth returns the rule of the n-th working day, weekday or day of the month.
func (r Rule) ofNth(a aim) Rule {
	switch a.of {
	case workday:
		r.Days, r.Nth = fiveWeekdays, a.nth
	case anyDay:
		r.MonthDays = append(slices.Clone(r.MonthDays), a.nth)
	default:
		r.Days, r.Nth = []time.Weekday{time.Weekday(a.of % 7)}, a.nth
	}
	return r
}
