package pattern

import (
	"strings"
	"testing"
)

var words = map[string]string{"agent": "客服|小二", "said": "{agent}(?:说|讲)", "nots": "没不"}

func expander() Expander {
	return Expander{Words: words, Runes: map[string]string{"time": "\ue000"}, Literals: NewLiterals()}
}

func TestPatternsExpand(t *testing.T) {
	for _, test := range []struct{ pattern, text string }{
		{"{said}", "小二讲"},
		{"{time}打", "\ue000打"},
		{"打{w3}{agent}", "打了个客服"},
		{"打{p3}{agent}", "打了个客服"},
		{"x{2,3}", "xxx"},
	} {
		x := expander()
		p, err := x.Pattern(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		if !p.MatchString(test.text) || !p.Possible(x.Literals.In(test.text)) {
			t.Errorf("%s does not match %q", test.pattern, test.text)
		}
	}
	for _, bad := range []string{"{nobody}", "(", ""} {
		if _, err := expander().Pattern(bad); err == nil {
			t.Errorf("%q compiles", bad)
		}
	}
}

func TestAGapStaysInItsClause(t *testing.T) {
	p, err := expander().Pattern("^打{p6}{agent}$")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"打,找客服", "打没打客服", "打了三次又一次他们客服"} {
		if p.MatchString(text) {
			t.Errorf("matches %q", text)
		}
	}
}

// FuzzPossible looks for a text that matches and was said not to.
func FuzzPossible(f *testing.F) {
	x := expander()
	var patterns []Pattern
	for _, text := range []string{"{said}", "(?:打|找)(?:了|过)?{agent}", "[工公]号:?(\\d+)", "a+b*c?", "(?:工单|case)(?:号| no)"} {
		p, err := x.Pattern(text)
		if err != nil {
			f.Fatal(err)
		}
		patterns = append(patterns, p)
	}
	f.Add("打了客服,工号3721,case no 5")
	f.Fuzz(func(t *testing.T, text string) {
		present := x.Literals.In(text)
		for _, p := range patterns {
			if p.MatchString(text) && !p.Possible(present) {
				t.Errorf("%s matches %q and was called impossible", p, strings.ToValidUTF8(text, "?"))
			}
		}
	})
}
