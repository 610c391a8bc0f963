package letter

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Veil is a letter as it may leave: what stands behind its tokens stays here.
// The same letter and case always give the same veil.
type Veil struct {
	Text string // with tokens such as [[ZX01]] for all that must not leave

	hidden []hidden
}

// hidden is what stands behind a token.
type hidden struct {
	text   string
	within bool // it stands in round brackets of its own in the letter
}

// mostHidden is how many tokens a letter has at most: they have two digits.
const mostHidden = 99

// name is the heart of a token, which survives whatever is done to its brackets.
const name = "ZX"

// token finds tokens, however they are bracketed, spaced and written. A bracket
// that opens must stand before the name, so that ZX01 in a word is none.
var token = regexp.MustCompile(`(?i)[\[\x{3010}\x{3014}\x{27e6}{<\x{300c}\x{300e}\x{ff3b}\x{ff5b}\x{ff1c}(\x{ff08} \x{3000}*_` + "`" + `]*` +
	`[z\x{ff3a}\x{ff5a}][ \x{3000}]?[x\x{ff38}\x{ff58}][ \x{3000}_\-#\\]*([0-9\x{ff10}-\x{ff19}][ \x{3000}]?[0-9\x{ff10}-\x{ff19}]?)` +
	`[ \x{3000}*_` + "`" + `)\x{ff09}\]\x{3011}\x{3015}\x{27e7}}>\x{300d}\x{300f}\x{ff3d}\x{ff5d}\x{ff1e}]*`)

// Veil replaces, in a letter about the case c, everything that says who and
// what it is about: the words of the case, sums, dates, hours, numbers, and what
// the share mask would take out. It reports an error for a letter with more of
// it than there are tokens.
func (b *Book) Veil(text string, c Case) (Veil, error) {
	places := b.places(text, c)
	if len(places) > mostHidden {
		return Veil{}, fmt.Errorf("letter: %d places to hide, at most %d", len(places), mostHidden)
	}
	var v Veil
	var out strings.Builder
	at := 0
	for _, p := range places {
		out.WriteString(text[at:p[0]])
		v.hidden = append(v.hidden, hidden{text[p[0]:p[1]], bracketed(text, p)})
		fmt.Fprintf(&out, "[[%s%02d]]", name, len(v.hidden))
		at = p[1]
	}
	out.WriteString(text[at:])
	v.Text = out.String()
	return v, nil
}

// bracketed reports whether the place stands in round brackets of its own.
func bracketed(text string, p [2]int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:p[0]])
	behind, _ := utf8.DecodeRuneInString(text[p[1]:])
	return strings.ContainsRune("(\uff08", before) || strings.ContainsRune(")\uff09", behind)
}

// places returns what must not leave, in order and apart.
func (b *Book) places(text string, c Case) [][2]int {
	var out [][2]int
	words := c.words()
	sort.SliceStable(words, func(i, j int) bool { return len(words[i]) > len(words[j]) })
	for _, w := range words {
		out = append(out, occurrences(text, strings.TrimSpace(w))...)
	}
	for _, name := range b.namesIn(append(words, text)) {
		out = append(out, occurrences(text, name)...)
	}
	for _, s := range b.screen.Personal(text) {
		out = append(out, [2]int{s.Start, s.End})
	}
	for _, at := range token.FindAllStringIndex(text, -1) {
		out = append(out, [2]int{at[0], at[1]})
	}
	for _, at := range figure.FindAllStringIndex(text, -1) {
		if !numbered(text, at) {
			out = append(out, [2]int{at[0], at[1]})
		}
	}
	return merge(append(out, b.written(text)...))
}

// namesIn returns what is personal or the name of a person in texts: it is
// hidden wherever it stands.
func (b *Book) namesIn(texts []string) []string {
	var out []string
	for _, text := range texts {
		for _, s := range b.screen.Personal(text) {
			out = append(out, text[s.Start:s.End])
		}
		for _, re := range b.checks.names {
			i := re.SubexpIndex("name")
			for _, m := range re.FindAllStringSubmatch(text, -1) {
				out = append(out, m[i])
			}
		}
	}
	return out
}

// written returns the dates, hours and Chinese numbers of a text.
func (b *Book) written(text string) [][2]int {
	var out [][2]int
	folded := b.fold.Fold(text)
	f := folded.String()
	add := func(from, to int) {
		from, to = folded.Span(from, to)
		out = append(out, [2]int{from, to})
	}
	for _, re := range slices.Concat(b.checks.dates, b.checks.clocks) {
		for _, at := range re.FindAllStringIndex(f, -1) {
			add(at[0], at[1])
		}
	}
	for i := 0; i < len(f); {
		_, size := utf8.DecodeRuneInString(f[i:])
		if n, ok := b.checks.numbers.At(f, i); ok && !n.Arabic && !n.Single {
			add(i, n.End)
			size = n.End - i
		}
		i += size
	}
	return out
}

// figure finds numbers with what belongs to them: digits, also of other
// scripts, with the signs that join them in sums, dates, codes and addresses.
var figure = regexp.MustCompile(`[A-Za-z]*[\p{Nd}][\p{Nd}A-Za-z.,:/@_\-\x{5e74}\x{6708}\x{65e5}\x{53f7}\x{65f6}\x{70b9}\x{5206}]*`)

// numbered reports whether the place counts the items of a list: a short number
// at the beginning of a line.
func numbered(text string, at []int) bool {
	s := text[at[0]:at[1]]
	line := text[strings.LastIndexByte(text[:at[0]], '\n')+1 : at[0]]
	return strings.TrimSpace(line) == "" && len(s) <= 3 && strings.HasSuffix(s, ".")
}

// occurrences returns the places of w in text.
func occurrences(text, w string) [][2]int {
	var out [][2]int
	for at := 0; w != ""; {
		i := strings.Index(text[at:], w)
		if i < 0 {
			break
		}
		out = append(out, [2]int{at + i, at + i + len(w)})
		at += i + len(w)
	}
	return out
}

// merge sorts places and joins those that overlap.
func merge(places [][2]int) [][2]int {
	slices.SortFunc(places, func(a, b [2]int) int { return a[0] - b[0] })
	var out [][2]int
	for _, p := range places {
		if n := len(out); n > 0 && p[0] < out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], p[1])
			continue
		}
		out = append(out, p)
	}
	return out
}

// Lift puts back what the tokens of a reply stand for. A token that the letter
// does not have stays, and Check rejects it.
func (v Veil) Lift(reply string) string {
	var out strings.Builder
	at := 0
	for _, m := range token.FindAllStringSubmatchIndex(reply, -1) {
		n := tokenNumber(reply[m[2]:m[3]])
		if n < 1 || n > len(v.hidden) {
			continue
		}
		before, behind := around(reply[m[0]:m[1]], v.hidden[n-1].within)
		out.WriteString(reply[at:m[0]] + before + v.hidden[n-1].text + behind)
		at = m[1]
	}
	out.WriteString(reply[at:])
	return out.String()
}

// around returns what of a token's surroundings is not its own: spaces at its
// ends, and round brackets where the letter has them.
func around(token string, within bool) (before, behind string) {
	if token[0] == ' ' {
		before = " "
	}
	if strings.HasSuffix(token, " ") {
		behind = " "
	}
	opened, closed := "", ""
	for _, c := range token {
		switch {
		case strings.ContainsRune("(\uff08", c):
			opened += string(c)
		case strings.ContainsRune(")\uff09", c):
			closed += string(c)
		}
	}
	if !within && utf8.RuneCountInString(opened) == utf8.RuneCountInString(closed) {
		return before, behind
	}
	return before + opened, closed + behind
}

// tokenNumber reads one or two digits, half or full width.
func tokenNumber(digits string) int {
	var b strings.Builder
	for _, c := range digits {
		if c >= 0xff10 && c <= 0xff19 {
			c -= 0xff10 - '0'
		}
		if c >= '0' && c <= '9' {
			b.WriteRune(c)
		}
	}
	n, err := strconv.Atoi(b.String())
	if err != nil {
		return 0
	}
	return n
}
