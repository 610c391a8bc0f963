package store

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"tixianbot/bot"
)

// say queues a text and returns nothing: the head tells what is there.
func (f *file) say(chat bot.ChatID, texts ...string) {
	f.t.Helper()
	var queue []Item
	for _, text := range texts {
		queue = append(queue, answer(text))
	}
	f.commit(Change{Chat: chat, Queue: queue})
}

// drain delivers all that waits in a chat and returns the texts in order.
func (f *file) drain(chat bot.ChatID) (texts []string) {
	f.t.Helper()
	for {
		h, ok := f.head(chat)
		if !ok {
			return texts
		}
		texts = append(texts, h.Item.Message.Text)
		f.settle(Settlement{Chat: chat, Item: h.Item.ID, Fate: Delivered})
	}
}

func TestOutboxKeepsTheOrder(t *testing.T) {
	f := newFile(t)
	var want []string
	for i := range 300 {
		text := fmt.Sprint(i)
		f.say(7, text)
		f.say(8, "between")
		want = append(want, text)
	}
	f.reopen()
	same(t, "texts", f.drain(7), want)
	if n := len(f.drain(8)); n != 300 {
		t.Errorf("%d texts of the other chat", n)
	}
}

// An item of a later class goes after the answers, also those queued after it.
func TestOutboxSendsAnswersFirst(t *testing.T) {
	f := newFile(t)
	later := Item{ID: ItemID{Class: Answer + 1}, Message: message("later")}
	f.commit(Change{Chat: 7, Queue: []Item{later}})
	f.say(7, "one", "two")
	same(t, "texts", f.drain(7), []string{"one", "two", "later"})
}

func TestSlots(t *testing.T) {
	f := newFile(t)
	f.say(7, "1", "2")
	h, _ := f.head(7)
	if h.Shown != 0 {
		t.Errorf("the slot names message %d before anything was shown", h.Shown)
	}
	if !f.settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: Delivered, Slot: bot.SlotScreen, Shown: 55}) {
		t.Error("nothing more to send, want one")
	}
	f.reopen()
	h, _ = f.head(7)
	if h.Shown != 55 {
		t.Errorf("the slot names message %d, want 55", h.Shown)
	}
	if f.settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: Delivered, Slot: bot.SlotScreen}) {
		t.Error("more to send")
	}
	f.say(7, "3")
	if h, _ = f.head(7); h.Shown != 55 {
		t.Errorf("a delivery without a message id changed the slot to %d", h.Shown)
	}
}

func TestDeadLetter(t *testing.T) {
	f := newFile(t)
	f.say(7, "bad", "good")
	h, _ := f.head(7)
	notice := bot.Message{Text: "没送到"}
	if !f.settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: Dead, Reason: "rejected", Notice: &notice}) {
		t.Error("nothing more to send")
	}
	if r := f.sound(); r.Dead != 1 || r.Waiting != 2 {
		t.Errorf("%d dead letters and %d waiting, want 1 and 2", r.Dead, r.Waiting)
	}
	h, _ = f.head(7)
	f.settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: Delivered})
	if h, _ = f.head(7); !h.Item.Notice || h.Item.Message.Text != "没送到" {
		t.Errorf("the last item is %+v, want the notice", h.Item)
	}
}

func TestHeld(t *testing.T) {
	f := newFile(t)
	f.say(7, "x")
	h, _ := f.head(7)
	if !f.settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: Held}) {
		t.Error("the item is not in the queue any more")
	}
	f.reopen()
	if h, ok := f.head(7); !ok || !h.Gone {
		t.Errorf("head %+v, %v; want the item of a chat that is gone", h, ok)
	}
	f.commit(Change{Chat: 7, Presence: Here})
	if h, _ := f.head(7); h.Gone {
		t.Error("the chat is still gone after a sign of life")
	}
}

func TestUnknownFateIsRefused(t *testing.T) {
	f := newFile(t)
	f.say(7, "x")
	h, _ := f.head(7)
	if _, err := f.Settle(Settlement{Chat: 7, Item: h.Item.ID}); !errors.Is(err, ErrInvalid) {
		t.Errorf("Settle: %v, want ErrInvalid", err)
	}
}

func TestWaiting(t *testing.T) {
	f := newFile(t)
	for _, chat := range []bot.ChatID{5, math.MaxInt64, -1_000_000_000_000, 0, math.MinInt64} {
		f.say(chat, "1", "2", "3")
	}
	f.say(6, "sent")
	f.drain(6)
	reminder := Item{ID: ItemID{Class: Reminder}, Message: message("该打电话了")}
	f.commit(Change{Chat: 0, Queue: []Item{reminder}})
	f.commit(Change{Chat: 8, Queue: []Item{reminder}})
	got, err := f.Waiting()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "chats", got, []Waiter{
		{math.MinInt64, Answer}, {-1_000_000_000_000, Answer}, {0, Answer}, {5, Answer}, {8, Reminder}, {math.MaxInt64, Answer},
	})
}

// An answer goes before a reminder that was there first, and what is left is
// told with each of them.
func TestAnswersGoBeforeReminders(t *testing.T) {
	f := newFile(t)
	reminder := Item{ID: ItemID{Class: Reminder}, Message: message("提醒")}
	if r := f.commit(Change{Chat: 7, Queue: []Item{reminder}}); r.Next != Reminder {
		t.Errorf("after the reminder: %d", r.Next)
	}
	if r := f.commit(Change{Chat: 7, Queue: []Item{answer("回答")}}); r.Next != Answer {
		t.Errorf("after the answer: %d", r.Next)
	}
	for _, want := range []struct {
		text string
		next Class
	}{{"回答", Reminder}, {"提醒", Nothing}} {
		h, _ := f.head(7)
		next, err := f.Settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: Delivered})
		if h.Item.Message.Text != want.text || next != want.next || err != nil {
			t.Errorf("%s, then %d, %v; want %v", h.Item.Message.Text, next, err, want)
		}
	}
}

func TestDamagedItemCanBeBuried(t *testing.T) {
	f := newFile(t)
	f.say(7, "1", "2")
	h, _ := f.head(7)
	f.put(bucketOutbox, itemKey(7, h.Item.ID), []byte("{"))
	got, _, err := f.Head(7)
	if !errors.Is(err, ErrDamaged) || got.Item.ID != h.Item.ID {
		t.Fatalf("Head: %+v, %v; want ErrDamaged for item %v", got, err, h.Item.ID)
	}
	f.settle(Settlement{Chat: 7, Item: got.Item.ID, Fate: Dead, Reason: "damaged"})
	same(t, "texts", f.drain(7), []string{"2"})
}
