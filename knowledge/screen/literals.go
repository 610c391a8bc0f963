package screen

import (
	"regexp/syntax"
	"unicode/utf8"
)

// What a regular expression says about the texts it can match, read off its
// syntax: strings they must hold, strings they begin with, and how long they
// can be. All of it is safe to be less precise than it could be.

// Bounds on the sets of strings that are worked out.
const (
	maxClass = 128 // characters of a class that are listed
	maxCross = 12  // strings made by putting parts together
	maxSet   = 700 // strings of a set
)

// heads are the ways in which the matches of an expression can begin: each
// match is a string of whole, or begins with one of begun.
type heads struct {
	whole, begun []string
}

var nothing = []string{""}

// unknown is what is known of an expression that can begin with anything.
var unknown = heads{begun: nothing}

func (h heads) size() int { return len(h.whole) + len(h.begun) }

// analysis works out what expressions say of their matches, the heads of each
// but once.
type analysis map[*syntax.Regexp]heads

func (a analysis) headsOf(re *syntax.Regexp) heads {
	h, ok := a[re]
	if !ok {
		h = a.workOut(re)
		a[re] = h
	}
	return h
}

func (a analysis) workOut(re *syntax.Regexp) heads {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return heads{whole: nothing}
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return heads{whole: []string{string(re.Rune)}}
		}
	case syntax.OpCharClass:
		if chars := listed(re.Rune); chars != nil {
			return heads{whole: chars}
		}
	case syntax.OpCapture:
		return a.headsOf(re.Sub[0])
	case syntax.OpQuest:
		h := a.headsOf(re.Sub[0])
		return heads{whole: join2(h.whole, nothing), begun: h.begun}
	case syntax.OpStar:
		return heads{whole: nothing, begun: someOf(a.headsOf(re.Sub[0]))}
	case syntax.OpPlus:
		h := a.headsOf(re.Sub[0])
		return heads{begun: join2(h.whole, h.begun)}
	case syntax.OpRepeat:
		return a.headsOfRepeat(re)
	case syntax.OpAlternate:
		return a.headsOfAlternate(re.Sub)
	case syntax.OpConcat:
		return a.headsOfConcat(re.Sub)
	}
	return unknown
}

func (a analysis) headsOfRepeat(re *syntax.Regexp) heads {
	h := a.headsOf(re.Sub[0])
	switch {
	case re.Min == 0:
		return heads{whole: nothing, begun: someOf(h)}
	case re.Min == 1 && re.Max == 1:
		return h
	}
	return heads{begun: join2(h.whole, h.begun)}
}

// someOf returns what a repetition of h begins with, if it is not empty.
func someOf(h heads) []string {
	var out []string
	for _, s := range h.whole {
		if s != "" {
			out = append(out, s)
		}
	}
	return append(out, h.begun...)
}

func (a analysis) headsOfAlternate(subs []*syntax.Regexp) heads {
	var out heads
	for _, sub := range subs {
		h := a.headsOf(sub)
		out.whole = append(out.whole, h.whole...)
		out.begun = append(out.begun, h.begun...)
		if out.size() > maxSet {
			return unknown
		}
	}
	return out
}

func (a analysis) headsOfConcat(subs []*syntax.Regexp) heads {
	out := heads{whole: nothing}
	for _, sub := range subs {
		h := a.headsOf(sub)
		if len(out.whole) > 1 && len(out.whole)*h.size() > maxCross {
			out = out.close()
		}
		if len(out.whole) == 0 {
			break
		}
		if len(out.begun)+len(out.whole)*h.size() > maxSet {
			return heads{begun: join2(out.begun, out.whole)}
		}
		out.begun = join2(out.begun, cross(out.whole, h.begun))
		out.whole = cross(out.whole, h.whole)
	}
	return out
}

// close gives up putting parts together: what is not empty is no more than a beginning.
func (h heads) close() heads {
	out := heads{begun: h.begun}
	for _, s := range h.whole {
		if s == "" {
			out.whole = nothing
		} else {
			out.begun = append(out.begun, s)
		}
	}
	return out
}

func join2(a, b []string) []string { return append(append([]string(nil), a...), b...) }

func cross(a, b []string) []string {
	out := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out
}

// listed lists the characters of a small class, or returns nil.
func listed(ranges []rune) []string {
	n := 0
	for i := 0; i < len(ranges); i += 2 {
		n += int(ranges[i+1]-ranges[i]) + 1
	}
	if n > maxClass {
		return nil
	}
	out := make([]string, 0, n)
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			out = append(out, string(r))
		}
	}
	return out
}

// starts returns strings of which every match of re begins with one, and
// whether the matches are just these strings. It returns nil where it cannot tell.
func (a analysis) starts(re *syntax.Regexp) (set []string, exact bool) {
	h := a.headsOf(re)
	set = join2(h.whole, h.begun)
	for _, s := range set {
		if s == "" {
			return nil, false
		}
	}
	return set, len(h.begun) == 0 && len(set) > 0
}

// needs returns sets of strings: every match of re holds a string of each.
func (a analysis) needs(re *syntax.Regexp) [][]string {
	if set, exact := a.starts(re); exact {
		return [][]string{set}
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return a.needs(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return a.needs(re.Sub[0])
		}
	case syntax.OpAlternate:
		return a.needsOfAlternate(re.Sub)
	case syntax.OpConcat:
		return a.needsOfConcat(re.Sub)
	}
	return nil
}

// needsOfAlternate unites the rarest set of every branch.
func (a analysis) needsOfAlternate(subs []*syntax.Regexp) [][]string {
	var out []string
	for _, sub := range subs {
		sets := a.needs(sub)
		if len(sets) == 0 {
			return nil
		}
		best := sets[0]
		for _, set := range sets[1:] {
			if rarer(set, best) {
				best = set
			}
		}
		if out = append(out, best...); len(out) > maxSet {
			return nil
		}
	}
	return [][]string{out}
}

// needsOfConcat takes the sets of every part; parts in a row that have few
// matches are one.
func (a analysis) needsOfConcat(subs []*syntax.Regexp) [][]string {
	var out [][]string
	for i := 0; i < len(subs); {
		n := 1
		best, exact := a.starts(subs[i])
		for exact && i+n < len(subs) {
			h := a.headsOf(subs[i+n])
			if len(h.begun) > 0 || len(h.whole) == 0 || len(best)*len(h.whole) > maxCross {
				break
			}
			best, n = cross(best, h.whole), n+1
		}
		if exact {
			out = append(out, best)
		} else {
			out = append(out, a.needs(subs[i])...)
		}
		i += n
	}
	return out
}

// rarer reports whether fewer texts hold a string of a than of b: the one whose
// shortest string is longest, then the one with the fewest strings.
func rarer(a, b []string) bool {
	if x, y := shortest(a), shortest(b); x != y {
		return x > y
	}
	return len(a) < len(b)
}

func shortest(set []string) int {
	n := len(set[0])
	for _, s := range set {
		n = min(n, len(s))
	}
	return n
}

// unbounded is the length of matches that have no bound.
const unbounded = 1 << 20

// longest returns how many bytes a match of re can have at most.
func longest(re *syntax.Regexp) int {
	n := 0
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune) * utf8.UTFMax
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		n = utf8.UTFMax
	case syntax.OpCapture, syntax.OpQuest:
		n = longest(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus:
		n = unbounded
	case syntax.OpRepeat:
		if n = unbounded; re.Max >= 0 {
			n = re.Max * longest(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			n += longest(sub)
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			n = max(n, longest(sub))
		}
	}
	return min(n, unbounded)
}

// looksAround reports whether a match of re depends on what stands around it.
func looksAround(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	for _, sub := range re.Sub {
		if looksAround(sub) {
			return true
		}
	}
	return false
}
