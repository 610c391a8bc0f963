package normal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/normal"
)

const folder = "../content/zh/normal"

func table(tb testing.TB) *normal.Table {
	tb.Helper()
	t, err := normal.New(rules(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func rules(tb testing.TB) normal.Rules {
	tb.Helper()
	var r normal.Rules
	data, err := os.ReadFile(filepath.Join(folder, "typos.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, &r, yaml.Strict()); err != nil {
		tb.Fatal(yaml.FormatError(err, false, true))
	}
	variants, err := os.ReadFile(filepath.Join(folder, "variants.txt"))
	if err != nil {
		tb.Fatal(err)
	}
	r.Variants = string(variants)
	return r
}

func TestFold(t *testing.T) {
	tab := table(t)
	for in, want := range map[string]string{
		"":                   "",
		"提现５００元，ＡＢＣ！":        "提现500元,abc!",
		"餘額人民幣28,000元顯示凍結":   "余额人民币28,000元显示冻结",
		"登入紀錄裡有個河南的IP":       "登录纪录里有个河南的ip",
		"體現三百块，一直在身核":        "提现三百块,一直在审核",
		"这体现了平台的态度":          "这体现了平台的态度",
		"他终身核准":              "他终身核准",
		"绑的帐户和帳號":            "绑的账户和账号",
		"用zfb提的":             "用支付宝提的",
		"outbound wxyz":      "outbound wxyz",
		"提\u200b现\ufe0f 不 了": "提现 不 了",
		"回覆我，看著":             "回复我,看着",
		"Ünïcode":            "ünïcode",
	} {
		if got := tab.Fold(in).String(); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	tab := table(t)
	r := rules(t)
	for _, typo := range r.Typos {
		for _, w := range typo.Write {
			once := tab.Fold(w).String()
			if once != typo.As {
				t.Errorf("Fold(%q) = %q, want %q", w, once, typo.As)
			}
			if twice := tab.Fold(once).String(); twice != once {
				t.Errorf("Fold(%q) = %q, want it unchanged", once, twice)
			}
		}
	}
	for _, w := range r.Keep {
		if got := tab.Fold(w).String(); got != w {
			t.Errorf("Fold(%q) = %q, want it kept", w, got)
		}
	}
}

func TestSpanFindsTheUsersOwnWords(t *testing.T) {
	tab := table(t)
	in := "我的帳戶，ＡＢ體現了"
	text := tab.Fold(in)
	for folded, want := range map[string]string{
		"账户": "帳戶",
		"ab": "ＡＢ",
		"提现": "體現",
		"提":  "體現", // half of a folded word is all of the written one
		"账":  "帳",
	} {
		i := strings.Index(text.String(), folded)
		if i < 0 {
			t.Fatalf("no %q in %q", folded, text)
		}
		from, to := text.Span(i, i+len(folded))
		if got := in[from:to]; got != want {
			t.Errorf("the span of %q is %q, want %q", folded, got, want)
		}
	}
	if from, to := text.Span(-5, 1000); from != 0 || to != len(in) {
		t.Errorf("the span of everything is %d to %d, want all of it", from, to)
	}
	if from, to := text.Span(1000, 1001); from != len(in) || to != len(in) {
		t.Errorf("the span behind the end is %d to %d, want the end", from, to)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, r := range map[string]normal.Rules{
		"a pair of three":  {Variants: "帳帐账"},
		"an empty word":    {Typos: []normal.Typo{{As: "a", Write: []string{""}}}},
		"a word twice":     {Typos: []normal.Typo{{As: "a", Write: []string{"b", "b"}}}},
		"a kept typo":      {Typos: []normal.Typo{{As: "a", Write: []string{"b"}}}, Keep: []string{"b"}},
		"an empty keep":    {Keep: []string{""}},
		"an empty meaning": {Typos: []normal.Typo{{Write: []string{"b"}}}},
	} {
		if _, err := normal.New(r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"提现５００元", "體現wx帳戶", "\xff\xfe体", "İ\u200b", "账\u0301"} {
		f.Add(s, 1, 4)
	}
	tab := table(f)
	f.Fuzz(func(t *testing.T, s string, i, j int) {
		text := tab.Fold(s)
		from, to := text.Span(i, j)
		if from < 0 || to > len(s) || from > to {
			t.Fatalf("Span(%d, %d) of %q = %d, %d: out of bounds", i, j, s, from, to)
		}
		if !border(s, from) || !border(s, to) {
			t.Fatalf("Span(%d, %d) of %q = %d, %d: within a character", i, j, s, from, to)
		}
		if n := len(text.String()); n > 0 {
			if from, to := text.Span(0, n); from > to || to > len(s) {
				t.Fatalf("the span of all of %q is %d, %d", s, from, to)
			}
		}
	})
}

// border reports whether a character begins or the text ends at i.
func border(s string, i int) bool {
	if i == len(s) || utf8.RuneStart(s[i]) {
		return true
	}
	return !utf8.ValidString(s) // bytes that are no characters stand alone
}

func BenchmarkFold(b *testing.B) {
	tab := table(b)
	s := strings.Repeat("昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡。", 3)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		tab.Fold(s)
	}
}
