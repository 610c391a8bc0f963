package relay

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// failing is a core that fails at the word 密 in one of several ways, the first
// times it is asked.
func failing(times int, how func(*bot.Case, *bot.Effects)) func(*Config) {
	return func(c *Config) {
		c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
			c, fx := echo(k, c, in)
			if said, ok := in.Event.(bot.Said); (!ok || strings.Contains(said.Text, "密")) && times > 0 {
				times--
				how(&c, &fx)
			}
			return c, fx
		}
	}
}

func panics(*bot.Case, *bot.Effects) { panic("cannot read 密码") }

func TestPoison(t *testing.T) {
	tests := []struct {
		name  string
		how   func(*bot.Case, *bot.Effects)
		cause string
	}{
		{"a panic with a text", panics, "panic with a string"},
		{"a panic of the runtime", func(c *bot.Case, _ *bot.Effects) { _ = c.Picked[c.Number] }, "runtime error: index out of range [1] with length 0"},
		{"a record number that is taken", func(_ *bot.Case, fx *bot.Effects) { fx.Records[0].Seq = 1 }, "the change cannot be stored: record number 1 is taken"},
		{"a time that cannot be written", func(c *bot.Case, _ *bot.Effects) { c.Opened = time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC) }, "the change cannot be stored"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in(t, func(t *testing.T) {
				w := newWorld(t, failing(attempts, tt.how))
				bad := w.said(ann, "密")
				w.commit(w.said(ann, "before"), bad, w.said(ann, "after"), bad)
				w.settle()
				same(t, "sent", w.messenger.texts(ann), []string{"re before", string(bot.NoticeFault), "re after"})
				same(t, "records", w.records(ann), []string{"before", "after"})
				r := w.check()
				if len(r.Poison) != 1 || r.Updates != 3 {
					t.Fatalf("poison %+v, %d updates", r.Poison, r.Updates)
				}
				p := r.Poison[0]
				if p.Update != bad.ID || p.Event != "said" || !strings.HasPrefix(p.Cause, tt.cause) || strings.Contains(p.Cause+p.Stack, "密") {
					t.Errorf("poison %+v", p)
				}
				if s := w.Stats(); s.Faults != attempts || s.Poisoned != 1 {
					t.Errorf("stats %+v", s)
				}
			})
		})
	}
}

// The stack says where it happened, without folders and arguments.
func TestPoisonHasAStack(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, failing(attempts, panics))
		w.commit(w.said(ann, "密"))
		stack := w.check().Poison[0].Stack
		first, _, _ := strings.Cut(stack, "\n")
		if !strings.Contains(first, "relay.panics fault_test.go:") {
			t.Errorf("the stack begins with %q", first)
		}
		if strings.Contains(stack, "/bot/relay/") || strings.Contains(stack, "0x") {
			t.Errorf("the stack holds folders or addresses:\n%s", stack)
		}
	})
}

func TestFaultThatPasses(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, failing(attempts-1, panics))
		w.commit(w.said(ann, "密"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 密"})
		if r := w.check(); len(r.Poison) != 0 {
			t.Errorf("poison %+v", r.Poison)
		}
	})
}

func TestPressThatIsPoisonIsAnswered(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, failing(attempts, panics))
		u := w.update(ann, bot.Pressed{})
		u.Callback = "cb"
		w.commit(u)
		w.settle()
		same(t, "answers", w.messenger.answered(), []string{"cb: "})
		same(t, "sent", w.messenger.texts(ann), []string{string(bot.NoticeFault)})
	})
}

// Nobody is told of an update that no user would expect an answer to, and a
// notice that cannot be made does not stand in the way.
func TestPoisonWithoutANotice(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, failing(2*attempts, panics), func(c *Config) {
			c.Tell = func(*knowledge.Pack, bot.Notice) bot.Message { panic("no content") }
		})
		w.commit(w.update(ann, bot.Left{}), w.said(ann, "密"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), nil)
		if r := w.check(); len(r.Poison) != 2 {
			t.Errorf("poison %+v", r.Poison)
		}
	})
}

// A chat whose case cannot be read does not hold up the others, and its user
// gets a sentence for each message.
func TestDamagedChat(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.commit(w.said(ann, "1"), w.said(bob, "1"))
		w.settle()
		w.stop()
		damage(t, w.path)
		w.start()
		w.commit(w.said(ann, "2"), w.said(bob, "2"))
		w.settle()
		same(t, "sent to ann", w.messenger.texts(ann), []string{string(bot.NoticeFault)})
		same(t, "sent to bob", w.messenger.texts(bob), []string{"re 2"})
		if r, err := w.db.Check(); err != nil || len(r.Poison) != 1 || len(r.Problems) != 1 {
			t.Errorf("report %+v, %v", r, err)
		}
		repair(t, w)
	})
}

// damage overwrites the first case in the file.
func damage(t *testing.T, path string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("cases"))
		k, _ := b.Cursor().First()
		return b.Put(k, []byte("{"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// repair erases the damaged chat, so that the check at the end finds nothing.
func repair(t *testing.T, w *world) {
	t.Helper()
	if _, err := w.db.Commit(store.Change{Chat: ann, Erase: true}); err != nil {
		t.Fatal(err)
	}
}

var errFull = errors.New("no space left on device")

func TestStoreDown(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.commit(w.said(ann, "0"))
		w.settle()
		w.db.fail(errFull)
		one, two, three := w.said(ann, "1"), w.said(ann, "2"), w.said(bob, "3")
		for range 3 { // the messenger offers again what was not acknowledged
			for _, u := range []bot.Update{one, two, three} {
				if err := w.offer(u); !errors.Is(err, errFull) {
					t.Fatalf("update %d: %v, want that it is not acknowledged", u.ID, err)
				}
			}
		}
		w.settle()
		down := string(bot.NoticeStoreDown)
		same(t, "sent to ann", w.messenger.texts(ann), []string{"re 0", down})
		same(t, "sent to bob", w.messenger.texts(bob), []string{down})

		w.db.fail(nil)
		w.commit(one, two, three)
		w.settle()
		same(t, "sent to ann", w.messenger.texts(ann), []string{"re 0", down, "re 1", "re 2"})
		same(t, "records", w.records(ann), []string{"0", "1", "2"})

		w.db.fail(errFull)
		if err := w.offer(w.said(ann, "4")); err == nil {
			t.Fatal("acknowledged")
		}
		w.settle()
		same(t, "told again in the next outage", w.messenger.texts(ann), []string{"re 0", down, "re 1", "re 2", down})
		w.db.fail(nil)
	})
}

// What no user wrote is refused in silence.
func TestStoreDownTellsOnlyWhoWrites(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.db.fail(errFull)
		for _, e := range []bot.Event{bot.Left{}, bot.Returned{}, bot.Grouped{}, bot.Ignored{}} {
			if err := w.offer(w.update(ann, e)); err == nil {
				t.Errorf("%T acknowledged", e)
			}
		}
		w.settle()
		same(t, "sent", w.messenger.texts(ann), nil)
		w.db.fail(nil)
	})
}

// An update behind one that was not committed must not overtake it.
func TestNothingOvertakesARefusedUpdate(t *testing.T) {
	in(t, func(t *testing.T) {
		hold := make(chan struct{})
		var w *world
		first := true
		w = newWorld(t, func(c *Config) {
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				if first {
					first = false
					<-hold
				}
				return echo(k, c, in)
			}
		})
		w.db.fail(errFull)
		one, two := w.said(ann, "1"), w.said(ann, "2")
		var errs []error
		var mu sync.Mutex
		for _, u := range []bot.Update{one, two} {
			w.Accept(u, func(err error) {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
				w.db.fail(nil) // the outage ends with the first refusal
			})
		}
		w.settle()
		close(hold)
		w.settle()
		mu.Lock()
		defer mu.Unlock()
		if len(errs) != 2 || errs[0] == nil || errs[1] == nil {
			t.Fatalf("outcomes %v, want two refusals", errs)
		}
		w.commit(one, two)
		same(t, "records", w.records(ann), []string{"1", "2"})
	})
}

// What was sent while it could not be noted is not sent again.
func TestSentButNotNoted(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(call, int) error {
			w.db.fail(errFull)
			return nil
		}
		w.commit(w.said(ann, "many 2"))
		time.Sleep(time.Hour)
		same(t, "sent in the outage", w.messenger.texts(ann), []string{"re 1"})
		w.messenger.refuse = nil
		w.db.fail(nil)
		time.Sleep(longPause)
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "re 2"})
	})
}

func TestClosedStoreIsNotAnOutage(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.db.fail(store.ErrClosed)
		if err := w.offer(w.said(ann, "x")); !errors.Is(err, store.ErrClosed) {
			t.Errorf("Accept: %v", err)
		}
		w.settle()
		same(t, "sent", w.messenger.texts(ann), nil)
		w.db.fail(nil)
	})
}

// What was given up stays given up: the next process, whose core would manage
// it, is offered it again and does nothing.
func TestPoisonDoesNotComeBack(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, failing(attempts, panics))
		bad := w.said(ann, "密")
		w.commit(bad)
		w.settle()
		w.restart()
		w.commit(bad, w.said(ann, "after"))
		w.settle()
		same(t, "sent by the second process", w.messenger.texts(ann), []string{"re after"})
		same(t, "records", w.records(ann), []string{"after"})
		if s := w.Stats(); s.Duplicates != 1 || s.Faults != 0 || len(w.check().Poison) != 1 {
			t.Errorf("stats %+v", s)
		}
	})
}

// Pages that cannot be read are tried again, and are no reason to bury what
// waits or to do nothing else.
func TestUnreadableOutboxIsTriedAgain(t *testing.T) {
	in(t, func(t *testing.T) {
		var broken atomic.Bool
		var reads atomic.Int64
		w := newWorld(t, func(c *Config) { c.Store = &unreadable{Store: c.Store, broken: &broken, reads: &reads} })
		broken.Store(true)
		w.commit(w.said(ann, "1"))
		time.Sleep(time.Hour)
		if n := reads.Load(); n < 50 || n > 100 {
			t.Errorf("read %d times in an hour, want about once a minute", n)
		}
		broken.Store(false)
		time.Sleep(longPause)
		same(t, "sent", w.messenger.texts(ann), []string{"re 1"})
	})
}

// unreadable is a store whose outbox cannot be read while it is broken.
type unreadable struct {
	Store
	broken *atomic.Bool
	reads  *atomic.Int64
}

func (u *unreadable) Head(chat bot.ChatID) (store.Head, bool, error) {
	u.reads.Add(1)
	if u.broken.Load() {
		return store.Head{}, false, fmt.Errorf("%w: page 7", store.ErrDamaged)
	}
	return u.Store.Head(chat)
}

// A clock that jumps, forward or back, gives up nothing before its time: what
// counts is how long the messenger was tried in vain.
func TestClockThatJumps(t *testing.T) {
	now := time.Now()
	for name, queued := range map[string]time.Time{
		"forward, since it was queued": now.AddDate(-1, 0, 0),
		"back, since it was queued":    now.AddDate(1, 0, 0),
	} {
		q := &queue{}
		if q.hopeless(store.Item{Queued: queued}, now) {
			t.Errorf("the clock jumped %s: given up at the first failure", name)
		}
		if q.hopeless(store.Item{Queued: queued}, now.Add(giveUpTime-time.Second)) {
			t.Errorf("the clock jumped %s: given up too early", name)
		}
		if !q.hopeless(store.Item{Queued: queued}, now.Add(giveUpTime)) {
			t.Errorf("the clock jumped %s: tried for more than a day", name)
		}
	}
}
