package read_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/read"
)

// The first message of the project's story gives exactly these facts.
func TestTheFirstMessage(t *testing.T) {
	text := "昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡"
	want := map[fact.Name]fact.Value{
		fact.FailedAt: "2026-11-22T15:00:00+08:00",
		fact.Amount:   "500",
		fact.Currency: "CNY",
		fact.Status:   "reviewing",
		fact.Changes:  "card",
	}
	quotes := map[fact.Name]string{fact.FailedAt: "昨天下午三点", fact.Amount: "500元"}
	found := reader().Read(text, now)
	if len(found) != len(want) {
		t.Errorf("%d facts, want %d: %v", len(found), len(want), found)
	}
	for _, f := range found {
		if f.Value != want[f.Name] {
			t.Errorf("%s is %q, want %q", f.Name, f.Value, want[f.Name])
		}
		if q := quotes[f.Name]; q != "" && text[f.Start:f.End] != q {
			t.Errorf("%s rests on %q, want %q", f.Name, text[f.Start:f.End], q)
		}
	}
}

func TestQuotesAreTheUsersOwnWords(t *testing.T) {
	text := "體現１，２００元，顯示「帳戶異常」"
	for _, f := range reader().Read(text, now) {
		got := text[f.Start:f.End]
		switch f.Name {
		case fact.Amount:
			if got != "１，２００元" || f.Value != "1200" {
				t.Errorf("amount %q from %q", f.Value, got)
			}
		case fact.ErrorText:
			if got != "帳戶異常" || string(f.Value) != got {
				t.Errorf("error text %q from %q", f.Value, got)
			}
		}
	}
}

func TestRoughValuesAreMarked(t *testing.T) {
	for text, rough := range map[string]bool{
		"提现两千多块": true, "提现2000块": false,
		"昨天提现": true, "昨天下午三点提现": false,
	} {
		for _, f := range reader().Read(text, now) {
			if (f.Name == fact.Amount || f.Name == fact.FailedAt) && f.Approx != rough {
				t.Errorf("%q: %s=%s rough %v, want %v", text, f.Name, f.Value, f.Approx, rough)
			}
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name       fact.Name
		text, want string // "" is not understood
	}{
		{fact.AskedToPay, "没有", "no"},
		{fact.AskedToPay, "没", "no"},
		{fact.AskedToPay, "沒有啊", "no"},
		{fact.AskedToPay, "有", "yes"},
		{fact.AskedToPay, "是的，要我先交2000", "yes"},
		{fact.AskedToPay, "no", "no"},
		{fact.AskedToPay, "今天天气不错", ""},
		{fact.Changes, "换了卡和手机", "card,device"},
		{fact.Changes, "手机号和密码", "password,phone"},
		{fact.Changes, "没有", "none"},
		{fact.Changes, "都没换过", "none"},
		{fact.Changes, "手机", "device"},
		{fact.FailedAt, "昨天下午", "2026-11-22T15:00:00+08:00"},
		{fact.FailedAt, "昨天", "2026-11-22T10:00:00+08:00"},
		{fact.FailedAt, "上周五晚上8点", "2026-11-20T20:00:00+08:00"},
		{fact.FailedAt, "忘了", ""},
		{fact.Amount, "5000", "5000"},
		{fact.Amount, "三千五", "3500"},
		{fact.Amount, "大概1.2万吧", "12000"},
		{fact.Amount, "很多", ""},
		{fact.Attempts, "3", "3"},
		{fact.Attempts, "三次", "3"},
		{fact.Attempts, "就一次", "1"},
		{fact.Status, "一直转圈", "vague_error"},
		{fact.Status, "灰的", "disabled"},
		{fact.Status, "审核", "reviewing"},
		{fact.Status, "冻结了", "frozen"},
		{fact.Status, "显示成功没到账", "sent_not_arrived"},
		{fact.Status, "嗯", ""},
		{fact.Identity, "没过期", "valid"},
		{fact.Identity, "过期了", "expired"},
		{fact.Identity, "没做过", "unverified"},
		{fact.NameMatch, "都是我的", "yes"},
		{fact.NameMatch, "不是", "no"},
		{fact.CardState, "正常", "normal"},
		{fact.CardState, "注销了", "cancelled"},
		{fact.Verification, "没有", "none"},
		{fact.Verification, "验证码收不到", "cannot_receive"},
		{fact.Notice, "没看到", "none"},
		{fact.Dispute, "没有", "none"},
		{fact.Dispute, "有个退款", "trade"},
		{fact.Network, "正常的", "ok"},
		{fact.Dormant, "一直在用", "no"},
		{fact.UnknownActivity, "没有", "no"},
		{fact.UnknownActivity, "有", "yes"},
		{fact.Contacted, "还没", "none"},
		{fact.Contacted, "找过客服", "agent"},
		{fact.Contacted, "12315", "regulator"},
		{fact.LastSuccessAt, "从来没成功过", "never"},
		{fact.LastSuccessAt, "上个月20号", "2026-10-20T10:00:00+08:00"},
		{fact.PromisedBy, "周五", "2026-11-27T10:00:00+08:00"},
		{fact.PlatformName, "某某优选", "某某优选"},
		{fact.PlatformName, "支付宝", "支付宝"},
		{fact.PlatformKind, "送外卖的", "gig"},
		{fact.ErrorText, "请稍后再试", "请稍后再试"},
		{fact.PaidAmount, "2000块", "2000"},
		{fact.Role, "我是卖货的", "earner"},
	} {
		f, ok := reader().Answer(c.name, c.text, now)
		if ok != (c.want != "") || string(f.Value) != c.want {
			t.Errorf("%s: %q is %q (%v), want %q", c.name, c.text, f.Value, ok, c.want)
		}
		if ok && (f.Start < 0 || f.End > len(c.text) || f.Start > f.End) {
			t.Errorf("%s: %q rests on %d to %d", c.name, c.text, f.Start, f.End)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	table, err := normal.New(normal.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]read.Rule{
		"an unknown fact":       {Set: map[fact.Name]fact.Value{"mood": "bad"}},
		"an unknown value":      {Set: map[fact.Name]fact.Value{fact.Status: "broken"}},
		"an unknown taken fact": {Take: map[fact.Name]read.Take{"mood": read.TakeText}},
		"an unknown word":       {Match: []string{"{nonsense}"}},
		"a broken expression":   {Match: []string{"("}},
		"an unknown guard":      {Set: map[fact.Name]fact.Value{fact.Status: "failed"}, Except: []string{"nobody"}},
	} {
		if _, err := read.Compile(table, read.Rules{Rules: []read.Rule{r}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A rule without an example, and one whose example does not hold, are reported.
func TestCheckReports(t *testing.T) {
	table, err := normal.New(normal.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	set := map[fact.Name]fact.Value{fact.Status: "failed"}
	for name, c := range map[string]struct {
		rule read.Rule
		want string
	}{
		"no example":   {read.Rule{Set: set, Match: []string{"x"}}, "no example"},
		"a wrong hit":  {read.Rule{Set: set, Match: []string{"x"}, Hit: []string{"y"}}, "want"},
		"a wrong miss": {read.Rule{Set: set, Match: []string{"x"}, Hit: []string{"x"}, Miss: []string{"xx"}}, "must not"},
		"a dead one":   {read.Rule{Set: set, Match: []string{"x", "z"}, Hit: []string{"x"}}, "no example for the pattern"},
	} {
		r, err := read.Compile(table, read.Rules{Rules: []read.Rule{c.rule}})
		if err != nil {
			t.Fatal(err)
		}
		errs := r.Check()
		if len(errs) == 0 || !strings.Contains(errs[0].Error(), c.want) {
			t.Errorf("%s: %v, want one with %q", name, errs, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, p := range []string{
		"昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡", "周二，不对，是周三下午提的", "“「【\"", "不对不对，1块，不对，2块",
		"\xff体現\u200b", "9块8毛", "1,2,3万4千5", "\ue000\ue009", "客服客服机器人人工",
	} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[fact.Name]bool{}
		at := 0
		for _, x := range reader().Read(text, now) {
			spec, ok := fact.Lookup(x.Name)
			if !ok || seen[x.Name] {
				t.Fatalf("%q: fact %q unknown or twice", text, x.Name)
			}
			seen[x.Name] = true
			if x.Start < at || x.End < x.Start || x.End > len(text) {
				t.Fatalf("%q: %s stands at %d to %d behind %d", text, x.Name, x.Start, x.End, at)
			}
			at = x.Start
			if v, err := spec.Parse(string(x.Value)); err != nil || v != x.Value {
				t.Fatalf("%q: %s=%q is not canonical: %v", text, x.Name, x.Value, err)
			}
		}
		for _, spec := range fact.All() {
			if x, ok := reader().Answer(spec.Name, text, now); ok && utf8.ValidString(text) {
				if _, err := spec.Parse(string(x.Value)); err != nil {
					t.Fatalf("%q answers %s with %q: %v", text, spec.Name, x.Value, err)
				}
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for name, text := range map[string]string{
		"short": "昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡",
		"usual": "跑滴滴的，个人号，本周二晚上七点提1,260元，页面写“提现处理失败，请联系客服”，后来又试了两次也不行。卡是正常的，身份证没过期，客服那个机器人一直让我等",
		"long":  strings.Repeat("昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡。客服说让我等，也没说为什么。", 220),
		"nasty": strings.Repeat("1块不对", 2500),
	} {
		b.Run(name, func(b *testing.B) {
			reader()
			for b.Loop() {
				reader().Read(text, now)
			}
		})
	}
}
