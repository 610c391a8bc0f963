// Package walk has conversations with the core without a messenger and without
// a store: a World keeps what the relay and the store would keep of one chat,
// and a Walker says and presses whatever comes to its mind. Tests use both to
// look for what no one thought of, and the book of screens to reach all of them.
//
// Its one invariant: the same pack, words and seed give the same conversation.
package walk

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// Retention is how long a chat of a World is kept untouched.
const Retention = 365 * 24 * time.Hour

// World is one chat as the relay and the store would keep it.
type World struct {
	Pack    *knowledge.Pack
	Now     time.Time
	Case    bot.Case             // the active case
	Cases   map[int]bot.Case     // all of them, as they were committed
	Logs    map[int][]bot.Record // the records of each, oldest first
	Wakes   []bot.Wake           // that are to come
	Fetches []bot.Fetch          // files whose hashes are to come
	Orders  []bot.Order          // work that is to come back
	Told    bot.MessageID        // of the newest message of the user
	Quiet   string               // the quiet hours of the chat
	Missed  []bot.Woken          // what could not be told to the user

	Wordings int     // requests a day to a language model, 0: there is none
	Rate     float64 // answers a second that the user gets, 0: no limit
	Mute     bool    // it answers nothing by itself
}

// New returns a chat in which nothing was said yet.
func New(k *knowledge.Pack, now time.Time) *World {
	return &World{Pack: k, Now: now, Cases: make(map[int]bot.Case), Logs: make(map[int][]bot.Record)}
}

// Do runs one event through the core and keeps what came of it.
func (w *World) Do(e bot.Event) bot.Effects {
	c, fx := bot.Step(w.Pack, w.Case, w.Input(e))
	w.Commit(c, fx)
	return fx
}

// Input returns what the relay would give Step for an event.
func (w *World) Input(e bot.Event) bot.Input {
	wish := bot.Wants(w.Case, e)
	if fromUser(e) {
		w.Told++
	}
	in := bot.Input{At: w.Now, Event: e, Message: w.Told, Retention: Retention, Wordings: w.Wordings, Rate: w.Rate}
	log := w.Logs[w.Case.Number]
	for i := len(log) - 1; i >= 0 && len(in.Recent) < wish.Newest; i-- {
		if wish.Before == 0 || log[i].Seq < wish.Before {
			in.Recent = append(in.Recent, log[i])
		}
	}
	if wish.Case > 0 {
		log = w.Logs[wish.Case]
	}
	for _, n := range wish.These {
		if n >= 1 && n <= len(log) {
			in.These = append(in.These, log[n-1])
		}
	}
	in.Quiet, in.Missed = w.Quiet, slices.Clone(w.Missed)
	if wish.Cases || wish.Reminders || wish.Missed || len(w.Missed) > 0 {
		in.Cases = w.others()
	}
	if wish.Reminders || wish.Missed || len(w.Missed) > 0 {
		in.Reminders = w.reminders()
	}
	if h, ok := e.(bot.Hashed); ok {
		if log := w.Logs[h.Case]; h.Seq >= 1 && h.Seq <= len(log) {
			in.Record = log[h.Seq-1]
		}
	}
	return in
}

// reminders returns the records that the cases name as reminders.
func (w *World) reminders() (out []bot.Placed) {
	for _, n := range slices.Sorted(maps.Keys(w.Cases)) {
		for _, seq := range w.Cases[n].Reminders {
			out = append(out, bot.Placed{Case: n, Record: w.Logs[n][seq-1]})
		}
	}
	return out
}

// fromUser reports whether an event is a message of the user.
func fromUser(e bot.Event) bool {
	switch e.(type) {
	case bot.Said, bot.Sent:
		return true
	}
	return false
}

// others returns the cases but the active one, oldest first.
func (w *World) others() []bot.Case {
	var out []bot.Case
	for _, n := range slices.Sorted(maps.Keys(w.Cases)) {
		if n != w.Case.Number {
			out = append(out, w.Cases[n])
		}
	}
	return out
}

// Commit keeps what a step did, as the store would.
func (w *World) Commit(c bot.Case, fx bot.Effects) {
	if fx.Forget {
		*w = World{Pack: w.Pack, Now: w.Now, Told: w.Told, Wordings: w.Wordings, Mute: w.Mute, Cases: make(map[int]bot.Case), Logs: make(map[int][]bot.Record)}
		return
	}
	if zone, err := bot.LoadZone(fx.Zone); err == nil {
		w.Now = w.Now.In(zone)
	}
	if fx.Quiet != "" {
		w.Quiet = fx.Quiet
	}
	w.Missed = slices.DeleteFunc(w.Missed, func(m bot.Woken) bool { return slices.Contains(fx.Recall, m.Why) })
	w.Case = c
	if c.Number > 0 {
		w.Cases[c.Number] = c
	}
	w.Logs[c.Number] = append(w.Logs[c.Number], fx.Records...)
	for _, a := range fx.Changed {
		n := a.Case
		if n == 0 {
			n = c.Number
		}
		w.Logs[n][a.Record.Seq-1] = a.Record
	}
	for _, why := range fx.Unwake {
		w.unwake(why)
	}
	for _, wake := range fx.Wakes {
		w.unwake(wake.Why)
		w.Wakes = append(w.Wakes, wake)
	}
	for _, f := range fx.Fetch {
		if f.Case == 0 {
			f.Case = c.Number
		}
		w.Fetches = append(w.Fetches, f)
	}
	w.order(c, fx)
}

// order keeps what work a step orders.
func (w *World) order(c bot.Case, fx bot.Effects) {
	drop := func(name string) {
		w.Orders = slices.DeleteFunc(w.Orders, func(o bot.Order) bool { return o.Name == name })
	}
	for _, name := range fx.Drop {
		drop(name)
	}
	for _, o := range fx.Orders {
		drop(o.Name)
		if o.Case == 0 {
			o.Case = c.Number
		}
		w.Orders = append(w.Orders, o)
	}
}

// Work takes the oldest order and returns what a maker would make of it. It
// reports whether there is one.
func (w *World) Work() (bot.Made, bool) {
	i := slices.IndexFunc(w.Orders, func(o bot.Order) bool { return !w.Mute || o.Kind != bot.OrderWording })
	if i < 0 {
		return bot.Made{}, false
	}
	m := bot.Made{Order: w.Orders[i]}
	w.Orders = slices.Delete(w.Orders, i, i+1)
	switch m.Order.Kind {
	case bot.OrderWording:
		var q bot.WordingRequest
		if err := json.Unmarshal([]byte(m.Order.Args), &q); err != nil {
			panic(err) // the core wrote it
		}
		m.Text = q.Letter
	case bot.OrderPicture:
		m.Files = []bot.Attachment{{Path: "1/made.png", Name: "made.png", Size: 50_000, Photo: true}}
	default:
		m.Files = []bot.Attachment{{Path: "1/made", Name: string(m.Order.Kind), Size: 50_000}}
	}
	return m, true
}

func (w *World) unwake(why string) {
	w.Wakes = slices.DeleteFunc(w.Wakes, func(x bot.Wake) bool { return x.Why == why })
}

// Next takes the wake that is due first up to a moment off what is to come, and
// moves the clock there. It reports whether there is one.
func (w *World) Next(until time.Time) (bot.Wake, bool) {
	slices.SortStableFunc(w.Wakes, func(a, b bot.Wake) int { return a.At.Compare(b.At) })
	if len(w.Wakes) == 0 || w.Wakes[0].At.After(until) {
		return bot.Wake{}, false
	}
	wake := w.Wakes[0]
	w.Wakes = w.Wakes[1:]
	if wake.At.After(w.Now) {
		w.Now = wake.At
	}
	return wake, true
}
