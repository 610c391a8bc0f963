package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tixianbot/bot/telegram/telegramtest"
)

// The tools beside a running bot: the real binary on both sides of the socket.

// tool runs a tool on the database in folder, which must succeed, and returns
// what it printed.
func tool(t *testing.T, folder string, args ...string) string {
	t.Helper()
	got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", args...)
	if got.code != 0 || got.errs != "" {
		t.Errorf("%v: exit code %d: %s%s", args, got.code, got.out, got.errs)
	}
	return got.out
}

// TestToolsBesideABotUnderLoad: eight chats write all the time, and two tools at
// a time look on. Nothing is held up, lost or seen twice.
func TestToolsBesideABotUnderLoad(t *testing.T) {
	const chats, each = 8, 60
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder)
	var writers, lookers sync.WaitGroup
	for c := range chats {
		writers.Go(func() {
			u := srv.User(int64(c + 1))
			for i := range each {
				u.Say(fmt.Sprintf("/log token-%d-%d", c+1, i))
				u.Last()
			}
		})
	}
	for _, args := range [][]string{{"cases", "--json"}, {"check", "--json"}, {"stats"}, {"cases", "--chat", "3"}} {
		lookers.Go(func() {
			for range 3 {
				tool(t, folder, args...)
			}
		})
	}
	lookers.Wait()
	writers.Wait()
	srv.WaitConfirmed()
	all := cases(t, folder)
	if len(all) != chats {
		t.Fatalf("%d cases beside the running bot, want %d", len(all), chats)
	}
	for _, c := range all {
		var want []string
		for i := range each {
			want = append(want, fmt.Sprintf("token-%d-%d", c.Chat, i))
		}
		if !slices.Equal(texts(c), want) {
			t.Errorf("chat %d: %q", c.Chat, texts(c))
		}
	}
	if out := tool(t, folder, "check"); !strings.Contains(out, fmt.Sprintf("%d cases, %d entries", chats, chats*each)) {
		t.Errorf("check: %s", out)
	}
	if out := tool(t, folder, "stats"); !strings.HasPrefix(out, fmt.Sprintf("cases   %d\n", chats)) {
		t.Errorf("stats: %s", out)
	}
	beside := tool(t, folder, "cases", "--json")
	b.stop()
	if alone := tool(t, folder, "cases", "--json"); alone != beside {
		t.Errorf("the bot says\n%s\nand the file\n%s", beside, alone)
	}
	if left := names(t, folder); !slices.Equal(left, []string{botFile}) {
		t.Errorf("after the bot has stopped there are %v", left)
	}
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestAStaleSocketIsNoBot: the socket of a killed bot does not stop a tool, and
// the next bot puts its own there.
func TestAStaleSocketIsNoBot(t *testing.T) {
	srv := telegramtest.New(t)
	folder := t.TempDir()
	for _, name := range []string{makingPrefix + "1", copyPrefix + "2"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	b := start(t, srv, folder)
	srv.User(7).Say("/log 一")
	srv.User(7).WaitMessages(1)
	socket, err := os.Stat(filepath.Join(folder, socketFile))
	if err != nil || socket.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("the socket is %v, %v; want it for the owner alone", socket, err)
	}
	b.kill()
	if !slices.Contains(names(t, folder), socketFile) {
		t.Error("a killed bot left no socket: the test shows nothing")
	}
	if got := cases(t, folder); len(got) != 1 {
		t.Errorf("after the kill: %d cases", len(got))
	}
	b = start(t, srv, folder)
	if got := cases(t, folder); len(got) != 1 {
		t.Errorf("beside the next bot: %d cases", len(got))
	}
	b.stop()
	if left := names(t, folder); !slices.Equal(left, []string{botFile}) {
		t.Errorf("left in the folder: %v", left)
	}
}

// TestTheSocketOfALongPath: the address of a socket may have some hundred bytes.
func TestTheSocketOfALongPath(t *testing.T) {
	unhurried(t)
	srv := telegramtest.New(t)
	folder := filepath.Join(t.TempDir(), strings.Repeat("long/", 40))
	b := start(t, srv, folder)
	srv.User(7).Say("/log 一")
	srv.User(7).WaitMessages(1)
	if got := cases(t, folder); len(got) != 1 {
		t.Errorf("%d cases", len(got))
	}
	b.stop()
	if left := names(t, folder); !slices.Equal(left, []string{botFile}) {
		t.Errorf("left in the folder: %v", left)
	}
}

// TestAToolThatStopsReading: the bot answers its users, answers other tools and
// stops in time while a tool stands there and does not read.
func TestAToolThatStopsReading(t *testing.T) {
	unhurried(t)
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder)
	const entries = 500 // with 3 KB each more than any socket takes in
	u := srv.User(7)
	for i := range entries {
		u.Say(fmt.Sprintf("/log %d%s", i, strings.Repeat("提现", 500)))
	}
	u.WaitMessages(entries)
	conn, err := net.Dial("unix", filepath.Join(folder, socketFile))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := json.NewEncoder(conn).Encode(inquiry{Command: "cases", JSON: true}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readFrame(conn); err != nil { // the answer has begun
		t.Fatal(err)
	}
	u.Say("/log 后来")
	u.WaitMessages(entries + 1)
	if got := cases(t, folder); len(got) != 1 || len(got[0].Timeline) != entries+1 {
		t.Errorf("another tool sees %d cases", len(got))
	}
	if took := b.stop(); took > 10*time.Second {
		t.Errorf("the bot took %v to stop", took)
	}
}

// TestCheckBesideABotFindsDamage: an entry of one chat does not decode. The tools
// say so, and the bot goes on with the others.
func TestCheckBesideABotFindsDamage(t *testing.T) {
	srv := telegramtest.New(t)
	folder := t.TempDir()
	b := start(t, srv, folder)
	srv.User(7).Say("/log 一二三四五")
	srv.User(7).WaitMessages(1)
	b.stop()
	spoil(t, filepath.Join(folder, botFile), "一二三四五")
	b = start(t, srv, folder)
	got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "check")
	if got.code != exitFailed || !strings.Contains(got.out, "problem:") || !strings.Contains(got.errs, "backup") {
		t.Errorf("check: %d %s%s", got.code, got.out, got.errs)
	}
	got = command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "cases", "--json")
	if got.code != exitFailed || !strings.Contains(got.errs, "does not decode") {
		t.Errorf("cases: %d %s%s", got.code, got.out, got.errs)
	}
	srv.User(8).Say("/log 六")
	srv.User(8).WaitMessages(1)
	b.stop()
}

// spoil overwrites every place in the file where text stands, so that what it is
// part of does not decode.
func spoil(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for at := strings.Index(string(raw), text); at >= 0; at = strings.Index(string(raw), text) {
		raw[at] = '"' // ends the string in the JSON
		if _, err := f.WriteAt([]byte{'"'}, int64(at)); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n == 0 {
		t.Fatalf("%q stands nowhere in the file", text)
	}
}
