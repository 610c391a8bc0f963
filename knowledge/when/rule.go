package when

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge/calendar"
)

// Freq is how often a rule comes.
type Freq string

// The frequencies.
const (
	Daily   Freq = "DAILY"
	Weekly  Freq = "WEEKLY"
	Monthly Freq = "MONTHLY"
)

// A Rule says when something comes again. It is the part of an RRULE of
// RFC 5545 that people ask for, with two differences: a month that lacks the
// day of the month has its last day instead, and the rule of all five weekdays
// leaves out public holidays. The zero Rule comes never.
type Rule struct {
	Freq      Freq
	Interval  int            // every so many days, weeks or months; 1 is usual
	Days      []time.Weekday // of a weekly rule; of a monthly one with Nth
	MonthDays []int          // of a monthly rule; -1 is the last day
	Nth       int            // the which of Days in the month counts; -1 is the last, 0: no such thing
	Hour      int
	Minute    int
}

// IsZero reports whether r comes never.
func (r Rule) IsZero() bool { return r.Freq == "" }

// dayCodes are the weekdays of RFC 5545, Sunday first as in package time.
var dayCodes = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// String returns r in the words of RFC 5545, always in the same order:
// FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYSETPOS, BYHOUR, BYMINUTE. It is what is
// stored; [ParseRule] reads it.
func (r Rule) String() string {
	if r.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s;BYHOUR=%d;BYMINUTE=%d", strings.Join(r.parts(), ";"), r.Hour, r.Minute)
}

func (r Rule) parts() []string {
	parts := []string{"FREQ=" + string(r.Freq)}
	if r.Interval > 1 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(r.Interval))
	}
	if len(r.Days) > 0 {
		var codes []string
		for _, d := range r.Days {
			codes = append(codes, dayCodes[d])
		}
		parts = append(parts, "BYDAY="+strings.Join(codes, ","))
	}
	if len(r.MonthDays) > 0 {
		parts = append(parts, "BYMONTHDAY="+numbers(r.MonthDays))
	}
	if r.Nth != 0 {
		parts = append(parts, "BYSETPOS="+strconv.Itoa(r.Nth))
	}
	return parts
}

// RRule returns r for a calendar file: the clock time is the start's, and a
// day that a month lacks becomes its last day in the way of RFC 5545. What a
// calendar cannot know are the holidays: see [Rule.Skipped].
func (r Rule) RRule() string {
	if len(r.MonthDays) == 1 && r.MonthDays[0] > 28 && r.Nth == 0 {
		var days []int
		for d := 28; d <= r.MonthDays[0]; d++ {
			days = append(days, d)
		}
		r.MonthDays, r.Nth = days, -1
	}
	return strings.Join(r.parts(), ";")
}

func numbers(ns []int) string {
	var out []string
	for _, n := range ns {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ",")
}

// ParseRule reads what [Rule.String] returned.
func ParseRule(s string) (Rule, error) {
	r, err := parseParts(s)
	if err != nil {
		return Rule{}, err
	}
	if r.String() != s {
		return Rule{}, fmt.Errorf("read the rule %q: not in the usual form, want %q", s, r)
	}
	return r, r.check()
}

func parseParts(s string) (Rule, error) {
	r := Rule{Interval: 1}
	for part := range strings.SplitSeq(s, ";") {
		name, value, _ := strings.Cut(part, "=")
		if err := r.set(name, value); err != nil {
			return Rule{}, fmt.Errorf("read the rule %q: %w", s, err)
		}
	}
	return r, nil
}

func (r *Rule) set(name, value string) (err error) {
	switch name {
	case "FREQ":
		r.Freq = Freq(value)
	case "INTERVAL":
		r.Interval, err = strconv.Atoi(value)
	case "BYDAY":
		for code := range strings.SplitSeq(value, ",") {
			d := slices.Index(dayCodes[:], code)
			if d < 0 {
				return fmt.Errorf("no weekday is called %q", code)
			}
			r.Days = append(r.Days, time.Weekday(d))
		}
	case "BYMONTHDAY":
		for text := range strings.SplitSeq(value, ",") {
			n, bad := strconv.Atoi(text)
			if bad != nil {
				return bad
			}
			r.MonthDays = append(r.MonthDays, n)
		}
	case "BYSETPOS":
		r.Nth, err = strconv.Atoi(value)
	case "BYHOUR":
		r.Hour, err = strconv.Atoi(value)
	case "BYMINUTE":
		r.Minute, err = strconv.Atoi(value)
	default:
		return fmt.Errorf("no part is called %q", name)
	}
	return err
}

// check reports a rule that never comes, or that is none.
func (r Rule) check() error {
	badDay := func(d time.Weekday) bool { return d < time.Sunday || d > time.Saturday }
	badDate := func(n int) bool { return n != -1 && (n < 1 || n > 31) }
	switch {
	case r.Freq != Daily && r.Freq != Weekly && r.Freq != Monthly:
		return fmt.Errorf("read a rule: no frequency %q", r.Freq)
	case r.Interval < 1 || r.Interval > 1000:
		return fmt.Errorf("read a rule: every %d is none", r.Interval)
	case slices.ContainsFunc(r.Days, badDay) || slices.ContainsFunc(r.MonthDays, badDate):
		return fmt.Errorf("read the rule %q: no such day", r)
	case r.Hour < 0 || r.Hour > 23 || r.Minute < 0 || r.Minute > 59:
		return fmt.Errorf("read the rule %q: no such hour", r)
	case r.Freq == Daily && len(r.Days)+len(r.MonthDays) > 0, r.Freq == Weekly && (len(r.Days) == 0 || len(r.MonthDays) > 0):
		return fmt.Errorf("read the rule %q: its days do not fit", r)
	case r.Freq == Monthly && (len(r.Days) > 0) != (r.Nth != 0), r.Freq == Monthly && (len(r.Days) > 0) == (len(r.MonthDays) > 0):
		return fmt.Errorf("read the rule %q: its days do not fit", r)
	case r.Nth < -1 || r.Nth > 20 || r.Nth != 0 && r.Freq != Monthly:
		return fmt.Errorf("read the rule %q: no such place", r)
	}
	return nil
}

// Workdays reports whether r is the rule of all working days.
func (r Rule) Workdays() bool { return r.Freq == Weekly && fiveDays(r.Days) }

func fiveDays(days []time.Weekday) bool {
	return len(days) == 5 && !slices.Contains(days, time.Saturday) && !slices.Contains(days, time.Sunday)
}

// longestGap is how many days a rule may let pass: beyond it, it comes never.
const longestGap = 366 * 90

// Next returns the first moment behind after at which r comes, reckoned in the
// zone of after. Where r comes every so many days, weeks or months they are
// counted from the day of first, one at which it came. A clock time that the
// zone skips in spring is the moment after the gap; one that it has twice in
// autumn comes once. The zero time says that r comes never.
func (r Rule) Next(first, after time.Time, cal *calendar.Calendar) time.Time {
	if r.check() != nil {
		return time.Time{}
	}
	zone := after.Location()
	first = first.In(zone)
	if first.After(after) {
		after = first.Add(-1)
	}
	from := dayOn(first)
	for day, n := dayOn(after), 0; n < longestGap; n++ {
		if r.on(day, from, cal) {
			if at := clockOn(day, r.Hour, r.Minute, zone); at.After(after) {
				return at
			}
		}
		day = day.AddDate(0, 0, 1)
	}
	return time.Time{}
}

// Skipped returns the moments behind after at which a calendar would ring by
// [Rule.RRule] although r does not come, as far as holidays are announced.
func (r Rule) Skipped(after time.Time, cal *calendar.Calendar) []time.Time {
	if !r.Workdays() {
		return nil
	}
	var out []time.Time
	for day := dayOn(after); !day.After(cal.Through()); day = day.AddDate(0, 0, 1) {
		working, _ := cal.Working(day)
		at := clockOn(day, r.Hour, r.Minute, after.Location())
		if !working && slices.Contains(r.Days, day.Weekday()) && at.After(after) {
			out = append(out, at)
		}
	}
	return out
}

// on reports whether r comes on the day; first is a day on which it came.
func (r Rule) on(day, first time.Time, cal *calendar.Calendar) bool {
	switch r.Freq {
	case Daily:
		return apart(first, day)%r.Interval == 0
	case Weekly:
		if !slices.Contains(r.Days, day.Weekday()) || apart(monday(first), monday(day))/7%r.Interval != 0 {
			return false
		}
		working, _ := cal.Working(day)
		return working || !r.Workdays()
	default:
		months := (day.Year()-first.Year())*12 + int(day.Month()) - int(first.Month())
		return months%r.Interval == 0 && r.inMonth(day, cal)
	}
}

func (r Rule) inMonth(day time.Time, cal *calendar.Calendar) bool {
	start := day.AddDate(0, 0, 1-day.Day())
	last := start.AddDate(0, 1, -1).Day()
	if r.Nth == 0 {
		return slices.ContainsFunc(r.MonthDays, func(n int) bool { return day.Day() == n || day.Day() == last && (n == -1 || n > last) })
	}
	at, _, ok := nth(start, last, r.Nth, r.counts(cal))
	return ok && at.Day() == day.Day()
}

// counts returns which days a rule with Nth counts.
func (r Rule) counts(cal *calendar.Calendar) func(time.Time) (bool, bool) {
	if fiveDays(r.Days) {
		return cal.Working
	}
	return func(d time.Time) (bool, bool) { return slices.Contains(r.Days, d.Weekday()), false }
}

// nth returns the n-th day that counts of the length days from start on, from
// their end where n is negative, and whether one on the way was an estimate.
func nth(start time.Time, length, n int, counts func(time.Time) (bool, bool)) (at time.Time, estimate, ok bool) {
	day, step := start, 1
	if n < 0 {
		day, step, n = start.AddDate(0, 0, length-1), -1, -n
	}
	for range length {
		yes, guessed := counts(day)
		estimate = estimate || guessed
		if yes {
			n--
		}
		if n == 0 {
			return day, estimate, true
		}
		day = day.AddDate(0, 0, step)
	}
	return time.Time{}, false, false
}

// apart returns how many days lie between two days in UTC.
func apart(a, b time.Time) int { return int(b.Sub(a).Hours() / 24) }

// dayOn returns the date of t as midnight in UTC, where every day has one.
func dayOn(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// clockOn returns the clock time of a day in UTC in the given zone; where the
// zone skips it, the moment as much later.
func clockOn(day time.Time, hour, minute int, zone *time.Location) time.Time {
	want := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, time.UTC)
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, zone)
	if gap := want.Sub(showing(at)); gap > 0 {
		return at.Add(gap)
	}
	return at
}

// showing returns the moment at which the clocks of UTC show what those of t do.
func showing(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
