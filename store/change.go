package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// Change is what one update does to a chat, all of it or nothing.
type Change struct {
	Update   int64        // id of the update, written at most once; 0 for a change that no update caused
	Chat     bot.ChatID   //
	Erase    bool         // first erase everything of the chat
	Case     *bot.Case    // written under its number and made the active one; nil leaves it as it is
	Records  []bot.Record // added to that case
	Zone     string       // the time zone of the chat, if the chat is new
	Presence Presence     //
	Queue    []Item       // added to the end of the outbox; ID and Queued are filled in
	Poison   *Poison      // noted about this update
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
	Update int64     `json:"update"`
	At     time.Time `json:"at"`
	Event  string    `json:"event"` // kind of the event
	Cause  string    `json:"cause"`
	Stack  string    `json:"stack,omitempty"` // functions with file and line, one a line
}

// Receipt says what came of a change that was committed.
type Receipt struct {
	Duplicate bool // the update id was known: nothing was written
	Waiting   bool // the chat has something to send
}

// Commit writes c and returns when it is durable. An update id that is known
// already writes nothing and is no error. An error that is [ErrInvalid] or
// [ErrDamaged] is one of this change; any other says that the database cannot
// be written now.
func (s *Store) Commit(c Change) (Receipt, error) {
	e, err := encode(c)
	if err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	out, err := s.submit(e)
	return Receipt{Duplicate: out.duplicate, Waiting: out.more}, err
}

// entry is a key of a bucket with its value.
type entry struct{ key, value []byte }

// encodedChange is a Change as it will stand in the file.
type encodedChange struct {
	Change
	chat     diskChat // as the file has it before the change
	caseItem entry
	records  []entry
	queue    [][]byte
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
	if e.queue, err = encodeItems(c.Queue); err != nil {
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

func encodeItems(items []Item) ([][]byte, error) {
	out := make([][]byte, len(items))
	for i, it := range items {
		it.Queued = time.Now()
		v, err := json.Marshal(itemToDisk(it))
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (e *encodedChange) apply(w *writer) (outcome, error) {
	if e.Update != 0 && w.knows(e.Update) {
		return outcome{duplicate: true, more: w.waits(e.Chat)}, nil
	}
	if err := e.check(w); err != nil {
		return outcome{err: err}, nil
	}
	steps := []func(*writer) error{e.erase, e.putChat, e.putCase, e.putRecords, e.putPoison, e.putItems}
	for _, step := range steps {
		if err := step(w); err != nil {
			return outcome{}, err
		}
	}
	out := outcome{more: len(e.queue) > 0 || w.waits(e.Chat)}
	if e.Update != 0 {
		return out, w.note(e.Update)
	}
	return out, nil
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
		if w.records.Get(r.key) != nil {
			return fmt.Errorf("%w: record number %d is taken", ErrInvalid, e.Records[i].Seq)
		}
	}
	return nil
}

func (e *encodedChange) touchesChat() bool { return e.Case != nil || e.Presence != AsBefore }

func (e *encodedChange) erase(w *writer) error {
	if !e.Erase {
		return nil
	}
	for _, b := range w.ofChats() {
		if err := deletePrefix(b, chatKey(e.Chat)); err != nil {
			return err
		}
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
	if d == e.chat {
		return nil
	}
	if e.chat == (diskChat{}) {
		if d.Active == 0 && !w.waits(e.Chat) {
			return nil
		}
		d.Zone = e.Zone
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
	for _, r := range e.records {
		if err := w.records.Put(r.key, r.value); err != nil {
			return err
		}
	}
	return nil
}

func (e *encodedChange) putPoison(w *writer) error {
	if e.poison == nil {
		return nil
	}
	return w.poison.Put(poisonKey(e.Chat, e.Update), e.poison)
}

func (e *encodedChange) putItems(w *writer) error {
	for i, v := range e.queue {
		if err := w.push(e.Chat, e.Queue[i].ID.Class, v); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) ofChats() []*bolt.Bucket {
	return []*bolt.Bucket{w.chats, w.slots, w.cases, w.records, w.outbox, w.dead, w.poison}
}

func putJSON(b *bolt.Bucket, key []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(key, raw)
}

// deletePrefix deletes the keys of b that begin with prefix. They are collected
// first, because a cursor skips keys when some are deleted under it.
func deletePrefix(b *bolt.Bucket, prefix []byte) error {
	var keys [][]byte
	c := b.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
