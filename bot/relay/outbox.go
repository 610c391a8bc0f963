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
	refusals    = 3           // so many chats …
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
	answers dueHeap // chats whose first message answers somebody …
	others  dueHeap // … and those that can wait for all of these
	pace    pace
	crowd   crowd
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
	class store.Class // of the first thing it has to send
	again store.Class // of what was queued while it was sending
	heard int         // signs of life from the user
	at    time.Time   // when waiting: not before
	turn  uint64      // when waiting: order among those due at once
	place int         // when waiting: index in its heap
	pace  pace

	// of the goroutine that delivers, of which there is one at a time
	failures  int               // in a row
	failing   time.Time         // since when the messenger cannot be reached, or zero
	unsettled *store.Settlement // what was done and is not written yet
	renewed   time.Time         // when the chat was last told that unasked messages are stale
	queued    time.Time         // when the message was committed that was sent last
	carried   string            // path of the file of the message that was sent last, or ""
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
			next, after := o.deliver(q)
			o.release(q, next, after)
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
	in, open := time.Duration(math.MaxInt64), latest(o.paused, o.pace.next(o.all, now))
	for _, h := range []*dueHeap{&o.answers, &o.others} {
		if len(*h) == 0 {
			continue
		}
		at := latest((*h)[0].at, open)
		if h == &o.others {
			at = latest(at, o.crowd.next(now))
		}
		if !at.After(now) {
			q := heap.Pop(h).(*queue)
			q.state = sending
			o.pace.take(o.all, now)
			q.pace.take(o.each, now)
			if h == &o.others {
				o.crowd.take(now)
			}
			return q, 0
		}
		in = min(in, at.Sub(now))
	}
	return nil, in
}

func latest(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}

// wake says that chat may have something to send, the first of the given class.
// What a blocked chat has waits for a process in which it is not.
func (o *outbox) wake(chat bot.ChatID, first store.Class) {
	if o.r.gate.blocks(chat) {
		return
	}
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
		o.push(q, first, time.Now(), 0)
	case waiting:
		o.promote(q, first)
	case sending:
		q.again = sooner(q.again, first)
	}
}

// sooner returns that of two classes which goes first.
func sooner(a, b store.Class) store.Class {
	if a == store.Nothing || b != store.Nothing && b < a {
		return b
	}
	return a
}

// promote moves a chat that waits to those that go before, if an answer has come
// before what it had to send.
func (o *outbox) promote(q *queue, first store.Class) {
	if first >= q.class || o.heapOf(first) == o.heapOf(q.class) {
		return
	}
	heap.Remove(o.heapOf(q.class), q.place)
	q.class = first
	heap.Push(o.heapOf(first), q)
	o.poke()
}

func (o *outbox) heapOf(c store.Class) *dueHeap {
	if c <= store.Answer {
		return &o.answers
	}
	return &o.others
}

// poke says that something may be due sooner than was thought.
func (o *outbox) poke() {
	select {
	case o.woken <- struct{}{}:
	default:
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
func (o *outbox) push(q *queue, first store.Class, now time.Time, after time.Duration) {
	o.turn++
	q.state, q.turn, q.class, q.again = waiting, o.turn, first, store.Nothing
	q.at = latest(now.Add(after), q.pace.next(o.each, now))
	if h := o.heapOf(first); h == &o.others && after == 0 {
		o.crowd.join(now, len(*h))
	}
	heap.Push(o.heapOf(first), q)
	o.poke()
}

// release ends a delivery. The chat has something of the class next to send,
// after the given time at the earliest, or Nothing.
func (o *outbox) release(q *queue, next store.Class, after time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if next = sooner(next, q.again); next != store.Nothing {
		o.push(q, next, now, after)
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
	if len(o.refused) >= refusals {
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
	h[i].place, h[j].place = i, j
}

func (h *dueHeap) Push(x any) {
	q := x.(*queue)
	q.place = len(*h)
	*h = append(*h, q)
}

func (h *dueHeap) Pop() any {
	old := *h
	q := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return q
}
