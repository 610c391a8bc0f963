package when

import (
	"strings"
	"time"
	"unicode/utf8"
)

// A spot is a place in a text that says when: 明天 下午三点, every Monday at 9.
// It is put together of pieces, and only then resolved.
type spot struct {
	start, end int
	aim        aim   // the day
	clock      clock // the clock time
	now        bool  // the clock time that it is now: 这个时候
	every      *Rule // how often, without day and clock
	rank       rank
	broken     bool // a number that does not exist stands behind it
	several    bool // a second time is joined to it
	opens      bool // only lead words stand before it
}

// aim is a day, as far as moments of the past do not know it too.
type aim struct {
	day                 // noDay where none is said
	set     bool        // some day is said
	holiday *holidayAim // a holiday, or a day beside it
	nth     int         // the which of ofDays in the period that day is; 0: none
	of      dayFilter
	exact   float64   // seconds from now, where that is said
	vague   bool      // no time is named: 几天后
	edge    bool      // 月底, of no month in particular
	todays  bool      // the same day of another week, month or year: 下周今天
	same    time.Time // the day that it must be, where it is said twice
	must    int       // the weekday that it must be, 1 to 7, Monday first: 12月25号周五
}

// holidayAim is a holiday or a day beside it.
type holidayAim struct {
	festival string
	side     int // -1 before it, 0 it, 1 behind it
	n        int // the n-th day before or behind it; 0: not said
	workdays bool
	whole    bool // its days off, not its own day
	year     int  // years from this one; 0 where none is said
	dated    bool // year is said
}

// dayFilter says which days count: working days, one weekday or any.
type dayFilter int

const (
	anyDay  dayFilter = 0
	workday dayFilter = -1
	// 1 to 7 are weekdays, Monday first
)

// rank orders the spots of one text: of two, the lower says when to remind.
type rank int

const (
	sure  rank = iota
	aside      // about what the note speaks of: 12月1号的流水
	bare       // a length of time without 后
	gone       // a time that lies behind us: 昨天那笔
)

type spotList []spot

// spots returns the spots of s in order. They do not overlap.
func (p *Planner) spots(s string, now time.Time) spotList {
	var found spotList
	for i := 0; i < len(s); {
		if blank(s[i]) {
			i++
			continue
		}
		r := reader{cursor: cursor{g: p.g, s: s, at: i}, p: p, now: now, first: len(found) == 0 && p.opens(s, i)}
		if r.spot() {
			r.have.start, r.have.end, r.have.opens = i, r.at, p.opens(s, i)
			found = append(found, r.have)
			i = r.at
			continue
		}
		i = next(s, i)
	}
	return found
}

// opens reports whether nothing but lead words stands before s[i:].
func (p *Planner) opens(s string, i int) bool {
	return trim(s[:p.before(s, i)]) == ""
}

// next moves past a character, and past all of a number or a Latin word.
func next(s string, i int) int {
	c, size := utf8.DecodeRuneInString(s[i:])
	i += size
	for i < len(s) && c < utf8.RuneSelf && (isDigit(byte(c)) && isDigit(s[i]) || latin(byte(c)) && latin(s[i])) {
		i++
	}
	return i
}

// best returns the spot that says when: the clearest, and of those one at the
// beginning, one at the end, or the first.
func (l spotList) best(s string) spot {
	chosen := l[0]
	for _, have := range l[1:] {
		if have.before(chosen, s) {
			chosen = have
		}
	}
	if other, ok := l.other(s, chosen); ok {
		return chosen.and(other)
	}
	return chosen
}

// and returns a with the clock time or the day of b that it lacks.
func (a spot) and(b spot) spot {
	if a.clock.said || a.clock.has {
		a.aim, a.every = b.aim, b.every
	} else {
		a.clock = b.clock
	}
	return a
}

func (a spot) before(b spot, s string) bool {
	if a.rank != b.rank {
		return a.rank < b.rank
	}
	return a.place(s) < b.place(s)
}

// place says where in the text a spot stands: at its beginning, at its end or inside.
func (a spot) place(s string) int {
	switch {
	case a.opens:
		return 0
	case trim(s[a.end:]) == "":
		return 1
	default:
		return 2
	}
}

// other returns the spot at the other edge of the text that has what a lacks,
// a clock time or a day: 明天 打电话给客服 下午三点.
func (l spotList) other(s string, a spot) (spot, bool) {
	for _, b := range l {
		apart := b.start != a.start && b.rank == sure && b.place(s) != 2 && a.place(s) != 2
		if apart && (a.onlyDay() && b.onlyClock() || a.onlyClock() && b.onlyDay()) {
			return b, true
		}
	}
	return spot{}, false
}

func (a spot) onlyDay() bool {
	return (a.aim.set || a.every != nil) && !a.clock.said && !a.clock.has && !a.now && a.aim.exact == 0
}

func (a spot) onlyClock() bool {
	return !a.aim.set && a.every == nil && !a.now && (a.clock.said || a.clock.has)
}

// cuts returns the spans that are not of the note.
func (l spotList) cuts(s string, a spot) [][2]int {
	cuts := [][2]int{{a.start, a.end}}
	for _, b := range l {
		if b.start == a.start {
			if o, ok := l.other(s, b); ok {
				cuts = append(cuts, [2]int{o.start, o.end})
			}
		}
	}
	if len(cuts) == 2 && cuts[1][0] < cuts[0][0] {
		cuts[0], cuts[1] = cuts[1], cuts[0]
	}
	return cuts
}

// ends reports whether nothing of a word goes on at s[i:].
func ends(s string, i int) bool {
	if i >= len(s) {
		return true
	}
	c, _ := utf8.DecodeRuneInString(s[i:])
	return strings.ContainsRune(" ,.;:!?()~-\u3002\u3001\uff1b", c)
}
