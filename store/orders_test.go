package store

import (
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
)

// order is work that is given at noon.
func order(name string) Order {
	return Order{Order: bot.Order{Name: name, Kind: bot.OrderPack, Args: "masked"}, Given: noon}
}

func (f *file) orders() []Order {
	f.t.Helper()
	orders, err := f.Orders()
	if err != nil {
		f.t.Fatal(err)
	}
	return orders
}

// An order stands until what was made is committed, over restarts, and with the
// case that was active when it was given.
func TestOrderStandsUntilItIsFilled(t *testing.T) {
	f := newFile(t)
	c := aCase()
	f.commit(Change{Chat: 7, Case: &c, Orders: []Order{order("pack")}})
	f.reopen()
	got := f.orders()
	want := order("pack")
	want.Chat, want.Order.Case = 7, c.Number
	same(t, "orders", got, []Order{want})

	f.commit(Change{Chat: 7, Case: &c, Fills: &got[0], Keeps: true})
	if len(f.orders()) != 1 {
		t.Fatal("a word about its progress ended the order")
	}
	if r := f.commit(Change{Chat: 7, Case: &c, Fills: &got[0], Queue: []Item{answer("done")}}); r.Duplicate || r.Next != Answer {
		t.Errorf("receipt %+v", r)
	}
	if left := f.orders(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if r := f.commit(Change{Chat: 7, Case: &c, Fills: &got[0], Queue: []Item{answer("again")}}); !r.Duplicate {
		t.Error("it was filled twice")
	}
}

// What was made for an order that was given anew or taken back does not count.
func TestReplacedAndDroppedOrders(t *testing.T) {
	f := newFile(t)
	c := aCase()
	f.commit(Change{Chat: 7, Case: &c, Orders: []Order{order("pack"), order("letter")}})
	first := f.orders()
	later := order("pack")
	later.Given = noon.Add(time.Second)
	f.commit(Change{Chat: 7, Case: &c, Drop: []string{"letter"}, Orders: []Order{later}})
	for _, o := range first {
		if ok, err := f.Given(o); ok || err != nil {
			t.Errorf("%s stands: %v, %v", o.Name, ok, err)
		}
		if _, ok, err := f.Begin(o); ok || err != nil {
			t.Errorf("%s can be begun: %v, %v", o.Name, ok, err)
		}
		if !f.commit(Change{Chat: 7, Case: &c, Fills: &o}).Duplicate {
			t.Errorf("%s was filled", o.Name)
		}
	}
	if left := f.orders(); len(left) != 1 || !left[0].Given.Equal(later.Given) {
		t.Errorf("left: %v", left)
	}
}

// Each beginning is counted, so that work which ends the process is given up.
func TestBeginCounts(t *testing.T) {
	f := newFile(t)
	c := aCase()
	f.commit(Change{Chat: 7, Case: &c, Orders: []Order{order("pack")}})
	for n := 1; n <= 3; n++ {
		o, ok, err := f.Begin(f.orders()[0])
		if err != nil || !ok || o.Tries != n || o.Args != "masked" {
			t.Errorf("beginning %d: %+v, %v, %v", n, o, ok, err)
		}
		f.reopen()
	}
}

func TestOrdersThatCannotBe(t *testing.T) {
	f := newFile(t)
	c := aCase()
	long := order("x")
	long.Args = strings.Repeat("x", maxOrderArgs+1)
	for what, o := range map[string]Order{
		"no name": order(""), "a long name": order(strings.Repeat("x", maxOrderName+1)), "long arguments": long,
	} {
		if _, err := f.Commit(Change{Chat: 7, Case: &c, Orders: []Order{o}}); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if _, err := f.Commit(Change{Chat: 7, Orders: []Order{order("x")}}); err == nil {
		t.Error("an order of no case: no error")
	}
}

func TestWholeCase(t *testing.T) {
	f := newFile(t)
	f.populate(6, 1)
	f.populate(7, 10)
	e, timers, ok, err := f.Whole(7, aCase().Number)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	same(t, "entry", e, Entry{Chat: 7, Active: true, Zone: "Asia/Shanghai", Case: aCase(), Records: []bot.Record{record(1), record(2)}})
	same(t, "timers", timers, []Timer{{Chat: 7, ID: TimerID{Wake, "album"}, At: noon}})
	if _, _, ok, err := f.Whole(7, 99); ok || err != nil {
		t.Errorf("a case that there is not: %v, %v", ok, err)
	}
}

// Attached names the files of all messages that wait, whatever their chat.
func TestAttached(t *testing.T) {
	f := newFile(t)
	a := bot.Attachment{Path: "1/a.zip", Name: "证据.zip", Size: 9, Photo: true}
	with := answer("the pack")
	with.Message.File = a
	f.commit(Change{Chat: 7, Queue: []Item{answer("x"), with}})
	f.commit(Change{Chat: 8, Queue: []Item{answer("y")}})
	f.reopen()
	paths, err := f.Attached()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "paths", paths, []string{"1/a.zip"})
	for chat, n := range map[bot.ChatID]int{7: 1, 8: 0, 9: 0} {
		if paths, err := f.Attached(chat); err != nil || len(paths) != n {
			t.Errorf("of chat %d: %v, %v", chat, paths, err)
		}
	}
	first, _ := f.head(7)
	f.settle(Settlement{Chat: 7, Item: first.Item.ID, Fate: Delivered})
	second, _ := f.head(7)
	same(t, "file", second.Item.Message.File, a)
	f.settle(Settlement{Chat: 7, Item: second.Item.ID, Fate: Delivered})
	if paths, _ := f.Attached(); len(paths) > 0 {
		t.Errorf("after it was delivered: %v", paths)
	}
}

func FuzzDecodeOrder(f *testing.F) {
	f.Add([]byte(`{"kind":"pack","case":1,"args":"masked","given":"2026-03-14T12:00:00+08:00","tries":1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := decodeOrder(raw)
		if err != nil {
			return
		}
		if o := d.toOrder(7, "x"); o.Chat != 7 || o.Name != "x" || string(o.Kind) != d.Kind {
			t.Errorf("order %+v", o)
		}
	})
}
