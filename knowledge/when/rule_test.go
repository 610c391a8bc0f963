package when_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tixianbot/knowledge/calendar"
	"tixianbot/knowledge/when"
)

// series reads the rule of a plan as it is stored and as it is shown, and
// follows it for a while.
func series(t *testing.T, p *when.Planner, plan when.Plan, now time.Time, cal *calendar.Calendar) {
	if stored, err := when.ParseRule(plan.Every.String()); err != nil || stored.String() != plan.Every.String() {
		t.Fatalf("%s is stored as %s, %v", plan.Every, stored, err)
	}
	shown := p.FormatRule(plan.Every)
	if again, err := p.Parse(shown, now); err != nil || again.Every.String() != plan.Every.String() || again.Note != "" {
		t.Fatalf("%s is shown as %s and read as %s %q, %v", plan.Every, shown, again.Every, again.Note, err)
	}
	at := plan.At
	for range 5 {
		next := plan.Every.Next(plan.At, at, cal)
		if !next.After(at) || next.Hour() != plan.At.Hour() && !shifts(next) && !shifts(plan.At) {
			t.Fatalf("%s: behind %s comes %s", plan.Every, at, next)
		}
		at = next
	}
}

// shifts reports whether the clocks are changed around t.
func shifts(t time.Time) bool {
	_, before := t.AddDate(0, 0, -1).Zone()
	_, after := t.AddDate(0, 0, 1).Zone()
	return before != after
}

const stamp = "2006-01-02 15:04"

// firings returns the next n times a rule comes.
func firings(t *testing.T, rule, first, after string, n int, at *time.Location) string {
	t.Helper()
	_, cal := planner(t)
	r, err := when.ParseRule(rule)
	if err != nil {
		t.Fatal(err)
	}
	moment := func(s string) time.Time {
		v, err := time.ParseInLocation(stamp, s, at)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var out []string
	for next := moment(after); len(out) < n; {
		next = r.Next(moment(first), next, cal)
		out = append(out, next.Format("01-02 15:04"))
	}
	return strings.Join(out, ", ")
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ rule, first, after, want string }{
		{"FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "2026-11-23 09:00", "2026-11-23 09:00", "11-24 09:00, 11-25 09:00"},
		{"FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "2026-11-23 09:00", "2026-11-23 08:59", "11-23 09:00, 11-24 09:00"},
		{"FREQ=DAILY;INTERVAL=3;BYHOUR=10;BYMINUTE=0", "2026-11-26 10:00", "2026-11-26 10:00", "11-29 10:00, 12-02 10:00"},
		// what was missed is skipped, the count goes on
		{"FREQ=DAILY;INTERVAL=3;BYHOUR=10;BYMINUTE=0", "2026-11-26 10:00", "2026-12-04 18:00", "12-05 10:00, 12-08 10:00"},
		{"FREQ=DAILY;BYHOUR=10;BYMINUTE=0", "2026-12-24 10:00", "2026-11-23 10:00", "12-24 10:00, 12-25 10:00"},
		{"FREQ=WEEKLY;BYDAY=TU,FR;BYHOUR=10;BYMINUTE=0", "2026-11-24 10:00", "2026-11-24 10:00", "11-27 10:00, 12-01 10:00, 12-04 10:00"},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;BYHOUR=10;BYMINUTE=0", "2026-11-23 10:00", "2026-11-23 10:00", "11-29 10:00, 12-07 10:00, 12-13 10:00, 12-21 10:00"},
		{"FREQ=MONTHLY;BYMONTHDAY=5;BYHOUR=10;BYMINUTE=0", "2026-12-05 10:00", "2026-12-05 10:00", "01-05 10:00, 02-05 10:00"},
		{"FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=10;BYMINUTE=0", "2026-12-31 10:00", "2026-12-31 10:00", "01-31 10:00, 02-28 10:00, 03-31 10:00, 04-30 10:00"},
		{"FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=10;BYMINUTE=0", "2026-11-30 10:00", "2026-11-30 10:00", "12-31 10:00, 01-31 10:00, 02-28 10:00"},
		{"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1;BYHOUR=10;BYMINUTE=0", "2026-12-01 10:00", "2026-12-01 10:00", "03-01 10:00, 06-01 10:00"},
		{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;BYHOUR=10;BYMINUTE=0", "2026-12-07 10:00", "2026-11-23 10:00", "12-07 10:00, 01-04 10:00, 02-01 10:00"},
		{"FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1;BYHOUR=10;BYMINUTE=0", "2026-11-27 10:00", "2026-11-23 10:00", "11-27 10:00, 12-25 10:00, 01-29 10:00"},
		// the first working day of October 2026 is the 8th, the last of September the 30th
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;BYHOUR=10;BYMINUTE=0", "2026-09-01 10:00", "2026-08-31 10:00", "09-01 10:00, 10-08 10:00, 11-02 10:00"},
		// working days skip the national holiday; a worked Saturday is no weekday
		{"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=10;BYMINUTE=30", "2026-09-28 10:30", "2026-09-29 12:00", "09-30 10:30, 10-08 10:30, 10-09 10:30, 10-12 10:30"},
	} {
		if got := firings(t, c.rule, c.first, c.after, strings.Count(c.want, ",")+1, zone); got != c.want {
			t.Errorf("%s behind %s: %s, want %s", c.rule, c.after, got, c.want)
		}
	}
}

// TestNextAcrossClockChanges: the clocks of New York go forward at 02:00 on 14
// March 2027 and back at 02:00 on 7 November 2027.
func TestNextAcrossClockChanges(t *testing.T) {
	newYork, err := when.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ rule, after, want string }{
		{"FREQ=DAILY;BYHOUR=10;BYMINUTE=0", "2027-03-13 00:00", "03-13 10:00, 03-14 10:00, 03-15 10:00"},
		{"FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "2027-03-13 00:00", "03-13 02:30, 03-14 03:30, 03-15 02:30"},
		{"FREQ=DAILY;BYHOUR=1;BYMINUTE=30", "2027-11-06 00:00", "11-06 01:30, 11-07 01:30, 11-08 01:30"},
		{"FREQ=WEEKLY;BYDAY=SU;BYHOUR=0;BYMINUTE=0", "2027-10-31 12:00", "11-07 00:00, 11-14 00:00"},
	} {
		if got := firings(t, c.rule, "2027-01-01 00:00", c.after, strings.Count(c.want, ",")+1, newYork); got != c.want {
			t.Errorf("%s behind %s: %s, want %s", c.rule, c.after, got, c.want)
		}
	}
	p, _ := planner(t)
	now := time.Date(2027, 3, 13, 12, 0, 0, 0, newYork)
	if _, err := p.Parse("明天凌晨2点半", now); err == nil || !strings.Contains(err.Error(), string(when.NoSuch)) {
		t.Errorf("an hour that the clocks skip: %v", err)
	}
	if plan, err := p.Parse("24小时后", now); err != nil || plan.At.Sub(now) != 24*time.Hour || plan.At.Hour() != 13 {
		t.Errorf("24 hours later it is %s, %v", plan.At, err)
	}
	if plan, err := p.Parse("明天中午", now); err != nil || plan.At.Sub(now) != 23*time.Hour {
		t.Errorf("tomorrow noon it is %s, %v", plan.At, err)
	}
}

// TestNextIsUnique: of all moments at which a rule comes, Next leaves none out
// and gives none twice, from wherever one asks.
func TestNextIsUnique(t *testing.T) {
	_, cal := planner(t)
	havana, err := when.LoadZone("America/Havana") // its clocks change at midnight
	if err != nil {
		t.Fatal(err)
	}
	rules := []string{
		"FREQ=DAILY;BYHOUR=0;BYMINUTE=0", "FREQ=DAILY;INTERVAL=2;BYHOUR=23;BYMINUTE=59", "FREQ=WEEKLY;BYDAY=SU;BYHOUR=0;BYMINUTE=30",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;BYHOUR=10;BYMINUTE=0", "FREQ=MONTHLY;BYMONTHDAY=30,-1;BYHOUR=1;BYMINUTE=0",
	}
	rapid.Check(t, func(r *rapid.T) {
		rule, err := when.ParseRule(rapid.SampledFrom(rules).Draw(r, "rule"))
		if err != nil {
			r.Fatal(err)
		}
		first := rule.Next(time.Time{}, time.Date(2026, 11, 1, 0, 0, 0, 0, havana), cal)
		a := first.Add(time.Duration(rapid.IntRange(0, 500*24*60).Draw(r, "minutes")) * time.Minute)
		next := rule.Next(first, a, cal)
		b := a.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(a)-1)).Draw(r, "between")))
		if again := rule.Next(first, b, cal); !again.Equal(next) {
			r.Fatalf("%s: behind %s comes %s, behind %s %s", rule, a, next, b, again)
		}
	})
}

func TestParseRuleRefuses(t *testing.T) {
	for _, s := range []string{
		"", "FREQ=HOURLY;BYHOUR=1;BYMINUTE=0", "FREQ=DAILY", "BYHOUR=9;BYMINUTE=0;FREQ=DAILY", "FREQ=DAILY;INTERVAL=1;BYHOUR=9;BYMINUTE=0",
		"FREQ=DAILY;INTERVAL=0;BYHOUR=9;BYMINUTE=0", "FREQ=DAILY;BYHOUR=24;BYMINUTE=0", "FREQ=DAILY;BYHOUR=9;BYMINUTE=60",
		"FREQ=WEEKLY;BYHOUR=9;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=XX;BYHOUR=9;BYMINUTE=0", "FREQ=MONTHLY;BYHOUR=9;BYMINUTE=0",
		"FREQ=MONTHLY;BYMONTHDAY=32;BYHOUR=9;BYMINUTE=0", "FREQ=MONTHLY;BYMONTHDAY=x;BYHOUR=9;BYMINUTE=0", "FREQ=MONTHLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0",
		"FREQ=DAILY;BYDAY=MO;BYHOUR=9;BYMINUTE=0", "FREQ=DAILY;COUNT=3;BYHOUR=9;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1;BYHOUR=9;BYMINUTE=0",
	} {
		if r, err := when.ParseRule(s); err == nil {
			t.Errorf("%q is read as %+v", s, r)
		}
	}
	_, cal := planner(t)
	if at := (when.Rule{}).Next(monday, monday, cal); !at.IsZero() || (when.Rule{}).String() != "" {
		t.Errorf("no rule comes at %s", at)
	}
}

func TestRuleForCalendars(t *testing.T) {
	_, cal := planner(t)
	for rule, want := range map[string]string{
		"FREQ=DAILY;INTERVAL=3;BYHOUR=10;BYMINUTE=0":                        "FREQ=DAILY;INTERVAL=3",
		"FREQ=WEEKLY;BYDAY=TU,FR;BYHOUR=10;BYMINUTE=0":                      "FREQ=WEEKLY;BYDAY=TU,FR",
		"FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=10;BYMINUTE=0":                   "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
		"FREQ=MONTHLY;BYMONTHDAY=28;BYHOUR=10;BYMINUTE=0":                   "FREQ=MONTHLY;BYMONTHDAY=28",
		"FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=10;BYMINUTE=0":                   "FREQ=MONTHLY;BYMONTHDAY=-1",
		"FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1;BYHOUR=10;BYMINUTE=0":            "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;BYHOUR=10;BYMINUTE=0": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
		"FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=1;BYHOUR=10;BYMINUTE=0":        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=1",
	} {
		r, err := when.ParseRule(rule)
		if err != nil || r.RRule() != want {
			t.Errorf("%s is %s in a calendar, want %s (%v)", rule, r.RRule(), want, err)
		}
	}
	work, err := when.ParseRule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=10;BYMINUTE=0")
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, at := range work.Skipped(time.Date(2026, 9, 23, 12, 0, 0, 0, zone), cal) {
		days = append(days, at.Format("01-02 15:04"))
	}
	if got, want := strings.Join(days, " "), "09-25 10:00 10-01 10:00 10-02 10:00 10-05 10:00 10-06 10:00 10-07 10:00"; got != want {
		t.Errorf("working days skip %s, want %s", got, want)
	}
}

func TestFormatRule(t *testing.T) {
	p, _ := planner(t)
	for rule, want := range map[string]string{
		"FREQ=DAILY;BYHOUR=9;BYMINUTE=5":                                              "每天 09:05",
		"FREQ=DAILY;INTERVAL=3;BYHOUR=10;BYMINUTE=0":                                  "每3天 10:00",
		"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=10;BYMINUTE=30":                      "每个工作日 10:30",
		"FREQ=WEEKLY;BYDAY=TU,FR;BYHOUR=3;BYMINUTE=0":                                 "每周二、周五 03:00",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;BYHOUR=10;BYMINUTE=0":                        "每2周的周一 10:00",
		"FREQ=MONTHLY;BYMONTHDAY=5,20,-1;BYHOUR=10;BYMINUTE=0":                        "每月5号、20号、最后一天 10:00",
		"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1;BYHOUR=10;BYMINUTE=0":                   "每3个月的1号 10:00",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=10;BYMINUTE=0":          "每月最后一个工作日 10:00",
		"FREQ=MONTHLY;BYDAY=FR;BYSETPOS=2;BYHOUR=23;BYMINUTE=59":                      "每月第2个周五 23:59",
		"FREQ=MONTHLY;INTERVAL=6;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=3;BYHOUR=8;BYMINUTE=0": "每6个月的第3个工作日 08:00",
	} {
		r, err := when.ParseRule(rule)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := p.Parse(want, monday)
		if got := p.FormatRule(r); got != want || err != nil || plan.Every.String() != rule {
			t.Errorf("%s is shown as %s (want %s), which is read as %s, %v", rule, got, want, plan.Every, err)
		}
	}
}
