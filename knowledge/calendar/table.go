package calendar

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// The years for which a festival with a fixed day is known.
const (
	firstYear = 2025
	lastYear  = 2100
)

// longestBreak keeps a slip of the pen in a date from emptying a year.
const longestBreak = 15

// festivalDays returns the days of each festival, by its id and the year.
func festivalDays(festivals []Festival) (map[string]map[int]time.Time, error) {
	all := map[string]map[int]time.Time{}
	for _, f := range festivals {
		if f.ID == "" || all[f.ID] != nil || len(f.Words) == 0 {
			return nil, fmt.Errorf("festival %q: an id of its own and words are missing", f.ID)
		}
		if (f.Every == "") == (len(f.Days) == 0) {
			return nil, fmt.Errorf("festival %s: either every or days says when it is", f.ID)
		}
		days, err := f.byYear()
		if err != nil {
			return nil, fmt.Errorf("festival %s: %w", f.ID, err)
		}
		all[f.ID] = days
	}
	return all, nil
}

func (f Festival) byYear() (map[int]time.Time, error) {
	days := map[int]time.Time{}
	for _, text := range f.Days {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, fmt.Errorf("%q is no date like 2006-01-02", text)
		}
		days[at.Year()] = at
	}
	if f.Every == "" {
		return days, nil
	}
	at, err := time.Parse("01-02", f.Every)
	if err != nil {
		return nil, fmt.Errorf("%q is no day like 01-02", f.Every)
	}
	for y := firstYear; y <= lastYear; y++ {
		days[y] = time.Date(y, at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	}
	return days, nil
}

// addYear adds what was announced for a year.
func (c *Calendar) addYear(y Year, days map[string]map[int]time.Time) error {
	if c.years[y.Year] {
		return errors.New("it stands there twice")
	}
	if y.Notice == "" {
		return errors.New("notice must say where it was announced")
	}
	if _, err := time.Parse(time.DateOnly, y.Checked); err != nil {
		return fmt.Errorf("checked: %q is no date like 2006-01-02", y.Checked)
	}
	for _, b := range y.Off {
		if err := c.addBreak(y, b, days); err != nil {
			return err
		}
	}
	for _, text := range y.Work {
		if err := c.addWork(y, text); err != nil {
			return err
		}
	}
	c.years[y.Year] = true
	if end := time.Date(y.Year, 12, 31, 0, 0, 0, 0, time.UTC); end.After(c.through) {
		c.through = end
	}
	return c.complete(y.Year)
}

func (c *Calendar) addBreak(y Year, b Break, days map[string]map[int]time.Time) error {
	first, err := y.day(b.First)
	if err != nil {
		return err
	}
	last, err := y.day(b.Last)
	if err != nil {
		return err
	}
	if last.Before(first) || last.Sub(first) >= longestBreak*24*time.Hour {
		return fmt.Errorf("days off from %s to %s: no row of 1 to %d days", b.First, b.Last, longestBreak)
	}
	for _, id := range b.For {
		if days[id] == nil {
			return fmt.Errorf("days off from %s: there is no festival %q", b.First, id)
		}
		day, known := days[id][y.Year]
		if !known {
			day = first
		}
		c.holidays = append(c.holidays, Holiday{Festival: id, Day: day, First: first, Last: last})
	}
	for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
		c.off[dateOf(d)] = true
	}
	return nil
}

func (c *Calendar) addWork(y Year, text string) error {
	at, err := y.day(text)
	if err != nil {
		return err
	}
	if w := at.Weekday(); w != time.Saturday && w != time.Sunday {
		return fmt.Errorf("work: %s is a %s, which is worked anyway", text, w)
	}
	if c.off[dateOf(at)] {
		return fmt.Errorf("work: %s is a day off too", text)
	}
	c.work[dateOf(at)] = true
	return nil
}

// day reads a day of the year or of the last days before it.
func (y Year) day(text string) (time.Time, error) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return at, fmt.Errorf("%q is no date like 2006-01-02", text)
	}
	if at.Year() != y.Year && (at.Year() != y.Year-1 || at.Month() != time.December) {
		return at, fmt.Errorf("%s belongs to another year", text)
	}
	return at, nil
}

// complete reports a festival for which the year has no days off.
func (c *Calendar) complete(year int) error {
	for _, f := range c.festivals {
		if !slices.ContainsFunc(c.holidays, func(h Holiday) bool { return h.Festival == f.ID && h.Last.Year() == year }) {
			return fmt.Errorf("off: no days for the festival %s", f.ID)
		}
	}
	return nil
}

// estimate adds the days off by law of the years that no table covers.
func (c *Calendar) estimate(days map[string]map[int]time.Time) {
	for _, f := range c.festivals {
		for year, day := range days[f.ID] {
			if c.years[year] {
				continue
			}
			first, last := day.AddDate(0, 0, -f.Before), day.AddDate(0, 0, f.After)
			c.holidays = append(c.holidays, Holiday{Festival: f.ID, Day: day, First: first, Last: last, Estimate: true})
			for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
				c.off[dateOf(d)] = true
			}
		}
	}
}
