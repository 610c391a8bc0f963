package markup

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	got := Parse("# Title\n\n- one **two** `three`\n2. see [here](https://a.example/x)\n> said\n```\n**raw**\n```\n\\- plain ** alone")
	want := []Line{
		{Kind: Heading, Spans: []Span{{Text: "Title"}}},
		{Kind: Blank},
		{Kind: Item, Marker: Bullet, Spans: []Span{{Text: "one "}, {Text: "two", Style: Bold}, {Text: " "}, {Text: "three", Style: Mono}}},
		{Kind: Item, Marker: "2.", Spans: []Span{{Text: "see "}, {Text: "here", Style: Link, URL: "https://a.example/x"}}},
		{Kind: Quote, Spans: []Span{{Text: "said"}}},
		{Kind: Code, Spans: []Span{{Text: "**raw**"}}},
		{Kind: Plain, Spans: []Span{{Text: "- plain ** alone"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckFindsBrokenMarks(t *testing.T) {
	for _, bad := range []string{"**open", "a `b", "[label](http://plain.example)", "one\n```\ntwo"} {
		if Check(bad) == nil {
			t.Errorf("Check(%q) = nil", bad)
		}
	}
	if err := Check("**a** `b` [c](https://d.example) \\[e\\]"); err != nil {
		t.Error(err)
	}
}

// FuzzEscape keeps the promise that user text comes out as it went in,
// whatever marks it holds.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"**a**", "- x\n1. y", "`` ` ``", "[a](https://b)", "\\", "  12. z", "```\nx\n```"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r", ""), "?")
		var want []string
		for line := range strings.SplitSeq(s, "\n") {
			want = append(want, strings.TrimSpace(line))
		}
		got := Text(Escape(s))
		if got != strings.Join(want, "\n") {
			t.Errorf("Text(Escape(%q)) = %q", s, got)
		}
	})
}
