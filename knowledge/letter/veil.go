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
	text           string
	before, behind string // brackets and spaces around it in the letter
}

// mostHidden is how many tokens a letter has at most: they have two digits.
const mostHidden = 99

// name is the heart of a token, which survives whatever is done to its brackets.
const name = "ZX"

// openers and closers are what may stand before and behind the name in a token.
const (
	either  = " \u3000*_`"
	openers = either + "[{<(\u3010\u3014\u27e6\u300c\u300e\uff3b\uff5b\uff1c\uff08"
	closers = either + "]}>)\u3011\u3015\u27e7\u300d\u300f\uff3d\uff5d\uff1e\uff09"
)

// token finds tokens, however they are bracketed, spaced and written. Its groups
// are what stands before the name, the digits, and what stands behind.
var token = regexp.MustCompile(`(?i)([` + regexp.QuoteMeta(openers) + `]*)` +
	`[z\x{ff3a}\x{ff5a}][ \x{3000}]?[x\x{ff38}\x{ff58}][ \x{3000}_\-#\\]*([0-9\x{ff10}-\x{ff19}][ \x{3000}]?[0-9\x{ff10}-\x{ff19}]?)` +
	`([` + regexp.QuoteMeta(closers) + `]*)`)

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
	at, taken := 0, 0
	for i, p := range places {
		next := len(text)
		if i+1 < len(places) {
			next = places[i+1][0]
		}
		out.WriteString(text[at:p[0]])
		h := hidden{text: text[p[0]:p[1]]}
		free := text[taken:p[0]]
		h.before = free[len(strings.TrimRight(free, openers)):]
		h.behind = text[p[1] : next-len(strings.TrimLeft(text[p[1]:next], closers))]
		v.hidden = append(v.hidden, h)
		fmt.Fprintf(&out, "[[%s%02d]]", name, len(v.hidden))
		at, taken = p[1], p[1]+len(h.behind)
	}
	out.WriteString(text[at:])
	v.Text = out.String()
	return v, nil
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
		n := tokenNumber(reply[m[4]:m[5]])
		if n < 1 || n > len(v.hidden) {
			continue
		}
		before, behind := v.hidden[n-1].around(reply[m[2]:m[3]], reply[m[6]:m[7]])
		out.WriteString(reply[at:m[0]] + before + v.hidden[n-1].text + behind)
		at = m[1]
	}
	out.WriteString(reply[at:])
	return out.String()
}

// around returns what of a token's surroundings is not its own: all that the
// letter has there if the token is as it was, else spaces at its ends, and round
// brackets that the letter has or that do not close each other.
func (h hidden) around(before, behind string) (string, string) {
	if before == h.before+"[[" && behind == "]]"+h.behind {
		return h.before, h.behind
	}
	opened, closed := only(before, "(\uff08"), only(behind, ")\uff09")
	within := only(h.before, "(\uff08") != "" || only(h.behind, ")\uff09") != ""
	if !within && utf8.RuneCountInString(opened) == utf8.RuneCountInString(closed) {
		opened, closed = "", ""
	}
	if strings.HasPrefix(before, " ") {
		opened = " " + opened
	}
	if strings.HasSuffix(behind, " ") {
		closed += " "
	}
	return opened, closed
}

// only returns what of s is in set.
func only(s, set string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(set, c) {
			return c
		}
		return -1
	}, s)
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
