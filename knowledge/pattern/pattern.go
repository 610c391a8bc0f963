// Package pattern compiles the expressions of content: {name} stands for a
// class of words, for the one character that a kind of value was replaced by,
// or for a gap.
//
// Its one invariant: [Pattern.Possible] never says no to a text that the
// pattern matches. It looks only for literals that every match holds, so that
// one pass over a text spares most expressions their own.
package pattern

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// Expander replaces {name} in a pattern: by the expression of a class of words,
// by the character that stands for a kind of value, or by a gap. {w6} is up to
// six characters of the clause, {p6} the same without a negation, {s6} of the
// sentence. What it does not know, such as {0,3}, stays.
type Expander struct {
	Words    map[string]string // classes: expressions; "nots" holds the characters of a negation
	Runes    map[string]string // kinds of values: the character, or the class of characters, of each
	Literals *Literals         // gathers what the patterns need
}

var braces = regexp.MustCompile(`\{([a-z_]+)([0-9]*)\}`)

func (x Expander) expand(text string, depth int) (string, error) {
	var fail error
	out := braces.ReplaceAllStringFunc(text, func(m string) string {
		part := braces.FindStringSubmatch(m)
		name, n := part[1], part[2]
		if s, ok := x.Words[name+n]; ok && depth < 8 {
			inner, err := x.expand(s, depth+1)
			if err != nil {
				fail = err
			}
			return "(?:" + inner + ")"
		}
		if s, ok := x.Runes[name+n]; ok {
			return s
		}
		if s, ok := x.gap(name, n); ok {
			return s
		}
		fail = fmt.Errorf("pattern %q: no word %s", text, m)
		return m
	})
	return out, fail
}

func (x Expander) gap(name, n string) (string, bool) {
	if n == "" {
		return "", false
	}
	switch name {
	case "w":
		return `[^,.\x{3002}!?;\n]{0,` + n + `}?`, true
	case "s":
		return `[^.\x{3002}!?;\n]{0,` + n + `}?`, true
	case "p":
		return `[^,.\x{3002}!?;\n` + x.Words["nots"] + `]{0,` + n + `}?`, true
	}
	return "", false
}

// Compile returns the expression of text, or nil of an empty one.
func (x Expander) Compile(text string) (*regexp.Regexp, error) {
	if text == "" {
		return nil, nil
	}
	expanded, err := x.expand(strings.TrimSpace(text), 0)
	if err != nil {
		return nil, err
	}
	return regexp.Compile(expanded)
}

// Pattern is an expression with sets of literals, by their ids: of each set one
// must be in a text for the expression to match.
type Pattern struct {
	*regexp.Regexp
	need [][]int
}

// Pattern returns the pattern of text, which must not be empty.
func (x Expander) Pattern(text string) (Pattern, error) {
	re, err := x.Compile(text)
	if err != nil {
		return Pattern{}, err
	}
	if re == nil {
		return Pattern{}, fmt.Errorf("empty pattern")
	}
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return Pattern{}, err
	}
	p := Pattern{Regexp: re}
	for _, set := range needs(tree.Simplify()) {
		var ids []int
		for _, lit := range set {
			ids = append(ids, x.Literals.id(lit))
		}
		p.need = append(p.need, ids)
	}
	return p, nil
}

// Possible reports whether a text may match p; present is what [Literals.In]
// returned for it.
func (p Pattern) Possible(present []bool) bool {
	for _, set := range p.need {
		if !slices.ContainsFunc(set, func(id int) bool { return present[id] }) {
			return false
		}
	}
	return true
}

// Literals are the strings that patterns need, so that one pass over a text
// finds all that it holds.
type Literals struct {
	ids   map[string]int
	first map[rune][]literal
}

type literal struct {
	text string
	id   int
}

// NewLiterals returns an empty set, to be filled by an Expander.
func NewLiterals() *Literals {
	return &Literals{ids: map[string]int{}, first: map[rune][]literal{}}
}

func (l *Literals) id(text string) int {
	if id, ok := l.ids[text]; ok {
		return id
	}
	id := len(l.ids)
	l.ids[text] = id
	c, _ := utf8.DecodeRuneInString(text)
	l.first[c] = append(l.first[c], literal{text, id})
	return id
}

// In returns which of the literals s holds.
func (l *Literals) In(s string) []bool {
	present := make([]bool, len(l.ids))
	for i, c := range s {
		for _, lit := range l.first[c] {
			if !present[lit.id] && strings.HasPrefix(s[i:], lit.text) {
				present[lit.id] = true
			}
		}
	}
	return present
}

// maxNeeds bounds the literals that a pattern is tried with.
const maxNeeds = 600

// needs returns sets of literals, of each of which every match of re holds at
// least one.
func needs(re *syntax.Regexp) [][]string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return [][]string{{string(re.Rune)}}
		}
	case syntax.OpCharClass:
		return classNeeds(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return needs(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needs(re.Sub[0])
		}
	case syntax.OpAlternate:
		return anyNeeds(re.Sub)
	case syntax.OpConcat:
		var all [][]string
		for _, sub := range re.Sub {
			all = append(all, needs(sub)...)
		}
		return all
	}
	return nil
}

func classNeeds(ranges []rune) [][]string {
	var lits []string
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 8 || len(lits) > maxNeeds {
			return nil
		}
		for c := ranges[i]; c <= ranges[i+1]; c++ {
			lits = append(lits, string(c))
		}
	}
	return [][]string{lits}
}

// anyNeeds joins the rarest set of each of subs into one.
func anyNeeds(subs []*syntax.Regexp) [][]string {
	var lits []string
	for _, sub := range subs {
		n := rarest(needs(sub))
		if n == nil || len(lits)+len(n) > maxNeeds {
			return nil
		}
		lits = append(lits, n...)
	}
	return [][]string{lits}
}

// rarest returns the set that a text is least likely to hold one of: the one
// with few and long literals.
func rarest(sets [][]string) []string {
	var best []string
	for _, set := range sets {
		if best == nil || score(set) > score(best) {
			best = set
		}
	}
	return best
}

func score(lits []string) float64 {
	shortest := 99
	for _, l := range lits {
		shortest = min(shortest, len(l))
	}
	return float64(shortest) / float64(len(lits))
}
