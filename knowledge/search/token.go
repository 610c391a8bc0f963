package search

import (
	"sort"
	"strings"
	"unicode"

	"tixianbot/knowledge/normal"
)

// token is a piece of a text with how much it counts by its form.
type token struct {
	text   string
	weight float64
}

// How much the forms of tokens count.
const (
	single = 0.5 // one character
	pair   = 1   // two characters that stand together
	latin  = 1.5 // a word or a number
)

func weightOf(tok string) float64 {
	switch n := len([]rune(tok)); {
	case tok[0] < 0x80:
		return latin
	case n == 1:
		return single
	default:
		return pair
	}
}

// words make words of the same meaning the same.
type words struct {
	phrases *strings.Replacer // anything but single Latin words
	latin   map[string]string // single Latin words
}

// newWords folds the synonyms of r. Longer words go first, so that a word in
// another does not break it.
func newWords(t *normal.Table, r Rules) words {
	w := words{latin: map[string]string{}}
	var pairs [][2]string
	for _, s := range r.Synonyms {
		for _, from := range s.Write {
			from = t.Fold(from).String()
			if isLatin(from) {
				w.latin[from] = s.As
				continue
			}
			pairs = append(pairs, [2]string{from, s.As})
		}
	}
	for _, stop := range r.Stop {
		if stop = t.Fold(stop).String(); isLatin(stop) {
			w.latin[stop] = ""
		} else {
			pairs = append(pairs, [2]string{stop, " "})
		}
	}
	sort.SliceStable(pairs, func(i, j int) bool { return len(pairs[i][0]) > len(pairs[j][0]) })
	var flat []string
	for _, p := range pairs {
		flat = append(flat, p[0], p[1])
	}
	w.phrases = strings.NewReplacer(flat...)
	return w
}

func isLatin(s string) bool {
	for _, r := range s {
		if !latinRune(r) {
			return false
		}
	}
	return s != ""
}

func latinRune(r rune) bool {
	return r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '\''
}

// tokens cuts text into tokens.
func (x *Index) tokens(text string) []token {
	var out []token
	s := x.words.phrases.Replace(x.table.Fold(text).String())
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !latinRune(r) && !unicode.Is(unicode.Han, r) }) {
		out = x.words.cut(out, word)
	}
	return out
}

// cut appends the tokens of a run of letters, digits and characters.
func (w words) cut(out []token, run string) []token {
	var previous string
	rs := []rune(run)
	for i := 0; i < len(rs); {
		if latinRune(rs[i]) {
			j := i
			for j < len(rs) && latinRune(rs[j]) {
				j++
			}
			out = w.word(out, string(rs[i:j]))
			i, previous = j, ""
			continue
		}
		c := string(rs[i])
		out = append(out, token{c, single})
		if previous != "" {
			out = append(out, token{previous + c, pair})
		}
		previous = c
		i++
	}
	return out
}

// word appends a Latin word, or what it means.
func (w words) word(out []token, word string) []token {
	as, ok := w.latin[word]
	switch {
	case !ok:
		return append(out, token{word, latin})
	case as == "":
		return out
	case isLatin(as):
		return append(out, token{as, latin})
	default:
		return w.cut(out, as)
	}
}

// distinct returns toks without repeats.
func distinct(toks []token) []token {
	seen := make(map[string]bool, len(toks))
	out := toks[:0:0]
	for _, t := range toks {
		if !seen[t.text] {
			seen[t.text] = true
			out = append(out, t)
		}
	}
	return out
}
