package relay

import (
	"container/heap"
	"context"
	"math"
	"sync"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// chatBurst is how many messages a chat may get at once after a pause.
const chatBurst = 20

// Rules for when the messenger says that it gets too much.
const (
	crowd       = 3           // so many chats …
	crowdWindow = time.Second // … within this time, and all chats wait
	shortest    = time.Second // the least to wait where it does not say how long
)

// outbox decides when which chat may send the next thing that waits for it in
// the store. It holds only the chats that have something to send or have sent
// something lately.
type outbox struct {
	r         *Relay
	all, each rate

	woken chan struct{} // holds a token when something may be due sooner than was thought
	slots chan struct{} // a token for each delivery under way
	sends sync.WaitGroup

	mu      sync.Mutex
	queues  map[bot.ChatID]*queue
	due     dueHeap
	pace    pace
	paused  time.Time // until then nothing is sent at all
	refused []refusal // the latest that said "too fast"
	turn    uint64
	swept   int // queues left by the last sweep
}

// refusal is a chat that got "too fast" for an answer.
type refusal struct {
	chat bot.ChatID
	at   time.Time
}

// queue is what is known of a chat that has something to send.
type queue struct {
	chat bot.ChatID

	// under outbox.mu
	state state
	again bool      // something was queued while it was sending
	heard int       // signs of life from the user
	at    time.Time // when waiting: not before
	turn  uint64    // when waiting: order among those due at once
	pace  pace

	// of the goroutine that delivers, of which there is one at a time
	failures  int               // in a row
	failing   time.Time         // since when the messenger cannot be reached, or zero
	unsettled *store.Settlement // what was done and is not written yet
	noticed   bool              // the user was told that something could not be delivered
}

type state int

const (
	quiet state = iota
	waiting
	sending
)

func newOutbox(r *Relay) *outbox {
	return &outbox{
		r: r, all: perSecond(r.cfg.SendRate, 1), each: perSecond(r.cfg.ChatRate, chatBurst),
		woken: make(chan struct{}, 1), slots: make(chan struct{}, InFlight),
		queues: map[bot.ChatID]*queue{},
	}
}

// run starts deliveries as they become due, until ctx is done.
func (o *outbox) run(ctx context.Context) {
	for {
		select {
		case o.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		q := o.wait(ctx)
		if q == nil {
			return
		}
		o.sends.Go(func() {
			defer func() { <-o.slots }()
			again, after := o.deliver(q)
			o.release(q, again, after)
		})
	}
}

// wait returns the next chat that may send, or nil when ctx is done.
func (o *outbox) wait(ctx context.Context) *queue {
	for ctx.Err() == nil {
		q, in := o.next(time.Now())
		if q != nil {
			return q
		}
		timer := time.NewTimer(in)
		select {
		case <-timer.C:
		case <-o.woken:
		case <-ctx.Done():
		}
		timer.Stop()
	}
	return nil
}

// next takes the chat that is due, or says how long there is none.
func (o *outbox) next(now time.Time) (*queue, time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.due) == 0 {
		return nil, math.MaxInt64
	}
	at := latest(o.due[0].at, o.paused, o.pace.next(o.all, now))
	if at.After(now) {
		return nil, at.Sub(now)
	}
	q := heap.Pop(&o.due).(*queue)
	q.state = sending
	o.pace.take(o.all, now)
	q.pace.take(o.each, now)
	return q, 0
}

func latest(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}

// wake says that chat may have something to send.
func (o *outbox) wake(chat bot.ChatID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.queues[chat]
	if q == nil {
		q = &queue{chat: chat}
		o.queues[chat] = q
	}
	switch q.state {
	case quiet:
		o.r.busy.add(1)
		o.push(q, time.Now(), 0)
	case sending:
		q.again = true
	}
}

// hear notes a sign of life from the user of chat.
func (o *outbox) hear(chat bot.ChatID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if q := o.queues[chat]; q != nil {
		q.heard++
	}
}

// signs returns how many signs of life there were.
func (o *outbox) signs(q *queue) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return q.heard
}

// push makes q wait for at least the given time. o.mu is held.
func (o *outbox) push(q *queue, now time.Time, after time.Duration) {
	o.turn++
	q.state, q.turn, q.again = waiting, o.turn, false
	q.at = latest(now.Add(after), q.pace.next(o.each, now))
	heap.Push(&o.due, q)
	select {
	case o.woken <- struct{}{}:
	default:
	}
}

// release ends a delivery. With again the chat has more to send, after the
// given time at the earliest.
func (o *outbox) release(q *queue, again bool, after time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if again || q.again {
		o.push(q, now, after)
		return
	}
	q.state, q.failures, q.failing, q.noticed = quiet, 0, time.Time{}, false
	o.r.busy.add(-1)
	if q.pace.full(now) {
		delete(o.queues, q.chat)
	} else if len(o.queues) > 2*o.swept+InFlight {
		o.sweep(now)
	}
}

// sweep forgets the chats that sent something once and have all of their rate
// again. It runs when they have doubled, which makes it cheap for each.
func (o *outbox) sweep(now time.Time) {
	for chat, q := range o.queues {
		if q.state == quiet && q.pace.full(now) {
			delete(o.queues, chat)
		}
	}
	o.swept = len(o.queues)
}

// slowDown notes that chat got too much and returns how long it has to wait.
// When several chats did, all wait: it is the bot that sends too fast.
func (o *outbox) slowDown(chat bot.ChatID, after time.Duration) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	after = max(after, shortest)
	kept := o.refused[:0]
	for _, f := range o.refused {
		if now.Sub(f.at) <= crowdWindow && f.chat != chat {
			kept = append(kept, f)
		}
	}
	o.refused = append(kept, refusal{chat, now})
	if len(o.refused) >= crowd {
		o.paused = latest(o.paused, now.Add(after))
	}
	return after
}

// dueHeap orders chats by the time at which they may send.
type dueHeap []*queue

func (h dueHeap) Len() int { return len(h) }

func (h dueHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].turn < h[j].turn
	}
	return h[i].at.Before(h[j].at)
}

func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
}

func (h *dueHeap) Push(x any) {
	q := x.(*queue)
	*h = append(*h, q)
}

func (h *dueHeap) Pop() any {
	old := *h
	q := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return q
}
