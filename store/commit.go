package store

import (
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// maxBatch is how many changes go into one transaction at most. It bounds the
// time a change waits for others that came before it.
const maxBatch = 1024

// How long the writer waits for more before it begins a transaction. Each one
// costs a sync of the disk and some copies of pages, whatever it holds, so many
// callers fare better with few. It waits only where the last transaction held
// several changes, until as many have come again, and no longer than that one
// took: a lone caller never waits.
const (
	several     = 3
	longestWait = 8 * time.Millisecond
	patience    = 5 * time.Millisecond // of a change that nobody waits for, before it is written alone
)

// operation is a change in its encoded form. apply writes all of it or, where
// it returns an outcome with an error, none of it; the error beside the outcome
// is of the transaction and fails everything in it.
type operation interface {
	apply(*writer) (outcome, error)
}

type outcome struct {
	duplicate bool  // nothing was written, the update id was known
	next      Class // of the first thing that the chat has to send
	err       error // why this change alone was not written
}

type job struct {
	op      operation
	patient bool // it may wait for others to share a transaction with
	out     outcome
	done    chan struct{}
}

// submit queues op, waits until it is written and returns what came of it. A
// patient one waits a little for others, so that it costs no transaction.
func (s *Store) submit(op operation, patient bool) (outcome, error) {
	j := &job{op: op, patient: patient, done: make(chan struct{})}
	if !s.enqueue(j) {
		return outcome{}, ErrClosed
	}
	<-j.done
	return j.out, j.out.err
}

func (s *Store) enqueue(j *job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.queue = append(s.queue, j)
	switch {
	case !j.patient:
		s.urgent = true
	case len(s.queue) == 1:
		time.AfterFunc(patience, s.hurry)
	}
	s.rouse()
	return true
}

// rouse wakes the writer if there is enough to do. s.mu is held.
func (s *Store) rouse() {
	if !s.urgent || len(s.queue) < s.enough || s.closed {
		return
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// hurry ends the patience of what is queued.
func (s *Store) hurry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urgent = s.urgent || len(s.queue) > 0
	s.rouse()
}

// write is the one goroutine that writes. It ends after Close, when the queue
// is empty.
func (s *Store) write() {
	defer close(s.ended)
	s.tidy()
	tidy := time.NewTicker(tidyEvery)
	defer tidy.Stop()
	for open := true; open; {
		select {
		case _, open = <-s.wake:
			for batch := s.take(); len(batch) > 0; batch = s.take() {
				began := time.Now()
				s.writeBatch(batch)
				s.gather(len(batch), time.Since(began))
			}
		case <-tidy.C:
			s.tidy()
		}
	}
}

// gather waits until as many changes are queued as the last transaction held,
// or for as long as that took.
func (s *Store) gather(held int, took time.Duration) {
	if held < several || !s.waitFor(held) {
		return
	}
	timer := time.NewTimer(min(took, longestWait))
	defer timer.Stop()
	select {
	case <-s.wake:
	case <-timer.C:
	}
	s.waitFor(1)
}

// waitFor makes n changes in the queue the least that wakes the writer, and
// reports whether there are fewer.
func (s *Store) waitFor(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enough = n
	s.rouse()
	return len(s.queue) < n
}

// take returns what is queued, up to maxBatch, if any of it is urgent.
func (s *Store) take() []*job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.urgent && !s.closed {
		return nil
	}
	n := min(len(s.queue), maxBatch)
	batch := s.queue[:n:n]
	s.queue = s.queue[n:]
	if len(s.queue) == 0 {
		s.queue, s.urgent = nil, false
	}
	return batch
}

func (s *Store) writeBatch(batch []*job) {
	err := s.transact(batch)
	for _, j := range batch {
		if err != nil {
			j.out = outcome{err: fmt.Errorf("write to the database: %w", err)}
		}
		close(j.done)
	}
}

// transact applies the jobs in one transaction.
func (s *Store) transact(batch []*job) error {
	return guard(func() error {
		return s.update(func(tx *bolt.Tx) error { return s.applyAll(&txn{tx, s.seal}, batch) })
	})
}

func (s *Store) applyAll(tx *txn, batch []*job) (err error) {
	w := newWriter(s, tx, time.Now())
	for _, j := range batch {
		if j.out, err = j.op.apply(w); err != nil {
			return err
		}
	}
	return w.remember(s.keep)
}

func panicked(v any) error {
	if err, ok := v.(error); ok {
		return err
	}
	return errors.New(fmt.Sprint(v))
}

// writer is a write transaction with its buckets at hand.
type writer struct {
	now   time.Time
	store *Store
	fresh []int64 // update ids new in this transaction

	meta, chats, slots, cases, records, outbox, dead, poison, seen, log, timers, due, jobs, orders *bucket
}

func newWriter(s *Store, tx *txn, now time.Time) *writer {
	w := &writer{
		now: now, store: s, meta: tx.Bucket(bucketMeta), chats: tx.Bucket(bucketChats), slots: tx.Bucket(bucketSlots), cases: tx.Bucket(bucketCases),
		records: tx.Bucket(bucketRecords), outbox: tx.Bucket(bucketOutbox), dead: tx.Bucket(bucketDead),
		poison: tx.Bucket(bucketPoison), seen: tx.Bucket(bucketSeen), log: tx.Bucket(bucketSeenLog),
		timers: tx.Bucket(bucketTimers), due: tx.Bucket(bucketDue), jobs: tx.Bucket(bucketJobs), orders: tx.Bucket(bucketOrders),
	}
	w.seen.growing()
	w.log.growing()
	return w
}
