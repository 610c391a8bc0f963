package dossier

import (
	"strings"
	"unicode"
)

// The signs that must not begin, or end, a line.
const (
	neverFirst = "，。、；：？！）」』】》〉”’…—·％℃,.;:?!)]}%＿"
	neverLast  = "（「『【《〈“‘([{￥¥$"
)

// wrap breaks drawable text into lines no wider than width. It breaks between
// Chinese characters and between words, keeps signs with what they belong to,
// and breaks a word only if it is wider than a line. Of the text only spaces at
// the ends of lines are lost.
func (f *face) wrap(text string, size, width float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, f.wrapParagraph(paragraph, size, width)...)
	}
	return lines
}

func (f *face) wrapParagraph(text string, size, width float64) []string {
	var lines [][]string
	var line []string
	used := 0.0
	for _, u := range f.fitting(units(text), size, width) {
		w := f.width(strings.TrimRight(u, " "), size)
		if used+w > width && len(line) > 0 {
			lines, line, used = append(lines, line), nil, 0
		}
		line = append(line, u)
		used += f.width(u, size)
	}
	lines = append(lines, line)
	f.company(lines, size, width)
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(strings.Join(l, ""), " ")
	}
	return out
}

// company gives a lone character on the last line the one before it.
func (f *face) company(lines [][]string, size, width float64) {
	n := len(lines)
	if n < 2 || len(lines[n-1]) != 1 || len(lines[n-2]) < 4 {
		return
	}
	last := &lines[n-1]
	before := lines[n-2]
	moved := before[len(before)-1]
	if f.width((*last)[0], size) > 2.2*size || f.width(moved+(*last)[0], size) > width {
		return
	}
	lines[n-2] = before[:len(before)-1]
	*last = append([]string{moved}, *last...)
}

// fitting breaks the units that are wider than a line.
func (f *face) fitting(units []string, size, width float64) []string {
	var out []string
	for _, u := range units {
		if f.width(strings.TrimRight(u, " "), size) <= width {
			out = append(out, u)
			continue
		}
		part, used := "", 0.0
		for _, r := range u {
			w := f.width(string(r), size)
			if used+w > width && part != "" {
				out, part, used = append(out, part), "", 0
			}
			part += string(r)
			used += w
		}
		out = append(out, part)
	}
	return out
}

// units cuts text into what must stay on one line.
func units(text string) []string {
	var out []string
	var now strings.Builder
	var last rune
	for _, r := range text {
		if now.Len() > 0 && breaks(last, r) {
			out = append(out, now.String())
			now.Reset()
		}
		now.WriteRune(r)
		last = r
	}
	if now.Len() > 0 {
		out = append(out, now.String())
	}
	return out
}

// breaks reports whether a line may end between two characters.
func breaks(a, b rune) bool {
	switch {
	case strings.ContainsRune(neverLast, a), strings.ContainsRune(neverFirst, b), b == ' ':
		return false
	case a == ' ':
		return true
	}
	return wide(a) || wide(b)
}

// wide reports whether a character is one of those between which a line may end.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r) ||
		r >= 0x3000 && r <= 0x33FF || r >= 0xFF00 && r <= 0xFFEF || r >= 0x2460 && r <= 0x27BF || r == '—' || r == '…'
}
