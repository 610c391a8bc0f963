package main

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// TestCasesListTheEvidence: a piece of evidence is listed under the name that
// the bot gives it, and its caption stands in the timeline alone.
func TestCasesListTheEvidence(t *testing.T) {
	unhurried(t)
	noon := time.Date(2026, 11, 20, 15, 0, 0, 0, time.FixedZone("CST", 8*3600))
	entry := store.Entry{Zone: "Asia/Shanghai", Records: []bot.Record{
		{Seq: 1, Kind: bot.RecordMessage, At: noon, Text: "提现失败"},
		{
			Seq: 2, Kind: bot.RecordEvidence, About: "error_screen", At: noon.UTC(), Text: "提现失败的提示",
			Exhibit: bot.Exhibit{File: bot.File{ID: "f", Size: 9}, SHA256: "00ff", Number: 1},
			Parts:   []bot.Part{{Name: bot.PartShows, Value: "time"}, {Name: bot.PartAmount, Value: "5"}},
		},
		{Seq: 3, Kind: bot.RecordEvidence, About: "other", At: noon, Struck: noon, Exhibit: bot.Exhibit{Number: 2}},
	}}
	pieces, err := printedEvidence(entry, func() (*knowledge.Pack, error) { return knowledge.Load("") })
	if err != nil {
		t.Fatal(err)
	}
	want := []printedPiece{
		{Seq: 2, Number: 1, Kind: "error_screen", Name: "20261120_1500_提现失败提示_01.jpg", At: noon.UTC(), Size: 9, SHA256: "00ff", Shows: []string{"time"}},
		{Seq: 3, Number: 2, Kind: "other", At: noon, Shows: []string{}, Struck: true},
	}
	if diff := cmp.Diff(want, pieces); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var out bytes.Buffer
	lost := errors.New("no content")
	if err := (casesCmd{JSON: true}).write(&out, entry, func() (*knowledge.Pack, error) { return nil, lost }); !errors.Is(err, lost) {
		t.Errorf("without the content: %v", err)
	}
	none := store.Entry{Records: entry.Records[:1]}
	if err := (casesCmd{JSON: true}).write(&out, none, nil); err != nil || !bytes.Contains(out.Bytes(), []byte(`"evidence":[]`)) {
		t.Errorf("without evidence: %s, %v", out.String(), err)
	}
}
