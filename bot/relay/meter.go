package relay

import (
	"strings"
	"time"

	"tixianbot/store"
)

// Meter hears what a relay does, to be counted. Its methods are called from many
// goroutines and return at once. Nothing that they are given tells who somebody
// is or what they wrote: kinds and results come from small sets.
type Meter interface {
	// Worked hears of an event that was worked on: its kind, such as said or
	// pressed, what came of it, and how long after it was handed over that was.
	Worked(event string, r Result, took time.Duration)
	// Sent hears of an attempt to deliver a message: what came of it, and how long
	// after the message was committed that was.
	Sent(r Result, took time.Duration)
	// Woken hears of a moment that came: what it was for, such as r for a reminder,
	// and how late it was.
	Woken(why string, late time.Duration)
}

// Result says what came of an event or a message.
type Result string

// The results of events …
const (
	Applied   Result = "applied"   // committed
	Duplicate Result = "duplicate" // it was committed before
	Poisoned  Result = "poisoned"  // given up for a reason of its own
	Barred    Result = "barred"    // it came from somebody who is not let in
	Refused   Result = "refused"   // the store could not be written; it comes again
)

// … and of messages.
const (
	Delivered Result = "delivered"
	Blocked   Result = "blocked" // it waits until the user comes back
	Retried   Result = "retried" // it is to be tried again
	Dead      Result = "dead"    // it became a dead letter
)

// noMeter is a Meter that counts nothing.
type noMeter struct{}

func (noMeter) Worked(string, Result, time.Duration) {}
func (noMeter) Sent(Result, time.Duration)           {}
func (noMeter) Woken(string, time.Duration)          {}

// measured tells the meter what came of an event.
func (r *Relay) measured(a arrival, res result, err error) {
	what := Applied
	switch {
	case err != nil:
		what = Refused
	case res.poisoned:
		what = Poisoned
	case res.barred:
		what = Barred
	case res.Duplicate:
		what = Duplicate
	}
	r.cfg.Meter.Worked(kind(a.update.Event), what, time.Since(a.came))
}

// fates are the results of what becomes of a message.
var fates = map[store.Fate]Result{store.Delivered: Delivered, store.Held: Blocked, store.Dead: Dead}

// woken tells the meter of a moment that came.
func (r *Relay) woken(t store.Timer) {
	why, _, _ := strings.Cut(t.ID.Name, ":")
	r.cfg.Meter.Woken(why, max(0, time.Since(t.At)))
}
