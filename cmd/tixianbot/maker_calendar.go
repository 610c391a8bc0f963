package main

import (
	"fmt"

	"tixianbot/bot"
	"tixianbot/bot/dossier/ics"
	"tixianbot/bot/relay"
	"tixianbot/knowledge"
)

// calendarOf returns the reminders of a case that are to come as a calendar
// file, or nil if there are none. Their words are changed by f.
func calendarOf(k *knowledge.Pack, w relay.Work, f func(string) string) ([]byte, error) {
	var entries []ics.Entry
	for _, a := range bot.Alarms(k, w.Case, w.Records, w.Now.In(w.Zone)) {
		e := ics.Entry{
			UID: fmt.Sprintf("%d-%d-%d@tixianbot", w.Case.Opened.Unix(), w.Case.Number, a.Seq),
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
