package store

import (
	"encoding/json"
	"fmt"
	"time"

	"tixianbot/bot"
)

// Order is work that a chat waits for.
type Order struct {
	bot.Order
	Chat  bot.ChatID
	Given time.Time // tells it from an earlier or a later one of its name
	Tries int       // how often the work was begun
}

// Sizes of what an order says.
const (
	maxOrderName = 64       // bytes
	maxOrderArgs = 64 << 10 // bytes
)

type diskOrder struct {
	Kind  string    `json:"kind"`
	Case  int       `json:"case,omitempty"`
	Args  string    `json:"args,omitempty"`
	Given time.Time `json:"given,omitzero"`
	Tries int       `json:"tries,omitempty"`
}

func decodeOrder(v []byte) (d diskOrder, err error) {
	err = json.Unmarshal(v, &d)
	return d, err
}

func (d diskOrder) toOrder(c bot.ChatID, name string) Order {
	return Order{
		Order: bot.Order{Name: name, Kind: bot.OrderKind(d.Kind), Case: d.Case, Args: d.Args},
		Chat:  c, Given: d.Given, Tries: d.Tries,
	}
}

func (s *seal) orderKey(c bot.ChatID, name string) []byte {
	return append(chatKey(c), s.hide(nameOfOrder, c, name)...)
}

func (s *seal) parseOrderKey(k []byte) (bot.ChatID, string, error) {
	if len(k) <= chatLen {
		return 0, "", errKey
	}
	name, err := s.show(nameOfOrder, chatOf(k), k[chatLen:])
	return chatOf(k), name, err
}

// encodeOrders returns the orders with their names as keys.
func encodeOrders(c Change) (out []entry, err error) {
	for _, o := range c.Orders {
		number, err := c.caseOf(o.Case)
		switch {
		case err != nil:
			return nil, fmt.Errorf("an order: %w", err)
		case o.Name == "" || len(o.Name) > maxOrderName || len(o.Args) > maxOrderArgs:
			return nil, fmt.Errorf("an order with a name of %d bytes and arguments of %d", len(o.Name), len(o.Args))
		}
		v, err := json.Marshal(diskOrder{Kind: string(o.Kind), Case: number, Args: o.Args, Given: o.Given, Tries: o.Tries})
		if err != nil {
			return nil, err
		}
		out = append(out, entry{[]byte(o.Name), v})
	}
	return out, nil
}

func (e *encodedChange) putOrders(w *writer) error {
	for _, name := range e.Drop {
		if err := w.orders.Delete(w.orders.seal.orderKey(e.Chat, name)); err != nil {
			return err
		}
	}
	for _, o := range e.orders {
		if err := w.orders.Put(w.orders.seal.orderKey(e.Chat, string(o.key)), o.value); err != nil {
			return err
		}
	}
	return nil
}

// Orders returns the work that is still to be done, in the order of chats. What
// cannot be read is left out: Check finds it.
func (s *Store) Orders() (orders []Order, err error) {
	err = s.view(func(tx *txn) error {
		return tx.Bucket(bucketOrders).ForEach(func(k, v []byte) error {
			chat, name, kerr := tx.seal.parseOrderKey(k)
			d, verr := decodeOrder(v)
			if kerr == nil && verr == nil {
				orders = append(orders, d.toOrder(chat, name))
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look for work to do: %w", err)
	}
	return orders, nil
}

// Given reports whether o still stands: it was neither replaced nor dropped,
// nor is it done.
func (s *Store) Given(o Order) (ok bool, err error) {
	err = s.view(func(tx *txn) error {
		ok = given(tx.Bucket(bucketOrders), o)
		return nil
	})
	return ok, err
}

// given reports whether o stands. One that cannot be read stands for any.
func given(orders *bucket, o Order) bool {
	v := orders.Get(orders.seal.orderKey(o.Chat, o.Name))
	if v == nil {
		return false
	}
	d, err := decodeOrder(v)
	return err != nil || d.Given.Equal(o.Given)
}

// Begin notes that the work on o begins once more, and returns it as it stands
// then, or false if it does not stand. The count tells work that ends the
// process each time.
func (s *Store) Begin(o Order) (Order, bool, error) {
	b := &beginning{order: o}
	out, err := s.submit(&job{op: b})
	return b.order, err == nil && !out.duplicate, err
}

// beginning is the operation of Begin.
type beginning struct{ order Order }

func (b *beginning) apply(w *writer) (outcome, error) {
	key := w.orders.seal.orderKey(b.order.Chat, b.order.Name)
	v := w.orders.Get(key)
	if v == nil || !given(w.orders, b.order) {
		return outcome{duplicate: true}, nil
	}
	d, err := decodeOrder(v)
	if err != nil {
		return outcome{err: w.store.damaged(string(bucketOrders), b.order.Chat)}, nil
	}
	d.Tries++
	b.order.Tries = d.Tries
	return outcome{}, putJSON(w.orders, key, d)
}

// Whole returns a case with all its records and what is to come due in its
// chat, earliest first; ok says whether there is such a case.
func (s *Store) Whole(chat bot.ChatID, number int) (e Entry, timers []Timer, ok bool, err error) {
	err = s.view(func(tx *txn) error {
		k := caseKey(chat, number)
		v := tx.Bucket(bucketCases).Get(k)
		if v == nil {
			return nil
		}
		ok = true
		if timers, err = s.timersOf(tx, chat); err != nil {
			return err
		}
		e, err = s.entry(tx, k, v)
		return err
	})
	return e, timers, ok, err
}

// Attached returns the paths of the files that go out with messages that wait:
// in the chats, or in all if none is named.
func (s *Store) Attached(chats ...bot.ChatID) (paths []string, err error) {
	err = s.view(func(tx *txn) error {
		c := tx.Bucket(bucketOutbox).Cursor()
		if len(chats) == 0 {
			k, v := c.First()
			for ; k != nil; k, v = c.Next() {
				paths = append(paths, attached(k, v)...)
			}
			return nil
		}
		for _, chat := range chats {
			for k, v := c.Seek(chatKey(chat)); hasChat(k, chat); k, v = c.Next() {
				paths = append(paths, attached(k, v)...)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for files that wait: %w", err)
	}
	return paths, nil
}

// attached returns the path of the file of an item, if it has one.
func attached(k, v []byte) []string {
	_, id, err := parseItemKey(k)
	if err != nil {
		return nil
	}
	it, err := decodeItem(id, v)
	if err != nil || it.Message.File.Path == "" {
		return nil
	}
	return []string{it.Message.File.Path}
}
