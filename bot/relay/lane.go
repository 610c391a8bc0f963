package relay

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// attempts is how often an update is tried that fails for a reason of its own.
const attempts = 3

// few is how many lanes at work leave processors without work, or soon will.
const few = 3

// arrival is an update on its way through a lane. One that no messenger sent
// has a cause instead of an id: a timer that is due, a file that was fetched, or
// an order that is filled or, where it keeps, under way.
type arrival struct {
	update bot.Update
	done   func(error)
	timer  *store.Timer
	job    *store.Job
	word   *word // of the lane that works on it
	order  *store.Order
	keeps  bool
	came   time.Time // when it entered the lane
}

// Accept puts u behind the other updates of its chat and returns at once. done
// is called exactly once, from another goroutine or from within Accept:
//
//   - with nil when the update is committed, or was before. It may then be
//     forgotten by its messenger.
//   - with an error when it could not be. It must then be offered again, and
//     so must whatever was accepted for that chat after it.
//
// Updates of one chat are worked on in the order of the calls of Accept. An
// update with the id 0 is not told from others with that id.
func (r *Relay) Accept(u bot.Update, done func(error)) {
	if !r.enter(arrival{update: u, done: done}) {
		done(ErrStopped)
	}
}

// enter queues a, starting a lane for its chat if none runs.
func (r *Relay) enter(a arrival) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped {
		return false
	}
	a.came = time.Now()
	chat := a.update.Chat
	queue, runs := r.lanes[chat]
	r.lanes[chat] = append(queue, a)
	if !runs {
		word := &word{relay: r}
		word.give()
		r.spawn(func() { r.lane(chat, word) })
	}
	return true
}

// word is what a lane has told of its next change: the store, so that the lanes
// that are at work share a transaction, and the messenger, when few are left.
type word struct {
	relay *Relay
	given bool
}

// give says that a change is coming.
func (w *word) give() {
	if !w.given {
		w.given = true
		w.relay.cfg.Store.Coming(1)
		w.relay.atWork.Add(1)
	}
}

// keep is called with the change, which tells the store that it has come.
func (w *word) keep() (came bool) {
	if !w.given {
		return false
	}
	w.given = false
	if w.relay.atWork.Add(-1) == few {
		w.relay.cfg.Hungry()
	}
	return true
}

// takeBack says that none is coming, unless it has come.
func (w *word) takeBack() {
	if w.keep() {
		w.relay.cfg.Store.Coming(-1)
	}
}

// spawn runs f in a goroutine that Run and Idle wait for.
func (r *Relay) spawn(f func()) {
	r.busy.add(1)
	r.work.Go(func() {
		defer r.busy.add(-1)
		f()
	})
}

// lane works on the updates of one chat until there are none.
func (r *Relay) lane(chat bot.ChatID, word *word) {
	defer word.takeBack()
	for {
		a, ok := r.take(chat)
		if !ok {
			return
		}
		word.give()
		a.word = word
		res, err := r.apply(a)
		word.takeBack()
		a.done(err)
		if err != nil {
			r.turnAway(chat, err)
			r.apologise(a.update, err)
			continue
		}
		r.follow(a.update, res)
	}
}

// take returns the next update of chat. If there is none, the lane is over.
func (r *Relay) take(chat bot.ChatID) (arrival, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	queue := r.lanes[chat]
	if len(queue) == 0 {
		delete(r.lanes, chat)
		return arrival{}, false
	}
	r.lanes[chat] = queue[1:]
	return queue[0], true
}

// turnAway refuses what waits in a lane after an update that was not committed:
// taking it now would change the order.
func (r *Relay) turnAway(chat bot.ChatID, err error) {
	r.mu.Lock()
	waiting := r.lanes[chat]
	r.lanes[chat] = nil
	r.mu.Unlock()
	r.counts.refused.Add(int64(1 + len(waiting)))
	for _, a := range waiting {
		r.measured(a, result{}, err)
		a.done(err)
	}
}

// result is what is left to do after a commit.
type result struct {
	store.Receipt
	toast string
	jobs  []store.Job
	work  []store.Order
	swept bool // files that messages carried may lie about
	wakes bool // something was set that comes due

	barred   bool // it came from somebody who is not let in
	poisoned bool // the update was given up
}

// apply brings one update to its commit. The error says that it could not be
// written.
func (r *Relay) apply(a arrival) (result, error) {
	start, u := time.Now(), a.update
	if living(u.Event) {
		r.outbox.hear(u.Chat)
	}
	res, err := r.try(a)
	r.measured(a, res, err)
	if err != nil {
		r.cfg.Log.Error("update not committed", "update", u.ID, "event", kind(u.Event), "err", err)
		return res, err
	}
	switch {
	case res.barred:
		r.counts.barred.Add(1)
	case res.Duplicate:
		r.counts.duplicates.Add(1)
	default:
		r.counts.updates.Add(1)
	}
	if r.cfg.Log.Enabled(r.ctx, slog.LevelDebug) {
		r.cfg.Log.Debug("update", "update", u.ID, "event", kind(u.Event), "chat", r.cfg.Store.Tag(u.Chat),
			"duplicate", res.Duplicate, "took", time.Since(start))
	}
	return res, nil
}

// try attempts an update a few times, and then gives it up as poison.
func (r *Relay) try(a arrival) (result, error) {
	var f *fault
	for n := range attempts {
		res, err := r.attempt(a)
		if !errors.As(err, &f) {
			return res, r.outage.heed(err)
		}
		r.counts.faults.Add(1)
		r.cfg.Log.Error("fault", "update", a.update.ID, "event", kind(a.update.Event), "attempt", n+1, "cause", f.cause)
	}
	return r.giveUp(a, f)
}

// attempt runs Step on an update and commits. An error that is a *fault is one
// of the update itself.
func (r *Relay) attempt(a arrival) (res result, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = caught(v)
		}
	}()
	if res, barred, err := r.bar(a); barred || err != nil {
		return res, ownFault(err)
	}
	in, c, seen, err := r.look(a)
	if err != nil {
		return res, ownFault(err)
	}
	if seen {
		return result{Receipt: store.Receipt{Duplicate: true, Next: store.Answer}}, nil
	}
	c, fx := r.cfg.Step(r.cfg.Knowledge(), c, in)
	change := r.change(a, c, fx)
	res = result{toast: fx.Toast, jobs: change.Jobs, work: change.Orders, swept: change.Erase, wakes: len(change.Timers) > 0}
	change.Came = a.word.keep()
	res.Receipt, err = r.cfg.Store.Commit(change)
	return res, ownFault(err)
}

// look returns what Step is given of an update, or that it was worked on before.
func (r *Relay) look(a arrival) (in bot.Input, c bot.Case, seen bool, err error) {
	u := a.update
	still := true
	switch {
	case a.timer != nil:
		still, err = r.cfg.Store.Stands(*a.timer)
	case a.job != nil:
		in.Record, still, err = r.cfg.Store.Pending(*a.job)
	case a.order != nil:
		still, err = r.cfg.Store.Given(*a.order)
	}
	if err != nil || !still {
		return in, c, true, err
	}
	st, err := r.cfg.Store.Load(u.Chat, u.ID, func(c bot.Case) bot.Wish { return r.cfg.Wants(c, u.Event) })
	in.At, in.Event, in.Message = u.At.In(r.zone(st.Zone)), u.Event, u.Message
	in.Recent, in.These, in.Cases = st.Recent, st.These, st.Cases
	in.Reminders, in.Missed = st.Reminders, st.Missed
	in.Quiet, in.Retention, in.Wordings, in.Rate = st.Quiet, r.cfg.Retention, r.cfg.Wordings, r.cfg.UserRate
	return in, st.Case, st.Seen, err
}

// change returns what an update does to the store.
func (r *Relay) change(a arrival, c bot.Case, fx bot.Effects) store.Change {
	u := a.update
	base := store.Change{Update: u.ID, Chat: u.Chat, Fires: a.timer, Ends: a.job, Fills: a.order, Keeps: a.keeps}
	if fx.Forget {
		base.Erase, base.Queue = true, farewell(u, fx)
		return base
	}
	base.Case, base.Records, base.Amended = &c, fx.Records, fx.Changed
	base.Rezone, base.Requiet, base.Recall = fx.Zone, fx.Quiet, fx.Recall
	base.Zone, base.Presence, base.Queue = r.cfg.Zone.String(), presence(u.Event), items(u, fx)
	for _, why := range fx.Unwake {
		base.Cancel = append(base.Cancel, store.TimerID{Kind: store.Wake, Name: why})
	}
	for _, w := range fx.Wakes {
		base.Timers = append(base.Timers, store.Timer{Chat: u.Chat, ID: store.TimerID{Kind: store.Wake, Name: w.Why}, At: w.At})
	}
	for _, f := range fx.Fetch {
		base.Jobs = append(base.Jobs, store.Job{
			Chat: u.Chat, Case: cmp.Or(f.Case, c.Number), Seq: f.Seq, File: f.File, Queued: time.Now(),
		})
	}
	base.Drop = fx.Drop
	for _, o := range fx.Orders {
		o.Case = cmp.Or(o.Case, c.Number)
		base.Orders = append(base.Orders, store.Order{Order: o, Chat: u.Chat, Given: time.Now().Round(0)})
	}
	return base
}

// items returns what the effects give the outbox to do. A secret goes first.
func items(u bot.Update, fx bot.Effects) []store.Item {
	out := make([]store.Item, 0, len(fx.Messages)+1)
	if fx.Delete && u.Message != 0 {
		out = append(out, store.Item{ID: store.ItemID{Class: store.Answer}, Delete: true, Target: u.Message})
	}
	var pressed bot.MessageID
	if _, ok := u.Event.(bot.Pressed); ok {
		pressed = u.Message
	}
	for _, m := range fx.Messages {
		class := store.Answer
		if m.Rings.Why != "" {
			class = store.Reminder
		}
		out = append(out, store.Item{ID: store.ItemID{Class: class}, Pressed: pressed, Message: m})
	}
	return out
}

// farewell returns the items of an update that erases its chat. Their messages
// name no slot, since nothing is to be kept of them; one that replaces the
// screen on which the button was pressed names that message itself.
func farewell(u bot.Update, fx bot.Effects) []store.Item {
	out := items(u, fx)
	_, pressed := u.Event.(bot.Pressed)
	for i := range out {
		m := &out[i].Message
		if m.Replace && pressed {
			out[i].Target = u.Message
		}
		m.Slot, m.Replace = bot.SlotNone, false
	}
	return out
}

// follow does what comes after a commit.
func (r *Relay) follow(u bot.Update, res result) {
	if u.Callback != "" && !r.gate.blocks(u.Chat) {
		r.answer(u.Callback, res.toast)
	}
	if res.Next != store.Nothing {
		r.outbox.wake(u.Chat, res.Next)
	}
	if res.Duplicate {
		return
	}
	if res.wakes {
		r.clock.poke()
	}
	for _, j := range res.jobs {
		r.fetcher.add(j)
	}
	for _, o := range res.work {
		r.shop.add(o)
	}
	if res.swept {
		r.shop.sweep()
	}
}

// answer acknowledges a press. That it may fail is in its nature: a press can
// only be answered for a short while.
func (r *Relay) answer(callback, toast string) {
	r.spawn(func() {
		r.answering <- struct{}{}
		defer func() { <-r.answering }()
		err := r.guard(func() error { return r.cfg.Sender.Answer(r.ctx, callback, toast) })
		if err != nil {
			r.counts.unanswered.Add(1)
		}
	})
}

// zone returns the time zone with the given name, or that of new chats.
func (r *Relay) zone(name string) *time.Location {
	if name == "" || name == r.cfg.Zone.String() {
		return r.cfg.Zone
	}
	if l, ok := r.zones.Load(name); ok {
		return l.(*time.Location)
	}
	l, err := bot.LoadZone(name)
	if err != nil {
		r.cfg.Log.Warn("time zone of a chat is not known here", "zone", name)
		l = r.cfg.Zone
	}
	r.zones.Store(name, l)
	return l
}

// presence returns what an event tells about whether its chat is there.
func presence(e bot.Event) store.Presence {
	switch e.(type) {
	case bot.Left:
		return store.Gone
	case bot.Ignored, bot.Woken, bot.Overdue, bot.Hashed, bot.Made, bot.Progress, nil:
		return store.AsBefore
	default:
		return store.Here
	}
}

// living reports whether an event shows that the chat can be written to.
func living(e bot.Event) bool { return presence(e) == store.Here }

// addressed reports whether an event is something to which a user expects an
// answer.
func addressed(e bot.Event) bool {
	switch e.(type) {
	case bot.Said, bot.Pressed, bot.Garbled, bot.Edited, bot.Sent, bot.Made:
		return true
	default:
		return false
	}
}

// kind names an event in logs: said, pressed …
func kind(e bot.Event) string {
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", e), "bot."))
}
