package store

import (
	"encoding/binary"
	"fmt"
	"time"
)

// retention says how long update ids are remembered: an id is forgotten when it
// is older than age and at least count newer ones are known.
type retention struct {
	age   time.Duration
	count uint64
}

// Telegram offers an update for 24 hours.
var defaultRetention = retention{age: 48 * time.Hour, count: 100_000}

// prunedAtOnce is how many entries of the log a transaction forgets at most.
// It adds one, so two are enough for the log never to fall behind.
const prunedAtOnce = 2

// logEntry is the update ids of one transaction.
type logEntry struct {
	at    int64  // Unix seconds
	total uint64 // ids ever remembered, those of this entry included
	ids   []int64
}

func (e logEntry) encode() []byte {
	b := make([]byte, 0, 16+8*len(e.ids))
	b = appendSigned(b, e.at)
	b = binary.BigEndian.AppendUint64(b, e.total)
	for _, id := range e.ids {
		b = appendSigned(b, id)
	}
	return b
}

func decodeLogEntry(v []byte) (logEntry, error) {
	if len(v) < 16 || len(v)%8 != 0 {
		return logEntry{}, fmt.Errorf("log of update ids has an entry of %d bytes", len(v))
	}
	e := logEntry{at: signed(v), total: binary.BigEndian.Uint64(v[8:])}
	for v = v[16:]; len(v) > 0; v = v[8:] {
		e.ids = append(e.ids, signed(v))
	}
	return e, nil
}

// knows reports whether the update id was written before.
func (w *writer) knows(update int64) bool { return w.seen.Has(seenKey(update)) }

// note writes the update id.
func (w *writer) note(update int64) error {
	w.fresh = append(w.fresh, update)
	return w.seen.Put(seenKey(update), []byte{1})
}

// remember writes the log of the ids noted in this transaction and forgets the
// oldest ones. A transaction without an id does neither.
func (w *writer) remember(keep retention) error {
	if len(w.fresh) == 0 {
		return nil
	}
	total := uint64(len(w.fresh))
	if _, v := w.log.Cursor().Last(); v != nil {
		last, err := decodeLogEntry(v)
		if err != nil {
			return err
		}
		total += last.total
	}
	seq, err := w.log.NextSequence()
	if err != nil {
		return err
	}
	e := logEntry{at: w.now.Unix(), total: total, ids: w.fresh}
	if err := w.log.Put(seqKey(seq), e.encode()); err != nil {
		return err
	}
	return w.forget(total, keep)
}

func (w *writer) forget(total uint64, keep retention) error {
	for range prunedAtOnce {
		k, v := w.log.Cursor().First()
		oldest, err := decodeLogEntry(v)
		if err != nil {
			return err
		}
		if w.now.Sub(time.Unix(oldest.at, 0)) <= keep.age || total-oldest.total < keep.count {
			return nil
		}
		if err := forgetEntry(w.seen, w.log, k, oldest); err != nil {
			return err
		}
	}
	return nil
}

func forgetEntry(seen, log *bucket, key []byte, e logEntry) error {
	for _, id := range e.ids {
		if err := seen.Delete(seenKey(id)); err != nil {
			return err
		}
	}
	return log.Delete(key)
}
