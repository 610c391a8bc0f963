package when

// length reads a length of time from now: 3天后, 半小时后, in two weeks, 过1小时
// 20分钟. Behind a holiday it counts from there: 国庆后三天.
func (r *reader) length() bool {
	if r.have.aim.set || r.have.clock.said || r.have.clock.has {
		return false
	}
	ahead := r.word(r.p.w.ahead)
	if ahead {
		r.byte(' ')
	}
	s, ok := r.amounts()
	if !ok {
		return false
	}
	mark := r.at
	r.byte(' ')
	switch {
	case r.word(r.g.after), r.word(r.g.within):
	case !ahead && r.word(r.g.ago):
		r.have.aim = aim{day: day{kind: past, amount: s.n, unit: s.unit}, set: true}
		return true
	case ahead:
		r.at = mark
	case r.first && ends(r.s, mark) && !s.vague:
		r.at, r.have.rank = mark, bare
	default:
		return false
	}
	r.have.aim = s.aim()
	return true
}

// span is a length of time.
type span struct {
	n       float64
	unit    Unit
	days    int     // beside months
	seconds float64 // where it counts exactly
	vague   bool
}

const (
	perMinute = 60
	perHour   = 60 * perMinute
	perDay    = 24 * perHour
)

// aim returns the day, or the moment, that is so far from now.
func (s span) aim() aim {
	a := aim{set: true, vague: s.vague, exact: s.seconds}
	if s.seconds == 0 {
		a.day = day{kind: coming, amount: s.n, unit: s.unit, d: s.days}
	}
	return a
}

// amounts reads lengths behind each other: 1小时20分钟, 一个月零三天.
func (r *reader) amounts() (span, bool) {
	s, ok := r.oneAmount()
	if !ok {
		return span{}, false
	}
	for range 2 {
		r.try(func() bool {
			r.byte(' ')
			r.word(r.p.w.and)
			r.byte(' ')
			more, ok := r.oneAmount()
			return ok && s.add(more)
		})
	}
	return s, true
}

// add joins a shorter length to s.
func (s *span) add(more span) bool {
	switch {
	case more.seconds > 0 && (s.seconds > more.seconds || s.unit == Days):
		if s.seconds == 0 {
			s.seconds = s.n * perDay
		}
		s.seconds += more.seconds
	case more.unit == Days && more.seconds == 0 && (s.unit == Months || s.unit == Weeks || s.unit == Years):
		s.days += int(more.n)
	default:
		return false
	}
	s.vague = s.vague || more.vague
	return true
}

// oneAmount reads a number of units: 三天, 半小时, 一刻钟, two weeks.
func (r *reader) oneAmount() (span, bool) {
	if s, ok := r.quarterHour(); ok {
		return s, true
	}
	n, rough, ok := r.howMany()
	if !ok {
		return span{}, false
	}
	r.byte(' ')
	if r.word(r.p.w.seconds) {
		return span{seconds: n, vague: rough}, n > 0
	}
	u, end, ok := r.g.units.at(r.s, r.at)
	if !ok && r.word(r.p.w.measure) && r.byte(' ') { // 3 个 工作日
		u, end, ok = r.g.units.at(r.s, r.at)
	}
	if !ok && n != float64(int(n)) && r.word(r.g.month) { // 两个半月
		u, end, ok = Months, r.at, true
	}
	if !ok {
		return span{}, false
	}
	r.at = end
	if (u == Years || u == Hours || u == Months || u == Days) && r.try(func() bool { return r.word(r.g.half) && !r.measured() }) {
		n += 0.5
	}
	return lasting(n, u, rough), n < 1e5 && (u != Years || n < firstWrittenYear)
}

// firstWrittenYear and what is above it is a year, not a number of years.
const firstWrittenYear = 1900

func lasting(n float64, u Unit, rough bool) span {
	s := span{n: n, unit: u, vague: rough}
	whole := n == float64(int(n))
	switch {
	case u == Minutes:
		s.seconds = n * perMinute
	case u == Hours:
		s.seconds = n * perHour
	case u == Days && !whole && n > 1:
		s.seconds = n * perDay
	case (u == Days || u == Workdays) && !whole: // 半天 is no time
		s.vague = true
	}
	return s
}

// quarterHour reads 一刻钟, 三刻钟.
func (r *reader) quarterHour() (span, bool) {
	at := r.at
	n, ok := r.number(1, 3)
	if !ok || !r.word(r.g.quarter) {
		r.at = at
		return span{}, false
	}
	return span{seconds: float64(n) * 15 * perMinute, unit: Minutes}, true
}

// howMany reads a number, and whether it is a rough one: 几, 两三, a few.
func (r *reader) howMany() (n float64, rough, ok bool) {
	if v, end, found := r.p.w.counts.at(r.s, r.at); found {
		r.at = end
		return r.andHalf(float64(v)), false, true
	}
	if v, end, found := r.g.few.at(r.s, r.at); found {
		r.at = end
		return float64(v), v > 1, true
	}
	if number, found := r.g.numbers.At(r.s, r.at); found {
		r.at = number.End
		v, _ := number.Value.Float64()
		return r.andHalf(v), number.Rough, true
	}
	return 0.5, false, r.word(r.g.halfOf)
}

// andHalf reads the half of 一个半小时.
func (r *reader) andHalf(n float64) float64 {
	mark := r.at
	r.byte(' ')
	if r.word(r.g.halfOf) {
		_, _, unit := r.g.units.at(r.s, r.at)
		_, _, month := r.g.month.at(r.s, r.at)
		if unit || month {
			return n + 0.5
		}
	}
	r.at = mark
	return n
}
