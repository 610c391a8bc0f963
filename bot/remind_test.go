package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge/markup"
)

// told returns the words of all messages of the newest step.
func (s *stage) told() string {
	var texts []string
	for _, m := range s.fx.Messages {
		texts = append(texts, markup.Text(m.Text))
	}
	return strings.Join(texts, "\n")
}

// A case has twenty reminders at most, and stays small with them.
func TestRemindersHaveALimit(t *testing.T) {
	s := newStage(t, content(t))
	for i := range 22 {
		s.say(fmt.Sprintf("/remind %d天后上午十点 打客服", i+2))
		s.press("好，设上", false)
	}
	if n := len(s.w.Case.Reminders); n != 20 {
		t.Errorf("%d reminders", n)
	}
	if !strings.Contains(s.told(), "已经有 20 个提醒了") {
		t.Errorf("said: %s", s.told())
	}
	s.press("第1个", false)
	s.press("取消提醒", false)
	s.say("/remind 三个月后上午十点 打客服")
	s.press("好，设上", false)
	if n := len(s.w.Case.Reminders); n != 20 {
		t.Errorf("%d reminders after one was cancelled and one set", n)
	}
}

// The button from before there were reminders leads to them.
func TestTheOldReminderButton(t *testing.T) {
	s := newStage(t, content(t))
	s.say("提现失败")
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "soon", Arg: "remind"}})
	if !strings.Contains(s.told(), "什么时候提醒你") {
		t.Errorf("said: %s", s.told())
	}
}

// A series at night, not named to the minute, comes at eight; and a clock time
// stays what it is where the clocks change.
func TestSeriesKeepTheClockTime(t *testing.T) {
	s := newStage(t, content(t))
	s.say("/timezone 纽约")
	s.say("/remind 每天深夜 查到账")
	s.press("好，设上", false)
	r := s.log()[len(s.log())-1]
	if got := r.Part(bot.PartRule); !strings.Contains(got, "BYHOUR=8;BYMINUTE=0") {
		t.Errorf("the rule is %s", got)
	}
	zone, err := bot.LoadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	until := s.w.Now.AddDate(0, 5, 0)
	days := 0
	for wake, ok := s.w.Next(until); ok; wake, ok = s.w.Next(until) {
		if strings.HasPrefix(wake.Why, "r:") {
			days++
			if at := wake.At.In(zone); at.Hour() != 8 || at.Minute() != 0 {
				t.Errorf("it comes at %v", at)
			}
		}
		s.w.Now = s.w.Now.In(zone)
		s.happen(bot.Woken{Why: wake.Why, Due: wake.At})
	}
	if days < 149 || days > 153 {
		t.Errorf("%d times in five months", days)
	}
}

// A reminder that comes late says so, one that comes a little late does not.
func TestALateReminderSaysSo(t *testing.T) {
	for _, late := range []time.Duration{0, 14 * time.Minute, 16 * time.Minute, 50 * time.Hour} {
		s := newStage(t, content(t))
		s.say("/remind 明天下午三点 打客服")
		s.press("好，设上", false)
		i := slices.IndexFunc(s.w.Wakes, func(w bot.Wake) bool { return w.Why == "r:1:1" })
		if i < 0 {
			t.Fatal("no wake was set")
		}
		due := s.w.Wakes[i].At
		s.w.Now = due.Add(late)
		s.happen(bot.Woken{Why: "r:1:1", Due: due})
		if said := strings.Contains(s.told(), "我来晚了"); said != (late > 15*time.Minute) {
			t.Errorf("%v late: %s", late, s.told())
		}
		s.happen(bot.Woken{Why: "r:1:1", Due: due})
		if len(s.fx.Messages) != 0 {
			t.Errorf("it came twice: %s", s.told())
		}
	}
}

// Once the money is there single reminders are dropped, and that is said; a
// series goes on.
func TestRemindersEndWithTheCase(t *testing.T) {
	s := newStage(t, content(t))
	s.say("小红书提现500元失败")
	for _, words := range []string{"后天下午三点 打客服", "每月1号上午十点 提一小笔"} {
		s.say("/remind " + words)
		s.press("好，设上", false)
	}
	s.say("到账了")
	s.press("全到了：500 元", false)
	if said := s.told(); !strings.Contains(said, "已经撤掉") || !strings.Contains(said, "打客服") || strings.Contains(said, "提一小笔") {
		t.Errorf("said: %s", said)
	}
	var left []string
	for _, w := range s.w.Wakes {
		if strings.HasPrefix(w.Why, "r:") {
			left = append(left, w.Why)
		}
	}
	if len(left) != 1 || len(s.w.Case.Reminders) != 1 {
		t.Errorf("wakes %q, reminders %v", left, s.w.Case.Reminders)
	}
}

// One for the period of a rung ends when the next rung is climbed.
func TestThePeriodEndsWithItsRung(t *testing.T) {
	s := newStage(t, content(t))
	s.say("在小红书提现500元失败")
	s.press("没有", false)
	for _, rung := range []string{"support", "supervisor", "official_complaint", "regulator"} {
		s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "l"}})
		s.step(bot.Pressed{Press: bot.Press{Case: 1, Rev: s.w.Case.Rev, Act: "mm", Arg: rung}})
	}
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "rp", Arg: "period"}})
	s.press("好，设上", false)
	if len(s.w.Case.Reminders) != 1 {
		t.Fatalf("no reminder: %s", s.out.String())
	}
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "l"}})
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Rev: s.w.Case.Rev, Act: "mm", Arg: "mediation"}})
	if len(s.w.Case.Reminders) != 0 || !strings.Contains(s.told(), "已经撤掉") {
		t.Errorf("reminders %v; said: %s", s.w.Case.Reminders, s.told())
	}
}

// With as many reminders as there can be in several cases, all with long notes,
// the list and the digest stay messages that a messenger takes.
func TestManyRemindersFitAMessage(t *testing.T) {
	s := newStage(t, content(t))
	note := strings.Repeat("很长的一句话", 20)
	for n := range 3 {
		if n > 0 {
			s.step(bot.Pressed{Press: bot.Press{Case: n, Rev: s.w.Case.Rev, Act: "new"}})
		}
		for i := range 20 {
			s.say(fmt.Sprintf("/remind 每天%d点%d分 %s", 8+i%12, i, note))
			s.press("好，设上", false)
		}
	}
	s.say("/reminders")
	if said := s.told(); !strings.Contains(said, "还有 36 个") || len(s.w.Cases) != 3 {
		t.Errorf("%d cases; said: %s", len(s.w.Cases), said)
	}
	s.w.Now = s.w.Now.Add(50 * time.Hour)
	wake, _ := s.w.Next(s.w.Now)
	s.happen(bot.Woken{Why: wake.Why, Due: wake.At})
	if n := len(s.fx.Messages); n != 2 || strings.Count(s.told(), "下一次：") != 60 {
		t.Errorf("%d messages: %s", n, s.told())
	}
}
