package relay

import (
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// Rules for messages that nobody asked for.
const (
	spreadOver = 2 * time.Minute  // many that come at once are sent within this time
	many       = 30               // so many at once are few enough to be sent right away
	together   = time.Second      // what comes within this time of each other comes at once
	staleAfter = 15 * time.Minute // what has waited so long is made anew before it is sent
)

// crowd spreads what comes due at once over some time, so that neither the
// messenger nor those who wait for an answer suffer from it. The zero crowd is
// empty.
type crowd struct {
	size int       // of those that came since there were none
	last time.Time // when one came
	pace pace
}

// join notes that one came while others waited.
func (c *crowd) join(now time.Time, waiting int) {
	if waiting == 0 && now.Sub(c.last) >= together {
		c.size = 0
	}
	c.size++
	c.last = now
}

func (c *crowd) rate() rate {
	if c.size <= many {
		return rate{}
	}
	return rate{interval: spreadOver / time.Duration(c.size), burst: 1}
}

// next returns the first moment at which the next of the crowd may be sent.
func (c *crowd) next(now time.Time) time.Time { return c.pace.next(c.rate(), now) }

// take notes that one is sent.
func (c *crowd) take(now time.Time) { c.pace.take(c.rate(), now) }

// head returns the first item of a queue. Unasked messages that the messenger
// did not take for long are made anew first: what they say about the time is
// not true any more, and many of them may become one.
func (o *outbox) head(q *queue) (store.Head, bool, error) {
	h, ok, err := o.r.cfg.Store.Head(q.chat)
	now := time.Now()
	if err != nil || !ok || h.Gone || !stale(h.Item, now) || now.Sub(q.renewed) < staleAfter {
		return h, ok, err
	}
	q.renewed = now
	if !o.r.renew(q.chat, now) {
		return h, ok, nil
	}
	return o.r.cfg.Store.Head(q.chat)
}

// stale reports whether an item is an unasked message that has waited for long.
func stale(it store.Item, now time.Time) bool {
	return it.Message.Rings.Why != "" && now.Sub(it.Queued) > staleAfter
}

// renew brings it into the lane of a chat that its unasked messages are stale,
// and reports whether what follows from that is committed.
func (r *Relay) renew(chat bot.ChatID, now time.Time) bool {
	done := make(chan error, 1)
	u := bot.Update{Chat: chat, At: now, Event: bot.Overdue{}}
	return r.enter(arrival{update: u, done: func(err error) { done <- err }}) && <-done == nil
}
