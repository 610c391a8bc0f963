package store

import (
	"bytes"
	"sync"

	"tixianbot/bot"
)

// queued is an item as it goes into the outbox, and as it stands there.
type queued struct {
	item  Item
	value []byte
}

// maxFresh is how many items are kept as they were queued.
const maxFresh = 1024

// fresh keeps items as they were queued, since most are read back moments later
// and to decode one takes longer than all the rest of it. The file decides: an
// item counts only while the value that it was encoded to stands there.
type fresh struct {
	mu    sync.Mutex
	items map[freshID]queued
}

type freshID struct {
	chat bot.ChatID
	item ItemID
}

// replaced is what encoding/json writes for bytes that are not UTF-8.
var replaced = []byte(`\ufffd`)

// keep notes q, in the place of any other one where there are many. One that
// would come back changed from the file is left out.
func (f *fresh) keep(chat bot.ChatID, id ItemID, q queued) {
	if bytes.Contains(q.value, replaced) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.items == nil {
		f.items = map[freshID]queued{}
	}
	if len(f.items) >= maxFresh {
		for other := range f.items {
			delete(f.items, other)
			break
		}
	}
	q.item.ID = id
	f.items[freshID{chat, id}] = q
}

// decode returns the item that stands in the file as v.
func (f *fresh) decode(chat bot.ChatID, id ItemID, v []byte) (Item, error) {
	f.mu.Lock()
	q, ok := f.items[freshID{chat, id}]
	f.mu.Unlock()
	if ok && bytes.Equal(q.value, v) {
		return q.item, nil
	}
	return decodeItem(id, v)
}

// drop forgets an item that is gone.
func (f *fresh) drop(chat bot.ChatID, id ItemID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.items, freshID{chat, id})
}

// forget forgets all items of a chat.
func (f *fresh) forget(chat bot.ChatID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id := range f.items {
		if id.chat == chat {
			delete(f.items, id)
		}
	}
}
