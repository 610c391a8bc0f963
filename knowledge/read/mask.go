package read

import (
	"fmt"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/normal/numeral"
	"tixianbot/knowledge/when"
)

// The characters that stand for values, from a private range of Unicode. Words
// of content (Rules.Terms) get those from termBase on.
const (
	runeTime     = '\ue000' + iota // a day or clock time of the last 31 days
	runeOld                        // a moment longer ago
	runeLately                     // a vague or long moment of the last 31 days: 上周
	runeFuture                     // a moment to come
	runeBy                         // a moment as a bound: 周五之前
	runePart                       // a part of a day alone: 早上
	runeLength                     // a length of time under 60 days
	runeLong                       // a longer one
	runeWithin                     // 三天内
	runeMoney                      // a sum with its unit
	runeCoin                       // the same in coins of a chain
	runeNum                        // a bare number
	runeTimes                      // 三次
	runeNth                        // 第三次, from the second on
	runeQty                        // a number of other things: 两笔, 88分
	runePercent                    // 20%
	runeCode                       // letters and digits: wd-4031
	runeDigits                     // a long run of digits: a phone, a card
	runePlatform                   // a household name
	runeDead                       // a value that was taken back
	termBase     = '\ue100'
)

var valueNames = map[string]rune{
	"time": runeTime, "old": runeOld, "lately": runeLately, "future": runeFuture, "by": runeBy, "daypart": runePart,
	"length": runeLength, "long": runeLong, "within": runeWithin,
	"coin": runeCoin, "num": runeNum, "times": runeTimes, "nth": runeNth, "qty": runeQty, "percent": runePercent,
	"code": runeCode, "digits": runeDigits, "platform": runePlatform,
}

// entity is a value in a text: where it stands in the folded text and what it is.
type entity struct {
	kind       rune
	start, end int
	phrase     when.Phrase
	number     numeral.Number
	currency   string
	rough      bool
	platform   fact.Value
}

// masked is a text whose values are replaced by one character each.
type masked struct {
	orig   string
	text   normal.Text
	s      string
	from   []int // of each byte of s: where in the folded text its source begins
	to     []int
	ents   []entity
	at     map[int]int // offset in s → index of entity
	quotes [][2]int    // the insides of quotations in s
}

// span returns the bytes of the original that the bytes i to j of m.s came from.
func (m *masked) span(i, j int) (int, int) {
	if i >= j {
		return 0, 0
	}
	return m.text.Span(m.from[i], m.to[j-1])
}

// masker finds the values in a text.
type masker struct {
	numbers   *numeral.Reader
	times     *when.Grammar
	money     Money
	units     lexicon // word → currency
	prefixes  lexicon
	plain     map[string]lexicon // coins, myriad, between, adverbs, measures, counts, ordinal
	platforms lexicon            // name → kind
	terms     lexicon            // word → its character
	names     map[string]string  // name of a value or term → its character
}

func newMasker(r Rules, numbers *numeral.Reader, times *when.Grammar) (*masker, error) {
	m := &masker{numbers: numbers, times: times, money: r.Money, names: map[string]string{}}
	for name, c := range valueNames {
		m.names[name] = string(c)
	}
	m.names["money"] = "[" + string([]rune{runeMoney, runeCoin}) + "]"
	m.units, m.prefixes = byCurrency(r.Money.Units), byCurrency(r.Money.Prefixes)
	m.plain = map[string]lexicon{
		"coins": plain(r.Money.Coins), "myriad": plain(r.Money.Myriad), "between": plain(r.Money.Between),
		"adverbs": plain(r.Money.Adverbs), "measures": plain(r.Money.Measures), "counts": plain(r.Money.Counts),
		"ordinal": plain(r.Money.Ordinal),
	}
	if err := m.addPlatforms(r.Platforms); err != nil {
		return nil, err
	}
	return m, m.addTerms(r.Terms)
}

func (m *masker) addPlatforms(byKind map[fact.Value]string) error {
	spec, _ := fact.Lookup(fact.PlatformKind)
	names := map[string]string{}
	for kind, list := range byKind {
		if _, err := spec.Parse(string(kind)); err != nil {
			return fmt.Errorf("platforms: %w", err)
		}
		for _, name := range strings.Fields(list) {
			name = strings.ReplaceAll(name, "_", " ")
			if _, twice := names[name]; twice {
				return fmt.Errorf("platforms: %q stands twice", name)
			}
			names[name] = string(kind)
		}
	}
	m.platforms = newLexicon(names)
	return nil
}

func (m *masker) addTerms(terms map[string][]string) error {
	words, c := map[string]string{}, termBase
	names := make([]string, 0, len(terms))
	for name := range terms {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if _, taken := m.names[name]; taken {
			return fmt.Errorf("term %q is the name of a value", name)
		}
		m.names[name] = string(c)
		for _, w := range terms[name] {
			words[w] = string(c)
		}
		c++
	}
	m.terms = newLexicon(words)
	return nil
}

// maxText is how much of a text is read, in bytes of the folded text.
const maxText = 40_000

// mask replaces the values of text.
func (m *masker) mask(orig string, text normal.Text, now time.Time) *masked {
	s := text.String()
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	out := &masked{orig: orig, text: text, at: map[int]int{}}
	b := maskWriter{out: out}
	phrases := m.times.Find(s)
	for i := 0; i < len(s); {
		for len(phrases) > 0 && phrases[0].Start < i {
			phrases = phrases[1:]
		}
		if m.hotline(s, i) {
			i = b.plain(m, s, i)
			continue
		}
		e, ok := m.value(s, i)
		if len(phrases) > 0 && phrases[0].Start == i && (!ok || phrases[0].End >= e.end) {
			e, ok = moment(phrases[0], now), true
		}
		if ok {
			b.value(e)
			i = e.end
			continue
		}
		i = b.plain(m, s, i)
	}
	out.s = b.b.String()
	out.findQuotes()
	return out
}

// hotline reports whether a term in digits stands at s[i:], such as 12345.
func (m *masker) hotline(s string, i int) bool {
	if !digit(s[i]) || i > 0 && digit(s[i-1]) {
		return false
	}
	_, end, ok := m.terms.at(s, i)
	return ok && (end == len(s) || !digit(s[end]))
}

// maskWriter writes a masked text.
type maskWriter struct {
	out *masked
	b   strings.Builder
}

func (b *maskWriter) add(c rune, from, to int) {
	b.b.WriteRune(c)
	for range utf8.RuneLen(c) {
		b.out.from = append(b.out.from, from)
		b.out.to = append(b.out.to, to)
	}
}

func (b *maskWriter) value(e entity) {
	b.out.at[b.b.Len()] = len(b.out.ents)
	b.out.ents = append(b.out.ents, e)
	b.add(e.kind, e.start, e.end)
}

// plain writes the term or the character at s[i:] and returns where it ends.
func (b *maskWriter) plain(m *masker, s string, i int) int {
	if c, end, ok := m.terms.at(s, i); ok {
		r, _ := utf8.DecodeRuneInString(c)
		b.add(r, i, end)
		return end
	}
	c, size := utf8.DecodeRuneInString(s[i:])
	if c >= '\ue000' && c <= '\uf8ff' {
		c = utf8.RuneError // what is typed in the private range stands for nothing
	}
	b.add(c, i, i+size)
	return i + size
}

// moment returns the entity of a phrase of time.
func moment(p when.Phrase, now time.Time) entity {
	e := entity{start: p.Start, end: p.End, phrase: p, kind: runeLength}
	switch {
	case p.Kind == when.Within:
		e.kind = runeWithin
	case p.Kind == when.Length && p.Days() >= 60:
		e.kind = runeLong
	case p.Kind == when.Length:
	case p.By:
		e.kind = runeBy
	case !p.HasDay() && !p.HasClock():
		e.kind = runePart
	default:
		e.kind = when31(p, now)
	}
	return e
}

func when31(p when.Phrase, now time.Time) rune {
	at, ok := p.Past(now)
	switch {
	case !ok:
		return runeDead
	case at.At.After(now.Add(time.Minute)) && at.At.Format(time.DateOnly) != now.Format(time.DateOnly):
		return runeFuture
	case now.Sub(at.At) > 200*24*time.Hour && soon(p, now):
		return runeFuture
	case now.Sub(at.At) > 31*24*time.Hour && at.Grain <= when.Week, now.Sub(at.At) > 40*24*time.Hour && at.Grain == when.Month:
		return runeOld
	case at.Grain == when.Year && at.At.Year() < now.Year():
		return runeOld
	case at.Grain > when.Day:
		return runeLately
	default:
		return runeTime
	}
}

// soon reports whether p, a date of last year, can mean one of the next weeks.
func soon(p when.Phrase, now time.Time) bool {
	at, ok := p.Future(now)
	return ok && at.At.After(now) && at.At.Sub(now) < 100*24*time.Hour
}

// quoteMarks are the marks that open a quotation, with those that close it, in
// Western and in Chinese print.
var quoteMarks = map[rune]rune{
	'\u201c': '\u201d', '\u2018': '\u2019', '\u300c': '\u300d', '\u300e': '\u300f',
	'\u3010': '\u3011', '\u300a': '\u300b', '"': '"',
}

// findQuotes notes the insides of quotations, at most 80 characters long.
func (m *masked) findQuotes() {
	for i := 0; i < len(m.s); {
		c, size := utf8.DecodeRuneInString(m.s[i:])
		i += size
		closing, ok := quoteMarks[c]
		if !ok {
			continue
		}
		end := strings.IndexRune(m.s[i:], closing)
		if end > 0 && end <= 240 && !strings.Contains(m.s[i:i+end], "\n") {
			m.quotes = append(m.quotes, [2]int{i, i + end})
			i += end + utf8.RuneLen(closing)
		}
	}
}

// quoted reports whether i stands inside a quotation.
func (m *masked) quoted(i int) bool {
	for _, q := range m.quotes {
		if i >= q[0] && i < q[1] {
			return true
		}
	}
	return false
}

// lexicon finds the longest of its words at a place in a text.
type lexicon map[rune][]lexeme

type lexeme struct{ word, value string }

func newLexicon(m map[string]string) lexicon {
	l := lexicon{}
	for w, v := range m {
		if c, _ := utf8.DecodeRuneInString(w); w != "" {
			l[c] = append(l[c], lexeme{w, v})
		}
	}
	for _, es := range l {
		sort.Slice(es, func(i, j int) bool {
			if len(es[i].word) != len(es[j].word) {
				return len(es[i].word) > len(es[j].word)
			}
			return es[i].word < es[j].word
		})
	}
	return l
}

func plain(words []string) lexicon {
	m := map[string]string{}
	for _, w := range words {
		m[w] = w
	}
	return newLexicon(m)
}

func byCurrency(m map[string][]string) lexicon {
	words := map[string]string{}
	for currency, ws := range m {
		for _, w := range ws {
			words[w] = currency
		}
	}
	return newLexicon(words)
}

// at returns the value and the end of the longest word at s[i:]. A word that
// begins or ends in a Latin letter counts only where no such letter touches it.
func (l lexicon) at(s string, i int) (string, int, bool) {
	if i >= len(s) {
		return "", i, false
	}
	c, _ := utf8.DecodeRuneInString(s[i:])
	for _, e := range l[c] {
		end := i + len(e.word)
		if strings.HasPrefix(s[i:], e.word) && !letters(s, i) && !letters(s, end) {
			return e.value, end, true
		}
	}
	return "", i, false
}

// letters reports whether Latin letters stand on both sides of s[i].
func letters(s string, i int) bool {
	return i > 0 && i < len(s) && letter(s[i-1]) && letter(s[i])
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }
