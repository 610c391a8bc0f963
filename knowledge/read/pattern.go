package read

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// expander replaces {name} in a pattern: by the expression of a class of words,
// by the character that stands for a kind of value, or by a gap. {w6} is up to
// six characters of the clause, {p6} the same without a negation, {s6} of the
// sentence. What it does not know, such as {0,3}, stays.
type expander struct {
	words    map[string]string
	runes    map[string]string
	literals *literals
}

var braces = regexp.MustCompile(`\{([a-z_]+)([0-9]*)\}`)

func (x expander) expand(text string, depth int) (string, error) {
	var fail error
	out := braces.ReplaceAllStringFunc(text, func(m string) string {
		part := braces.FindStringSubmatch(m)
		name, n := part[1], part[2]
		if s, ok := x.words[name+n]; ok && depth < 8 {
			inner, err := x.expand(s, depth+1)
			if err != nil {
				fail = err
			}
			return "(?:" + inner + ")"
		}
		if s, ok := x.runes[name+n]; ok {
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

func (x expander) gap(name, n string) (string, bool) {
	if n == "" {
		return "", false
	}
	switch name {
	case "w":
		return `[^,.\x{3002}!?;\n]{0,` + n + `}?`, true
	case "s":
		return `[^.\x{3002}!?;\n]{0,` + n + `}?`, true
	case "p":
		return `[^,.\x{3002}!?;\n` + x.words["nots"] + `]{0,` + n + `}?`, true
	}
	return "", false
}

func (x expander) compile(text string) (*regexp.Regexp, error) {
	if text == "" {
		return nil, nil
	}
	expanded, err := x.expand(strings.TrimSpace(text), 0)
	if err != nil {
		return nil, err
	}
	return regexp.Compile(expanded)
}

// pattern is an expression with sets of literals, by their ids: of each set one
// must be in a text for the expression to match.
type pattern struct {
	re   *regexp.Regexp
	need [][]int
}

func (x expander) pattern(text string) (pattern, error) {
	re, err := x.compile(text)
	if err != nil {
		return pattern{}, err
	}
	if re == nil {
		return pattern{}, fmt.Errorf("empty pattern")
	}
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return pattern{}, err
	}
	p := pattern{re: re}
	for _, set := range needs(tree.Simplify()) {
		var ids []int
		for _, lit := range set {
			ids = append(ids, x.literals.id(lit))
		}
		p.need = append(p.need, ids)
	}
	return p, nil
}

// possible reports whether a text with the present literals may match p.
func (p pattern) possible(present []bool) bool {
	for _, set := range p.need {
		if !slices.ContainsFunc(set, func(id int) bool { return present[id] }) {
			return false
		}
	}
	return true
}

// literals are the strings that patterns need, so that one pass over a text
// finds all that it holds.
type literals struct {
	ids   map[string]int
	first map[rune][]literal
}

type literal struct {
	text string
	id   int
}

func newLiterals() *literals {
	return &literals{ids: map[string]int{}, first: map[rune][]literal{}}
}

func (l *literals) id(text string) int {
	if id, ok := l.ids[text]; ok {
		return id
	}
	id := len(l.ids)
	l.ids[text] = id
	c, _ := utf8.DecodeRuneInString(text)
	l.first[c] = append(l.first[c], literal{text, id})
	return id
}

// in returns which of the literals s holds.
func (l *literals) in(s string) []bool {
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
