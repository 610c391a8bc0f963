package relay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// Rules for orders.
const (
	begunAtMost  = 3               // so often is work begun that fails or ends the process
	progressPace = 3 * time.Second // between words about the progress of one order
	signalPace   = 4 * time.Second // between signs that something is being done; Telegram shows one for 5 s
	orderTime    = 5 * time.Minute // for one order whose maker does not say
)

// Maker does the work of one kind of order.
type Maker struct {
	AtOnce int           // how many orders of the kind are under way at the same time at most; 0 is 1
	Time   time.Duration // that one order is given; 0 is 5 min

	// Make does the work. What it makes belongs to the chat once it is committed;
	// an error, or a panic, lets it be tried again, and then ends the order with
	// [bot.ErrMade]. What is wrong with the order itself stands in Made.Err.
	Make func(context.Context, Work) (bot.Made, error)
}

// Work is an order with what is needed to fill it.
type Work struct {
	Order   bot.Order
	Case    bot.Case     // that the order is about
	Records []bot.Record // of the case, oldest first
	Wakes   []bot.Wake   // what is to come due in the chat, earliest first
	Zone    *time.Location
	Now     time.Time

	// Dir is an empty folder for what is made; Made.Files name the files in it by
	// their path. What else lies there is removed.
	Dir string

	// Progress tells how far the work is. It returns at once.
	Progress func(done, total int)
}

// Signaller is a [Sender] that can show that something is being done: words
// are being written, or a file is being made.
type Signaller interface {
	Signal(ctx context.Context, chat bot.ChatID, file bool) error
}

// workshop does what was ordered, and brings what was made into the lane of its
// chat. An order is in the store until what was made is committed; files that
// messages carry stay in the folder until these are delivered.
type workshop struct {
	r     *Relay
	work  sync.WaitGroup
	seats map[bot.OrderKind]chan struct{} // a token for each order of the kind under way

	mu     sync.Mutex
	ctx    context.Context       // nil until the relay runs
	early  []store.Order         // given before
	closed bool                  // nothing more is begun
	under  map[string]bool       // names of the folders of orders under way
	known  map[orderID]bool      // orders that wait or are under way
	told   map[orderID]time.Time // when a chat last heard of the progress of one, at first when it began
}

// orderID tells orders from each other.
type orderID struct {
	chat  bot.ChatID
	name  string
	given int64
}

func idOfOrder(o store.Order) orderID { return orderID{o.Chat, o.Name, o.Given.UnixNano()} }

func newWorkshop(r *Relay) *workshop {
	w := &workshop{r: r, seats: map[bot.OrderKind]chan struct{}{}, under: map[string]bool{}, known: map[orderID]bool{}, told: map[orderID]time.Time{}}
	for kind, m := range r.cfg.Makers {
		w.seats[kind] = make(chan struct{}, max(1, m.AtOnce))
	}
	return w
}

// open begins with what an earlier process left to do, once what it left lying
// about is removed.
func (w *workshop) open(ctx context.Context) error {
	orders, err := w.r.cfg.Store.Orders()
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.ctx = ctx
	orders = append(orders, w.early...)
	w.early = nil
	w.mu.Unlock()
	w.sweep()
	for _, o := range orders {
		w.add(o)
	}
	return nil
}

// run closes the workshop when ctx is done.
func (w *workshop) run(ctx context.Context) {
	<-ctx.Done()
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.work.Wait()
}

// add begins an order. One that was there at the start may come a second time,
// from the lane that has just committed it.
func (w *workshop) add(o store.Order) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch id := idOfOrder(o); {
	case w.closed: // the next process does it
	case w.ctx == nil:
		w.early = append(w.early, o)
	case !w.known[id]:
		w.known[id] = true
		ctx := w.ctx
		w.r.busy.add(1)
		w.work.Go(func() {
			defer w.r.busy.add(-1)
			w.fill(ctx, o)
			w.forget(id)
		})
	}
}

func (w *workshop) forget(id orderID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.known, id)
	delete(w.told, id)
}

// fill does an order, as often as it takes, until it is committed, does not
// stand any more, or ctx is done.
func (w *workshop) fill(ctx context.Context, o store.Order) {
	for failures := 0; ctx.Err() == nil; failures++ {
		again := w.seated(ctx, o)
		if !again {
			return
		}
		rest(ctx, backOff(failures))
	}
}

// rest waits for a while, or until ctx is done.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// seated tries an order when there is room for it, and reports whether it has
// to be tried again.
func (w *workshop) seated(ctx context.Context, o store.Order) (again bool) {
	if seats := w.seats[o.Kind]; seats != nil {
		select {
		case seats <- struct{}{}:
			defer func() { <-seats }()
		case <-ctx.Done():
			return false
		}
	}
	o, stands, err := w.r.cfg.Store.Begin(o)
	if err != nil {
		w.r.cfg.Log.Error("order not begun", "order", string(o.Kind), "err", err)
		return true
	}
	if !stands {
		return false
	}
	return w.try(ctx, o)
}

// try makes what is ordered and commits it.
func (w *workshop) try(ctx context.Context, o store.Order) (again bool) {
	dir, err := w.folder()
	if err == nil {
		defer w.leave(dir, o.Chat)
	}
	made := bot.Made{Order: o.Order, Err: bot.ErrMade}
	if o.Tries <= begunAtMost {
		var m bot.Made
		if err == nil {
			m, err = w.make(ctx, o, dir)
		}
		switch {
		case err == nil:
			made = m
		case ctx.Err() != nil:
			return false // the next process does it
		default:
			w.r.cfg.Log.Error("order failed", "order", string(o.Kind), "chat", w.r.cfg.Store.Tag(o.Chat), "try", o.Tries, "err", err)
			if o.Tries < begunAtMost {
				return true
			}
		}
	}
	w.commit(ctx, o, made)
	return false
}

// commit brings what was made into the lane of its chat until it is committed
// or ctx is done.
func (w *workshop) commit(ctx context.Context, o store.Order, made bot.Made) {
	u := bot.Update{Chat: o.Chat, At: time.Now(), Event: made}
	for failures := 0; ctx.Err() == nil; failures++ {
		done := make(chan error, 1)
		if !w.r.enter(arrival{update: u, done: func(err error) { done <- err }, order: &o}) {
			return
		}
		if err := <-done; err == nil {
			w.r.counts.made.Add(1)
			return
		}
		rest(ctx, backOff(failures))
	}
}

// make does the work of an order.
func (w *workshop) make(ctx context.Context, o store.Order, dir string) (m bot.Made, err error) {
	maker, ok := w.r.cfg.Makers[o.Kind]
	if !ok {
		return bot.Made{Order: o.Order, Err: bot.ErrMade}, nil
	}
	work, err := w.gather(o, dir)
	if err != nil {
		return m, err
	}
	limit := orderTime
	if maker.Time > 0 {
		limit = maker.Time
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	w.talks(idOfOrder(o), time.Now())
	stop := w.signal(ctx, o)
	defer stop()
	err = w.r.guard(func() (err error) {
		m, err = maker.Make(ctx, work)
		return err
	})
	if err != nil {
		return m, err
	}
	m.Order = o.Order
	return m, w.settle(dir, m.Files)
}

// gather reads what is needed to fill an order.
func (w *workshop) gather(o store.Order, dir string) (Work, error) {
	e, timers, ok, err := w.r.cfg.Store.Whole(o.Chat, o.Case)
	if err != nil || !ok && o.Case > 0 {
		return Work{}, fmt.Errorf("read the case of an order: %w", orMissing(err))
	}
	work := Work{
		Order: o.Order, Case: e.Case, Records: e.Records, Zone: w.r.zone(e.Zone), Now: time.Now(), Dir: dir,
		Progress: func(done, total int) { w.progress(o, done, total) },
	}
	for _, t := range timers {
		if t.ID.Kind == store.Wake {
			work.Wakes = append(work.Wakes, bot.Wake{At: t.At, Why: t.ID.Name})
		}
	}
	return work, nil
}

func orMissing(err error) error {
	if err == nil {
		return os.ErrNotExist
	}
	return err
}

// settle makes sure that the files outlive the process, encrypted, gives them the
// paths under which they are kept, and removes what else lies in the folder.
func (w *workshop) settle(dir string, files []bot.Attachment) error {
	if len(files) == 0 {
		return nil
	}
	wanted := map[string]bool{}
	for i, f := range files {
		path := f.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if filepath.Dir(path) != dir {
			return errors.New("keep what was made: a file does not lie in the folder of its order")
		}
		info, err := os.Stat(path)
		if err == nil {
			err = w.r.cfg.Store.SealFile(path)
		}
		if err != nil {
			return fmt.Errorf("keep what was made: %w", err)
		}
		name := filepath.Base(path)
		wanted[name] = true
		files[i].Path, files[i].Size = filepath.Join(filepath.Base(dir), name), info.Size()
	}
	lying, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look through what was made: %w", err)
	}
	for _, f := range lying {
		if !wanted[f.Name()] {
			w.remove(filepath.Join(dir, f.Name()))
		}
	}
	return flush(dir)
}

// flush writes a folder to the disk.
func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// progress brings a word about the progress of an order into the lane of its
// chat, unless the last one is fresh: what is quick needs none. Nothing depends
// on it.
func (w *workshop) progress(o store.Order, done, total int) {
	if !w.talks(idOfOrder(o), time.Now()) {
		return
	}
	u := bot.Update{Chat: o.Chat, At: time.Now(), Event: bot.Progress{Order: o.Order, Done: done, Total: total, Since: o.Given}}
	w.r.enter(arrival{update: u, done: func(error) {}, order: &o, keeps: true})
}

// talks reports whether a chat is to hear of the progress of an order again.
func (w *workshop) talks(id orderID, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, begun := w.told[id]
	if begun && now.Sub(last) < progressPace {
		return false
	}
	w.told[id] = now
	return begun
}

// signal shows in the chat that an order is being worked on, until the returned
// function is called.
func (w *workshop) signal(ctx context.Context, o store.Order) (stop func()) {
	s, ok := w.r.cfg.Sender.(Signaller)
	if !ok {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	file := o.Kind != bot.OrderWording
	w.work.Go(func() {
		for ctx.Err() == nil {
			_ = w.r.guard(func() error { return s.Signal(ctx, o.Chat, file) }) // what it shows lasts a moment
			rest(ctx, signalPace)
		}
	})
	return cancel
}

// folder makes a folder for one order.
func (w *workshop) folder() (string, error) {
	if w.r.cfg.Dir == "" {
		return "", nil
	}
	w.mu.Lock() // or sweep takes it away
	defer w.mu.Unlock()
	if err := os.MkdirAll(w.r.cfg.Dir, 0o700); err != nil {
		return "", fmt.Errorf("make a folder for an order: %w", err)
	}
	dir, err := os.MkdirTemp(w.r.cfg.Dir, "order-")
	if err != nil {
		return "", fmt.Errorf("make a folder for an order: %w", err)
	}
	w.under[filepath.Base(dir)] = true
	return dir, nil
}

// leave ends the work in a folder. What a message to the chat carries stays.
func (w *workshop) leave(dir string, chat bot.ChatID) {
	if dir == "" {
		return
	}
	attached, err := w.r.cfg.Store.Attached(chat)
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.under, filepath.Base(dir))
	if err == nil && !folders(attached)[filepath.Base(dir)] {
		w.remove(dir)
	}
}

// folders returns the names of the folders that files lie in.
func folders(paths []string) map[string]bool {
	names := map[string]bool{}
	for _, path := range paths {
		names[filepath.Dir(path)] = true
	}
	return names
}

// sweep removes the folders that nobody works in and from which no message is
// to carry anything.
func (w *workshop) sweep() {
	if w.r.cfg.Dir == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	lying, err := os.ReadDir(w.r.cfg.Dir)
	if err != nil {
		return // there is none yet
	}
	attached, err := w.r.cfg.Store.Attached()
	if err != nil {
		w.r.cfg.Log.Error("files left by orders not looked for", "err", err)
		return
	}
	kept := folders(attached)
	for _, f := range lying {
		if !kept[f.Name()] && !w.under[f.Name()] {
			w.remove(filepath.Join(w.r.cfg.Dir, f.Name()))
		}
	}
}

// delivered removes a file that a message has carried, and with the last one
// its folder.
func (w *workshop) delivered(path string) {
	if path == "" {
		return
	}
	path = filepath.Join(w.r.cfg.Dir, path)
	w.remove(path)
	_ = os.Remove(filepath.Dir(path)) // it holds others, or work goes on in it
}

func (w *workshop) remove(path string) {
	if err := os.RemoveAll(path); err != nil {
		w.r.cfg.Log.Error("files left by an order not removed", "err", err)
	}
}
