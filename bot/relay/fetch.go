package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// Rules for fetching files.
const (
	fetchesAtOnce = 4
	fetchTime     = 5 * time.Minute // for one file
	maxFetch      = 20 << 20        // bytes of a file; more is not looked at
)

// fetcher fetches the files whose hash a chat wants, and brings it into the
// lane. What is to be fetched is in the store until the step that the hash leads
// to is committed.
type fetcher struct {
	r     *Relay
	woken chan struct{} // holds a token when there may be something to do
	slots chan struct{} // a token for each fetch under way
	work  sync.WaitGroup

	mu      sync.Mutex
	waiting []*errand
	known   map[errandID]bool // those that wait or are under way
}

// errandID tells files that are to be fetched from each other.
type errandID struct {
	chat        bot.ChatID
	number, seq int
	file        bot.FileID
}

func idOf(j store.Job) errandID { return errandID{j.Chat, j.Case, j.Seq, j.File} }

// errand is a file on its way to its hash.
type errand struct {
	store.Job
	at       time.Time // not before
	failures int       // in a row
	counted  bool      // whoever waits for the relay to be idle waits for it
	hash     *bot.Hashed
}

func newFetcher(r *Relay) *fetcher {
	return &fetcher{r: r, woken: make(chan struct{}, 1), slots: make(chan struct{}, fetchesAtOnce), known: map[errandID]bool{}}
}

// add notes a file that is to be fetched. One that was there at the start may
// come a second time, from the lane that has just committed it.
func (f *fetcher) add(j store.Job) {
	if !f.learn(j) {
		return
	}
	f.r.busy.add(1)
	f.push(&errand{Job: j, counted: true}, 0)
}

// learn reports whether j is new.
func (f *fetcher) learn(j store.Job) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known[idOf(j)] {
		return false
	}
	f.known[idOf(j)] = true
	return true
}

// finish forgets a file whose hash is committed.
func (f *fetcher) finish(e *errand) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.known, idOf(e.Job))
	f.r.counts.hashed.Add(1)
}

func (f *fetcher) push(e *errand, after time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e.at = time.Now().Add(after)
	f.waiting = append(f.waiting, e)
	select {
	case f.woken <- struct{}{}:
	default:
	}
}

// run fetches until ctx is done.
func (f *fetcher) run(ctx context.Context) {
	defer f.work.Wait()
	for {
		select {
		case f.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		e := f.wait(ctx)
		if e == nil {
			return
		}
		f.work.Go(func() {
			defer func() { <-f.slots }()
			f.do(ctx, e)
		})
	}
}

// wait returns the next file whose time has come, or nil when ctx is done.
func (f *fetcher) wait(ctx context.Context) *errand {
	for ctx.Err() == nil {
		e, in := f.next(time.Now())
		if e != nil {
			return e
		}
		timer := time.NewTimer(in)
		select {
		case <-timer.C:
		case <-f.woken:
		case <-ctx.Done():
		}
		timer.Stop()
	}
	return nil
}

// next takes the first file whose time has come, or says how long there is none.
func (f *fetcher) next(now time.Time) (*errand, time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	in := lookAgain
	for i, e := range f.waiting {
		if !e.at.After(now) {
			f.waiting = append(f.waiting[:i], f.waiting[i+1:]...)
			return e, 0
		}
		in = min(in, e.at.Sub(now))
	}
	return nil, in
}

// do fetches one file, unless its hash is known already, and brings the hash
// into the lane of its chat.
func (f *fetcher) do(ctx context.Context, e *errand) {
	if e.hash == nil {
		after, ok := f.fetch(ctx, e)
		if !ok {
			f.rest(e)
			f.push(e, after)
			return
		}
	}
	u := bot.Update{Chat: e.Chat, At: time.Now(), Event: *e.hash}
	done := make(chan error, 1)
	if !f.r.enter(arrival{update: u, done: func(err error) { done <- err }, job: &e.Job}) {
		done <- ErrStopped
	}
	err := <-done
	f.rest(e)
	if err != nil {
		f.push(e, e.backOff())
		return
	}
	f.finish(e)
}

// rest lets those go on who wait for the relay to be idle.
func (f *fetcher) rest(e *errand) {
	if e.counted {
		e.counted = false
		f.r.busy.add(-1)
	}
}

// fetch finds the hash of a file, or says after how long to try again.
func (f *fetcher) fetch(ctx context.Context, e *errand) (after time.Duration, ok bool) {
	e.hash = &bot.Hashed{Case: e.Case, Seq: e.Seq}
	_, wanted, err := f.r.cfg.Store.Pending(e.Job)
	if err == nil && !wanted {
		return 0, true // the lane finds that out as well
	}
	var sum string
	if err == nil {
		err = f.r.guard(func() (err error) {
			sum, err = f.sum(ctx, e.File)
			return err
		})
	}
	switch why := reason(err); {
	case err == nil:
		e.hash.SHA256 = sum
		return 0, true
	case why == bot.TooFast:
		after = max(pauseOf(err), shortest)
	case why == bot.Unreachable && time.Since(e.Queued) < giveUpTime:
		after = e.backOff()
	default:
		if f.r.cfg.Files != nil { // where no file can be had, that is no news
			f.r.cfg.Log.Warn("file not fetched", "chat", f.r.cfg.Store.Tag(e.Chat), "reason", string(why))
		}
		e.hash.Err = true
		return 0, true
	}
	e.hash = nil
	f.r.counts.retries.Add(1)
	return after, false
}

// errCut says that fewer bytes came than were announced.
var errCut = errors.New("the file was cut off")

// sum returns the SHA-256 of a file.
func (f *fetcher) sum(ctx context.Context, id bot.FileID) (string, error) {
	if f.r.cfg.Files == nil {
		return "", &bot.Refusal{Reason: bot.Rejected}
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	content, size, err := f.r.cfg.Files.Open(ctx, id)
	if err != nil {
		return "", err
	}
	defer content.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(content, maxFetch+1))
	switch {
	case err != nil:
		return "", err
	case n > maxFetch:
		return "", &bot.Refusal{Reason: bot.Rejected}
	case size >= 0 && n != size:
		return "", &bot.Refusal{Reason: bot.Unreachable, Err: errCut}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (e *errand) backOff() time.Duration {
	e.failures++
	return backOff(e.failures - 1)
}
