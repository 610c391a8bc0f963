package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/relay"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

// shop gives files, and fails as often as it is told to before it gives one.
type shop struct {
	fails map[bot.FileID][]error
	asked []string
	began time.Time
}

func (s *shop) Open(_ context.Context, id bot.FileID) (io.ReadCloser, int64, error) {
	s.asked = append(s.asked, fmt.Sprintf("%s after %v", id, time.Since(s.began)))
	content := "content of " + string(id)
	size := int64(len(content))
	if fails := s.fails[id]; len(fails) > 0 {
		s.fails[id] = fails[1:]
		if !errors.Is(fails[0], io.ErrUnexpectedEOF) {
			return nil, 0, fails[0]
		}
		content = content[:5]
	}
	return io.NopCloser(strings.NewReader(content)), size, nil
}

// order is the work on a case with n pictures.
func order(t *testing.T, form string, n int) relay.Work {
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	w := relay.Work{
		Order: bot.Order{Kind: bot.OrderPack, Case: 1, Args: form}, Zone: time.UTC, Now: at, Dir: t.TempDir(), Progress: func(int, int) {},
		Case: bot.Case{Number: 1, Opened: at, Stage: bot.SelfCheck, Facts: map[fact.Name]bot.Known{fact.Amount: {Value: "500"}}},
	}
	for i := range n {
		id := fmt.Sprint("f", i+1)
		w.Records = append(w.Records, bot.Record{Seq: i + 1, Kind: bot.RecordEvidence, At: at, ToldAt: at, About: "other",
			Exhibit: bot.Exhibit{Number: i + 1, File: bot.File{ID: bot.FileID(id), Unique: id, Size: 10}}})
	}
	return w
}

func refusal(why bot.Reason, after time.Duration) error {
	return &bot.Refusal{Reason: why, After: after, Err: errors.New("refused")}
}

// TestEvidenceIsFetchedPatiently: what breaks off or cannot be reached is tried
// again, what is gone is not, and what is too large is not asked for.
func TestEvidenceIsFetchedPatiently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{began: time.Now(), fails: map[bot.FileID][]error{
			"f1": {refusal(bot.Unreachable, 0), io.ErrUnexpectedEOF},
			"f2": {refusal(bot.Rejected, 0), nil},
			"f3": {refusal(bot.TooFast, 5*time.Second)},
			"f5": {refusal(bot.Unreachable, 0), refusal(bot.Unreachable, 0), refusal(bot.Unreachable, 0), refusal(bot.Unreachable, 0)},
		}}
		w := order(t, bot.FormFull, 5)
		w.Records[3].Exhibit.Size = 21 << 20
		p := packer{pack: func() *knowledge.Pack { return content() }, files: s, pause: time.Second}
		made, err := p.makePack(t.Context(), w)
		if err != nil || len(made.Files) != 1 {
			t.Fatalf("%+v, %v", made, err)
		}
		want := []string{
			"f1 after 0s", "f1 after 1s", "f1 after 3s", // 1 s, then 2 s
			"f2 after 3s",
			"f3 after 3s", "f3 after 8s",
			"f5 after 8s", "f5 after 9s", "f5 after 11s",
		}
		if !slices.Equal(s.asked, want) {
			t.Errorf("it was asked for\n%s\nwant\n%s", strings.Join(s.asked, "\n"), strings.Join(want, "\n"))
		}
		var notes []string
		for _, n := range made.Notes {
			why, rest, _ := strings.Cut(n, " ")
			number, _, _ := strings.Cut(rest, " ")
			notes = append(notes, why+" "+number)
		}
		if !slices.Equal(notes, []string{"gone 2", "large 4", "gone 5"}) {
			t.Errorf("the notes are %q", made.Notes)
		}
		lying, err := os.ReadDir(w.Dir)
		if err != nil || len(lying) != 1 {
			t.Errorf("there lie %v, %v", lying, err)
		}
		data, err := os.ReadFile(made.Files[0].Path)
		if err != nil {
			t.Fatal(err)
		}
		files := unpacked(t, data)
		if got := string(files["02_证据/20261120_1000_其他材料_01.jpg"]); got != "content of f1" {
			t.Errorf("the first picture holds %q of %v", got, len(files))
		}
	})
}

// TestAMessengerThatIsDownIsNotWaitedFor: with sixty pictures that cannot be
// reached the pack comes within a minute.
func TestAMessengerThatIsDownIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{began: time.Now(), fails: map[bot.FileID][]error{}}
		for i := range 60 {
			s.fails[bot.FileID(fmt.Sprint("f", i+1))] = slices.Repeat([]error{refusal(bot.Unreachable, 0)}, 9)
		}
		p := packer{pack: func() *knowledge.Pack { return content() }, files: s, pause: time.Second}
		made, err := p.makePack(t.Context(), order(t, bot.FormFull, 60))
		if err != nil || len(made.Notes) != 60 || time.Since(s.began) > time.Minute {
			t.Errorf("%d notes after %v, %v", len(made.Notes), time.Since(s.began), err)
		}
	})
}

// TestOrdersThatEndStopFetching: nothing is waited for once the order is over.
func TestOrdersThatEndStopFetching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{began: time.Now(), fails: map[bot.FileID][]error{"f1": {refusal(bot.TooFast, time.Hour)}}}
		p := packer{pack: func() *knowledge.Pack { return content() }, files: s, pause: time.Second}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if made, err := p.makePack(ctx, order(t, bot.FormFull, 1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v, %v", made, err)
		}
		if time.Since(s.began) > 2*time.Second {
			t.Errorf("it took %v", time.Since(s.began))
		}
	})
}

// TestRemindersAreInThePack: what is set comes as a calendar, a series with its
// rule; what is not set does not; the masked pack hides people in it too.
func TestRemindersAreInThePack(t *testing.T) {
	for _, form := range []string{bot.FormFull, bot.FormMasked} {
		w := order(t, form, 0)
		reminder := func(parts ...bot.Part) {
			seq := len(w.Records) + 1
			w.Records = append(w.Records, bot.Record{Seq: seq, Kind: bot.RecordReminder, About: "own", At: w.Now, ToldAt: w.Now, Parts: parts})
			w.Case.Reminders = append(w.Case.Reminders, seq)
		}
		due := bot.Part{Name: bot.PartDue, Value: "2026-11-23T10:00:00Z"}
		reminder(due, bot.Part{Name: bot.PartRule, Value: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=10;BYMINUTE=0"}, bot.Part{Name: bot.PartNote, Value: "打 13800138000\n问到账"})
		reminder(due)
		reminder(due, bot.Part{Name: bot.PartNote, Value: "不用了"})
		w.Records[2].Struck = w.Now
		p := packer{pack: func() *knowledge.Pack { return content() }}
		made, err := p.makePack(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(made.Files[0].Path)
		if err != nil {
			t.Fatal(err)
		}
		got := string(unpacked(t, data)["05_提醒.ics"])
		for _, want := range []string{"RRULE:FREQ=WEEKLY;BYDAY=MO\r\n", "问到账", content().Say("remind.for.own")} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: the calendar lacks %q:\n%s", form, want, got)
			}
		}
		if n := strings.Count(got, "BEGIN:VEVENT"); n != 2 || strings.Contains(got, "不用了") {
			t.Errorf("%s: the calendar has %d entries:\n%s", form, n, got)
		}
		if shown := strings.Contains(got, "13800138000"); shown != (form == bot.FormFull) {
			t.Errorf("%s: that the number is shown is %t", form, shown)
		}
	}
}

// TestNearby: in a terminal the path stands for the file.
func TestNearby(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "a.jpg")
	if err := os.WriteFile(at, []byte("a picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, size, err := nearby{}.Open(t.Context(), bot.FileID(at))
	if err != nil || size != 9 {
		t.Fatalf("%d bytes, %v", size, err)
	}
	data, err := io.ReadAll(in)
	if err := errors.Join(err, in.Close()); err != nil || string(data) != "a picture" {
		t.Errorf("%q, %v", data, err)
	}
	for _, id := range []string{dir, at + ".gone", ""} {
		var no *bot.Refusal
		if _, _, err := (nearby{}).Open(t.Context(), bot.FileID(id)); !errors.As(err, &no) || no.Reason != bot.Rejected {
			t.Errorf("%s: %v", id, err)
		}
	}
}
