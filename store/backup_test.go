package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// fat fills the database with about so many MiB.
func (f *file) fat(mib int) {
	f.t.Helper()
	text := strings.Repeat("0123456789abcdef", 4096) // 64 KiB
	for chat := range mib {
		c := bot.Case{Number: 1, Seq: 16}
		change := Change{Chat: bot.ChatID(chat + 1), Case: &c}
		for i := range 16 {
			change.Records = append(change.Records, bot.Record{Seq: i + 1, Kind: bot.RecordNote, Text: text})
		}
		f.commit(change)
	}
}

func TestABackupIsTheDatabase(t *testing.T) {
	f := newFile(t)
	f.populate(7, 1)
	path := filepath.Join(t.TempDir(), "copy.db")
	var last, total int64
	if err := f.Backup(t.Context(), path, func(a, b int64) { last, total = a, b }); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != total || last != total {
		t.Errorf("%v, %v; told of %d of %d bytes", info, err, last, total)
	}
	r, err := Verify(path, f.key)
	if want := f.sound(); err != nil || fmt.Sprint(r) != fmt.Sprint(want) {
		t.Errorf("Verify: %+v, %v; want %+v", r, err, want)
	}
	c := &file{t: t, path: path, key: f.key}
	c.open()
	defer c.close()
	c.sound()
	same(t, "copy", c.dump(), f.dump())
}

// What is there is never written over: a backup takes the place of nothing.
func TestABackupTakesNoOnesPlace(t *testing.T) {
	f := newFile(t)
	path := filepath.Join(t.TempDir(), "there")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Backup(t.Context(), path, nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("Backup: %v, want os.ErrExist", err)
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw) != "mine" {
		t.Errorf("the file that was there: %q, %v", raw, err)
	}
}

// A backup that is given up leaves nothing, and the database is not held.
func TestABackupThatIsGivenUp(t *testing.T) {
	f := newFile(t)
	f.fat(16)
	ctx, cancel := context.WithCancel(t.Context())
	path := filepath.Join(t.TempDir(), "copy.db")
	err := f.Backup(ctx, path, func(int64, int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Backup: %v, want context.Canceled", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file is left: %v", err)
	}
	if n := f.handle.db.Stats().OpenTxN; n != 0 {
		t.Errorf("%d read transactions are left open", n)
	}
}

// Verify finds what Check finds, and changes nothing: not the file, not its
// format, not its folder.
func TestVerifyChangesNothing(t *testing.T) {
	old, err := os.ReadFile(filepath.Join("testdata", "format-1.db"))
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"format 1": old, "short": old[:len(old)/2], "empty": {}, "text": []byte("a letter")} {
		folder := t.TempDir()
		path := filepath.Join(folder, "x.db")
		if err := os.WriteFile(path, raw, 0o400); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(path, Key{})
		switch name {
		case "format 1":
			if err != nil || r.Format != 1 || r.Cases == 0 || len(r.Problems) > 0 {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
		case "short":
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v, want ErrDamaged", name, err)
			}
		default:
			if !errors.Is(err, ErrForeign) {
				t.Errorf("%s: %v, want ErrForeign", name, err)
			}
		}
		after, err := os.ReadFile(path)
		if left, _ := os.ReadDir(folder); err != nil || !bytes.Equal(after, raw) || len(left) != 1 {
			t.Errorf("%s: the file or its folder has changed", name)
		}
	}
	if _, err := Verify(filepath.Join(t.TempDir(), "none.db"), Key{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// Without its key a sealed copy is looked at from outside.
func TestVerifyWithoutTheKey(t *testing.T) {
	f := newSealed(t)
	f.populate(7, 1)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := f.Backup(t.Context(), path, nil); err != nil {
		t.Fatal(err)
	}
	if r, err := Verify(path, Key{}); !errors.Is(err, ErrKey) || r.Format != len(migrations) || len(r.Problems) > 0 {
		t.Errorf("without the key: %+v, %v", r, err)
	}
	if r, err := f.VerifyCopy(path); err != nil || r.Cases == 0 || len(r.Problems) > 0 {
		t.Errorf("with the key: %+v, %v", r, err)
	}
}

func TestVerifyRefusesNewer(t *testing.T) {
	f := newFile(t)
	path := newer(t, f)
	if _, err := Verify(path, f.key); !errors.Is(err, ErrNewer) {
		t.Errorf("Verify: %v, want ErrNewer", err)
	}
}

// newer returns a copy of f that says it is of the next format.
func newer(t *testing.T, f *file) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newer.db")
	if err := f.Backup(t.Context(), path, nil); err != nil {
		t.Fatal(err)
	}
	inside(t, path, func(tx *bolt.Tx) error {
		return tx.Bucket(bucketMeta).Put(metaFormat, []byte(strconv.Itoa(len(migrations)+1)))
	})
	return path
}

// inside changes what is in the file at path.
func inside(t *testing.T, path string, change func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err == nil {
		err = errors.Join(db.Update(change), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A bucket that is missing is damage, unless the format of the file has none.
func TestVerifyMissesABucket(t *testing.T) {
	f := newFile(t)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := f.Backup(t.Context(), path, nil); err != nil {
		t.Fatal(err)
	}
	inside(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket(bucketRecords) })
	if r, err := Verify(path, f.key); err != nil || !strings.Contains(strings.Join(r.Problems, ";"), "records is missing") {
		t.Errorf("%+v, %v", r, err)
	}
}

// Beside a backup writers are never stopped for 100 ms, or where the disk does
// that by itself, not for much longer than that. What else the machine does may
// hold them up as well, so it is tried a few times: what a backup does, it does
// every time.
func TestWritersGoOnBesideABackup(t *testing.T) {
	if testing.Short() {
		t.Skip("under the race detector the times say nothing")
	}
	mib := 48
	if os.Getenv("TIXIANBOT_TEST_LONG") == "1" {
		mib = 2048
	}
	f := newFile(t)
	f.fat(mib)
	for range 4 {
		beside, without, took := f.stopsBesideABackup(mib)
		t.Logf("%d MiB copied in %v; the longest time without a commit of 16 writers was %v, without a backup %v", mib, took, beside, without)
		if beside <= max(100*time.Millisecond, 2*without) {
			return
		}
	}
	t.Error("writers are stopped by a backup")
}

// stopsBesideABackup returns the longest time without a commit while a backup is
// made, and while none is.
func (f *file) stopsBesideABackup(cases int) (beside, without, took time.Duration) {
	path := filepath.Join(f.t.TempDir(), "copy.db")
	beside = f.longestStop(func() {
		began := time.Now()
		if err := f.Backup(f.t.Context(), path, nil); err != nil {
			f.t.Error(err)
		}
		took = time.Since(began)
	})
	without = f.longestStop(func() { <-time.After(took) })
	if r, err := f.VerifyCopy(path); err != nil || len(r.Problems) > 0 || r.Cases < cases {
		f.t.Errorf("the copy: %+v, %v", r, err)
	}
	return beside, without, took
}

// longestStop returns the longest time during do in which no write of 16
// writers was committed.
func (f *file) longestStop(do func()) time.Duration {
	var writers sync.WaitGroup
	var stopped atomic.Bool
	var mu sync.Mutex
	last, longest := time.Now(), time.Duration(0)
	for w := range 16 {
		writers.Go(func() {
			for n := 0; !stopped.Load(); n++ {
				f.commit(Change{Chat: bot.ChatID(1_000_000 + w), Queue: []Item{answer(strings.Repeat("x", 500))}})
				mu.Lock()
				longest, last = max(longest, time.Since(last)), time.Now()
				mu.Unlock()
			}
		})
	}
	do()
	stopped.Store(true)
	writers.Wait()
	return longest
}
