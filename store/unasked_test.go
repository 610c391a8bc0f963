package store

import (
	"testing"
	"time"

	"tixianbot/bot"
)

// ring is an unasked message about a wake.
func ring(why string, due time.Time) Item {
	m := message("ring " + why)
	m.Rings = bot.Woken{Why: why, Due: due}
	return Item{ID: ItemID{Class: Reminder}, Message: m}
}

// granted returns what is in a chat for a wish.
func (f *file) granted(chat bot.ChatID, w bot.Wish) State {
	f.t.Helper()
	st, err := f.Load(chat, 0, func(bot.Case) bot.Wish { return w })
	if err != nil {
		f.t.Fatal(err)
	}
	return st
}

// What waits unasked in the outbox is told to who asks for it, and to everybody
// once the user has blocked the bot; each wake once, the first of its messages.
func TestUnaskedMessagesAreKnown(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Queue: []Item{ring("a", noon), ring("b", noon.Add(time.Hour)), ring("a", noon.Add(2*time.Hour))}})
	f.commit(Change{Chat: 8, Queue: []Item{ring("other", noon)}})
	f.say(7, "an answer")
	f.reopen()
	want := []bot.Woken{{Why: "a", Due: noon}, {Why: "b", Due: noon.Add(time.Hour)}}
	missed := func(w bot.Wish) []bot.Woken {
		all := f.granted(7, w).Missed
		for i := range all {
			all[i].Due = all[i].Due.In(noon.Location())
		}
		return all
	}
	same(t, "missed", missed(bot.Wish{Missed: true}), want)
	same(t, "not asked for", missed(bot.Wish{}), []bot.Woken(nil))
	f.commit(Change{Chat: 7, Presence: Gone})
	same(t, "of a chat that is gone", missed(bot.Wish{}), want)
}

// A change may call unasked messages back that were not sent; answers, other
// wakes and other chats keep theirs.
func TestUnaskedMessagesAreRecalled(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Queue: []Item{ring("a", noon), ring("b", noon), ring("a", noon)}})
	f.commit(Change{Chat: 8, Queue: []Item{ring("a", noon)}})
	f.say(7, "a")
	f.commit(Change{Chat: 7, Recall: []string{"a", "never"}, Queue: []Item{ring("a", noon.Add(time.Hour))}})
	f.reopen()
	same(t, "texts", f.drain(7), []string{"a", "ring b", "ring a"})
	same(t, "texts of another chat", f.drain(8), []string{"ring a"})
}

// The reminders of all cases of a chat are read, as far as there are any.
func TestRemindersOfAllCases(t *testing.T) {
	f := newFile(t)
	for n := 1; n <= 3; n++ {
		c := bot.Case{Number: n, Last: 3, Seq: 2, Reminders: []int{2, 9}}
		f.commit(Change{Chat: 7, Case: &c, Records: []bot.Record{record(1), record(2)}})
	}
	f.reopen()
	var got [][2]int
	for _, p := range f.granted(7, bot.Wish{Reminders: true}).Reminders {
		got = append(got, [2]int{p.Case, p.Record.Seq})
	}
	same(t, "case and number", got, [][2]int{{1, 2}, {2, 2}, {3, 2}})
	if st := f.granted(7, bot.Wish{}); len(st.Reminders)+len(st.Cases) != 0 {
		t.Errorf("not asked for: %+v", st)
	}
}

func TestQuietHoursOfAChat(t *testing.T) {
	f := newFile(t)
	c := bot.Case{Number: 1}
	f.commit(Change{Chat: 7, Case: &c, Zone: "Asia/Tokyo", Requiet: "2300-0700"})
	f.commit(Change{Chat: 7, Case: &c, Presence: Gone})
	f.reopen()
	if st := f.granted(7, bot.Wish{}); st.Quiet != "2300-0700" || st.Zone != "Asia/Tokyo" {
		t.Errorf("quiet %q in %q", st.Quiet, st.Zone)
	}
	f.commit(Change{Chat: 7, Case: &c, Requiet: "off"})
	if st := f.granted(7, bot.Wish{}); st.Quiet != "off" {
		t.Errorf("quiet %q", st.Quiet)
	}
}
