package contact

import (
	"fmt"
	"strings"
	"time"
)

// exampleAt is when the examples of the rules are read: a Monday.
var exampleAt = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 8*3600))

// Check runs the examples of all rules and returns what is wrong: a rule or a
// pattern without an example, an example in which the rule does not find what
// it should, one in which it finds something and must not.
func (r *Reader) Check() []error {
	var errs []error
	for i := range r.ways {
		w := &r.ways[i]
		for _, err := range r.check(&w.rule, false) {
			errs = append(errs, fmt.Errorf("channel %s: %w", w.ID, err))
		}
	}
	for _, gives := range allGives {
		for i := range r.rules[gives] {
			for _, err := range r.check(&r.rules[gives][i], gives.plain()) {
				errs = append(errs, fmt.Errorf("rule %d that gives %s: %w", i+1, gives, err))
			}
		}
	}
	return errs
}

func (r *Reader) check(c *rule, plain bool) []error {
	var errs []error
	matched := make([]bool, len(c.patterns))
	for _, example := range c.Hit {
		text, want, _ := strings.Cut(example, " => ")
		p := r.page(text, exampleAt)
		masked := p.m
		if plain {
			masked = p.s
		}
		for i, pat := range c.patterns {
			matched[i] = matched[i] || pat.MatchString(masked)
		}
		if !p.gives(c, plain, want) {
			errs = append(errs, fmt.Errorf("%q is not found in %q", want, text))
		}
	}
	for i, ok := range matched {
		if !ok {
			errs = append(errs, fmt.Errorf("no example for the pattern %s", c.Match[i]))
		}
	}
	for _, text := range c.Miss {
		if p := r.page(text, exampleAt); len(c.find(p, plain)) > 0 {
			errs = append(errs, fmt.Errorf("something is found in %q", text))
		}
	}
	return errs
}

// gives reports whether c finds want on the page: as its group, or right
// behind its match.
func (p *page) gives(c *rule, plain bool, want string) bool {
	for _, h := range c.find(p, plain) {
		text, held := p.s, h.held
		if !plain {
			held.from, held.to = p.folded(h.held.from, h.held.to)
		}
		behind := text[held.to:]
		if strings.HasPrefix(text[held.from:], want) || strings.HasPrefix(strings.Trim(behind, " \u201c\u201d\""), want) {
			return true
		}
	}
	return false
}
