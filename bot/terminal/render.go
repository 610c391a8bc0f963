package terminal

import (
	"fmt"
	"strings"
	"unicode"

	"tixianbot/bot"
	"tixianbot/knowledge/markup"
)

// render returns a message as it is printed, with the blank line before it and
// the line of its file, if it has one.
func render(m bot.Message, file string, edited bool) string {
	var b strings.Builder
	b.WriteByte('\n')
	if edited {
		b.WriteString("↻ ")
	}
	b.WriteString(file)
	for _, line := range markup.Parse(strings.Trim(m.Text, "\n")) {
		b.WriteString(renderLine(line) + "\n")
	}
	n := 0
	for _, row := range m.Buttons {
		labels := make([]string, len(row))
		for i, button := range row {
			n++
			labels[i] = fmt.Sprintf("%d) %s", n, clean(button.Label))
		}
		b.WriteString("  " + strings.Join(labels, "   ") + "\n")
	}
	return b.String()
}

func renderLine(line markup.Line) string {
	words := renderSpans(line.Spans)
	switch line.Kind {
	case markup.Heading:
		return "▌" + words
	case markup.Item:
		return line.Marker + " " + words
	case markup.Quote:
		return "│ " + words
	case markup.Code:
		return "    " + words
	}
	return words
}

func renderSpans(spans []markup.Span) string {
	var b strings.Builder
	for _, span := range spans {
		b.WriteString(clean(span.Text))
		if span.Style == markup.Link && span.URL != span.Text {
			b.WriteString(" <" + clean(span.URL) + ">")
		}
	}
	return b.String()
}

// clean takes the control characters out of a text, so that nothing that was
// typed once can steer the terminal of whoever reads it.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, text)
}
