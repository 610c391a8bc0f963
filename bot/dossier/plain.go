package dossier

import (
	"cmp"
	"strings"
	"unicode"
)

// box stands for a character that cannot be shown.
const box = '□'

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// plain returns text as it may stand in a file for people: lines end in \n, and
// what cannot stand in XML or would change how the text around it is read is a
// box. It changes nothing that is plain already.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if harmful(r) {
			return box
		}
		return r
	}, newlines.Replace(text))
}

// harmful reports whether a character must not stand in a file for people.
func harmful(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Bidi_Control, r):
		return true
	case r >= 0xFFF9 && r <= 0xFFFB, r >= 0xE0000 && r <= 0xE007F, unicode.Is(unicode.Noncharacter_Code_Point, r):
		return true // marks of annotations, tags, what is no character
	}
	return false
}

// oneLine returns text in one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// cut returns the first n characters of text, with mark where something is left out.
func cut(text string, n int, mark string) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n]) + mark
}

// fileName returns text as it may be the name of a file anywhere: no separator,
// no sign that a system reads, nothing hidden.
func fileName(text string) string {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|.`, r) || r == box || unicode.IsControl(r) || unicode.IsSpace(r) || harmful(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(text, "_"))
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '_' })
	return cmp.Or(cut(strings.Join(parts, "_"), longestName, ""), "_")
}

// longestName is how much of a file's name is kept, in characters.
const longestName = 60
