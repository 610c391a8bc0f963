package bot_test

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"tixianbot/bot"
)

// phrasesOfWalkers are things that people write, among them nonsense.
var phrasesOfWalkers = []string{
	"/start", "/help", "/case", "/cancel", "/privacy", "/delete", "/log 打了客服，工号3721", "/log", "/draft", "/nonsense",
	"昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡", "提现失败", "不知道", "没有", "有", "是的", "显示审核中",
	"客服让我先交20%的税才能提", "只是从到账里扣的手续费", "不想活了", "我验证码是640218", "有人说能帮我追回来",
	"能不能绕过风控", "换了手机和银行卡", "5000", "1.2万", "三千五", "昨天", "钱会不会丢", "怎么转人工", "明天下雨吗",
	"**[x](y) `z` <b>&", "\u202e\u200b😀", "啊", "my withdraw is pending", "提領被擋", "不对，是周三", "到账了", "小红书", "支付宝",
}

// TestWalks has users who write and press whatever comes to mind. Whatever
// they do, the core neither panics nor falls silent, nor says anything that a
// messenger would refuse; and every walk can be left with /cancel and /delete.
func TestWalks(t *testing.T) {
	walks := 200
	if os.Getenv("TIXIANBOT_TEST_LONG") != "" {
		walks = 10_000
	}
	k := content(t)
	for seed := range walks {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		s := newStage(t, k)
		for range 60 {
			stroll(s, r)
			if t.Failed() {
				t.Fatalf("walk %d:\n%s", seed, s.out.String())
			}
		}
		s.say("/cancel")
		s.say("/delete")
		s.press("全部删除，确定", false)
		if !s.fx.Forget || s.c.Number != 0 {
			t.Fatalf("walk %d does not end with /delete", seed)
		}
	}
}

// stroll does one thing at random.
func stroll(s *stage, r *rand.Rand) {
	s.now = s.now.Add(time.Duration(r.IntN(40)) * time.Hour)
	answered := true
	switch n := r.IntN(20); {
	case n < 5 || len(s.sent) == 0:
		s.say(phrasesOfWalkers[r.IntN(len(phrasesOfWalkers))])
	case n == 5:
		s.step(bot.Sent{Kind: []bot.FileKind{bot.Photo, bot.Document, bot.Voice, bot.Sticker, bot.Other}[r.IntN(5)]})
	case n == 6:
		s.step([]bot.Event{bot.Garbled{}, bot.Edited{Text: "x"}, bot.Returned{}, bot.Left{}, bot.Ignored{}}[r.IntN(5)])
		answered = false
	default:
		p, ok := anyButton(s, r)
		if !ok {
			return
		}
		s.step(bot.Pressed{Press: p})
	}
	if answered && len(s.fx.Messages) == 0 && s.fx.Toast == "" {
		s.t.Error("the bot fell silent")
	}
}

// anyButton picks a button, mostly of the newest messages.
func anyButton(s *stage, r *rand.Rand) (bot.Press, bool) {
	s.pressed = len(s.sent) - 1 - min(r.IntN(4)*r.IntN(4), len(s.sent)-1)
	m := s.sent[s.pressed]
	var all []bot.Button
	for _, row := range m.Buttons {
		all = append(all, row...)
	}
	if len(all) == 0 {
		return bot.Press{}, false
	}
	return all[r.IntN(len(all))].Press, true
}
