package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// backUp makes a backup of f.
func (f *file) backUp() string {
	f.t.Helper()
	path := filepath.Join(f.t.TempDir(), "backup.db")
	if err := f.Backup(f.t.Context(), path, nil); err != nil {
		f.t.Fatal(err)
	}
	return path
}

// restoring is the restoration of a backup over f.
func (f *file) restoring(from string) Restoring {
	return Restoring{From: from, To: f.path, Key: f.key, Now: noon}
}

// restore closes f, restores a backup over it and opens it again.
func (f *file) restore(r Restoring) Restored {
	f.t.Helper()
	f.close()
	out, err := Restore(f.t.Context(), r)
	if err != nil {
		f.t.Fatal(err)
	}
	f.open()
	return out
}

// week is a database with a past: a case, what is to be sent, what is due.
func week(t *testing.T, f *file) {
	t.Helper()
	c := aCase()
	f.commit(Change{
		Update: 1, Chat: 7, Zone: "Asia/Shanghai", Case: &c, Records: []bot.Record{record(1), record(2)},
		Queue: []Item{answer("1"), answer("2")}, Timers: []Timer{wake("past", noon.Add(-time.Hour)), wake("to come", noon.Add(time.Hour))},
		Jobs: []Job{{Seq: 1, File: "file"}}, Orders: []Order{{Order: bot.Order{Name: "pack", Kind: bot.OrderPack, Case: 1}}},
	})
}

func TestRestore(t *testing.T) {
	f := newFile(t)
	week(t, f)
	backup := f.backUp()
	f.commit(Change{Update: 2, Chat: 8, Case: &bot.Case{Number: 1}, Queue: []Item{answer("lost")}})
	later := f.dump()

	out := f.restore(f.restoring(backup))
	if out.Messages != 2 || out.Orders != 1 || out.Late != 1 || out.Cases != 1 || out.Records != 2 || out.AsOf.IsZero() {
		t.Errorf("Restore tells of %+v", out)
	}
	r := f.sound()
	if r.Waiting != 0 || r.Orders != 0 || r.Timers != 2 || r.Jobs != 1 || r.Updates != 1 {
		t.Errorf("the restored database has %+v", r)
	}
	want := aCase()
	want.Rev, want.Seq = want.Rev+revGap, want.Seq+seqGap
	same(t, "case", f.load(7, 0).Case, want)
	if !f.commit(Change{Update: 1, Chat: 7}).Duplicate || f.commit(Change{Update: 2, Chat: 8}).Duplicate {
		t.Error("what is known of updates is not what the backup knew")
	}

	aside := &file{t: t, path: out.Aside, key: f.key}
	aside.open()
	defer aside.close()
	aside.sound()
	same(t, "what was there before", aside.dump(), later)
	if left, err := filepath.Glob(f.path + ".restore*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRestoreToReplay(t *testing.T) {
	f := newFile(t)
	week(t, f)
	r := f.restoring(f.backUp())
	r.Replay = true
	out := f.restore(r)
	if report := f.sound(); report.Waiting != 2 || report.Orders != 1 || out.Messages != 0 || out.Orders != 0 {
		t.Errorf("%+v, %+v; want all that waited", report, out)
	}
}

// The outbox and entries go on counting where they were.
func TestRestoredNumbersAreNew(t *testing.T) {
	f := newFile(t)
	week(t, f)
	before, _ := f.head(7)
	f.restore(f.restoring(f.backUp()))
	f.commit(Change{Chat: 7, Queue: []Item{answer("new")}})
	if h, _ := f.head(7); h.Item.ID.Seq <= before.Item.ID.Seq+1 {
		t.Errorf("an item has the number %d again", h.Item.ID.Seq)
	}
}

// What is refused changes nothing, says why, and leaves nothing.
func TestRestoreRefuses(t *testing.T) {
	f := newFile(t)
	week(t, f)
	good := f.backUp()
	foreign, short, rotten := filepath.Join(t.TempDir(), "letter"), filepath.Join(t.TempDir(), "short"), f.backUp()
	raw, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{foreign: []byte("Dear bot,"), short: raw[:len(raw)/2]} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inside(t, rotten, func(tx *bolt.Tx) error { return tx.Bucket(bucketCases).Put([]byte("no case"), []byte("{")) })
	sealed := newSealed(t)
	week(t, sealed)
	other := sealed.backUp()
	if f.key.Set() {
		other = plainBackup(t)
	}
	newest := newer(t, f)

	f.close()
	before, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from string
		want error
	}{
		"none": {filepath.Join(t.TempDir(), "none"), os.ErrNotExist}, "a letter": {foreign, ErrForeign}, "half a backup": {short, ErrDamaged},
		"a damaged value": {rotten, ErrDamaged}, "of another key": {other, ErrKey}, "of a newer format": {newest, ErrNewer},
		"a folder": {t.TempDir(), ErrForeign}, "itself": {f.path, nil},
	} {
		_, err := Restore(t.Context(), f.restoring(c.from))
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	after, err := os.ReadFile(f.path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the database has changed: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(f.path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	f.open()
}

// plainBackup returns a backup of a database without a key.
func plainBackup(t *testing.T) string {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "plain.db")}
	f.open()
	defer f.close()
	week(t, f)
	return f.backUp()
}

func TestRestoreBesideABot(t *testing.T) {
	f := newFile(t)
	week(t, f)
	before := f.dump()
	if _, err := Restore(t.Context(), f.restoring(f.backUp())); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("Restore: %v, want ErrLocked", err)
	}
	same(t, "database", f.dump(), before)
}

// Restoring is for when the database is damaged, or gone.
func TestRestoreOverWhatIsThere(t *testing.T) {
	f := newFile(t)
	week(t, f)
	backup := f.backUp()
	for name, damage := range map[string]func() error{
		"text":      func() error { return os.WriteFile(f.path, []byte("no database at all"), 0o600) },
		"cut off":   func() error { return os.Truncate(f.path, 5000) },
		"empty":     func() error { return os.Truncate(f.path, 0) },
		"none":      func() error { return os.Remove(f.path) },
		"no folder": func() error { return os.RemoveAll(filepath.Dir(f.path)) },
	} {
		f.close()
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		was, _ := os.ReadFile(f.path)
		out, err := Restore(t.Context(), f.restoring(backup))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f.open()
		if r := f.sound(); r.Cases != 1 {
			t.Errorf("%s: %+v", name, r)
		}
		if kept, _ := os.ReadFile(out.Aside); len(was) > 0 && !bytes.Equal(kept, was) {
			t.Errorf("%s: what was there is not kept as it was", name)
		}
		_ = os.Remove(out.Aside)
	}
}

// A backup of an older format is restored, and moved up.
func TestRestoreOfAnOlderFormat(t *testing.T) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "data", "test.db")}
	f.open()
	defer f.close()
	for _, sample := range []string{"format-1.db", "format-2.db"} {
		if out := f.restore(f.restoring(filepath.Join("testdata", sample))); out.Format != len(migrations) || out.Cases == 0 {
			t.Errorf("%s: %+v", sample, out)
		}
		f.sound()
		f.commit(Change{Chat: 7, Queue: []Item{answer("on")}})
	}
}

func TestARestorationThatIsGivenUp(t *testing.T) {
	f := newFile(t)
	week(t, f)
	backup := f.backUp()
	before := f.dump()
	f.close()
	ctx, cancel := context.WithCancel(t.Context())
	r := f.restoring(backup)
	r.Told = func(string, int64, int64) { cancel() }
	if _, err := Restore(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("Restore: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(f.path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	f.open()
	same(t, "database", f.dump(), before)
}

// Whoever waited for the lock of the database while another file was put in its
// place gets that one, and not the one that was moved aside.
func TestWhoWaitedGetsTheRestoredOne(t *testing.T) {
	f := newFile(t)
	week(t, f)
	backup := f.backUp()
	f.commit(Change{Update: 2, Chat: 8, Case: &bot.Case{Number: 1, Seq: 1}, Records: []bot.Record{record(1)}})
	f.close()
	held, err := holdPresent(f.path)
	if err != nil {
		t.Fatal(err)
	}
	type opening struct {
		s   *Store
		err error
	}
	waiting := make(chan opening)
	go func() {
		s, err := OpenSealed(f.path, f.key)
		waiting <- opening{s, err}
	}()
	<-time.After(100 * time.Millisecond) // until it has opened the file and waits for the lock
	r := f.restoring(backup)
	if _, err := r.replace(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	if got := <-waiting; got.err == nil {
		if n := got.s.handle.db.Path(); !sameFile(n, f.path) {
			t.Errorf("it opened %s", n)
		}
		got.s.Close()
	} else if !errors.Is(got.err, ErrLocked) {
		t.Errorf("Open: %v, want ErrLocked, to be tried again", got.err)
	}
	f.open()
	if r := f.sound(); r.Cases != 1 {
		t.Errorf("it has %d cases, and the backup one", r.Cases)
	}
}
