package letter

import (
	"regexp"
	"slices"
	"strings"
)

var (
	fence    = regexp.MustCompile("(?m)^[ \t]*```.*$\n?")
	heading  = regexp.MustCompile(`(?m)^[ \t]*#{1,6}[ \t]+`)
	strong   = regexp.MustCompile(`(\*\*|__)([^*_\n]+?)(\*\*|__)`)
	slanted  = regexp.MustCompile(`\*([^*\n]+)\*`)
	quoted   = regexp.MustCompile("`([^`\n]+)`")
	indent   = regexp.MustCompile(`(?m)^[ \t]*>[ \t]?`)
	rule3    = regexp.MustCompile(`(?m)^[ \t]*([-*_]{3,}|={3,})[ \t]*$\n?`)
	bullet   = regexp.MustCompile(`(?m)^([ \t]*)[*\x{2022}][ \t]+`)
	emptyRun = regexp.MustCompile(`\n[ \t]*\n(?:[ \t]*\n)+`)
	trailing = regexp.MustCompile(`(?m)[ \t]+$`)
)

// Mend takes out of a letter what is no part of it and can be taken out without
// changing what it says: thoughts in tags, what a model says before and behind
// a letter, signs of formatting, empty lines.
func (b *Book) Mend(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = b.checks.thinking.ReplaceAllString(text, "")
	text = fence.ReplaceAllString(text, "")
	text = heading.ReplaceAllString(text, "")
	text = rule3.ReplaceAllString(text, "")
	text = strong.ReplaceAllString(text, "$2")
	text = bullet.ReplaceAllString(text, "$1- ")
	text = slanted.ReplaceAllString(text, "$1")
	text = quoted.ReplaceAllString(text, "$1")
	text = indent.ReplaceAllString(text, "")
	text = b.bare(strings.TrimSpace(text))
	text = trailing.ReplaceAllString(text, "")
	return emptyRun.ReplaceAllString(text, "\n\n")
}

// bare leaves out first and last lines that are no part of the letter.
func (b *Book) bare(text string) string {
	for range 3 {
		first, rest, more := strings.Cut(text, "\n")
		if more && b.checks.pre.MatchString(b.fold.Fold(first).String()) {
			text = strings.TrimSpace(rest)
			continue
		}
		i := strings.LastIndexByte(text, '\n')
		if i < 0 || !b.checks.epi.MatchString(b.fold.Fold(text[i+1:]).String()) {
			break
		}
		text = strings.TrimSpace(text[:i])
	}
	return text
}

// Begins reports whether a text begins as letters do.
func (b *Book) Begins(text string) bool {
	return b.checks.one["greeting"].MatchString(strings.TrimSpace(b.fold.Fold(text).String()))
}

// Brief returns what a language model is told about a letter of the kind o.
func (b *Book) Brief(o Order) string { return b.tongues[o.full().Lang].Brief }

// Objections returns what a language model is told about the findings that
// block its first reply: sentences without any words of the letter.
func (b *Book) Objections(o Order, findings []Finding) string {
	lines := []string{b.tongues[o.full().Lang].Again}
	for _, f := range findings {
		if line := "- " + f.Say; f.Degree == Block && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
