package main

import (
	"context"
	"encoding/json"
	"fmt"

	"tixianbot/bot"
	"tixianbot/bot/dossier/ics"
	"tixianbot/bot/relay"
	"tixianbot/knowledge"
	"tixianbot/knowledge/when"
)

// calendarOf returns the reminders of a case that are to come as a calendar
// file, or nil if there are none. Their words are changed by f.
func calendarOf(k *knowledge.Pack, w relay.Work, f func(string) string) ([]byte, error) {
	var entries []ics.Entry
	for _, a := range bot.Alarms(k, w.Case, w.Records, w.Now.In(w.Zone)) {
		e := ics.Entry{
			UID: bot.AlarmID(w.Case, a.Seq),
			At:  a.At, Title: f(a.What),
		}
		if !a.Rule.IsZero() {
			e.Rule, e.Except = a.Rule.RRule(), a.Rule.Skipped(a.At, k.Calendar)
		}
		entries = append(entries, e)
	}
	if len(entries) == 0 {
		return nil, nil
	}
	return ics.Write(w.Now, entries...)
}

// makeCalendar writes the reminders that the user asked for as a calendar file.
func (p packer) makeCalendar(_ context.Context, w relay.Work) (bot.Made, error) {
	var f bot.CalendarFile
	if err := json.Unmarshal([]byte(w.Order.Args), &f); err != nil {
		return bot.Made{}, fmt.Errorf("read the order of a calendar: %w", err)
	}
	var entries []ics.Entry
	for _, a := range f.Alarms {
		e := ics.Entry{UID: a.UID, At: a.At.In(w.Zone), Title: a.What, Text: a.Text}
		if a.Rule != "" {
			rule, err := when.ParseRule(a.Rule)
			if err != nil {
				return bot.Made{}, fmt.Errorf("read the order of a calendar: %w", err)
			}
			e.Rule, e.Except = rule.RRule(), rule.Skipped(e.At, p.pack().Calendar)
		}
		entries = append(entries, e)
	}
	data, err := ics.Write(w.Now, entries...)
	if err != nil {
		return bot.Made{}, err
	}
	return oneFile(w, f.Name, data)
}
