package screen

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// pattern is a regular expression with a cheap test that most texts fail: a
// text that has none of needs cannot match. That test is why a hundred rules
// cost a message next to nothing.
type pattern struct {
	re    *regexp.Regexp
	needs []string // nil: no such test
}

// may reports whether s can match at all.
func (p *pattern) may(s string) bool {
	if p.needs == nil {
		return true
	}
	for _, lit := range p.needs {
		if strings.Contains(s, lit) {
			return true
		}
	}
	return false
}

// in reports whether p, which may be nil, is found in s.
func (p *pattern) in(s string) bool {
	return p != nil && p.may(s) && p.re.MatchString(s)
}

// all returns the places where p is found in s.
func (p *pattern) all(s string) [][]int {
	if !p.may(s) {
		return nil
	}
	return p.re.FindAllStringIndex(s, -1)
}

// maxNeeds bounds the literals of a pattern: with more, the test costs as much
// as the match.
const maxNeeds = 160

// literals returns strings of which every match of source holds at least one,
// or nil if it cannot tell.
func literals(source string) []string {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil
	}
	return needed(re)
}

func needed(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return nil
		}
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		return neededClass(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpAlternate:
		return neededAlternate(re.Sub)
	case syntax.OpConcat:
		return neededConcat(re.Sub)
	}
	return nil
}

// neededClass lists the characters of a small class.
func neededClass(ranges []rune) []string {
	var out []string
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if out = append(out, string(r)); len(out) > 24 {
				return nil
			}
		}
	}
	return out
}

func neededAlternate(subs []*syntax.Regexp) []string {
	var out []string
	for _, sub := range subs {
		lits := needed(sub)
		if lits == nil || len(out)+len(lits) > maxNeeds {
			return nil
		}
		out = append(out, lits...)
	}
	return out
}

// neededConcat picks the part that fewest texts have: the one whose shortest
// literal is longest, then the one with the fewest literals.
func neededConcat(subs []*syntax.Regexp) []string {
	var best []string
	for _, sub := range subs {
		if lits := needed(sub); lits != nil && (best == nil || rarer(lits, best)) {
			best = lits
		}
	}
	return best
}

func rarer(a, b []string) bool {
	if x, y := shortest(a), shortest(b); x != y {
		return x > y
	}
	return len(a) < len(b)
}

func shortest(lits []string) int {
	n := len(lits[0])
	for _, lit := range lits {
		n = min(n, len(lit))
	}
	return n
}
