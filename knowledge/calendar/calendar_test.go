package calendar_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"tixianbot/knowledge/calendar"
)

// content reads the festivals and years that are shipped.
func content(t *testing.T) (calendar.Festivals, []calendar.Year) {
	t.Helper()
	var f calendar.Festivals
	decode(t, "../content/zh/calendar/festivals.yaml", &f)
	names, err := filepath.Glob("../content/zh/calendar/20*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no years: %v", err)
	}
	var years []calendar.Year
	for _, name := range names {
		var y calendar.Year
		decode(t, name, &y)
		years = append(years, y)
	}
	return f, years
}

func decode(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
		t.Fatal(yaml.FormatError(err, false, true))
	}
}

func shipped(t *testing.T) *calendar.Calendar {
	t.Helper()
	f, years := content(t)
	c, err := calendar.Compile(f, years...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var shanghai = time.FixedZone("", 8*3600)

func on(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text+" 10:00", shanghai)
	if err != nil {
		panic(err)
	}
	return at
}

// TestAnnouncedYears counts the days that differ from a plain week against the
// notices: 28 days off and 5 make-up days in 2025, 33 and 6 in 2026.
func TestAnnouncedYears(t *testing.T) {
	f, years := content(t)
	c := shipped(t)
	for i, want := range []struct{ off, work int }{{28, 5}, {33, 6}} {
		off := 0
		for _, b := range years[i].Off {
			off += int(on(b.Last).Sub(on(b.First)).Hours()/24) + 1
		}
		if off != want.off || len(years[i].Work) != want.work {
			t.Errorf("%d: %d days off and %d make-up days, want %v", years[i].Year, off, len(years[i].Work), want)
		}
	}
	if len(f.Festivals) != 7 {
		t.Errorf("%d festivals, the law has 7", len(f.Festivals))
	}
	if got := c.Through().Format(time.DateOnly); got != "2026-12-31" {
		t.Errorf("the table reaches %s", got)
	}
}

func TestWorking(t *testing.T) {
	c := shipped(t)
	for day, want := range map[string][2]bool{ // working, estimate
		"2025-01-01": {false, false}, "2025-01-26": {true, false}, "2025-02-04": {false, false},
		"2025-10-11": {true, false}, "2025-10-08": {false, false}, "2025-10-09": {true, false},
		"2026-01-04": {true, false}, "2026-02-14": {true, false}, "2026-02-16": {false, false},
		"2026-05-09": {true, false}, "2026-09-20": {true, false}, "2026-10-07": {false, false},
		"2026-11-23": {true, false}, "2026-11-28": {false, false},
		// past the table: weekends and what the law fixes
		"2027-01-01": {false, true}, "2027-01-04": {true, true}, "2027-02-05": {false, true},
		"2027-02-08": {false, true}, "2027-02-09": {true, true}, "2027-04-05": {false, true},
		"2027-05-02": {false, true}, "2027-05-03": {true, true}, "2027-06-09": {false, true},
		"2027-09-15": {false, true}, "2027-10-03": {false, true}, "2027-10-04": {true, true},
		"2028-10-02": {false, true}, "2028-10-04": {true, true},
	} {
		working, estimate := c.Working(on(day))
		if working != want[0] || estimate != want[1] {
			t.Errorf("%s: working %v, estimate %v, want %v", day, working, estimate, want)
		}
	}
}

func TestAddWorking(t *testing.T) {
	c := shipped(t)
	for _, test := range []struct {
		from     string
		n        int
		want     string
		estimate bool
	}{
		{"2026-11-23", 3, "2026-11-26", false},
		{"2026-11-27", 2, "2026-12-01", false},
		{"2026-09-28", 5, "2026-10-10", false},
		{"2026-10-09", 1, "2026-10-10", false},
		{"2026-02-09", 7, "2026-02-25", false},
		{"2026-04-20", 15, "2026-05-13", false},
		{"2026-12-30", 1, "2026-12-31", false},
		{"2026-12-31", 1, "2027-01-04", true},
		{"2027-01-04", -1, "2026-12-31", true},
		{"2026-10-08", -1, "2026-09-30", false},
		{"2026-11-23", 0, "2026-11-23", false},
	} {
		got, estimate := c.AddWorking(on(test.from), test.n)
		if !got.Equal(on(test.want)) || estimate != test.estimate {
			t.Errorf("%s and %d working days: %s (estimate %v), want %s (%v)",
				test.from, test.n, got.Format(time.DateOnly), estimate, test.want, test.estimate)
		}
	}
}

func TestAfterHoliday(t *testing.T) {
	c := shipped(t)
	for _, test := range []struct {
		festival, from, want string
		estimate             bool
	}{
		{"national", "2026-09-29", "2026-10-08", false},
		{"national", "2026-10-03", "2026-10-08", false},
		{"national", "2026-10-08", "2027-10-04", true},
		{"mid_autumn", "2026-09-22", "2026-09-28", false},
		{"mid_autumn", "2025-09-22", "2025-10-09", false},
		{"spring", "2026-02-05", "2026-02-24", false},
		{"spring", "2026-11-23", "2027-02-09", true},
		{"new_year", "2025-12-30", "2026-01-04", false},
		{"new_year", "2026-12-30", "2027-01-04", true},
		{"labour", "2026-04-29", "2026-05-06", false},
		{"", "2026-04-29", "2026-05-06", false},
		{"", "2026-09-26", "2026-09-28", false},
	} {
		got, estimate, ok := c.AfterHoliday(test.festival, on(test.from))
		if !ok || got.Format(time.DateOnly) != test.want || estimate != test.estimate {
			t.Errorf("%q from %s: %s (estimate %v, known %v), want %s", test.festival, test.from, got.Format(time.DateOnly), estimate, ok, test.want)
		}
	}
	if _, _, ok := c.AfterHoliday("spring", on("2028-11-23")); ok {
		t.Error("a spring festival is known whose day nobody gave")
	}
}

func TestHolidayKeepsTheZone(t *testing.T) {
	h, ok := shipped(t).Holiday("spring", on("2026-02-20"))
	if want := "2026-02-15 2026-02-17 2026-02-23"; !ok || h.First.Format(time.DateOnly)+" "+h.Day.Format(time.DateOnly)+" "+h.Last.Format(time.DateOnly) != want {
		t.Errorf("the spring festival is %+v", h)
	}
	if h.First.Location() != shanghai || h.First.Hour() != 0 {
		t.Errorf("it begins at %s", h.First)
	}
}

// TestAddedYear is what an operator does in November.
func TestAddedYear(t *testing.T) {
	f, years := content(t)
	c, err := calendar.Compile(f, append(years, calendar.Year{
		Year: 2027, Notice: "a notice", Checked: "2026-11-30",
		Off: []calendar.Break{
			{For: []string{"new_year"}, First: "2026-12-31", Last: "2027-01-02"},
			{For: []string{"spring"}, First: "2027-02-05", Last: "2027-02-12"},
			{For: []string{"qingming"}, First: "2027-04-05", Last: "2027-04-05"},
			{For: []string{"labour"}, First: "2027-05-01", Last: "2027-05-05"},
			{For: []string{"dragon_boat"}, First: "2027-06-09", Last: "2027-06-09"},
			{For: []string{"mid_autumn"}, First: "2027-09-15", Last: "2027-09-15"},
			{For: []string{"national"}, First: "2027-10-01", Last: "2027-10-07"},
		},
		Work: []string{"2027-01-03"},
	})...)
	if err != nil {
		t.Fatal(err)
	}
	at, estimate, ok := c.AfterHoliday("new_year", on("2026-12-30"))
	if at.Format(time.DateOnly) != "2027-01-03" || estimate || !ok {
		t.Errorf("after new year: %s (estimate %v)", at, estimate)
	}
	if working, _ := c.Working(on("2026-12-31")); working {
		t.Error("a day off in the December before is worked")
	}
	if at, estimate := c.AddWorking(on("2027-02-04"), 1); estimate || at.Format(time.DateOnly) != "2027-02-15" {
		t.Errorf("after the spring festival: %s (estimate %v)", at, estimate)
	}
}

// TestRefused breaks one thing of the content at a time.
func TestRefused(t *testing.T) {
	for want, breakIt := range map[string]func(*calendar.Festivals, *calendar.Year){
		"no date like":           func(_ *calendar.Festivals, y *calendar.Year) { y.Off[0].First = "2026-02-30" },
		"no row of":              func(_ *calendar.Festivals, y *calendar.Year) { y.Off[0].Last = "2026-06-01" },
		"belongs to another":     func(_ *calendar.Festivals, y *calendar.Year) { y.Off[1].First = "2025-02-15" },
		"there is no festival":   func(_ *calendar.Festivals, y *calendar.Year) { y.Off[0].For = []string{"easter"} },
		"no days for":            func(_ *calendar.Festivals, y *calendar.Year) { y.Off = y.Off[1:] },
		"worked anyway":          func(_ *calendar.Festivals, y *calendar.Year) { y.Work[0] = "2026-01-05" },
		"is a day off too":       func(_ *calendar.Festivals, y *calendar.Year) { y.Work[0] = "2026-01-03" },
		"where it was announced": func(_ *calendar.Festivals, y *calendar.Year) { y.Notice = "" },
		"checked":                func(_ *calendar.Festivals, y *calendar.Year) { y.Checked = "yesterday" },
		"stands there twice":     func(_ *calendar.Festivals, y *calendar.Year) { y.Year = 2025 },
		"an id of its own":       func(f *calendar.Festivals, _ *calendar.Year) { f.Festivals[0].ID = "spring" },
		"either every or days":   func(f *calendar.Festivals, _ *calendar.Year) { f.Festivals[0].Every = "" },
		"no day like":            func(f *calendar.Festivals, _ *calendar.Year) { f.Festivals[0].Every = "1 January" },
	} {
		f, years := content(t)
		breakIt(&f, &years[1])
		if _, err := calendar.Compile(f, years...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

// TestCountingIsCounting: between a day and its n-th working day lie n-1 others.
func TestCountingIsCounting(t *testing.T) {
	c := shipped(t)
	rapid.Check(t, func(r *rapid.T) {
		from := on("2025-01-01").AddDate(0, 0, rapid.IntRange(0, 1500).Draw(r, "days"))
		n := rapid.IntRange(1, 60).Draw(r, "n")
		to, _ := c.AddWorking(from, n)
		worked := 0
		for d := from.AddDate(0, 0, 1); !d.After(to); d = d.AddDate(0, 0, 1) {
			if working, _ := c.Working(d); working {
				worked++
			}
		}
		if last, _ := c.Working(to); worked != n || !last {
			r.Fatalf("%s and %d working days is %s, with %d on the way", from, n, to, worked)
		}
		back, _ := c.AddWorking(to, -n)
		if back.After(from) && n > 0 {
			if working, _ := c.Working(from); working {
				r.Fatalf("%d back from %s is %s, behind %s", n, to, back, from)
			}
		}
	})
}
