// Package markup is the small Markdown subset in which all texts of the bot
// are written, from content files to the outbox. An adapter turns it into what
// its medium shows; none of them ever sees raw user text, because whatever a
// user made is passed through [Escape] before it becomes part of a text.
//
// A text is a list of lines. A line is one of
//
//	# a heading
//	- an item of a list
//	1. a numbered item
//	> a quoted line
//	plain words
//
// and an empty line ends a paragraph. Lines between two lines that read ```
// are shown as they are, in a block that can be copied. Inside a line there is
// **bold**, `code` and [a label](https://address). A backslash takes the
// meaning from the character behind it.
package markup

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Kind says what a line is.
type Kind int

// The kinds of lines.
const (
	Blank Kind = iota
	Plain
	Heading
	Item // Marker holds "•" or the number with its point
	Quote
	Code // a line of a copyable block, verbatim
)

// Style says how a span is shown.
type Style int

// The styles of spans.
const (
	Normal Style = iota
	Bold
	Mono
	Link
)

// Span is a run of text of one style.
type Span struct {
	Text  string
	Style Style
	URL   string // of a Link
}

// Line is one line of a text.
type Line struct {
	Kind   Kind
	Marker string
	Spans  []Span
}

// Bullet is the marker of an unnumbered item.
const Bullet = "•"

const (
	fence   = "```"
	special = "\\*`[]#>"
)

// Escape returns text in a form that Parse shows character for character.
// Carriage returns are dropped.
func Escape(text string) string {
	var b strings.Builder
	lineStart := true
	for _, r := range text {
		if r == '\r' {
			continue
		}
		if strings.ContainsRune(special, r) || lineStart && (r == '-' || r >= '0' && r <= '9') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		lineStart = r == '\n' || lineStart && unicode.IsSpace(r)
	}
	return b.String()
}

// Parse reads a text. It never fails: a mark without its partner stands for itself.
func Parse(text string) []Line {
	var lines []Line
	inCode := false
	for raw := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.TrimSpace(raw) == fence:
			inCode = !inCode
		case inCode:
			lines = append(lines, Line{Kind: Code, Spans: []Span{{Text: raw}}})
		default:
			lines = append(lines, parseLine(raw))
		}
	}
	return lines
}

func parseLine(raw string) Line {
	s := strings.TrimSpace(raw)
	switch {
	case s == "":
		return Line{Kind: Blank}
	case strings.HasPrefix(s, "# "):
		return Line{Kind: Heading, Spans: parseSpans(s[2:])}
	case strings.HasPrefix(s, "> "):
		return Line{Kind: Quote, Spans: parseSpans(s[2:])}
	case strings.HasPrefix(s, "- "):
		return Line{Kind: Item, Marker: Bullet, Spans: parseSpans(s[2:])}
	}
	if n := numberEnd(s); n > 0 {
		return Line{Kind: Item, Marker: s[:n], Spans: parseSpans(strings.TrimLeft(s[n:], " "))}
	}
	return Line{Kind: Plain, Spans: parseSpans(s)}
}

// numberEnd returns the length of a leading "12." that a space follows, or 0.
func numberEnd(s string) int {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 || i > 3 || !strings.HasPrefix(s[i:], ". ") {
		return 0
	}
	return i + 1
}

// parseSpans splits a line at its marks.
func parseSpans(s string) []Span {
	var spans []Span
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			spans = append(spans, Span{Text: plain.String()})
			plain.Reset()
		}
	}
	for len(s) > 0 {
		if s[0] == '\\' && len(s) > 1 {
			plain.WriteByte(s[1])
			s = s[2:]
			continue
		}
		if span, rest, ok := parseMark(s); ok {
			flush()
			spans = append(spans, span)
			s = rest
			continue
		}
		plain.WriteByte(s[0])
		s = s[1:]
	}
	flush()
	return spans
}

// parseMark reads the marked span at the start of s, if there is one.
func parseMark(s string) (Span, string, bool) {
	switch {
	case strings.HasPrefix(s, "**"):
		if end := indexUnescaped(s[2:], "**"); end > 0 {
			return Span{Text: unescape(s[2 : 2+end]), Style: Bold}, s[end+4:], true
		}
	case s[0] == '`':
		if end := indexUnescaped(s[1:], "`"); end > 0 {
			return Span{Text: unescape(s[1 : 1+end]), Style: Mono}, s[end+2:], true
		}
	case s[0] == '[':
		return parseLink(s)
	}
	return Span{}, s, false
}

func parseLink(s string) (Span, string, bool) {
	label := indexUnescaped(s[1:], "](")
	if label <= 0 {
		return Span{}, s, false
	}
	rest := s[label+3:]
	end := strings.IndexByte(rest, ')')
	if end <= 0 || !strings.HasPrefix(rest, "https://") {
		return Span{}, s, false
	}
	return Span{Text: unescape(s[1 : 1+label]), Style: Link, URL: rest[:end]}, rest[end+1:], true
}

// indexUnescaped returns the index of mark in s outside escapes, or -1.
func indexUnescaped(s, mark string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], mark) {
			return i
		}
	}
	return -1
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Text returns the words of a text without any marks, line by line.
func Text(text string) string {
	var b strings.Builder
	for i, line := range Parse(text) {
		if i > 0 {
			b.WriteByte('\n')
		}
		if line.Marker != "" {
			b.WriteString(line.Marker + " ")
		}
		for _, span := range line.Spans {
			b.WriteString(span.Text)
		}
	}
	return b.String()
}

// Check returns an error where a content text has a mark without its partner,
// an open block, or a link that is not https.
func Check(text string) error {
	fences := 0
	for i, raw := range strings.Split(text, "\n") {
		if strings.TrimSpace(raw) == fence {
			fences++
			continue
		}
		if fences%2 != 0 {
			continue
		}
		for _, span := range parseLine(escapes.ReplaceAllString(raw, "·")).Spans {
			if span.Style == Normal && (strings.ContainsAny(span.Text, "`[") || strings.Contains(span.Text, "**")) {
				return fmt.Errorf("line %d: a mark without its partner in %q", i+1, span.Text)
			}
		}
	}
	if fences%2 != 0 {
		return fmt.Errorf("a %s block is not closed", fence)
	}
	return nil
}

var escapes = regexp.MustCompile(`\\.`)
