package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/store"
)

// TestRemindersOutliveKills: reminders fall due within a minute, each in a chat
// of its own and without limits on the rate, and the bot is killed again and
// again until they are all due, and some more. Every one is delivered, and none
// comes more often than the bot was killed while it was on its way. The long
// run has 5,000 of them, the short one few enough not to be spread over time.
func TestRemindersOutliveKills(t *testing.T) {
	if raced {
		t.Skip("the bot that is killed is not under the race detector")
	}
	n, within := 28, 2*time.Second
	if long {
		n, within = 5000, time.Minute
	}
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	begin := time.Now().Add(2 * time.Second)
	bookAll(t, folder, n, begin, within)
	for i := range n {
		srv.User(int64(i + 1))
	}
	random := rand.New(rand.NewPCG(5, 8))
	kills := 0
	for time.Now().Before(begin.Add(within + within/2)) {
		b := start(t, srv, folder)
		awhile := max(time.Until(begin), 0) + time.Duration(200+random.IntN(1000))*time.Millisecond
		srv.Within(awhile, func() bool { return false })
		b.kill()
		kills++
	}
	b := start(t, srv, folder)
	left := func() (missing int) {
		for i := range n {
			if rung(srv, i) == 0 {
				missing++
			}
		}
		return missing
	}
	if !srv.Within(4*time.Minute, func() bool { return left() == 0 }) {
		t.Errorf("%d of %d reminders were never delivered", left(), n)
	}
	b.stop()
	again, worst := 0, 0
	for i := range n {
		times := rung(srv, i)
		again, worst = again+times-1, max(worst, times)
	}
	if worst > kills+1 || again > kills*256 {
		t.Errorf("%d reminders came again, one of them %d times, at %d kills", again, worst, kills)
	}
	if got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "check"); got.code != 0 || !strings.Contains(got.out, " 0 timers") {
		t.Errorf("check: %s%s", got.out, got.errs)
	}
	t.Logf("%d reminders, %d kills, %d came again", n, kills, again)
}

// rung returns how often the reminder of chat i+1 came.
func rung(srv *telegramtest.Server, i int) int {
	note := fmt.Sprintf("note %d.", i)
	all := srv.User(int64(i + 1)).Messages()
	return len(slices.DeleteFunc(all, func(m telegramtest.Message) bool { return !strings.Contains(m.Text, note) }))
}

// bookAll makes a database with n reminders, each in a chat of its own, that fall
// due within some time from begin on, as if their users had named that time.
func bookAll(t *testing.T, folder string, n int, begin time.Time, within time.Duration) {
	t.Helper()
	s, err := store.Open(filepath.Join(folder, botFile))
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for first := range min(n, 100) {
		work.Go(func() {
			for i := first; i < n; i += 100 {
				due := begin.Add(within * time.Duration(i) / time.Duration(n))
				if _, err := s.Commit(booked(i, due)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// booked is the change that sets one reminder.
func booked(i int, due time.Time) store.Change {
	r := bot.Record{
		Seq: 1, Kind: bot.RecordReminder, At: due, ToldAt: due.Add(-time.Hour), About: "own",
		Parts: []bot.Part{
			{Name: bot.PartDue, Value: due.Format(time.RFC3339)}, {Name: bot.PartExact, Value: "yes"},
			{Name: bot.PartNote, Value: fmt.Sprintf("note %d.", i)},
		},
	}
	chat := bot.ChatID(i + 1)
	return store.Change{
		Update: int64(i + 1), Chat: chat, Zone: "Asia/Shanghai", Records: []bot.Record{r},
		Case:   &bot.Case{Number: 1, Seq: 1, Stage: bot.SelfCheck, Opened: due, Touched: due, Reminders: []int{1}},
		Timers: []store.Timer{{Chat: chat, ID: store.TimerID{Kind: store.Wake, Name: "r:1:1"}, At: due}},
	}
}
