package bot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/walk"
)

// filed returns a chat whose case has n entries: contacts, notes, pictures.
func filed(t testing.TB, n int) *walk.World {
	w := walk.New(content(t), morning)
	w.Do(bot.Said{Text: "抖音提现2350元一直审核中，昨天下午三点提的"})
	for i := range n {
		w.Now = w.Now.Add(3 * time.Minute)
		if i%5 == 4 {
			id := fmt.Sprintf("p%d", i)
			w.Do(bot.Sent{Kind: bot.Photo, Caption: fmt.Sprintf("第%d张截图", i), File: bot.File{ID: bot.FileID(id), Unique: id, Size: 90_000}})
			continue
		}
		w.Do(bot.Said{Command: "log", Text: fmt.Sprintf("打了客服，工号%d，说三个工作日内答复", 1000+i)})
	}
	if got := len(w.Logs[1]); got < n {
		t.Fatalf("%d records, want at least %d", got, n)
	}
	return w
}

// TestLogWritesLittle: what one /log adds to a case of 500 entries, in the
// written form of the case, its records and its messages, stays below 4 KB.
func TestLogWritesLittle(t *testing.T) {
	w := filed(t, 500)
	fx := w.Do(bot.Said{Command: "log", Text: "今天10点打了客服，工号3721，说三个工作日内答复"})
	size := 0
	for _, v := range []any{w.Case, fx.Records, fx.Messages} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		size += len(raw)
	}
	if size > 4096 {
		t.Errorf("%d bytes are written, want at most 4096", size)
	}
}

// TestBurstOfForwards: sixty forwarded messages are kept each for itself and
// answered once.
func TestBurstOfForwards(t *testing.T) {
	w := walk.New(content(t), morning)
	w.Do(bot.Said{Text: "快手提现300元没到账"})
	for i := range 60 {
		w.Now = w.Now.Add(40 * time.Millisecond)
		text := fmt.Sprintf("第%d句：请您耐心等待", i)
		switch i {
		case 20:
			text = "您好，工号2208为您服务"
		case 40:
			text = "已登记，工单号KS20261123077，48小时内答复您"
		}
		fx := w.Do(bot.Said{Text: text, Forwarded: true, ForwardedAt: w.Now.Add(-2 * time.Hour)})
		if len(fx.Messages) > 0 {
			t.Fatalf("message %d is answered by itself: %q", i, fx.Messages[0].Text)
		}
	}
	wake, ok := w.Next(w.Now.Add(time.Minute))
	if !ok {
		t.Fatal("nothing is to come")
	}
	fx := w.Do(bot.Woken{Why: wake.Why, Due: wake.At})
	if len(fx.Messages) != 1 || !strings.Contains(fx.Messages[0].Text, "60") || !strings.Contains(fx.Messages[0].Text, "KS20261123077") {
		t.Fatalf("the answer: %+v", fx.Messages)
	}
	pasted := 0
	for _, r := range w.Logs[1] {
		if r.Kind == bot.RecordPasted {
			pasted++
		}
	}
	if pasted != 60 {
		t.Errorf("%d of 60 messages are kept", pasted)
	}
}

// BenchmarkLargeCase answers in a case of 500 entries as in an empty one.
func BenchmarkLargeCase(b *testing.B) {
	for _, n := range []int{0, 500} {
		w := filed(b, n)
		for name, e := range map[string]bot.Event{
			"case":  bot.Said{Command: "case"},
			"words": bot.Said{Text: "客服今天还是没有回复我"},
			"log":   bot.Said{Command: "log", Text: "打了客服，工号88，说明天答复"},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					in := w.Input(e)
					bot.Step(w.Pack, w.Case, in)
				}
			})
		}
	}
}

// TestAStruckContactCountsForNothing: who strikes the only contact out has
// talked to nobody, as far as the ladder is concerned.
func TestAStruckContactCountsForNothing(t *testing.T) {
	w := walk.New(content(t), morning)
	w.Do(bot.Said{Text: "快手提现300元没到账"})
	w.Do(bot.Said{Command: "log", Text: "打了客服，工号2208，说三天内答复"})
	w.Do(bot.Pressed{Press: bot.Press{Case: 1, Act: "te", Arg: "2"}})
	for _, want := range []int{0, 1} {
		before := w.Case.Contacts
		w.Do(bot.Pressed{Press: bot.Press{Case: 1, Rev: w.Case.Rev, Act: "ts", Arg: "2"}})
		if w.Case.Contacts != want || before == want {
			t.Errorf("%d contacts stand, want %d", w.Case.Contacts, want)
		}
	}
}

// TestALongPasteIsReadToItsEnd: a conversation that was left unread long ago
// does not keep a new one from being read.
func TestALongPasteIsReadToItsEnd(t *testing.T) {
	w := walk.New(content(t), morning)
	w.Do(bot.Said{Text: "快手提现300元没到账"})
	w.Do(bot.Said{Text: "您好，这里是人工客服", Forwarded: true})
	for i := range 150 {
		w.Do(bot.Said{Command: "log", Text: fmt.Sprintf("第%d次看，没有变化", i)})
	}
	w.Do(bot.Said{Text: "已登记，工单号KS20261123077，48小时内答复您", Forwarded: true})
	wake, _ := w.Next(w.Now.Add(time.Minute))
	fx := w.Do(bot.Woken{Why: wake.Why, Due: wake.At})
	if len(fx.Messages) == 0 || !strings.Contains(fx.Messages[0].Text, "KS20261123077") {
		t.Errorf("the new conversation is not read: %+v", fx.Messages)
	}
}
