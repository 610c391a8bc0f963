package relay

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"
	"sync"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// fault is why an update, or a message, cannot be worked on, whatever the state
// of the world. It holds nothing of the content.
type fault struct {
	cause string
	stack string
}

func (f *fault) Error() string { return f.cause }

// caught returns the fault of a panic with the value v. It must be called from
// the deferred function that recovered v. What the value says is kept only if
// it comes from the runtime: anything else might quote the user.
func caught(v any) *fault {
	cause := fmt.Sprintf("panic with a %T", v)
	if err, ok := v.(runtime.Error); ok {
		cause = err.Error()
	}
	return &fault{cause: cause, stack: frames()}
}

// stackDepth is how many functions of a stack are kept.
const stackDepth = 24

// frames returns the functions on the stack below the panic, one a line, with
// file and line but without folders and arguments.
func frames() string {
	pcs := make([]uintptr, stackDepth)
	fs := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	var b strings.Builder
	for {
		f, more := fs.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			fmt.Fprintf(&b, "%s %s:%d\n", f.Function, path.Base(f.File), f.Line)
		}
		if !more {
			return b.String()
		}
	}
}

// ownFault turns an error of the store that is one of this update alone into a
// fault, and leaves others as they are.
func ownFault(err error) error {
	if errors.Is(err, store.ErrInvalid) || errors.Is(err, store.ErrDamaged) {
		return &fault{cause: err.Error()}
	}
	return err
}

// giveUp commits an update as seen, with a note for the operator and a sentence
// for the user.
func (r *Relay) giveUp(a arrival, f *fault) (result, error) {
	u := a.update
	c := store.Change{Update: u.ID, Chat: u.Chat, Fires: a.timer, Ends: a.job, Fills: a.order, Keeps: a.keeps, Came: a.word.keep(), Poison: &store.Poison{
		Update: u.ID, At: time.Now(), Event: kind(u.Event), Cause: f.cause, Stack: f.stack,
	}}
	if m, ok := r.notice(bot.NoticeFault); ok && addressed(u.Event) {
		c.Queue = []store.Item{{ID: store.ItemID{Class: store.Answer}, Message: m}}
	}
	receipt, err := r.cfg.Store.Commit(c)
	if err == nil {
		r.counts.poisoned.Add(1)
		r.cfg.Log.Error("update given up", "update", u.ID, "event", kind(u.Event), "chat", r.cfg.Store.Tag(u.Chat), "cause", f.cause)
	}
	return result{Receipt: receipt, poisoned: true}, r.outage.heed(err)
}

// notice returns the message of a notice, and whether there is one to be said.
func (r *Relay) notice(n bot.Notice) (m bot.Message, ok bool) {
	err := r.guard(func() error {
		m = r.cfg.Tell(r.cfg.Knowledge(), n)
		return nil
	})
	return m, err == nil && m.Text != ""
}

// guard runs f and turns a panic into an error that is a fault.
func (r *Relay) guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			caught := caught(v)
			r.cfg.Log.Error("fault", "cause", caught.cause, "stack", caught.stack)
			err = caught
		}
	}()
	return f()
}

// outage knows whom it was told that the store cannot be written.
type outage struct {
	mu   sync.Mutex
	told map[bot.ChatID]bool
}

// heed notes with err whether the store could be written, and returns err.
func (o *outage) heed(err error) error {
	if err == nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.told = nil
	}
	return err
}

// first reports whether chat is to be told.
func (o *outage) first(chat bot.ChatID) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.told[chat] {
		return false
	}
	if o.told == nil {
		o.told = map[bot.ChatID]bool{}
	}
	o.told[chat] = true
	return true
}

// apologise tells the user of an update that could not be committed, once in an
// outage, that it is not lost. It goes past the outbox, which is down as well.
func (r *Relay) apologise(u bot.Update, why error) {
	if errors.Is(why, store.ErrClosed) || r.gate.bars(u.Chat) || !addressed(u.Event) || !r.outage.first(u.Chat) {
		return
	}
	m, ok := r.notice(bot.NoticeStoreDown)
	if !ok {
		return
	}
	r.spawn(func() {
		err := r.guard(func() error {
			_, err := r.cfg.Sender.Send(r.ctx, u.Chat, m, 0, false)
			return err
		})
		if err != nil {
			r.cfg.Log.Warn("notice not sent", "chat", r.cfg.Store.Tag(u.Chat), "err", err)
		}
	})
}
