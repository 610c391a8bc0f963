package letter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/normal/numeral"
	"tixianbot/knowledge/pattern"
)

// Checks are content: what the checker looks for. letters/check.yaml. All
// patterns are regular expressions over folded text (package normal); {name} in
// one stands for the entry of Words.
type Checks struct {
	Words    map[string]string   `yaml:"words"`
	Say      map[string]string   `yaml:"say"`          // the sentence for each finding of the code, by its id
	Rules    []Rule              `yaml:"rules"`        // phrases that no letter has, or only with a reason
	Dates    []string            `yaml:"dates"`        // groups y, m, mon, d; a lone year or month is one too
	Months   []string            `yaml:"months"`       // how English names begin, January first
	Relative map[int][]string    `yaml:"relative"`     // days that are counted from the day of the letter
	Clocks   []string            `yaml:"clocks"`       // groups h, min, half, part
	PM       string              `yaml:"pm"`           // parts of a day after noon
	Spans    map[string][]string `yaml:"spans"`        // units of lengths of time: hour, day, week, month, year
	Once     map[int][]string    `yaml:"once"`         // counts that are words: twice
	Times    string              `yaml:"times"`        // behind a number: so many tries or talks
	People   string              `yaml:"people"`       // behind a number: so many persons
	Harmless string              `yaml:"harmless"`     // behind a number: points, papers
	Ordinal  string              `yaml:"ordinal"`      // before a number: it only counts places
	Behind   string              `yaml:"label_behind"` // the same, behind it
	Label    string              `yaml:"label"`        // before a number: it is somebody's or something's
	Hotlines []string            `yaml:"hotlines"`     // numbers that everybody may name
	Currency map[string][]string `yaml:"currency"`     // how sums are written: words before or behind a number
	Weekdays string              `yaml:"weekdays"`     // days of the week, tomorrow, the end of the month
	Reported string              `yaml:"reported"`     // before such a day or a length of time: somebody said it
	Past     string              `yaml:"past"`         // a clause about time that has passed
	Limit    string              `yaml:"limit"`        // behind a length of time: it is a limit
	Limits   string              `yaml:"limits"`       // the same before it
	Tenths   string              `yaml:"tenths"`       // behind a sum: groups jiao and fen
	Tenth    string              `yaml:"loose_tenths"` // the same without a unit, where the sum had a loose one
	Loose    string              `yaml:"loose_unit"`   // the end of such a sum
	Numerals map[string]int      `yaml:"numerals"`     // English words
	Asking   string              `yaml:"asking"`       // a clause that asks for something
	Lawful   string              `yaml:"lawful"`       // a clause that names a lawful next step
	Told     string              `yaml:"told"`         // a clause that says what the other side said
	Tries    string              `yaml:"tries"`        // a clause about attempts
	Talks    string              `yaml:"talks"`        // a clause about talks
	Law      LawWords            `yaml:"law"`
	Quoting  string              `yaml:"quoting"`   // before quotation marks: what is between them was said or shown
	Statuses string              `yaml:"statuses"`  // between quotation marks: words that everybody uses
	Surname  string              `yaml:"surname"`   // stands for itself in Names
	Vowed    string              `yaml:"vowed"`     // before an outcome: somebody promised it
	Outcomes string              `yaml:"outcomes"`  // what somebody may be said to have promised
	Speech   string              `yaml:"speech"`    // that the other side said or admitted something: a group holds what
	Heard    string              `yaml:"heard"`     // what everybody is told
	Wished   string              `yaml:"wished"`    // before it: it is asked for, or not said at all
	Names    []string            `yaml:"names"`     // names of persons, group name, over the text as it is
	NotNames string              `yaml:"not_names"` // what looks like one
	English  []string            `yaml:"english"`   // words that English letters are full of
	Closing  string              `yaml:"closing"`   // last lines that need no full stop
	CutOff   string              `yaml:"cut_off"`   // ends that no finished letter has
	Markup   []string            `yaml:"markup"`    // signs of formatting, over the text as it is
	Greeting string              `yaml:"greeting"`  // how letters begin
	Preamble []string            `yaml:"preamble"`  // first lines that are no part of a letter
	Epilogue []string            `yaml:"epilogue"`  // last lines that are no part of a letter
	Thinking []string            `yaml:"thinking"`  // what is taken out wherever it stands, over the text as it is
	Unspoken []string            `yaml:"guards"`    // clauses in which a rule with Claims claims nothing
	Shortest int                 `yaml:"shortest"`  // characters that a whole letter has at least
	Deadline map[Lang]string     `yaml:"deadlines"` // how a day for the answer is named
}

// LawWords find laws in a text.
type LawWords struct {
	Articles []string          `yaml:"articles"` // groups name (may be empty) and nos
	Named    []string          `yaml:"named"`    // a law without its number: group name
	Papers   string            `yaml:"papers"`   // titles that are papers of a platform, not laws
	Generic  string            `yaml:"generic"`  // names that are no law's
	Document string            `yaml:"document"` // numbers of official documents
	English  map[string]string `yaml:"english"`  // English name, in small letters: Chinese title
}

// A Rule is a phrase that no letter has, or, with Unless, none without a reason.
type Rule struct {
	ID     string      `yaml:"id"`
	Degree Degree      `yaml:"degree"` // "": block
	Say    string      `yaml:"say"`    // a sentence for the user
	Any    []string    `yaml:"any"`
	Not    []string    `yaml:"not"`    // found in the sentence of the match: it is harmless
	Claims bool        `yaml:"claims"` // it states a fact: harmless in a question or a condition
	Unless []Condition `yaml:"unless"` // any of these in the case: it is true
	Only   []Condition `yaml:"only"`   // none of these in the case: it is harmless
	Apart  bool        `yaml:"apart"`  // words of the case in the match make it harmless
	Except []Kind      `yaml:"except"` // kinds of letters that may say it
	Finds  []string    `yaml:"finds"`  // examples
	Passes []string    `yaml:"passes"` // examples that are left alone
}

// A Condition is on a fact: that it has one of the values, or, without any,
// that it is known. The names contacts and promise count what was talked.
type Condition struct {
	Fact fact.Name `yaml:"fact"`
	Is   []string  `yaml:"is"`
	More int       `yaml:"more"` // of a count: at least so many
}

// checks are compiled Checks.
type checks struct {
	Checks
	rules    []rule
	literals *pattern.Literals // that the patterns of rules need
	dates    []*regexp.Regexp
	clocks   []*regexp.Regexp
	markup   []*regexp.Regexp
	pre, epi *regexp.Regexp
	thinking *regexp.Regexp
	names    []*regexp.Regexp
	guard    *regexp.Regexp
	articles []*regexp.Regexp
	named    []*regexp.Regexp
	one      map[string]*regexp.Regexp // the single patterns, by name
	relative map[int]*regexp.Regexp
	once     map[int]*regexp.Regexp
	spans    []spanUnit
	money    []coin
	numbers  *numeral.Reader
	laws     map[string]map[int]bool // title → its articles
	lawText  string
	rivals   []string
}

type rule struct {
	Rule
	any []pattern.Pattern
	not *regexp.Regexp
}

// spanUnit is a unit of a length of time.
type spanUnit struct {
	unit string
	re   *regexp.Regexp
}

// coin is how a currency is written.
type coin struct {
	code          string
	before, after *regexp.Regexp
}

// expander fills the named words into patterns and remembers the first error.
type expander struct {
	words map[string]string
	err   error
}

func (x *expander) re(pattern string) *regexp.Regexp {
	for range 3 {
		for name, w := range x.words {
			pattern = strings.ReplaceAll(pattern, "{"+name+"}", "(?:"+w+")")
		}
	}
	re, err := regexp.Compile(pattern)
	if err != nil && x.err == nil {
		x.err = fmt.Errorf("pattern %q: %w", pattern, err)
	}
	return re
}

func (x *expander) union(list []string) *regexp.Regexp {
	if len(list) == 0 {
		return nil
	}
	return x.re("(?:" + strings.Join(list, "|") + ")")
}

// patterns returns patterns that are only tried on texts with what they need.
func (x *expander) patterns(list []string, literals *pattern.Literals) []pattern.Pattern {
	var out []pattern.Pattern
	for _, text := range list {
		re := x.re(text)
		if re == nil {
			break // x knows why
		}
		p, err := pattern.Expander{Literals: literals}.Pattern(re.String())
		if err != nil && x.err == nil {
			x.err = fmt.Errorf("pattern %q: %w", text, err)
		}
		out = append(out, p)
	}
	return out
}

func (x *expander) all(list []string) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, p := range list {
		out = append(out, x.re(p))
	}
	return out
}

func compileChecks(t *normal.Table, c Checks, src Sources) (checks, error) {
	x := &expander{words: map[string]string{"surname": c.Surname}}
	maps.Copy(x.words, c.Words)
	out := checks{Checks: c, literals: pattern.NewLiterals(), one: map[string]*regexp.Regexp{}, relative: map[int]*regexp.Regexp{}, once: map[int]*regexp.Regexp{}}
	out.dates, out.clocks, out.markup = x.all(c.Dates), x.all(c.Clocks), x.all(c.Markup)
	out.pre, out.epi, out.thinking, out.guard = x.union(c.Preamble), x.union(c.Epilogue), x.union(c.Thinking), x.union(c.Unspoken)
	out.names = x.all(c.Names)
	out.articles, out.named = x.all(c.Law.Articles), x.all(c.Law.Named)
	for name, p := range map[string]string{
		"pm": c.PM, "asking": c.Asking, "lawful": c.Lawful, "told": c.Told, "tries": c.Tries, "talks": c.Talks,
		"closing": c.Closing, "greeting": c.Greeting, "cut_off": c.CutOff, "papers": c.Law.Papers, "generic": c.Law.Generic, "document": c.Law.Document,
		"times": "^ ?" + c.Times, "people": "^ ?" + c.People, "harmless": "^ ?" + c.Harmless,
		"vowed": c.Vowed, "speech": c.Speech, "heard": c.Heard, "wished": c.Wished, "outcomes": c.Outcomes, "quoting": c.Quoting, "statuses": c.Statuses, "not_names": c.NotNames,
		"weekdays": c.Weekdays, "reported": c.Reported, "past": c.Past, "limit": c.Limit, "limits": c.Limits + "$", "tenths": c.Tenths, "loose_tenths": c.Tenth, "loose_unit": c.Loose + "$",
		"label_behind": c.Behind, "ordinal": c.Ordinal + "$", "label": c.Label + "$", "deadline_zh": c.Deadline[Chinese], "deadline_en": c.Deadline[English],
	} {
		out.one[name] = x.re(p)
	}
	for n, list := range c.Relative {
		out.relative[n] = x.union(list)
	}
	for n, list := range c.Once {
		out.once[n] = x.union(list)
	}
	out.units(x)
	for _, r := range c.Rules {
		out.rules = append(out.rules, rule{Rule: r, any: x.patterns(r.Any, out.literals), not: x.union(r.Not)})
	}
	if err := out.complete(); err != nil {
		return out, err
	}
	out.laws, out.lawText = lawsIn(src.Laws), strings.Join(src.Laws, "\n")
	out.rivals = src.Platforms
	var err error
	if out.numbers, err = numeral.New(src.Numbers); err != nil {
		return out, err
	}
	return out, x.err
}

// units compiles the units of time and money, the longest names first.
func (c *checks) units(x *expander) {
	for _, unit := range []string{"hour", "day", "week", "month", "year"} {
		c.spans = append(c.spans, spanUnit{unit, x.re("^[ -]?(?:" + strings.Join(c.Spans[unit], "|") + ")")})
	}
	for code, list := range c.Currency {
		either := "(?:" + strings.Join(list, "|") + ")"
		c.money = append(c.money, coin{code, x.re(either + " ?$"), x.re("^ ?" + either)})
	}
	slices.SortFunc(c.money, func(a, b coin) int { return strings.Compare(a.code, b.code) })
}

// complete reports a finding without a sentence and an id that stands twice.
func (c *checks) complete() error {
	for _, id := range findingIDs {
		if c.Say[id] == "" {
			return fmt.Errorf("check: say: no sentence for %q", id)
		}
	}
	seen := map[string]bool{}
	for _, r := range c.rules {
		if r.ID == "" || seen[r.ID] || r.Say == "" || len(r.any) == 0 {
			return fmt.Errorf("check: rule %q needs an id of its own, a sentence and a pattern", r.ID)
		}
		seen[r.ID] = true
	}
	return nil
}

// Sentences returns what is said about each finding, by its id.
func (b *Book) Sentences() map[string]string {
	out := maps.Clone(b.checks.Say)
	for _, r := range b.checks.rules {
		out[r.ID] = r.Say
	}
	return out
}

// CheckRules runs the examples of the rules and returns what is wrong.
func (b *Book) CheckRules() []error {
	var errs []error
	for _, r := range b.checks.rules {
		r.Only = nil
		if len(r.Finds) == 0 {
			errs = append(errs, fmt.Errorf("rule %s has no example", r.ID))
		}
		for _, text := range r.Finds {
			if len(b.reading(text, Order{}, Case{}).rule(r)) == 0 {
				errs = append(errs, fmt.Errorf("rule %s does not find %q", r.ID, text))
			}
		}
		for _, text := range r.Passes {
			if len(b.reading(text, Order{}, Case{}).rule(r)) > 0 {
				errs = append(errs, fmt.Errorf("rule %s finds %q", r.ID, text))
			}
		}
	}
	return errs
}
