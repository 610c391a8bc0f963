package when

import (
	"strings"
	"time"
)

// reader reads one spot, piece by piece.
type reader struct {
	cursor
	p     *Planner
	now   time.Time
	first bool // only lead words stand before it
	have  spot
}

// spot reads as many pieces as belong together.
func (r *reader) spot() bool {
	if !r.piece() {
		return r.noSuchDay()
	}
	for {
		mark, have := r.at, r.have
		r.between()
		if !r.piece() {
			r.at, r.have = mark, have
			break
		}
	}
	if r.blocked() || r.have.empty() {
		return false
	}
	r.have.rank = r.rank()
	r.have.broken = r.try(r.noSuchNumber)
	r.have.several = r.second()
	return true
}

// second reports whether a second time is joined to the first: 明天或后天,
// 9点和21点, 从明天起每天.
func (r *reader) second() bool {
	ahead := *r
	ahead.have = spot{}
	ahead.byte(' ')
	if !ahead.word(r.p.w.also) {
		return false
	}
	ahead.byte(' ')
	return ahead.piece() && !ahead.blocked() && ahead.rank() == sure
}

// noSuchDay reads a day or an hour that begins with a number that none has.
func (r *reader) noSuchDay() bool {
	if !r.try(r.noSuchNumber) || r.blocked() {
		return false
	}
	r.try(func() bool { r.byte(' '); _, ok := r.number(1, 99); return ok && r.mark(r.g.day) })
	r.have.rank, r.have.broken = aside, true
	return true
}

// noSuchNumber reads a number that no day, month, hour or minute has: the 32号
// of 下个月32号.
func (r *reader) noSuchNumber() bool {
	r.between()
	n, ok := r.number(0, 99)
	switch {
	case !ok:
		return false
	case r.byte(':'):
		m, ok := r.digits(0, 99, 2)
		return ok && (n > 24 || m > 59)
	}
	if n == 0 {
		return r.mark(r.g.day) || !r.edgeBehind() && r.mark(r.g.month)
	}
	return n > 31 && r.mark(r.g.day) || n > 24 && r.mark(r.g.hour) || n > 12 && r.mark(r.g.month)
}

func (a spot) empty() bool {
	return !a.aim.set && !a.clock.said && !a.clock.has && !a.now && a.every == nil
}

// between moves past what may stand between two pieces.
func (r *reader) between() {
	for {
		at := r.at
		r.join()
		r.word(r.p.w.between)
		r.word(r.p.w.command)
		for _, b := range []byte(" ,()") {
			r.byte(b)
		}
		if r.at == at {
			return
		}
	}
}

// piece reads one piece that goes with those before it.
func (r *reader) piece() bool {
	for _, read := range []func() bool{
		r.often, r.length, r.placed, r.same, r.today, r.hour, r.holiday,
	} {
		at, have := r.at, r.have
		r.cursor.p = Phrase{}
		if read() {
			return true
		}
		r.at, r.have = at, have
	}
	return false
}

// rank says how surely the spot is what the text is about.
func (r *reader) rank() rank {
	a := r.have.aim
	_, _, of := r.p.w.of.at(r.s, r.at)
	switch {
	case a.kind == past || a.kind == vague || a.vague || a.kind == offset && a.n < 0 || a.shifted && a.n < 0:
		return gone
	case r.have.rank != sure:
		return r.have.rank
	case of, !r.first && r.partOnly() && !ends(r.s, r.at):
		return aside
	default:
		return sure
	}
}

// partOnly reports whether nothing but a part of the day is said: 问晚上那笔.
func (r *reader) partOnly() bool {
	return !r.have.aim.set && r.have.every == nil && !r.have.clock.said && !r.have.now
}

// same reads the clock time that it is now: 这个时候.
func (r *reader) same() bool {
	if r.have.now || r.have.clock.said || !r.have.aim.set || !r.word(r.p.w.same) {
		return false
	}
	r.have.now = true
	return true
}

// edgeBehind reports whether 月底 stands behind a space.
func (r *reader) edgeBehind() bool {
	_, _, ok := r.g.edges.at(r.s, min(r.at+1, len(r.s)))
	return ok && blank(r.s[r.at])
}

// hour reads a clock time or a part of the day, which the other may follow.
func (r *reader) hour() bool {
	k := &r.have.clock
	if r.have.now || r.have.aim.exact != 0 || k.said && k.has {
		return false
	}
	r.cursor.p.clock = *k
	if !r.partAndTime() {
		return false
	}
	r.have.clock = r.cursor.p.clock
	r.try(r.until)
	return true
}

// partAndTime reads what is not yet read of 早上九点 and 3:30 in the afternoon.
func (r *reader) partAndTime() bool {
	k := &r.cursor.p.clock
	clock := func() bool { r.between(); return r.clockTime(true) }
	day := r.have.aim.set || r.have.every != nil
	switch {
	case k.said: // 3:30 in the afternoon; 午休 begins the note of 1点半 午休后问
		return r.try(func() bool { return r.part(true) && ends(r.s, r.at) })
	case k.has:
		second := r.try(r.secondPart)
		return r.try(clock) || second
	case r.try(func() bool { return r.part(day || r.first && r.tightEnd()) }):
		r.try(r.secondPart)
		r.try(clock)
		return true
	}
	return r.try(func() bool { return r.clockTime(r.first || day) })
}

// secondPart reads a second part of the day behind a first. It counts where it
// lies in the first: 明早上班前, but not 今晚凌晨1点, which is still this night.
func (r *reader) secondPart() bool {
	first := r.cursor.p.clock.part
	r.cursor.p.clock.has = false
	if blank(r.s[r.at-1]) || !r.part(true) {
		return false
	}
	if k := &r.cursor.p.clock; k.part.Hour < first.From || k.part.Hour >= first.To {
		k.part = first
	}
	return true
}

// tightEnd reports whether a short word for a part of the day, such as 晚, is
// all there is of its word.
func (r *reader) tightEnd() bool {
	_, end, ok := r.g.tight.at(r.s, r.at)
	return ok && ends(r.s, end)
}

// until moves past the end of a span of hours, of which the start counts: 到10点.
func (r *reader) until() bool {
	clock := r.cursor.p.clock
	defer func() { r.cursor.p.clock = clock }()
	if !clock.said || !r.word(r.p.w.to) {
		return false
	}
	r.byte(' ')
	r.try(func() bool { return r.part(true) })
	return r.clockTime(true)
}

// clockTime reads a clock time in any of its forms.
func (r *reader) clockTime(sure bool) bool {
	for _, read := range []func() bool{
		r.digital, r.english, r.shortOf, r.dotted,
		func() bool { return r.spoken(sure) }, r.bareHour,
	} {
		if r.try(read) {
			return true
		}
	}
	return false
}

// digital reads 15:30 and 3:30pm. An hour of a clock of twelve counts as it is
// written only with a zero before it.
func (r *reader) digital() bool {
	zero := r.at < len(r.s) && r.s[r.at] == '0'
	had := r.cursor.p.clock.has
	r.cursor.p.clock.has = true // so that full tells whether am or pm is said
	if !r.colon() {
		return false
	}
	k := &r.cursor.p.clock
	k.has = had
	k.full = k.full && (k.h > 0 || !had) || zero && !had
	return true
}

// spoken reads 三点半, 3点20, 三点差五分, 15时.
func (r *reader) spoken(sure bool) bool {
	start := r.at
	h, ok := r.number(0, 24)
	if !ok || !r.mark(r.g.hour) {
		return false
	}
	n, _ := r.g.numbers.At(r.s, start)
	k := &r.cursor.p.clock
	k.said, k.h, k.m, k.full = true, h, 0, h == 0 && !k.has || h > 12
	exact := r.try(r.lessThan) || r.try(r.pastHour)
	if _, _, no := r.p.w.noHour.at(r.s, r.at); no {
		return false
	}
	alone := (start == 0 || blank(r.s[start-1])) && ends(r.s, r.at)
	return sure || exact || alone || !n.Single || h > 2
}

// lessThan reads the minutes that are short of the hour: 四点差十分.
func (r *reader) lessThan() bool {
	if !r.word(r.g.short) {
		return false
	}
	m, ok := r.minutesOf()
	r.cursor.p.clock.m = -m
	return ok
}

// minutesOf reads 十分, 一刻.
func (r *reader) minutesOf() (int, bool) {
	if r.try(r.quarters) {
		return r.cursor.p.clock.m, true
	}
	m, ok := r.number(1, 30)
	return m, ok && r.mark(r.g.minute)
}

// pastHour reads the minutes behind the hour.
func (r *reader) pastHour() bool {
	k := &r.cursor.p.clock
	over := r.word(r.g.past)
	switch {
	case r.word(r.g.halfHour):
		k.m = 30
		return true
	case r.try(r.quarters), r.word(r.g.sharp):
		return true
	}
	if r.byte(' ') && (r.try(r.halfAlone) || r.try(func() bool { return r.quarters() && ends(r.s, r.at) })) {
		return true
	}
	start := r.at
	m, ok := r.number(0, 59)
	if !ok {
		return !over && r.word(r.g.more)
	}
	k.m = m
	spelt := r.at-start >= 2 && (r.s[start] == '0' || m < 10)
	if r.mark(r.g.minute) || over {
		return true
	}
	return (m >= 10 || spelt) && !r.measured()
}

// halfAlone reads the 半 of 11 点 半, which is none of 半价 and 半夜.
func (r *reader) halfAlone() bool {
	r.cursor.p.clock.m = 30
	return r.word(r.g.halfHour) && !r.measured()
}

// measured reports whether what is read is a number of something: 20块, 半价.
func (r *reader) measured() bool {
	_, _, yes := r.p.w.noMinute.at(r.s, r.at)
	return yes
}

// shortOf reads 差十分四点, 差一刻九点.
func (r *reader) shortOf() bool {
	if !r.word(r.g.short) {
		return false
	}
	m, ok := r.minutesOf()
	if !ok {
		return false
	}
	h, ok := r.number(1, 24)
	if !ok || !r.mark(r.g.hour) {
		return false
	}
	k := &r.cursor.p.clock
	k.said, k.h, k.m, k.full = true, h, -m, h > 12
	return true
}

// dotted reads 9.30 behind a day or a part of one.
func (r *reader) dotted() bool {
	if !r.have.aim.set && !r.cursor.p.clock.has {
		return false
	}
	h, ok := r.digits(0, 23, 2)
	if !ok || !r.byte('.') {
		return false
	}
	start := r.at
	m, ok := r.digits(0, 59, 2)
	k := &r.cursor.p.clock
	k.said, k.h, k.m, k.full = true, h, m, h > 12 || h == 0 && !k.has
	return ok && r.at-start == 2 && !r.digitHere() && ends(r.s, r.at)
}

// bareHour reads at 9, and 下午3 where nothing follows.
func (r *reader) bareHour() bool {
	if !r.atHour() && (r.at == 0 || r.s[r.at-1] == ' ' || !r.cursor.p.clock.has) {
		return false
	}
	h, ok := r.digits(0, 24, 2)
	k := &r.cursor.p.clock
	k.said, k.h, k.m, k.full = true, h, 0, h > 12 || h == 0 && !k.has
	return ok && ends(r.s, r.at) && !r.digitHere()
}

// atHour reports whether a word such as at stands here or before, and moves past it.
func (r *reader) atHour() bool {
	for _, w := range r.p.w.hourAt {
		if strings.HasPrefix(r.s[r.at:], w+" ") && !joined(r.s, r.at) {
			r.at += len(w) + 1
			return true
		}
		if strings.HasSuffix(r.s[:r.at], w+" ") && !joined(r.s, r.at-len(w)-1) {
			return true
		}
	}
	return false
}
