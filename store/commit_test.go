package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// together runs the functions, which commit, so that all they commit is queued
// before any of it is written, and returns the number of transactions it took.
// It must run in a bubble.
func (f *file) together(commits ...func()) int64 {
	var transactions atomic.Int64
	hold := make(chan struct{})
	f.update = func(fn func(*bolt.Tx) error) error {
		<-hold
		transactions.Add(1)
		return f.handle.db.Update(fn)
	}
	var wg sync.WaitGroup
	wg.Go(func() { f.commit(Change{Chat: 999}) })
	synctest.Wait()
	for _, c := range commits {
		wg.Go(c)
	}
	synctest.Wait()
	close(hold)
	wg.Wait()
	f.update = f.handle.db.Update
	return transactions.Load() - 1
}

func TestWhatIsQueuedSharesATransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		var commits []func()
		for i := range 100 {
			commits = append(commits, func() { f.commit(Change{Update: int64(i + 1), Chat: bot.ChatID(i)}) })
		}
		if n := f.together(commits...); n != 1 {
			t.Errorf("100 changes took %d transactions, want 1", n)
		}
		if r := f.sound(); r.Updates != 100 {
			t.Errorf("%d updates are known", r.Updates)
		}
	})
}

func TestDuplicatesWithinOneTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		var fresh atomic.Int64
		commit := func() {
			if !f.commit(Change{Update: 1, Chat: 7, Queue: []Item{answer("x")}}).Duplicate {
				fresh.Add(1)
			}
		}
		f.together(slices.Repeat([]func(){commit}, 20)...)
		if r := f.sound(); fresh.Load() != 1 || r.Waiting != 1 {
			t.Errorf("%d of 20 took effect, %d messages wait; want one", fresh.Load(), r.Waiting)
		}
	})
}

// A change that cannot be written does not take its neighbours with it.
func TestInvalidChangeFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		c := aCase()
		f.commit(Change{Update: 1, Chat: 7, Case: &c, Records: []bot.Record{record(1)}})
		f.together(
			func() { f.commit(Change{Update: 3, Chat: 2}) },
			func() {
				if _, err := f.Commit(Change{Update: 4, Chat: 7, Case: &c, Records: []bot.Record{record(1)}}); !errors.Is(err, ErrInvalid) {
					t.Errorf("Commit: %v, want ErrInvalid", err)
				}
			},
			func() { f.commit(Change{Update: 5, Chat: 3}) },
		)
		if r := f.sound(); r.Updates != 3 {
			t.Errorf("%d updates are known, want 1, 3 and 5", r.Updates)
		}
	})
}

func TestStoreThatCannotWrite(t *testing.T) {
	f := newFile(t)
	full := errors.New("no space left on device")
	f.update = func(fn func(*bolt.Tx) error) error {
		return f.handle.db.Update(func(tx *bolt.Tx) error { return errors.Join(fn(tx), full) })
	}
	c := aCase()
	change := Change{Update: 1, Chat: 7, Case: &c, Records: []bot.Record{record(1)}}
	if _, err := f.Commit(change); !errors.Is(err, full) || errors.Is(err, ErrInvalid) {
		t.Fatalf("Commit: %v", err)
	}
	f.update = func(func(*bolt.Tx) error) error { panic("page 7 freed twice") }
	if _, err := f.Commit(change); !errors.Is(err, ErrDamaged) {
		t.Fatalf("Commit: %v", err)
	}
	same(t, "state", f.load(7, 1), State{})
	f.update = f.handle.db.Update
	if f.commit(change).Duplicate {
		t.Error("a change that failed counts as written")
	}
}

// Whatever Commit has returned for is in a copy of the file taken then, as a
// process that is killed at that moment would leave it.
func TestDurableWhenCommitReturns(t *testing.T) {
	f := newFile(t)
	for i := 1; i <= 25; i++ {
		f.commit(Change{Update: int64(i), Chat: 7, Queue: []Item{answer(fmt.Sprint(i))}})
		c := &file{t: t, path: filepath.Join(t.TempDir(), "crashed.db"), key: everKey}
		if err := f.Snapshot(c.path); err != nil {
			t.Fatal(err)
		}
		c.open()
		if r := c.sound(); r.Updates != i || r.Waiting != i {
			t.Fatalf("after %d changes a copy has %d updates and %d messages", i, r.Updates, r.Waiting)
		}
		c.close()
	}
}

func TestCloseWritesWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		hold := make(chan struct{})
		f.update = func(fn func(*bolt.Tx) error) error {
			<-hold
			return f.handle.db.Update(fn)
		}
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() { f.commit(Change{Update: int64(i + 1), Chat: 1}) })
		}
		synctest.Wait()
		wg.Go(f.close)
		synctest.Wait()
		close(hold)
		wg.Wait()
		f.open()
		if r := f.sound(); r.Updates != 50 {
			t.Errorf("%d updates are known, want 50", r.Updates)
		}
	})
}

func TestUpdateIDsAreForgottenInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		f.keep = retention{age: 48 * time.Hour, count: 10}
		commit := func(from, to int64) {
			for id := from; id <= to; id++ {
				f.commit(Change{Update: id, Chat: 1})
			}
		}
		known := func() int { return f.sound().Updates }

		commit(1, 30)
		if n := known(); n != 30 {
			t.Errorf("%d known before they are old, want 30", n)
		}
		time.Sleep(49 * time.Hour)
		commit(31, 35)
		if n := known(); n != 25 {
			t.Errorf("%d known, want 25: each of the five commits adds one and forgets two", n)
		}
		commit(36, 60)
		if n := known(); n != 30 {
			t.Errorf("%d known, want the 30 younger than 48 hours", n)
		}
		time.Sleep(1000 * time.Hour)
		commit(61, 90)
		if n := known(); n != 30 {
			t.Errorf("%d known, want the 30 younger than 48 hours", n)
		}
		time.Sleep(1000 * time.Hour)
		commit(91, 91)
		time.Sleep(1000 * time.Hour)
		for id := int64(92); id <= 120; id++ {
			f.commit(Change{Update: id, Chat: 1})
			time.Sleep(100 * time.Hour)
		}
		if n := known(); n != 10 {
			t.Errorf("%d known, want the newest 10, however old", n)
		}
	})
}

// A clock that is set back by a year, as each bubble does to the one before,
// forgets no update id, and so does one that is set forward again.
func TestUpdateIDsOutliveAClockThatJumps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	for i, jump := range []time.Duration{365 * 24 * time.Hour, 0, 3 * 365 * 24 * time.Hour, 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(jump)
			f := &file{t: t, path: path}
			f.open()
			defer f.close()
			fresh := int64(i + 1)
			for id := int64(1); id <= fresh; id++ {
				if got := f.commit(Change{Update: id, Chat: 1}).Duplicate; got != (id < fresh) {
					t.Errorf("clock %d: update %d is known: %v", i+1, id, got)
				}
			}
		})
	}
}
