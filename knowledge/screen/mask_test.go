package screen_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tixianbot/knowledge/screen"
)

// pieces splits a line of testdata/redact.txt at the marks: what stays and what
// goes take turns, beginning with what stays.
func pieces(line string) (text string, stays, goes []string) {
	for i, piece := range strings.FieldsFunc("\x00"+line, func(r rune) bool { return r == '〔' || r == '〕' }) {
		piece = strings.TrimPrefix(piece, "\x00")
		text += piece
		if i%2 == 0 {
			stays = append(stays, piece)
		} else {
			goes = append(goes, piece)
		}
	}
	return text, stays, goes
}

func TestShare(t *testing.T) {
	s := loadScreen(t)
	for line := range strings.Lines(string(read(t, "testdata/redact.txt"))) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		text, stays, goes := pieces(line)
		got := s.Share(text)
		for _, secret := range goes {
			if strings.Contains(got, secret) {
				t.Errorf("%q survives in %s", secret, got)
			}
		}
		for _, words := range stays {
			if !strings.Contains(got, strings.TrimSuffix(words, "0086")) {
				t.Errorf("%q is gone from %s", words, got)
			}
		}
	}
}

func TestMaskKeepsTheLastFour(t *testing.T) {
	s := loadScreen(t)
	cases := []struct{ why, text, want string }{
		{"a card", "卡号6222027228186620118被退回", "卡号●●●●0118被退回"},
		{"a card in groups", "6222 0272 2818 6620 118 被退回", "●●●●0118 被退回"},
		{"full-width digits", "卡号６２２５８８７９３３７９１５６４", "卡号●●●●1564"},
		{"an identity number", "身份证33010619081123002x过期", "身份证●●●●002X过期"},
		{"a short identity number keeps nothing", "身分證字號A165494403", "身分證字號●●●●"},
		{"a password", "密码是Rn!77120y，帮我看看", "密码是●●●●，帮我看看"},
		{"a code", "验证码771425", "验证码●●●●"},
		{"what was given away stands again", "验证码是771425，对，771425", "验证码是●●●●，对，●●●●"},
		{"a phone stays: it is no secret", "手机13912345678收不到", "手机13912345678收不到"},
		{"a mail address stays", "a_b@example.com", "a_b@example.com"},
		{"a wallet address stays", "0x52908400098527886E0F7030069857D2E4169EE7", "0x52908400098527886E0F7030069857D2E4169EE7"},
		{"nothing to hide", "提现500元失败，尾号4417", "提现500元失败，尾号4417"},
		{"invalid bytes stay", "验证码771425\xff", "验证码●●●●\xff"},
	}
	for _, c := range cases {
		if got, _ := s.Mask(c.text); got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.why, c.text, got, c.want)
		}
	}
}

func TestMaskSaysWhatItTookOut(t *testing.T) {
	text := "身份证110105190503127736，密码Tk200311"
	_, found := loadScreen(t).Mask(text)
	if len(found) != 2 || found[0].Kind != screen.ID || found[1].Kind != screen.Password {
		t.Fatalf("found %+v", found)
	}
	if got := text[found[1].Start:found[1].End]; got != "Tk200311" {
		t.Errorf("the password is said to be %q", got)
	}
}

func TestWithoutRulesNumbersWithCheckDigitsAreFound(t *testing.T) {
	s, err := screen.Compile(loadTable(t))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := s.Mask("110105190503127736 6222027228186620118 密码Tk200311")
	if want := "●●●●7736 ●●●●0118 密码Tk200311"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if flag, _ := s.Flag("不想活了", nil); flag != screen.None {
		t.Errorf("flag %s", flag)
	}
}

var seeds = []string{
	"", "提现失败", "卡号6222027228186620118，密码Tk200311 验证码 771425",
	"身份证110105 19050312 7736 手机+86 139 1234 5678", "密码密码密码1234密码1234",
	"验证码●●●●7736", "1234 5678 9012 3456 7890 1234 5678", "A165494403 R555357(0) \xff\xfe",
	"助记词 orbit candy lamp river ghost maple tunnel fabric index salad wolf zero",
	"ａｂｃ＠ｅｘａｍｐｌｅ．ｃｏｍ 我叫王小明", "\u200b1\u200b3\u200b9123456789 卡\u200b6222027228186620118",
}

func FuzzMask(f *testing.F) {
	s := loadScreen(f)
	for _, text := range seeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		masked, found := s.Mask(text)
		if again, more := s.Mask(masked); again != masked || len(more) > 0 {
			t.Fatalf("masking twice is not masking once:\n%q\n%q\n%q", text, masked, again)
		}
		if utf8.ValidString(text) && !utf8.ValidString(masked) {
			t.Fatalf("%q became %q", text, masked)
		}
		checkPlaces(t, text, found)
		if len(found) == 0 && masked != text {
			t.Fatalf("nothing found, yet %q became %q", text, masked)
		}
		s.Flag(text, nil)
	})
}

// checkPlaces reports places that are out of order, overlap or split a character.
func checkPlaces(t *testing.T, text string, found []screen.Secret) {
	end := 0
	for _, x := range found {
		if x.Start < end || x.End <= x.Start || x.End > len(text) {
			t.Fatalf("%+v in %q", found, text)
		}
		if utf8.ValidString(text) && !utf8.ValidString(text[x.Start:x.End]) {
			t.Fatalf("%+v splits a character of %q", x, text)
		}
		end = x.End
	}
}

func FuzzShare(f *testing.F) {
	s := loadScreen(f)
	for _, text := range seeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shared := s.Share(text)
		if again := s.Share(shared); again != shared {
			t.Fatalf("sharing twice is not sharing once:\n%q\n%q\n%q", text, shared, again)
		}
		if utf8.ValidString(text) && !utf8.ValidString(shared) {
			t.Fatalf("%q became %q", text, shared)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	s := loadScreen(b)
	for b.Loop() {
		s.Mask("昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡，客服工号8821说三个工作日")
	}
}

func BenchmarkFlag(b *testing.B) {
	s := loadScreen(b)
	for b.Loop() {
		s.Flag("昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡，客服工号8821说三个工作日", nil)
	}
}

func BenchmarkFlagLong(b *testing.B) {
	s := loadScreen(b)
	text := strings.Repeat("昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡。", 300)
	for b.Loop() {
		s.Flag(text, nil)
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		loadScreen(b)
	}
}
