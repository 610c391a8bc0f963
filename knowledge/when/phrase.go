package when

import "time"

// Kind says what a phrase is.
type Kind int

// The kinds of phrases.
const (
	Point  Kind = iota // 昨天下午三点
	Length             // 五天
	Within             // 三天内: a length, within which something is to happen
)

// A Phrase is a piece of text that names a moment or a length of time.
type Phrase struct {
	Start, End int // bytes of the text
	Kind       Kind
	By         bool // 周五之前: the moment is a bound
	N          float64
	Unit       Unit // of a Length or Within, with N
	day        day
	clock      clock
}

// day is the day that a phrase names.
type day struct {
	kind    dayKind
	n       int     // offset, shift of weeks or months, or an age in days
	amount  float64 // of past and coming, with unit
	unit    Unit
	y, m, d int // 0 where it is not said; y may be an offset (yoff)
	yoff    bool
	shifted bool // of weekday: n is said
}

type dayKind int

const (
	noDay   dayKind = iota
	offset          // n days from today
	weekday         // d of the week that n is the shift of
	week            // the week that n is the shift of
	month           // the month that n is the shift of, day d if said
	date            // y, m, d as far as they are said
	past            // amount of unit ago
	coming          // amount of unit from now
	vague           // about n days ago
)

// clock is the clock time that a phrase names.
type clock struct {
	said bool // an hour is said
	h, m int
	full bool // of a clock of 24 hours, as written
	has  bool // a part of the day is said
	part Part
}

// Grain says how exact a moment is.
type Grain int

// The grains, finest first.
const (
	Minute Grain = iota // a clock time is said
	PartOf              // a day and a part of it
	Day                 // a day
	Week
	Month
	Year
)

// A Moment is what a phrase means at a given now.
type Moment struct {
	At    time.Time
	Grain Grain
}

// HasDay reports whether p names a day, and not only a time of day.
func (p Phrase) HasDay() bool { return p.Kind == Point && p.day.kind != noDay }

// HasClock reports whether p names a clock time, and not only a part of a day.
func (p Phrase) HasClock() bool {
	return p.Kind == Point && (p.clock.said || p.exact())
}

// exact reports whether p counts hours or minutes from now.
func (p Phrase) exact() bool {
	return (p.day.kind == past || p.day.kind == coming) && (p.day.unit == Hours || p.day.unit == Minutes)
}

// Days returns about how many days a Length or Within lasts.
func (p Phrase) Days() float64 {
	per := map[Unit]float64{Minutes: 1. / 1440, Hours: 1. / 24, Days: 1, Workdays: 1.4, Weeks: 7, Months: 30, Years: 365}
	return p.N * per[p.Unit]
}

// Past returns the latest moment not after now that p can mean, or false if it
// names none. 周二 is the last Tuesday, 11月18日 of this year or of the last.
func (p Phrase) Past(now time.Time) (Moment, bool) { return p.resolve(now, -1) }

// Future returns the first moment not before now that p can mean. A moment
// that says which day it is (昨天) may still lie before now.
func (p Phrase) Future(now time.Time) (Moment, bool) { return p.resolve(now, 1) }

func (p Phrase) resolve(now time.Time, lean int) (Moment, bool) {
	if p.Kind != Point {
		return Moment{}, false
	}
	if p.exact() {
		return Moment{p.counted(now), Minute}, true
	}
	hour, minute := p.clock.time()
	at := func(d time.Time) time.Time {
		return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, now.Location())
	}
	d, grain, step, ok := p.day.date(now, lean)
	if !ok {
		return Moment{}, false
	}
	for range 9 { // a date such as 2月29日 may have to go back years
		if t := at(d); step == nil || lean < 0 && !t.After(now) || lean > 0 && !t.Before(now) {
			break
		}
		if d, ok = step(d); !ok {
			return Moment{}, false
		}
	}
	return Moment{at(d), p.grain(grain)}, true
}

func (p Phrase) counted(now time.Time) time.Time {
	per := time.Hour
	if p.day.unit == Minutes {
		per = time.Minute
	}
	n := time.Duration(p.day.amount * float64(per))
	if p.day.kind == past {
		n = -n
	}
	return now.Add(n)
}

func (p Phrase) grain(day Grain) Grain {
	switch {
	case day > Day:
		return day
	case p.clock.said:
		return Minute
	case p.clock.has:
		return PartOf
	default:
		return Day
	}
}

// time returns the hour, which may lie past 24, and the minute that c means.
func (c clock) time() (hour, minute int) {
	switch {
	case !c.said && c.has:
		return c.part.Hour, 0
	case !c.said:
		return 10, 0
	case c.full || c.h > 12:
		return c.h, c.m
	case c.has:
		return c.part.hour(c.h), c.m
	case c.h >= 1 && c.h <= 6:
		return c.h + 12, c.m
	default:
		return c.h, c.m
	}
}

// hour returns which hour h of a clock of twelve is in this part of the day.
func (p Part) hour(h int) int {
	for _, v := range []int{h % 12, h%12 + 12, h%12 + 24} {
		if v >= p.From && v < p.To {
			return v
		}
	}
	return h
}

// stepper moves a date to the next one that a phrase can mean, in the lean.
type stepper func(time.Time) (time.Time, bool)

func (d day) date(now time.Time, lean int) (time.Time, Grain, stepper, bool) {
	today := midnight(now)
	switch d.kind {
	case noDay:
		return today, Day, days(lean), true
	case offset:
		return today.AddDate(0, 0, d.n), Day, nil, true
	case vague:
		return today.AddDate(0, 0, -d.n), Week, nil, true
	case week:
		return monday(today).AddDate(0, 0, 7*d.n), Week, nil, true
	case weekday:
		return d.weekday(today, lean)
	case month:
		return d.month(today)
	case past:
		return back(today, d.amount, d.unit, -1), d.grain(), nil, true
	case coming:
		return back(today, d.amount, d.unit, 1), d.grain(), nil, true
	default:
		return d.written(today, lean)
	}
}

func (d day) weekday(today time.Time, lean int) (time.Time, Grain, stepper, bool) {
	at := monday(today).AddDate(0, 0, d.d-1)
	if d.shifted {
		return at.AddDate(0, 0, 7*d.n), Day, nil, true
	}
	return at, Day, days(7 * lean), true
}

func (d day) month(today time.Time) (time.Time, Grain, stepper, bool) {
	first := time.Date(today.Year(), today.Month()+time.Month(d.n), 1, 0, 0, 0, 0, today.Location())
	if d.d == 0 {
		return first, Month, nil, true
	}
	at, ok := dayOf(first, d.d)
	return at, Day, nil, ok
}

// written returns the date that is written with some of year, month and day.
func (d day) written(today time.Time, lean int) (time.Time, Grain, stepper, bool) {
	y, m := d.y, time.Month(d.m)
	if d.yoff {
		y = today.Year() + d.y
	}
	switch {
	case d.m == 0 && d.d == 0:
		return time.Date(y, 1, 1, 0, 0, 0, 0, today.Location()), Year, nil, true
	case d.m == 0: // 15号
		return d.everyMonth(today, lean)
	case y == 0:
		return d.everyYear(today, lean)
	}
	first := time.Date(y, m, 1, 0, 0, 0, 0, today.Location())
	if d.d == 0 {
		return first, Month, nil, true
	}
	at, ok := dayOf(first, d.d)
	return at, Day, nil, ok
}

func (d day) everyMonth(today time.Time, lean int) (time.Time, Grain, stepper, bool) {
	first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, today.Location())
	at, ok := seek(first, d.d, 0, lean)
	return at, Day, func(t time.Time) (time.Time, bool) {
		return seek(t.AddDate(0, 0, 1-t.Day()).AddDate(0, lean, 0), d.d, 0, lean)
	}, ok
}

func (d day) everyYear(today time.Time, lean int) (time.Time, Grain, stepper, bool) {
	first := time.Date(today.Year(), time.Month(d.m), 1, 0, 0, 0, 0, today.Location())
	grain, n := Day, d.d
	if n == 0 {
		grain, n = Month, 1
	}
	at, ok := seek(first, n, 12, lean)
	return at, grain, func(t time.Time) (time.Time, bool) {
		return seek(t.AddDate(0, 0, 1-t.Day()).AddDate(lean, 0, 0), n, 12, lean)
	}, ok
}

// seek returns the first day n of the month first, or of the first month in
// the lean, every (1 or every) months apart, that has one.
func seek(first time.Time, n, every, lean int) (time.Time, bool) {
	for range 9 {
		if at, ok := dayOf(first, n); ok {
			return at, true
		}
		first = first.AddDate(0, lean*max(1, every), 0)
	}
	return time.Time{}, false
}

// dayOf returns day n of the month that begins at first; -1 is its last day.
func dayOf(first time.Time, n int) (time.Time, bool) {
	if n == -1 {
		return first.AddDate(0, 1, -1), true
	}
	at := first.AddDate(0, 0, n-1)
	return at, n > 0 && at.Month() == first.Month()
}

// back goes n units from today in direction dir.
func back(today time.Time, n float64, u Unit, dir int) time.Time {
	whole := int(n)
	switch u {
	case Years:
		return months(today, dir*int(n*12))
	case Months:
		return months(today, dir*whole).AddDate(0, 0, dir*int((n-float64(whole))*30))
	case Weeks:
		return today.AddDate(0, 0, dir*int(n*7))
	default:
		return today.AddDate(0, 0, dir*whole)
	}
}

// months keeps the day of the month, or takes the last where there is none.
func months(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, t.Location())
	if at, ok := dayOf(first, t.Day()); ok {
		return at
	}
	at, _ := dayOf(first, -1)
	return at
}

// grain says how exact an amount of units is; half a year is counted in months.
func (d day) grain() Grain {
	switch {
	case d.unit == Years && d.amount >= 1:
		return Year
	case d.unit == Years || d.unit == Months:
		return Month
	case d.unit == Weeks:
		return Week
	default:
		return Day
	}
}

func days(n int) stepper {
	return func(t time.Time) (time.Time, bool) { return t.AddDate(0, 0, n), true }
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// monday returns the Monday of the week that t lies in.
func monday(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }

// With returns p with the day, the part of the day or the clock time that q
// names in the place of its own: 周二晚上七点 with 周三 is 周三晚上七点.
func (p Phrase) With(q Phrase) Phrase {
	if p.Kind != Point || q.Kind != Point {
		return q
	}
	if q.day.kind != noDay {
		p.day = q.day
	}
	if q.clock.has && !q.clock.said {
		p.clock.has, p.clock.part = true, q.clock.part
	}
	if q.clock.said {
		if !q.clock.has {
			q.clock.has, q.clock.part = p.clock.has, p.clock.part
		}
		p.clock = q.clock
	}
	p.By = p.By || q.By
	return p
}
