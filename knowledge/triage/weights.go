package triage

import "tixianbot/knowledge/fact"

// Weights is the content behind a [Model]: triage.yaml. Wherever it says how
// usual something is, it uses one of the words it defines in Words.
type Weights struct {
	Words     map[string]float64 `yaml:"words"`     // how usual a word means, of a hundred
	Strengths map[string]float64 `yaml:"strengths"` // how many times likelier a phrase makes a cause
	Stop      Stop               `yaml:"stop"`
	Denials   Denials            `yaml:"denials"`
	Facts     []FactWeights      `yaml:"facts"`
	Causes    []CauseWeights     `yaml:"causes"`
	Cues      []CueWeights       `yaml:"cues"`
	Voices    Voices             `yaml:"voices"`
}

// Stop says when there is nothing worth asking any more. Model.Next has the rule.
type Stop struct {
	Enough  float64 `yaml:"enough"`  // probability of the first cause that settles it
	Doubted float64 `yaml:"doubted"` // the same while a cue says that the user only guesses
	Gain    float64 `yaml:"gain"`    // least worth of a question, in bits
	Lead    float64 `yaml:"lead"`    // bits that a certainly better first cause is worth
	Most    int     `yaml:"most"`    // questions after which it stops in any case
}

// Denials are the words that take a phrase back: it is denied, or only supposed.
type Denials struct {
	Words    []string `yaml:"words"`    // right before it: 没有, 不是
	Except   []string `yaml:"except"`   // 不得不: ends like a denial and is none
	Supposed []string `yaml:"supposed"` // up to 6 characters before it, in the same clause: 怀疑
}

// FactWeights says how usual each answer to the question for a fact is among
// people whose cause has nothing to do with it.
type FactWeights struct {
	Fact fact.Name `yaml:"fact"`
	Cost float64   `yaml:"cost"` // what asking costs, in bits: a tap little, typing more; less than nothing where not knowing is a danger
	// Slips is how many of a hundred answer as anybody would, whatever their
	// cause: they misread the screen, or do not know better.
	Slips float64 `yaml:"slips"`
	// Base gives each outcome its share of a hundred people: the values of an
	// enum, the bands of a number or a time, and "unsure". Of a set, "none" and
	// "unsure" have shares of a hundred, and each member its share among those
	// who name at least one.
	Base map[string]float64 `yaml:"base"`
}

// CauseWeights says how usual a cause is and what differs under it.
type CauseWeights struct {
	ID    string  `yaml:"id"`
	Prior float64 `yaml:"prior"` // how many cases have this cause, in any unit
	// Facts has for FACT.OUTCOME the word that says how usual it is under this
	// cause. The other outcomes of that fact share what is left as in the base.
	Facts map[string]string `yaml:"facts"`
	// Before are facts that are asked before this cause counts as settled.
	Before []fact.Name `yaml:"before"`
}

// CueWeights is a phrase that points to causes by itself.
type CueWeights struct {
	ID    string            `yaml:"id"`
	Says  []string          `yaml:"says"`  // patterns, any of which is enough; see Phrase
	For   map[string]string `yaml:"for"`   // cause to strength
	Doubt bool              `yaml:"doubt"` // the user only guesses: be slower to settle
	Yes   []string          `yaml:"yes"`   // examples that must match
	No    []string          `yaml:"no"`    // examples that must not
}
