package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	ical "github.com/arran4/golang-ical"

	"tixianbot/bot"
	"tixianbot/bot/relay"
)

// A calendar file holds what was ordered: one event each with an alarm at its
// time, a series with its rule and without the holidays on which it is silent.
func TestACalendarFileHoldsTheReminders(t *testing.T) {
	zone, err := bot.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 30, 15, 0, 0, 0, zone)
	args, err := json.Marshal(bot.CalendarFile{Name: "a.ics", Alarms: []bot.CalendarItem{
		{UID: "1@tixianbot", At: at, What: "打客服，问进度"},
		{UID: "2@tixianbot", At: at, Rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=15;BYMINUTE=0", What: "查到账"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	p := packer{pack: content}
	made, err := p.makeCalendar(t.Context(), relay.Work{Order: bot.Order{Args: string(args)}, Zone: zone, Now: at.AddDate(0, 0, -1), Dir: t.TempDir()})
	if err != nil || len(made.Files) != 1 || made.Files[0].Name != "a.ics" {
		t.Fatalf("made %+v, %v", made, err)
	}
	data, err := os.ReadFile(made.Files[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := ical.ParseCalendar(bytes.NewReader(data))
	if err != nil || len(cal.Events()) != 2 {
		t.Fatalf("%d events, %v:\n%s", len(cal.Events()), err, data)
	}
	for _, e := range cal.Events() {
		if len(e.Alarms()) != 1 {
			t.Errorf("%s has %d alarms", e.Id(), len(e.Alarms()))
		}
	}
	for _, want := range []string{"DTSTART:20261130T200000Z", "TZID=America/New_York:20261130T150000", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "TRIGGER:PT0S"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the file lacks %s:\n%s", want, data)
		}
	}
}

// An order that cannot be read is an error, not an empty file.
func TestACalendarFileOfNothing(t *testing.T) {
	p := packer{pack: content}
	for _, args := range []string{"", "{}x", `{"name":"a.ics","alarms":[{"uid":"1","at":"2026-11-30T15:00:00Z","rule":"FREQ=NEVER","what":"x"}]}`, `{"alarms":[{"what":"x"}]}`} {
		if made, err := p.makeCalendar(t.Context(), relay.Work{Order: bot.Order{Args: args}, Zone: time.UTC, Now: time.Now(), Dir: t.TempDir()}); err == nil {
			t.Errorf("%q made %+v", args, made)
		}
	}
}
