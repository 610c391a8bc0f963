package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tixianbot/knowledge/markup"
)

// block says in what a line stands; consecutive lines of one block share it.
type block int

const (
	plainBlock block = iota
	quoteBlock
	codeBlock
)

// line is one line as Telegram shows it: a heading's words are bold already,
// an item begins with its marker.
type line struct {
	block block
	spans []markup.Span
}

// layout turns mark-up into the lines that are shown. Words hold only
// characters that Telegram keeps, so that what is counted is what is shown.
func layout(text string) []line {
	var lines []line
	for _, parsed := range markup.Parse(text) {
		lines = append(lines, layoutLine(parsed))
	}
	return lines
}

func layoutLine(parsed markup.Line) line {
	var l line
	switch parsed.Kind {
	case markup.Quote:
		l.block = quoteBlock
	case markup.Code:
		l.block = codeBlock
	}
	if parsed.Marker != "" {
		l.add(markup.Span{Text: parsed.Marker + " "})
	}
	for _, span := range parsed.Spans {
		if parsed.Kind == markup.Heading && span.Style == markup.Normal {
			span.Style = markup.Bold
		}
		l.add(span)
	}
	return l
}

// add appends a span, joining it to the one before if they look the same.
func (l *line) add(span markup.Span) {
	span.Text = clean(span.Text)
	if span.Text == "" {
		return
	}
	if n := len(l.spans); n > 0 && l.spans[n-1].Style == span.Style && l.spans[n-1].URL == span.URL {
		l.spans[n-1].Text += span.Text
		return
	}
	l.spans = append(l.spans, span)
}

// clean replaces control characters and drops the line separators and
// direction marks that Telegram drops.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r >= 0x2028 && r <= 0x202E:
			return -1
		case r < ' ', r == 0x7F:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// blank reports whether the line shows nothing.
func (l line) blank() bool {
	for _, span := range l.spans {
		if hasVisible(span.Text) {
			return false
		}
	}
	return true
}

func hasVisible(text string) bool { return strings.ContainsFunc(text, visible) }

func visible(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && r != 0x2800 && r != 0x3164
}

// width is the length of the line as Telegram counts it, in UTF-16 units.
func (l line) width() int {
	n := 0
	for _, span := range l.spans {
		n += units(span.Text)
	}
	return n
}

func units(text string) int {
	n := 0
	for _, r := range text {
		n += runeUnits(r)
	}
	return n
}

func runeUnits(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// words returns the lines without any style.
func words(lines []line) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, span := range l.spans {
			b.WriteString(span.Text)
		}
	}
	return b.String()
}

var (
	openBlock  = map[block]string{quoteBlock: "<blockquote>", codeBlock: "<pre>"}
	closeBlock = map[block]string{quoteBlock: "</blockquote>", codeBlock: "</pre>"}

	escapeText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	escapeAttr = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

// html returns the lines in Telegram's HTML. Every tag it opens it closes
// within the same line or block, and no tag stands in itself.
func html(lines []line) string {
	var b strings.Builder
	open := plainBlock
	for i, l := range lines {
		if l.block != open {
			b.WriteString(closeBlock[open])
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		if l.block != open {
			b.WriteString(openBlock[l.block])
			open = l.block
		}
		for _, span := range l.spans {
			writeSpan(&b, span)
		}
	}
	b.WriteString(closeBlock[open])
	return b.String()
}

func writeSpan(b *strings.Builder, span markup.Span) {
	text := escapeText.Replace(span.Text)
	switch span.Style {
	case markup.Bold:
		text = "<b>" + text + "</b>"
	case markup.Mono:
		text = "<code>" + text + "</code>"
	case markup.Link:
		text = `<a href="` + escapeAttr.Replace(clean(span.URL)) + `">` + text + "</a>"
	}
	b.WriteString(text)
}
