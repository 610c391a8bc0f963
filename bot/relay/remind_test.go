package relay

import (
	"strings"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/store"
)

var content = sync.OnceValues(func() (*knowledge.Pack, error) { return knowledge.Load("") })

// realCore lets a world run the bot as it is, with its content.
func realCore(t *testing.T) func(*Config) {
	t.Helper()
	k, err := content()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := bot.LoadZone("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return func(c *Config) {
		c.Knowledge = func() *knowledge.Pack { return k }
		c.Step, c.Wants, c.Zone = bot.Step, bot.Wants, zone
	}
}

// command returns an update with a command.
func (w *world) command(chat bot.ChatID, name, text string) bot.Update {
	return w.update(chat, bot.Said{Command: name, Text: text})
}

// pressOf returns the press of a button whose act is known.
func (w *world) pressOf(chat bot.ChatID, act bot.Act, arg string) bot.Update {
	return w.update(chat, bot.Pressed{Press: bot.Press{Case: 1, Act: act, Arg: arg}})
}

// rung returns how many messages of a chat hold some words.
func (w *world) rung(chat bot.ChatID, words string) (n int) {
	for _, text := range w.messenger.texts(chat) {
		n += strings.Count(text, words)
	}
	return n
}

// A reminder is set with a yes. The process ends and is not there when the
// reminder falls due; the next process says it once, and that it is late.
func TestARemindersOfTheRealCoreSurvivesRestarts(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		w.commit(w.command(ann, "remind", "3小时后 打客服电话"))
		w.commit(w.command(bob, "remind", "30分钟后 看到账"))
		w.restart(core)
		w.commit(w.pressOf(ann, "ry", "1"), w.pressOf(bob, "ry", "1"))
		w.restart(core)
		time.Sleep(time.Hour)
		w.settle()
		if n := w.rung(bob, "到时间了：「看到账」"); n != 1 {
			t.Errorf("bob was reminded %d times: %q", n, w.messenger.texts(bob))
		}
		w.stop()
		time.Sleep(3 * time.Hour)
		w.start(core)
		w.settle()
		if n := w.rung(ann, "到时间了：「打客服电话」"); n != 1 || w.rung(ann, "我来晚了") != 1 {
			t.Errorf("ann was reminded %d times: %q", n, w.messenger.texts(ann))
		}
		w.restart(core)
		time.Sleep(48 * time.Hour)
		w.settle()
		if n := w.rung(ann, "到时间了"); n != 0 {
			t.Errorf("ann was reminded again, %d times", n)
		}
		if r := w.check(); r.Timers != 0 {
			t.Errorf("%d timers are left", r.Timers)
		}
	})
}

// Without a yes nothing comes.
func TestAReminderWithoutAYesNeverComes(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		w.commit(w.command(ann, "remind", "3小时后 打客服电话"))
		time.Sleep(48 * time.Hour)
		w.settle()
		if n := w.rung(ann, "到时间了"); n != 0 {
			t.Errorf("ann was reminded %d times", n)
		}
	})
}

// A series skips what was missed while no process ran.
func TestASeriesSkipsWhatWasMissed(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		w.commit(w.command(ann, "remind", "每天上午十点 查到账"))
		w.commit(w.pressOf(ann, "ry", "1"))
		w.stop()
		time.Sleep(5 * 24 * time.Hour)
		w.start(core)
		w.settle()
		if n := w.rung(ann, "到时间了"); n != 1 {
			t.Errorf("after five days ann was reminded %d times", n)
		}
		time.Sleep(48 * time.Hour)
		w.settle()
		if n := w.rung(ann, "到时间了"); n != 3 {
			t.Errorf("two days later %d times in all", n)
		}
		w.commit(w.pressOf(ann, "rx", "1"))
		time.Sleep(96 * time.Hour)
		w.settle()
		if n := w.rung(ann, "到时间了"); n != 3 {
			t.Errorf("it was stopped, and came %d times in all", n)
		}
	})
}

// The zone that a user names is that of the chat from then on, over restarts,
// also one that is an offset only.
func TestTheZoneOfAChatIsKept(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		for _, zone := range []struct{ words, kept, shown string }{
			{"东京", "Asia/Tokyo", "09:00（东京时间）"},
			{"UTC+5:30", "UTC+05:30", "09:00（UTC+05:30时间）"},
		} {
			w.commit(w.command(ann, "timezone", zone.words))
			w.restart(core)
			w.commit(w.command(ann, "remind", "明天上午九点 打客服"))
			w.settle()
			if w.rung(ann, zone.shown) != 1 {
				t.Errorf("%s: %q", zone.words, w.messenger.texts(ann))
			}
			if st, err := w.db.Load(ann, 0, nil); err != nil || st.Zone != zone.kept {
				t.Errorf("%s: the chat is in the zone %q (%v)", zone.words, st.Zone, err)
			}
		}
	})
}

// A reminder of a case that is not open finds its record.
func TestAReminderOfAnotherCase(t *testing.T) {
	core := realCore(t)
	in(t, func(t *testing.T) {
		w := newWorld(t, core)
		w.commit(w.said(ann, "小红书提现500元失败"), w.command(ann, "remind", "5小时后 打客服"))
		w.commit(w.pressOf(ann, "ry", "2"), w.command(ann, "case", "1"))
		st, err := w.db.Load(ann, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		second := st.Case.Clone()
		second.Number, second.Last, second.Seq, second.Reminders = 2, 2, 0, nil
		if _, err := w.db.Commit(store.Change{Chat: ann, Case: &second}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Hour)
		w.settle()
		if w.rung(ann, "到时间了：「打客服」") != 1 || w.rung(ann, "这是案子 1 的提醒") != 1 {
			t.Errorf("said: %q", w.messenger.texts(ann))
		}
		w.commit(w.pressOf(ann, "rz", "2.1h"))
		time.Sleep(2 * time.Hour)
		w.settle()
		if n := w.rung(ann, "到时间了：「打客服」"); n != 2 {
			t.Errorf("after the delay reminded %d times in all: %q", n, w.messenger.texts(ann))
		}
	})
}
