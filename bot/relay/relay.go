package relay

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// InFlight is how many messages are sent at the same time at most, in different
// chats. A Sender over HTTP does well to keep that many connections.
const InFlight = 256

// Times that a relay gives others.
const (
	sendTime  = time.Minute     // for one message
	fileTime  = 5 * time.Minute // for one with a file
	stopGrace = 5 * time.Second // for messages in flight when the relay is to end
)

// ErrStopped is what updates are refused with when the relay has ended.
var ErrStopped = errors.New("relay: stopped")

// Sender delivers to a messenger. Its errors are [*bot.Refusal]; any other is
// taken as one with the reason Unreachable. Its methods are called from many
// goroutines, but Send and Delete never twice at once for one chat, except
// that a notice that the store is down may come beside them.
type Sender interface {
	// Send sends m, or edits the message replace into it if that is not 0, and
	// returns the id under which it is shown. plain asks for text without mark-up.
	Send(ctx context.Context, chat bot.ChatID, m bot.Message, replace bot.MessageID, plain bool) (bot.MessageID, error)
	// Delete deletes a message.
	Delete(ctx context.Context, chat bot.ChatID, id bot.MessageID) error
	// Answer acknowledges the press of a button and shows toast, if there is one.
	Answer(ctx context.Context, callback, toast string) error
}

// Files gives the content of files that users sent, to be closed, and how many
// bytes it has. Its errors, those of reading included, are [*bot.Refusal]: what
// is Rejected cannot be had now or later.
type Files interface {
	Open(ctx context.Context, id bot.FileID) (io.ReadCloser, int64, error)
}

// Store is what a relay needs of [store.Store].
type Store interface {
	Load(chat bot.ChatID, update int64, wants func(bot.Case) bot.Wish) (store.State, error)
	Coming(n int)
	Commit(store.Change) (store.Receipt, error)
	Head(chat bot.ChatID) (store.Head, bool, error)
	Settle(store.Settlement) (next store.Class, err error)
	Waiting() ([]store.Waiter, error)
	Due(now time.Time, limit int) (due []store.Timer, next time.Time, err error)
	Stands(store.Timer) (bool, error)
	Jobs() ([]store.Job, error)
	Pending(store.Job) (bot.Record, bool, error)
	Orders() ([]store.Order, error)
	Given(store.Order) (bool, error)
	Begin(store.Order) (o store.Order, stands bool, err error)
	Whole(chat bot.ChatID, number int) (e store.Entry, timers []store.Timer, ok bool, err error)
	Attached(chats ...bot.ChatID) ([]string, error)
	SealFile(path string) error
	Tag(chat bot.ChatID) string
}

// Config is what a relay is made of. Store, Sender and Knowledge are required.
type Config struct {
	Store     Store
	Sender    Sender
	Knowledge func() *knowledge.Pack // the content at the moment of the call
	Files     Files                  // nil: no file can be had

	Makers map[bot.OrderKind]Maker // of the work that can be ordered
	Dir    string                  // where files are made, a folder of the relay's own; made if missing. What lies there to be sent, the store opens

	Step  func(*knowledge.Pack, bot.Case, bot.Input) (bot.Case, bot.Effects) // nil: bot.Step
	Wants func(bot.Case, bot.Event) bot.Wish                                 // nil: bot.Wants
	Tell  func(*knowledge.Pack, bot.Notice) bot.Message                      // nil: bot.Tell

	Hungry func() // called when few updates are left to work on; nil: nobody is told

	Zone *time.Location // of chats that have none yet; nil: UTC

	Retention time.Duration // how long an untouched chat is kept; 0: until it is deleted
	Wordings  int           // requests that a chat may make a day to a language model; 0: none is there, -1: no limit

	SendRate float64      // messages a second in all, 0: no limit
	ChatRate float64      // messages a second in one chat, with bursts of 20; 0: no limit
	UserRate float64      // answers a second to one user, with bursts of 20; 0: no limit
	Log      *slog.Logger // nil: no log
	Meter    Meter        // nil: nothing is counted

	Allow []bot.ChatID // who is let in; none: everybody
	Block []bot.ChatID // who is not, and is not written to either
}

// Relay is a running bot without its messenger. Make one with [New].
type Relay struct {
	cfg     Config
	gate    gate
	outbox  *outbox
	clock   *clock
	fetcher *fetcher
	shop    *workshop
	counts  counts
	zones   sync.Map // name → *time.Location

	ctx    context.Context // of calls to the messenger
	cancel context.CancelFunc
	work   sync.WaitGroup // lanes and what they started
	atWork atomic.Int64   // lanes whose next change is coming
	busy   gauge          // the same, and chats with something to send

	mu      sync.Mutex
	lanes   map[bot.ChatID][]arrival // of each lane that runs, what it has still to do
	stopped bool

	answering chan struct{} // a token for each answer under way
	outage    outage
}

// New returns a relay over c. It accepts updates at once; messages are sent
// while Run runs.
func New(c Config) *Relay {
	if c.Step == nil {
		c.Step = bot.Step
	}
	if c.Wants == nil {
		c.Wants = bot.Wants
	}
	if c.Tell == nil {
		c.Tell = bot.Tell
	}
	if c.Hungry == nil {
		c.Hungry = func() {}
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Meter == nil {
		c.Meter = noMeter{}
	}
	r := &Relay{cfg: c, gate: newGate(c), lanes: map[bot.ChatID][]arrival{}, answering: make(chan struct{}, InFlight)}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.outbox, r.clock, r.fetcher, r.shop = newOutbox(r), newClock(r), newFetcher(r), newWorkshop(r)
	return r
}

// Run sends what is in the outbox, calls the chats whose moment has come,
// fetches files and does what is ordered, beginning with what an earlier process left to do, until ctx is
// done. It then refuses further updates, lets those at work
// and the messages in flight come to their end, and returns within seconds.
func (r *Relay) Run(ctx context.Context) error {
	defer r.stop()
	waiters, err := r.cfg.Store.Waiting()
	if err != nil {
		return err
	}
	jobs, err := r.cfg.Store.Jobs()
	if err != nil {
		return err
	}
	for _, w := range waiters {
		r.outbox.wake(w.Chat, w.First)
	}
	for _, j := range jobs {
		r.fetcher.add(j)
	}
	if err := r.shop.open(ctx); err != nil {
		return err
	}
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() { r.clock.run(ctx) })
	others.Go(func() { r.fetcher.run(ctx) })
	others.Go(func() { r.shop.run(ctx) })
	r.outbox.run(ctx)
	return nil
}

// stop ends the relay. Updates that no lane has begun are refused: their
// messenger offers them again.
func (r *Relay) stop() {
	for _, a := range r.refuse() {
		a.done(ErrStopped)
	}
	grace := time.AfterFunc(stopGrace, r.cancel)
	r.work.Wait()
	r.outbox.sends.Wait()
	grace.Stop()
	r.cancel()
}

// refuse lets no more updates in and returns those that wait.
func (r *Relay) refuse() []arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	var waiting []arrival
	for chat, queue := range r.lanes {
		waiting = append(waiting, queue...)
		r.lanes[chat] = nil
	}
	return waiting
}

// Idle waits until every update accepted so far has been worked on and
// everything it gave to say is delivered, or ctx is done. Messages to users who
// blocked the bot are not waited for.
func (r *Relay) Idle(ctx context.Context) error { return r.busy.wait(ctx) }

// Stats are counts since the relay was made.
type Stats struct {
	Updates     int64 // committed
	Duplicates  int64 // updates that were known already
	Faults      int64 // attempts at an update that failed for a reason of its own
	Poisoned    int64 // updates given up for such a reason
	Refused     int64 // updates that could not be committed
	Sent        int64 // messages delivered
	Retries     int64 // deliveries to be tried again
	DeadLetters int64 // messages given up
	Unanswered  int64 // presses whose acknowledgement did not come through
	Woken       int64 // moments that came and were committed
	Hashed      int64 // files that were fetched, or found not to be had
	Made        int64 // orders that were filled, or given up
	Barred      int64 // updates of those who are not let in
}

// counts are Stats as they grow.
type counts struct {
	updates, duplicates, faults, poisoned, refused, sent, retries, dead, unanswered, woken, hashed, made, barred atomic.Int64
}

// Stats returns the counts as they are now.
func (r *Relay) Stats() Stats {
	c := &r.counts
	return Stats{
		Updates: c.updates.Load(), Duplicates: c.duplicates.Load(), Faults: c.faults.Load(),
		Poisoned: c.poisoned.Load(), Refused: c.refused.Load(), Sent: c.sent.Load(),
		Retries: c.retries.Load(), DeadLetters: c.dead.Load(), Unanswered: c.unanswered.Load(),
		Woken: c.woken.Load(), Hashed: c.hashed.Load(), Made: c.made.Load(), Barred: c.barred.Load(),
	}
}
