package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/store"
)

// readyz returns what the bot answers to /readyz.
func (b *running) readyz() (status int, body string) {
	b.t.Helper()
	address, _ := b.logged("listening")
	response, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		b.t.Fatalf("ask the bot: %v", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// hello writes to the bot and waits for its answer.
func hello(u *telegramtest.User) {
	before := len(u.Messages())
	u.Say("/start")
	u.WaitMessages(before + 1)
}

// TestReadyzTellsOfAnotherBot: while Telegram says that somebody else polls
// with the token, the bot is not ready, and says why.
func TestReadyzTellsOfAnotherBot(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	b := start(t, srv, t.TempDir())
	hello(srv.User(7))
	if status, body := b.readyz(); status != http.StatusOK {
		t.Fatalf("before: %d %s", status, body)
	}
	gone := srv.Inject(telegramtest.Fault{Method: "getUpdates", Kind: telegramtest.Conflict})
	srv.User(7).Say("/start") // ends the poll that waits
	b.waitLog("uses the same token")
	if status, body := b.readyz(); status != http.StatusServiceUnavailable || !strings.Contains(body, errTelegramUnheard.Error()) {
		t.Errorf("beside another bot: %d %s", status, body)
	}
	gone()
	hello(srv.User(7))
	hello(srv.User(8))
	if status, body := b.readyz(); status != http.StatusOK {
		t.Errorf("after the other bot has gone: %d %s", status, body)
	}
	b.stop()
}

// TestReadyzTellsOfAFullDisk: from the first write that fails to the first that
// succeeds again the bot is not ready, and says why.
func TestReadyzTellsOfAFullDisk(t *testing.T) {
	if raced {
		t.Skip("a limit on files does not go with the race detector")
	}
	srv := telegramtest.New(t)
	srv.Patience(patience)
	b := start(t, srv, t.TempDir())
	hello(srv.User(7))
	release := limitFiles(t, b, 8192)
	srv.User(7).Say("/log 写不下")
	b.waitLog("update not committed")
	if status, body := b.readyz(); status != http.StatusServiceUnavailable || !strings.Contains(body, errStoreDown.Error()) {
		t.Errorf("with a full disk: %d %s", status, body)
	}
	release()
	srv.WaitConfirmed()
	if status, body := b.readyz(); status != http.StatusOK {
		t.Errorf("with room again: %d %s", status, body)
	}
	b.stop()
}

// TestAChangeThatCanNeverBeWrittenIsNoOutage: it says nothing about the disk.
func TestAChangeThatCanNeverBeWrittenIsNoOutage(t *testing.T) {
	s, err := store.Open(filepath.Join(t.TempDir(), botFile))
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{Store: s}
	if _, err := w.Commit(store.Change{Update: 1, Chat: 7, Records: []bot.Record{{Seq: 1}}}); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("a record without a case: %v, want ErrInvalid", err)
	}
	if w.failing.Load() {
		t.Error("a change that can never be written counts as an outage")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Settle(store.Settlement{Chat: 7}); err == nil || !w.failing.Load() {
		t.Errorf("a write to a closed database: %v, failing %v", err, w.failing.Load())
	}
}

func TestReadyzSaysWhy(t *testing.T) {
	for why, want := range map[error]int{nil: http.StatusOK, errStoreDown: http.StatusServiceUnavailable} {
		w := httptest.NewRecorder()
		handler(func() error { return why }, http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if w.Code != want || why != nil && !strings.Contains(w.Body.String(), why.Error()) {
			t.Errorf("unready %v: %d %s", why, w.Code, w.Body)
		}
	}
}

// TestTheIntroductionFollowsTheContent: what was changed is told to Telegram on
// SIGHUP, and nothing else. What Telegram does not take is not tried for ever.
func TestTheIntroductionFollowsTheContent(t *testing.T) {
	phrases, err := os.ReadFile(filepath.Join(root, "knowledge/content/zh/phrases.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const key, long = "about.short: ", 121
	overlay := t.TempDir()
	say := func(short string) {
		t.Helper()
		before, after, ok := strings.Cut(string(phrases), key)
		_, after, _ = strings.Cut(after, "\n")
		text := before + key + short + "\n" + after
		if err := os.WriteFile(filepath.Join(overlay, "phrases.yaml"), []byte(text), 0o600); err != nil || !ok {
			t.Fatal("the content has no ", key, err)
		}
	}
	srv := telegramtest.New(t)
	srv.Patience(patience)
	say(strings.Repeat("长", long))
	b := start(t, srv, t.TempDir(), "TIXIANBOT_CONTENT="+overlay)
	b.waitLog("Telegram does not take them")
	for _, short := range []string{"短一些", "再短些"} {
		say(short)
		if err := b.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		srv.Wait("the new text "+short, func() bool { _, _, now := srv.Profile(); return now == short })
	}
	b.stop()
	for method, want := range map[string]int{"setMyCommands": 1, "setMyDescription": 1, "setMyShortDescription": 3} {
		if got := len(srv.Calls(method)); got != want {
			t.Errorf("%s was called %d times, want %d", method, got, want)
		}
	}
}
