package bot_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
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
	"/evidence", "前天下午三点", "**[x](y) `z` <b>&", "\u202e\u200b😀", "啊", "my withdraw is pending", "提領被擋", "不对，是周三", "到账了", "小红书", "支付宝",
	"/remind 明天下午三点 打客服", "/remind 每天晚上 查到账", "/remind 3小时后", "/remind", "/reminders", "/timezone 纽约", "夜里11点到7点别打扰我",
	"好", "答复来了", "/log 打了客服，工号3721，说三天内回复",
}

// TestWalks has users who write and press whatever comes to mind. Whatever
// they do, the core neither panics nor falls silent, nor says anything that a
// messenger would refuse; and every walk can be left with /cancel and /delete.
func TestWalks(t *testing.T) {
	walks := 200
	if testing.Short() { // under the race detector, where one goroutine alone has nothing to show
		walks = 20
	}
	if os.Getenv("TIXIANBOT_TEST_LONG") != "" {
		walks = 10_000
	}
	k := content(t)
	for seed := range walks {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		s := newStage(t, k)
		s.w.Wordings = seed % 3 * 4
		for range 60 {
			stroll(s, r)
			if t.Failed() {
				t.Fatalf("walk %d:\n%s", seed, s.out.String())
			}
		}
		s.w.Now = s.w.Now.Add(time.Minute)
		s.catchUp()
		if s.w.Case.Batch.Due {
			t.Fatalf("walk %d: an album was never answered", seed)
		}
		s.say("/cancel")
		s.say("/delete")
		s.press("全部删除，确定", false)
		if !s.fx.Forget || s.w.Case.Number != 0 {
			t.Fatalf("walk %d does not end with /delete", seed)
		}
	}
}

// stroll does one thing at random.
func stroll(s *stage, r *rand.Rand) {
	s.blocked = r.IntN(8) == 0 // until they do something
	s.w.Now = s.w.Now.Add(time.Duration(r.IntN(40)) * time.Hour)
	answered := true
	switch n := r.IntN(20); {
	case n < 5 || len(s.sent) == 0:
		said := phrasesOfWalkers[r.IntN(len(phrasesOfWalkers))]
		s.say(said)
		entered(s, said)
	case n == 5:
		s.step(bot.Sent{Kind: []bot.FileKind{bot.Photo, bot.Document, bot.Voice, bot.Sticker, bot.Other}[r.IntN(5)]})
	case n == 6:
		answered = showFiles(s, r)
	case n == 7:
		s.step(strayEvents[r.IntN(len(strayEvents))])
		answered = false
	case n == 8:
		s.step([]bot.Event{bot.Garbled{}, bot.Edited{Text: "x"}, bot.Returned{}, bot.Left{}, bot.Ignored{}, bot.Overdue{}}[r.IntN(6)])
		answered = false
	default:
		p, ok := anyButton(s, r)
		if !ok {
			return
		}
		s.step(bot.Pressed{Press: p})
	}
	tallied(s)
	if answered && len(s.fx.Messages) == 0 && s.fx.Toast == "" {
		s.t.Error("the bot fell silent")
	}
}

// entered checks that words became a record, word for word but for the mask.
func entered(s *stage, said string) {
	if name, rest, ok := strings.Cut(said, " "); strings.HasPrefix(said, "/") {
		if !ok || name == "/case" {
			return // a command without words, or one that only shows something
		}
		said = rest
	}
	masked, _ := s.w.Pack.Screen.Mask(strings.TrimSpace(said))
	if masked == "" || s.fx.Forget {
		return
	}
	for _, r := range s.fx.Records {
		if r.Text == masked {
			return
		}
	}
	s.t.Errorf("%q is lost", said)
}

// strayEvents come when nobody waits for them any more.
var strayEvents = []bot.Event{
	bot.Woken{Why: "album"}, bot.Woken{Why: "nothing"}, bot.Woken{}, bot.Hashed{}, bot.Hashed{Case: 1, Seq: 1, Err: true},
	bot.Hashed{Case: 1, Seq: 2, SHA256: "00"}, bot.Hashed{Case: 7, Seq: 900, SHA256: "00"},
}

// captionsOfWalkers are things that people write beside pictures.
var captionsOfWalkers = []string{
	"", "", "", "提现失败的截图", "昨天下午三点余额还是500", "客服聊天", "我的身份证正面", "让我先交税的聊天", "不想活了",
	"密码是abc12345", "有人说能帮我追回来", "前天的流水", "**[x](y)", "到账了", "不知道", "合同和公告",
}

var namesOfWalkers = []string{"", "流水.pdf", "passport.jpg", "a.exe", "合同`x`.docx", "....", "\u202e"}

// showFiles sends a few pictures or files, together or one by one, and reports
// whether an answer is due at once.
func showFiles(s *stage, r *rand.Rand) bool {
	album := []string{"", "", "a", "b"}[r.IntN(4)]
	n := 1 + r.IntN(3)*r.IntN(5)
	alone := false
	for range n {
		id := fmt.Sprintf("walk%d", r.IntN(40))
		e := bot.Sent{
			Kind: []bot.FileKind{bot.Photo, bot.Photo, bot.Document}[r.IntN(3)], Album: album,
			Caption: captionsOfWalkers[r.IntN(len(captionsOfWalkers))],
			File:    bot.File{ID: bot.FileID(id), Unique: id, Size: int64(r.IntN(40 << 20))},
		}
		if e.Kind == bot.Document {
			e.Name = namesOfWalkers[r.IntN(len(namesOfWalkers))]
		}
		if r.IntN(5) == 0 {
			e.Forwarded, e.ForwardedAt = true, s.w.Now.Add(-time.Duration(r.IntN(900))*time.Hour)
		}
		s.step(e)
		keptOrDeclined(s, e)
		alone = !s.w.Case.Batch.Due
		if s.t.Failed() {
			return false
		}
	}
	return alone
}

// keptOrDeclined checks that a piece is kept, once, or was declined.
func keptOrDeclined(s *stage, e bot.Sent) {
	n := 0
	for _, r := range s.log() {
		if r.Kind == bot.RecordEvidence && r.Exhibit.Unique == e.File.Unique {
			n++
		}
	}
	paper := s.w.Pack.Evidence.IsPaper(e.Caption) || s.w.Pack.Evidence.IsPaper(e.Name)
	if n > 1 || n == 0 && !paper {
		s.t.Errorf("%+v stands in %d records", e, n)
	}
}

// tallied checks that the tallies of the case are those of its records.
func tallied(s *stage) {
	want := make(map[string]int)
	numbers := make(map[int]bool)
	for _, r := range s.log() {
		if r.Kind != bot.RecordEvidence {
			continue
		}
		if numbers[r.Exhibit.Number] || r.Exhibit.Number < 1 || r.Exhibit.Number > s.w.Case.Exhibits {
			s.t.Errorf("the number %d stands twice, or is none", r.Exhibit.Number)
		}
		numbers[r.Exhibit.Number] = true
		if !r.Struck.IsZero() {
			continue
		}
		want[r.About]++
		k, _ := s.w.Pack.Evidence.Kind(r.About)
		for _, p := range r.Parts {
			if slices.Contains(k.Shows, p.Value) {
				want[r.About+"."+p.Value]++
			}
		}
	}
	if len(numbers) != s.w.Case.Exhibits || len(want)+len(s.w.Case.Pieces) > 0 && !maps.Equal(want, s.w.Case.Pieces) {
		s.t.Errorf("%d pieces, tallied as %v; the case has %d, %v", len(numbers), want, s.w.Case.Exhibits, s.w.Case.Pieces)
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
