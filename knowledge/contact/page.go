package contact

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/read"
)

// The characters that stand for values, from a private range of Unicode.
const (
	runeTime   = '\ue000' + iota // a moment
	runeLength                   // a length of time
	runeFuture                   // a moment of a day to come
	runeMoney                    // a sum
)

var runes = map[string]string{"time": "[" + string([]rune{runeTime, runeFuture}) + "]", "future": string(runeFuture), "length": string(runeLength), "money": string(runeMoney)}

// masks says which character stands for which kind of value.
var masks = map[string]rune{
	"time": runeTime, "old": runeTime, "lately": runeTime, "future": runeFuture, "by": runeTime, "daypart": runeTime,
	"length": runeLength, "long": runeLength, "within": runeLength,
	"money": runeMoney, "coin": runeMoney,
}

// page is a text, folded, with its times and sums replaced by one character
// each. Places on a page are bytes of m unless it is said otherwise.
type page struct {
	source  string // as it was written
	text    normal.Text
	s       string // folded
	m       string // masked
	at      []int  // of each byte of m, and of its end: the byte of s
	values  map[int]read.Value
	present []bool // which literals m holds
	plain   []bool // which literals s holds
}

// maxText is how much of a text is read, in bytes.
const maxText = 40_000

func (r *Reader) page(text string, at time.Time) *page {
	text = clipped(text)
	p := &page{source: text, text: r.fold.Fold(text), values: map[int]read.Value{}}
	p.s = p.text.String()
	p.mask(r.facts.Values(p.text, at))
	p.present, p.plain = r.literals.In(p.m), r.literals.In(p.s)
	return p
}

// clipped returns the beginning of text that is read.
func clipped(text string) string {
	end := min(len(text), maxText)
	for end > 0 && end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

func (p *page) mask(values []read.Value) {
	var b strings.Builder
	b.Grow(len(p.s))
	p.at = make([]int, 0, len(p.s)+1)
	add := func(c rune, from int) {
		b.WriteRune(c)
		for range utf8.RuneLen(c) {
			p.at = append(p.at, from)
		}
	}
	for i := 0; i < len(p.s); {
		for len(values) > 0 && values[0].Start < i {
			values = values[1:]
		}
		if len(values) > 0 && values[0].Start == i {
			if c, ok := masks[values[0].Kind]; ok {
				p.values[b.Len()] = values[0]
				add(c, i)
				i = values[0].End
				continue
			}
		}
		c, size := utf8.DecodeRuneInString(p.s[i:])
		if unicode.Is(unicode.Co, c) {
			c = '?' // what is typed in the private range stands for nothing
		}
		add(c, i)
		i += size
	}
	p.m = b.String()
	p.at = append(p.at, len(p.s))
}

// folded returns the bytes of the folded text that the bytes i to j of m came from.
func (p *page) folded(i, j int) (int, int) { return p.at[i], p.at[j] }

// masked returns the byte of m that byte i of the folded text became.
func (p *page) masked(i int) int {
	lo, hi := 0, len(p.at)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if p.at[mid] <= i {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	for lo > 0 && !utf8.RuneStart(byteAt(p.m, lo)) {
		lo--
	}
	return lo
}

func byteAt(s string, i int) byte {
	if i >= len(s) {
		return 0
	}
	return s[i]
}

// span is a range of bytes of m.
type span struct{ from, to int }

func (s span) holds(i int) bool { return i >= s.from && i < s.to }

func within(spans []span, i int) bool {
	for _, s := range spans {
		if s.holds(i) {
			return true
		}
	}
	return false
}

// original returns where s stands in the text as it was written.
func (p *page) original(s span) (int, int) { return p.text.Span(p.folded(s.from, s.to)) }

// trimmed takes spaces and signs off both ends of s.
func (p *page) trimmed(s span) span {
	const edge = " ,.;:!?~\n\u3002\u3001\u2026\"'()[]<>\u201c\u201d\u2018\u2019\u300c\u300d\u300e\u300f\u300a\u300b\u3010\u3011"
	text := p.m[s.from:s.to]
	s.from += len(text) - len(strings.TrimLeft(text, edge))
	s.to = s.from + len(strings.TrimRight(p.m[s.from:s.to], edge))
	return s
}

const (
	sentenceEnds = "\u3002!?\n"
	clauseEnds   = sentenceEnds + ",;"
)

// ends reports whether the character c that stands at i ends a part of m: a
// sentence, or with clause also a clause.
func (p *page) ends(c rune, i int, clause bool) bool {
	set := sentenceEnds
	if clause {
		set = clauseEnds
	}
	switch {
	case strings.ContainsRune(set, c):
		return true
	case c == '.':
		next := byteAt(p.m, i+1)
		return next == 0 || next == ' ' || next == '\n'
	case c == ' ' && clause:
		before, _ := utf8.DecodeLastRuneInString(p.m[:i])
		behind, _ := utf8.DecodeRuneInString(p.m[i+1:])
		return han(before) && han(behind)
	}
	return false
}

func han(c rune) bool { return unicode.Is(unicode.Han, c) || c >= runeTime && c <= runeMoney }

// parts returns the sentences, or with clause the clauses, of s in order.
func (p *page) parts(s span, clause bool) []span {
	var out []span
	from := s.from
	for i, c := range p.m[s.from:s.to] {
		i += s.from
		if !p.ends(c, i, clause) {
			continue
		}
		if i > from {
			out = append(out, span{from, i})
		}
		from = i + utf8.RuneLen(c)
	}
	if from < s.to {
		out = append(out, span{from, s.to})
	}
	return out
}

func (p *page) all() span { return span{0, len(p.m)} }

// around returns the part of m between ends that holds i.
func (p *page) around(i int, clause bool) span {
	out := span{0, len(p.m)}
	for j, c := range p.m {
		if !p.ends(c, j, clause) {
			continue
		}
		if j < i {
			out.from = j + utf8.RuneLen(c)
		} else {
			out.to = j
			break
		}
	}
	return out
}
