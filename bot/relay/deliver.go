package relay

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// Rules for a messenger that cannot be reached.
const (
	firstPause = time.Second
	longPause  = time.Minute
	giveUpTime = 24 * time.Hour
)

// deliver sends the first thing that waits for q and writes what came of it. It
// returns the class of what the chat has to send then, and after how long.
func (o *outbox) deliver(q *queue) (next store.Class, after time.Duration) {
	if q.unsettled != nil {
		return o.settle(q)
	}
	signs := o.signs(q)
	head, ok, err := o.head(q)
	switch {
	case errors.Is(err, store.ErrDamaged) && head.Item.ID != (store.ItemID{}):
		q.unsettled = &store.Settlement{Chat: q.chat, Item: head.Item.ID, Fate: store.Dead, Reason: "damaged"}
		return o.settle(q)
	case errors.Is(err, store.ErrClosed):
		return store.Nothing, 0
	case err != nil:
		o.r.cfg.Log.Error("outbox not read", "err", err)
		return q.class, q.backOff()
	case !ok || head.Gone:
		return store.Nothing, 0
	}
	q.carried, q.queued = head.Item.Message.File.Path, head.Item.Queued
	target, err := o.transmit(q.chat, head)
	if reason(err) != bot.Unreachable {
		q.failing = time.Time{}
	}
	z, after := o.judge(q, head, target, err)
	if z == nil {
		o.r.counts.retries.Add(1)
		o.r.cfg.Meter.Sent(Retried, time.Since(head.Item.Queued))
		return q.class, after
	}
	if z.Fate == store.Held && o.signs(q) != signs {
		return q.class, firstPause // the refusal is older than the user's return
	}
	z.Patient = z.Fate == store.Delivered && !head.More
	q.unsettled = z
	return o.settle(q)
}

// settle writes what became of an item. As long as that fails, it is tried
// again and nothing else of the chat is sent: a message must not be sent twice
// because it could not be noted that it was sent.
func (o *outbox) settle(q *queue) (next store.Class, after time.Duration) {
	z := q.unsettled
	next, err := o.r.cfg.Store.Settle(*z)
	switch {
	case errors.Is(err, store.ErrClosed):
		return store.Nothing, 0
	case errors.Is(err, store.ErrInvalid) && z.Notice != nil:
		z.Notice = nil
		return q.class, 0
	case err != nil:
		o.r.cfg.Log.Error("delivery not noted", "err", err)
		return q.class, q.backOff()
	}
	q.unsettled, q.failures = nil, 0
	o.r.outage.heed(nil)
	o.tally(*z)
	o.r.cfg.Meter.Sent(fates[z.Fate], time.Since(q.queued))
	if z.Fate == store.Held {
		return store.Nothing, 0
	}
	o.r.shop.delivered(q.carried)
	q.carried = ""
	return next, 0
}

// tally counts and logs what became of an item.
func (o *outbox) tally(z store.Settlement) {
	switch z.Fate {
	case store.Delivered:
		o.r.counts.sent.Add(1)
	case store.Dead:
		o.r.counts.dead.Add(1)
		o.r.cfg.Log.Warn("dead letter", "chat", o.r.cfg.Store.Tag(z.Chat), "reason", z.Reason)
	case store.Held:
		o.r.cfg.Log.Info("chat is gone", "chat", o.r.cfg.Store.Tag(z.Chat))
	}
}

// transmit does what the item asks for and returns the message it is shown as.
// What cannot be edited is sent anew, and what cannot be parsed is sent plain.
func (o *outbox) transmit(chat bot.ChatID, h store.Head) (bot.MessageID, error) {
	limit := sendTime
	if h.Item.Message.File.Path != "" {
		limit = fileTime
	}
	ctx, cancel := context.WithTimeout(o.r.ctx, limit)
	defer cancel()
	if h.Item.Delete {
		return 0, o.r.guard(func() error { return o.r.cfg.Sender.Delete(ctx, chat, h.Item.Target) })
	}
	if f := &h.Item.Message.File; f.Path != "" {
		f.Path = filepath.Join(o.r.cfg.Dir, f.Path)
		h.Item.Message.Replace = false
	}
	target, plain := h.Item.Target, false
	if target == 0 && h.Item.Message.Replace && (h.Item.Pressed == 0 || h.Item.Pressed == h.Shown) {
		target = h.Shown
	}
	for {
		id, err := o.send(ctx, chat, h.Item.Message, target, plain)
		switch {
		case reason(err) == bot.CannotEdit && target != 0:
			target = 0
		case reason(err) == bot.CannotParse && !plain:
			plain = true
		case id == 0:
			return target, err
		default:
			return id, err
		}
	}
}

func (o *outbox) send(ctx context.Context, chat bot.ChatID, m bot.Message, target bot.MessageID, plain bool) (id bot.MessageID, err error) {
	err = o.r.guard(func() (err error) {
		id, err = o.r.cfg.Sender.Send(ctx, chat, m, target, plain)
		return err
	})
	return id, err
}

// reason returns why a message was not delivered, "" if it was.
func reason(err error) bot.Reason {
	var refused *bot.Refusal
	var broken *fault
	switch {
	case err == nil:
		return ""
	case errors.As(err, &refused):
		return refused.Reason
	case errors.As(err, &broken):
		return bot.Rejected // it would break again
	default:
		return bot.Unreachable
	}
}

// judge decides what becomes of an item, given how sending it went. It returns
// nothing if it is to be tried again, and then after how long.
func (o *outbox) judge(q *queue, h store.Head, shown bot.MessageID, err error) (*store.Settlement, time.Duration) {
	z := &store.Settlement{Chat: q.chat, Item: h.Item.ID}
	switch why := reason(err); why {
	case "", bot.NotModified:
		z.Fate, z.Slot, z.Shown = store.Delivered, h.Item.Message.Slot, shown
	case bot.TooFast:
		return nil, o.slowDown(q.chat, pauseOf(err))
	case bot.Unreachable:
		if !q.hopeless(h.Item, time.Now()) {
			return nil, q.backOff()
		}
		z.Fate, z.Reason = store.Dead, string(why)
	case bot.Blocked:
		z.Fate = store.Held
	default:
		o.reject(q, h.Item, z, why)
	}
	return z, 0
}

// reject makes an item a dead letter of which the user is told, once for all
// that are rejected in a row. A message that cannot be deleted is gone already
// or too old, which is none of the user's concern.
func (o *outbox) reject(q *queue, it store.Item, z *store.Settlement, why bot.Reason) {
	if it.Delete {
		z.Fate = store.Delivered
		return
	}
	z.Fate, z.Reason = store.Dead, string(why)
	if it.Notice || q.noticed {
		return
	}
	if m, ok := o.r.notice(bot.NoticeUndelivered); ok {
		z.Notice, q.noticed = &m, true
	}
}

func pauseOf(err error) time.Duration {
	var refused *bot.Refusal
	if errors.As(err, &refused) {
		return refused.After
	}
	return 0
}

// hopeless reports whether an item has waited for so long on a messenger that
// cannot be reached that it is given up. Time in which nothing was tried, say
// while the user was gone, does not count.
func (q *queue) hopeless(it store.Item, now time.Time) bool {
	if q.failing.IsZero() {
		q.failing = now
	}
	since := q.failing
	if it.Queued.After(since) && it.Queued.Before(now) { // a clock that was set back says nothing
		since = it.Queued
	}
	return now.Sub(since) >= giveUpTime
}

// backOff returns how long to wait after one more failure.
func (q *queue) backOff() time.Duration {
	q.failures++
	return backOff(q.failures - 1)
}

// backOff returns how long to wait after a failure that followed others: longer
// each time up to a minute, and not the same for all.
func backOff(before int) time.Duration {
	pause := min(firstPause<<min(before, 10), longPause)
	return pause/2 + rand.N(pause/2)
}
