package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tixianbot/bot"
)

// Timer is something that comes due in a chat. Its moment is kept to the
// millisecond, later rather than sooner.
type Timer struct {
	Chat bot.ChatID
	ID   TimerID
	At   time.Time
}

// TimerID names a timer of a chat, which has one at a time with that name.
type TimerID struct {
	Kind TimerKind
	Name string // 1 to 64 bytes
}

// TimerKind says what comes due. Timers of all kinds share one index, so that
// one look at its beginning finds what is due.
type TimerKind byte

// Wake is the kind of a [bot.Wake], whose Why is the name.
const Wake TimerKind = 1

// maxTimerName is how long the name of a timer may be, in bytes.
const maxTimerName = 64

// diskTimer is the value of a timer. What kinds to come keep about themselves
// are further fields of it.
type diskTimer struct {
	At time.Time `json:"at"`
}

func decodeTimer(v []byte) (d diskTimer, err error) {
	err = json.Unmarshal(v, &d)
	return d, err
}

// moment returns at as it stands in the index, in milliseconds since 1970.
func moment(at time.Time) int64 {
	ms := at.UnixMilli()
	if time.UnixMilli(ms).Before(at) {
		ms++
	}
	return ms
}

// timerKey is the key of a timer in its chat.
func (s *seal) timerKey(c bot.ChatID, id TimerID) []byte {
	return append(append(chatKey(c), byte(id.Kind)), s.hide(nameOfTimer, c, id.Name)...)
}

func (s *seal) parseTimerKey(k []byte) (bot.ChatID, TimerID, error) {
	if len(k) <= chatLen+1 {
		return 0, TimerID{}, errKey
	}
	name, err := s.show(nameOfTimer, chatOf(k), k[chatLen+1:])
	return chatOf(k), TimerID{Kind: TimerKind(k[chatLen]), Name: name}, err
}

// dueKey is the key of a timer in the index: its moment before its own key.
func dueKey(ms int64, timer []byte) []byte {
	return append(appendSigned(make([]byte, 0, 8+len(timer)), ms), timer...)
}

func (s *seal) parseDueKey(k []byte) (Timer, error) {
	if len(k) < 8 {
		return Timer{}, errKey
	}
	chat, id, err := s.parseTimerKey(k[8:])
	return Timer{Chat: chat, ID: id, At: time.UnixMilli(signed(k)).UTC()}, err
}

// Due returns up to limit timers whose moment has come, the earliest first, and
// the moment of the first one after those, zero if there is none. It takes time
// in proportion to those it returns.
func (s *Store) Due(now time.Time, limit int) (due []Timer, next time.Time, err error) {
	err = s.view(func(tx *txn) error {
		c := tx.Bucket(bucketDue).Keys()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			t, err := tx.seal.parseDueKey(k)
			if err != nil {
				continue // Check finds it; the others are not to wait for it
			}
			if t.At.After(now) || len(due) == limit {
				next = t.At
				return nil
			}
			due = append(due, t)
		}
		return nil
	})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("look for what is due: %w", err)
	}
	return due, next, nil
}

// Stands reports whether t is set, for the moment it names.
func (s *Store) Stands(t Timer) (ok bool, err error) {
	err = s.view(func(tx *txn) error {
		ok = stands(tx.Bucket(bucketDue), t)
		return nil
	})
	return ok, err
}

func stands(due *bucket, t Timer) bool {
	return due.Has(dueKey(moment(t.At), due.seal.timerKey(t.Chat, t.ID)))
}

// checkTimers finds what would be wrong with the timers of a change.
func checkTimers(c Change) error {
	ids := append([]TimerID(nil), c.Cancel...)
	for _, t := range c.Timers {
		ids = append(ids, t.ID)
		if y := t.At.Year(); y < 1 || y > 9999 {
			return fmt.Errorf("a timer for the year %d", y)
		}
	}
	for _, id := range ids {
		if id.Name == "" || len(id.Name) > maxTimerName {
			return fmt.Errorf("a timer with a name of %d bytes", len(id.Name))
		}
	}
	return nil
}

// setTimer puts t where its chat may have one of that name already.
func (w *writer) setTimer(chat bot.ChatID, t Timer) error {
	key := w.timers.seal.timerKey(chat, t.ID)
	if err := w.dropTimer(key); err != nil {
		return err
	}
	if err := putJSON(w.timers, key, diskTimer{At: t.At}); err != nil {
		return err
	}
	return w.due.Put(dueKey(moment(t.At), key), []byte{1})
}

// dropTimer removes the timer with the key, if there is one.
func (w *writer) dropTimer(key []byte) error {
	v := w.timers.Get(key)
	if v == nil {
		return nil
	}
	d, err := decodeTimer(v)
	if err != nil {
		return w.searchDue(key)
	}
	if err := w.due.Delete(dueKey(moment(d.At), key)); err != nil {
		return err
	}
	return w.timers.Delete(key)
}

// searchDue removes a timer that does not say its moment.
func (w *writer) searchDue(key []byte) error {
	c := w.due.Keys()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if len(k) >= 8 && bytes.Equal(k[8:], key) {
			if err := c.Delete(); err != nil {
				return err
			}
			break
		}
	}
	return w.timers.Delete(key)
}

// eraseTimers removes all timers of a chat.
func (w *writer) eraseTimers(chat bot.ChatID) error {
	for _, key := range keysWith(w.timers, chatKey(chat)) {
		if err := w.dropTimer(key); err != nil {
			return err
		}
	}
	return nil
}

// Job is a file that is to be fetched for a record.
type Job struct {
	Chat   bot.ChatID
	Case   int
	Seq    int // of the record
	File   bot.FileID
	Queued time.Time
}

type diskJob struct {
	File   string    `json:"file"`
	Queued time.Time `json:"queued,omitzero"`
}

func decodeJob(v []byte) (d diskJob, err error) {
	err = json.Unmarshal(v, &d)
	return d, err
}

// Jobs returns the files that are still to be fetched, in the order of their
// chats. What cannot be read is left out: Check finds it.
func (s *Store) Jobs() (jobs []Job, err error) {
	err = s.view(func(tx *txn) error {
		return tx.Bucket(bucketJobs).ForEach(func(k, v []byte) error {
			chat, number, seq, kerr := parseRecordKey(k)
			d, verr := decodeJob(v)
			if kerr == nil && verr == nil {
				jobs = append(jobs, Job{Chat: chat, Case: number, Seq: seq, File: bot.FileID(d.File), Queued: d.Queued})
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look for files to fetch: %w", err)
	}
	return jobs, nil
}

// Pending reports whether j is still to be done, and returns its record; Seq is
// 0 if there is none.
func (s *Store) Pending(j Job) (r bot.Record, ok bool, err error) {
	err = s.view(func(tx *txn) error {
		if ok = pending(tx.Bucket(bucketJobs), j); !ok {
			return nil
		}
		v := tx.Bucket(bucketRecords).Get(recordKey(j.Chat, j.Case, j.Seq))
		if v == nil {
			return nil
		}
		if r, err = decodeRecord(j.Seq, v); err != nil {
			return s.damaged(string(bucketRecords), j.Chat)
		}
		return nil
	})
	return r, ok, err
}

func pending(jobs *bucket, j Job) bool {
	v := jobs.Get(recordKey(j.Chat, j.Case, j.Seq))
	if v == nil {
		return false
	}
	d, err := decodeJob(v)
	return err != nil || d.File == string(j.File)
}

// timersOf returns the timers of a chat, the earliest first.
func (s *Store) timersOf(tx *txn, chat bot.ChatID) (out []Timer, err error) {
	prefix := chatKey(chat)
	c := tx.Bucket(bucketTimers).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		_, id, kerr := tx.seal.parseTimerKey(k)
		d, verr := decodeTimer(v)
		if kerr != nil || verr != nil {
			return nil, s.damaged(string(bucketTimers), chat)
		}
		out = append(out, Timer{Chat: chat, ID: id, At: d.At})
	}
	slices.SortStableFunc(out, func(a, b Timer) int { return a.At.Compare(b.At) })
	return out, nil
}
