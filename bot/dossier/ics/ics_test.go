package ics_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"tixianbot/bot/dossier/ics"
)

// component is what an independent reader finds between BEGIN and END.
type component struct {
	name   string
	props  map[string][]property
	within []*component
}

type property struct {
	params map[string]string
	value  string
}

func (c *component) one(t *testing.T, name string) property {
	t.Helper()
	if len(c.props[name]) != 1 {
		t.Fatalf("%s has %d of %s", c.name, len(c.props[name]), name)
	}
	return c.props[name][0]
}

func (c *component) all(name string) (found []*component) {
	for _, w := range c.within {
		if w.name == name {
			found = append(found, w)
		}
	}
	return found
}

// read reads a calendar file by the book: lines of at most 75 octets that end
// in CR and LF, unfolded, each a name with parameters and a value.
func read(t *testing.T, data []byte) *component {
	t.Helper()
	if !utf8.Valid(data) || bytes.Count(data, []byte("\n")) != bytes.Count(data, []byte("\r\n")) || bytes.Count(data, []byte("\r")) != bytes.Count(data, []byte("\r\n")) {
		t.Fatalf("no UTF-8 in lines that end in CR LF: %q", data)
	}
	for _, l := range strings.Split(string(data), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) {
			t.Fatalf("a line of %d octets: %q", len(l), l)
		}
	}
	root := &component{}
	open := []*component{root}
	for _, l := range strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(data), "\r\n ", ""), "\r\n"), "\r\n") {
		head, value, ok := strings.Cut(l, ":")
		top := open[len(open)-1]
		switch fields := strings.Split(head, ";"); {
		case !ok:
			t.Fatalf("no name and value: %q", l)
		case head == "BEGIN":
			c := &component{name: value, props: map[string][]property{}}
			top.within = append(top.within, c)
			open = append(open, c)
		case head == "END":
			if top.name != value {
				t.Fatalf("END of %s in %s", value, top.name)
			}
			open = open[:len(open)-1]
		default:
			p := property{params: map[string]string{}, value: value}
			for _, f := range fields[1:] {
				k, v, _ := strings.Cut(f, "=")
				p.params[k] = strings.Trim(v, `"`)
			}
			top.props[fields[0]] = append(top.props[fields[0]], p)
		}
	}
	if len(open) != 1 || len(root.within) != 1 || root.within[0].name != "VCALENDAR" {
		t.Fatalf("no one calendar: %q", data)
	}
	return root.within[0]
}

var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\,`, ",", `\;`, ";")

var made = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func write(t *testing.T, entries ...ics.Entry) *component {
	t.Helper()
	data, err := ics.Write(made, entries...)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, data)
}

func TestOnce(t *testing.T) {
	at := time.Date(2026, 11, 24, 15, 0, 0, 0, zone(t, "Asia/Shanghai"))
	cal := write(t, ics.Entry{UID: "r1-42@tixianbot", At: at, Title: "打客服电话, 问进度; 看\\工单", Text: "说三句话：\n1. 什么时候申请\r\n2. 金额"})
	if v := cal.one(t, "VERSION").value; v != "2.0" || cal.one(t, "PRODID").value == "" {
		t.Errorf("version %s", v)
	}
	e := cal.all("VEVENT")[0]
	for name, want := range map[string]string{
		"UID": "r1-42@tixianbot", "DTSTAMP": "20261123T020000Z", "DTSTART": "20261124T070000Z",
		"SUMMARY": "打客服电话, 问进度; 看\\工单", "DESCRIPTION": "说三句话：\n1. 什么时候申请\n2. 金额",
	} {
		if got := unescape.Replace(e.one(t, name).value); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if len(e.props["RRULE"]) != 0 || len(cal.all("VTIMEZONE")) != 0 {
		t.Error("what comes once has a rule or a zone")
	}
	a := e.all("VALARM")
	if len(a) != 1 || a[0].one(t, "ACTION").value != "DISPLAY" || a[0].one(t, "TRIGGER").value != "PT0S" ||
		unescape.Replace(a[0].one(t, "DESCRIPTION").value) != "打客服电话, 问进度; 看\\工单" {
		t.Errorf("the alarm is %+v", a)
	}
}

// TestSeries: the clock time of a series is that of its zone, on both sides of
// a change of the clocks.
func TestSeries(t *testing.T) {
	newYork := zone(t, "America/New_York")
	first := time.Date(2026, 11, 23, 10, 0, 0, 0, newYork)
	cal := write(t,
		ics.Entry{UID: "a", At: first, Rule: "FREQ=WEEKLY;BYDAY=MO", Title: "看到账", Except: []time.Time{first.AddDate(0, 0, 7).UTC()}},
		ics.Entry{UID: "b", At: first.AddDate(0, -3, 0), Rule: "FREQ=DAILY", Title: "记账"},
	)
	e := cal.all("VEVENT")[0]
	start, except := e.one(t, "DTSTART"), e.one(t, "EXDATE")
	if start.value != "20261123T100000" || start.params["TZID"] != "America/New_York" || e.one(t, "RRULE").value != "FREQ=WEEKLY;BYDAY=MO" {
		t.Errorf("it starts at %+v", start)
	}
	if except.value != "20261130T100000" || except.params["TZID"] != "America/New_York" {
		t.Errorf("it leaves out %+v", except)
	}
	zones := cal.all("VTIMEZONE")
	if len(zones) != 1 || zones[0].one(t, "TZID").value != "America/New_York" {
		t.Fatalf("zones %+v", zones)
	}
	for _, day := range []int{-90, 0, 105, 112, 340, 355, 3000} { // before and behind four changes
		at := first.AddDate(0, 0, day)
		_, want := at.Zone()
		if got := offsetAt(t, zones[0], at.Format("20060102T150405")); got != want {
			t.Errorf("on %s the file is %d seconds from Greenwich, want %d", at, got, want)
		}
	}
}

// offsetAt returns the offset that a VTIMEZONE has for a clock time: that of
// the last observance that began before.
func offsetAt(t *testing.T, z *component, clock string) int {
	t.Helper()
	last, text := "", ""
	for _, o := range z.within {
		if begin := o.one(t, "DTSTART").value; begin <= clock && begin > last {
			last, text = begin, o.one(t, "TZOFFSETTO").value
		}
		if o.one(t, "TZOFFSETFROM").value == "" || o.name != "STANDARD" && o.name != "DAYLIGHT" {
			t.Errorf("an observance %+v", o)
		}
	}
	n, err := strconv.Atoi(text[1:])
	if err != nil {
		t.Fatal(err)
	}
	seconds := n/100*3600 + n%100*60
	if text[0] == '-' {
		return -seconds
	}
	return seconds
}

func TestSeriesInZonesWithoutChanges(t *testing.T) {
	for _, z := range []*time.Location{zone(t, "Asia/Shanghai"), time.FixedZone("UTC+05:30", 5*3600+1800), time.UTC, zone(t, "Africa/Casablanca")} {
		at := time.Date(2026, 11, 24, 9, 0, 0, 0, z)
		cal := write(t, ics.Entry{UID: "a", At: at, Rule: "FREQ=DAILY;INTERVAL=3", Title: "看"})
		_, want := at.Zone()
		e := cal.all("VEVENT")[0]
		if got := offsetAt(t, cal.all("VTIMEZONE")[0], e.one(t, "DTSTART").value); got != want || e.one(t, "DTSTART").params["TZID"] != strings.ReplaceAll(z.String(), ":", "") {
			t.Errorf("%s: %d seconds, want %d", z, got, want)
		}
	}
}

func TestLongTextIsFolded(t *testing.T) {
	title := strings.Repeat("提现😀a,", 200)
	cal := write(t, ics.Entry{UID: "a", At: made, Title: title})
	if got := unescape.Replace(cal.all("VEVENT")[0].one(t, "SUMMARY").value); got != title {
		t.Errorf("%q is read back as %q", title, got)
	}
}

func TestNoEntries(t *testing.T) {
	if cal := write(t); len(cal.within) != 0 {
		t.Errorf("an empty calendar has %d parts", len(cal.within))
	}
}

func TestIncompleteIsRefused(t *testing.T) {
	good := ics.Entry{UID: "a", At: made, Title: "看"}
	for name, breakIt := range map[string]func(*ics.Entry){
		"no id":    func(e *ics.Entry) { e.UID = "" },
		"no time":  func(e *ics.Entry) { e.At = time.Time{} },
		"no zone":  func(e *ics.Entry) { e.At, e.Rule = e.At.In(time.Local), "FREQ=DAILY" },
		"no title": func(e *ics.Entry) { e.Title = " \x00\n" },
	} {
		bad := good
		breakIt(&bad)
		if _, err := ics.Write(made, good, bad); err == nil || !strings.Contains(err.Error(), "entry 1") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzWrite: no text breaks the file, and what can be printed is read back.
func FuzzWrite(f *testing.F) {
	f.Add("打电话", "第一行\n第二行", int64(0))
	f.Add("END:VEVENT\r\nBEGIN:VEVENT", "\\n\\, ;\r", int64(1e9))
	f.Add(strings.Repeat("长", 100), "\xff\x00", int64(-5))
	f.Fuzz(func(t *testing.T, title, text string, unix int64) {
		at := made.Add(time.Duration(unix%1e9) * time.Second)
		data, err := ics.Write(made, ics.Entry{UID: "a", At: at, Title: title, Text: text})
		if err != nil {
			return
		}
		events := read(t, data).all("VEVENT")
		if len(events) != 1 || len(events[0].all("VALARM")) != 1 {
			t.Fatalf("%d events: %q", len(events), data)
		}
		if got := events[0].one(t, "DTSTART").value; got != at.UTC().Format("20060102T150405Z") {
			t.Fatalf("%s is written as %s", at, got)
		}
		plain := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(title, "\uFFFD"), func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), "")
		got := strings.ReplaceAll(unescape.Replace(events[0].one(t, "SUMMARY").value), " ", "")
		if got != plain {
			t.Fatalf("%q is read back as %q", title, got)
		}
	})
}
