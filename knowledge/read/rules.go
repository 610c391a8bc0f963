// Package read finds facts in what a user wrote: amounts, times, what the
// screen shows, what was changed lately, whether money was demanded.
//
// A text is folded (package normal). Then what has a value of its own (times,
// sums of money, counts, codes, names of platforms) is replaced by one
// character each, and rules match regular expressions over what is left. The
// rules, their words and the guards that keep a negation, a question, an "if"
// or another person's case from being taken for a fact are content; only the
// engine is code.
//
// Its one invariant: a fact that is read was said. A rule that is not sure sets
// nothing, each rule carries an example that [Reader.Check] runs, and every
// [Found] names the bytes of the user's text that it rests on.
package read

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/normal/numeral"
	"tixianbot/knowledge/pattern"
	"tixianbot/knowledge/when"
)

// Rules are one file of content. Several files are merged: lists are joined,
// maps united.
type Rules struct {
	Numbers   numeral.Rules         `yaml:"numbers"`   // in one file only
	Times     when.Rules            `yaml:"times"`     // in one file only
	Money     Money                 `yaml:"money"`     // in one file only
	Words     map[string]string     `yaml:"words"`     // {name} in a pattern stands for this expression
	Terms     map[string][]string   `yaml:"terms"`     // words that become one character, {name} in patterns
	Platforms map[fact.Value]string `yaml:"platforms"` // household names between spaces, by kind
	Guards    []Guard               `yaml:"guards"`
	Seen      []fact.Name           `yaml:"seen"` // facts that may be read inside a quotation
	Last      []fact.Name           `yaml:"last"` // of equal rules the last one counts, not the first
	Oops      string                `yaml:"oops"` // expression of a self-correction
	Rules     []Rule                `yaml:"rules"`
}

// Money is how sums are written.
type Money struct {
	Units    map[string][]string `yaml:"units"`    // CNY: [元, 块]
	Prefixes map[string][]string `yaml:"prefixes"` // USD: [$]
	Coins    []string            `yaml:"coins"`    // behind which a digit is a tenth: 9块8
	Myriad   []string            `yaml:"myriad"`   // powers that are money words by themselves: 万
	Between  []string            `yaml:"between"`  // between number and unit: 个
	Adverbs  []string            `yaml:"adverbs"`  // no sums: 一块
	Measures []string            `yaml:"measures"` // behind a number that is no sum: 笔
	Counts   []string            `yaml:"counts"`   // 次
	Ordinal  []string            `yaml:"ordinal"`  // 第
	Crypto   []string            `yaml:"crypto"`   // the currencies that are coins of a chain
}

// A Guard keeps rules from matching in a context.
type Guard struct {
	ID     string `yaml:"id"`
	Before string `yaml:"before"` // expression found before the match
	Reset  string `yaml:"reset"`  // expression between it and the match that lifts it
	After  string `yaml:"after"`  // expression found behind the match, within the clause
	Inside string `yaml:"inside"` // expression found in the match
	Wide   bool   `yaml:"wide"`   // look back to the start of the sentence, not of the clause

	Only []string `yaml:"only"` // the facts, or fact=value, that it guards; none: all
}

// A Rule says what a pattern means.
type Rule struct {
	Set      map[fact.Name]fact.Value `yaml:"set"`      // facts with fixed values
	Take     map[fact.Name]Take       `yaml:"take"`     // facts whose value is in the match
	Spend    []Take                   `yaml:"spend"`    // values that other rules must leave alone
	Match    []string                 `yaml:"match"`    // expressions over the masked text
	Priority int                      `yaml:"priority"` // higher wins; 0 is usual
	Except   []string                 `yaml:"except"`   // ids of guards that do not apply
	Ratio    []float64                `yaml:"ratio"`    // least and most of the last sum in the match to the first; empty: any
	Answer   bool                     `yaml:"answer"`   // only for an answer to the question about the fact
	Hit      []string                 `yaml:"hit"`      // examples; "text => value" for Take
	Miss     []string                 `yaml:"miss"`     // texts that must not give the fact (this value)
}

// Take names a kind of value in a match: of the first group, or of the whole.
type Take string

// The kinds of values.
const (
	TakeMoney    Take = "money"    // a sum or a bare number
	TakePast     Take = "past"     // a moment, the last one that it can mean
	TakeFuture   Take = "future"   // a moment, the next one that it can mean
	TakeCount    Take = "count"    // a number of times
	TakeMore     Take = "more"     // a number of times that is added, 1 if none is said
	TakePlatform Take = "platform" // a household name
	TakeText     Take = "text"     // the text of the group, as written
)

// Found is a fact that was read.
type Found struct {
	Name       fact.Name
	Value      fact.Value
	Start, End int  // bytes of the original text that say so
	Approx     bool // a rough value: 两千多, a day without a time
}

// Reader is compiled Rules. It is never changed and is safe to share.
type Reader struct {
	fold     *normal.Table
	times    *when.Grammar
	masks    *masker
	literals *pattern.Literals
	rules    []rule
	answers  map[fact.Name][]rule
	guards   []guard
	seen     map[fact.Name]bool
	last     map[fact.Name]bool
	oops     *regexp.Regexp
}

type rule struct {
	Rule
	id       int
	patterns []pattern.Pattern
	guards   []guard
}

type guard struct {
	id                           string
	before, after, reset, inside *regexp.Regexp
	wide                         bool
	only                         []string
}

// Compile merges and compiles rules; t folds the texts.
func Compile(t *normal.Table, rules ...Rules) (*Reader, error) {
	all := merge(rules)
	numbers, err := numeral.New(all.Numbers)
	if err != nil {
		return nil, err
	}
	times, err := when.Compile(all.Times, numbers)
	if err != nil {
		return nil, err
	}
	r := &Reader{fold: t, times: times, answers: map[fact.Name][]rule{}, seen: set(all.Seen), last: set(all.Last)}
	if r.masks, err = newMasker(all, numbers, times); err != nil {
		return nil, err
	}
	r.literals = pattern.NewLiterals()
	x := pattern.Expander{Words: all.Words, Runes: r.masks.names, Literals: r.literals}
	if r.oops, err = x.Compile(all.Oops); err != nil {
		return nil, fmt.Errorf("oops: %w", err)
	}
	if err := r.addGuards(x, all.Guards); err != nil {
		return nil, err
	}
	return r, r.addRules(x, all.Rules)
}

// Times returns the grammar of times that r was compiled with.
func (r *Reader) Times() *when.Grammar { return r.times }

func set(names []fact.Name) map[fact.Name]bool {
	m := map[fact.Name]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

func merge(files []Rules) Rules {
	all := Rules{Words: map[string]string{}, Terms: map[string][]string{}, Platforms: map[fact.Value]string{}}
	for _, f := range files {
		if f.Numbers.Digits != nil {
			all.Numbers = f.Numbers
		}
		if f.Times.Days != nil {
			all.Times = f.Times
		}
		if f.Money.Units != nil {
			all.Money = f.Money
		}
		if f.Oops != "" {
			all.Oops = f.Oops
		}
		for k, v := range f.Words {
			all.Words[k] = v
		}
		for k, v := range f.Terms {
			all.Terms[k] = append(all.Terms[k], v...)
		}
		for k, v := range f.Platforms {
			all.Platforms[k] += " " + v
		}
		all.Guards = append(all.Guards, f.Guards...)
		all.Seen = append(all.Seen, f.Seen...)
		all.Last = append(all.Last, f.Last...)
		all.Rules = append(all.Rules, f.Rules...)
	}
	return all
}

func (r *Reader) addGuards(x pattern.Expander, guards []Guard) error {
	for _, g := range guards {
		c := guard{id: g.ID, wide: g.Wide, only: g.Only}
		var errs [4]error
		c.before, errs[0] = x.Compile(g.Before)
		c.reset, errs[1] = x.Compile(g.Reset)
		c.after, errs[2] = x.Compile(g.After)
		c.inside, errs[3] = x.Compile(g.Inside)
		if err := errors.Join(errs[:]...); err != nil {
			return fmt.Errorf("guard %s: %w", g.ID, err)
		}
		r.guards = append(r.guards, c)
	}
	return nil
}

func (r *Reader) addRules(x pattern.Expander, rules []Rule) error {
	for i, in := range rules {
		c, err := r.compile(x, in)
		if err != nil {
			return fmt.Errorf("rule %d (%s): %w", i+1, in.name(), err)
		}
		c.id = i
		if !in.Answer {
			r.rules = append(r.rules, c)
			continue
		}
		for name := range in.Set {
			r.answers[name] = append(r.answers[name], c)
		}
		for name := range in.Take {
			r.answers[name] = append(r.answers[name], c)
		}
	}
	sort.SliceStable(r.rules, func(i, j int) bool { return r.rules[i].Priority > r.rules[j].Priority })
	return nil
}

func (r *Reader) compile(x pattern.Expander, in Rule) (rule, error) {
	c := rule{Rule: in}
	for name, v := range in.Set {
		spec, ok := fact.Lookup(name)
		if !ok {
			return c, fmt.Errorf("no fact %q", name)
		}
		if got, err := spec.Parse(string(v)); err != nil || got != v {
			return c, fmt.Errorf("fact %s takes no value %q", name, v)
		}
	}
	for name := range in.Take {
		if _, ok := fact.Lookup(name); !ok {
			return c, fmt.Errorf("no fact %q", name)
		}
	}
	if n := len(in.Ratio); n != 0 && (n != 2 || in.Ratio[0] < 0 || in.Ratio[0] > in.Ratio[1]) {
		return c, fmt.Errorf("ratio %v: want the least and the most", in.Ratio)
	}
	for _, m := range in.Match {
		p, err := x.Pattern(m)
		if err != nil {
			return c, err
		}
		c.patterns = append(c.patterns, p)
	}
	if len(in.Set) == 0 && len(in.Take) == 0 {
		return c, nil // what only puts values aside needs no guard
	}
	var err error
	c.guards, err = r.guardsFor(in)
	return c, err
}

func (r *Reader) guardsFor(in Rule) ([]guard, error) {
	left := map[string]bool{}
	for _, id := range in.Except {
		left[id] = true
	}
	var kept []guard
	for _, g := range r.guards {
		if left[g.id] || left["all"] {
			delete(left, g.id)
			continue
		}
		if g.guards(in) {
			kept = append(kept, g)
		}
	}
	delete(left, "all")
	for id := range left {
		return nil, fmt.Errorf("no guard %q", id)
	}
	return kept, nil
}

// guards reports whether g guards a fact of r.
func (g guard) guards(r Rule) bool {
	if len(g.only) == 0 {
		return true
	}
	for name, v := range r.Set {
		if slices.Contains(g.only, string(name)) || slices.Contains(g.only, string(name)+"="+string(v)) {
			return true
		}
	}
	for name := range r.Take {
		if slices.Contains(g.only, string(name)) {
			return true
		}
	}
	return false
}

// name calls a rule by the facts that it sets.
func (r Rule) name() string {
	var names []string
	for n, v := range r.Set {
		names = append(names, string(n)+"="+string(v))
	}
	for n := range r.Take {
		names = append(names, string(n))
	}
	for _, t := range r.Spend {
		names = append(names, "spend "+string(t))
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// exampleNow is when the examples of the rules are read: a Monday.
var exampleNow = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 8*3600))
