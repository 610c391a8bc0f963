package relay

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// planner is a core that sets, moves and cancels wakes, as it is told with
// "in DURATION WHY" and "no WHY", and keeps a record of each that comes.
func planner(_ *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
	c.Number = 1
	var fx bot.Effects
	note := func(text string) {
		c.Seq++
		fx.Records = append(fx.Records, bot.Record{Seq: c.Seq, Kind: bot.RecordNote, At: in.At, Text: text})
	}
	switch e := in.Event.(type) {
	case bot.Said:
		for _, part := range strings.Split(e.Text, ", ") {
			plan(&fx, part, in.At)
		}
	case bot.Woken:
		if e.Why == "bomb" {
			panic("boom")
		}
		note(fmt.Sprintf("%s +%v", e.Why, in.At.Sub(e.Due)))
		fx.Messages = []bot.Message{{Text: "ring " + e.Why}}
		if rest, ok := strings.CutPrefix(e.Why, "each "); ok {
			every, _ := time.ParseDuration(rest)
			fx.Wakes = []bot.Wake{{At: e.Due.Add(every), Why: e.Why}}
		}
	}
	return c, fx
}

func plan(fx *bot.Effects, text string, now time.Time) {
	verb, rest, _ := strings.Cut(text, " ")
	switch verb {
	case "in":
		in, why, _ := strings.Cut(rest, " ")
		d, _ := time.ParseDuration(in)
		fx.Wakes = append(fx.Wakes, bot.Wake{At: now.Add(d), Why: why})
	case "no":
		fx.Unwake = append(fx.Unwake, rest)
	case "forget":
		fx.Forget = true
	}
}

func plans(c *Config) { c.Step = planner }

func TestAWakeComesAtItsMomentOnce(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h call"), w.said(bob, "in 30m other"))
		time.Sleep(29 * time.Minute)
		w.settle()
		same(t, "before", append(w.records(ann), w.records(bob)...), nil)
		time.Sleep(time.Minute)
		w.settle()
		same(t, "after half an hour", w.records(bob), []string{"other +0s"})
		time.Sleep(48 * time.Hour)
		w.settle()
		same(t, "in the end", w.records(ann), []string{"call +0s"})
		same(t, "in the end", w.records(bob), []string{"other +0s"})
		same(t, "said", w.messenger.texts(ann), []string{"ring call"})
		if r := w.check(); r.Timers != 0 {
			t.Errorf("%d timers are left", r.Timers)
		}
	})
}

// One that came due while no process ran comes at the start of the next, and
// knows that it is late.
func TestAWakeSurvivesRestarts(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h call"), w.said(ann, "in 5h later"))
		w.restart(plans)
		w.stop()
		time.Sleep(3 * time.Hour)
		w.start(plans)
		w.settle()
		same(t, "at the start", w.records(ann), []string{"call +2h0m0s"})
		w.restart(plans)
		time.Sleep(3 * time.Hour)
		w.settle()
		same(t, "in the end", w.records(ann), []string{"call +2h0m0s", "later +0s"})
	})
}

func TestAWakeIsMovedAndCancelled(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h moved, in 1h sooner, in 1h cancelled, in 1h again"))
		w.commit(w.said(ann, "in 2h moved, in 10m sooner, no cancelled, no again, in 3h again, no never"))
		time.Sleep(90 * time.Minute)
		w.settle()
		same(t, "after 90 minutes", w.records(ann), []string{"sooner +0s"})
		time.Sleep(2 * time.Hour)
		w.settle()
		same(t, "in the end", w.records(ann), []string{"sooner +0s", "moved +0s", "again +0s"})
	})
}

func TestAWakeInThePastComesAtOnce(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in -1h late"))
		w.settle()
		same(t, "records", w.records(ann), []string{"late +1h0m0s"})
	})
}

// A wake that sets itself again goes on, also through restarts.
func TestAWakeThatSetsItselfAgain(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h each 1h"))
		for range 10 {
			time.Sleep(time.Hour)
			w.settle()
			w.restart(plans)
		}
		if got := len(w.records(ann)); got != 10 {
			t.Errorf("it came %d times in ten hours", got)
		}
	})
}

// What waits in the lane before a wake may move it: it then comes when it was
// moved to, and not before.
func TestAWakeThatIsMovedWhileItIsDue(t *testing.T) {
	in(t, func(t *testing.T) {
		open := make(chan struct{})
		w := newWorld(t, func(c *Config) {
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				if said, ok := in.Event.(bot.Said); ok && strings.HasSuffix(said.Text, "moved") {
					<-open
				}
				return planner(k, c, in)
			}
		})
		w.commit(w.said(ann, "in 1h x"))
		time.Sleep(time.Hour - time.Second)
		w.Accept(w.said(ann, "in 1h x, in 2h moved"), func(error) {})
		time.Sleep(2 * time.Second) // it is due, and waits in the lane
		close(open)
		w.settle()
		same(t, "when it was due first", w.records(ann), nil)
		time.Sleep(time.Hour)
		w.settle()
		same(t, "when it is due", w.records(ann), []string{"x +0s"})
	})
}

// As long as the store cannot write, a wake waits; then it comes, once.
func TestAWakeOutlivesAnOutage(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h call"), w.said(bob, "in 61m other"))
		w.db.fail(errors.New("disk full"))
		time.Sleep(3 * time.Hour)
		w.settle()
		w.db.fail(nil)
		time.Sleep(2 * longPause)
		w.settle()
		for chat, why := range map[bot.ChatID]string{ann: "call ", bob: "other "} {
			if got := w.records(chat); len(got) != 1 || !strings.HasPrefix(got[0], why) {
				t.Errorf("records %q, want one of %q", got, why)
			}
		}
		if n := strings.Count(w.log.String(), "not committed"); n > 400 {
			t.Errorf("it was tried %d times in three hours", n)
		}
	})
}

// A wake that cannot be worked on is given up, and stops nobody else.
func TestAPoisonousWake(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h bomb, in 1h call"), w.said(bob, "in 1h bomb"), w.said(bob, "in 1h other"))
		time.Sleep(2 * time.Hour)
		w.settle()
		w.restart(plans)
		w.settle()
		same(t, "ann's", w.records(ann), []string{"call +0s"})
		same(t, "bob's", w.records(bob), []string{"other +0s"})
		r := w.check()
		if len(r.Poison) != 2 || r.Poison[0].Event != "woken" || r.Poison[0].Update >= 0 || r.Timers != 0 {
			t.Errorf("report %+v", r)
		}
		same(t, "said", w.messenger.texts(ann), nil) // nobody asked, so nobody is told
	})
}

func TestNobodyIsWokenAfterAnErasure(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h call"), w.said(ann, "forget"))
		time.Sleep(2 * time.Hour)
		w.settle()
		if r := w.check(); r.Timers+r.Cases+r.Records != 0 {
			t.Errorf("report %+v", r)
		}
	})
}

// Many that come due in the same moment all come, each once, and in each chat
// in the order of their moments.
func TestManyWakesAtOnce(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		const chats, each = 300, 4
		for chat := range bot.ChatID(chats) {
			var parts []string
			for n := range each {
				parts = append(parts, fmt.Sprintf("in %dm n%d", 60-n, n))
			}
			w.commit(w.said(chat+1, strings.Join(parts, ", ")))
		}
		w.stop()
		time.Sleep(2 * time.Hour)
		w.start(plans)
		time.Sleep(time.Minute)
		w.settle()
		for chat := range bot.ChatID(chats) {
			got := w.records(chat + 1)
			for i := range got {
				got[i], _, _ = strings.Cut(got[i], " ")
			}
			if !slices.Equal(got, []string{"n3", "n2", "n1", "n0"}) {
				t.Fatalf("chat %d: %q", chat+1, got)
			}
		}
		if got := w.Stats().Woken; got != chats*each {
			t.Errorf("%d wakes, want %d", got, chats*each)
		}
	})
}
