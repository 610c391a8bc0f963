package triage

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tixianbot/knowledge/normal"
)

var denials = Denials{Words: []string{"没", "不是"}, Except: []string{"要不是"}, Supposed: []string{"怀疑"}}

// cuesOf compiles one cue with the given pattern.
func cuesOf(tb testing.TB, pattern string) (*Model, error) {
	tb.Helper()
	t, err := normal.New(normal.Rules{Variants: "換换 銀银"})
	if err != nil {
		tb.Fatal(err)
	}
	return Compile(t, Weights{
		Stop:      Stop{Enough: 0.8, Doubted: 0.9, Gain: 0.1, Most: 9},
		Denials:   denials,
		Strengths: map[string]float64{"strong": 10},
		Causes:    []CauseWeights{{ID: "a", Prior: 1}},
		Cues:      []CueWeights{{ID: "cue", Says: []string{pattern}, For: map[string]string{"a": "strong"}}},
	})
}

func TestPhrase(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{"保护期", "还在保护期内", "保护期"},
		{"保护期", "保护", ""},
		{"(新|刚)绑", "上周刚绑的", "刚绑"},
		{"(新|刚)(绑定|绑)(了|)卡", "新绑定卡", "新绑定卡"},
		{"(新|刚)(绑定|绑)(了|)卡", "新绑了卡", "新绑了卡"},
		{"换…卡", "换了张银行卡", "换了张银行卡"},
		{"换…卡", "換了張銀行卡", "換了張銀行卡"},
		{"换…卡", "换手机了，卡没动", ""},
		{"换…卡", "换的是手机号和家里那个老卡", ""},
		{"换……卡", "换手机了，卡也动了", "换手机了，卡"},
		{"换……卡", "换手机了。卡也动了", ""},
		{"换…卡", "没换过卡", ""},
		{"换…卡", "要不是换了卡", "换了卡"},
		{"换…卡", "没换。后来换了卡", "换了卡"},
		{"卡…换", "卡一直没换", ""},
		{"卡…换", "卡上周换", "卡上周换"},
		{"被盗", "我怀疑号被盗了", ""},
		{"被盗", "我怀疑，号被盗了", "被盗"},
		{"被盗", "我怀疑是因为上周号被盗了", "被盗"},
		{"vpn", "ＶＰＮ开着", "ＶＰＮ"},
		{"a…(b|c)d", "a xc xcd", "a xc xcd"},
	} {
		m, err := cuesOf(t, c.pattern)
		if err != nil {
			t.Fatalf("%s: %v", c.pattern, err)
		}
		got := ""
		if found := m.Cues(c.text); len(found) > 0 {
			got = c.text[found[0].Start:found[0].End]
		}
		if got != c.want {
			t.Errorf("%s in %q: %q, want %q", c.pattern, c.text, got, c.want)
		}
	}
}

func TestPhraseErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		"":         "begins and ends with words",
		"…卡":       "begins and ends with words",
		"卡…":       "begins and ends with words",
		"(|新)卡":    "begins with words",
		"新…(|卡)":   "words follow a gap",
		"(新|刚卡":    "does not end",
		"(新|(刚))卡": "more than words",
		"(新…刚)卡":   "more than words",
		"新)卡":      "outside of a group",
		"新|卡":      "outside of a group",
	} {
		if _, err := cuesOf(t, pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", pattern, err, want)
		}
	}
}

// Whatever the pattern and the text are, matching ends and finds whole characters.
func FuzzPhrase(f *testing.F) {
	f.Add("换…(卡|号)", "上周换了卡")
	f.Add("(新|刚)绑……(了|)卡", "新绑，卡")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		m, err := cuesOf(t, pattern)
		if err != nil || !utf8.ValidString(text) {
			t.Skip()
		}
		for _, c := range m.Cues(text) {
			if c.Start >= c.End || !utf8.ValidString(text[c.Start:c.End]) {
				t.Errorf("%q in %q: from %d to %d", pattern, text, c.Start, c.End)
			}
		}
	})
}
