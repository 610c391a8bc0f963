package relay

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// refusing returns an error with the given reason.
func refusing(why bot.Reason) error {
	return &bot.Refusal{Reason: why, Err: errors.New("the messenger's words")}
}

// refuse makes the messenger refuse messages with the given text.
func (w *world) refuse(text string, err error) {
	w.messenger.refuse = func(c call, _ int) error {
		if c.text == text {
			return err
		}
		return nil
	}
}

func TestRateOfAChat(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.ChatRate = 1 })
		w.commit(w.said(ann, "many 23"), w.said(bob, "x"))
		time.Sleep(time.Minute)
		want := make([]time.Duration, 21, 24) // a burst of 20, and the one of bob
		want = append(want, time.Second, 2*time.Second, 3*time.Second)
		if got := w.messenger.times(); !slices.Equal(got, want) {
			t.Errorf("sent at %v", got)
		}
	})
}

func TestRateInAll(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.SendRate, c.ChatRate = 30, 1 })
		for i := range 90 {
			w.commit(w.said(bot.ChatID(i), "x"))
		}
		time.Sleep(time.Minute)
		at := w.messenger.times()
		if len(at) != 90 {
			t.Fatalf("%d messages, want 90", len(at))
		}
		for i := range len(at) - 30 {
			if at[i+30]-at[i] < 999*time.Millisecond {
				t.Errorf("messages %d to %d came within %v", i, i+30, at[i+30]-at[i])
			}
		}
		if last := at[89]; last > 3*time.Second {
			t.Errorf("90 messages took %v, want 3 s", last)
		}
	})
}

func TestPaceKeepsToItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(1, 30).Draw(t, "burst")
		r := perSecond(rapid.Float64Range(0.1, 100).Draw(t, "rate"), burst)
		now := time.Unix(0, 0)
		var p pace
		var taken []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2_000_000_000).Draw(t, "pause")))
			if at := p.next(r, now); at.After(now) {
				now = at
			}
			if p.next(r, now).After(now) {
				t.Fatal("not allowed at the moment that was named")
			}
			p.take(r, now)
			taken = append(taken, now)
		}
		for i := range taken {
			for j := i + burst; j < len(taken); j++ {
				if least := time.Duration(j-i-burst+1) * r.interval; taken[j].Sub(taken[i]) < least {
					t.Fatalf("%d times within %v", j-i+1, taken[j].Sub(taken[i]))
				}
			}
		}
	})
}

func TestNoLimit(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.commit(w.said(ann, "many 500"))
		w.settle()
		if n := len(w.messenger.texts(ann)); n != 500 {
			t.Errorf("%d of 500 messages were sent at once", n)
		}
	})
}

func TestTooFastPausesTheChat(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(c call, tries int) error {
			if c.chat == ann && tries == 1 {
				return &bot.Refusal{Reason: bot.TooFast, After: 7 * time.Second}
			}
			return nil
		}
		start := time.Now()
		w.commit(w.said(ann, "many 2"))
		w.quiet()
		w.commit(w.said(bob, "x"), w.said(ann, "y"))
		time.Sleep(7*time.Second - 1)
		same(t, "sent to bob", w.messenger.texts(bob), []string{"re x"})
		same(t, "sent to ann before the pause is over", w.messenger.texts(ann), nil)
		time.Sleep(1)
		w.quiet()
		same(t, "sent to ann", w.messenger.texts(ann), []string{"re 1", "re 2", "re y"})
		if took := time.Since(start); took != 7*time.Second {
			t.Errorf("that took %v", took)
		}
	})
}

func TestThreeChatsTooFastPauseAll(t *testing.T) {
	for chats, wantBob := range map[int][]string{2: {"re x"}, 3: nil} {
		in(t, func(t *testing.T) {
			w := newWorld(t)
			refused := map[bot.ChatID]bool{}
			w.messenger.refuse = func(c call, _ int) error {
				w.messenger.mu.Lock()
				defer w.messenger.mu.Unlock()
				if c.chat < 10 && !refused[c.chat] {
					refused[c.chat] = true
					return &bot.Refusal{Reason: bot.TooFast, After: 5 * time.Second}
				}
				return nil
			}
			for i := range chats {
				w.commit(w.said(bot.ChatID(i), "x"))
				time.Sleep(300 * time.Millisecond)
			}
			w.commit(w.said(bob, "x"))
			time.Sleep(4 * time.Second)
			same(t, fmt.Sprintf("sent to bob after %d refusals", chats), w.messenger.texts(bob), wantBob)
			time.Sleep(2 * time.Second)
			for i := range chats {
				same(t, "sent later", w.messenger.texts(bot.ChatID(i)), []string{"re x"})
			}
			same(t, "sent to bob later", w.messenger.texts(bob), []string{"re x"})
		})
	}
}

// One chat that is refused again and again says nothing about the others.
func TestOneChatTooFastTwiceIsNotACrowd(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		left := map[bot.ChatID]int{1: 2, 2: 1}
		w.messenger.refuse = func(c call, _ int) error {
			w.messenger.mu.Lock()
			defer w.messenger.mu.Unlock()
			if left[c.chat] > 0 {
				left[c.chat]--
				return &bot.Refusal{Reason: bot.TooFast}
			}
			return nil
		}
		w.commit(w.said(1, "x"))
		time.Sleep(shortest)
		w.settle() // refused twice by now, a second apart
		w.commit(w.said(2, "x"))
		w.settle()
		w.commit(w.said(bob, "x"))
		w.settle()
		same(t, "sent to bob at once", w.messenger.texts(bob), []string{"re x"})
	})
}

func TestUnreachable(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		var tried []time.Duration
		start := time.Now()
		w.messenger.refuse = func(c call, tries int) error {
			tried = append(tried, time.Since(start))
			if tries <= 12 {
				return refusing(bot.Unreachable)
			}
			return nil
		}
		w.commit(w.said(ann, "many 2"))
		time.Sleep(time.Hour)
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "re 2"})
		for i := 1; i < 12; i++ {
			pause, longest := tried[i]-tried[i-1], min(firstPause<<(i-1), longPause)
			if pause < longest/2 || pause > longest {
				t.Errorf("pause %d is %v, want between %v and %v", i, pause, longest/2, longest)
			}
		}
		if s := w.Stats(); s.Retries != 12 || s.Sent != 2 {
			t.Errorf("stats %+v", s)
		}
	})
}

// An error that is no refusal says nothing about the message.
func TestUnknownErrorIsTriedAgain(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(c call, tries int) error {
			if tries == 1 {
				return errors.New("connection reset by peer")
			}
			return nil
		}
		w.commit(w.said(ann, "x"))
		time.Sleep(time.Minute)
		same(t, "sent", w.messenger.texts(ann), []string{"re x"})
	})
}

func TestUnreachableForADay(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		var up atomic.Bool
		w.messenger.refuse = func(c call, _ int) error {
			if !up.Load() {
				return refusing(bot.Unreachable)
			}
			return nil
		}
		w.commit(w.said(ann, "old"))
		time.Sleep(23 * time.Hour)
		w.commit(w.said(ann, "young"))
		time.Sleep(2 * time.Hour)
		if r := w.check(); r.Dead != 1 || r.Waiting != 1 {
			t.Errorf("after 25 hours %d dead letters and %d waiting, want one of each", r.Dead, r.Waiting)
		}
		time.Sleep(22*time.Hour - 2*longPause)
		w.commit(w.said(ann, "youngest"))
		if r := w.check(); r.Dead != 1 || r.Waiting != 2 {
			t.Errorf("shortly before the second is a day old: %d dead letters and %d waiting", r.Dead, r.Waiting)
		}
		time.Sleep(4 * longPause)
		if r := w.check(); r.Dead != 2 || r.Waiting != 1 {
			t.Errorf("shortly after the second is a day old: %d dead letters and %d waiting", r.Dead, r.Waiting)
		}
		up.Store(true)
		time.Sleep(longPause)
		same(t, "sent", w.messenger.texts(ann), []string{"re youngest"})
	})
}

func TestBlocked(t *testing.T) {
	for _, sign := range []bot.Event{bot.Returned{}, bot.Said{Text: "back"}} {
		in(t, func(t *testing.T) {
			w := newWorld(t)
			w.refuse("re 1", refusing(bot.Blocked))
			w.commit(w.said(ann, "many 2"))
			time.Sleep(48 * time.Hour)
			same(t, "sent", w.messenger.texts(ann), nil)
			if w.messenger.tries != 1 {
				t.Errorf("%d tries while blocked, want 1", w.messenger.tries)
			}
			w.restart()
			w.settle()
			same(t, "sent after a restart", w.messenger.texts(ann), nil)
			w.commit(w.update(ann, bot.Ignored{}))
			w.settle()
			same(t, "sent after what is no sign of life", w.messenger.texts(ann), nil)
			w.commit(w.update(ann, sign))
			w.settle()
			if got := w.messenger.texts(ann); len(got) < 2 || got[0] != "re 1" || got[1] != "re 2" {
				t.Errorf("sent after %T: %q", sign, got)
			}
		})
	}
}

func TestLeftHoldsTheQueue(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.ChatRate = 1 })
		w.commit(w.said(ann, "many 22"), w.update(ann, bot.Left{}))
		time.Sleep(time.Hour)
		held := len(w.messenger.texts(ann))
		if held > chatBurst {
			t.Errorf("%d messages sent to a chat that left", held)
		}
		w.commit(w.update(ann, bot.Returned{}))
		time.Sleep(time.Minute)
		if n := len(w.messenger.texts(ann)); n != 22 {
			t.Errorf("%d messages sent after the return, want 22", n)
		}
	})
}

// A refusal that was on its way while the user came back does not count.
func TestBlockedOvertakenByReturn(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(c call, tries int) error {
			if tries > 1 {
				return nil
			}
			time.Sleep(time.Second)
			return refusing(bot.Blocked)
		}
		w.commit(w.said(ann, "x"))
		w.settle()
		w.commit(w.update(ann, bot.Returned{}))
		time.Sleep(time.Minute)
		same(t, "sent", w.messenger.texts(ann), []string{"re x"})
	})
}

func TestNotModifiedIsDone(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.commit(w.said(ann, "1"))
		w.settle()
		w.refuse("re 2", refusing(bot.NotModified))
		w.commit(w.said(ann, "edit 2"), w.said(ann, "edit 3"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "101:re 3"})
		if r := w.check(); r.Dead != 0 || r.Waiting != 0 {
			t.Errorf("report %+v", r)
		}
	})
}

func TestCannotEditIsSentAnew(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(c call, _ int) error {
			if c.edit == 101 {
				return refusing(bot.CannotEdit)
			}
			return nil
		}
		w.commit(w.said(ann, "1"), w.said(ann, "edit 2"), w.said(ann, "edit 3"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 1", "re 2", "102:re 3"})
	})
}

func TestCannotParseIsSentPlain(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(c call, _ int) error {
			switch {
			case !strings.HasPrefix(c.text, "~"):
				return refusing(bot.CannotParse)
			case c.edit != 0:
				return refusing(bot.CannotEdit)
			}
			return nil
		}
		w.commit(w.said(ann, "1"), w.said(ann, "edit 2"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"~re 1", "~re 2"})
	})
}

func TestRejected(t *testing.T) {
	for _, why := range []bot.Reason{bot.Rejected, bot.CannotEdit, "a reason of tomorrow"} {
		in(t, func(t *testing.T) {
			w := newWorld(t)
			w.refuse("re bad", refusing(why))
			w.commit(w.said(ann, "bad"), w.said(ann, "good"))
			w.settle()
			sent := w.messenger.texts(ann)
			slices.Sort(sent)
			same(t, "sent", sent, []string{string(bot.NoticeUndelivered), "re good"})
			if r := w.check(); r.Dead != 1 || r.Waiting != 0 {
				t.Errorf("%d dead letters and %d waiting", r.Dead, r.Waiting)
			}
		})
	}
}

func TestManyRejectedInARowGiveOneNotice(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(c call, _ int) error {
			if strings.HasPrefix(c.text, "re") {
				return refusing(bot.Rejected)
			}
			return nil
		}
		w.commit(w.said(ann, "many 5"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{string(bot.NoticeUndelivered)})
		w.commit(w.said(ann, "x"))
		w.settle()
		same(t, "sent for the next answer", w.messenger.texts(ann), slices.Repeat([]string{string(bot.NoticeUndelivered)}, 2))
	})
}

func TestRejectedNoticeIsNotALoop(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(call, int) error { return refusing(bot.Rejected) }
		w.commit(w.said(ann, "x"))
		w.settle()
		if r := w.check(); r.Dead != 2 || r.Waiting != 0 {
			t.Errorf("%d dead letters and %d waiting, want the answer and the notice", r.Dead, r.Waiting)
		}
	})
}

// A notice that cannot be stored is left out; the dead letter is not.
func TestNoticeThatCannotBeMade(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) {
			c.Tell = func(*knowledge.Pack, bot.Notice) bot.Message { return bot.Message{} }
		})
		w.refuse("re 1", refusing(bot.Rejected))
		w.commit(w.said(ann, "many 2"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re 2"})
	})
}

// The user is not told that a message of theirs could not be deleted.
func TestDeletionThatIsRejected(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) {
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				c, fx := echo(k, c, in)
				fx.Delete = true
				return c, fx
			}
		})
		w.messenger.refuse = func(c call, _ int) error {
			if c.gone != 0 {
				return refusing(bot.Rejected)
			}
			return nil
		}
		w.commit(w.said(ann, "x"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"re x"})
		if r := w.check(); r.Dead != 0 {
			t.Errorf("%d dead letters", r.Dead)
		}
	})
}

func TestSenderThatPanics(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		w.messenger.refuse = func(c call, _ int) error {
			if c.text == "re 密" {
				panic("cannot render " + c.text)
			}
			return nil
		}
		w.commit(w.said(ann, "密"))
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{string(bot.NoticeUndelivered)})
	})
}

func TestOutboxGoesOnAfterARestart(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.ChatRate = 1 })
		for i := range 50 {
			w.commit(w.said(bot.ChatID(i), "many 22"))
		}
		w.settle()
		w.restart()
		w.settle()
		for i := range 50 {
			same(t, "sent by the second process", w.messenger.texts(bot.ChatID(i)), []string{"re 21", "re 22"})
		}
	})
}

// The rates of chats that have nothing to send are forgotten in the end.
func TestRatesAreForgotten(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.ChatRate = 1 })
		for i := range 2000 {
			w.commit(w.said(bot.ChatID(i), "x"))
			time.Sleep(100 * time.Millisecond)
		}
		w.settle()
		if n := len(w.outbox.queues); n > 3*InFlight {
			t.Errorf("%d chats are remembered, of 2000 of which 10 had a message in the last second", n)
		}
	})
}
