package store

import (
	"testing"

	"tixianbot/bot"
)

// An item that was just queued comes back without being decoded, exactly as
// after a restart.
func TestAFreshItemIsWhatStandsInTheFile(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Queue: []Item{
		{ID: ItemID{Class: Answer}, Message: filled[bot.Message](t), Pressed: 4, Delete: true, Target: 9, Notice: true},
		{ID: ItemID{Class: Reminder}, Message: bot.Message{Text: "bad \xff bytes\nand <b>&</b>", Buttons: [][]bot.Button{}}},
	}})
	kept := f.fresh.items
	for range 2 {
		f.fresh.items = kept
		before, _ := f.head(7)
		if f.fresh.items = nil; len(kept) == 0 {
			t.Fatal("nothing was kept")
		}
		after, _ := f.head(7)
		same(t, "item", before, after)
		f.reopen()
		again, _ := f.head(7)
		same(t, "item after a restart", again, after)
		f.settle(Settlement{Chat: 7, Item: after.Item.ID, Fate: Delivered})
	}
}

// FuzzFreshItem: whatever stands in a message, it comes back as from the file.
func FuzzFreshItem(f *testing.F) {
	for _, text := range []string{"", "bad \xff bytes", "\u2028 and <b>&</b>", "\ufffd", `\ufffd`} {
		f.Add(text, "screen", "label")
	}
	f.Fuzz(func(t *testing.T, text, slot, label string) {
		it := Item{Message: bot.Message{Text: text, Slot: bot.Slot(slot), Buttons: [][]bot.Button{{{Label: label}}}}}
		items, err := encodeItems([]Item{it})
		if err != nil {
			t.Fatal(err)
		}
		var kept fresh
		kept.keep(7, ItemID{Answer, 1}, items[0])
		got, err := kept.decode(7, ItemID{Answer, 1}, items[0].value)
		if err != nil {
			t.Fatal(err)
		}
		want, err := decodeItem(ItemID{Answer, 1}, items[0].value)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "item", got, want)
	})
}

// What stands in the file counts, however it got there.
func TestTheFileWinsOverAFreshItem(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Queue: []Item{answer("as it was queued")}})
	h, _ := f.head(7)
	other, err := encodeItems([]Item{answer("as it was restored")})
	if err != nil {
		t.Fatal(err)
	}
	f.put(bucketOutbox, itemKey(7, h.Item.ID), other[0].value)
	if h, _ := f.head(7); h.Item.Message.Text != "as it was restored" {
		t.Errorf("the head is %q", h.Item.Message.Text)
	}
}

// Nothing is kept of what is gone, and of others no more than there is room for.
func TestFreshItemsAreForgotten(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Queue: []Item{answer("1"), answer("2")}})
	h, _ := f.head(7)
	f.settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: Delivered})
	if n := len(f.fresh.items); n != 1 {
		t.Errorf("%d items are kept after one of two was delivered", n)
	}
	f.commit(Change{Chat: 7, Erase: true})
	if n := len(f.fresh.items); n != 0 {
		t.Errorf("%d items are kept of a chat that was erased", n)
	}
	for range 3 {
		queue := make([]Item, maxFresh/2)
		for i := range queue {
			queue[i] = answer("x")
		}
		f.commit(Change{Chat: 8, Queue: queue})
	}
	if n := len(f.fresh.items); n != maxFresh {
		t.Errorf("%d items are kept, want %d", n, maxFresh)
	}
}
