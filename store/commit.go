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

// How long what is queued waits for more before it is written. A transaction
// costs a sync of the disk and some copies of pages, whatever it holds, so many
// callers fare better with few. It waits only for callers who have said that
// they are coming: a lone caller never waits.
const (
	longestWait = 8 * time.Millisecond // for those who are coming
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
	patient bool // nobody waits for it
	came    bool // its caller had said that it would come
	out     outcome
	done    chan struct{}
}

// Coming says that n callers are about to commit a change that has Came set, so
// that one transaction can hold them all; below 0, that so many will not. What
// is queued waits some milliseconds for them at most.
func (s *Store) Coming(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coming += n
	s.rouse()
}

// submit queues j, waits until it is written and returns what came of it.
func (s *Store) submit(j *job) (outcome, error) {
	j.done = make(chan struct{})
	if !s.enqueue(j) {
		return outcome{}, ErrClosed
	}
	<-j.done
	return j.out, j.out.err
}

func (s *Store) enqueue(j *job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.came {
		s.coming--
	}
	if s.closed {
		return false
	}
	s.queue = append(s.queue, j)
	wait := longestWait
	if j.patient {
		wait = patience
	}
	s.urgent = s.urgent || !j.patient
	if at := time.Now().Add(wait); s.due.IsZero() || at.Before(s.due) {
		s.due = at
	}
	s.rouse()
	return true
}

// rouse wakes the writer if it is time to write, and else sees to it that this
// happens when it is. s.mu is held.
func (s *Store) rouse() {
	in := s.ripe()
	switch {
	case in < 0 || s.closed:
	case in > 0:
		s.timer.Reset(in)
	default:
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// ripe returns after how long what is queued is to be written, below 0 if there
// is nothing. s.mu is held.
func (s *Store) ripe() time.Duration {
	switch {
	case len(s.queue) == 0:
		return -1
	case s.closed, s.urgent && s.coming <= 0, len(s.queue) >= maxBatch:
		return 0
	}
	return max(0, time.Until(s.due))
}

// remind is called by the timer when what is queued has waited for long enough.
func (s *Store) remind() {
	s.mu.Lock()
	defer s.mu.Unlock()
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
				s.writeBatch(batch)
			}
		case <-tidy.C:
			s.tidy()
		}
	}
}

// take returns what is queued, up to maxBatch, if it is time to write it.
func (s *Store) take() []*job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ripe() != 0 {
		s.rouse()
		return nil
	}
	n := min(len(s.queue), maxBatch)
	batch := s.queue[:n:n]
	s.queue = s.queue[n:]
	if len(s.queue) == 0 {
		s.queue, s.urgent, s.due = nil, false, time.Time{}
		s.timer.Stop()
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
