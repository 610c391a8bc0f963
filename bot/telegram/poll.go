package telegram

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"

	"tixianbot/bot"
)

// allowedUpdates is sent with every poll, because Telegram keeps the last one
// it was sent.
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

const (
	batchLimit     = 100
	many           = 4 // updates that are worth a poll before all are done
	confirmTimeout = 3 * time.Second
)

// Poll receives updates until ctx ends and hands each one to accept, in order.
// accept must arrange that done is called exactly once for it: with nil when
// the update is durable, with an error when it is not and has to come again.
//
// It returns nil after ctx has ended, every update handed over is done and what
// is durable is confirmed; so whoever takes the updates has to be stopped after
// Poll has returned, not before. It returns [ErrToken] when the token is not
// accepted. Everything else, from a dead network to another poller, it sits
// out: see [Client.Ready].
func (c *Client) Poll(ctx context.Context, accept func(u bot.Update, done func(error))) error {
	p := &poller{retries: retries{c: c, what: "polling"}, accept: accept, progress: make(chan struct{}, 1)}
	p.handedOver.L = &p.mu
	defer p.drain()
	for ctx.Err() == nil && !p.greeted {
		if err := p.step(ctx, p.greet); err != nil {
			return err
		}
	}
	for ctx.Err() == nil {
		if err := p.step(ctx, p.round); err != nil {
			return err
		}
	}
	p.drain()
	p.advance()
	p.confirm(ctx)
	return nil
}

// More says that whoever takes the updates has little left to work on, though
// not all may be durable: a poll that waits for that goes on.
func (c *Client) More() {
	select {
	case c.more <- struct{}{}:
	default:
	}
}

// poller is one run of Poll.
type poller struct {
	retries
	accept  func(u bot.Update, done func(error))
	greeted bool
	offset  int64 // 0 when Telegram has been told all that is durable

	mu         sync.Mutex
	open       []*handed     // what Telegram has not been told to forget, in the order of ids
	progress   chan struct{} // holds a token when one of them was done
	lost       bool          // one of them could not be kept
	handing    *handed       // the one that is being handed over
	handedOver sync.Cond     // none is
}

// handed is an update that was handed over.
type handed struct {
	id   int64
	done bool
	err  error
}

// errHeld is the error of a round whose updates were not all made durable.
var errHeld = errors.New("updates could not be kept")

// greet learns who the bot is and removes a webhook, which excludes polling.
// Updates that wait at Telegram stay there.
func (p *poller) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := p.c.learnSelf(ctx); err != nil {
		return err
	}
	if _, err := p.c.api.DeleteWebhook(ctx, &tg.DeleteWebhookParams{}); err != nil {
		return err
	}
	p.c.answered()
	p.greeted = true
	return nil
}

// round fetches one batch, hands over what is new of it, and moves the offset
// behind what is durable. Where they are many, it goes on to the next batch when
// half of them are done or [Client.More] is called, so that work is at hand while
// the rest waits for the disk. What is not confirmed by then comes again with
// that batch, and is known.
func (p *poller) round(ctx context.Context) error {
	p.advance()
	batch, err := p.c.getUpdates(ctx, p.offset, batchLimit, p.timeout())
	if err != nil {
		return err
	}
	p.c.answered()
	// This poll told Telegram the offset. None is sent until there is a new
	// one: after an idle week the ids start anew, maybe below the old offset.
	p.offset = 0
	updates, err := decodeAll(batch, p.c.self(), time.Now())
	if err != nil {
		p.c.log.say(slog.LevelError, "telegram sends updates without an id")
		if len(updates) == 0 {
			return err
		}
	}
	select {
	case <-p.c.more: // of what was there before
	default:
	}
	fresh := p.handOver(updates)
	if fresh < many {
		fresh = 0
	}
	p.await(fresh/2, fresh > 0 && len(updates) <= batchLimit/2)
	if !p.failed() {
		return nil
	}
	p.drain()
	p.advance()
	p.open, p.lost = nil, false // what was not kept comes again, and so does what came after it
	return errHeld
}

// timeout is how long the next poll may wait. The first one after an outage
// does not, so that its end is noticed at once, nor does one that would bring
// what is known. While another process polls, only a poll that lasts shows that
// it has gone.
func (p *poller) timeout() time.Duration {
	if (p.pause > 0 || len(p.open) > 0) && !p.c.inConflict() {
		return 0
	}
	return p.c.pollTimeout
}

// decodeAll returns the updates of a batch in the order of their ids. That is
// the order in which they happened, whatever order they come in, and the offset
// can then say which of them are durable: it confirms all lower ids.
func decodeAll(batch []wireUpdate, me account, now time.Time) (updates []bot.Update, err error) {
	for i := range batch {
		u, e := batch[i].decode(me, now)
		if e != nil {
			err = e
			continue
		}
		updates = append(updates, u)
	}
	slices.SortStableFunc(updates, func(a, b bot.Update) int { return cmp.Compare(a.ID, b.ID) })
	return updates, err
}

// handOver gives those of the updates to accept that were not before, and
// returns how many they are. After a failure it gives no more: nothing may
// overtake what has to come again.
func (p *poller) handOver(updates []bot.Update) (fresh int) {
	for _, u := range updates {
		h := &handed{id: u.ID}
		if !p.begin(h) {
			continue
		}
		fresh++
		var once sync.Once
		p.accept(u, func(err error) { once.Do(func() { p.finish(h, err) }) })
		p.end()
	}
	return fresh
}

// begin puts h where its id belongs, unless it is known or may not be handed
// over any more.
func (p *poller) begin(h *handed) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, known := slices.BinarySearchFunc(p.open, h.id, func(o *handed, id int64) int { return cmp.Compare(o.id, id) })
	if known || p.lost {
		return false
	}
	p.open = slices.Insert(p.open, i, h)
	p.handing = h
	return true
}

func (p *poller) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handing = nil
	p.handedOver.Broadcast()
}

// finish notes how h ended. That it was not kept is noted between two updates:
// whoever took it learns that this is noted only when the one that was being
// handed over is there as well, and can then turn that one away too. Otherwise
// it might be taken behind what has to come again before it.
func (p *poller) finish(h *handed, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for err != nil && p.handing != nil && p.handing != h {
		p.handedOver.Wait()
	}
	h.done, h.err = true, err
	p.lost = p.lost || err != nil
	select {
	case p.progress <- struct{}{}:
	default:
	}
}

// working returns how many updates are under way.
func (p *poller) working() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range p.open {
		if !h.done {
			n++
		}
	}
	return n
}

func (p *poller) failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

// await waits until no more than n updates are under way, or one was not kept.
// Where there is room for others, it also ends when whoever works on them has
// little left to do.
func (p *poller) await(n int, room bool) {
	var more <-chan struct{}
	if room {
		more = p.c.more
	}
	for p.working() > n && !p.failed() {
		select {
		case <-p.progress:
		case <-more:
			return
		}
	}
}

// drain waits until no update is under way.
func (p *poller) drain() {
	for {
		if p.working() == 0 {
			return
		}
		<-p.progress
	}
}

// advance moves the offset behind the longest run of updates that are durable.
func (p *poller) advance() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.open) > 0 && p.open[0].done && p.open[0].err == nil {
		p.offset = p.open[0].id + 1
		p.open = p.open[1:]
	}
}

// confirm tells Telegram what the last round has made durable, so that it does
// not come again after a restart. A failure costs nothing but that.
func (p *poller) confirm(ctx context.Context) {
	if p.offset == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), confirmTimeout)
	defer cancel()
	if _, err := p.c.getUpdates(ctx, p.offset, 1, 0); err != nil {
		p.c.log.say(slog.LevelInfo, "the last updates could not be confirmed and will come again")
	}
}

type getUpdatesParams struct {
	Offset  int64    `json:"offset,omitempty"`
	Limit   int      `json:"limit"`
	Timeout int      `json:"timeout"` // in seconds
	Allowed []string `json:"allowed_updates"`
}

func (c *Client) getUpdates(ctx context.Context, offset int64, limit int, timeout time.Duration) ([]wireUpdate, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout+pollGrace)
	defer cancel()
	resp, body, err := c.post(ctx, "getUpdates", getUpdatesParams{offset, limit, int(timeout / time.Second), allowedUpdates})
	if err != nil {
		return nil, err
	}
	return readBatch(resp.StatusCode, body)
}

// readBatch reads the updates of an answer. Should one of them have another form
// than it had, the others are read all the same.
func readBatch(status int, body []byte) ([]wireUpdate, error) {
	var batch []wireUpdate
	err := judge(status, body, &batch)
	var f *fault
	if err == nil || !errors.As(err, &f) || f.kind != faultForm {
		return batch, err
	}
	var raw []json.RawMessage
	if err := judge(status, body, &raw); err != nil {
		return nil, err
	}
	batch = make([]wireUpdate, len(raw))
	for i := range raw {
		batch[i] = readUpdate(raw[i])
	}
	return batch, nil
}
