package bot_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
)

// wishes are what people with reminders write.
var wishes = []string{
	"/remind 明天下午三点 打客服", "/remind 3小时后 看到账", "/remind 每天晚上 查邮箱", "/remind 后天深夜 看一眼", "/remind 每个工作日上午十点 问进度",
	"/remind 5个工作日后 写信", "/remind", "/reminders", "/timezone 纽约", "/timezone 北京", "夜里11点到7点别打扰我", "夜里也可以响", "好", "不用了",
	"/log 打了客服，工号3721，说三天内回复", "答复来了", "到账了", "/case", "又有一笔卡住了", "支付宝提现800元失败，我点了十几次",
}

// TestWalksWithReminders has people set reminders, come back to them late, block
// the bot for days and return, and press whatever is there. Whatever they do,
// what is set comes some day, what has come is not set any more, and between
// them they come to hear every way in which a reminder can be told.
func TestWalksWithReminders(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine alone")
	}
	walks := 30
	if os.Getenv("TIXIANBOT_TEST_LONG") != "" {
		walks = 3000
	}
	k := content(t)
	heard := map[string]int{"到时间了": 0, "来晚了，一起说": 0, "你不在的时候": 0, "我来晚了": 0, "等到现在": 0, "已经撤掉": 0, "下一次：": 0}
	for seed := range walks {
		r := rand.New(rand.NewPCG(uint64(seed), 9))
		s := newStage(t, k)
		s.say("小红书提现500元失败")
		for range 60 {
			wander(s, r)
			waiting(s)
			if t.Failed() {
				t.Fatalf("walk %d:\n%s", seed, s.out.String())
			}
		}
		for words := range heard {
			heard[words] += strings.Count(s.out.String(), words)
		}
	}
	for words, n := range heard {
		if n == 0 {
			t.Errorf("nobody was told %q", words)
		}
	}
}

// wander does one thing at random.
func wander(s *stage, r *rand.Rand) {
	switch n := r.IntN(12); {
	case n < 5:
		s.say(wishes[r.IntN(len(wishes))])
		if slices.ContainsFunc(s.fx.Messages, func(m bot.Message) bool { return strings.Contains(m.Text, "好，设上") }) && r.IntN(5) > 0 {
			s.press("好，设上", false)
		}
	case n == 5:
		s.blocked = true
		s.pass(time.Duration(r.IntN(100)) * time.Hour)
		s.step([]bot.Event{bot.Returned{}, bot.Said{Text: "在吗"}, bot.Overdue{}}[r.IntN(3)])
	case n == 6:
		s.w.Now = s.w.Now.Add(time.Duration(r.IntN(60*60)) * time.Minute) // the bot does not run
		s.catchUp()
	case n == 7:
		s.pass(time.Duration(r.IntN(60*60)) * time.Minute)
	default:
		if p, ok := anyButton(s, r); ok {
			s.step(bot.Pressed{Press: p})
		}
	}
}

// waiting checks that exactly those reminders have a wake that are to come.
func waiting(s *stage) {
	set := map[string]bool{}
	for n, c := range s.w.Cases {
		for _, seq := range c.Reminders {
			if r := s.w.Logs[n][seq-1]; r.Struck.IsZero() {
				set[fmt.Sprintf("r:%d:%d", n, seq)] = true
			}
		}
	}
	for _, w := range s.w.Wakes {
		if strings.HasPrefix(w.Why, "r:") {
			if !set[w.Why] {
				s.t.Errorf("%s is to come, but not set", w.Why)
			}
			delete(set, w.Why)
		}
	}
	for why := range set {
		s.t.Errorf("%s is set, but never comes", why)
	}
}
