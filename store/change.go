package store

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tixianbot/bot"
)

// Change is what one update does to a chat, all of it or nothing.
type Change struct {
	Update   int64         // id of the update, written at most once; 0 for a change that no update caused
	Chat     bot.ChatID    //
	Erase    bool          // first erase everything of the chat
	Case     *bot.Case     // written under its number and made the active one; nil leaves it as it is
	Records  []bot.Record  // added to that case
	Amended  []bot.Amended // written over records that are there
	Zone     string        // the time zone of the chat, if the chat is new
	Rezone   string        // the time zone of the chat from now on, "" leaves it
	Requiet  string        // its quiet hours from now on, "" leaves them
	Presence Presence      //
	Bar      bool          // note that the chat was told that it is not let in
	Recall   []string      // the Why of items that are first taken out of the outbox
	Queue    []Item        // added to the end of the outbox; ID and Queued are filled in
	Poison   *Poison       // noted about this update
	Cancel   []TimerID     // first taken away
	Timers   []Timer       // then set, each for the one of its name; of this chat
	Jobs     []Job         // files to be fetched for records; of this chat, a case of 0 being that of Case
	Drop     []string      // names of orders that are first taken away
	Orders   []Order       // then given, each in place of the one of its name; as Jobs

	// What caused a change that no update did. It is gone with the change, and
	// where it is gone already, nothing is written.
	Fires *Timer
	Ends  *Job
	Fills *Order // gone with the change, or, with Keeps, not yet
	Keeps bool

	Came bool // its caller had said that it would come: see [Store.Coming]
}

// Presence says what a change tells about whether the chat can be written to.
type Presence int

// The presences.
const (
	AsBefore Presence = iota
	Here              // the user wrote or came back
	Gone              // the user blocked the bot: what is queued waits
)

// Poison is an update that could not be worked on. It holds nothing of its
// content.
type Poison struct {
	Update int64     `json:"update"` // below 0 where no update was the cause
	At     time.Time `json:"at"`
	Event  string    `json:"event"` // kind of the event
	Cause  string    `json:"cause"`
	Stack  string    `json:"stack,omitempty"` // functions with file and line, one a line
}

// Receipt says what came of a change that was committed.
type Receipt struct {
	Duplicate bool  // the update id was known, or what caused it gone: nothing was written
	Next      Class // of the first thing that the chat has to send, Nothing if it has none
}

// Commit writes c and returns when it is durable. An update id that is known
// already writes nothing and is no error. An error that is [ErrInvalid] or
// [ErrDamaged] is one of this change; any other says that the database cannot
// be written now.
func (s *Store) Commit(c Change) (Receipt, error) {
	handedOn := false
	defer func() {
		if c.Came && !handedOn { // also where it cannot be encoded at all
			s.Coming(-1)
		}
	}()
	e, err := encode(c)
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	handedOn = true
	out, err := s.submit(&job{op: e, came: c.Came})
	return Receipt{Duplicate: out.duplicate, Next: out.next}, err
}

// entry is a key of a bucket with its value.
type entry struct{ key, value []byte }

// encodedChange is a Change as it will stand in the file.
type encodedChange struct {
	Change
	chat     diskChat // as the file has it before the change
	caseItem entry
	records  []entry
	amended  []entry
	jobs     []entry
	orders   []entry
	queue    []queued
	poison   []byte
}

func encode(c Change) (e *encodedChange, err error) {
	e = &encodedChange{Change: c}
	if c.Case != nil {
		if e.caseItem, err = encodeCase(c.Chat, *c.Case); err != nil {
			return nil, err
		}
	}
	if e.records, err = encodeRecords(c); err != nil {
		return nil, err
	}
	if e.amended, err = encodeAmended(c); err != nil {
		return nil, err
	}
	if e.jobs, err = encodeJobs(c); err != nil {
		return nil, err
	}
	if e.orders, err = encodeOrders(c); err != nil {
		return nil, err
	}
	if e.queue, err = encodeItems(c.Queue); err != nil {
		return nil, err
	}
	if err := checkTimers(c); err != nil {
		return nil, err
	}
	if p := c.Poison; p != nil {
		e.poison, err = json.Marshal(diskPoison{At: p.At, Event: p.Event, Cause: p.Cause, Stack: p.Stack})
	}
	return e, err
}

func encodeCase(chat bot.ChatID, c bot.Case) (entry, error) {
	if !fits(c.Number) {
		return entry{}, fmt.Errorf("case number %d", c.Number)
	}
	v, err := json.Marshal(caseToDisk(c))
	return entry{caseKey(chat, c.Number), v}, err
}

func encodeRecords(c Change) ([]entry, error) {
	if len(c.Records) > 0 && c.Case == nil {
		return nil, fmt.Errorf("%d records without a case", len(c.Records))
	}
	out := make([]entry, len(c.Records))
	for i, r := range c.Records {
		if r.Seq < 1 || !fits(r.Seq) || (i > 0 && r.Seq <= c.Records[i-1].Seq) {
			return nil, fmt.Errorf("record number %d", r.Seq)
		}
		v, err := json.Marshal(recordToDisk(r))
		if err != nil {
			return nil, fmt.Errorf("record number %d: %w", r.Seq, err)
		}
		out[i] = entry{recordKey(c.Chat, c.Case.Number, r.Seq), v}
	}
	return out, nil
}

// caseOf returns the number of the case that n stands for in c.
func (c Change) caseOf(n int) (int, error) {
	switch {
	case n == 0 && c.Case != nil:
		return c.Case.Number, nil
	case n == 0 || !fits(n):
		return 0, fmt.Errorf("case number %d", n)
	}
	return n, nil
}

func encodeAmended(c Change) (out []entry, err error) {
	for _, a := range c.Amended {
		number, err := c.caseOf(a.Case)
		if err != nil || !fits(a.Record.Seq) {
			return nil, fmt.Errorf("amended record number %d of case %d", a.Record.Seq, a.Case)
		}
		v, err := json.Marshal(recordToDisk(a.Record))
		if err != nil {
			return nil, fmt.Errorf("amended record number %d: %w", a.Record.Seq, err)
		}
		out = append(out, entry{recordKey(c.Chat, number, a.Record.Seq), v})
	}
	return out, nil
}

func encodeJobs(c Change) (out []entry, err error) {
	for _, j := range c.Jobs {
		number, err := c.caseOf(j.Case)
		if err != nil || !fits(j.Seq) {
			return nil, fmt.Errorf("a file for record number %d of case %d", j.Seq, j.Case)
		}
		v, err := json.Marshal(diskJob{File: string(j.File), Queued: j.Queued})
		if err != nil {
			return nil, err
		}
		out = append(out, entry{recordKey(c.Chat, number, j.Seq), v})
	}
	return out, nil
}

func encodeItems(items []Item) ([]queued, error) {
	out := make([]queued, len(items))
	for i, it := range items {
		it.Queued = time.Now().Round(0) // as it comes back from the file
		v, err := json.Marshal(itemToDisk(it))
		if err != nil {
			return nil, err
		}
		out[i] = queued{it, v}
	}
	return out, nil
}

func (e *encodedChange) apply(w *writer) (outcome, error) {
	if e.Update != 0 && w.knows(e.Update) || e.causeless(w) {
		return outcome{duplicate: true, next: w.first(e.Chat)}, nil
	}
	if err := e.check(w); err != nil {
		return outcome{err: err}, nil
	}
	steps := []func(*writer) error{
		e.erase, e.useUp, e.putChat, e.putCase, e.putRecords, e.putTimers, e.putJobs, e.putOrders, e.putPoison, e.recall, e.putItems,
	}
	for _, step := range steps {
		if err := step(w); err != nil {
			return outcome{}, err
		}
	}
	out := outcome{next: w.first(e.Chat)}
	if e.Update != 0 {
		return out, w.note(e.Update)
	}
	return out, nil
}

// causeless reports whether what caused the change is gone.
func (e *encodedChange) causeless(w *writer) bool {
	return e.Fires != nil && !stands(w.due, *e.Fires) ||
		e.Ends != nil && !pending(w.jobs, *e.Ends) ||
		e.Fills != nil && !given(w.orders, *e.Fills)
}

// check finds what would be wrong with the change before any of it is written.
func (e *encodedChange) check(w *writer) (err error) {
	if e.Erase {
		return nil
	}
	if e.touchesChat() {
		if e.chat, err = decodeChat(w.chats.Get(chatKey(e.Chat))); err != nil {
			return w.store.damaged(string(bucketChats), e.Chat)
		}
	}
	for i, r := range e.records {
		if w.records.Has(r.key) {
			return fmt.Errorf("%w: record number %d is taken", ErrInvalid, e.Records[i].Seq)
		}
	}
	for i, r := range e.amended {
		if !w.records.Has(r.key) {
			return fmt.Errorf("%w: there is no record number %d to amend", ErrInvalid, e.Amended[i].Record.Seq)
		}
	}
	return nil
}

func (e *encodedChange) touchesChat() bool {
	return e.Case != nil || e.Presence != AsBefore || e.Rezone != "" || e.Requiet != "" || e.Bar
}

func (e *encodedChange) erase(w *writer) error {
	if !e.Erase {
		return nil
	}
	if err := w.eraseTimers(e.Chat); err != nil {
		return err
	}
	if err := w.meta.Put(metaErased, []byte{1}); err != nil {
		return err
	}
	w.store.fresh.forget(e.Chat)
	for _, b := range w.ofChats() {
		if err := deletePrefix(b, chatKey(e.Chat)); err != nil {
			return err
		}
	}
	return nil
}

// useUp takes away what caused the change.
func (e *encodedChange) useUp(w *writer) error {
	if e.Fires != nil {
		if err := w.dropTimer(w.due.seal.timerKey(e.Fires.Chat, e.Fires.ID)); err != nil {
			return err
		}
	}
	if e.Ends != nil {
		if err := w.jobs.Delete(recordKey(e.Ends.Chat, e.Ends.Case, e.Ends.Seq)); err != nil {
			return err
		}
	}
	if e.Fills != nil && !e.Keeps {
		return w.orders.Delete(w.orders.seal.orderKey(e.Fills.Chat, e.Fills.Name))
	}
	return nil
}

// putChat writes what is known of the chat as a whole. A chat that has neither
// a case nor anything to send gets no entry.
func (e *encodedChange) putChat(w *writer) error {
	if !e.touchesChat() {
		return nil
	}
	d := e.chat
	if e.Case != nil {
		d.Active = e.Case.Number
	}
	if e.Presence != AsBefore {
		d.Gone = e.Presence == Gone
	}
	d.Barred = d.Barred || e.Bar
	if e.Rezone != "" {
		d.Zone = e.Rezone
	}
	if e.Requiet != "" {
		d.Quiet = e.Requiet
	}
	if d == e.chat {
		return nil
	}
	if e.chat == (diskChat{}) {
		if d.Active == 0 && !d.Barred && w.first(e.Chat) == Nothing {
			return nil
		}
		d.Zone = cmp.Or(e.Rezone, e.Zone)
	}
	return putJSON(w.chats, chatKey(e.Chat), d)
}

// zeroCase is the value of a case of which nothing is known.
var zeroCase = []byte("{}")

func (e *encodedChange) putCase(w *writer) error {
	if e.Case == nil {
		return nil
	}
	old := w.cases.Get(e.caseItem.key)
	if bytes.Equal(old, e.caseItem.value) || (old == nil && bytes.Equal(zeroCase, e.caseItem.value)) {
		return nil
	}
	return w.cases.Put(e.caseItem.key, e.caseItem.value)
}

func (e *encodedChange) putRecords(w *writer) error {
	return putAll(w.records, slices.Concat(e.records, e.amended))
}

func (e *encodedChange) putTimers(w *writer) error {
	for _, id := range e.Cancel {
		if err := w.dropTimer(w.due.seal.timerKey(e.Chat, id)); err != nil {
			return err
		}
	}
	for _, t := range e.Timers {
		if err := w.setTimer(e.Chat, t); err != nil {
			return err
		}
	}
	return nil
}

func (e *encodedChange) putJobs(w *writer) error { return putAll(w.jobs, e.jobs) }

// putPoison notes a change that could not be made. One that no update caused
// has no id of its own and gets a number below 0.
func (e *encodedChange) putPoison(w *writer) error {
	if e.poison == nil {
		return nil
	}
	id := e.Update
	if id == 0 {
		seq, err := w.poison.NextSequence()
		if err != nil {
			return err
		}
		id = -int64(seq)
	}
	return w.poison.Put(poisonKey(e.Chat, id), e.poison)
}

func (e *encodedChange) putItems(w *writer) error {
	for _, q := range e.queue {
		if err := w.push(e.Chat, q); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) ofChats() []*bucket {
	return []*bucket{w.chats, w.slots, w.cases, w.records, w.outbox, w.dead, w.poison, w.timers, w.jobs, w.orders}
}

func putJSON(b *bucket, key []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(key, raw)
}

func putAll(b *bucket, entries []entry) error {
	for _, e := range entries {
		if err := b.Put(e.key, e.value); err != nil {
			return err
		}
	}
	return nil
}

// deletePrefix deletes the keys of b that begin with prefix. They are collected
// first, because a cursor skips keys when some are deleted under it.
func deletePrefix(b *bucket, prefix []byte) error {
	for _, k := range keysWith(b, prefix) {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// keysWith returns the keys of b that begin with prefix.
func keysWith(b *bucket, prefix []byte) (keys [][]byte) {
	c := b.Keys()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}
