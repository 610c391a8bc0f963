package main

import (
	"encoding/json"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// What is to come stands in reminders, what has come or waits for a yes does
// not; and the words stand in the timeline alone.
func TestCasesListReminders(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	reminder := func(seq int, text string, struck time.Time, parts ...bot.Part) bot.Record {
		return bot.Record{Seq: seq, Kind: bot.RecordReminder, At: at, ToldAt: at, Text: text, About: "own", Parts: parts, Struck: struck}
	}
	due := bot.Part{Name: bot.PartDue, Value: "2026-11-24T15:00:00+08:00"}
	text := "明天下午三点 打客服"
	c := printed(store.Entry{Chat: 7, Case: bot.Case{Number: 1, Reminders: []int{1, 2, 3}}, Records: []bot.Record{
		reminder(1, text, time.Time{}, due, bot.Part{Name: bot.PartNote, Value: "打客服", From: len("明天下午三点 "), To: len(text), In: 1}),
		reminder(2, "每天上午九点", time.Time{}, due, bot.Part{Name: bot.PartRule, Value: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0"}),
		reminder(3, "刚才", at, due),
		reminder(4, "没有说好", time.Time{}, due),
	}})
	got, err := json.Marshal(c.Reminders)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"seq":1,"due":"2026-11-24T15:00:00+08:00","for":"own","note":{"name":"note","in":1,"from":19,"to":28}},` +
		`{"seq":2,"every":"FREQ=DAILY;BYHOUR=9;BYMINUTE=0","for":"own"}]`
	if string(got) != want {
		t.Errorf("reminders:\n%s, want\n%s", got, want)
	}
}
