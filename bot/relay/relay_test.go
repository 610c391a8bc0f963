package relay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

func TestConversation(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.commit(w.said(ann, "hello"), w.said(bob, "hi"), w.said(ann, "again"))
		w.settle()
		same(t, "sent to ann", w.messenger.texts(ann), []string{"re hello", "re again"})
		same(t, "sent to bob", w.messenger.texts(bob), []string{"re hi"})
		same(t, "records of ann", w.records(ann), []string{"hello", "again"})
		if s := w.Stats(); s.Updates != 3 || s.Sent != 3 {
			t.Errorf("stats %+v", s)
		}
	})
}

// When an update is acknowledged, its change is in the file already.
func TestAcknowledgedAfterTheCommit(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		for i := range 50 {
			u := w.said(ann, fmt.Sprint(i))
			known := false
			done := make(chan struct{})
			w.Accept(u, func(err error) {
				st, _ := w.db.Load(ann, u.ID, nil)
				known = err == nil && st.Seen
				close(done)
			})
			<-done
			if !known {
				t.Fatalf("update %d was acknowledged before it was written", u.ID)
			}
		}
	})
}

// Two updates back to back keep their order, in the file and in the answers.
func TestOrderOfPairs(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		var acknowledged sync.WaitGroup
		for i := range 1000 {
			for _, text := range []string{"first", "second"} {
				acknowledged.Add(1)
				w.Accept(w.said(bot.ChatID(i), text), func(err error) {
					if err != nil {
						t.Error(err)
					}
					acknowledged.Done()
				})
			}
		}
		acknowledged.Wait()
		if err := w.Idle(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range bot.ChatID(1000) {
			if got := w.records(i); !slices.Equal(got, []string{"first", "second"}) {
				t.Errorf("records of chat %d: %q", i, got)
			}
			if got := w.messenger.texts(i); !slices.Equal(got, []string{"re first", "re second"}) {
				t.Errorf("sent to chat %d: %q", i, got)
			}
		}
	})
}

func TestDuplicates(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		u := w.said(ann, "once")
		w.commit(u, u, u)
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re once"})
		w.restart()
		w.commit(u)
		w.settle()
		same(t, "records", w.records(ann), []string{"once"})
		if s := w.Stats(); s.Updates != 0 || s.Duplicates != 1 {
			t.Errorf("stats after the restart %+v", s)
		}
		same(t, "sent after the restart", w.messenger.texts(ann), nil)
	})
}

func TestPressesAreAlwaysAnswered(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		press := func(callback string, e bot.Event) bot.Update {
			u := w.update(ann, e)
			u.Callback = callback
			return u
		}
		first := press("cb1", bot.Pressed{Press: bot.Press{Arg: "x"}})
		w.commit(first, first, press("cb2", bot.Garbled{}), press("too old", bot.Garbled{}))
		w.settle()
		same(t, "answers", w.messenger.answered(), []string{"cb1: ", "cb1: toast x", "cb2: ", "too old: "})
		if s := w.Stats(); s.Unanswered != 1 {
			t.Errorf("%d unanswered, want the one that is too old", s.Unanswered)
		}
	})
}

func TestPressesEditTheScreen(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		press := func(on bot.MessageID) bot.Update {
			u := w.update(ann, bot.Pressed{Press: bot.Press{Arg: "x"}})
			u.Message = on
			return u
		}
		w.commit(press(7)) // nothing to edit yet: message 101
		w.settle()
		w.commit(press(101))
		w.settle()
		w.restart()
		w.commit(press(101))
		w.settle()
		same(t, "after the restart", w.messenger.texts(ann), []string{"101:pressed x"})
	})
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.commit(w.said(ann, "1"))
		w.settle()
		u := w.update(ann, bot.Pressed{Press: bot.Press{Arg: "y"}})
		u.Message = 77 // not the message that is the screen: that one stays as it is
		w.commit(u)
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "pressed y"})
	})
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.commit(w.said(ann, "1"), w.said(ann, "edit 2"), w.said(ann, "edit 3"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "101:re 2", "101:re 3"})
	})
}

func TestTimesAreInTheZoneOfTheChat(t *testing.T) {
	in(t, func(t *testing.T) {
		var zones []string
		look := func(c *Config) {
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				zones = append(zones, in.At.Location().String())
				return echo(k, c, in)
			}
		}
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Skip("no time zones here: ", err)
		}
		w := newWorld(t, look, func(c *Config) { c.Zone = berlin })
		w.commit(w.said(ann, "1"))
		w.settle()
		w.restart(look)
		w.commit(w.said(ann, "2"), w.said(bob, "3"))
		same(t, "zones", zones, []string{"Europe/Berlin", "Europe/Berlin", "UTC"})
	})
}

func TestStepGetsTheRecordsItWants(t *testing.T) {
	in(t, func(t *testing.T) {
		var recent []string
		w := newWorld(t, func(c *Config) {
			c.Wants = func(_ bot.Case, e bot.Event) bot.Wish { return bot.Wish{Newest: len(e.(bot.Said).Text)} }
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				recent = nil
				for _, r := range in.Recent {
					recent = append(recent, r.Text)
				}
				return echo(k, c, in)
			}
		})
		w.commit(w.said(ann, "a"), w.said(ann, "bb"), w.said(ann, "ccc"), w.said(ann, "dd"))
		same(t, "the two newest", recent, []string{"ccc", "bb"})
	})
}

// Deleting a message that held a secret comes before the answer to it.
func TestSecretIsDeletedFirst(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) {
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				c, fx := echo(k, c, in)
				fx.Delete = true
				return c, fx
			}
		})
		u := w.said(ann, "密码")
		w.commit(u)
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{fmt.Sprint("-", u.Message), "re 密码"})
	})
}

// forgetful erases the chat at the word "forget" or at a press.
func forgetful(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
	_, pressed := in.Event.(bot.Pressed)
	if said, ok := in.Event.(bot.Said); pressed || (ok && said.Text == "forget") {
		gone := bot.Message{Slot: bot.SlotScreen, Replace: true, Text: "forgotten"}
		return bot.Case{}, bot.Effects{Forget: true, Messages: []bot.Message{gone}}
	}
	return echo(k, c, in)
}

func TestForget(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Step = forgetful })
		w.commit(w.said(ann, "1"), w.said(bob, "2"))
		w.settle()
		w.commit(w.said(ann, "forget"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "forgotten"})
		if r := w.check(); r.Chats != 1 || r.Cases != 1 || r.Records != 1 || r.Waiting != 0 {
			t.Errorf("left in the file: %+v", r)
		}
		w.commit(w.said(ann, "edit 3"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "forgotten", "re 3"})
	})
}

func TestForgetByButtonEditsTheScreenWithTheButton(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Step = forgetful })
		w.commit(w.said(ann, "1"))
		w.settle()
		u := w.update(ann, bot.Pressed{})
		u.Message = 101
		w.commit(u)
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "101:forgotten"})
		if r := w.check(); r.Chats+r.Cases+r.Records+r.Waiting != 0 {
			t.Errorf("left in the file: %+v", r)
		}
	})
}

// What waits to be sent is erased with the rest, also while it is being sent.
func TestForgetWhileSending(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Step = forgetful })
		hold := make(chan struct{})
		w.messenger.refuse = func(c call, _ int) error {
			if c.text == "re 1" {
				<-hold
			}
			return nil
		}
		w.commit(w.said(ann, "many 3"), w.said(ann, "forget"))
		w.settle()
		close(hold)
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "forgotten"})
		if r := w.check(); r.Chats+r.Cases+r.Records+r.Waiting+r.Dead != 0 {
			t.Errorf("left in the file: %+v", r)
		}
	})
}

func TestLanesEndWhenIdle(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		for i := range 200 {
			w.commit(w.said(bot.ChatID(i), "x"))
		}
		w.settle()
		if n := len(w.lanes); n != 0 {
			t.Errorf("%d lanes run with nothing to do", n)
		}
		if n := len(w.outbox.queues); n != 0 {
			t.Errorf("%d chats are remembered with nothing to send", n)
		}
	})
}

// Who hands updates over is told when few are left to work on, and not before,
// though none of them may be durable yet.
func TestWhoHandsUpdatesOverIsToldWhenFewAreLeft(t *testing.T) {
	in(t, func(t *testing.T) {
		told, step := 0, make(chan struct{})
		w := newWorld(t, func(c *Config) {
			c.Hungry = func() { told++ }
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				<-step
				return echo(k, c, in)
			}
		})
		const chats = 10
		for chat := range bot.ChatID(chats) {
			w.Accept(w.said(chat+1, "hello"), func(error) {})
		}
		for left := chats; left > 0; left-- {
			w.quiet()
			if hungry := left <= few; hungry != (told > 0) {
				t.Errorf("told %d times with %d left", told, left)
			}
			step <- struct{}{}
		}
		w.settle()
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}

func TestIdle(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.ChatRate = 1 })
		w.commit(w.said(ann, "many 25"))
		if err := w.Idle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(w.messenger.texts(ann)); n != 25 {
			t.Errorf("idle after %d of 25 messages", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w.commit(w.said(ann, "many 25"))
		if err := w.Idle(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Idle: %v, want the deadline", err)
		}
		w.Idle(t.Context())
	})
}

func TestStopRefusesWhatWaits(t *testing.T) {
	in(t, func(t *testing.T) {
		hold := make(chan struct{})
		w := newWorld(t, func(c *Config) {
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				<-hold
				return echo(k, c, in)
			}
		})
		outcome := map[string]error{}
		var mu sync.Mutex
		accept := func(text string) {
			w.Accept(w.said(ann, text), func(err error) {
				mu.Lock()
				defer mu.Unlock()
				outcome[text] = err
			})
		}
		accept("begun")
		w.settle()
		accept("waiting")
		w.end()
		w.settle()
		accept("late")
		close(hold)
		w.settle()
		mu.Lock()
		defer mu.Unlock()
		if outcome["begun"] != nil || outcome["waiting"] != ErrStopped || outcome["late"] != ErrStopped || len(outcome) != 3 {
			t.Errorf("outcomes %v", outcome)
		}
		same(t, "records", w.records(ann), []string{"begun"})
	})
}

// A message in flight when the relay is to end is waited for, but not for ever.
func TestStopWaitsForWhatIsInFlight(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(c call, _ int) error {
			time.Sleep(3 * time.Second)
			return nil
		}
		w.commit(w.said(ann, "many 2"))
		w.quiet()
		start := time.Now()
		w.restart()
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("stopping took %v, want the 3 s of the message in flight", took)
		}
		w.settle()
		same(t, "sent by the second process", w.messenger.texts(ann), []string{"re 2"})
	})
}

func TestStopCutsOffWhatHangs(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Sender = hanging{c.Sender} })
		w.commit(w.said(ann, "x"))
		w.settle()
		start := time.Now()
		w.restart()
		if took := time.Since(start); took != stopGrace {
			t.Errorf("stopping took %v, want %v", took, stopGrace)
		}
		w.settle()
		same(t, "sent by the second process", w.messenger.texts(ann), []string{"re x"})
	})
}

// hanging is a messenger that never answers.
type hanging struct{ Sender }

func (hanging) Send(ctx context.Context, _ bot.ChatID, _ bot.Message, _ bot.MessageID, _ bool) (bot.MessageID, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// incident is what an outsider knows at the moment a process dies.
type incident struct {
	file         string
	acknowledged map[int64]bool
	sent         map[bot.ChatID][]string
}

// The promise: whenever the process dies, each update takes effect once, each
// answer is delivered, and at most one a chat comes twice. The file is copied at
// every write, as a process that dies there leaves it, and run on by a new one
// that is offered whatever was not acknowledged.
func TestDeathAtAnyWrite(t *testing.T) {
	const chats, each = 3, 4
	var incidents []incident
	var offered []bot.Update
	in(t, func(t *testing.T) {
		w := newWorld(t)
		var mu sync.Mutex // one write or delivery at a time, so that the moments are well defined
		w.messenger.refuse = func(call, int) error { mu.Lock(); defer mu.Unlock(); return nil }
		acknowledged := map[int64]bool{}
		dir := t.TempDir()
		w.db.wrote = func() {
			mu.Lock()
			defer mu.Unlock()
			i := incident{file: filepath.Join(dir, fmt.Sprint(len(incidents), ".db")), acknowledged: map[int64]bool{}, sent: map[bot.ChatID][]string{}}
			if err := w.db.Snapshot(i.file); err != nil {
				t.Error(err)
			}
			for id := range acknowledged {
				i.acknowledged[id] = true
			}
			for chat := range bot.ChatID(chats) {
				i.sent[chat] = w.messenger.texts(chat)
			}
			incidents = append(incidents, i)
		}
		var pending sync.WaitGroup
		for n := range each {
			for chat := range bot.ChatID(chats) {
				u := w.said(chat, fmt.Sprint(n))
				offered = append(offered, u)
				pending.Add(1)
				w.Accept(u, func(error) {
					mu.Lock()
					defer mu.Unlock()
					acknowledged[u.ID] = true
					pending.Done()
				})
			}
		}
		pending.Wait()
		w.settle()
		for _, i := range incidents {
			w2 := worldAt(t, i.file)
			for _, u := range offered {
				if !i.acknowledged[u.ID] {
					w2.commit(u)
				}
			}
			w2.settle()
			for chat := range bot.ChatID(chats) {
				same(t, "records", w2.records(chat), []string{"0", "1", "2", "3"})
				all := append(slices.Clone(i.sent[chat]), w2.messenger.texts(chat)...)
				if got := slices.Compact(slices.Clone(all)); !slices.Equal(got, []string{"re 0", "re 1", "re 2", "re 3"}) || len(all) > each+1 {
					t.Errorf("sent to chat %d in both lives: %q", chat, all)
				}
			}
		}
	})
	if len(incidents) != 2*chats*each {
		t.Errorf("%d deaths were tried, want one at each of %d writes", len(incidents), 2*chats*each)
	}
}

// Updates of many chats in a random order, some offered twice, all at once.
func TestManyChats(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		const chats, each = 40, 25
		rng := rand.New(rand.NewPCG(1, 2))
		next := map[bot.ChatID]int{}
		var acknowledged sync.WaitGroup
		for len(next) < chats || slices.ContainsFunc(chatIDs(chats), func(c bot.ChatID) bool { return next[c] < each }) {
			chat := bot.ChatID(rng.IntN(chats))
			if next[chat] == each {
				continue
			}
			u := w.said(chat, fmt.Sprint(next[chat]))
			next[chat]++
			for range 1 + rng.IntN(2) {
				acknowledged.Add(1)
				w.Accept(u, func(err error) {
					if err != nil {
						t.Error(err)
					}
					acknowledged.Done()
				})
			}
		}
		acknowledged.Wait()
		w.settle()
		var records, sent []string
		for i := range each {
			records = append(records, fmt.Sprint(i))
			sent = append(sent, fmt.Sprint("re ", i))
		}
		for _, chat := range chatIDs(chats) {
			same(t, "records", w.records(chat), records)
			same(t, "sent", w.messenger.texts(chat), sent)
		}
	})
}

func chatIDs(n int) (ids []bot.ChatID) {
	for i := range n {
		ids = append(ids, bot.ChatID(i))
	}
	return ids
}
