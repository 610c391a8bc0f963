package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/store"
)

// TestStats counts four cases: one solved within ten hours, two left at the
// question about the status, one just begun.
func TestStats(t *testing.T) {
	k, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	s := newStats(k, begun.AddDate(0, 0, 20))
	s.add(store.Entry{
		Case: bot.Case{Number: 1, Stage: bot.Resolved, Opened: begun, Touched: begun, Facts: map[fact.Name]bot.Known{
			fact.Dispute: {Value: "judicial"}, fact.Status: {Value: "frozen"},
		}},
		Records: []bot.Record{
			{Seq: 1, Kind: bot.RecordQuestion, Text: "我的手机13912340056，明天下不下雨"},
			{Seq: 2, Kind: bot.RecordQuestion, Text: "钱会不会丢", About: "is_money_safe"},
			{Seq: 3, Kind: bot.RecordGap, About: "is_money_safe"},
			{Seq: 4, Kind: bot.RecordStage, About: "resolved", ToldAt: begun.Add(10 * time.Hour)},
		},
	})
	for range 2 {
		s.add(store.Entry{Case: bot.Case{Number: 1, Stage: bot.SelfCheck, Touched: begun, Screen: "ask:status"}})
	}
	s.add(store.Entry{Case: bot.Case{Number: 1, Stage: bot.SelfCheck, Touched: begun.AddDate(0, 0, 19), Screen: "ask:status"}})
	s.add(store.Entry{}) // a group

	var out bytes.Buffer
	if err := s.report().print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"cases   4\n", "solved  1, half of them within 10.0 h", "3  self_check", "1  judicial_freeze",
		"left at the question\n       2  status", "1  no_article", "1  is_money_safe\n          钱会不会丢",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "13912340056") {
		t.Errorf("a phone number is shown:\n%s", out.String())
	}
}
