package read

import (
	"fmt"
	"strings"

	"tixianbot/knowledge/fact"
)

// Check runs the examples of all rules and returns what is wrong: a rule
// without an example, an example that does not give the rule's facts, a miss
// that does, and a rule none of whose patterns matches an example of its own.
func (r *Reader) Check() []error {
	var errs []error
	seen := map[int]bool{}
	check := func(c rule) {
		if seen[c.id] {
			return
		}
		seen[c.id] = true
		for _, err := range r.check(c) {
			errs = append(errs, fmt.Errorf("rule %d (%s): %w", c.id+1, c.name(), err))
		}
	}
	for _, c := range r.rules {
		check(c)
	}
	for _, spec := range fact.All() {
		for _, c := range r.answers[spec.Name] {
			check(c)
		}
	}
	return errs
}

func (r *Reader) check(c rule) []error {
	if len(c.Hit) == 0 {
		return []error{fmt.Errorf("no example")}
	}
	var errs []error
	matched := make([]bool, len(c.patterns))
	for _, ex := range c.Hit {
		text, want, _ := strings.Cut(ex, " => ")
		m := r.mask(text, exampleNow)
		present := r.literals.In(m.s)
		for i, p := range c.patterns {
			matched[i] = matched[i] || p.Possible(present) && p.MatchString(m.s)
		}
		if err := r.hit(c, text, want); err != nil {
			errs = append(errs, err)
		}
	}
	for i, ok := range matched {
		if !ok {
			errs = append(errs, fmt.Errorf("no example for the pattern %s", c.Match[i]))
		}
	}
	for _, text := range c.Miss {
		if name, v, bad := r.states(c, text); bad {
			errs = append(errs, fmt.Errorf("%q gives %s=%s and must not", text, name, v))
		}
	}
	return errs
}

// hit reports an example that does not give all facts of c.
func (r *Reader) hit(c rule, text, want string) error {
	for name, v := range c.Set {
		if got := r.reads(c, name, text); !contains(got, v) {
			return fmt.Errorf("%q gives %s=%q, want %q", text, name, got, v)
		}
	}
	for name := range c.Take {
		if got := r.reads(c, name, text); string(got) != want {
			return fmt.Errorf("%q gives %s=%q, want %q", text, name, got, want)
		}
	}
	return nil
}

// states reports whether text gives a fact of c: with its value, if it has one.
func (r *Reader) states(c rule, text string) (fact.Name, fact.Value, bool) {
	for name, v := range c.Set {
		if got := r.reads(c, name, text); contains(got, v) {
			return name, got, true
		}
	}
	for name := range c.Take {
		if got := r.reads(c, name, text); got != "" {
			return name, got, true
		}
	}
	return "", "", false
}

func (r *Reader) reads(c rule, name fact.Name, text string) fact.Value {
	if c.Answer {
		f, _ := r.Answer(name, text, exampleNow)
		return f.Value
	}
	if f := r.stated(name, text, exampleNow); f != nil {
		return f.Value
	}
	return ""
}

func contains(got, want fact.Value) bool {
	for _, m := range want.Members() {
		if !got.Has(m) {
			return false
		}
	}
	return got != ""
}
