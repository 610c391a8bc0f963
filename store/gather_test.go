package store

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// slowly makes each transaction take d, and returns the count of them.
func (f *file) slowly(d time.Duration) *atomic.Int64 {
	var n atomic.Int64
	f.update = func(fn func(*bolt.Tx) error) error {
		n.Add(1)
		time.Sleep(d)
		return f.handle.db.Update(fn)
	}
	return &n
}

// delivered settles the only message of a chat as the outbox does.
func (f *file) delivered(chat bot.ChatID) {
	f.t.Helper()
	h, _ := f.head(chat)
	f.settle(Settlement{Chat: chat, Item: h.Item.ID, Fate: Delivered, Patient: !h.More})
}

func TestALoneCallerNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		f.slowly(time.Millisecond)
		for i := range 20 {
			began := time.Now()
			f.commit(Change{Update: int64(i + 1), Chat: 7})
			if took := time.Since(began); took != time.Millisecond {
				t.Fatalf("change %d took %v, want the millisecond of its transaction", i, took)
			}
		}
	})
}

// Ten callers who each come back a little after they were served end up in one
// transaction, though they come one by one, and wait no longer than for the last.
func TestCallersWhoAreComingShareTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		n := f.slowly(4 * time.Millisecond)
		const callers, each = 10, 30
		var wg sync.WaitGroup
		began := time.Now()
		f.Coming(callers)
		for c := range callers {
			wg.Go(func() {
				for i := range each {
					if i > 0 {
						f.Coming(1)
					}
					time.Sleep(time.Duration(c+1) * 200 * time.Microsecond)
					f.commit(Change{Update: int64(1 + c*each + i), Chat: bot.ChatID(c), Came: true})
				}
			})
		}
		wg.Wait()
		if got := n.Load(); got > each+1 {
			t.Errorf("%d changes took %d transactions, want about %d", callers*each, got, each)
		}
		if took := time.Since(began); took > each*(2+4)*time.Millisecond {
			t.Errorf("they took %v", took)
		}
	})
}

// Who said that he would come and takes his time, or stays away, holds nobody
// up for long.
func TestWhoIsComingIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		commit := func() time.Duration {
			began := time.Now()
			f.Coming(1)
			f.commit(Change{Update: began.UnixNano(), Chat: 7, Came: true})
			return time.Since(began)
		}
		f.Coming(1)
		if took := commit(); took != longestWait {
			t.Errorf("with another one coming it took %v, want %v", took, longestWait)
		}
		time.AfterFunc(longestWait/2, func() { f.Coming(-1) })
		if took := commit(); took != longestWait/2 {
			t.Errorf("until the other one gave up it took %v, want %v", took, longestWait/2)
		}
		f.Coming(1)
		if _, err := f.Commit(Change{Records: []bot.Record{{}}, Came: true}); err == nil {
			t.Error("an invalid change was written")
		}
		if took := commit(); took != 0 {
			t.Errorf("after one that came in vain it took %v", took)
		}
	})
}

// What nobody waits for is written with the next change that somebody does.
func TestAPatientChangeCostsNoTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		f.commit(Change{Chat: 7, Queue: []Item{answer("1")}})
		n := f.slowly(0)
		var wg sync.WaitGroup
		wg.Go(func() { f.delivered(7) })
		synctest.Wait()
		if n.Load() != 0 {
			t.Error("it did not wait")
		}
		f.commit(Change{Update: 1, Chat: 8})
		wg.Wait()
		if n.Load() != 1 {
			t.Errorf("both took %d transactions", n.Load())
		}
	})
}

func TestAPatientChangeDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		f.commit(Change{Chat: 7, Queue: []Item{answer("1"), answer("2")}})
		began := time.Now()
		f.delivered(7) // another waits behind it
		if took := time.Since(began); took != 0 {
			t.Errorf("the first took %v", took)
		}
		f.delivered(7)
		if took := time.Since(began); took != patience {
			t.Errorf("the last took %v, want %v", took, patience)
		}
		if _, ok := f.head(7); ok {
			t.Error("it is not written")
		}
	})
}

func TestClosingWritesThePatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		f.commit(Change{Chat: 7, Queue: []Item{answer("1")}})
		var wg sync.WaitGroup
		wg.Go(func() { f.delivered(7) })
		synctest.Wait()
		f.reopen()
		wg.Wait()
		if _, ok := f.head(7); ok {
			t.Error("it is not written")
		}
	})
}
