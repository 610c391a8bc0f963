// Package ics writes reminders as a calendar file (RFC 5545) that a phone or a
// mail program takes: one entry each, with an alarm at its time.
//
// Its one invariant: what is written is read as it was meant. An entry that
// comes once stands in UTC; a series stands in the clock time of its zone,
// whose changes of the clocks are written along; a text is escaped, cannot
// begin a line of its own, and is never cut inside a character.
package ics

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	ical "github.com/arran4/golang-ical"
)

// An Entry is one reminder.
type Entry struct {
	UID    string      // the same for the same reminder in every file
	At     time.Time   // when it rings, first; of a series in the zone that it follows
	Rule   string      // an RRULE without clock time, such as FREQ=WEEKLY;BYDAY=MO; "" for once
	Except []time.Time // when the rule would ring and shall not
	Title  string      // what to do, in one line
	Text   string      // more about it; may be empty
}

// The forms of moments.
const (
	inUTC   = "20060102T150405Z"
	inZone  = "20060102T150405"
	product = "-//tixianbot//reminders//ZH"
)

// zoneYears is how many years ahead the changes of the clocks are written.
const zoneYears = 10

// Write returns the calendar file that was made at made. The error says which
// entry lacks an id, a time, a title, or the name of the zone of its series.
func Write(made time.Time, entries ...Entry) ([]byte, error) {
	cal := ical.NewCalendar()
	cal.SetProductId(product)
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ical.MethodPublish)
	for i, e := range entries {
		id := zoneID(e.At)
		switch {
		case e.UID == "" || e.At.IsZero() || line(e.Title) == "":
			return nil, fmt.Errorf("write calendar entry %d: %w", i, errIncomplete)
		case e.Rule != "" && (id == "" || id == "Local"):
			return nil, fmt.Errorf("write calendar entry %d: %w", i, errNoZone)
		}
	}
	for _, at := range seriesBegin(entries) {
		cal.AddVTimezone(timezone(at))
	}
	for _, e := range entries {
		cal.AddVEvent(e.event(made))
	}
	var out strings.Builder
	if err := cal.SerializeTo(&out, ical.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("write calendar: %w", err)
	}
	return []byte(out.String()), nil
}

var (
	errIncomplete = errors.New("it needs an id, a time and a title")
	errNoZone     = errors.New("the zone of a series needs a name")
)

// seriesBegin returns for each zone that a series follows when the first of
// them begins.
func seriesBegin(entries []Entry) []time.Time {
	first := map[string]time.Time{}
	for _, e := range entries {
		id := zoneID(e.At)
		if at, known := first[id]; e.Rule != "" && (!known || e.At.Before(at)) {
			first[id] = e.At
		}
	}
	return slices.SortedFunc(maps.Values(first), func(a, b time.Time) int { return strings.Compare(zoneID(a), zoneID(b)) })
}

func (e Entry) event(made time.Time) *ical.VEvent {
	v := ical.NewEvent(line(e.UID))
	v.SetProperty(ical.ComponentPropertyDtstamp, made.UTC().Format(inUTC))
	v.SetSummary(line(e.Title))
	if text := printable(e.Text); text != "" {
		v.SetDescription(text)
	}
	v.SetProperty(ical.ComponentPropertyTransp, "TRANSPARENT")
	if e.Rule == "" {
		v.SetProperty(ical.ComponentPropertyDtStart, e.At.UTC().Format(inUTC))
	} else {
		e.series(v)
	}
	alarm := v.AddAlarm()
	alarm.SetAction(ical.ActionDisplay)
	alarm.SetTrigger("PT0S")
	alarm.SetDescription(line(e.Title))
	return v
}

func (e Entry) series(v *ical.VEvent) {
	zone := e.At.Location()
	id := ical.WithTZID(zoneID(e.At))
	v.SetProperty(ical.ComponentPropertyDtStart, e.At.Format(inZone), id)
	v.AddRrule(line(e.Rule))
	for _, at := range e.Except {
		v.AddExdate(at.In(zone).Format(inZone), id)
	}
}

// timezone returns the zone of at with the changes of its clocks, from the
// last one before at on.
func timezone(at time.Time) *ical.VTimezone {
	z := ical.NewTimezone(zoneID(at))
	begin, next := at.ZoneBounds()
	z.Components = append(z.Components, observance(begin, at))
	for until := at.AddDate(zoneYears, 0, 0); !next.IsZero() && next.Before(until); {
		z.Components = append(z.Components, observance(next, next))
		_, next = next.ZoneBounds()
	}
	return z
}

// zoneID returns the name of the zone of at, without the colon of UTC+05:30,
// which not every calendar takes in a parameter.
func zoneID(at time.Time) string { return strings.ReplaceAll(at.Location().String(), ":", "") }

// observance returns the time that the clocks keep in the zone of in from
// begin on, or always where begin is the zero time.
func observance(begin, in time.Time) ical.Component {
	name, to := in.Zone()
	from, start := to, time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	if !begin.IsZero() {
		_, from = begin.Add(-time.Second).Zone()
		start = begin.UTC().Add(time.Duration(from) * time.Second)
	}
	var base ical.ComponentBase
	base.SetProperty(ical.ComponentPropertyDtStart, start.Format(inZone))
	base.SetProperty("TZOFFSETFROM", offset(from))
	base.SetProperty("TZOFFSETTO", offset(to))
	base.SetProperty("TZNAME", name)
	if in.IsDST() {
		return &ical.Daylight{ComponentBase: base}
	}
	return &ical.Standard{ComponentBase: base}
}

// offset writes seconds east of Greenwich as +0530.
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}

// line returns s as one line without control characters.
func line(s string) string {
	return strings.Join(strings.Fields(printable(s)), " ")
}

// printable returns s without control characters but for the ends of lines.
func printable(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\t':
			return ' '
		case unicode.IsControl(r) && r != '\n':
			return -1
		}
		return r
	}, s))
}
