package store

import (
	"bytes"
	"slices"

	"tixianbot/bot"
)

// missed returns what led to the unasked messages that wait in the outbox of a
// chat, each wake once. What cannot be read is left out: Check finds it.
func missed(tx *txn, chat bot.ChatID) (out []bot.Woken) {
	prefix := append(chatKey(chat), byte(Reminder))
	c := tx.Bucket(bucketOutbox).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		it, err := decodeItem(ItemID{}, v)
		known := slices.ContainsFunc(out, func(w bot.Woken) bool { return w.Why == it.Message.Rings.Why })
		if err == nil && it.Message.Rings.Why != "" && !known {
			out = append(out, it.Message.Rings)
		}
	}
	return out
}

// recall takes the unasked messages of some wakes out of the outbox.
func (e *encodedChange) recall(w *writer) error {
	if len(e.Recall) == 0 {
		return nil
	}
	for _, k := range keysWith(w.outbox, append(chatKey(e.Chat), byte(Reminder))) {
		it, err := decodeItem(ItemID{}, w.outbox.Get(k))
		if err != nil || !slices.Contains(e.Recall, it.Message.Rings.Why) {
			continue
		}
		if err := w.outbox.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
