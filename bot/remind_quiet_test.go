package bot

import (
	"testing"
	"time"
)

// The end of quiet hours lies behind every moment in them and in no quiet
// hours, on every day of a year in which the clocks change, also where they
// skip the very end.
func TestQuietHoursEnd(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC+05:30"} {
		zone, err := LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range []hours{defaultHours, {0, 150}, {23 * 60, 2*60 + 15}, {60, 23*60 + 59}, {12 * 60, 14 * 60}} {
			for at := time.Date(2026, 1, 1, 0, 7, 0, 0, zone); at.Year() == 2026; at = at.Add(37 * time.Minute) {
				end, quiet := h.end(at)
				if quiet != h.holds(at) || quiet && (!end.After(at) || h.holds(end) || end.Sub(at) > 25*time.Hour) || !quiet && !end.Equal(at) {
					t.Fatalf("%s in %s: from %v to %v", h, name, at, end)
				}
			}
		}
	}
}

// The form in which quiet hours are kept is read as what was written; anything
// else is refused.
func FuzzQuietHours(f *testing.F) {
	for _, s := range []string{"2200-0800", "off", "", "2400-0800", "0000-0000", "22:00-08:00", "2200-08000", "-200-0800", "0075-0100"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, ok := parseHours(s)
		if ok && h.String() != s {
			t.Errorf("%q is read as %s", s, h)
		}
		if again, fine := parseHours(h.String()); ok && (!fine || again != h) {
			t.Errorf("%s is read as %s", h, again)
		}
	})
}
