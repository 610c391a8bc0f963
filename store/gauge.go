package store

import (
	"fmt"
	"iter"
	"math"
	"os"
	"time"

	"tixianbot/bot"
)

// Size is how much room the file takes, in bytes.
type Size struct {
	File int64
	Free int64 // of those, in pages that hold nothing now and are used again
}

// Size returns how much room the file takes.
func (s *Store) Size() (Size, error) {
	h := s.hold()
	defer h.release()
	info, err := os.Stat(s.path)
	if err != nil {
		return Size{}, fmt.Errorf("look at the size of the database: %w", err)
	}
	st := h.db.Stats()
	return Size{File: info.Size(), Free: int64(st.FreePageN+st.PendingPageN) * int64(h.db.Info().PageSize)}, nil
}

// Backlog is what a store has to be done.
type Backlog struct {
	Waiting int           // messages to be sent
	Oldest  time.Duration // for how long the oldest of them has waited
	Held    int           // messages to users who blocked the bot; they wait for them
	Dead    int           // dead letters
	Due     int           // timers whose moment has come
	Late    time.Duration // for how long the earliest of them has
}

// Backlog counts what is to be done at the time now. It takes time in
// proportion to that.
func (s *Store) Backlog(now time.Time) (b Backlog, err error) {
	err = s.view(func(tx *txn) error {
		s.countWaiting(tx, now, &b)
		b.Dead = tx.Bucket(bucketDead).Len()
		countDue(tx, now, &b)
		return nil
	})
	if err != nil {
		return b, fmt.Errorf("count what is to be done: %w", err)
	}
	return b, nil
}

// countWaiting counts the messages that wait. Items are numbered in the order in
// which they were queued, over all chats, so the time of one alone is looked at.
func (s *Store) countWaiting(tx *txn, now time.Time, b *Backlog) {
	chats, c := tx.Bucket(bucketChats), tx.Bucket(bucketOutbox).Keys()
	var oldest []byte
	var first uint64 = math.MaxUint64
	gone, last := false, []byte(nil)
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		chat, id, err := parseItemKey(k)
		if err != nil {
			continue // Check finds it
		}
		if last == nil || !hasChat(last, chat) {
			d, err := decodeChat(chats.Get(chatKey(chat)))
			gone, last = err == nil && d.Gone, k
		}
		if gone {
			b.Held++
			continue
		}
		b.Waiting++
		if id.Seq < first {
			first, oldest = id.Seq, k
		}
	}
	if oldest == nil {
		return
	}
	if it, err := decodeItem(ItemID{}, tx.Bucket(bucketOutbox).Get(oldest)); err == nil {
		b.Oldest = max(0, now.Sub(it.Queued))
	}
}

// countDue counts the timers whose moment has come.
func countDue(tx *txn, now time.Time, b *Backlog) {
	c := tx.Bucket(bucketDue).Keys()
	for k, _ := c.First(); len(k) >= 8; k, _ = c.Next() {
		at := time.UnixMilli(signed(k))
		if at.After(now) {
			return
		}
		if b.Due++; b.Due == 1 {
			b.Late = now.Sub(at)
		}
	}
}

// CasesAlone goes over all cases, without their records, in the order of chat and
// number. They are copied out a few at a time, so writing goes on; one that
// cannot be read is left out, since Check finds it.
func (s *Store) CasesAlone() iter.Seq2[bot.Case, error] {
	return func(yield func(bot.Case, error) bool) {
		for from := []byte{}; from != nil; {
			page, next, err := s.pageOfCases(from)
			if err != nil {
				yield(bot.Case{}, fmt.Errorf("read the cases: %w", err))
				return
			}
			for _, c := range page {
				if !yield(c, nil) {
					return
				}
			}
			from = next
		}
	}
}

// pageOfCases reads some cases and returns where to go on, nil at the end.
func (s *Store) pageOfCases(from []byte) (page []bot.Case, next []byte, err error) {
	err = s.view(func(tx *txn) error {
		c := tx.Bucket(bucketCases).Cursor()
		n := 0
		for k, v := c.Seek(from); k != nil; k, v = c.Next() {
			if n++; n > 4*pageSize {
				next = append([]byte{}, k...)
				return nil
			}
			if found, err := decodeCase(v); err == nil {
				page = append(page, found)
			}
		}
		return nil
	})
	return page, next, err
}
