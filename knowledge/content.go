package knowledge

import (
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

// A Guide says what to do about one cause of a failed withdrawal, or about one
// danger. One file each: causes/ID.yaml and branches/ID.yaml.
type Guide struct {
	ID      string   `yaml:"id"`      // the file's name without its ending
	Name    string   `yaml:"name"`    // how an answer calls it, at most 20 characters
	Short   string   `yaml:"short"`   // for a button, at most 10 characters
	Means   string   `yaml:"means"`   // what it means, at most three short sentences
	Tell    []string `yaml:"tell"`    // how the user can tell that it is this and not another
	Do      []Step   `yaml:"do"`      // what to do now, in order, to be ticked
	Dont    []string `yaml:"dont"`    // what not to do
	Keep    []string `yaml:"keep"`    // what to keep as evidence
	Wait    string   `yaml:"wait"`    // how long, or that nobody can say
	Next    string   `yaml:"next"`    // when and to whom to go next
	See     []string `yaml:"see"`     // ids of articles that help further
	Sources []string `yaml:"sources"` // ids of sources (T-9) and of advice rows (adv-017)
}

// A Step is one action of a checklist.
type Step struct {
	ID   string `yaml:"id"`   // stable, unique within its guide: [a-z_]{2,20}
	Text string `yaml:"text"` // one action, one sentence, or two short ones
}

// A Question asks one fact. All of them stand in questions.yaml.
type Question struct {
	Fact    fact.Name `yaml:"fact"`
	Ask     string    `yaml:"ask"`     // the question
	Why     string    `yaml:"why"`     // one line: why it is asked
	Hint    string    `yaml:"hint"`    // how to answer in words, with an example
	Options []Option  `yaml:"options"` // buttons; of a set, several may be picked
	Phase   Phase     `yaml:"phase"`
	When    []Needs   `yaml:"when"` // asked only if one of these holds; none: always
}

// An Option is a button that answers a question.
type Option struct {
	Value fact.Value `yaml:"value"` // of an instant: an age such as "0h", "24h"
	Label string     `yaml:"label"` // at most 16 characters
}

// Phase says for what a question is asked.
type Phase string

// The phases.
const (
	ForCause Phase = "cause" // it may change what is most likely
	ForFraud Phase = "fraud" // it changes how urgent a fraud is
	ForRoute Phase = "route" // only the route or a letter needs it
)

// Needs is a condition on a fact: it is known and has one of the values, or,
// of a set, one of the members.
type Needs struct {
	Fact fact.Name    `yaml:"fact"`
	Is   []fact.Value `yaml:"is"`
}

// An Article answers a question about one topic: articles/ID.md, a header
// between two lines "---" and the text in markup behind it.
type Article struct {
	ID      string   `yaml:"id"`
	Title   string   `yaml:"title"`   // at most 20 characters
	Asked   []string `yaml:"asked"`   // how people ask for it; for the search
	Sources []string `yaml:"sources"` // as in Guide
	Text    string   `yaml:"-"`       // at most 900 characters
}

// A Source is what a claim rests on: a law, a rule, an official page, or our
// own checking. All of them stand in sources.yaml, by the ids of the fact sheet.
type Source struct {
	ID          string `yaml:"id"`
	Title       string `yaml:"title"`        // what the user sees, such as 《反洗钱法》第39条
	Checked     string `yaml:"checked"`      // date, 2006-01-02
	ReviewEvery int    `yaml:"review_every"` // days until it must be checked again
	Confidence  string `yaml:"confidence"`   // high or medium; low is not shipped
	Own         bool   `yaml:"own"`          // a rule that the bot gave itself: nothing to look up, not shown
}

// A Body is an authority or association that takes complaints or reports: bodies.yaml.
type Body struct {
	ID      string `yaml:"id"`
	Name    string `yaml:"name"`
	Reach   string `yaml:"reach"` // number or address as the user needs it
	Takes   string `yaml:"takes"` // one line
	Refuses string `yaml:"refuses"`
	For     string `yaml:"for"` // who is sent there, of a body that stands in no route

	Letter  map[letter.Lang]string `yaml:"letter"` // how a complaint addresses it, by language; empty: it takes none
	Clocks  []string               `yaml:"clocks"` // ids of the clocks that run there
	Sources []string               `yaml:"sources"`
}

// A Route says where to go outside the platform, in order: routes.yaml.
// The first route whose kinds and roles fit counts.
type Route struct {
	ID      string       `yaml:"id"`
	Kinds   []fact.Value `yaml:"kinds"` // platform kinds; empty: any
	Roles   []fact.Value `yaml:"roles"` // roles; empty: any
	Steps   []RouteStep  `yaml:"steps"`
	Note    string       `yaml:"note"`
	Clocks  []string     `yaml:"clocks"` // clocks of the way itself, beside those of its bodies
	Sources []string     `yaml:"sources"`
}

// A RouteStep is one body, in its turn, with what to say or ask there.
type RouteStep struct {
	Body string `yaml:"body"` // id of a Body; "" for the platform itself
	Text string `yaml:"text"` // one line
}

// A Rung is a stage of the escalation ladder: ladder.yaml, in order.
type Rung struct {
	Stage   string   `yaml:"stage"`
	Name    string   `yaml:"name"`  // at most 8 characters
	Do      string   `yaml:"do"`    // what one does on this rung
	Until   string   `yaml:"until"` // when the next rung is due, or that nobody can say
	Alone   string   `yaml:"alone"` // what makes the rung be refused when it runs beside another
	Waits   []Wait   `yaml:"waits"` // the period to wait for on this rung; the first that fits counts
	Clocks  []string `yaml:"clocks"`
	Sources []string `yaml:"sources"`
}

// A Wait is the period within which the other side must answer on a rung. It
// is counted from when the user came to that rung.
type Wait struct {
	Clock string       `yaml:"clock"` // id of a clock that runs forward
	Kinds []fact.Value `yaml:"kinds"` // platform kinds; empty: any
}

// Labels are the words for the names and values of facts: labels.yaml.
type Labels struct {
	Facts  map[fact.Name]string                `yaml:"facts"`  // 状态
	Values map[fact.Name]map[fact.Value]string `yaml:"values"` // status: {reviewing: 审核中}
	Caveat string                              `yaml:"caveat"` // the words that send the user to the official page where we are not certain
}

// Forbidden is a phrase that the bot never says, or only under a condition: forbidden.yaml.
type Forbidden struct {
	Phrase string   `yaml:"phrase"` // a regular expression
	Rule   string   `yaml:"rule"`   // never, quoted (only within 「」), not_near, or voice (not in the bot's own sentences, but in letters)
	Near   []string `yaml:"near"`   // of not_near: not within 20 characters of one of these
	Why    string   `yaml:"why"`
	Bad    string   `yaml:"bad"`  // an example that the rule finds
	Good   string   `yaml:"good"` // an example that it lets pass
}
