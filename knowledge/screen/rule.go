package screen

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
)

// defaultWithin is how far, in characters, the parts of a rule may be apart.
const defaultWithin = 30

// rule is a compiled Rule.
type rule struct {
	source    Rule
	any       []*pattern
	with      []*pattern
	not       *pattern
	notBefore *pattern
	unless    *pattern
	cues      []*pattern // in the order of source.Cues
}

func (w *compiler) rule(r Rule) (rule, error) {
	if !slices.Contains(urgency, r.Flag) {
		return rule{}, fmt.Errorf("no flag %q", r.Flag)
	}
	if len(r.Any) == 0 {
		return rule{}, fmt.Errorf("no pattern")
	}
	if r.Within == 0 {
		r.Within = defaultWithin
	}
	c := rule{source: r}
	var err error
	if c.any, err = w.compileAll(r.Any); err != nil {
		return rule{}, err
	}
	if c.with, err = w.compileAll(r.With); err != nil {
		return rule{}, err
	}
	if c.not, err = w.union(r.Not, ""); err != nil {
		return rule{}, err
	}
	if c.notBefore, err = w.union(r.NotBefore, "$"); err != nil {
		return rule{}, err
	}
	if c.unless, err = w.union(r.Unless, ""); err != nil {
		return rule{}, err
	}
	for _, cue := range r.Cues {
		p, err := w.compile(cue.Is)
		if err != nil {
			return rule{}, err
		}
		c.cues = append(c.cues, p)
	}
	return c, nil
}

// find returns the first place in the folded text s that the rule objects to.
func (r *rule) find(s *scan, known fact.Facts) (from, to int, ok bool) {
	if !r.applies(known) {
		return 0, 0, false
	}
	for _, p := range r.any {
		for at, end := range p.all(s, 0, len(s.text)) {
			if from, to, ok := r.extend(s, at, end); ok && !r.guarded(s, at, from, to) {
				return from, to, r.weighs(s)
			}
		}
	}
	return 0, 0, false
}

func (r *rule) applies(known fact.Facts) bool {
	for _, k := range r.source.Known {
		if !slices.Contains(k.Is, known[k.Fact]) {
			return false
		}
	}
	return true
}

// extend widens the match by the nearest find of every With pattern.
func (r *rule) extend(s *scan, from, to int) (int, int, bool) {
	lo, hi := back(s.text, from, r.source.Within), ahead(s.text, to, r.source.Within)
	outFrom, outTo := from, to
	for _, p := range r.with {
		at, end, ok := p.first(s, lo, hi)
		if !ok {
			return 0, 0, false
		}
		outFrom, outTo = min(outFrom, at), max(outTo, end)
	}
	return outFrom, outTo, true
}

func (r *rule) guarded(s *scan, match, from, to int) bool {
	lo, hi := clauses(s.text, from, to)
	return r.notBefore.in(s, lo, match) || r.not.in(s, lo, hi) || r.unless.somewhere(s)
}

// weighs reports whether the cues found in s are enough.
func (r *rule) weighs(s *scan) bool {
	if len(r.cues) == 0 {
		return true
	}
	sum := 0.0
	for i, p := range r.cues {
		if p.somewhere(s) {
			sum += r.source.Cues[i].Adds
		}
	}
	return sum >= r.source.Least
}

// back returns the index n characters before i, ahead the one n behind it.
func back(s string, i, n int) int {
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return i
}

func ahead(s string, i, n int) int {
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

// stops end a clause in folded text.
const stops = ",.;!?\n，。；！？、…"

// clauses widens a range to whole clauses.
func clauses(s string, from, to int) (int, int) {
	lo := 0
	if i := strings.LastIndexAny(s[:from], stops); i >= 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		lo = i + size
	}
	hi := len(s)
	if i := strings.IndexAny(s[to:], stops); i >= 0 {
		hi = to + i
	}
	return lo, hi
}

// check runs the examples of the rule.
func (r *rule) check(s *Screen) []error {
	known := fact.Facts{}
	for _, k := range r.source.Known {
		known[k.Fact] = k.Is[0]
	}
	var errs []error
	if len(r.source.Finds) == 0 {
		errs = append(errs, fmt.Errorf("screen: rule %s has no example", r.source.ID))
	}
	for _, text := range r.source.Finds {
		if _, _, ok := r.find(s.lex.scan(s.fold(text).String()), known); !ok {
			errs = append(errs, fmt.Errorf("screen: rule %s does not find %q", r.source.ID, text))
		}
	}
	for _, text := range r.source.Passes {
		if _, _, ok := r.find(s.lex.scan(s.fold(text).String()), known); ok {
			errs = append(errs, fmt.Errorf("screen: rule %s finds %q", r.source.ID, text))
		}
	}
	return errs
}
