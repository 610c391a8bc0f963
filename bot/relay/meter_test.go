package relay

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// tally is a meter that remembers.
type tally struct {
	mu   sync.Mutex
	seen map[string]int
	late []time.Duration
}

func (y *tally) count(what string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.seen == nil {
		y.seen = map[string]int{}
	}
	y.seen[what]++
}

func (y *tally) Worked(event string, r Result, _ time.Duration) { y.count(fmt.Sprint(event, " ", r)) }
func (y *tally) Sent(r Result, _ time.Duration)                 { y.count(string(r)) }

func (y *tally) Woken(why string, late time.Duration) {
	y.count("woken " + why)
	y.mu.Lock()
	defer y.mu.Unlock()
	y.late = append(y.late, late)
}

// Each event and each attempt to send is heard of once, with what came of it.
func TestMeter(t *testing.T) {
	in(t, func(t *testing.T) {
		y := &tally{}
		w := newWorld(t, failing(attempts, panics), func(c *Config) { c.Meter = y })
		tries := 0
		w.messenger.refuse = func(c call, _ int) error {
			switch c.text {
			case "re later":
				if tries++; tries == 1 {
					return refusing(bot.Unreachable)
				}
			case "re bad":
				return refusing(bot.Rejected)
			case "re away":
				return refusing(bot.Blocked)
			}
			return nil
		}
		first := w.said(ann, "later")
		w.commit(first, first, w.said(ann, "密"), w.said(bob, "bad"))
		w.settle()
		w.commit(w.said(bob, "away"))
		w.settle()
		w.db.fail(errors.New("disk full"))
		if err := w.offer(w.said(ann, "lost")); err == nil {
			t.Error("what could not be written was taken")
		}
		w.db.fail(nil)
		time.Sleep(5 * time.Second) // until what was refused is tried again
		w.settle()
		want := map[string]int{
			"said applied": 3, "said duplicate": 1, "said poisoned": 1, "said refused": 1,
			"delivered": 3, "retried": 1, "dead": 1, "blocked": 1,
		}
		if !maps.Equal(y.seen, want) {
			t.Errorf("heard of %v, want %v", y.seen, want)
		}
	})
}

// A moment that came is heard of by its kind, with how late it was.
func TestMeterOfMoments(t *testing.T) {
	in(t, func(t *testing.T) {
		y := &tally{}
		step := func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
			c, fx := echo(k, c, in)
			if _, ok := in.Event.(bot.Said); ok {
				fx.Wakes = []bot.Wake{{At: in.At.Add(time.Hour), Why: "r:1:7"}}
			}
			return c, fx
		}
		set := func(c *Config) { c.Meter, c.Step = y, step }
		w := newWorld(t, set)
		w.commit(w.said(ann, "remind me"))
		w.stop()
		time.Sleep(3 * time.Hour)
		w.start(set)
		w.settle()
		if y.seen["woken r"] != 1 || !slices.ContainsFunc(y.late, func(d time.Duration) bool { return d >= 2*time.Hour }) {
			t.Errorf("heard of %v, late by %v", y.seen, y.late)
		}
	})
}
