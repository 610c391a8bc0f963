package screen

import (
	"fmt"
	"slices"
	"strings"
)

// Around finds a secret by the words around it: a password, a one-time code, a
// CVV, a passport number, a name.
type Around struct {
	ID   string `yaml:"id"`
	Kind Kind   `yaml:"kind"`
	// Match is a pattern with a group named "secret".
	Match string `yaml:"match"`
	// Not are guards on the match as a whole, Behind on what follows the secret.
	Not    []string `yaml:"not"`
	Behind []string `yaml:"behind"`
	// Finds are examples with the secret between 〔 and 〕, Passes texts without any.
	Finds  []string `yaml:"finds"`
	Passes []string `yaml:"passes"`
}

// around is a compiled Around.
type around struct {
	source Around
	match  *pattern
	group  int
	not    *pattern
	behind *pattern
}

func (w *compiler) around(a Around) (around, error) {
	if !slices.Contains(kinds, a.Kind) {
		return around{}, fmt.Errorf("no kind %q", a.Kind)
	}
	c := around{source: a}
	var err error
	if c.match, err = w.compile(a.Match); err != nil {
		return around{}, err
	}
	if c.group = slices.Index(c.match.names, "secret"); c.group < 0 {
		return around{}, fmt.Errorf("its pattern has no group named secret")
	}
	if c.not, err = w.union(a.Not, ""); err != nil {
		return around{}, err
	}
	if len(a.Behind) > 0 {
		c.behind, err = w.compile("^(?:" + strings.Join(a.Behind, "|") + ")")
	}
	return c, err
}

// find returns all secrets in the text of s.
func (a *around) find(s *scan) []hit {
	var out []hit
	for at := 0; at < len(s.text); {
		m := a.match.groups(s, at, len(s.text))
		if m == nil {
			break
		}
		from, to := m[2*a.group], m[2*a.group+1]
		if !a.accepts(s, m[0], m[1], from, to) {
			at = ahead(s.text, m[0], 1)
			continue
		}
		out = append(out, hit{kind: a.source.Kind, from: from, to: to})
		at = to
	}
	return out
}

func (a *around) accepts(s *scan, matchFrom, matchTo, from, to int) bool {
	return from >= matchFrom && from < to && alone(s.text, from, to) &&
		!strings.Contains(s.text[matchFrom:matchTo], hiddenRune) &&
		!a.not.in(s, matchFrom, matchTo) && !a.behind.in(s, to, len(s.text))
}

var marks = strings.NewReplacer("〔", "", "〕", "")

// check runs the examples.
func (a *around) check(s *Screen) []error {
	var errs []error
	if len(a.source.Finds) == 0 {
		errs = append(errs, fmt.Errorf("screen: secret %s has no example", a.source.ID))
	}
	for _, example := range a.source.Finds {
		want := s.fold(between(example)).String()
		f := s.fold(marks.Replace(example)).String()
		found := slices.ContainsFunc(a.find(s.lex.scan(f)), func(h hit) bool { return f[h.from:h.to] == want })
		if !found {
			errs = append(errs, fmt.Errorf("screen: secret %s does not find the marked part of %q", a.source.ID, example))
		}
	}
	for _, text := range a.source.Passes {
		f := s.fold(text).String()
		if hits := a.find(s.lex.scan(f)); len(hits) > 0 {
			errs = append(errs, fmt.Errorf("screen: secret %s finds %q in %q", a.source.ID, f[hits[0].from:hits[0].to], text))
		}
	}
	return errs
}

// between returns what stands between the marks of an example.
func between(example string) string {
	_, rest, _ := strings.Cut(example, "〔")
	inner, _, _ := strings.Cut(rest, "〕")
	return inner
}
