package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The rules of forbidden phrases.
const (
	ruleNever   = "never"    // nowhere
	ruleQuoted  = "quoted"   // only as a fraudster's words, inside 「」
	ruleNotNear = "not_near" // not close to certain other words
	ruleVoice   = "voice"    // nowhere in the bot's own sentences; a letter to a company may
)

// compileForbidden compiles the forbidden phrases and runs their examples.
func (l *linter) compileForbidden() {
	l.forbidden = make([]*regexp.Regexp, len(l.pack.Forbidden))
	for i, f := range l.pack.Forbidden {
		where := "forbidden.yaml: " + f.Phrase
		re, err := regexp.Compile(f.Phrase)
		if err != nil || !slices.Contains([]string{ruleNever, ruleQuoted, ruleNotNear, ruleVoice}, f.Rule) {
			l.add(FindRule, true, where, "not a regular expression with a rule never, quoted, not_near or voice")
			continue
		}
		l.forbidden[i] = re
		if f.Bad == "" || l.says(i, f.Bad) == "" {
			l.add(FindRule, true, where, "the bad example %q is not found", f.Bad)
		}
		if hit := l.says(i, f.Good); hit != "" {
			l.add(FindRule, true, where, "the good example %q is found", f.Good)
		}
	}
}

// says returns what text says against the i-th forbidden phrase, or "".
func (l *linter) says(i int, text string) string {
	re, f := l.forbidden[i], l.pack.Forbidden[i]
	if re == nil {
		return ""
	}
	for _, at := range re.FindAllStringIndex(text, -1) {
		switch {
		case f.Rule == ruleQuoted && quotedAt(text, at[1]):
		case f.Rule == ruleNotNear && !near(text, at[0], at[1], f.Near):
		default:
			return text[at[0]:at[1]]
		}
	}
	return ""
}

// quotedAt reports whether what ends at the byte to stands inside 「」.
func quotedAt(text string, to int) bool {
	open := strings.LastIndex(text[:to], "「")
	return open >= 0 && !strings.Contains(text[open:to], "」") && strings.Contains(text[to:], "」")
}

// near reports whether one of the words stands close to the bytes from..to.
func near(text string, from, to int, words []string) bool {
	for range nearForbidden {
		if from > 0 {
			_, n := utf8.DecodeLastRuneInString(text[:from])
			from -= n
		}
		if to < len(text) {
			_, n := utf8.DecodeRuneInString(text[to:])
			to += n
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text[from:to], w) })
}
