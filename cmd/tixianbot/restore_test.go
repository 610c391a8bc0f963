package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/store"
)

// logTokens has u write tokens, each of which is answered.
func logTokens(u *telegramtest.User, from, to int) {
	before := len(u.Messages())
	for i := from; i < to; i++ {
		u.Say(fmt.Sprintf("/log token-%d", i))
	}
	u.WaitMessages(before + to - from)
}

func tokens(from, to int) (all []string) {
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("token-%d", i))
	}
	return all
}

// TestRestoreBringsBackWhatWasBackedUp: what came after the backup is gone, and
// is kept aside; what comes after the restoration goes on.
func TestRestoreBringsBackWhatWasBackedUp(t *testing.T) {
	alone(t)
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "backup.db")
	u := srv.User(7)
	b := start(t, srv, folder)
	logTokens(u, 0, 5)
	tool(t, folder, "backup", file)
	logTokens(u, 5, 9)
	srv.WaitConfirmed()
	told(t, "beside the bot", command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "restore", file), "stop it first", "nothing was changed")
	b.stop()

	out := tool(t, folder, "restore", file)
	for _, want := range []string{"1 cases, 5 entries", ".before-", "the last update of "} {
		if !strings.Contains(out, want) {
			t.Errorf("restore does not say %q:\n%s", want, out)
		}
	}
	before := len(u.Messages())
	start(t, srv, folder)
	logTokens(u, 9, 12)
	srv.WaitConfirmed()
	if got, want := texts(cases(t, folder)[0]), slices.Concat(tokens(0, 5), tokens(9, 12)); !slices.Equal(got, want) {
		t.Errorf("the entries are %q, want %q", got, want)
	}
	if n := len(u.Messages()); n != before+3 {
		t.Errorf("after the restoration came %d messages, want 3", n-before)
	}
	aside, err := filepath.Glob(filepath.Join(folder, botFile+".before-*"))
	if err != nil || len(aside) != 1 {
		t.Fatalf("kept aside: %v", aside)
	}
	if got := strings.Count(tool(t, folder, "cases", "--json", "--db", aside[0]), `"text":"token-`); got != 9 {
		t.Errorf("what was kept aside has %d entries, want 9", got)
	}
}

// TestRestoreSaysWhatIsWrong: exit code 1 and one line, and the bot starts as before.
func TestRestoreSaysWhatIsWrong(t *testing.T) {
	folder, where := t.TempDir(), t.TempDir()
	path := fill(t, folder)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"TIXIANBOT_DATA=" + folder}
	file := filepath.Join(where, "x.db")
	for what, c := range map[string]struct {
		content []byte
		words   []string
	}{
		"cut off":  {good[:5*os.Getpagesize()], []string{"damaged", "nothing was changed"}},
		"a letter": {[]byte("Dear bot,"), []string{"not a tixianbot database", "nothing was changed"}},
	} {
		if err := os.WriteFile(file, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		told(t, what, command(t, env, "", "restore", file), c.words...)
	}
	told(t, "none", command(t, env, "", "restore", filepath.Join(where, "none.db")), "no such file")
	told(t, "itself", command(t, env, "", "restore", path), "not a backup")
	if now, err := os.ReadFile(path); err != nil || string(now) != string(good) || len(names(t, folder)) != 1 {
		t.Errorf("the database has changed, or something is left: %v, %v", err, names(t, folder))
	}
}

// TestRestoreOfAnEncryptedBackup wants its key.
func TestRestoreOfAnEncryptedBackup(t *testing.T) {
	alone(t)
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "backup.db")
	fill(t, folder)
	key := strings.TrimSpace(command(t, nil, "", "key").out)
	env := []string{"TIXIANBOT_DATA=" + folder, "TIXIANBOT_KEY=" + key}
	for _, args := range [][]string{{"rekey"}, {"backup", file}} {
		if got := command(t, env, "", args...); got.code != 0 {
			t.Fatalf("%v: %s", args, got.errs)
		}
	}
	if got := command(t, env[:1], "", "restore", file); got.code != exitUsage || !strings.Contains(got.errs, "TIXIANBOT_KEY") {
		t.Errorf("without the key: %d %s", got.code, got.errs)
	}
	if got := command(t, env, "", "restore", file); got.code != 0 || !strings.Contains(got.out, "50 cases") {
		t.Errorf("with the key: %d %s%s", got.code, got.out, got.errs)
	}
}

// TestAKilledRestorationLeavesADatabase: whenever restore is killed, there is
// the database before or the one restored, whole; a bot starts on it, and
// restore can be run again.
func TestAKilledRestorationLeavesADatabase(t *testing.T) {
	alone(t)
	folder, where := t.TempDir(), t.TempDir()
	fill(t, folder)
	file := filepath.Join(where, "backup.db")
	tool(t, folder, "backup", file)
	times := 20
	if long {
		times = 300
	}
	path, restored := filepath.Join(folder, botFile), 0
	for n := range times {
		s, err := store.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Commit(store.Change{Chat: 1000, Case: &bot.Case{Number: 1}, Queue: []store.Item{{ID: store.ItemID{Class: store.Answer}}}}); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		killedAfter(t, time.Duration(n%20)*3*time.Millisecond, folder, "restore", file)
		r, err := store.Verify(path, store.Key{})
		if err != nil || len(r.Problems) > 0 || r.Cases < 50 {
			t.Fatalf("restoration %d: %+v, %v", n, r, err)
		}
		if r.Waiting == 0 {
			restored++
		}
	}
	tool(t, folder, "restore", file)
	if left, _ := filepath.Glob(path + ".restore*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	t.Logf("%d of %d killed tools had restored", restored, times)
}

// TestPastRemindersComeLateAndTogether: reminders whose time passed since the
// backup come at the next start, in one message, and what waited to be sent does
// not come.
func TestPastRemindersComeLateAndTogether(t *testing.T) {
	alone(t)
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "backup.db")
	u := srv.User(7)
	notes := []string{"打银行电话", "去网点", "交材料", "看公告"}
	lateReminders(t, filepath.Join(folder, botFile), 7, notes)
	tool(t, folder, "backup", file)
	out := tool(t, folder, "restore", file)
	for _, want := range []string{"dropped: 1 messages", "4 reminders and the like are late"} {
		if !strings.Contains(out, want) {
			t.Errorf("restore does not say %q:\n%s", want, out)
		}
	}
	b := start(t, srv, folder)
	u.WaitMessages(1)
	digest := u.Last()
	for _, note := range notes {
		if !strings.Contains(digest.Text, note) {
			t.Errorf("the message does not tell of %s:\n%s", note, digest.Text)
		}
	}
	b.stop()
	if all := u.Messages(); len(all) != 1 {
		t.Errorf("%d messages came, want one", len(all))
	}
}

// lateReminders makes a database in which a chat has reminders whose time has
// passed, and a message that waits. It is noon where the chat is.
func lateReminders(t *testing.T, path string, chat bot.ChatID, notes []string) {
	t.Helper()
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-3 * time.Hour).UTC()
	c := bot.Case{Number: 1, Opened: at, Touched: at, Stage: bot.SelfCheck, Seq: len(notes)}
	change := store.Change{
		Update: 1, Chat: chat, Case: &c, Zone: fmt.Sprintf("Etc/GMT%+d", time.Now().UTC().Hour()-12),
		Queue: []store.Item{{ID: store.ItemID{Class: store.Answer}, Message: bot.Message{Text: "old"}}},
	}
	for i, note := range notes {
		c.Reminders = append(c.Reminders, i+1)
		change.Records = append(change.Records, bot.Record{
			Seq: i + 1, Kind: bot.RecordReminder, At: at, ToldAt: at, Text: note, About: "own",
			Parts: []bot.Part{{Name: bot.PartDue, Value: at.Format(time.RFC3339)}, {Name: bot.PartNote, Value: note, To: len(note), In: i + 1}},
		})
		id := store.TimerID{Kind: store.Wake, Name: fmt.Sprintf("r:1:%d", i+1)}
		change.Timers = append(change.Timers, store.Timer{Chat: chat, ID: id, At: at})
	}
	_, err = s.Commit(change)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}
