package letter_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

// kuaishou is a case with a little of everything.
var kuaishou = letter.Case{
	Facts: fact.Facts{
		"platform_name": "快手", "platform_kind": "content", "amount": "1280", "currency": "CNY", "status": "reviewing",
		"failed_at": "2026-11-19T20:05:00+08:00", "attempts": "2", "account_hint": "尾号0317",
	},
	Contacts: []letter.Contact{{At: at(20, 9, 0), Channel: "在线客服", Agent: "A208", Promise: "48小时内答复"}},
	Now:      now,
}

// good is a letter about it that has nothing against it.
const good = "您好，我的快手账户（尾号0317）于2026年11月19日20:05申请提现1280元，一直在审核，试了2次。11月20日在线客服A208答复48小时内答复。请在2026年11月30日前告知原因。"

// Start from a letter that is right and change one thing.
func TestCheckFindsOneThing(t *testing.T) {
	alone(t)
	b := book(t)
	order := letter.Order{Kind: letter.SupportMessage}
	if found := b.Check(good, order, kuaishou); len(found) > 0 {
		t.Fatalf("the good letter has %v", found)
	}
	for _, c := range []struct{ from, to, id, quote string }{
		{"1280元", "1820元", "amount", "1820元"},
		{"1280元", "1280美元", "currency", "1280美元"},
		{"1280元，", "，", "lost_amount", ""},
		{"1280元", "1,280.00元", "", ""},
		{"1280元", "一千二百八十元", "", ""},
		{"19日", "17日", "date", "2026年11月17日"},
		{"20:05", "20:50", "date", "20:50"},
		{"20:05", "晚上8点05分", "", ""},
		{"48小时内答复。", "24小时内答复。", "duration", "24小时"},
		{"2次", "6次", "count", "6次"},
		{"2次", "多次", "", ""},
		{"A208", "B208", "number", "208"},
		{"0317", "0371", "number", "0371"},
		{"快手", "抖音", "platform", "抖音"},
		{"原因。", "原因。依据《刑法》第266条。", "law", "《刑法》第266条"},
		{"原因。", "原因。依据《个人信息保护法》第24条。", "", ""},
		{"原因。", "原因。依据《个人信息保护法》第2条。", "law", "《个人信息保护法》第2条"},
		{"原因。", "原因，否则我就曝光你们。", "threat", "曝光"},
		{"原因。", "原因，否则依法向监管部门投诉。", "", ""},
		{"原因。", "原因。电话13912345678。", "leak", "13912345678"},
		{"原因。", "原", "half", "答复48小时内答复。请在2026年11月30日前告知原"},
		{"原因。", "原因。【请填写：平台名称】", "blank", "【请填写：平台名称】"},
		{"请在2026年11月30日前告知原因。", "", "demand", ""},
		{"您好", "隔壁邻居养的鹦鹉飞丢了又找回，您好", "unheard", "隔壁邻居养的鹦鹉飞丢了又找回"},
		{"原因。", "原因。客服还当场承认系统算错了账。", "quote", "系统算错了账"},
		{"原因。", "原因。这笔钱都是我的工资。", "innocence", "这笔钱都是我的工资"},
		{"原因。", "原因。客服态度恶劣。", "behaviour", "态度恶劣"},
		{"您好", "**您好**", "markup", "**您好**"},
		{"您好", "<think>x</think>您好", "thinking", "<think>x</think>"},
		{"尾号0317", "[[ZX01]]", "token", ""},
		{"审核", "审核，页面提示“余额不足”", "quote", "余额不足"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		found := b.Check(text, order, kuaishou)
		i := slices.IndexFunc(found, func(f letter.Finding) bool { return f.ID == c.id })
		switch {
		case c.id == "" && letter.Blocked(found):
			t.Errorf("%q: found %v", c.to, found)
		case c.id == "":
		case i < 0:
			t.Errorf("%q: no %s in %v", c.to, c.id, found)
		case found[i].Quote != c.quote || found[i].Say == "":
			t.Errorf("%q: the finding is %+v", c.to, found[i])
		case (found[i].Degree == letter.Advise) != (c.id == "blank" || c.id == "demand" || c.id == "unheard"):
			t.Errorf("%q: the degree is %s", c.to, found[i].Degree)
		}
	}
}

func TestCheckOfNothing(t *testing.T) {
	if !letter.Blocked(book(t).Check(" \n", letter.Order{Kind: letter.FollowUp}, kuaishou)) {
		t.Error("an empty letter passes")
	}
}

func TestMend(t *testing.T) {
	b := book(t)
	for in, want := range map[string]string{
		"<think>要礼貌</think>\n" + good:                          good,
		"以下是润色后的内容：\n\n" + good + "\n\n希望对您有帮助！":               good,
		"# 投诉\n\n**诉求**：`1280元`\n* 一\n* 二\n\n\n\n---\n谢谢。":     "投诉\n\n诉求：1280元\n- 一\n- 二\n\n谢谢。",
		"```\n" + good + "\n```":                               good,
		"Here is the letter:\nHello, please check. Thank you.": "Hello, please check. Thank you.",
		good: good,
	} {
		if got := b.Mend(in); got != want {
			t.Errorf("%q\nbecomes %q\nwant    %q", in, got, want)
		}
		if again := b.Mend(b.Mend(in)); again != b.Mend(in) {
			t.Errorf("%q is mended twice: %q", in, again)
		}
	}
}

func TestComposeIsAsTheCaseIs(t *testing.T) {
	b := book(t)
	c := kuaishou
	c.Approx = []fact.Name{fact.FailedAt}
	for _, x := range []struct {
		name  string
		order letter.Order
		has   []string
		lacks []string
	}{
		{"a rough time", letter.Order{Kind: letter.SupportMessage}, []string{"2026年11月19日前后"}, []string{"20:05"}},
		{"a day for the answer", letter.Order{Kind: letter.ComplaintEmail}, []string{"2026年11月30日前", "工号A208", "48小时内答复"}, nil},
		{"English", letter.Order{Kind: letter.ComplaintEmail, Lang: letter.English}, []string{"CNY 1280", "agent A208"}, []string{"您", "申请"}},
		{"firm", letter.Order{Kind: letter.ComplaintEmail, Tone: letter.Firm}, []string{"依法"}, nil},
		{"fraud", letter.Order{Kind: letter.FraudReport}, []string{"收款账号：【请填写："}, []string{"贵平台"}},
	} {
		text := b.Compose(x.order, c).Text()
		for _, s := range x.has {
			if !strings.Contains(text, s) {
				t.Errorf("%s: lacks %q:\n%s", x.name, s, text)
			}
		}
		for _, s := range x.lacks {
			if strings.Contains(text, s) {
				t.Errorf("%s: has %q:\n%s", x.name, s, text)
			}
		}
	}
}

func TestComposeSaysWhatIsMissing(t *testing.T) {
	l := book(t).Compose(letter.Order{Kind: letter.ComplaintEmail}, letter.Case{Facts: fact.Facts{"platform_name": "快手"}, Evidence: []string{"error_screen"}, Now: now})
	missing := func(f func(letter.Lack) bool) bool { return slices.ContainsFunc(l.Missing, f) }
	if !missing(func(m letter.Lack) bool { return m.Fact == fact.Amount && m.Say != "" }) ||
		!missing(func(m letter.Lack) bool { return m.Evidence == "withdraw_record" }) ||
		missing(func(m letter.Lack) bool { return m.Fact == fact.PlatformName || m.Evidence == "error_screen" }) {
		t.Errorf("missing: %+v", l.Missing)
	}
	if !slices.Contains(l.Blanks, "金额和币种") {
		t.Errorf("blanks: %v", l.Blanks)
	}
}

// Tokens come back, in whatever brackets; what is no token stays.
func TestVeil(t *testing.T) {
	b := book(t)
	v, err := b.Veil(good, kuaishou)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"快手", "1280", "0317", "2026", "20:05", "A208", "48", "11月"} {
		if strings.Contains(v.Text, bad) {
			t.Errorf("%q is not hidden in %s", bad, v.Text)
		}
	}
	if got := v.Lift(v.Text); got != good {
		t.Errorf("comes back as\n%s\nwant\n%s", got, good)
	}
	if got := v.Lift("[[ZX77]] ZX ZX01 zebra zx"); strings.Contains(got, "ZX01") || !strings.Contains(got, "[[ZX77]] ZX ") {
		t.Errorf("lifted %q", got)
	}
	if _, err := b.Veil(strings.Repeat("7月，", 100), kuaishou); err == nil {
		t.Error("a letter with a hundred places is taken")
	}
}

// Two dates that change places are both of the case, and yet not true.
func TestSwapped(t *testing.T) {
	b := book(t)
	v, err := b.Veil("您好，2026年11月19日我申请提现1280元，2026年11月20日客服A208答复。请在2026年11月30日前告知，2026年11月19日的申请怎样了。", kuaishou)
	if err != nil {
		t.Fatal(err)
	}
	swap := func(a, b string) string { return strings.NewReplacer(a, b, b, a).Replace(v.Text) }
	if found := b.Swapped(v, v.Text); len(found) > 0 {
		t.Errorf("the letter itself: %v", found)
	}
	if found := b.Swapped(v, "ZX2元，[[ZX01]]申请；{ZX05}前告知。"); len(found) > 0 {
		t.Errorf("an order of another kind: %v", found)
	}
	for _, text := range []string{swap("ZX01", "ZX03"), swap("ZX03", "ZX05"), "ZX05前，ZX03"} {
		if found := b.Swapped(v, text); !letter.Blocked(found) || found[0].Say == "" {
			t.Errorf("%s in the place of %s: %v", text, v.Text, found)
		}
	}
}

// FuzzVeil hides and puts back whatever a user may write.
func FuzzVeil(f *testing.F) {
	b := book(f)
	f.Add(good)
	f.Add("我叫李雷，电话13912345678，[[ZX01]] ZX02（尾号0317）")
	f.Add("Ｚ Ｘ ０１ 二〇二六年十一月 1. 2. 3)")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := b.Veil(text, kuaishou)
		if err != nil {
			return
		}
		if got := v.Lift(v.Text); got != text {
			t.Errorf("%q comes back as %q, by way of %q", text, got, v.Text)
		}
	})
}

// FuzzCheck reads whatever a user or a model may write.
func FuzzCheck(f *testing.F) {
	b := book(f)
	f.Add(good)
	f.Add("**二〇二六年** 依据《刑法》第二百六十六条 “余额” 3)[{")
	f.Fuzz(func(t *testing.T, text string) {
		b.Check(text, letter.Order{Kind: letter.ComplaintEmail}, kuaishou)
		b.Mend(text)
	})
}

func BenchmarkCheck(b *testing.B) {
	book := book(b)
	order := letter.Order{Kind: letter.ComplaintEmail}
	text := book.Compose(order, full(order.Kind, letter.Chinese)).Text()
	for b.Loop() {
		book.Check(text, order, full(order.Kind, letter.Chinese))
	}
}

func TestObjectionsHoldNoWordOfTheLetter(t *testing.T) {
	alone(t)
	b := book(t)
	order := letter.Order{Kind: letter.SupportMessage}
	text := b.Objections(order, b.Check(strings.Replace(good, "1280元", "1820元", 1), order, kuaishou))
	if !strings.Contains(text, "金额") || strings.Contains(text, "1820") || strings.Contains(text, "快手") {
		t.Errorf("objections: %s", text)
	}
}

func TestFits(t *testing.T) {
	b := book(t)
	if kinds := b.Fits("legal"); !slices.Contains(kinds, letter.LegalNotice) || slices.Contains(kinds, letter.SupportMessage) {
		t.Errorf("legal: %v", kinds)
	}
	for _, kind := range letter.Kinds {
		if f := b.Form(kind); f.Name == "" || len(f.Stages) == 0 {
			t.Errorf("%s: %+v", kind, f)
		}
	}
}

// What an editor may break, with the reason.
func TestContentRefused(t *testing.T) {
	for file, c := range map[string]struct{ text, want string }{
		"letters/follow_up.yaml": {"id: follow_up\nname: a\nuse: b\nto: c\ndays: 3\nlongest: {zh: 9, en: 9}\ntexts: {zh: {body: '{nowhere}'}, en: {body: 'x'}}\n", `no slot "nowhere"`},
		"letters/shoe.yaml":      {"id: shoe\nname: a\nuse: b\nto: c\ndays: 3\n", "no such kind"},
		"letters/words.yaml":     {"zh: {blank: 'x'}\nen: {blank: '[{x}]'}\n", "around {x}"},
		"letters/check.yaml":     {"rules: [{id: a, say: b, any: ['(']}]\n", "letters"},
	} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "letters"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := knowledge.Load(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", file, err, c.want)
		}
	}
}

// alone leaves a long test out of short runs, which are those under the race
// detector: it works in one goroutine, so there is nothing to detect.
func alone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine alone")
	}
}
