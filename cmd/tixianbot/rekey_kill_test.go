package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// TestRekeyKilledAtAnyMoment: whenever rekey is killed, the database has one of
// the two keys, holds what it held, and the next rekey goes through.
func TestRekeyKilledAtAnyMoment(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("kills are left out of short runs and of those under the race detector")
	}
	kills := 8
	if long {
		kills = 200
	}
	folder, keys := t.TempDir(), []string{newKey(t), newKey(t)}
	file := filepath.Join(folder, botFile)
	entries := thick(t, file, keys[0])
	now, killed, changed := 0, 0, 0 // now is which of the keys it has
	full := time.Duration(0)
	for n := range kills {
		limit := full * time.Duration(n) / time.Duration(kills) * 5 / 4
		if n == 0 {
			limit = patience // to see how long it takes
		}
		began := time.Now()
		if !killedRekey(t, folder, keys[1-now], keys[now], limit) {
			full = time.Since(began) // the machine may have more to do at one time than at another
		} else {
			killed++
		}
		if has := keyOf(t, file, keys, entries); has != now {
			now = has
			changed++
		}
	}
	if killed == 0 || changed == 0 {
		t.Errorf("%d of %d were killed, and %d changed the key", killed, kills, changed)
	}
	t.Logf("%d of %d killed, the key changed %d times, nothing was lost", killed, kills, changed)
	killedRekey(t, folder, keys[1-now], keys[now], patience)
	if got := keyOf(t, file, keys, entries); got != 1-now {
		t.Error("the last rekey did not change the key")
	}
	if all, _ := filepath.Glob(filepath.Join(folder, "*")); len(all) != 1 {
		t.Errorf("left in the folder: %v", all)
	}
}

// thick fills a database with enough for a rekey to take a while, and returns
// how many entries it has.
func thick(t *testing.T, file, text string) int {
	t.Helper()
	s, err := store.OpenSealed(file, parsed(t, text))
	if err != nil {
		t.Fatal(err)
	}
	const chats, each = 50, 40
	for chat := range chats {
		c := bot.Case{Number: 1, Seq: each}
		change := store.Change{Update: int64(chat + 1), Chat: bot.ChatID(chat + 1), Case: &c}
		for i := range each {
			change.Records = append(change.Records, bot.Record{Seq: i + 1, Kind: bot.RecordNote, Text: strings.Repeat(fmt.Sprint(chat, i), 2000)})
		}
		if _, err := s.Commit(change); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return chats * each
}

func parsed(t testing.TB, text string) store.Key {
	t.Helper()
	key, err := store.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// killedRekey runs rekey for so long at most and reports whether it was killed.
func killedRekey(t *testing.T, folder, to, from string, limit time.Duration) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "rekey")
	cmd.Dir = t.TempDir()
	cmd.Env = environment("TIXIANBOT_DATA="+folder, "TIXIANBOT_KEY="+to, "TIXIANBOT_OLD_KEY="+from)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && ctx.Err() == nil && !errors.As(err, &exit) || exit != nil && exit.Exited() {
		t.Fatalf("rekey: %v\n%s", err, out)
	}
	return err != nil
}

// keyOf returns which of the keys opens the database, all of which must be there.
func keyOf(t *testing.T, file string, keys []string, entries int) int {
	t.Helper()
	has := slices.IndexFunc(keys, func(text string) bool {
		r, err := store.Verify(file, parsed(t, text))
		if err == nil && (len(r.Problems) > 0 || r.Records != entries) {
			t.Fatalf("%d of %d entries, problems %q", r.Records, entries, r.Problems)
		}
		return err == nil
	})
	if info, err := os.Stat(file); has < 0 || err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("no key opens the file: %v, %v", info, err)
	}
	return has
}
