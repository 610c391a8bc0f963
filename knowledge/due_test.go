package knowledge

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestDue reckons legal periods over holidays and the ends of months.
func TestDue(t *testing.T) {
	p := load(t)
	zone := time.FixedZone("", 8*3600)
	for _, test := range []struct {
		clock, start, end, most string
		estimate                bool
	}{
		// 7 working days over the national holiday and its make-up day
		{clock: "samr_decision", start: "2026-09-28 15:00", end: "2026-10-13 00:00"},
		{clock: "samr_report", start: "2026-11-23 09:00", end: "2026-12-14 00:00", most: "2027-01-05 00:00", estimate: true},
		// 15 days that end on a Sunday end on the Monday
		{clock: "aml_objection", start: "2026-11-21 20:00", end: "2026-12-07 00:00"},
		// 7 days that end in the spring festival end on the first day behind it
		{clock: "police_review", start: "2026-02-10 10:00", end: "2026-02-24 00:00"},
		{clock: "preservation", start: "2026-11-27 18:30", end: "2026-11-29 18:30"},
		// three months behind 30 November there is no 30 February, and the 28th is a Sunday
		{clock: "summary_trial", start: "2026-11-30 10:00", end: "2027-03-01 00:00", most: "2027-03-30 00:00", estimate: true},
		{clock: "civil_claim", start: "2026-11-23 10:00", end: "2029-11-23 00:00", estimate: true},
		{clock: "rule_notice", start: "2026-12-10 00:00", end: "2026-12-03 00:00"},
		{clock: "payment_records", start: "2026-11-23 10:00", end: "2023-11-23 00:00"},
	} {
		k, ok := p.Clock(test.clock)
		if !ok {
			t.Fatalf("no clock %s", test.clock)
		}
		start, err := time.ParseInLocation("2006-01-02 15:04", test.start, zone)
		if err != nil {
			t.Fatal(err)
		}
		got, most := p.Due(k, start), ""
		if !got.Most.IsZero() {
			most = got.Most.Format("2006-01-02 15:04")
		}
		if got.End.Format("2006-01-02 15:04") != test.end || most != test.most || got.Estimate != test.estimate {
			t.Errorf("%s from %s: %s, at most %s (estimate %v), want %s, %s (%v)",
				test.clock, test.start, got.End, most, got.Estimate, test.end, test.most, test.estimate)
		}
	}
}

// TestCalendarRunsOut: the curator is told in December, and an operator's file
// for the next year ends it.
func TestCalendarRunsOut(t *testing.T) {
	alone(t)
	december := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
	if !strings.Contains(stale(load(t), december), "known to 2026-12-31") {
		t.Error("nobody is told that the working days of 2027 are missing")
	}
	files := copyFiles(embeddedFiles(t))
	year := strings.ReplaceAll(string(files["calendar/2026.yaml"].Data), "2026-", "2027-")
	year = regexp.MustCompile(`(?m)^(year|work):.*`).ReplaceAllString(year, "") + "year: 2027"
	files["calendar/2027.yaml"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(year, `checked: "2027-`, `checked: "2026-`))}
	p, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if said := stale(p, december); said != "" {
		t.Errorf("still said: %s", said)
	}
	files["calendar/2028.yaml"] = files["calendar/2027.yaml"]
	if _, err := Parse(files); err == nil || !strings.Contains(err.Error(), "its name is 2027.yaml") {
		t.Errorf("a year under another's name: %v", err)
	}
}

// stale returns what is said about the calendar.
func stale(p *Pack, now time.Time) string {
	for _, f := range Lint(p, now) {
		if f.Where == "calendar" {
			return f.Text
		}
	}
	return ""
}
