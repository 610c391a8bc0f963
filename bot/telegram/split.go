package telegram

import (
	"slices"

	"tixianbot/knowledge/markup"
)

// maxText is how long a message may be, in UTF-16 units without the tags.
const maxText = 4096

// split cuts lines into parts of at most limit units (2 or more): at the last
// end of a paragraph that fits, else at the last end of a line, else between
// two characters. Blank lines where a part begins or ends are dropped, and so
// is a part that would show nothing; nothing else is.
func split(lines []line, limit int) [][]line {
	var parts [][]line
	rest := trim(breakLong(lines, limit))
	for len(rest) > 0 {
		n := cut(rest, limit)
		if part := trim(rest[:n]); len(part) > 0 {
			parts = append(parts, part)
		}
		rest = trim(rest[n:])
	}
	return parts
}

// cut returns how many of the lines make the next part.
func cut(lines []line, limit int) int {
	fit, paragraph, total := 0, 0, 0
	for i, l := range lines {
		if i > 0 {
			total++ // the line feed
		}
		if total += l.width(); total > limit {
			break
		}
		fit = i + 1
		if l.blank() {
			paragraph = fit
		}
	}
	if fit == len(lines) || paragraph == 0 {
		return fit
	}
	return paragraph
}

func trim(lines []line) []line {
	for len(lines) > 0 && lines[0].blank() {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1].blank() {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// breakLong cuts lines that are longer than a message into lines that are not.
func breakLong(lines []line, limit int) []line {
	if !slices.ContainsFunc(lines, func(l line) bool { return l.width() > limit }) {
		return lines
	}
	var out []line
	for _, l := range lines {
		for l.width() > limit {
			var head line
			head, l = l.cutAt(limit)
			out = append(out, head)
		}
		out = append(out, l)
	}
	return out
}

// cutAt cuts the line before the first character that does not fit into limit.
func (l line) cutAt(limit int) (head, tail line) {
	head.block, tail.block = l.block, l.block
	for i, span := range l.spans {
		n := units(span.Text)
		if n <= limit {
			head.spans = append(head.spans, span)
			limit -= n
			continue
		}
		at := prefix(span.Text, limit)
		if at > 0 {
			head.spans = append(head.spans, withText(span, span.Text[:at]))
		}
		tail.spans = append([]markup.Span{withText(span, span.Text[at:])}, l.spans[i+1:]...)
		break
	}
	return head, tail
}

func withText(span markup.Span, text string) markup.Span {
	span.Text = text
	return span
}

// prefix returns how many bytes of text fit into limit units.
func prefix(text string, limit int) int {
	for i, r := range text {
		if limit -= runeUnits(r); limit < 0 {
			return i
		}
	}
	return len(text)
}
