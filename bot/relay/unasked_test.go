package relay

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// set sets a reminder of the real core, with its yes. seq is the number of its
// record: the words of each take one.
func (w *world) set(chat bot.ChatID, seq int, words string) {
	w.t.Helper()
	w.commit(w.command(chat, "remind", words), w.pressOf(chat, "ry", fmt.Sprint(seq)))
}

// since returns what was delivered in a chat after its first n messages, in one text.
func (w *world) since(chat bot.ChatID, n int) string {
	return strings.Join(w.messenger.texts(chat)[n:], "\n---\n")
}

// has fails the test unless text holds all of the words, each so many times.
func has(t *testing.T, text string, n int, words ...string) {
	t.Helper()
	for _, word := range words {
		if got := strings.Count(text, word); got != n {
			t.Errorf("%q stands %d times, want %d, in:\n%s", word, got, n, text)
		}
	}
}

// Three reminders fall due while no process runs: one message tells of all, and
// a series that is among them goes on. Two come each by itself.
func TestLateRemindersComeAsADigest(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		w.set(ann, 1, "1小时后 打客服")
		w.set(ann, 2, "2小时后 看到账")
		w.set(ann, 3, "每天上午十点 查邮箱")
		w.set(bob, 1, "1小时后 打客服")
		w.set(bob, 2, "2小时后 看到账")
		w.stop()
		time.Sleep(5 * time.Hour)
		w.start(core)
		w.settle()
		got := w.since(ann, 0)
		has(t, got, 1, "有 3 个提醒来晚了", "打客服", "看到账", "查邮箱")
		has(t, got, 0, "到时间了")
		has(t, w.since(bob, 0), 2, "到时间了", "我来晚了")
		has(t, w.since(bob, 0), 0, "一起说")
		time.Sleep(24 * time.Hour)
		w.settle()
		has(t, w.since(ann, 1), 1, "到时间了：「查邮箱」")
		if r := w.check(); r.Timers != 1 {
			t.Errorf("%d timers are left, want that of the series", r.Timers)
		}
	})
}

// What falls due while the user has blocked the bot comes when they return, in
// one message behind the answer, and of a series once however often it came.
func TestRemindersOfABlockedUserComeOnReturn(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		w.set(ann, 1, "1小时后 打客服")
		w.set(ann, 2, "3小时后 看到账")
		w.set(ann, 3, "每天上午十点 查邮箱")
		w.set(bob, 1, "1小时后 打客服")
		w.settle()
		said := len(w.messenger.texts(ann))
		bobs := len(w.messenger.texts(bob))
		w.messenger.refuseFromNow(func(call, int) error { return &bot.Refusal{Reason: bot.Blocked} })
		time.Sleep(75 * time.Hour) // the first finds out, the others know
		w.settle()
		if n := len(w.messenger.texts(ann)); n != said {
			t.Errorf("%d messages to somebody who has blocked the bot", n-said)
		}
		if r := w.check(); r.Waiting > 4 {
			t.Errorf("%d messages wait for two users who have blocked the bot", r.Waiting)
		}
		w.messenger.refuseFromNow(nil)
		w.commit(w.update(ann, bot.Returned{}), w.said(bob, "在吗"))
		w.settle()
		got := w.since(ann, said)
		has(t, got, 1, "你不在的时候，有 3 个提醒", "打客服", "看到账", "查邮箱")
		has(t, got, 0, "到时间了")
		if strings.Index(got, "你回来了") > strings.Index(got, "你不在的时候") {
			t.Errorf("the reminders stand before the answer:\n%s", got)
		}
		has(t, w.since(bob, bobs), 1, "到时间了：「打客服」", "我来晚了")
		w.commit(w.said(ann, "还在等"))
		time.Sleep(24 * time.Hour)
		w.settle()
		has(t, w.since(ann, said), 1, "你不在的时候", "到时间了：「查邮箱」")
	})
}

// While the messenger cannot be reached reminders wait in the outbox. When it
// is back they say that they are late, and many have become one.
func TestRemindersThatCouldNotBeSentSayThatTheyAreLate(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		for i, what := range []string{"甲", "乙", "丙", "丁"} {
			w.set(ann, i+1, fmt.Sprintf("%d分钟后 %s", 60+i, what))
		}
		w.set(bob, 1, "1小时后 打客服")
		w.set(bob, 2, "118分钟后 看到账")
		w.settle()
		said, bobs := len(w.messenger.texts(ann)), len(w.messenger.texts(bob))
		w.messenger.refuseFromNow(func(call, int) error { return &bot.Refusal{Reason: bot.Unreachable} })
		time.Sleep(2 * time.Hour)
		w.messenger.refuseFromNow(nil)
		time.Sleep(2 * longPause)
		w.settle()
		has(t, w.since(ann, said), 1, "有 4 个提醒来晚了", "甲", "乙", "丙", "丁")
		has(t, w.since(ann, said), 0, "到时间了")
		has(t, w.since(bob, bobs), 1, "我来晚了", "到时间了：「打客服」", "到时间了：「看到账」")
		time.Sleep(24 * time.Hour)
		w.settle()
		if n := len(w.messenger.texts(ann)); n != said+1 {
			t.Errorf("%d messages more", n-said-1)
		}
		w.check()
	})
}

// Six hundred reminders fall due in one second. They go out over two minutes,
// and somebody who writes meanwhile is answered at once.
func TestManyAtOnceAreSpread(t *testing.T) {
	const chats = 600
	in(t, func(t *testing.T) {
		w := newWorld(t, plans, func(c *Config) {
			c.Step = func(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				c, fx := planner(k, c, in)
				for i := range fx.Messages {
					fx.Messages[i].Rings, _ = in.Event.(bot.Woken)
				}
				if e, ok := in.Event.(bot.Said); ok {
					fx.Messages = append(fx.Messages, bot.Message{Text: "re " + e.Text})
				}
				return c, fx
			}
		})
		begin := time.Now()
		for chat := range bot.ChatID(chats) {
			w.commit(w.said(chat+1, fmt.Sprintf("in %v call", begin.Add(time.Hour).Sub(time.Now()))))
		}
		w.settle()
		due := begin.Add(time.Hour)
		time.Sleep(time.Until(due) + 30*time.Second)
		asked := time.Now()
		w.commit(w.said(bob, "hello"))
		w.settle()
		if texts := w.messenger.texts(bob); texts[len(texts)-1] != "re hello" || time.Since(asked) > time.Second {
			t.Errorf("the answer came after %v: %q", time.Since(asked), texts)
		}
		time.Sleep(time.Hour)
		w.settle()
		w.spreads(due, chats)
	})
}

// spreads fails the test unless n reminders came once each, evenly over the
// two minutes behind due.
func (w *world) spreads(due time.Time, n int) {
	w.t.Helper()
	var halves [2]int
	seen := map[bot.ChatID]bool{}
	for _, c := range w.messenger.calls {
		if c.text != "ring call" {
			continue
		}
		after := c.at.Sub(due)
		if after < 0 || after > spreadOver+5*time.Second || seen[c.chat] {
			w.t.Errorf("the reminder of chat %d came %v after its time", c.chat, after)
		}
		seen[c.chat] = true
		halves[min(int(after/(spreadOver/2)), 1)]++
	}
	if len(seen) != n || min(halves[0], halves[1]) < n/3 {
		w.t.Errorf("%d reminders, %d in the first minute and %d in the second", len(seen), halves[0], halves[1])
	}
}

// A few at once are sent right away.
func TestFewAtOnceAreNotSpread(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t)
		for chat := range bot.ChatID(many) {
			w.remind(chat+1, "ring")
		}
		w.settle()
		if n := len(w.messenger.times()); n != many {
			t.Errorf("%d of %d at once", n, many)
		}
	})
}

// The quiet hours that a user sets hold from then on, over restarts.
func TestTheQuietHoursOfAChatAreKept(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		w.commit(w.said(ann, "中午12点到下午2点不要打扰"))
		w.restart(core)
		w.commit(w.command(ann, "remind", "明天中午 打客服"))
		w.settle()
		has(t, w.since(ann, 0), 1, "改到 14:00", "周日 14:00")
		if st, err := w.db.Load(ann, 0, nil); err != nil || st.Quiet != "1200-1400" {
			t.Errorf("quiet hours %q (%v)", st.Quiet, err)
		}
		w.set(bob, 1, "今天20:50 打客服")
		w.stop()
		time.Sleep(15 * time.Hour) // 23:00
		w.start(core)
		w.settle()
		if n := w.rung(bob, "到时间了"); n != 0 {
			t.Errorf("%d reminders in the night, two hours late", n)
		}
		time.Sleep(9*time.Hour + time.Minute)
		w.settle()
		has(t, w.since(bob, 0), 1, "到时间了：「打客服」", "那时你不想被吵")
	})
}

// What is not a reminder and waits for long is sent as it is, once.
func TestOtherUnaskedMessagesAreSentAsTheyAre(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) {
			c.Step = func(_ *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) { return c, bot.Effects{} }
		})
		w.messenger.refuseFromNow(func(call, int) error { return &bot.Refusal{Reason: bot.Unreachable} })
		m := bot.Message{Text: "notice", Rings: bot.Woken{Why: "keep", Due: time.Now()}}
		r, err := w.db.Commit(store.Change{Chat: ann, Queue: []store.Item{{ID: store.ItemID{Class: store.Reminder}, Message: m}}})
		if err != nil {
			t.Fatal(err)
		}
		w.outbox.wake(ann, r.Next)
		time.Sleep(3 * time.Hour)
		w.messenger.refuseFromNow(nil)
		time.Sleep(2 * longPause)
		w.settle()
		same(t, "sent", w.messenger.texts(ann), []string{"notice"})
	})
}
