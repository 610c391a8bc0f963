package telegramtest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseHTML(t *testing.T) {
	for _, test := range []struct {
		source, text string
		entities     []Entity
	}{
		{"plain", "plain", nil},
		{"<b>提😀</b>现", "提😀现", []Entity{{"bold", 0, 3, ""}}},
		{"&lt;b&gt; &amp;amp; &quot;&#25552;&#x73B0;&quot;", `<b> &amp; "提现"`, nil},
		{"a & b &unknown; &#; >", "a & b &unknown; &#; >", nil},
		{`<a href="https://a.example/?x=1&amp;y">x</a>`, "x", []Entity{{"text_link", 0, 1, "https://a.example/?x=1&y"}}},
		{"<a>x</a>", "x", nil},
		{"<B>x</b>", "x", []Entity{{"bold", 0, 1, ""}}},
		{"<b>x</>", "x", []Entity{{"bold", 0, 1, ""}}},
		{"<pre><code class=\"language-go\">x</code></pre>", "x", []Entity{{"code", 0, 1, ""}, {"pre", 0, 1, ""}}},
		{"<blockquote expandable>x</blockquote>", "x", []Entity{{"blockquote", 0, 1, ""}}},
		{"\n <b> x </b> \n", "x", []Entity{{"bold", 0, 1, ""}}},
		{"a\r\x01b\u202e", "a b", nil},
		{"<b></b>x", "x", nil},
	} {
		text, entities, err := ParseHTML(test.source)
		if err != nil || text != test.text {
			t.Errorf("%q: %q, %v, want %q", test.source, text, err, test.text)
		}
		if diff := cmp.Diff(test.entities, entities); diff != "" {
			t.Errorf("%q: %s", test.source, diff)
		}
	}
}

func TestParseHTMLRefuses(t *testing.T) {
	for source, want := range map[string]string{
		"<b>x":                  "Can't find end tag",
		"x</b>":                 "Unexpected end tag",
		"<b><i>x</b></i>":       "Unmatched end tag",
		"<h1>x</h1>":            "Unsupported start tag",
		"a < b":                 "Unsupported start tag",
		"a <b":                  "Unclosed start tag",
		"a < b >":               "Unsupported start tag",
		"</b":                   "Unclosed end tag",
		"<a href=\"x>y</a>":     "Unclosed",
		"<a =x>y</a>":           "Empty attribute name",
		"<span>x</span>":        "must have class",
		"<script>x</script>":    "Unsupported start tag",
		"<br/>":                 "Unsupported start tag",
		"<!-- x -->":            "Unsupported start tag",
		"<a href=":              "Unclosed",
		"<tg-spoiler>x</spoil>": "Unmatched end tag",
	} {
		_, _, err := ParseHTML(source)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}

// FuzzParseHTML: any text is parsed or refused, and entities lie within it.
func FuzzParseHTML(f *testing.F) {
	for _, s := range []string{"<b>x</b>", "<a href='", "&#x;", "</>", "<b  a=b c>😀</b> ", "<"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if !utf8.ValidString(source) {
			return
		}
		text, entities, err := ParseHTML(source)
		if err != nil {
			return
		}
		for _, e := range entities {
			if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > units(text) {
				t.Fatalf("%q: %+v does not lie within %q", source, e, text)
			}
		}
	})
}
