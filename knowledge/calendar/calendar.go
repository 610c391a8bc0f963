// Package calendar knows which days are worked in mainland China: the days off
// and the make-up days that the State Council announces each November for the
// year to come, as content.
//
// Its one invariant: it knows where its table ends. What it says about a day
// of a year that no table covers rests on weekends and on the days off that
// the law fixes, and is marked as an estimate; a make-up day is never guessed.
//
// A day is a [time.Time] of any hour and zone; only its date counts.
package calendar

import (
	"fmt"
	"slices"
	"time"
)

// Festivals are the holidays of every year: festivals.yaml.
type Festivals struct {
	Festivals []Festival `yaml:"festivals"`
	Any       []string   `yaml:"any"` // as tight, for the next holiday, whichever it is: 长假
}

// A Festival is a holiday by its name. The days off that the law fixes lie
// around the day itself, whatever the State Council adds.
type Festival struct {
	ID     string   `yaml:"id"`
	Words  []string `yaml:"words"`  // what people call it, in folded text
	Tight  []string `yaml:"tight"`  // the same, only beside 前, 后 and the like: 十一后
	Every  string   `yaml:"every"`  // its day in every year, 01-02; "" where the moon decides
	Days   []string `yaml:"days"`   // its day year by year, 2006-01-02, where the moon or the sun decides
	Before int      `yaml:"before"` // days before it that are off by law
	After  int      `yaml:"after"`  // days behind it that are off by law
}

// A Year is what the State Council announced for one year: 2026.yaml.
type Year struct {
	Year    int      `yaml:"year"`
	Notice  string   `yaml:"notice"`  // where it was announced
	Checked string   `yaml:"checked"` // date of the last look at it, 2006-01-02
	Off     []Break  `yaml:"off"`
	Work    []string `yaml:"work"` // weekend days that are worked
}

// A Break is a row of days off.
type Break struct {
	For   []string `yaml:"for"` // ids of the festivals it is given for
	First string   `yaml:"first"`
	Last  string   `yaml:"last"`
}

// A Holiday is one festival of one year with its days off.
type Holiday struct {
	Festival    string    // its id
	Day         time.Time // the festival itself
	First, Last time.Time // of the days off
	Estimate    bool      // the days off are not announced yet
}

// Calendar is compiled content. It is never changed and is safe to share.
type Calendar struct {
	years     map[int]bool
	off, work map[date]bool
	holidays  []Holiday // by Last, then First
	festivals []Festival
	any       []string
	through   time.Time
}

// date is a day without a zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// Compile makes a calendar of the festivals and the announced years.
func Compile(f Festivals, years ...Year) (*Calendar, error) {
	c := &Calendar{
		years: map[int]bool{}, off: map[date]bool{}, work: map[date]bool{},
		festivals: f.Festivals, any: f.Any,
	}
	days, err := festivalDays(f.Festivals)
	if err != nil {
		return nil, err
	}
	for _, y := range years {
		if err := c.addYear(y, days); err != nil {
			return nil, fmt.Errorf("year %d: %w", y.Year, err)
		}
	}
	c.estimate(days)
	slices.SortFunc(c.holidays, func(a, b Holiday) int {
		if n := a.Last.Compare(b.Last); n != 0 {
			return n
		}
		return a.Day.Compare(b.Day)
	})
	return c, nil
}

// Working reports whether the day is worked, and whether that is an estimate
// because no table covers its year.
func (c *Calendar) Working(day time.Time) (working, estimate bool) {
	d := dateOf(day)
	estimate = !c.years[d.year]
	switch {
	case c.work[d]:
		return true, false
	case c.off[d]:
		return false, estimate
	default:
		w := day.Weekday()
		return w != time.Saturday && w != time.Sunday, estimate
	}
}

// AddWorking returns the n-th working day behind day, or before it where n is
// negative, at the same clock time, and whether a day on the way was only
// estimated. The day itself is not counted.
func (c *Calendar) AddWorking(day time.Time, n int) (at time.Time, estimate bool) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		day = day.AddDate(0, 0, step)
		working, guessed := c.Working(day)
		estimate = estimate || guessed
		if working {
			n--
		}
	}
	return day, estimate
}

// Holiday returns the holiday with the given id, or any if id is "", that day
// lies in or that comes next, and false where none is known.
func (c *Calendar) Holiday(id string, day time.Time) (Holiday, bool) {
	d := midnight(day, time.UTC)
	for _, h := range c.holidays {
		if (id == "" || h.Festival == id) && !h.Last.Before(d) {
			return h.in(day.Location()), true
		}
	}
	return Holiday{}, false
}

// AfterHoliday returns the first working day behind the holiday that day lies
// in or that comes next; id as in [Calendar.Holiday].
func (c *Calendar) AfterHoliday(id string, day time.Time) (at time.Time, estimate, ok bool) {
	h, ok := c.Holiday(id, day)
	if !ok {
		return time.Time{}, false, false
	}
	at, estimate = c.AddWorking(h.Last, 1)
	return at, estimate || h.Estimate, true
}

// A Word is what people call a holiday.
type Word struct {
	Festival string // the id; "" for whichever holiday comes next
	Tight    bool   // it means the holiday only beside 前, 后 and the like
}

// Words returns what people call the holidays, in folded text.
func (c *Calendar) Words() map[string]Word {
	words := map[string]Word{}
	for _, f := range c.festivals {
		for _, w := range f.Words {
			words[w] = Word{Festival: f.ID}
		}
		for _, w := range f.Tight {
			words[w] = Word{Festival: f.ID, Tight: true}
		}
	}
	for _, w := range c.any {
		words[w] = Word{Tight: true}
	}
	return words
}

// Through returns the last day that a table covers, at midnight UTC.
func (c *Calendar) Through() time.Time { return c.through }

// in returns h with its days in the given zone.
func (h Holiday) in(zone *time.Location) Holiday {
	h.Day, h.First, h.Last = midnight(h.Day, zone), midnight(h.First, zone), midnight(h.Last, zone)
	return h
}

func midnight(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}
