package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/store"
)

// What an operator is told when the bot cannot start, or cannot go on.

// tried runs the bot over the database in folder, which must end by itself.
func tried(t *testing.T, folder string) outcome {
	t.Helper()
	srv := telegramtest.New(t)
	return command(t, []string{
		"TELEGRAM_API_URL=" + srv.URL(), "TELEGRAM_BOT_TOKEN=" + telegramtest.Token,
		"TIXIANBOT_DATA=" + folder, "TIXIANBOT_LISTEN=",
	}, "", "run")
}

// told fails the test unless the command ended as it should, with a sentence
// that holds each of words.
func told(t *testing.T, what string, got outcome, words ...string) {
	t.Helper()
	if got.code != exitFailed || strings.Contains(got.errs, "goroutine") {
		t.Errorf("%s: exit code %d: %.500s", what, got.code, got.errs)
	}
	for _, word := range words {
		if !strings.Contains(got.errs, word) {
			t.Errorf("%s: the sentence lacks %q: %s", what, word, got.errs)
		}
	}
}

// fill makes a database with some entries in folder, and returns its file.
func fill(t *testing.T, folder string) string {
	t.Helper()
	path := filepath.Join(folder, botFile)
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 50; n++ {
		note := bot.Record{Seq: 1, Kind: bot.RecordNote, Text: strings.Repeat("entry ", 50)}
		_, err := s.Commit(store.Change{Update: int64(n), Chat: bot.ChatID(n), Case: &bot.Case{Number: 1, Seq: 1}, Records: []bot.Record{note}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAPageThatIsDamaged: check finds it wherever it is, and says what to do.
// (That no damage whatever ends in a stack is tested in package store.)
func TestAPageThatIsDamaged(t *testing.T) {
	unhurried(t)
	folder := t.TempDir()
	path := fill(t, folder)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(os.Getpagesize())
	found := 0
	for page := int64(2); page < 24; page++ {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = file.WriteAt([]byte(strings.Repeat("?", int(size))), page*size)
		if file.Close(); err != nil {
			t.Fatal(err)
		}
		if got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "check"); got.code != 0 {
			found++
			told(t, fmt.Sprintf("check with page %d damaged", page), got, "damaged", "backup")
		}
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found < 10 {
		t.Errorf("%d damaged pages were found of 22, some of which are free", found)
	}
}

func TestADatabaseThatIsInUse(t *testing.T) {
	unhurried(t)
	folder := t.TempDir()
	s, err := store.Open(filepath.Join(folder, botFile))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	began := time.Now()
	told(t, "run", tried(t, folder), "another tixianbot has the database open", fmt.Sprintf("(process %d)", os.Getpid()), "stop it first")
	if took := time.Since(began); took < lockWait {
		t.Errorf("gave up after %v, want %v, in which a bot that is replaced ends", took, lockWait)
	}
}

func TestADataFolderThatIsAFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	told(t, "run", tried(t, folder), "make the folder of the database")
}

// TestTwoBotsWithOneToken: both say so and neither is ready, as long as the
// other is there; then the one that is left goes on.
func TestTwoBotsWithOneToken(t *testing.T) {
	unhurried(t)
	srv := telegramtest.New(t)
	srv.Patience(patience)
	one := start(t, srv, t.TempDir())
	srv.Wait("the first to poll", srv.Polling)
	two := start(t, srv, t.TempDir())
	one.waitLog("another bot process")
	if got := one.get("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d with another bot about", got)
	}
	two.waitLog("another bot process")
	two.stop()
	srv.User(7).Say("/log one")
	srv.User(7).WaitMessages(1)
	srv.Wait("the bot that is left to be ready", func() bool { return one.get("/readyz") == http.StatusOK })
	one.stop()
}

// TestNoNetworkAtTheStart: the bot waits for it, and a stop meanwhile is quick.
func TestNoNetworkAtTheStart(t *testing.T) {
	srv := telegramtest.New(t)
	folder := t.TempDir()
	remove := srv.Inject(telegramtest.Fault{Kind: telegramtest.CutBefore})
	b := start(t, srv, folder)
	b.waitLog("polling fails")
	if took := b.stop(); took > 10*time.Second {
		t.Errorf("the bot took %v to stop", took)
	}
	b = start(t, srv, folder)
	srv.User(7).Say("/log one")
	remove()
	srv.User(7).WaitMessages(1)
	if n := strings.Count(b.dump(), telegramtest.Token); n > 0 {
		t.Errorf("the token stands in the log %d times", n)
	}
	b.stop()
}
