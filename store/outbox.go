package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"tixianbot/bot"
)

// Item is one thing the bot has to do in a chat: send a message or delete one.
type Item struct {
	ID      ItemID
	Queued  time.Time
	Message bot.Message   // what to send
	Delete  bool          // delete Target instead of sending
	Target  bot.MessageID // the message to edit or delete; 0: that of the message's slot
	Pressed bot.MessageID // the message whose button led to this; another one is not replaced; 0: not known
	Notice  bool          // says that something else could not be delivered
}

// ItemID is the place of an item in the queue of its chat: the lower class goes
// first, and within a class the lower number.
type ItemID struct {
	Class Class
	Seq   uint64
}

// Class is the rank of an item in the queue of its chat. A class of lower rank
// than answers gets a greater number.
type Class byte

// The classes.
const (
	Nothing  Class = iota // of no item: there is none
	Answer                // what answers an update
	Reminder              // what comes due by itself
)

// Head is the first item of a chat's queue with what is needed to send it.
type Head struct {
	Item  Item
	Gone  bool          // the user blocked the bot: the queue waits
	Shown bot.MessageID // the message that the item's slot names, or 0
	More  bool          // there are others behind it
}

// Head returns the first item of the queue of chat, and whether there is one.
// With an error that is [ErrDamaged], Item.ID is that of the unreadable item, or
// zero where the pages of the file cannot be read.
func (s *Store) Head(chat bot.ChatID) (h Head, ok bool, err error) {
	err = s.view(func(tx *txn) error {
		c := tx.Bucket(bucketOutbox).Cursor()
		k, v := c.Seek(chatKey(chat))
		if !hasChat(k, chat) {
			return nil
		}
		ok = true
		h, err = s.head(tx, k, v)
		keys := tx.Bucket(bucketOutbox).Keys()
		keys.Seek(k)
		next, _ := keys.Next()
		h.More = hasChat(next, chat)
		return err
	})
	return h, ok, err
}

// head reads the item at k. Where the chat's own entry or the slot cannot be
// read, it is sent as a new message to a chat that is there.
func (s *Store) head(tx *txn, k, v []byte) (h Head, err error) {
	chat, id, err := parseItemKey(k)
	if err != nil {
		return h, s.damaged(string(bucketOutbox), chatOf(k))
	}
	if h.Item, err = s.fresh.decode(chat, id, v); err != nil {
		h.Item = Item{ID: id}
		return h, s.damaged(string(bucketOutbox), chat)
	}
	if d, err := decodeChat(tx.Bucket(bucketChats).Get(chatKey(chat))); err == nil {
		h.Gone = d.Gone
	}
	if slot := h.Item.Message.Slot; slot != bot.SlotNone {
		if shown, err := decodeID(tx.Bucket(bucketSlots).Get(tx.seal.slotKey(chat, slot))); err == nil {
			h.Shown = shown
		}
	}
	return h, nil
}

// Waiter is a chat that has something to send, and the class of the first.
type Waiter struct {
	Chat  bot.ChatID
	First Class
}

// Waiting returns the chats that have something to send, in order. It takes
// time in proportion to their number, not to that of the items.
func (s *Store) Waiting() ([]Waiter, error) {
	var waiters []Waiter
	err := s.view(func(tx *txn) error {
		c := tx.Bucket(bucketOutbox).Keys()
		for k, _ := c.First(); k != nil; {
			chat := chatOf(k)
			waiters = append(waiters, Waiter{chat, classOf(k)})
			next := after(chat)
			if next == nil {
				return nil
			}
			k, _ = c.Seek(next)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for messages that wait: %w", err)
	}
	return waiters, nil
}

// Fate is what became of an item.
type Fate int

// The fates.
const (
	Delivered Fate = iota + 1 // it leaves the queue
	Dead                      // it becomes a dead letter
	Held                      // it stays, and the chat is marked as gone
)

// Settlement records what became of the item at the head of a queue.
type Settlement struct {
	Chat   bot.ChatID
	Item   ItemID
	Fate   Fate
	Slot   bot.Slot      // of Delivered: the slot that names Shown from now on
	Shown  bot.MessageID // of Delivered: 0 leaves the slot as it is
	Reason string        // of Dead: why, without anything of the content
	Notice *bot.Message  // of Dead: told to the user at the end of the queue

	Patient bool // may wait some milliseconds for others to be written with
}

// Settle writes z and returns when it is durable, with the class of the first
// of what the chat has left to send. If the item is no longer there, because its
// chat was erased, nothing is written.
func (s *Store) Settle(z Settlement) (next Class, err error) {
	e := &encodedSettlement{Settlement: z}
	if z.Notice != nil {
		notice := Item{Message: *z.Notice, Notice: true, ID: ItemID{Class: Answer}}
		items, err := encodeItems([]Item{notice})
		if err != nil {
			return Nothing, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		e.notice = &items[0]
	}
	out, err := s.submit(&job{op: e, patient: z.Patient})
	return out.next, err
}

type encodedSettlement struct {
	Settlement
	notice *queued
}

func (e *encodedSettlement) apply(w *writer) (outcome, error) {
	key := itemKey(e.Chat, e.Item)
	if !w.outbox.Has(key) {
		return outcome{next: w.first(e.Chat)}, nil
	}
	var err error
	switch e.Fate {
	case Delivered:
		w.store.fresh.drop(e.Chat, e.Item)
		err = e.deliver(w, key)
	case Dead:
		w.store.fresh.drop(e.Chat, e.Item)
		err = e.bury(w, key)
	case Held:
		err = e.hold(w)
	default:
		return outcome{err: fmt.Errorf("%w: fate %d", ErrInvalid, e.Fate)}, nil
	}
	return outcome{next: w.first(e.Chat)}, err
}

func (e *encodedSettlement) deliver(w *writer, key []byte) error {
	if err := w.outbox.Delete(key); err != nil || e.Slot == bot.SlotNone || e.Shown == 0 {
		return err
	}
	slot, id := w.slots.seal.slotKey(e.Chat, e.Slot), encodeID(e.Shown)
	if bytes.Equal(w.slots.Get(slot), id) {
		return nil
	}
	return w.slots.Put(slot, id)
}

func (e *encodedSettlement) bury(w *writer, key []byte) error {
	letter := diskLetter{At: w.now, Reason: e.Reason, Item: bytes.Clone(w.outbox.Get(key))}
	if err := putJSON(w.dead, key, letter); err != nil {
		return err
	}
	if err := w.outbox.Delete(key); err != nil || e.notice == nil {
		return err
	}
	return w.push(e.Chat, *e.notice)
}

func (e *encodedSettlement) hold(w *writer) error {
	d, err := decodeChat(w.chats.Get(chatKey(e.Chat)))
	if err != nil {
		d = diskChat{} // it cannot be read, and it is of no use to anyone
	}
	d.Gone = true
	return putJSON(w.chats, chatKey(e.Chat), d)
}

// push adds an encoded item at the end of its class.
func (w *writer) push(chat bot.ChatID, q queued) error {
	seq, err := w.outbox.NextSequence()
	if err != nil {
		return err
	}
	id := ItemID{q.item.ID.Class, seq}
	w.store.fresh.keep(chat, id, q)
	return w.outbox.Put(itemKey(chat, id), q.value)
}

// first returns the class of the first thing that chat has to send.
func (w *writer) first(chat bot.ChatID) Class {
	k, _ := w.outbox.Keys().Seek(chatKey(chat))
	if !hasChat(k, chat) {
		return Nothing
	}
	return classOf(k)
}

// classOf returns the class in the key of an item; of one that is damaged it is
// that of answers.
func classOf(k []byte) Class {
	if _, id, err := parseItemKey(k); err == nil {
		return id.Class
	}
	return Answer
}

func decodeLetter(v []byte) (d diskLetter, err error) {
	err = json.Unmarshal(v, &d)
	return d, err
}

func decodePoison(v []byte) (d diskPoison, err error) {
	err = json.Unmarshal(v, &d)
	return d, err
}
