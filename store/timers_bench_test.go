package store

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
)

// BenchmarkReminders measures what many stored reminders cost: the start of the
// bot over them, finding out when the next is due while none is, and finding
// those that are, 256 at a time as the relay does, or a single one.
// There are 100,000 of them, a million with TIXIANBOT_TEST_LONG=1.
func BenchmarkReminders(b *testing.B) {
	n := 100_000
	if os.Getenv("TIXIANBOT_TEST_LONG") != "" {
		n = 1_000_000
	}
	begin := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	path := filepath.Join(b.TempDir(), "reminders.db")
	populateReminders(b, path, n, begin)
	b.Run(fmt.Sprintf("start/%d", n), func(b *testing.B) {
		for b.Loop() {
			s := opened(b, path)
			expectDue(b, s, begin, 256, 0)
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	s := opened(b, path)
	defer s.Close()
	for _, due := range []int{0, 1, 256} {
		b.Run(fmt.Sprintf("due%d/%d", due, n), func(b *testing.B) {
			for b.Loop() {
				expectDue(b, s, begin.Add(time.Duration(due)*time.Second), 256, due)
			}
		})
	}
}

func opened(b *testing.B, path string) *Store {
	b.Helper()
	s, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// expectDue looks for what is due and fails unless that are so many.
func expectDue(b *testing.B, s *Store, now time.Time, limit, want int) {
	b.Helper()
	due, next, err := s.Due(now, limit)
	if err != nil || len(due) != want || next.IsZero() {
		b.Fatalf("%d are due, want %d; the next at %v (%v)", len(due), want, next, err)
	}
}

// populateReminders makes a file with n reminders, ten in a chat, that fall due
// one a second from begin on.
func populateReminders(b *testing.B, path string, n int, begin time.Time) {
	b.Helper()
	s := opened(b, path)
	defer s.Close()
	const writers, each = 512, 10
	var work sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for chat := w; chat < n/each; chat += writers {
				if _, err := s.Commit(tenReminders(chat, begin)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
}

// tenReminders is the change that sets ten reminders in a chat.
func tenReminders(chat int, begin time.Time) Change {
	id, one := bot.ChatID(chat+1)*7919, aCase()
	c := Change{Update: int64(chat + 1), Chat: id, Case: &one, Zone: "Asia/Shanghai"}
	for i := range 10 {
		due := begin.Add(time.Duration(chat*10+i+1) * time.Second)
		r := record(i + 1)
		r.Kind, r.About = bot.RecordReminder, "own"
		r.Parts = []bot.Part{{Name: bot.PartDue, Value: due.Format(time.RFC3339)}, {Name: bot.PartNote, Value: "note"}}
		one.Reminders = append(one.Reminders, r.Seq)
		c.Records = append(c.Records, r)
		c.Timers = append(c.Timers, Timer{Chat: id, ID: TimerID{Kind: Wake, Name: fmt.Sprintf("r:1:%d", r.Seq)}, At: due})
	}
	return c
}
