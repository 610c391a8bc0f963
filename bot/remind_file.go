package bot

import (
	"encoding/json"
	"strings"
	"time"

	"tixianbot/knowledge/markup"
)

// CalendarFile is what the Args of an [OrderCalendar] hold, as JSON: the name of
// the file and the reminders in it.
type CalendarFile struct {
	Name   string         `json:"name"`
	Alarms []CalendarItem `json:"alarms"`
}

// CalendarItem is one reminder of a [CalendarFile].
type CalendarItem struct {
	UID  string    `json:"uid"` // the same for the same reminder in every file
	At   time.Time `json:"at"`
	Rule string    `json:"rule,omitempty"` // see when.ParseRule; "" for once
	What string    `json:"what"`
	Text string    `json:"text,omitempty"` // more about it
}

// orderedCalendar is the name of the order of a calendar file.
const orderedCalendar = "calendar"

// calendar orders a file of the reminder with the given number, or of all of
// the chat where it is 0.
func (t *turn) calendar(seq int) bool {
	f := CalendarFile{Name: t.say("remind.file_name")}
	for _, p := range t.allPending() {
		if seq == 0 || p.Case == t.c.Number && p.Record.Seq == seq {
			f.Alarms = append(f.Alarms, t.calendarItem(p))
		}
	}
	args, err := json.Marshal(f)
	if err != nil || len(f.Alarms) == 0 {
		return false
	}
	t.fx.Orders = append(t.fx.Orders, Order{Name: orderedCalendar, Kind: OrderCalendar, Args: string(args)})
	t.fx.Toast = t.say("toast.making")
	return true
}

// calendarItem returns a reminder as a calendar shows it.
func (t *turn) calendarItem(p Placed) CalendarItem {
	what := p.Record.Part(PartNote)
	if what == "" {
		what = markup.Text(t.noteOf(p.Record))
	}
	of := t.caseNamed(p.Case)
	return CalendarItem{
		UID: AlarmID(of, p.Record.Seq), At: t.due(p.Record), Rule: p.Record.Part(PartRule),
		What: strings.Join(strings.Fields(what), " "), Text: markup.Text(t.titleOf(of)),
	}
}

// caseNamed returns the case of the chat with the given number.
func (t *turn) caseNamed(n int) Case {
	for _, c := range t.in.Cases {
		if c.Number == n && n != t.c.Number {
			return c
		}
	}
	return t.c
}

// AlarmID names a reminder of a case in calendars, where it takes the place of
// an earlier one of that name.
func AlarmID(c Case, seq int) string {
	return number(int(c.Opened.Unix())) + "-" + number(c.Number) + "-" + number(seq) + "@tixianbot"
}

// calendarMade sends the file that was made.
func (t *turn) calendarMade(m Made) {
	if m.Err != "" || len(m.Files) == 0 {
		t.tell(t.say("remind.no_file"), t.stamp([][]Button{{t.button("reminders", actReminders, "")}})...)
		return
	}
	t.fx.Messages = append(t.fx.Messages, Message{Text: t.say("remind.file"), File: m.Files[0]})
}
