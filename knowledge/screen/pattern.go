package screen

import (
	"fmt"
	"iter"
	"regexp"
	"regexp/syntax"
	"sync"
	"unicode/utf8"
)

// pattern is a regular expression that is hardly ever run. What its syntax
// says of the texts it can match is looked up in a [scan] first: most texts
// lack a string that each match holds. Where one may match, the expression is
// tried only where a match can begin, and on no more text than one can take.
type pattern struct {
	needs  []setID // a string of each stands in every match
	start  setID   // a string of it begins every match; noSet: no telling
	exact  bool    // a match is a string of start and nothing else
	looks  bool    // it asks for what stands around a match
	reach  int     // bytes that a match can take
	names  []string
	source string

	whole, here, behind lazy // anywhere, at the beginning, behind one character
}

// lazy is an expression that is made when it is first asked for: many never are.
type lazy struct {
	once sync.Once
	re   *regexp.Regexp
}

func (l *lazy) get(before, source, after string) *regexp.Regexp {
	l.once.Do(func() { l.re = regexp.MustCompile(before + source + after) })
	return l.re
}

// newPattern reads source, a regular expression without classes of words.
func newPattern(lex *lexicon, source string) (*pattern, error) {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("parsing %q: %w", source, err)
	}
	p := &pattern{source: source, start: noSet, looks: looksAround(re), reach: longest(re), names: re.CapNames()}
	a := analysis{}
	for _, strs := range a.needs(re) {
		p.needs = append(p.needs, lex.add(strs))
	}
	if strs, exact := a.starts(re); strs != nil {
		p.start, p.exact = lex.add(strs), exact && !p.looks
	}
	return p, nil
}

// anywhere returns the expression as it is written.
func (p *pattern) anywhere() *regexp.Regexp { return p.whole.get("", p.source, "") }

// at returns the expression and the text to try it on for a match that begins
// at from, between lo and hi, and where that text begins. An expression that
// looks around sees one character more on either side.
func (p *pattern) at(s *scan, lo, from, hi int) (re *regexp.Regexp, text string, start int) {
	end := p.end(s.text, from, hi)
	if !p.looks {
		return p.here.get("^(?:", p.source, ")"), s.text[from:end], from
	}
	end = min(ahead(s.text, end, 1), hi)
	if from == lo {
		return p.here.get("^(?:", p.source, ")"), s.text[from:end], from
	}
	start = back(s.text, from, 1)
	return p.behind.get("^(?s:.)(?:", p.source, ")"), s.text[start:end], start
}

// may reports whether p, which may be nil, can match between lo and hi.
func (p *pattern) may(s *scan, lo, hi int) bool {
	if p == nil {
		return false
	}
	for _, set := range p.needs {
		if !s.seen[set] {
			return false
		}
	}
	if p.start == noSet || hi-lo == len(s.text) {
		return true
	}
	for range p.tries(s, lo, hi) {
		return true
	}
	return false
}

// somewhere reports whether p, which may be nil, is found in the text.
func (p *pattern) somewhere(s *scan) bool {
	return p.may(s, 0, len(s.text)) && (p.exact || p.in(s, 0, len(s.text)))
}

// in reports whether p, which may be nil, is found in the text between lo and hi.
func (p *pattern) in(s *scan, lo, hi int) bool {
	if !p.may(s, lo, hi) {
		return false
	}
	if p.start == noSet {
		return p.anywhere().MatchString(s.text[lo:hi])
	}
	for from := range p.tries(s, lo, hi) {
		if p.exact {
			return true
		}
		if re, text, _ := p.at(s, lo, from, hi); re.MatchString(text) {
			return true
		}
	}
	return false
}

// all yields the places where p is found between lo and hi, in order and apart.
func (p *pattern) all(s *scan, lo, hi int) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		switch {
		case !p.may(s, lo, hi):
		case p.start == noSet:
			for _, m := range p.anywhere().FindAllStringIndex(s.text[lo:hi], -1) {
				if !yield(lo+m[0], lo+m[1]) {
					return
				}
			}
		default:
			p.each(s, lo, hi, yield)
		}
	}
}

func (p *pattern) each(s *scan, lo, hi int, yield func(from, to int) bool) {
	behind := lo
	for from := range p.tries(s, lo, hi) {
		if from < behind {
			continue
		}
		re, text, start := p.at(s, lo, from, hi)
		m := re.FindStringIndex(text)
		if m == nil {
			continue
		}
		if behind = start + m[1]; !yield(from, behind) {
			return
		}
	}
}

// first returns where p is first found between lo and hi.
func (p *pattern) first(s *scan, lo, hi int) (from, to int, ok bool) {
	for from, to := range p.all(s, lo, hi) {
		return from, to, true
	}
	return 0, 0, false
}

// last returns where p is last found between lo and hi.
func (p *pattern) last(s *scan, lo, hi int) (from, to int, ok bool) {
	for from, to = range p.all(s, lo, hi) {
		ok = true
	}
	return from, to, ok
}

// groups returns the places of the first match between lo and hi and of the
// groups in it, or nil. What stands before lo is not looked at.
func (p *pattern) groups(s *scan, lo, hi int) []int {
	if !p.may(s, lo, hi) {
		return nil
	}
	if p.start == noSet {
		return moved(p.anywhere().FindStringSubmatchIndex(s.text[lo:hi]), lo)
	}
	for from := range p.tries(s, lo, hi) {
		re, text, start := p.at(s, lo, from, hi)
		if m := moved(re.FindStringSubmatchIndex(text), start); m != nil {
			m[0] = from
			return m
		}
	}
	return nil
}

// tries yields the places between lo and hi where a match can begin.
func (p *pattern) tries(s *scan, lo, hi int) iter.Seq[int] {
	return func(yield func(int) bool) {
		set, tried := s.lex.sets[p.start], -1
		for _, f := range s.after(lo) {
			from := int(f.from)
			if from >= hi {
				return
			}
			if from == tried || int(f.to) > hi || !set.holds(f.word) {
				continue
			}
			if tried = from; !yield(from) {
				return
			}
		}
	}
}

// end returns how far a match that begins at from must be looked for.
func (p *pattern) end(text string, from, hi int) int {
	if hi-from <= p.reach {
		return hi
	}
	end := from + p.reach
	for end < hi && !utf8.RuneStart(text[end]) {
		end++
	}
	return end
}

// moved adds by to the places of a match.
func moved(m []int, by int) []int {
	for i := range m {
		if m[i] >= 0 {
			m[i] += by
		}
	}
	return m
}
