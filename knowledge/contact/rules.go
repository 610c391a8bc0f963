package contact

import (
	"errors"
	"fmt"
	"maps"
	"regexp"

	"tixianbot/knowledge/calendar"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/pattern"
	"tixianbot/knowledge/read"
	"tixianbot/knowledge/when"
)

// Rules are one file of content. Several files are merged: lists are joined,
// maps united.
type Rules struct {
	Words    map[string]string `yaml:"words"`    // {name} in a pattern stands for this expression
	Channels []Way             `yaml:"channels"` // the ways to reach somebody, the surest first
	Rules    []Rule            `yaml:"rules"`    // what patterns mean
	Chat     Chat              `yaml:"chat"`     // in one file only
}

// A Way is a way to reach somebody.
type Way struct {
	ID    string   `yaml:"id"`
	Label string   `yaml:"label"` // what it is called, at most 16 characters
	Match []string `yaml:"match"`
	Hit   []string `yaml:"hit"`
	Miss  []string `yaml:"miss"`
}

// A Rule says what its patterns mean.
type Rule struct {
	Gives  Gives    `yaml:"gives"`
	Match  []string `yaml:"match"`
	Before string   `yaml:"before"` // what must not stand before the match, in its clause
	After  string   `yaml:"after"`  // what must not stand behind it, in its clause
	Not    string   `yaml:"not"`    // what the group must not be
	Wide   bool     `yaml:"wide"`   // of GivesNothing: the whole sentence tells no contact, not the clause alone
	Hit    []string `yaml:"hit"`    // examples; "text => what is found"
	Miss   []string `yaml:"miss"`   // texts in which nothing must be found
}

// Gives says what a match is.
type Gives string

// What a match can be. What it holds is its first group, or else all of it.
const (
	GivesTold    Gives = "told"    // a contact was had
	GivesNothing Gives = "nothing" // what its clause tells is none: a plan, a question, hearsay
	GivesSaid    Gives = "said"    // what they said begins with the first group, or behind the match
	GivesShown   Gives = "shown"   // the same of what a screen or a voice from tape said, which alone is no contact
	GivesBreak   Gives = "break"   // at the start of a clause: what they said has ended before it
	GivesPromise Gives = "promise" // the clause promises something
	GivesNot     Gives = "not"     // the clause promises nothing, whatever time it names
	GivesBare    Gives = "bare"    // the clause is no more than a length: it belongs to the one before it
	GivesHoliday Gives = "holiday" // the group ends in the name of a holiday, before which something is promised
	GivesLength  Gives = "length"  // working days: the group is their number, 1 if it is no number
	GivesAgent   Gives = "agent"   // the group is a number or a name; in the text with its times and sums
	GivesRole    Gives = "role"    // the same, if no other agent is found
	GivesTicket  Gives = "ticket"  // the group is a number of a ticket; in the text with its times and sums
	GivesAmount  Gives = "amount"  // the group is a sum in digits without its unit
	GivesNow     Gives = "now"     // the contact was just now
	GivesRefusal Gives = "refusal" // the clause refuses, or gives a reason
	GivesRequest Gives = "request" // the clause asks for something
)

// plain reports whether matches are looked for in the text with its times and sums.
func (g Gives) plain() bool { return g == GivesAgent || g == GivesRole || g == GivesTicket }

var allGives = []Gives{
	GivesTold, GivesNothing, GivesSaid, GivesShown, GivesBreak, GivesPromise, GivesNot, GivesBare, GivesHoliday, GivesLength, GivesAgent, GivesRole,
	GivesTicket, GivesAmount, GivesNow, GivesRefusal, GivesRequest,
}

// Reader is compiled Rules. It is never changed and is safe to share.
type Reader struct {
	fold     *normal.Table
	facts    *read.Reader
	times    *when.Grammar
	days     *calendar.Calendar
	holidays map[string]calendar.Word // by what people call them
	literals *pattern.Literals
	ways     []way
	rules    map[Gives][]rule
	chat     chat
}

type rule struct {
	Rule
	patterns           []pattern.Pattern
	before, after, not *regexp.Regexp
}

type way struct {
	Way
	rule
}

// Compile merges and compiles rules. fold folds texts, facts reads their times
// and sums, days counts working days. The error names the rule.
func Compile(fold *normal.Table, facts *read.Reader, days *calendar.Calendar, rules ...Rules) (*Reader, error) {
	r := &Reader{
		fold: fold, facts: facts, times: facts.Times(), days: days, holidays: days.Words(),
		literals: pattern.NewLiterals(), rules: map[Gives][]rule{},
	}
	words, all := map[string]string{}, Rules{}
	for _, file := range rules {
		maps.Copy(words, file.Words)
		all.Channels = append(all.Channels, file.Channels...)
		all.Rules = append(all.Rules, file.Rules...)
		if len(file.Chat.Me) > 0 {
			all.Chat = file.Chat
		}
	}
	x := pattern.Expander{Words: words, Runes: runes, Literals: r.literals}
	err := errors.Join(r.addWays(x, all.Channels), r.addRules(x, all.Rules))
	if err != nil {
		return nil, err
	}
	r.chat, err = compileChat(x, all.Chat)
	return r, err
}

func (r *Reader) addWays(x pattern.Expander, ways []Way) error {
	seen := map[string]bool{}
	for _, w := range ways {
		if w.ID == "" || w.Label == "" || seen[w.ID] {
			return fmt.Errorf("channel %q has no id of its own or no label", w.ID)
		}
		seen[w.ID] = true
		c, err := compile(x, Rule{Match: w.Match, Hit: w.Hit, Miss: w.Miss})
		if err != nil {
			return fmt.Errorf("channel %s: %w", w.ID, err)
		}
		r.ways = append(r.ways, way{w, c})
	}
	return nil
}

func (r *Reader) addRules(x pattern.Expander, rules []Rule) error {
	known := map[Gives]bool{}
	for _, g := range allGives {
		known[g] = true
	}
	for i, in := range rules {
		if !known[in.Gives] {
			return fmt.Errorf("rule %d: nothing is called %q", i+1, in.Gives)
		}
		c, err := compile(x, in)
		if err != nil {
			return fmt.Errorf("rule %d (%s): %w", i+1, in.Gives, err)
		}
		r.rules[in.Gives] = append(r.rules[in.Gives], c)
	}
	return nil
}

func compile(x pattern.Expander, in Rule) (rule, error) {
	c := rule{Rule: in}
	for _, m := range in.Match {
		p, err := x.Pattern(m)
		if err != nil {
			return c, err
		}
		c.patterns = append(c.patterns, p)
	}
	var errs [3]error
	c.before, errs[0] = x.Compile(in.Before)
	c.after, errs[1] = x.Compile(in.After)
	if in.Not != "" {
		c.not, errs[2] = x.Compile("^(?:" + in.Not + ")$")
	}
	return c, errors.Join(errs[:]...)
}

// Ways returns the ids of all channels, the surest first: the usual ones, such
// as plain support, come last.
func (r *Reader) Ways() []string {
	var ids []string
	for _, w := range r.ways {
		ids = append(ids, w.ID)
	}
	return ids
}

// Label returns what a channel is called, or "" if there is none with this id.
func (r *Reader) Label(id string) string {
	for _, w := range r.ways {
		if w.ID == id {
			return w.Label
		}
	}
	return ""
}
