package knowledge

import (
	"slices"
	"time"
)

// A Clock is a period that a law or a rule gives: clocks.yaml. The day of the
// start is not counted; a period in calendar days that ends on a day of rest
// ends on the first day after it that is none (《民法典》第201、203条).
type Clock struct {
	ID      string   `yaml:"id"`
	Title   string   `yaml:"title"` // at most 20 characters
	Whose   Party    `yaml:"whose"` // who must be done by its end
	Unit    Unit     `yaml:"unit"`
	Limit   int      `yaml:"limit"` // in units
	Most    int      `yaml:"most"`  // with every extension, in units; 0: there is none, or no end to them
	Runs    Runs     `yaml:"runs"`
	Start   string   `yaml:"start"`   // what starts it, or what it is counted from
	Duty    string   `yaml:"duty"`    // what must have happened by its end
	Early   string   `yaml:"early"`   // said before its end to who wants to go further
	Late    string   `yaml:"late"`    // said once it has passed
	Article string   `yaml:"article"` // where it is written
	Sources []string `yaml:"sources"` // ids of sources; the first is the one that gives the number
	Checked string   `yaml:"checked"` // date, 2006-01-02: that of the first source
}

// Party is a side of a case.
type Party string

// The parties.
const (
	Them Party = "them" // the platform, the institution or the authority
	You  Party = "you"  // the user, who loses something by being late
)

// Unit is what a clock is counted in.
type Unit string

// The units.
const (
	WorkingDays  Unit = "wd"
	CalendarDays Unit = "d"
	Hours        Unit = "h"
	Months       Unit = "month"
	Years        Unit = "year"
)

// Runs says which way a clock is counted.
type Runs string

// The ways.
const (
	Forward Runs = "forward" // from the start to its end
	Ahead   Runs = "ahead"   // at least so long before the start
	Back    Runs = "back"    // so far back from the start
)

// Clock returns the clock with the given id, and whether there is one.
func (p *Pack) Clock(id string) (Clock, bool) {
	i := slices.IndexFunc(p.clocks, func(c Clock) bool { return c.ID == id })
	if i < 0 {
		return Clock{}, false
	}
	return p.clocks[i], true
}

// Clocks returns all clocks, in the order of the file.
func (p *Pack) Clocks() []Clock { return slices.Clone(p.clocks) }

// clocks checks that each clock can be reckoned with.
func (c *refs) clocks() {
	seen := make(map[string]bool)
	for _, k := range c.pack.clocks {
		where := "clocks.yaml: " + k.ID
		if !stepID.MatchString(k.ID) || seen[k.ID] {
			c.bad(where, "an id of its own of 2 to 20 small letters is missing")
		}
		seen[k.ID] = true
		if k.Limit <= 0 || (k.Most != 0 && k.Most <= k.Limit) {
			c.bad(where, "limit must be a number over 0, and most, where there is one, larger")
		}
		if !slices.Contains([]Unit{WorkingDays, CalendarDays, Hours, Months, Years}, k.Unit) {
			c.bad(where, "no unit %q", k.Unit)
		}
		if k.Whose != Them && k.Whose != You {
			c.bad(where, "whose is %q, must be them or you", k.Whose)
		}
		if !slices.Contains([]Runs{Forward, Ahead, Back}, k.Runs) {
			c.bad(where, "runs is %q, must be forward, ahead or back", k.Runs)
		}
		c.clockWords(where, k)
	}
}

func (c *refs) clockWords(where string, k Clock) {
	if k.Title == "" || k.Start == "" || k.Duty == "" || k.Article == "" {
		c.bad(where, "title, start, duty and article must not be empty")
	}
	if len(k.Sources) == 0 {
		c.bad(where, "sources must not be empty")
	}
	c.sources(where, k.Sources)
}

// runs checks that clocks that are named exist.
func (c *refs) runs(where string, ids []string) {
	for _, id := range ids {
		if _, ok := c.pack.Clock(id); !ok {
			c.bad(where, "no clock %q in clocks.yaml", id)
		}
	}
}

// clocks looks at what users read about the clocks, and at their dates.
func (l *linter) clocks() {
	for _, k := range l.pack.clocks {
		where := "clocks.yaml: " + k.ID
		l.text(where+": title", k.Title, longestName)
		for _, text := range []string{k.Start, k.Duty, k.Early, k.Late, k.Article} {
			l.text(where, text, longestNote)
		}
		if k.Runs == Forward && (k.Early == "" || k.Late == "") {
			l.add(FindSource, true, where, "early and late: say what is too early, and what to do once it has passed")
		}
		first, ok := l.pack.sources[k.Sources[0]]
		if !ok || first.Checked != k.Checked {
			l.add(FindSource, true, where, "checked must be the date of its first source, %s", first.Checked)
		}
		if at, err := time.Parse(time.DateOnly, k.Checked); err == nil && at.After(l.now) {
			l.add(FindSource, true, where, "checked lies in the future")
		}
		l.caveat(where, k.Sources[:1], k.Duty+k.Early+k.Late)
	}
}
