package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

func TestCommitSurvivesReopening(t *testing.T) {
	f := newFile(t)
	c := aCase()
	f.commit(Change{Update: 10, Chat: 7, Case: &c, Records: []bot.Record{record(1), record(2)}, Zone: "Asia/Shanghai", Queue: []Item{answer("你好")}})
	f.reopen()
	same(t, "state", f.load(7, 1), State{Zone: "Asia/Shanghai", Case: aCase(), Recent: []bot.Record{record(2)}})
	same(t, "all records", f.load(7, 9).Recent, []bot.Record{record(2), record(1)})
	h, ok := f.head(7)
	if !ok {
		t.Fatal("nothing in the outbox")
	}
	same(t, "message", h.Item.Message, message("你好"))
	if st, err := f.Load(7, 10, nil); err != nil || !st.Seen {
		t.Errorf("update 10 is not known: %+v, %v", st, err)
	}
}

func TestUpdateTakesEffectOnce(t *testing.T) {
	f := newFile(t)
	first, second := aCase(), aCase()
	second.Rev++
	f.commit(Change{Update: 10, Chat: 7, Case: &first, Records: []bot.Record{record(1)}, Queue: []Item{answer("1")}})
	r := f.commit(Change{Update: 10, Chat: 7, Case: &second, Records: []bot.Record{record(2)}, Queue: []Item{answer("2")}})
	same(t, "receipt", r, Receipt{Duplicate: true, Next: Answer})
	same(t, "state", f.load(7, 9), State{Case: first, Recent: []bot.Record{record(1)}})
	if r := f.sound(); r.Waiting != 1 || r.Updates != 1 {
		t.Errorf("%d messages and %d updates, want one of each", r.Waiting, r.Updates)
	}
}

func TestUpdateIDsAreASetNotAMark(t *testing.T) {
	f := newFile(t)
	for _, id := range []int64{1_000_000, 5, 999_999, -3} {
		if f.commit(Change{Update: id, Chat: 1}).Duplicate {
			t.Errorf("update %d is called a duplicate", id)
		}
	}
	f.reopen()
	for _, id := range []int64{5, -3, 999_999, 1_000_000} {
		if !f.commit(Change{Update: id, Chat: 1}).Duplicate {
			t.Errorf("update %d was forgotten", id)
		}
	}
}

func TestNewCaseLeavesTheOldOne(t *testing.T) {
	f := newFile(t)
	one, two := aCase(), bot.Case{Number: 2, Seq: 1}
	f.commit(Change{Chat: 7, Case: &one, Records: []bot.Record{record(1)}, Zone: "Asia/Shanghai"})
	f.commit(Change{Chat: 7, Case: &two, Records: []bot.Record{record(1)}, Zone: "Europe/Berlin"})
	same(t, "state", f.load(7, 9), State{Zone: "Asia/Shanghai", Case: two, Recent: []bot.Record{record(1)}})
	var got []Entry
	for e, err := range f.CasesOf(7) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	same(t, "cases", got, []Entry{
		{Chat: 7, Zone: "Asia/Shanghai", Case: one, Records: []bot.Record{record(1)}},
		{Chat: 7, Zone: "Asia/Shanghai", Active: true, Case: two, Records: []bot.Record{record(1)}},
	})
}

func TestCaseZero(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Update: 1, Chat: -5, Case: &bot.Case{}, Presence: Here})
	if left := f.keysOf(-5); len(left) > 0 {
		t.Errorf("a chat of which nothing is known has keys: %v", left)
	}
	f.commit(Change{Update: 2, Chat: -5, Case: &bot.Case{Misses: 1}, Presence: Here})
	same(t, "case", f.load(-5, 0).Case, bot.Case{Misses: 1})
	f.commit(Change{Update: 3, Chat: -5, Case: &bot.Case{}, Presence: Here})
	same(t, "case", f.load(-5, 0).Case, bot.Case{})
}

func TestChangesThatCanNeverBeStored(t *testing.T) {
	tests := []struct {
		name  string
		wrong func(*Change)
	}{
		{"a negative case number", func(c *Change) { c.Case.Number = -1 }},
		{"a record number below 1", func(c *Change) { c.Records[0].Seq = 0 }},
		{"record numbers out of order", func(c *Change) { c.Records = []bot.Record{record(9), record(8)} }},
		{"a record that is there already", func(c *Change) { c.Records[0].Seq = 1 }},
		{"records without a case", func(c *Change) { c.Case = nil }},
		{"a time beyond the calendar", func(c *Change) { c.Case.Opened = time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFile(t)
			base := aCase()
			f.commit(Change{Update: 1, Chat: 7, Case: &base, Records: []bot.Record{record(1)}})
			before := f.dump()
			c := aCase()
			change := Change{Update: 2, Chat: 7, Case: &c, Records: []bot.Record{record(2)}, Queue: []Item{answer("x")}}
			tt.wrong(&change)
			if _, err := f.Commit(change); !errors.Is(err, ErrInvalid) {
				t.Fatalf("Commit: %v, want ErrInvalid", err)
			}
			if diff := cmp.Diff(before, f.dump()); diff != "" {
				t.Errorf("something was written:\n%s", diff)
			}
		})
	}
}

// dump returns all keys and values of the file.
func (f *file) dump() map[string]string {
	f.t.Helper()
	all := map[string]string{}
	err := f.handle.db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return (&bucket{b, name, f.seal}).ForEach(func(k, v []byte) error {
				all[string(name)+"/"+string(k)] = string(v)
				return nil
			})
		})
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

func TestPresence(t *testing.T) {
	f := newFile(t)
	c := aCase()
	f.commit(Change{Chat: 7, Case: &c, Queue: []Item{answer("x")}})
	f.commit(Change{Chat: 7, Presence: Gone})
	if h, ok := f.head(7); !ok || !h.Gone || !f.load(7, 0).Gone {
		t.Error("the chat is not marked as gone")
	}
	if r := f.commit(Change{Chat: 7}); r.Next != Answer || !f.load(7, 0).Gone {
		t.Error("a change without a sign of life brought the chat back")
	}
	if r := f.commit(Change{Chat: 7, Presence: Here}); r.Next != Answer {
		t.Error("the receipt does not tell of the message that waits")
	}
	if h, _ := f.head(7); h.Gone {
		t.Error("the chat is still marked as gone")
	}
	f.commit(Change{Chat: 8, Presence: Gone})
	if left := f.keysOf(8); len(left) > 0 {
		t.Errorf("a chat of which nothing is known has keys: %v", left)
	}
}

// populate gives a chat something in every bucket.
func (f *file) populate(chat bot.ChatID, update int64) {
	f.t.Helper()
	c := aCase()
	queue := []Item{answer("1"), answer("2"), answer("3")}
	f.commit(Change{
		Update: update, Chat: chat, Case: &c, Records: []bot.Record{record(1), record(2)}, Zone: "Asia/Shanghai", Queue: queue,
		Timers: []Timer{wake("album", noon)}, Jobs: []Job{{Seq: 2, File: "file-2", Queued: noon}},
		Orders: []Order{order("pack")},
	})
	first, _ := f.head(chat)
	f.settle(Settlement{Chat: chat, Item: first.Item.ID, Fate: Delivered, Slot: bot.SlotScreen, Shown: 100})
	second, _ := f.head(chat)
	f.settle(Settlement{Chat: chat, Item: second.Item.ID, Fate: Dead, Reason: "rejected"})
	f.commit(Change{Update: update + 1, Chat: chat, Poison: &Poison{At: noon, Event: "said", Cause: "boom", Stack: "f x.go:1\n"}})
}

func TestEraseLeavesNothing(t *testing.T) {
	f := newFile(t)
	for _, chat := range []bot.ChatID{6, 7, 8, -7} {
		f.populate(chat, int64(chat)*10+1000)
	}
	neighbours := f.keysOf(6)
	if len(neighbours) != len(ofChats)+1 { // and due
		t.Fatalf("the test populates %v, not all of %d buckets", neighbours, len(ofChats)+1)
	}
	f.commit(Change{Update: 5000, Chat: 7, Erase: true})
	f.reopen()
	if left := f.keysOf(7); len(left) > 0 {
		t.Errorf("left of the chat: %v", left)
	}
	for _, chat := range []bot.ChatID{6, 8, -7} {
		same(t, "another chat", f.keysOf(chat), neighbours)
	}
	if !f.commit(Change{Update: 1070, Chat: 7}).Duplicate {
		t.Error("an update of before took effect again")
	}
}

func TestEraseThenSay(t *testing.T) {
	f := newFile(t)
	f.populate(7, 1)
	f.commit(Change{Update: 9, Chat: 7, Erase: true, Queue: []Item{{ID: ItemID{Class: Answer}, Message: bot.Message{Text: "都删掉了"}}}})
	same(t, "keys", f.keysOf(7), map[string]int{"outbox": 1})
	h, _ := f.head(7)
	if h.Item.Message.Text != "都删掉了" {
		t.Errorf("the next message is %q", h.Item.Message.Text)
	}
	f.settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: Delivered, Slot: h.Item.Message.Slot, Shown: 101})
	same(t, "keys", f.keysOf(7), map[string]int{})
}

// A message that was under way while its chat was erased leaves no trace.
func TestSettlementAfterErasure(t *testing.T) {
	for _, fate := range []Fate{Delivered, Dead, Held} {
		f := newFile(t)
		f.commit(Change{Update: 1, Chat: 7, Queue: []Item{answer("1")}})
		h, _ := f.head(7)
		f.commit(Change{Update: 2, Chat: 7, Erase: true})
		notice := message("没送到")
		if f.settle(Settlement{Chat: 7, Item: h.Item.ID, Fate: fate, Slot: bot.SlotScreen, Shown: 5, Notice: &notice}) {
			t.Error("the chat has more to send")
		}
		if left := f.keysOf(7); len(left) > 0 {
			t.Errorf("fate %d left %v", fate, left)
		}
	}
}

// The zone of a chat is that of its first change until the user names another.
func TestTheZoneIsChangedByWish(t *testing.T) {
	f := newFile(t)
	c := aCase()
	zone := func(want string) {
		t.Helper()
		f.reopen()
		same(t, "zone", f.load(7, 0).Zone, want)
	}
	f.commit(Change{Chat: 7, Case: &c, Zone: "Asia/Shanghai"})
	f.commit(Change{Chat: 7, Case: &c, Zone: "UTC"})
	zone("Asia/Shanghai")
	f.commit(Change{Chat: 7, Case: &c, Zone: "Asia/Shanghai", Rezone: "UTC+05:30"})
	zone("UTC+05:30")
	f.commit(Change{Chat: 7, Case: &c, Zone: "Asia/Shanghai"})
	zone("UTC+05:30")
	f.commit(Change{Chat: 8, Case: &c, Zone: "Asia/Shanghai", Rezone: "Asia/Tokyo"})
	same(t, "zone of a new chat", f.load(8, 0).Zone, "Asia/Tokyo")
}

// Records are wished for by number, of the active case or of another.
func TestRecordsOfAnotherCase(t *testing.T) {
	f := newFile(t)
	first, second := aCase(), aCase()
	second.Number = first.Number + 1
	f.commit(Change{Chat: 7, Case: &first, Records: []bot.Record{record(1), record(2)}})
	f.commit(Change{Chat: 7, Case: &second, Records: []bot.Record{record(3)}})
	for _, c := range []struct {
		wish bot.Wish
		want []bot.Record
	}{
		{bot.Wish{These: []int{1, 3}}, []bot.Record{record(3)}},
		{bot.Wish{Case: first.Number, These: []int{2, 3}}, []bot.Record{record(2)}},
		{bot.Wish{Case: 99, These: []int{1}}, nil},
		{bot.Wish{Case: -1, These: []int{-1, 0, 1 << 40}}, nil},
	} {
		st, err := f.Load(7, 0, func(bot.Case) bot.Wish { return c.wish })
		if err != nil {
			t.Fatal(err)
		}
		same(t, "records", st.These, c.want)
	}
}
