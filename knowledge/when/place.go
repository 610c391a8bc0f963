package when

import (
	"slices"
	"time"
)

// plan resolves a spot at now. Where it cannot, it says why, and At is the
// moment that was meant, if there is one.
func (a spot) plan(p *Planner, now time.Time) (Plan, Reason) {
	a.clock = a.clock.settled()
	if a.broken {
		return Plan{}, NoSuch
	}
	if a.several {
		return Plan{}, Several
	}
	if a.every != nil {
		return a.series(p, now)
	}
	if a.aim.vague || a.aim.kind == vague {
		return Plan{}, Vague
	}
	plan, fault := a.once(p, now)
	plan.Named = a.clock.said || a.now || a.aim.exact != 0
	switch {
	case fault != "":
		return plan, fault
	case !plan.At.After(now):
		return plan, Passed
	case plan.At.After(now.AddDate(farthest, 0, 0)):
		return plan, TooFar
	}
	return plan, ""
}

// settled has the part of the day count where the hour is one of a clock of twelve.
func (c clock) settled() clock {
	if c.has && c.said && c.h > 12 {
		c.full = true
	}
	return c
}

// tries is how many days a phrase may mean before one lies ahead.
const tries = 12

// once returns the first moment ahead that the spot can mean.
func (a spot) once(p *Planner, now time.Time) (Plan, Reason) {
	if a.aim.exact != 0 {
		return Plan{At: now.Add(time.Duration(a.aim.exact * float64(time.Second)))}, ""
	}
	days := &dayFinder{p: p, aim: a.aim, today: dayOn(now)}
	for range tries {
		day, ok := days.next()
		if !ok {
			return Plan{}, days.fault()
		}
		at, real := a.on(day, now)
		if at.After(now) || days.only {
			if !real {
				return Plan{At: at}, NoSuch
			}
			return Plan{At: at, Estimate: days.estimate}, ""
		}
	}
	return Plan{}, NoSuch
}

// on returns the clock time of a day, and whether the zone of now has it.
func (a spot) on(day, now time.Time) (at time.Time, real bool) {
	hour, minute := a.clock.time()
	if a.now {
		hour, minute = now.Hour(), now.Minute()
	}
	want := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	at = clockOn(want, want.Hour(), want.Minute(), now.Location())
	return at, showing(at).Equal(want)
}

// dayFinder finds the days that an aim can mean, one after the other.
type dayFinder struct {
	p        *Planner
	aim      aim
	today    time.Time // in UTC, as all days here
	found    time.Time
	step     stepper
	began    bool
	only     bool // it can mean no other day
	unknown  bool // a holiday whose day nobody knows yet
	estimate bool
}

func (f *dayFinder) fault() Reason {
	if f.unknown {
		return TooFar
	}
	return NoSuch
}

// next returns the next day that is meant.
func (f *dayFinder) next() (time.Time, bool) {
	if f.aim.holiday != nil {
		return f.nextHoliday()
	}
	var ok bool
	if !f.began {
		f.found, f.step, ok = f.first()
		f.began, f.only = true, f.step == nil
	} else {
		f.found, ok = f.step(f.found)
	}
	if !ok {
		return time.Time{}, false
	}
	if f.aim.nth != 0 {
		return f.within()
	}
	if f.aim.must != 0 && isoWeekday(f.found) != f.aim.must || !f.aim.same.IsZero() && !f.found.Equal(f.aim.same) {
		return time.Time{}, false
	}
	return f.found, true
}

// first returns the first day, and how one comes from it to the next.
func (f *dayFinder) first() (time.Time, stepper, bool) {
	a := f.aim
	switch {
	case a.nth != 0 && a.kind == noDay && !a.edge:
		return f.workdaysOn(a.nth)
	case a.todays:
		return a.sameDay(f.today), nil, true
	case a.edge && a.kind == month:
		a.day = day{kind: date, d: a.d}
		return f.lastDays(a.d)
	case a.kind == coming && a.unit == Workdays:
		return f.workdaysOn(int(a.amount))
	case a.kind == coming:
		return back(f.today, a.amount, a.unit, 1).AddDate(0, 0, a.d), nil, a.amount < 1e4
	}
	at, _, step, ok := a.date(f.today, 1)
	return at, step, ok
}

// most working days that are counted: past two years it is too far anyway.
const mostWorkdays = 1000

func (f *dayFinder) workdaysOn(n int) (time.Time, stepper, bool) {
	if n < 0 || f.aim.of > 0 || f.aim.nth != 0 && f.aim.of != workday {
		return time.Time{}, nil, false
	}
	at, estimate := f.p.cal.AddWorking(f.today, min(n, mostWorkdays))
	f.estimate = estimate
	f.aim.nth = 0
	if f.aim.kind == noDay {
		return at, func(day time.Time) (time.Time, bool) {
			at, estimate := f.p.cal.AddWorking(day, 1)
			f.estimate = f.estimate || estimate
			return at, true
		}, true
	}
	return at, nil, true
}

// lastDays returns the next 月底, and how one comes to the one behind it.
func (f *dayFinder) lastDays(d int) (time.Time, stepper, bool) {
	in := func(first time.Time) (time.Time, bool) { return dayOf(first, d) }
	first := f.today.AddDate(0, 0, 1-f.today.Day())
	at, ok := in(first)
	return at, func(t time.Time) (time.Time, bool) { return in(t.AddDate(0, 0, 1-t.Day()).AddDate(0, 1, 0)) }, ok
}

// sameDay returns today's day of another week, month or year.
func (a aim) sameDay(today time.Time) time.Time {
	switch a.kind {
	case week:
		return today.AddDate(0, 0, 7*a.n)
	case month:
		return months(today, a.n)
	case coming:
		return back(today, a.amount, a.unit, 1)
	}
	y := a.y
	if !a.yoff {
		y = a.y - today.Year()
	}
	return months(today, 12*y)
}

// within returns the n-th day of the period that begins at the day found.
func (f *dayFinder) within() (time.Time, bool) {
	start, end := f.period()
	at, estimate, ok := nth(start, apart(start, end), f.aim.nth, f.counts())
	f.estimate = f.estimate || estimate && f.aim.of == workday
	return at, ok
}

// period returns the first day of the period and the day behind its last.
func (f *dayFinder) period() (start, end time.Time) {
	a, at := f.aim, f.found
	switch {
	case a.kind == week, a.kind == coming && a.unit == Weeks:
		return monday(at), monday(at).AddDate(0, 0, 7)
	case a.yearOnly(), a.kind == coming && a.unit == Years:
		start = time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		return start, start.AddDate(1, 0, 0)
	}
	start = at.AddDate(0, 0, 1-at.Day())
	return start, start.AddDate(0, 1, 0)
}

func (f *dayFinder) counts() func(time.Time) (bool, bool) {
	switch f.aim.of {
	case workday:
		return f.p.cal.Working
	case anyDay:
		return func(time.Time) (bool, bool) { return true, false }
	}
	return func(d time.Time) (bool, bool) { return isoWeekday(d) == int(f.aim.of), false }
}

// nextHoliday returns the day that is meant of the holiday behind the last one.
func (f *dayFinder) nextHoliday() (time.Time, bool) {
	h := f.aim.holiday
	from := f.today
	switch {
	case f.began:
		from = f.found
	case h.dated:
		from, f.only = time.Date(f.today.Year()+h.year, 1, 1, 0, 0, 0, 0, time.UTC), true
	}
	have, ok := f.p.cal.Holiday(h.festival, from)
	if !ok || h.dated && have.Day.Year() != from.Year() {
		f.unknown = true
		return time.Time{}, false
	}
	f.began, f.found = true, have.Last.AddDate(0, 0, 1)
	if h.side == 0 && !h.whole && f.aim.nth == 0 {
		return have.Day, true
	}
	at, estimate, ok := f.beside(h, have.First, have.Last)
	f.estimate = have.Estimate || estimate
	return at, ok
}

// spread is how many days before and behind a holiday are looked at.
const spread = 90

// beside returns the day before, in or behind the days off that is meant.
func (f *dayFinder) beside(h *holidayAim, first, last time.Time) (time.Time, bool, bool) {
	n, counts := f.aim.nth, f.counts()
	if n == 0 && h.side == 0 { // 国庆假期
		return first, false, true
	}
	if n == 0 { // 国庆后 is its first working day, 国庆前 its last
		n, counts = 1, f.p.cal.Working
		if h.n != 0 {
			n = h.n
		}
		if h.n != 0 && !h.workdays {
			counts = func(time.Time) (bool, bool) { return true, false }
		}
	}
	switch h.side {
	case 0:
		return nth(first, apart(first, last)+1, n, counts)
	case 1:
		return nth(last.AddDate(0, 0, 1), spread, n, counts)
	}
	if n < 0 {
		n = -n
	}
	return nth(first.AddDate(0, 0, -spread), spread, -n, counts)
}

// series makes the rule of a spot that says how often, and its first moment.
func (a spot) series(p *Planner, now time.Time) (Plan, Reason) {
	r := *a.every
	if r.Interval == 0 {
		return Plan{}, TooOften
	}
	hour, minute := a.clock.time()
	if a.now {
		hour, minute = now.Hour(), now.Minute()
	}
	total := hour*60 + minute
	r.Hour, r.Minute = (total+perDay/60)%(perDay/60)/60, (total+perDay/60)%60
	r = r.moved(total / (perDay / 60))
	plan := Plan{Named: a.clock.said || a.now}
	plan.Every, plan.At = a.begin(p, r, now)
	switch {
	case plan.At.IsZero():
		return Plan{}, NoSuch
	case plan.At.After(now.AddDate(farthest, 0, 0)):
		return Plan{At: plan.At}, TooFar
	}
	_, plan.Estimate = p.cal.Working(plan.At)
	plan.Estimate = plan.Estimate && r.Workdays()
	return plan, ""
}

// begin returns the whole rule and when it comes first.
func (a spot) begin(p *Planner, r Rule, now time.Time) (Rule, time.Time) {
	today := dayOn(now)
	open := r.Freq == Daily || len(r.Days)+len(r.MonthDays) == 0
	switch every := r.filled(today); {
	case a.aim.set: // 每年12月1号
		once, _ := spot{aim: a.aim, clock: a.clock, now: a.now}.once(p, now)
		return every, once.At
	case r.Interval > 1 && open:
		return every, clockOn(r.skip(today), r.Hour, r.Minute, now.Location())
	default:
		first := every
		first.Interval = 1
		return every, first.Next(now, now, p.cal)
	}
}

// moved returns a weekly rule that comes a day later, for an hour past midnight:
// 每周五晚上12点.
func (r Rule) moved(days int) Rule {
	if r.Freq != Weekly || days < 1 {
		return r
	}
	r.Days = slices.Clone(r.Days)
	for i := range r.Days {
		r.Days[i] = (r.Days[i] + time.Weekday(days)) % 7
	}
	return r.inOrder()
}

// inOrder returns r with its days from Monday on and its dates from the first.
func (r Rule) inOrder() Rule {
	slices.SortFunc(r.Days, func(a, b time.Weekday) int { return int((a+6)%7) - int((b+6)%7) })
	r.Days = slices.Compact(r.Days)
	place := func(n int) int { return (n + 32) % 33 } // the last day stands last
	slices.SortFunc(r.MonthDays, func(a, b int) int { return place(a) - place(b) })
	r.MonthDays = slices.Compact(r.MonthDays)
	return r
}

// skip returns the day one interval behind today.
func (r Rule) skip(today time.Time) time.Time {
	switch r.Freq {
	case Daily:
		return today.AddDate(0, 0, r.Interval)
	case Weekly:
		return today.AddDate(0, 0, 7*r.Interval)
	default:
		return months(today, r.Interval)
	}
}

// filled returns r with today's weekday or day of the month where none is said.
func (r Rule) filled(today time.Time) Rule {
	switch {
	case r.Freq == Weekly && len(r.Days) == 0:
		r.Days = []time.Weekday{today.Weekday()}
	case r.Freq == Monthly && len(r.Days)+len(r.MonthDays) == 0:
		r.MonthDays = []int{today.Day()}
	}
	return r.inOrder()
}
