package telegram

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/knowledge/markup"
)

func TestRenderedHTML(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"plain words", "先别再点提现", "先别再点提现"},
		{"everything is escaped", "a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"},
		{"a heading is bold", "# 现在该做什么", "<b>现在该做什么</b>"},
		{"bold in a heading is bold once", "# 一 **二** 三", "<b>一 二 三</b>"},
		{"code in a heading stays code", "# 拨打 `96110`", "<b>拨打 </b><code>96110</code>"},
		{"items", "- 截图\n2. 等 **24** 小时", "• 截图\n2. 等 <b>24</b> 小时"},
		{"a link", `[银行<"](https://a.example/?x=1&y="2")`, `<a href="https://a.example/?x=1&amp;y=&quot;2&quot;">银行&lt;"</a>`},
		{"quoted lines share a block", "他说\n> 先交\n> 保证金\n完", "他说\n<blockquote>先交\n保证金</blockquote>\n完"},
		{"a block to copy", "```\n**您好**\n <b>\n```\n完", "<pre>**您好**\n &lt;b&gt;</pre>\n完"},
		{"a quote after a block", "```\na\n```\n> b", "<pre>a</pre>\n<blockquote>b</blockquote>"},
		{"what a user wrote", markup.Escape("<b>**x**</b> & [y](https://z)"), "&lt;b&gt;**x**&lt;/b&gt; &amp; [y](https://z)"},
		{"control characters", "a\x00b\u202ec", "a bc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := html(layout(test.text))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if _, _, err := telegramtest.ParseHTML(got); err != nil {
				t.Error(err)
			}
		})
	}
}

// FuzzUserText: whatever a user wrote, once escaped, is accepted by Telegram
// and shown as it was written, but for the white space that mark-up trims and
// the characters that Telegram does not show.
func FuzzUserText(f *testing.F) {
	for _, s := range []string{"**a**", "<b>", "&lt;", "> x\n- y\n1. z", "`` ` ``", "\\", "```\nx\n```", "a\x00b", "\u2028x", "a\xffb", "&#x41;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		got, entities, err := telegramtest.ParseHTML(html(layout(markup.Escape(s))))
		if err != nil {
			t.Fatalf("%q is refused: %v", s, err)
		}
		if len(entities) > 0 {
			t.Fatalf("%q is shown with %v", s, entities)
		}
		if want := asShown(s); got != want {
			t.Fatalf("%q is shown as %q, want %q", s, got, want)
		}
	})
}

func asShown(s string) string {
	var lines []string
	for l := range strings.SplitSeq(strings.ReplaceAll(s, "\r", ""), "\n") {
		lines = append(lines, clean(strings.TrimSpace(l)))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// FuzzRender: whatever stands in a text, marks and all, Telegram accepts it
// and shows its words.
func FuzzRender(f *testing.F) {
	for _, s := range []string{"# **a** `b`\n> c\n```\nd\n```", "[a](https://b\"<)", "> **x", "```\n```", "**`a`**", "[**a**](https://x)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, _, err := telegramtest.ParseHTML(html(layout(s)))
		if err != nil {
			t.Fatalf("%q is refused: %v", s, err)
		}
		if want := strings.TrimSpace(words(layout(s))); got != want {
			t.Fatalf("%q is shown as %q, want %q", s, got, want)
		}
	})
}

func TestSplitPrefersParagraphsThenLines(t *testing.T) {
	for _, test := range []struct {
		name, text string
		limit      int
		want       []string
	}{
		{"what fits stays whole", "一\n\n二", 10, []string{"一\n\n二"}},
		{"at the end of a paragraph", "一二\n三\n\n四五六", 8, []string{"一二\n三", "四五六"}},
		{"at the last paragraph that fits", "一\n\n二\n\n三四五六七", 8, []string{"一\n\n二", "三四五六七"}},
		{"else at the end of a line", "一二三\n四五六\n七八九", 8, []string{"一二三\n四五六", "七八九"}},
		{"else between characters", "一二三四五六七八九", 4, []string{"一二三四", "五六七八", "九"}},
		{"never within a surrogate pair", "a😀😀😀", 4, []string{"a😀", "😀😀"}},
		{"nothing is sent blank", "一\n\n\n\n\n二", 2, []string{"一", "二"}},
		{"nothing to say", " \n\n", 10, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, part := range split(layout(test.text), test.limit) {
				got = append(got, words(part))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSplitKeepsStylesOnBothSides(t *testing.T) {
	parts := split(layout("> 一二**三四五六**"), 4)
	got := []string{html(parts[0]), html(parts[1])}
	want := []string{"<blockquote>一二<b>三四</b></blockquote>", "<blockquote><b>五六</b></blockquote>"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzSplit: every part can be sent, and together they say all that was said.
func FuzzSplit(f *testing.F) {
	f.Add("# a\n\nb **c** d\n```\ne\n\nf\n```\n> g", 5)
	f.Add(strings.Repeat("提现😀", 50), 7)
	f.Add("\u200b\n\n\u200b", 2)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 2 + abs(limit)%maxText
		lines := layout(text)
		var all strings.Builder
		for _, part := range split(lines, limit) {
			shown, _, err := telegramtest.ParseHTML(html(part))
			switch {
			case err != nil:
				t.Fatalf("a part of %q is refused: %v", text, err)
			case units(shown) > limit:
				t.Fatalf("a part of %q has %d units, want at most %d", text, units(shown), limit)
			case !hasVisible(shown):
				t.Fatalf("a part of %q shows nothing", text)
			}
			all.WriteString(words(part))
		}
		if got, want := inkOf(all.String()), inkOf(words(lines)); got != want {
			t.Fatalf("the parts of %q say %q, want %q", text, got, want)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

// inkOf is what can be seen of a text.
func inkOf(s string) string {
	return strings.Map(func(r rune) rune {
		if visible(r) {
			return r
		}
		return -1
	}, s)
}

func TestUnitsCountAsTelegramDoes(t *testing.T) {
	if got := units("提a😀"); got != 4 {
		t.Errorf("units = %d, want 4", got)
	}
	if r, _ := utf8.DecodeRuneInString("😀"); runeUnits(r) != 2 {
		t.Error("a character beyond the basic plane counts as two")
	}
}
