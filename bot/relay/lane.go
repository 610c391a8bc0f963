package relay

import (
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

// arrival is an update on its way through a lane.
type arrival struct {
	update bot.Update
	done   func(error)
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
	if !r.enter(arrival{u, done}) {
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
	chat := a.update.Chat
	queue, runs := r.lanes[chat]
	r.lanes[chat] = append(queue, a)
	if !runs {
		r.spawn(func() { r.lane(chat) })
	}
	return true
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
func (r *Relay) lane(chat bot.ChatID) {
	for {
		a, ok := r.take(chat)
		if !ok {
			return
		}
		res, err := r.apply(a.update)
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
		a.done(err)
	}
}

// result is what is left to do after a commit.
type result struct {
	store.Receipt
	toast string
}

// apply brings one update to its commit. The error says that it could not be
// written.
func (r *Relay) apply(u bot.Update) (result, error) {
	start := time.Now()
	if living(u.Event) {
		r.outbox.hear(u.Chat)
	}
	res, err := r.try(u)
	if err != nil {
		r.cfg.Log.Error("update not committed", "update", u.ID, "event", kind(u.Event), "err", err)
		return res, err
	}
	if res.Duplicate {
		r.counts.duplicates.Add(1)
	} else {
		r.counts.updates.Add(1)
	}
	if r.cfg.Log.Enabled(r.ctx, slog.LevelDebug) {
		r.cfg.Log.Debug("update", "update", u.ID, "event", kind(u.Event), "chat", r.cfg.Store.Tag(u.Chat),
			"duplicate", res.Duplicate, "took", time.Since(start))
	}
	return res, nil
}

// try attempts u a few times, and then gives it up as poison.
func (r *Relay) try(u bot.Update) (result, error) {
	var f *fault
	for n := range attempts {
		res, err := r.attempt(u)
		if !errors.As(err, &f) {
			return res, r.outage.heed(err)
		}
		r.counts.faults.Add(1)
		r.cfg.Log.Error("fault", "update", u.ID, "event", kind(u.Event), "attempt", n+1, "cause", f.cause)
	}
	return r.giveUp(u, f)
}

// attempt runs Step on u and commits. An error that is a *fault is one of the
// update itself.
func (r *Relay) attempt(u bot.Update) (res result, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = caught(v)
		}
	}()
	wants := func(c bot.Case) bot.Wish { return r.cfg.Wants(c, u.Event) }
	st, err := r.cfg.Store.Load(u.Chat, u.ID, wants)
	if err != nil {
		return res, ownFault(err)
	}
	if st.Seen {
		return result{Receipt: store.Receipt{Duplicate: true, Waiting: true}}, nil
	}
	in := bot.Input{
		At: u.At.In(r.zone(st.Zone)), Event: u.Event, Message: u.Message,
		Recent: st.Recent, These: st.These, Cases: st.Cases,
	}
	c, fx := r.cfg.Step(r.cfg.Knowledge(), st.Case, in)
	res.toast = fx.Toast
	res.Receipt, err = r.cfg.Store.Commit(r.change(u, c, fx))
	return res, ownFault(err)
}

// change returns what an update does to the store.
func (r *Relay) change(u bot.Update, c bot.Case, fx bot.Effects) store.Change {
	if fx.Forget {
		return store.Change{Update: u.ID, Chat: u.Chat, Erase: true, Queue: farewell(u, fx)}
	}
	return store.Change{
		Update: u.ID, Chat: u.Chat, Case: &c, Records: fx.Records,
		Zone: r.cfg.Zone.String(), Presence: presence(u.Event), Queue: items(u, fx),
	}
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
		out = append(out, store.Item{ID: store.ItemID{Class: store.Answer}, Pressed: pressed, Message: m})
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
	if u.Callback != "" {
		r.answer(u.Callback, res.toast)
	}
	if res.Waiting {
		r.outbox.wake(u.Chat)
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
	l, err := time.LoadLocation(name)
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
	case bot.Ignored, bot.Woken, bot.Hashed, nil:
		return store.AsBefore
	default:
		return store.Here
	}
}

// living reports whether an event shows that the chat can be written to.
func living(e bot.Event) bool { return presence(e) == store.Here }

// addressed reports whether an event is something a user did and expects an
// answer to.
func addressed(e bot.Event) bool {
	switch e.(type) {
	case bot.Said, bot.Pressed, bot.Garbled, bot.Edited, bot.Sent:
		return true
	default:
		return false
	}
}

// kind names an event in logs: said, pressed …
func kind(e bot.Event) string {
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", e), "bot."))
}
