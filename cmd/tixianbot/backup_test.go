package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/store"
)

// TestBackupAlone: with no bot about, the tool makes the copy itself.
func TestBackupAlone(t *testing.T) {
	unhurried(t)
	folder, where := t.TempDir(), t.TempDir()
	fill(t, folder)
	file := filepath.Join(where, "today.db")
	if out := tool(t, folder, "backup", file); !strings.Contains(out, "today.db: whole and checked") {
		t.Errorf("backup: %s", out)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 || !slices.Equal(names(t, where), []string{"today.db"}) {
		t.Errorf("%v, %v, %v; want the backup alone, for its owner", info, err, names(t, where))
	}
	if got, want := tool(t, where, "cases", "--json", "--db", file), tool(t, folder, "cases", "--json"); got != want {
		t.Error("the cases of the backup are not those of the database")
	}
}

// TestBackupIsASentenceWhereItFails: exit code 1, one line, nothing left.
func TestBackupIsASentenceWhereItFails(t *testing.T) {
	folder, where := t.TempDir(), t.TempDir()
	path := fill(t, folder)
	env := []string{"TIXIANBOT_DATA=" + folder}
	file := filepath.Join(where, "there.db")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	told(t, "a file that is there", command(t, env, "", "backup", file), "there already", "name another")
	told(t, "the database itself", command(t, env, "", "backup", path), "there already")
	told(t, "no folder", command(t, env, "", "backup", filepath.Join(where, "none", "x.db")), "no such file")
	told(t, "no database", command(t, []string{"TIXIANBOT_DATA=" + where}, "", "backup", filepath.Join(where, "x.db")), "no database at")
	if raw, err := os.ReadFile(file); err != nil || string(raw) != "mine" || len(names(t, where)) != 1 {
		t.Errorf("%q, %v, %v", raw, err, names(t, where))
	}
	if got := command(t, env, "", "backup"); got.code != exitUsage {
		t.Errorf("without a file: %d %s", got.code, got.errs)
	}
}

// TestADamagedDatabaseGivesNoBackup: it would be what a good one is thrown away for.
func TestADamagedDatabaseGivesNoBackup(t *testing.T) {
	alone(t)
	folder, where := t.TempDir(), t.TempDir()
	path := fill(t, folder)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.ReplaceAll(raw, []byte(`{"kind"`), []byte(`#"kind"`))
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(where, "x.db")
	told(t, "damaged", command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "backup", file), "damaged", "check")
	if left := names(t, where); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestBackupsBesideABotUnderLoad: eight chats write all the time, and backups are
// made, to files and to a pipe. Each is whole, and has all that was confirmed
// before it was begun.
func TestBackupsBesideABotUnderLoad(t *testing.T) {
	const chats, each = 8, 40
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder, where := t.TempDir(), t.TempDir()
	b := start(t, srv, folder)
	var writers sync.WaitGroup
	for c := range chats {
		writers.Go(func() {
			u := srv.User(int64(c + 1))
			for i := range each {
				u.Say(fmt.Sprintf("/log token-%d-%d", c+1, i))
				u.Last()
			}
		})
	}
	for n := range 4 {
		file := filepath.Join(where, fmt.Sprintf("%d.db", n))
		before := strings.Count(tool(t, folder, "cases", "--json"), `"text":"token-`)
		if n%2 == 0 {
			tool(t, folder, "backup", file)
		} else if err := os.WriteFile(file, []byte(tool(t, folder, "backup", "-")), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(tool(t, where, "cases", "--json", "--db", file), `"text":"token-`); got < before {
			t.Errorf("backup %d has %d entries, %d were there before it", n, got, before)
		}
		tool(t, where, "check", "--db", file)
	}
	writers.Wait()
	b.stop()
	for _, name := range names(t, folder) {
		if strings.HasPrefix(name, copyPrefix) {
			t.Errorf("%s is left in the data folder", name)
		}
	}
}

// TestAKilledBackupLeavesNoBackup: whenever the tool is killed, there is no file
// of that name or a whole one, and the bot goes on.
func TestAKilledBackupLeavesNoBackup(t *testing.T) {
	alone(t)
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder, where := t.TempDir(), t.TempDir()
	fill(t, folder)
	b := start(t, srv, folder)
	times := 20
	if long {
		times = 300
	}
	whole := 0
	for n := range times {
		file := filepath.Join(where, fmt.Sprintf("%d.db", n))
		killedAfter(t, time.Duration(n%20)*4*time.Millisecond, folder, "backup", file)
		if _, err := os.Stat(file); err == nil {
			whole++
			if r, err := store.Verify(file, store.Key{}); err != nil || len(r.Problems) > 0 || r.Cases != 50 {
				t.Errorf("backup %d: %+v, %v", n, r, err)
			}
		}
	}
	tool(t, folder, "check")
	b.stop()
	t.Logf("%d of %d killed tools had made a whole file", whole, times)
}

// killedAfter runs a tool on the database in folder and kills it after a while.
// It returns whether the tool had ended before.
func killedAfter(t *testing.T, after time.Duration, folder string, args ...string) (ended bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = environment("TIXIANBOT_DATA=" + folder)
	err := cmd.Run()
	if err != nil && ctx.Err() == nil {
		t.Errorf("%v: %v", args, err)
	}
	return err == nil
}

// aRota is one over a store with a case, in the bubble of a synctest.
func aRota(t *testing.T, keep int) (*rota, *[]error) {
	t.Helper()
	zone, err := time.LoadLocation(defaultZone)
	if err != nil {
		t.Fatal(err)
	}
	var ends []error
	r := &rota{
		store: openStore(t, 1), data: t.TempDir(), folder: filepath.Join(t.TempDir(), "backups"), keep: keep, zone: zone, log: quiet(),
		note: func(_ time.Duration, err error) { ends = append(ends, err) },
	}
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	return r, &ends
}

// TestBackupsAreDaily: one soon after the start, one at four every morning, the
// newest three kept and what is none of ours left alone; a restart in the same
// day makes none.
func TestBackupsAreDaily(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := aRota(t, 3)
		if err := os.WriteFile(filepath.Join(r.folder, "tixianbot-my-own.db"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		began := time.Now() // midnight of 1 January 2000 in UTC, eight in the morning there
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), 6*time.Hour)
			r.run(ctx)
			cancel()
		}
		if got := r.names(); len(got) != 1 {
			t.Fatalf("after half a day with a restart: %v", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*24*time.Hour)
		defer cancel()
		r.run(ctx)
		want := []string{"tixianbot-20000103T200000Z.db", "tixianbot-20000104T200000Z.db", "tixianbot-20000105T200000Z.db"}
		if got := r.names(); !slices.Equal(got, want) {
			t.Errorf("after %v: %v, want %v", time.Since(began), got, want)
		}
		if got := names(t, r.folder); len(got) != 4 {
			t.Errorf("in the folder: %v", got)
		}
		for _, name := range want {
			if report, err := store.Verify(filepath.Join(r.folder, name), store.Key{}); err != nil || report.Cases != 1 {
				t.Errorf("%s: %+v, %v", name, report, err)
			}
		}
		if got := names(t, r.data); len(got) > 0 {
			t.Errorf("left in the data folder: %v", got)
		}
	})
}

// TestABackupThatFails is tried again in an hour, and throws no older one away.
func TestABackupThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, ends := aRota(t, 1)
		r.backUp(t.Context(), time.Now())
		was := r.names()
		if err := os.RemoveAll(r.data); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 22*time.Hour+time.Minute)
		defer cancel()
		r.run(ctx) // at 20:00, 21:00 and 22:00 UTC
		if got := *ends; len(got) != 4 || got[0] != nil || errors.Join(got[1:]...) == nil {
			t.Errorf("the backups ended with %v", got)
		}
		if got := r.names(); !slices.Equal(got, was) || len(was) != 1 {
			t.Errorf("of %v are left: %v", was, got)
		}
	})
}

// TestBackupsToAFolderThatCannotBe: a bot does not start and believe in them.
func TestBackupsToAFolderThatCannotBe(t *testing.T) {
	alone(t)
	srv := telegramtest.New(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"TIXIANBOT_BACKUP_DIR=" + file, "TIXIANBOT_BACKUP_KEEP=0"} {
		got := command(t, append(deployment(srv.URL(), t.TempDir()), set), "", "run")
		name, _, _ := strings.Cut(set, "=")
		if got.code != exitUsage || !strings.Contains(got.errs, name) {
			t.Errorf("%s: %d %s", set, got.code, got.errs)
		}
	}
}

// TestARunningBotMakesItsBackup, the first one soon after the start, with what is there.
func TestARunningBotMakesItsBackup(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder, where := t.TempDir(), filepath.Join(t.TempDir(), "backups")
	fill(t, folder)
	b := start(t, srv, folder, "TIXIANBOT_BACKUP_DIR="+where)
	b.waitLog("backup made")
	b.stop()
	got := names(t, where)
	if len(got) != 1 || !backupName.MatchString(got[0]) {
		t.Fatalf("in the folder: %v", got)
	}
	if r, err := store.Verify(filepath.Join(where, got[0]), store.Key{}); err != nil || r.Cases != 50 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestABackupNeedsRoom besides what the bot goes on to write.
func TestABackupNeedsRoom(t *testing.T) {
	s := openStore(t, 1)
	free, ok := store.FreeRoom(t.TempDir())
	if !ok {
		t.Skip("the room on a disk is not known on this system")
	}
	if err := roomFor(t.TempDir(), s); (err != nil) != (free < spareRoom+1<<20) {
		t.Errorf("with %d bytes free: %v", free, err)
	}
}
