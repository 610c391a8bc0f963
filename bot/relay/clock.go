package relay

import (
	"context"
	"sync"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// Rules for what comes due.
const (
	callsAtOnce = 256             // so many are in lanes at the same time at most
	lookAgain   = 5 * time.Minute // a clock that is set, or a machine that slept, moves every moment
)

// clock brings what comes due into the lane of its chat. What is due is in the
// store until the step it leads to is committed, so nothing is lost with the
// process, and nothing comes twice.
type clock struct {
	r     *Relay
	woken chan struct{} // holds a token when there may be something to do sooner

	mu       sync.Mutex
	calling  map[store.Timer]bool // those that are in a lane
	held     time.Time            // until then none is called: the store could not be written
	failures int                  // in a row
}

func newClock(r *Relay) *clock {
	return &clock{r: r, woken: make(chan struct{}, 1), calling: map[store.Timer]bool{}}
}

// poke says that there may be something to do sooner.
func (c *clock) poke() {
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

// run calls what comes due until ctx is done. It sleeps until the next moment.
func (c *clock) run(ctx context.Context) {
	for ctx.Err() == nil {
		now := time.Now()
		timer := time.NewTimer(min(lookAgain, c.call(now).Sub(now)))
		select {
		case <-timer.C:
		case <-c.woken:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// call brings what is due into the lanes and returns when to look again.
func (c *clock) call(now time.Time) time.Time {
	if held := c.heldUntil(); held.After(now) {
		return held
	}
	due, next, err := c.r.cfg.Store.Due(now, callsAtOnce)
	if err != nil {
		c.r.cfg.Log.Error("what is due not read", "err", err)
		return c.hold(now)
	}
	for _, t := range due {
		if c.begin(t) {
			c.enter(t, now)
		}
	}
	if next.IsZero() || len(due) == callsAtOnce { // it is poked when there is room again
		return now.Add(lookAgain)
	}
	return next
}

// enter puts the event of t into the lane of its chat.
func (c *clock) enter(t store.Timer, now time.Time) {
	u := bot.Update{Chat: t.Chat, At: now, Event: bot.Woken{Why: t.ID.Name, Due: t.At}}
	done := func(err error) { c.end(t, err) }
	if !c.r.enter(arrival{update: u, done: done, timer: &t}) {
		done(ErrStopped)
	}
}

// begin reports whether t is to be called, and is not under way already.
func (c *clock) begin(t store.Timer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calling[t] {
		return false
	}
	c.calling[t] = true
	return true
}

// end takes in how a call ended. What could not be committed is still in the
// store, and due.
func (c *clock) end(t store.Timer, err error) {
	if err != nil {
		c.hold(time.Now())
	} else {
		c.r.counts.woken.Add(1)
		c.r.woken(t)
	}
	c.mu.Lock()
	delete(c.calling, t)
	left := len(c.calling)
	if err == nil {
		c.failures = 0
	}
	c.mu.Unlock()
	if err != nil || left == 0 || left == callsAtOnce/2 {
		c.poke()
	}
}

// hold puts off all calls after a failure, and returns until when.
func (c *clock) hold(now time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.held.After(now) {
		c.held = now.Add(backOff(c.failures))
		c.failures++
	}
	return c.held
}

func (c *clock) heldUntil() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}
