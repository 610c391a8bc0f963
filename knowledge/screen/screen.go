// Package screen finds, in what a user wrote, danger to life, pasted secrets,
// fraud and requests to get round controls, and masks what must not be kept or
// shared.
//
// Words are content: [Rules] hold classes of words, the rules that raise a
// [Flag] and the rules that find a secret by the words around it, each with
// examples that [Screen.Check] runs. What a machine can tell without words,
// check digits and the form of keys, is code.
//
// All matching is done on text folded by package normal; every place that is
// reported is a place in the text as it was written.
//
// The invariant: a mask takes out what it found and nothing else. Every byte
// that is not part of a secret stays as it was, and masking what was masked
// changes nothing.
package screen

import (
	"fmt"
	"slices"
	"sync"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
)

// Flag is what screening found, by the ids of the taxonomy.
type Flag string

// The flags, most urgent first.
const (
	SelfHarm      Flag = "self_harm"
	SecretShared  Flag = "secret_shared"
	ScamRecovery  Flag = "scam_recovery"
	ScamPayFirst  Flag = "scam_pay_first"
	EvadeControls Flag = "evade_controls"
	None          Flag = "none"
)

var urgency = []Flag{SelfHarm, SecretShared, ScamRecovery, ScamPayFirst, EvadeControls}

// Rules are content: the files of screen/*.yaml, one Rules each.
type Rules struct {
	// Words are classes of words: regular expressions over folded text. A
	// pattern names a class as {class}; so may a class.
	Words map[string][]string `yaml:"words"`
	// Flags raise flags.
	Flags []Rule `yaml:"flags"`
	// Digits are the characters that spell the digits from 0 to 9, a string each.
	Digits []string `yaml:"digits"`
	// Secrets find secrets by the words around them.
	Secrets []Around `yaml:"secrets"`
	// Examples are texts that raise a flag, or "none": a text that no rule
	// knows gets the flag of those it is like.
	Examples map[Flag][]string `yaml:"examples"`
	// Ideas are lists of expressions that mean much the same, by a name: what
	// an example says with one of them it also says with the others.
	Ideas map[string][]string `yaml:"ideas"`
	// Doubt is how likely it must be that a text raises no flag for it to pass,
	// 0 to 1; the largest counts.
	Doubt float64 `yaml:"doubt"`
}

// A Rule raises a flag where one of its patterns is found and no guard objects.
type Rule struct {
	ID   string   `yaml:"id"`
	Flag Flag     `yaml:"flag"`
	Any  []string `yaml:"any"` // one of these must be found
	// With must all be found too, none farther than Within characters (30 if
	// it is 0) before or behind the first.
	With   []string `yaml:"with"`
	Within int      `yaml:"within"`
	// Not are guards: none may be found in the clauses that the match touches.
	Not []string `yaml:"not"`
	// NotBefore are guards that end where the match begins.
	NotBefore []string `yaml:"not_before"`
	// Unless are guards over the whole text.
	Unless []string `yaml:"unless"`
	// Known must all be so in the case.
	Known []Known `yaml:"known"`
	// Cues are weighed: with any of them, those found anywhere in the text,
	// each counted once, must add up to Least.
	Cues  []Cue   `yaml:"cues"`
	Least float64 `yaml:"least"`

	// Weight is how much a find counts against the examples that the text is
	// like: it multiplies the odds of the flag by e to this power. 0 stands for 2.
	Weight float64 `yaml:"weight"`

	Finds  []string `yaml:"finds"`  // examples that raise the flag
	Passes []string `yaml:"passes"` // examples that this rule leaves alone
}

// Cue is a pattern that speaks for a flag, or against it where Adds is negative.
type Cue struct {
	Is   string  `yaml:"is"`
	Adds float64 `yaml:"adds"`
}

// Known is a condition on a fact of the case: it has one of the values.
type Known struct {
	Fact fact.Name    `yaml:"fact"`
	Is   []fact.Value `yaml:"is"`
}

// Screen is compiled Rules. It is never changed and is safe to share.
type Screen struct {
	table   *normal.Table
	digits  digits
	lex     *lexicon
	flags   map[Flag][]rule
	secrets []around
	labels  labels
	like    func() *likeness // waits until it is fitted
	doubt   float64
}

// Compile merges rules and compiles them. It reports a pattern that is not
// one, a class that does not exist, a flag or kind nobody knows, and an id that
// stands twice.
func Compile(t *normal.Table, rules ...Rules) (*Screen, error) {
	words, err := merge(rules)
	if err != nil {
		return nil, err
	}
	c := &compiler{words: words, lex: newLexicon(), compiled: map[string]*pattern{}}
	s := &Screen{table: t, digits: digits{}, lex: c.lex, flags: map[Flag][]rule{}}
	if s.labels, err = c.labels(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, file := range rules {
		if err := s.add(c, file, seen); err != nil {
			return nil, err
		}
		if err := s.digits.add(file.Digits); err != nil {
			return nil, err
		}
		s.doubt = max(s.doubt, file.Doubt)
	}
	ideas, err := c.ideas(rules)
	if err != nil {
		return nil, err
	}
	s.like = sync.OnceValue(func() *likeness { return fit(s.examples(rules), ideas) })
	return s, nil
}

// examples returns the examples of all files, scanned: those of the flags, and
// those of the rules that need no case to raise one.
func (s *Screen) examples(rules []Rules) map[Flag][]*scan {
	scanned := map[Flag][]*scan{}
	add := func(flag Flag, texts []string) {
		for _, text := range texts {
			scanned[flag] = append(scanned[flag], s.lex.scan(s.fold(text).String()))
		}
	}
	for _, file := range rules {
		for _, flag := range append([]Flag{None}, urgency...) {
			add(flag, file.Examples[flag])
		}
		for _, r := range file.Flags {
			if len(r.Known) == 0 {
				add(r.Flag, r.Finds)
			}
		}
	}
	return scanned
}

func (s *Screen) add(c *compiler, file Rules, seen map[string]bool) error {
	for _, r := range file.Flags {
		if seen[r.ID] || r.ID == "" {
			return fmt.Errorf("screen: rule %q has no id of its own", r.ID)
		}
		seen[r.ID] = true
		compiled, err := c.rule(r)
		if err != nil {
			return fmt.Errorf("screen: rule %s: %w", r.ID, err)
		}
		s.flags[r.Flag] = append(s.flags[r.Flag], compiled)
	}
	for _, a := range file.Secrets {
		if seen[a.ID] || a.ID == "" {
			return fmt.Errorf("screen: secret %q has no id of its own", a.ID)
		}
		seen[a.ID] = true
		compiled, err := c.around(a)
		if err != nil {
			return fmt.Errorf("screen: secret %s: %w", a.ID, err)
		}
		s.secrets = append(s.secrets, compiled)
	}
	return nil
}

// Prepare learns from the examples, which takes a good part of a tenth of a
// second. Without it the first call of Flag does.
func (s *Screen) Prepare() { s.like() }

// Flag returns the flag that text raises, given what the case already knows,
// and the bytes of text that raise it. It returns None and an empty span when
// there is none. Of several the most urgent counts, where it is sure: a pasted
// secret, or a rule that rests on what the case knows. Otherwise the finds of
// the rules and the likeness to the examples are weighed together, and of flags
// that few words raise the likeliest counts.
func (s *Screen) Flag(text string, known fact.Facts) (Flag, [2]int) {
	folded := s.fold(text)
	in := s.lex.scan(folded.String())
	found := s.judge(in, known)
	if secrets := s.find(text, folded, in, false); len(secrets) > 0 && found.flag != SelfHarm {
		return SecretShared, [2]int{secrets[0].Start, secrets[0].End}
	}
	switch {
	case found.flag == None:
		return None, [2]int{}
	case found.from == found.to:
		return found.flag, [2]int{0, len(text)}
	}
	from, to := folded.Span(found.from, found.to)
	return found.flag, [2]int{from, to}
}

// fold returns text folded, and what is spelled out in digits.
func (s *Screen) fold(text string) normal.Text { return s.digits.spell(s.table.Fold(text)) }

// Check runs the examples of every rule and returns what is wrong: a rule
// without an example, an example that is not found, one that is found and
// should not be.
func (s *Screen) Check() []error {
	var errs []error
	for _, flag := range urgency {
		for i := range s.flags[flag] {
			errs = append(errs, s.flags[flag][i].check(s)...)
		}
	}
	for i := range s.secrets {
		errs = append(errs, s.secrets[i].check(s)...)
	}
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}
