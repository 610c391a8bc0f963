package bot_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"tixianbot/bot"
	"tixianbot/bot/walk"
	"tixianbot/knowledge/markup"
)

// flood is a chat whose user sends a lot, and all that it is answered.
type flood struct {
	*walk.World
	t       testing.TB
	answers []string
	at      []time.Time
}

// newFlood returns a chat that is answered once a second.
func newFlood(t testing.TB) *flood {
	f := &flood{World: walk.New(content(t), morning), t: t}
	f.Rate = 1
	return f
}

// send lets time pass, with what comes due in it, and then something happen.
func (f *flood) send(after time.Duration, e bot.Event) bot.Effects {
	f.pass(after)
	fx := f.Do(e)
	f.hear(fx)
	return fx
}

func (f *flood) pass(d time.Duration) {
	until := f.Now.Add(d)
	for {
		wake, ok := f.Next(until)
		if !ok {
			break
		}
		f.hear(f.Do(bot.Woken{Why: wake.Why, Due: wake.At}))
	}
	f.Now = until
}

func (f *flood) hear(fx bot.Effects) {
	for _, m := range fx.Messages {
		f.answers = append(f.answers, markup.Text(m.Text))
		f.at = append(f.at, f.Now)
	}
}

// having returns how many answers hold part.
func (f *flood) having(part string) int {
	n := 0
	for _, text := range f.answers {
		if strings.Contains(text, part) {
			n++
		}
	}
	return n
}

// kept returns how many of the notes that were sent are kept, each once.
func (f *flood) kept() int {
	seen := map[string]bool{}
	for _, r := range f.Logs[1] {
		if strings.HasPrefix(r.Text, "note ") {
			if seen[r.Text] {
				f.t.Errorf("%q is kept twice", r.Text)
			}
			seen[r.Text] = true
		}
	}
	return len(seen)
}

func jotted(n int) bot.Said { return bot.Said{Command: "log", Text: fmt.Sprint("note ", n)} }

// TestWhatComesTooFastIsAnsweredAsOne: the first twenty have an answer each, all
// others one together a second later, and nothing is lost.
func TestWhatComesTooFastIsAnsweredAsOne(t *testing.T) {
	f := newFlood(t)
	for n := range 60 {
		f.send(0, jotted(n))
	}
	if f.kept() != 60 || f.having("记好了") != 20 || len(f.answers) != 20 {
		t.Errorf("%d notes kept, %d answers, want 60 and 20", f.kept(), len(f.answers))
	}
	f.pass(2 * time.Second)
	if len(f.answers) == 20 || f.having("有 40 条") != 1 {
		t.Errorf("answers after a second: %q", f.answers[20:])
	}
	f.pass(time.Hour)
	before := len(f.answers)
	for n := range 20 {
		f.send(0, jotted(100+n))
	}
	if got := f.having("记好了"); got != 40 || len(f.answers) != before+20 {
		t.Errorf("%d receipts after a pause, want 40", got)
	}
}

// TestOneASecondIsAnsweredForEver, and so is everything where there is no limit.
func TestOneASecondIsAnsweredForEver(t *testing.T) {
	f := newFlood(t)
	for n := range 200 {
		f.send(time.Second, jotted(n))
	}
	free := newFlood(t)
	free.Rate = 0
	for n := range 400 {
		free.send(0, jotted(n))
	}
	if f.having("记好了") != 200 || free.having("记好了") != 400 {
		t.Errorf("%d of 200 and %d of 400 were answered", f.having("记好了"), free.having("记好了"))
	}
	if free.Case.Use.Count != 0 {
		t.Errorf("without a limit there is a count: %+v", free.Case.Use)
	}
}

// TestAFloodIsKeptAndNotAnswered: beyond 300 there is one warning, and one
// answer when the ten minutes are over; then all is as before.
func TestAFloodIsKeptAndNotAnswered(t *testing.T) {
	f := newFlood(t)
	for n := range 1000 {
		f.send(100*time.Millisecond, jotted(n))
		if n == 300 && f.having("300 多条") != 1 {
			t.Fatal("there was no warning")
		}
	}
	warned := slices.IndexFunc(f.answers, func(s string) bool { return strings.Contains(s, "300 多条") })
	if f.kept() != 1000 || f.having("300 多条") != 1 || warned != len(f.answers)-1 {
		t.Errorf("%d notes kept; warned %d times, %d answers after it", f.kept(), f.having("300 多条"), len(f.answers)-1-warned)
	}
	if limit := 20 + 300/10 + 5; f.having("记好了")+f.having("没有一条一条回") > limit {
		t.Errorf("%d answers in half a minute", len(f.answers))
	}
	f.pass(9 * time.Minute)
	if over := f.answers[warned+1:]; len(over) == 0 || !strings.Contains(over[0], "有 700 条") {
		t.Errorf("after ten minutes: %q", over)
	}
	before := len(f.answers)
	f.send(time.Second, jotted(2000))
	if len(f.answers) != before+1 || !strings.Contains(f.answers[before], "记好了") {
		t.Errorf("after that: %q", f.answers[before:])
	}
}

// TestADangerToLifeIsAnsweredInAFlood, and other dangers until it is one.
func TestADangerToLifeIsAnsweredInAFlood(t *testing.T) {
	f := newFlood(t)
	for n := range 100 {
		f.send(0, jotted(n))
	}
	before := len(f.answers)
	f.send(0, bot.Said{Text: "对方说帮我追回被骗的钱，要先交手续费，我该转吗"})
	if len(f.answers) == before {
		t.Error("a fraud was not warned of")
	}
	for n := range 300 {
		f.send(0, jotted(1000+n))
	}
	before = len(f.answers)
	f.send(0, bot.Said{Text: "我不想活了"})
	if len(f.answers) == before {
		t.Error("a danger to life was not answered")
	}
	for range 1000 {
		f.send(0, bot.Said{Text: "我不想活了"})
	}
	if n := len(f.answers) - before; n > 100 {
		t.Errorf("and is used for a flood of answers: %d", n)
	}
}

// TestFastPressesEndOnOneScreen, which shows what they have led to.
func TestFastPressesEndOnOneScreen(t *testing.T) {
	f := newFlood(t)
	f.send(0, bot.Said{Text: "昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡"})
	f.send(0, bot.Said{Text: "没有"})
	var step bot.Button
	fx := f.send(time.Minute, bot.Said{Command: "start"})
	for _, m := range fx.Messages {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Label == "☐ 1" {
					step = b
				}
			}
		}
	}
	if step.Label == "" {
		t.Fatalf("no step to tick in %q", f.answers)
	}
	f.pass(time.Minute)
	before := len(f.answers)
	for range 51 {
		f.send(10*time.Millisecond, bot.Pressed{Press: step.Press})
	}
	f.pass(time.Minute)
	if got := f.answers[len(f.answers)-1]; len(f.answers) > before+30 || !strings.Contains(got, "☑") {
		t.Errorf("%d answers to 51 presses, the last is %q", len(f.answers)-before, got)
	}
}

// TestForwardsAreAnsweredAsAFew, and each is kept. Ten thousand of them go
// through the whole bot in TestForwardsWithoutEnd of cmd/tixianbot.
func TestForwardsAreAnsweredAsAFew(t *testing.T) {
	all := 600
	if testing.Short() {
		all = 400
	}
	f := newFlood(t)
	for n := range all {
		f.send(50*time.Millisecond, bot.Said{Text: fmt.Sprintf("客服：第%d条，三个工作日内处理", n), Forwarded: true, ForwardedAt: morning.Add(-time.Hour)})
	}
	f.pass(time.Hour)
	kept := 0
	for _, r := range f.Logs[1] {
		if r.Kind == bot.RecordPasted {
			kept++
		}
	}
	if kept != all || len(f.answers) > 10 {
		t.Errorf("%d of %d are kept, %d answers: %.600q", kept, all, len(f.answers), f.answers)
	}
}

// TestClocksThatDisagree: messages carry the time of Telegram, presses ours; and
// a clock that was wrong once is not held against anybody.
func TestClocksThatDisagree(t *testing.T) {
	f := newFlood(t)
	f.send(0, jotted(0))
	for n := range 19 {
		f.send(time.Minute, bot.Garbled{})
		f.Now = f.Now.Add(-90 * time.Second)
		f.send(0, jotted(n+1))
		f.Now = f.Now.Add(2 * time.Minute)
	}
	if f.having("没有一条一条回") > 0 || f.having("记好了") != 20 {
		t.Errorf("one thing a minute is too fast: %q", f.answers)
	}
	wrong := newFlood(t)
	wrong.Now = morning.AddDate(3, 0, 0)
	for n := range 30 {
		wrong.send(0, jotted(n))
	}
	wrong.Now, wrong.Wakes = morning, nil
	for n := range 5 {
		wrong.send(time.Minute, jotted(100+n))
	}
	if wrong.having("第 35 条") == 0 {
		t.Errorf("after a clock was set back by years: %q", wrong.answers[len(wrong.answers)-3:])
	}
}

func photo(n int) bot.Sent {
	id := fmt.Sprint("file", n)
	return bot.Sent{Kind: bot.Photo, Caption: "到账页面截图", File: bot.File{ID: bot.FileID(id), Unique: id, Size: 1000}}
}

// TestCapsAreToldAndNothingIsLostBeforeThem.
func TestCapsAreToldAndNothingIsLostBeforeThem(t *testing.T) {
	t.Run("files", func(t *testing.T) {
		f := newFlood(t)
		f.send(0, bot.Said{Text: "提现失败"})
		f.Case.Use.Files = 998
		for n := range 4 {
			f.send(time.Minute, photo(n))
		}
		if got := f.Case.Exhibits; got != 2 || f.having("已经存了 1000 个文件") != 2 {
			t.Errorf("%d files kept: %q", got, f.answers)
		}
	})
	t.Run("words", func(t *testing.T) {
		f := newFlood(t)
		f.send(0, jotted(1))
		f.Case.Use.Words = 4<<20 - 100
		f.send(time.Minute, jotted(2))
		was := f.Case
		fx := f.send(time.Minute, jotted(3))
		if f.kept() != 2 || f.having("存不下了") != 1 || len(fx.Records) != 0 || f.Case.Seq != was.Seq {
			t.Errorf("%d notes kept: %q", f.kept(), f.answers)
		}
		f.send(time.Minute, bot.Said{Text: "我不想活了"})
		if f.having("存不下了") != 2 || f.having("12356") == 0 {
			t.Errorf("a danger to life is not answered beyond the cap: %q", f.answers)
		}
		f.send(time.Minute, bot.Said{Command: "delete"})
		if got := f.answers[len(f.answers)-1]; !strings.Contains(got, "删") {
			t.Errorf("/delete beyond the cap: %q", got)
		}
	})
	t.Run("cases", func(t *testing.T) {
		f := newFlood(t)
		f.send(0, bot.Said{Text: "提现失败"})
		f.Case.Last = 50
		f.send(time.Minute, bot.Pressed{Press: bot.Press{Case: 1, Rev: f.Case.Rev, Act: "new"}})
		if f.Case.Number != 1 || f.having("已经有 50 个案子") != 1 {
			t.Errorf("case %d is open: %q", f.Case.Number, f.answers)
		}
	})
	t.Run("one message", func(t *testing.T) {
		f := newFlood(t)
		f.send(0, bot.Said{Command: "log", Text: strings.Repeat("很长", 5000)})
		f.send(0, bot.Said{Command: "log", Text: strings.Repeat("很长", 5000) + "了"})
		for _, r := range f.Logs[1] {
			if n := len([]rune(r.Text)); n != 10_000 {
				t.Errorf("%d characters are kept", n)
			}
		}
		if f.having("只存了前 10000 个字") != 1 {
			t.Errorf("answers: %.300q", f.answers)
		}
	})
}

// TestWorkIsNotDoneForAFlood: an order that is only for an answer which is
// withheld is not given, and can be given later.
func TestWorkIsNotDoneForAFlood(t *testing.T) {
	f := newFlood(t)
	f.send(0, bot.Said{Text: "昨天下午三点提现500元一直显示风控审核中"})
	orders := 0
	for range 100 {
		orders += len(f.send(0, bot.Said{Command: "export"}).Orders)
	}
	if orders == 0 || orders > 25 {
		t.Errorf("%d packs were ordered by 100 commands in a second", orders)
	}
}

// TestWhatIsKeptDoesNotDependOnTheRate: whatever people write, and however fast,
// the same is kept of it, and in the end nobody waits for an answer.
func TestWhatIsKeptDoesNotDependOnTheRate(t *testing.T) {
	for seed := range uint64(8) {
		fast, free := newFlood(t), newFlood(t)
		free.Rate = 0
		r := rand.New(rand.NewPCG(seed, 7))
		for range 60 {
			words := phrasesOfWalkers[r.IntN(len(phrasesOfWalkers))]
			pause := time.Duration(r.IntN(100)) * time.Millisecond
			e := bot.Said{Text: words, Forwarded: r.IntN(8) == 0}
			if command, rest, _ := strings.Cut(words, " "); strings.HasPrefix(command, "/") && !e.Forwarded {
				e = bot.Said{Command: command[1:], Text: rest}
			}
			fast.send(pause, e)
			free.send(pause, e)
		}
		fast.pass(time.Hour)
		free.pass(time.Hour)
		if got, want := fast.words(), free.words(); !slices.Equal(got, want) {
			t.Fatalf("walk %d: kept\n%q\nwithout a limit\n%q", seed, got, want)
		}
		if fast.Case.Use.Owed != 0 || len(fast.answers) >= len(free.answers) {
			t.Errorf("walk %d: %d messages wait for an answer; %d answers, %d without a limit", seed, fast.Case.Use.Owed, len(fast.answers), len(free.answers))
		}
	}
}

// words returns the words of all records, case by case.
func (f *flood) words() (texts []string) {
	for _, n := range slices.Sorted(maps.Keys(f.Logs)) {
		for _, r := range f.Logs[n] {
			if r.Text != "" {
				texts = append(texts, fmt.Sprint(n, " ", r.Kind, " ", r.Text))
			}
		}
	}
	return texts
}

// TestUseGoesWithTheChat: a new case does not begin to count anew.
func TestUseGoesWithTheChat(t *testing.T) {
	f := newFlood(t)
	for n := range 5 {
		f.send(0, jotted(n))
	}
	f.send(0, bot.Said{Command: "start"})
	was := f.Case.Use
	f.send(0, bot.Pressed{Press: bot.Press{Case: 1, Rev: f.Case.Rev, Act: "new"}})
	if is := f.Case.Use; f.Case.Number != 2 || is.Words < was.Words || is.Count != was.Count+1 || is.Whole <= was.Whole {
		t.Errorf("case %d has used %+v, the one before %+v", f.Case.Number, is, was)
	}
	f.send(0, bot.Pressed{Press: bot.Press{Case: 2, Act: "cw", Arg: "1"}})
	if f.Case.Number != 1 || f.Case.Use.Count != was.Count+2 {
		t.Errorf("back in case %d with %+v", f.Case.Number, f.Case.Use)
	}
}

// TestWhatIsNotShownIsNotSaid: what users write is kept as it is; in the words
// of the bot it stands without marks that hide or turn something.
func TestWhatIsNotShownIsNotSaid(t *testing.T) {
	for _, text := range []string{
		"抖音\u202e提现500元失败\u202c，客服\u200b说三天", "a\x00b\x1b[31mc\x7f 提现失败", "\ufeff提现\u2066失败\u2069\u200f了",
		"提现失败\u2028第二行\u2029\u061c\u00ad\u180e", "<b>提现</b> **失败** [字](http://x) `一` \xff\xfe", "\U000e0041\U000e0042提现失败",
		strings.Repeat("\u0301", 500) + "提现失败", strings.Repeat("\u200b", 3000), "👨\u200d👩\u200d👧 提现失败",
	} {
		f := newFlood(t)
		for _, e := range []bot.Event{
			bot.Said{Text: text}, bot.Said{Command: "log", Text: text}, bot.Said{Text: text, Forwarded: true},
			bot.Sent{Kind: bot.Document, Name: text + ".pdf", Caption: text, File: bot.File{ID: "f", Unique: "u"}},
			bot.Edited{Text: text}, bot.Said{Command: "remind", Text: "明天下午三点 " + text}, bot.Said{Command: "case"},
		} {
			fx := f.send(time.Minute, e)
			for _, m := range fx.Messages {
				shown := m.Text
				for _, row := range m.Buttons {
					for _, b := range row {
						shown += b.Label
					}
				}
				for i, r := range shown {
					if r != '\n' && r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
						t.Errorf("%q is answered with %q at %d of %q", text, r, i, shown)
					}
				}
			}
		}
		kept := false
		for _, r := range f.Logs[1] {
			kept = kept || r.Text == strings.TrimSpace(text)
		}
		if !kept {
			t.Errorf("%q is not kept as it was written", text)
		}
	}
}
