package store

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"

	"tixianbot/bot"
)

// State is what an update finds in its chat.
type State struct {
	Seen   bool         // the update was written before; nothing else is filled in
	Zone   string       // the zone of the chat, "" for a new one
	Quiet  string       // its quiet hours, "" where none were set
	Gone   bool         // the user blocked the bot
	Barred bool         // the user was told not to be let in: see Change.Bar
	Case   bot.Case     // the active case
	Recent []bot.Record // of its records those that were wished, newest first
	These  []bot.Record // those wished by number, as far as they exist
	Cases  []bot.Case   // the other cases of the chat, oldest first

	Reminders []bot.Placed // the records that cases name as reminders, if wished
	Missed    []bot.Woken  // what led to unasked messages that wait, if wished or if the chat is gone
}

// Load returns what the update with the given id finds in chat. wants says,
// given the active case, what is to be read besides it; nil: nothing. An error
// that is [ErrDamaged] is one of this chat alone.
func (s *Store) Load(chat bot.ChatID, update int64, wants func(bot.Case) bot.Wish) (st State, err error) {
	err = s.view(func(tx *txn) error {
		if update != 0 && tx.Bucket(bucketSeen).Has(seenKey(update)) {
			st.Seen = true
			return nil
		}
		d, err := decodeChat(tx.Bucket(bucketChats).Get(chatKey(chat)))
		if err != nil {
			return s.damaged(string(bucketChats), chat)
		}
		st.Zone, st.Quiet, st.Gone, st.Barred = d.Zone, d.Quiet, d.Gone, d.Barred
		if v := tx.Bucket(bucketCases).Get(caseKey(chat, d.Active)); v != nil {
			if st.Case, err = decodeCase(v); err != nil {
				return s.damaged(string(bucketCases), chat)
			}
		}
		if wants == nil {
			return nil
		}
		return s.grant(tx, chat, d.Active, wants(st.Case), &st)
	})
	return st, err
}

// grant reads what is wished besides the case.
func (s *Store) grant(tx *txn, chat bot.ChatID, number int, w bot.Wish, st *State) (err error) {
	if st.Recent, err = s.newest(tx, chat, number, w.Before, w.Newest); err != nil {
		return err
	}
	of := number
	if w.Case > 0 {
		of = w.Case
	}
	for _, seq := range w.These {
		if !fits(seq) || !fits(of) {
			continue
		}
		v := tx.Bucket(bucketRecords).Get(recordKey(chat, of, seq))
		if v == nil {
			continue
		}
		r, err := decodeRecord(seq, v)
		if err != nil {
			return s.damaged(string(bucketRecords), chat)
		}
		st.These = append(st.These, r)
	}
	if w.Cases || w.Reminders || w.Missed || st.Gone {
		if st.Cases, err = s.others(tx, chat, number); err != nil {
			return err
		}
	}
	if w.Missed || st.Gone {
		st.Missed = missed(tx, chat)
	}
	if w.Reminders || w.Missed || len(st.Missed) > 0 {
		st.Reminders, err = s.reminders(tx, chat, append(slices.Clone(st.Cases), st.Case))
	}
	return err
}

// reminders returns the records that cases of a chat name as reminders, as far
// as they exist.
func (s *Store) reminders(tx *txn, chat bot.ChatID, cases []bot.Case) (out []bot.Placed, err error) {
	for _, c := range cases {
		for _, seq := range c.Reminders {
			if !fits(seq) || !fits(c.Number) {
				continue
			}
			v := tx.Bucket(bucketRecords).Get(recordKey(chat, c.Number, seq))
			if v == nil {
				continue
			}
			r, err := decodeRecord(seq, v)
			if err != nil {
				return nil, s.damaged(string(bucketRecords), chat)
			}
			out = append(out, bot.Placed{Case: c.Number, Record: r})
		}
	}
	return out, nil
}

// others returns the cases of a chat but that with the given number.
func (s *Store) others(tx *txn, chat bot.ChatID, number int) (out []bot.Case, err error) {
	prefix := chatKey(chat)
	c := tx.Bucket(bucketCases).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		of, err := decodeCase(v)
		if err != nil {
			return nil, s.damaged(string(bucketCases), chat)
		}
		if of.Number != number {
			out = append(out, of)
		}
	}
	return out, nil
}

// newest returns up to n records of a case, newest first; those with numbers
// under before, unless that is 0.
func (s *Store) newest(tx *txn, chat bot.ChatID, number, before, n int) ([]bot.Record, error) {
	if n <= 0 {
		return nil, nil
	}
	from := caseKey(chat, number+1)
	if before > 0 {
		from = recordKey(chat, number, before)
	}
	var out []bot.Record
	c := tx.Bucket(bucketRecords).Cursor()
	k, v := c.Seek(from)
	if k == nil {
		k, v = c.Last()
	} else {
		k, v = c.Prev()
	}
	for ; len(out) < n && k != nil; k, v = c.Prev() {
		owner, of, seq, err := parseRecordKey(k)
		if err == nil && (owner != chat || of != number) {
			break
		}
		r, derr := decodeRecord(seq, v)
		if err != nil || derr != nil {
			return nil, s.damaged(string(bucketRecords), chat)
		}
		out = append(out, r)
	}
	return out, nil
}

// Entry is a case with everything that belongs to it.
type Entry struct {
	Chat    bot.ChatID
	Active  bool // the chat's open case, rather than an earlier one
	Zone    string
	Case    bot.Case
	Records []bot.Record // oldest first
}

// pageSize is how many cases are copied out in one read transaction.
const pageSize = 32

// Cases goes over all cases in the order of chat and number. They are copied
// out a few at a time, so the loop may take its time: writing goes on, and what
// changes meanwhile may be seen or not. A case that cannot be read is an
// error in its place, and the loop can go on after it.
func (s *Store) Cases() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) { s.walk(nil, nil, yield) }
}

// CasesOf goes over the cases of one chat in the order of their numbers.
func (s *Store) CasesOf(chat bot.ChatID) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) { s.walk(chatKey(chat), after(chat), yield) }
}

// read is one step of a walk: an entry, or why it could not be read.
type read struct {
	entry Entry
	err   error
}

// walk yields the cases with keys from from up to end, nil being no end.
func (s *Store) walk(from, end []byte, yield func(Entry, error) bool) {
	for {
		page, next, err := s.page(from, end)
		if err != nil {
			yield(Entry{}, fmt.Errorf("read the cases: %w", err))
			return
		}
		for _, r := range page {
			if !yield(r.entry, r.err) {
				return
			}
		}
		if next == nil {
			return
		}
		from = next
	}
}

// page reads up to pageSize cases and returns where to go on, nil at the end.
func (s *Store) page(from, end []byte) (page []read, next []byte, err error) {
	err = s.view(func(tx *txn) error {
		c := tx.Bucket(bucketCases).Cursor()
		for k, v := c.Seek(from); k != nil && (end == nil || string(k) < string(end)); k, v = c.Next() {
			if len(page) == pageSize {
				next = append([]byte(nil), k...)
				return nil
			}
			e, err := s.entry(tx, k, v)
			page = append(page, read{e, err})
		}
		return nil
	})
	return page, next, err
}

func (s *Store) entry(tx *txn, k, v []byte) (e Entry, err error) {
	chat, number, err := parseCaseKey(k)
	if err != nil {
		return e, fmt.Errorf("%w: a case has a bad key", ErrDamaged)
	}
	e.Chat = chat
	d, err1 := decodeChat(tx.Bucket(bucketChats).Get(chatKey(chat)))
	e.Active, e.Zone = d.Active == number, d.Zone
	var err2, err3 error
	if e.Case, err2 = decodeCase(v); err2 != nil {
		err2 = s.damaged(string(bucketCases), chat)
	}
	e.Records, err3 = s.recordsOf(tx, chat, number)
	if err1 != nil {
		err1 = s.damaged(string(bucketChats), chat)
	}
	return e, errors.Join(err1, err2, err3)
}

// recordsOf returns all records of a case that can be read, oldest first, and
// an error if there are others.
func (s *Store) recordsOf(tx *txn, chat bot.ChatID, number int) (out []bot.Record, err error) {
	prefix := caseKey(chat, number)
	c := tx.Bucket(bucketRecords).Cursor()
	for k, v := c.Seek(prefix); len(k) >= len(prefix) && string(k[:len(prefix)]) == string(prefix); k, v = c.Next() {
		_, _, seq, kerr := parseRecordKey(k)
		r, verr := decodeRecord(seq, v)
		if kerr != nil || verr != nil {
			err = s.damaged(string(bucketRecords), chat)
			continue
		}
		out = append(out, r)
	}
	return out, err
}
