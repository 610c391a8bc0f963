package relay

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// remind puts reminders into the outbox of a chat, as what comes due does.
func (w *world) remind(chat bot.ChatID, texts ...string) {
	w.t.Helper()
	c := store.Change{Chat: chat}
	for _, text := range texts {
		c.Queue = append(c.Queue, store.Item{ID: store.ItemID{Class: store.Reminder}, Message: bot.Message{Text: text}})
	}
	r, err := w.db.Commit(c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.outbox.wake(chat, r.Next)
}

// defaults are the rates that a bot has unless it is told otherwise.
func defaults(c *Config) { c.SendRate, c.ChatRate = 30, 1 }

// delays returns how long after its text was said each answer came, and the
// texts of the reminders.
func (m *messenger) delays(said map[string]time.Time) (answers []time.Duration, reminders []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.calls {
		if at, ok := said[strings.TrimPrefix(c.text, "re ")]; ok {
			answers = append(answers, c.at.Sub(at))
		} else {
			reminders = append(reminders, fmt.Sprint(c.chat, " ", c.text))
		}
	}
	return answers, reminders
}

// A thousand reminders are due in one moment, which is half a minute of all that
// may be sent, and people go on writing: nobody who writes waits for
// the reminders, and every reminder comes.
func TestAnswersDoNotWaitForReminders(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, defaults)
		want := map[string]bool{}
		for chat := range bot.ChatID(250) {
			w.remind(chat+1, "a", "b", "c", "d")
			for _, text := range []string{"a", "b", "c", "d"} {
				want[fmt.Sprint(chat+1, " ", text)] = true
			}
		}
		said := map[string]time.Time{}
		for i := range 200 {
			text := fmt.Sprint("text ", i)
			said[text] = time.Now()
			w.commit(w.said(bot.ChatID(i%300+1), text)) // of chats with reminders and without
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(5 * time.Minute)
		w.settle()
		answers, reminders := w.messenger.delays(said)
		if len(answers) != 200 || len(reminders) != 1000 {
			t.Fatalf("%d answers and %d reminders", len(answers), len(reminders))
		}
		if worst := slices.Max(answers); worst > 2*time.Second {
			t.Errorf("an answer took %v", worst)
		}
		for _, r := range reminders {
			delete(want, r)
		}
		if len(want) > 0 {
			t.Errorf("%d reminders did not come", len(want))
		}
		w.ratesKept(30, 1, 20)
	})
}

// ratesKept fails the test if more was sent than each second allows, or to one
// chat more than its rate and bursts.
func (w *world) ratesKept(all, each float64, burst int) {
	w.t.Helper()
	of := map[bot.ChatID][]time.Time{}
	var every []time.Time
	w.messenger.mu.Lock()
	for _, c := range w.messenger.calls {
		every = append(every, c.at)
		of[c.chat] = append(of[c.chat], c.at)
	}
	w.messenger.mu.Unlock()
	w.within(every, all, 1, "in all")
	for chat, at := range of {
		w.within(at, each, burst, fmt.Sprint("to chat ", chat))
	}
}

// within fails the test if messages came faster than rate, but for bursts.
func (w *world) within(at []time.Time, rate float64, burst int, where string) {
	w.t.Helper()
	for i := range at {
		if j := i + burst; j < len(at) && at[j].Sub(at[i]).Seconds() < 0.999/rate {
			w.t.Fatalf("%d messages %s within %v", burst+1, where, at[j].Sub(at[i]))
		}
	}
}

// In a chat of its own, an answer overtakes the reminders that wait behind a
// pause, and what waits is promoted with it.
func TestAnAnswerPromotesItsChat(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.SendRate = 1 })
		w.remind(bob, "b1", "b2", "b3")
		w.remind(ann, "a1", "a2")
		w.commit(w.said(ann, "hello"))
		time.Sleep(1500 * time.Millisecond)
		same(t, "ann's", w.messenger.texts(ann), []string{"re hello"})
		time.Sleep(time.Minute)
		w.settle()
		same(t, "ann's in the end", w.messenger.texts(ann), []string{"re hello", "a1", "a2"})
		same(t, "bob's in the end", w.messenger.texts(bob), []string{"b1", "b2", "b3"})
	})
}

// What was due when the process ended is sent by the next, after its answers.
func TestRemindersSurviveARestart(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, defaults)
		w.messenger.refuse = func(call, int) error { return &bot.Refusal{Reason: bot.Unreachable} }
		w.remind(ann, "a1", "a2")
		w.commit(w.said(bob, "x"), w.said(ann, "y"))
		w.restart(defaults)
		time.Sleep(time.Minute)
		w.settle()
		same(t, "ann's", w.messenger.texts(ann), []string{"re y", "a1", "a2"})
		same(t, "bob's", w.messenger.texts(bob), []string{"re x"})
	})
}
