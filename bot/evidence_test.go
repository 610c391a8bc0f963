package bot_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"tixianbot/bot"
)

// TestExhibitName: when it was taken where the user is, what it is, its number,
// and nothing that the user wrote.
func TestExhibitName(t *testing.T) {
	k := content(t)
	at := time.Date(2026, 11, 20, 7, 0, 0, 0, time.UTC)
	for want, r := range map[string]bot.Record{
		"20261120_1500_提现失败提示_03.jpg": {About: "error_screen", Text: "提现失败，张三", Exhibit: bot.Exhibit{Number: 3}},
		"20261120_1500_提现状态页面_12.png": {About: "error_screen", Exhibit: bot.Exhibit{Number: 12, File: bot.File{MIME: "image/png"}}},
		"20261120_银行流水_100.pdf":       {About: "bank_statement", Rough: true, Exhibit: bot.Exhibit{Number: 100, Name: "张三.PDF"}},
		"20261120_1500_付款记录_01.bin":   {About: "bank_statement", Text: "转账", Exhibit: bot.Exhibit{Number: 1, Name: "a.../b c"}},
		"20261120_1500_其他材料_01.bin":   {About: "no kind", Exhibit: bot.Exhibit{Number: 1, Name: "录音", File: bot.File{MIME: "audio/x"}}},
	} {
		r.At = at
		if got := bot.ExhibitName(k, r, morning.Location()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// FuzzExhibitName: whatever a user sends, the name is one that every file
// system takes.
func FuzzExhibitName(f *testing.F) {
	k := content(f)
	f.Add("a/../b.jpg", "image/jpeg", "提现失败", "error_screen")
	f.Add("流水.pdf\x00", "", "../x", "")
	f.Fuzz(func(t *testing.T, name, mime, caption, kind string) {
		r := bot.Record{At: morning, About: kind, Text: caption, Exhibit: bot.Exhibit{Name: name, Number: 1, File: bot.File{MIME: mime}}}
		got := bot.ExhibitName(k, r, time.UTC)
		odd := func(r rune) bool { return r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }
		if strings.ContainsFunc(got, odd) || len(got) > 100 || filepath.Base(got) != got || strings.Count(got, ".") != 1 {
			t.Errorf("%q", got)
		}
	})
}

// TestEveryFileIsKnownAgain sends many files and each of them again: every one
// of them is known, however full the filter of the case is, and the case stays
// small.
func TestEveryFileIsKnownAgain(t *testing.T) {
	s := newStage(t, content(t))
	s.say("提现失败")
	for i := range 150 {
		s.send(fmt.Sprintf("photo file=u%d", i))
	}
	for i := range 150 {
		s.send(fmt.Sprintf("photo file=u%d", i))
	}
	if s.w.Case.Exhibits != 150 {
		t.Errorf("%d pieces are numbered, want 150", s.w.Case.Exhibits)
	}
}

// TestHardlyAnyRecordIsReadForANewFile: the records are only looked through for
// a file that came before, or looks as if it had.
func TestHardlyAnyRecordIsReadForANewFile(t *testing.T) {
	s := newStage(t, content(t))
	s.say("提现失败")
	for i := range 30 {
		s.send(fmt.Sprintf("photo file=u%d", i))
	}
	read := 0
	for i := range 1000 {
		read += min(bot.Wants(s.w.Case, bot.Sent{Kind: bot.Photo, File: bot.File{Unique: fmt.Sprintf("v%d", i)}}).Newest, 1)
	}
	if read > 50 {
		t.Errorf("for %d of 1000 new files the records are read, want at most 50", read)
	}
	if w := bot.Wants(s.w.Case, bot.Sent{Kind: bot.Photo, File: bot.File{Unique: "u7"}}); w.Newest == 0 {
		t.Error("they are not read for one that came before")
	}
}

// TestHashes: a hash is noted once, in the record of its file, also where that
// is of another case; and never for a file that was not kept.
func TestHashes(t *testing.T) {
	k := content(t)
	piece := bot.Record{Seq: 2, Kind: bot.RecordEvidence, Exhibit: bot.Exhibit{File: bot.File{ID: "f"}, Number: 1}}
	e := bot.Hashed{Case: 1, Seq: 2, SHA256: "ab"}
	c, fx := bot.Step(k, bot.Case{Number: 2, Seq: 9}, bot.Input{At: morning, Event: e, Record: piece})
	if len(fx.Changed) != 1 || fx.Changed[0].Case != 1 || fx.Changed[0].Record.Exhibit.SHA256 != "ab" || len(fx.Messages) != 0 {
		t.Errorf("noted as %+v", fx)
	}
	if !c.Touched.IsZero() {
		t.Error("a hash is no sign that the user is there")
	}
	same, forgotten := piece, piece
	same.Exhibit.SHA256 = "ab"
	forgotten.Exhibit = bot.Exhibit{Number: 1}
	for name, in := range map[string]bot.Input{
		"twice":          {Event: e, Record: same},
		"no record":      {Event: e},
		"forgotten file": {Event: e, Record: forgotten},
		"not to be had":  {Event: bot.Hashed{Case: 1, Seq: 2, Err: true}, Record: piece},
	} {
		if _, fx := bot.Step(k, bot.Case{Number: 1, Seq: 9}, in); len(fx.Changed) != 0 {
			t.Errorf("%s: %+v", name, fx.Changed)
		}
	}
}

// TestWhatIsFetched: the hash of every file is asked for but of those too large.
func TestWhatIsFetched(t *testing.T) {
	for size, want := range map[int64]int{0: 1, 20 << 20: 1, 20<<20 + 1: 0} {
		s := newStage(t, content(t))
		s.step(bot.Sent{Kind: bot.Document, File: bot.File{ID: "f", Unique: "u", Size: size}})
		if len(s.fx.Fetch) != want || len(s.fx.Records) != 1 {
			t.Errorf("%d bytes: %d files are fetched, want %d", size, len(s.fx.Fetch), want)
		}
	}
}

// TestAPieceKeepsWhatItWas: a correction is kept beside what stood before.
func TestAPieceKeepsWhatItWas(t *testing.T) {
	s := newStage(t, content(t))
	s.say("提现失败")
	s.send("photo 余额截图")
	s.press("改种类", false)
	s.press("提现前余额", false)
	s.press("改时间", false)
	s.say("前天下午三点")
	s.press("删掉这张", false)
	s.press("还是要这张", false)
	var names []string
	for _, r := range s.log() {
		for _, w := range r.Was {
			names = append(names, w.Name)
		}
	}
	if got := strings.Join(names, " "); got != "about at struck" {
		t.Errorf("kept are %q", got)
	}
}

// TestTheCaseStaysSmall: a case with every kind of evidence and everything
// ticked is kept in 2 KB.
func TestTheCaseStaysSmall(t *testing.T) {
	k := content(t)
	s := newStage(t, k)
	s.say("昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡和手机")
	for i, kind := range k.Evidence.Kinds {
		s.send("photo album=99999999999999999")
		for _, show := range k.Evidence.Shows {
			seq := s.w.Case.Seq
			s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "vh", Arg: fmt.Sprintf("%d=%s", seq, show.ID)}})
		}
		s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "vs", Arg: fmt.Sprintf("%d=%s", s.w.Case.Seq, kind.ID)}})
		if s.w.Case.Pieces[kind.ID] == 0 || s.w.Case.Exhibits != i+1 {
			t.Fatalf("%s: %v", kind.ID, s.w.Case.Pieces)
		}
	}
	data, _ := json.Marshal(s.w.Case)
	if n := len(empty.ReplaceAll(data, nil)); n > 2048 {
		t.Errorf("the case has %d bytes", n)
	}
}

// TestAnAlbumIsAnsweredInItsCase: who goes over to another case while an album
// still arrives is told of it on coming back.
func TestAnAlbumIsAnsweredInItsCase(t *testing.T) {
	s := newStage(t, content(t))
	s.say("提现失败")
	s.send("photo album=1")
	s.send("photo album=1")
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "cs"}})
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Rev: s.w.Case.Rev, Act: "new"}})
	if s.w.Case.Number != 2 {
		t.Fatalf("the case is %d", s.w.Case.Number)
	}
	s.pass(time.Minute)
	s.step(bot.Pressed{Press: bot.Press{Case: 2, Act: "cw", Arg: "1"}})
	s.pass(time.Minute)
	if s.w.Case.Number != 1 || s.w.Case.Batch.Due || !strings.Contains(s.out.String(), "收好了 2 件") {
		t.Errorf("case %d, %+v:\n%s", s.w.Case.Number, s.w.Case.Batch, s.out.String())
	}
}

// BenchmarkEvidence is a picture, the list and one piece, in a case without
// records and in one of five hundred: nothing may take longer for it.
func BenchmarkEvidence(b *testing.B) {
	k := content(b)
	for _, size := range []int{1, 500} {
		s := newStage(b, k)
		s.say("提现失败")
		for i := range size {
			s.w.Do(bot.Sent{Kind: bot.Photo, Caption: "提现记录", File: bot.File{ID: "f", Unique: fmt.Sprintf("u%d", i)}})
		}
		for name, e := range map[string]bot.Event{
			"picture": bot.Sent{Kind: bot.Photo, Caption: "余额", File: bot.File{ID: "f", Unique: "new"}},
			"list":    bot.Said{Command: "evidence"},
			"piece":   bot.Pressed{Press: bot.Press{Case: 1, Act: "vp", Arg: "2"}},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				for b.Loop() {
					bot.Step(k, s.w.Case, s.w.Input(e))
				}
			})
		}
	}
}
