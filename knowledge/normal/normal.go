// Package normal folds text for matching: full-width characters to ASCII, Latin
// letters to lower case, traditional characters to simplified ones, and the
// typos and regional words of the trade to the usual word.
//
// Its one invariant: every byte of a folded text knows the characters of the
// original it came from, so what is found in the folded text can be shown as
// the user wrote it. A folded text is for matching only and is never shown.
package normal

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rules are the content that a Table is made of.
type Rules struct {
	// Variants is the text of normal/variants.txt: pairs of characters, what is
	// written and what it becomes, between spaces; lines of # are comments.
	Variants string `yaml:"-"`
	// Typos are words that become another word.
	Typos []Typo `yaml:"typos"`
	// Keep are longer words in which a typo is none.
	Keep []string `yaml:"keep"`
}

// A Typo says which ways of writing become which word.
type Typo struct {
	As    string   `yaml:"as"`
	Write []string `yaml:"write"`
}

// Table is compiled Rules. It is never changed and is safe to share.
type Table struct {
	runes map[rune]rune
	words map[rune][]word // by first rune, longest first
}

type word struct {
	from, to string
	latin    bool // begins or ends in a Latin letter: no such letter may touch it
}

// New compiles r. It reports a pair that is not two characters and a word that
// is written twice.
func New(r Rules) (*Table, error) {
	t := &Table{runes: map[rune]rune{}, words: map[rune][]word{}}
	if err := t.addVariants(r.Variants); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, typo := range r.Typos {
		for _, from := range typo.Write {
			if err := t.addWord(seen, from, typo.As); err != nil {
				return nil, err
			}
		}
	}
	for _, w := range r.Keep {
		if err := t.addWord(seen, w, w); err != nil {
			return nil, err
		}
	}
	for _, list := range t.words {
		sort.Slice(list, func(i, j int) bool { return len(list[i].from) > len(list[j].from) })
	}
	return t, nil
}

func (t *Table) addVariants(text string) error {
	for n, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, pair := range strings.Fields(line) {
			rs := []rune(pair)
			if len(rs) != 2 {
				return fmt.Errorf("variants, line %d: %q is not a pair of characters", n+1, pair)
			}
			t.runes[rs[0]] = rs[1]
		}
	}
	return nil
}

func (t *Table) addWord(seen map[string]bool, from, to string) error {
	if from == "" || to == "" {
		return fmt.Errorf("typos: %q written for %q: a word is empty", from, to)
	}
	if seen[from] {
		return fmt.Errorf("typos: %q stands twice", from)
	}
	seen[from] = true
	first, _ := utf8.DecodeRuneInString(from)
	last, _ := utf8.DecodeLastRuneInString(from)
	t.words[first] = append(t.words[first], word{from, to, latin(first) || latin(last)})
	return nil
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' }

// Text is a folded text that remembers where it came from.
type Text struct {
	folded string
	from   []int // from[i]: where in the original the source of folded byte i begins
	to     []int // to[i]: where it ends
	length int   // of the original
}

// String returns the folded text.
func (t Text) String() string { return t.folded }

// Span returns the byte range of the original that the bytes from to to of
// the folded text came from. Offsets out of range are brought into it. The
// range begins and ends between characters of the original.
func (t Text) Span(from, to int) (int, int) {
	n := len(t.folded)
	from, to = max(0, min(from, n)), max(0, min(to, n))
	if from >= to {
		at := t.length
		if from < n {
			at = t.from[from]
		}
		return at, at
	}
	return t.from[from], t.to[to-1]
}

// Replace returns t with some of its characters replaced: where next returns a
// size, the bytes from i on that are so many become to, and to comes from the
// characters that they came from.
func (t Text) Replace(next func(i int) (size int, to string)) Text {
	w := writer{from: make([]int, 0, len(t.folded)), to: make([]int, 0, len(t.folded))}
	w.b.Grow(len(t.folded))
	for i := 0; i < len(t.folded); {
		size, to := next(i)
		if size == 0 {
			size = 1
			to = t.folded[i : i+1]
		}
		w.add(to, t.from[i], t.to[i+size-1])
		i += size
	}
	return w.text(t.length)
}

// Fold returns s folded.
func (t *Table) Fold(s string) Text {
	return t.foldWords(t.foldRunes(s))
}

// writer collects a folded text and where its bytes came from.
type writer struct {
	b        strings.Builder
	from, to []int
}

func (w *writer) add(s string, from, to int) {
	w.b.WriteString(s)
	for range len(s) {
		w.from = append(w.from, from)
		w.to = append(w.to, to)
	}
}

func (w *writer) text(length int) Text { return Text{w.b.String(), w.from, w.to, length} }

func (t *Table) foldRunes(s string) Text {
	w := writer{from: make([]int, 0, len(s)), to: make([]int, 0, len(s))}
	w.b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if f := t.foldRune(r); f >= 0 {
			w.add(string(f), i, i+size)
		}
		i += size
	}
	return w.text(len(s))
}

// foldRune returns what r becomes, or -1 if it is left out: characters that
// take no room on the screen.
func (t *Table) foldRune(r rune) rune {
	switch {
	case r == '\u3000' || r == '\u00a0' || r == '\t':
		return ' '
	case r >= '\uff01' && r <= '\uff5e':
		r -= 0xfee0
	case r == '\r' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	if f, ok := t.runes[r]; ok {
		return f
	}
	return unicode.ToLower(r)
}

func (t *Table) foldWords(in Text) Text {
	s := in.folded
	w := writer{from: make([]int, 0, len(s)), to: make([]int, 0, len(s))}
	w.b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if m, ok := t.match(s, i, r); ok {
			w.keep(m, in, i)
			i += len(m.from)
			continue
		}
		w.add(s[i:i+size], in.from[i], in.to[i+size-1])
		i += size
	}
	return w.text(in.length)
}

// keep writes the word m that stands at i: as it is, character by character,
// if it stays, otherwise as one piece.
func (w *writer) keep(m word, in Text, i int) {
	if m.from != m.to {
		w.add(m.to, in.from[i], in.to[i+len(m.from)-1])
		return
	}
	for j, r := range m.from {
		size := utf8.RuneLen(r)
		w.add(m.from[j:j+size], in.from[i+j], in.to[i+j+size-1])
	}
}

// match returns the longest word that stands at s[i:], which begins with r.
func (t *Table) match(s string, i int, r rune) (word, bool) {
	for _, m := range t.words[r] {
		if !strings.HasPrefix(s[i:], m.from) {
			continue
		}
		if m.latin && (touches(s, i-1) || touches(s, i+len(m.from))) {
			continue
		}
		return m, true
	}
	return word{}, false
}

func touches(s string, i int) bool { return i >= 0 && i < len(s) && latin(rune(s[i])) }
