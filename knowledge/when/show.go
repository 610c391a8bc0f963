package when

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Show is how what was understood is shown back, so that [Planner.Parse] reads
// it again. In the texts {clock} and the like are filled in.
type Show struct {
	At        string   `yaml:"at"`       // {year} {month} {day} {weekday} {clock}
	Weekdays  []string `yaml:"weekdays"` // Sunday first
	Day       string   `yaml:"day"`      // {clock}
	Days      string   `yaml:"days"`     // {n} {clock}
	Workdays  string   `yaml:"workdays"` // {clock}
	Week      string   `yaml:"week"`     // {days} {clock}
	Weeks     string   `yaml:"weeks"`    // {n} {days} {clock}
	Month     string   `yaml:"month"`    // {days} {clock}
	Months    string   `yaml:"months"`   // {n} {days} {clock}
	MonthDay  string   `yaml:"month_day"`
	LastDay   string   `yaml:"last_day"`
	NthDay    string   `yaml:"nth_day"` // {n} {weekday}
	LastOf    string   `yaml:"last_of"` // {weekday}
	OfWork    string   `yaml:"of_work"` // in the place of {weekday}
	Separator string   `yaml:"separator"`
}

func (s Show) check() error {
	if len(s.Weekdays) != 7 {
		return fmt.Errorf("show: %d weekdays", len(s.Weekdays))
	}
	for _, text := range []string{s.Day, s.Days, s.Workdays, s.Week, s.Weeks, s.Month, s.Months, s.MonthDay, s.LastDay, s.NthDay, s.LastOf, s.OfWork, s.Separator} {
		if text == "" {
			return errors.New("show: a text is empty")
		}
	}
	return nil
}

// Format returns a moment as users see it, to the minute: 2026年11月27日 周五 10:00.
func (p *Planner) Format(t time.Time) string {
	return fill(p.show.At,
		"year", strconv.Itoa(t.Year()), "month", strconv.Itoa(int(t.Month())), "day", strconv.Itoa(t.Day()),
		"weekday", p.show.Weekdays[t.Weekday()], "clock", t.Format("15:04"))
}

// FormatRule returns a rule as users see it: 每周二、周五 10:00.
func (p *Planner) FormatRule(r Rule) string {
	s := p.show
	clock := fmt.Sprintf("%02d:%02d", r.Hour, r.Minute)
	n, days := strconv.Itoa(r.Interval), p.daysOf(r)
	switch {
	case r.IsZero():
		return ""
	case r.Freq == Daily && r.Interval == 1:
		return fill(s.Day, "clock", clock)
	case r.Freq == Daily:
		return fill(s.Days, "n", n, "clock", clock)
	case r.Workdays() && r.Interval == 1:
		return fill(s.Workdays, "clock", clock)
	case r.Freq == Weekly && r.Interval == 1:
		return fill(s.Week, "days", days, "clock", clock)
	case r.Freq == Weekly:
		return fill(s.Weeks, "n", n, "days", days, "clock", clock)
	case r.Interval == 1:
		return fill(s.Month, "days", days, "clock", clock)
	default:
		return fill(s.Months, "n", n, "days", days, "clock", clock)
	}
}

func (p *Planner) daysOf(r Rule) string {
	s := p.show
	var names []string
	for _, d := range r.Days {
		names = append(names, s.Weekdays[d])
	}
	if r.Nth != 0 {
		name := strings.Join(names, s.Separator)
		if fiveDays(r.Days) {
			name = s.OfWork
		}
		if r.Nth < 0 {
			return fill(s.LastOf, "weekday", name)
		}
		return fill(s.NthDay, "n", strconv.Itoa(r.Nth), "weekday", name)
	}
	for _, d := range r.MonthDays {
		if d < 0 {
			names = append(names, s.LastDay)
			continue
		}
		names = append(names, fill(s.MonthDay, "n", strconv.Itoa(d)))
	}
	return strings.Join(names, s.Separator)
}

// fill puts the values of pairs of name and value into a text.
func fill(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
