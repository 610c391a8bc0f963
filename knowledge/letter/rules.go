package letter

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/normal/numeral"
	"tixianbot/knowledge/screen"
)

// A Form is content: one kind of letter. One file each: letters/KIND.yaml.
type Form struct {
	ID      Kind           `yaml:"id"`      // the file's name without its ending
	Name    string         `yaml:"name"`    // how the bot calls it
	Use     string         `yaml:"use"`     // one line for the user: what it is for
	To      string         `yaml:"to"`      // who receives it
	Stages  []string       `yaml:"stages"`  // the stages of a case that it fits
	Moves   string         `yaml:"moves"`   // the stage of a case that has sent it, at least; "": as before
	Days    int            `yaml:"days"`    // after how many days an answer is asked for
	Keeps   []fact.Name    `yaml:"keeps"`   // sums that a letter of this kind must name
	Longest map[Lang]int   `yaml:"longest"` // in characters, title and body
	Needs   []Need         `yaml:"needs"`   // what a strong letter has
	Texts   map[Lang]Draft `yaml:"texts"`
	Sources []string       `yaml:"sources"` // of the laws it names
}

// A Need is something that a strong letter has: a fact, a kind of evidence or,
// with contacts, at least one talk with the platform.
type Need struct {
	Fact     fact.Name  `yaml:"fact"`
	Evidence string     `yaml:"evidence"`
	Contacts bool       `yaml:"contacts"`
	Only     fact.Value `yaml:"only"` // of which account: personal or business; "": both
	Say      string     `yaml:"say"`  // what is missing and why it counts, one sentence
}

// A Draft is the text of a letter in one language, as a template.
type Draft struct {
	Title string `yaml:"title"`
	Body  string `yaml:"body"`
}

// Words are content: what goes into the slots, by language. letters/words.yaml.
type Words map[Lang]Tongue

// A Tongue is how one language writes things.
type Tongue struct {
	Day      string                              `yaml:"day"`      // a date, as Go writes Monday, 2 January 2006
	Moment   string                              `yaml:"moment"`   // a date with a clock time
	About    string                              `yaml:"about"`    // a rough time {x}
	Blank    string                              `yaml:"blank"`    // a blank that asks for {x}
	Other    string                              `yaml:"other"`    // what a slot without an entry in Blanks asks for
	Blanks   map[string]string                   `yaml:"blanks"`   // what to fill in, by slot
	Money    map[string]string                   `yaml:"money"`    // a sum {n} by currency; other: any, {c}; none: unknown currency
	List     string                              `yaml:"list"`     // between the members of a set
	AgentNo  string                              `yaml:"agent_no"` // an agent known by a number {x}
	AgentAs  string                              `yaml:"agent_as"` // an agent known by a name {x}
	Agent    []string                            `yaml:"agent"`    // names that say by themselves that it is an agent
	Nobody   []string                            `yaml:"nobody"`   // names that are none
	Evidence map[string]string                   `yaml:"evidence"` // what a kind of evidence is called
	Values   map[fact.Name]map[fact.Value]string `yaml:"values"`   // what a value is called; "": not said
	Parts    map[string]string                   `yaml:"parts"`    // slots made of others, as templates
	Brief    string                              `yaml:"brief"`    // what a language model is told
	Again    string                              `yaml:"again"`    // before the findings against its first try
}

// Book is compiled content. It is never changed and is safe to share.
type Book struct {
	fold    *normal.Table
	screen  *screen.Screen
	forms   map[Kind]form
	tongues map[Lang]tongue
	checks  checks
	pairs   map[pair]bool // that letters are known to have
}

type form struct {
	Form
	title, body map[Lang]template
}

type tongue struct {
	Tongue
	parts map[string]template
	blank *regexp.Regexp // finds blanks, with what they ask for

	agentWord, nobody *regexp.Regexp
}

// Sources are what the letters rest on, beside their own content.
type Sources struct {
	Laws      []string // texts that name laws in 《》 and their articles
	Platforms []string // names of well-known platforms, in folded writing
	Voices    []string // clauses of good letters
	Numbers   numeral.Rules
}

// Compile checks and compiles the content of the letters. It reports a kind or
// a language that is missing, a template that is none, a slot nobody fills, and
// a pattern that is no regular expression.
func Compile(t *normal.Table, s *screen.Screen, src Sources, words Words, check Checks, forms ...Form) (*Book, error) {
	b := &Book{fold: t, screen: s, forms: map[Kind]form{}, tongues: map[Lang]tongue{}, pairs: map[pair]bool{}}
	for _, lang := range []Lang{Chinese, English} {
		w, ok := words[lang]
		if !ok {
			return nil, fmt.Errorf("letters: no words of the language %q", lang)
		}
		if err := b.addTongue(lang, w); err != nil {
			return nil, err
		}
	}
	for _, f := range forms {
		if err := b.addForm(f); err != nil {
			return nil, fmt.Errorf("letters: %s: %w", f.ID, err)
		}
	}
	for _, kind := range Kinds {
		if _, ok := b.forms[kind]; !ok {
			return nil, fmt.Errorf("letters: no letter of the kind %s", kind)
		}
	}
	for _, voice := range src.Voices {
		b.learn(voice)
	}
	var err error
	if b.checks, err = compileChecks(t, check, src); err != nil {
		return nil, fmt.Errorf("letters: %w", err)
	}
	return b, nil
}

func (b *Book) addTongue(lang Lang, w Tongue) error {
	open, end, ok := strings.Cut(w.Blank, "{x}")
	if !ok || open == "" || end == "" {
		return fmt.Errorf("letters: %s: a blank is written around {x}", lang)
	}
	t := tongue{Tongue: w, parts: map[string]template{}}
	t.blank = regexp.MustCompile(regexp.QuoteMeta(open) + "(.*?)" + regexp.QuoteMeta(end))
	for name, text := range w.Parts {
		p, err := parse(text)
		if err != nil {
			return fmt.Errorf("letters: %s: part %s: %w", lang, name, err)
		}
		t.parts[name] = p
	}
	for name, p := range t.parts {
		if bad := t.unknown(p); bad != "" {
			return fmt.Errorf("letters: %s: part %s: no slot %q", lang, name, bad)
		}
	}
	var err error
	if t.agentWord, err = union(w.Agent); err != nil {
		return fmt.Errorf("letters: %s: %w", lang, err)
	}
	if t.nobody, err = union(w.Nobody); err != nil {
		return fmt.Errorf("letters: %s: %w", lang, err)
	}
	b.tongues[lang] = t
	b.learnTongue(w)
	return nil
}

func (b *Book) addForm(f Form) error {
	if !slices.Contains(Kinds, f.ID) {
		return fmt.Errorf("the taxonomy has no such kind")
	}
	if f.Name == "" || f.Use == "" || f.To == "" || f.Days <= 0 {
		return fmt.Errorf("name, use, to and days must not be empty")
	}
	out := form{Form: f, title: map[Lang]template{}, body: map[Lang]template{}}
	for _, lang := range []Lang{Chinese, English} {
		d, ok := f.Texts[lang]
		if !ok || strings.TrimSpace(d.Body) == "" || f.Longest[lang] <= 0 {
			return fmt.Errorf("no text in %s, or no longest", lang)
		}
		for text, to := range map[string]map[Lang]template{d.Title: out.title, d.Body: out.body} {
			p, err := parse(text)
			if err != nil {
				return fmt.Errorf("%s: %w", lang, err)
			}
			if bad := b.tongues[lang].unknown(p); bad != "" {
				return fmt.Errorf("%s: no slot %q", lang, bad)
			}
			to[lang] = p
		}
	}
	for _, n := range f.Needs {
		if _, ok := fact.Lookup(n.Fact); n.Fact != "" && !ok {
			return fmt.Errorf("needs: no fact %q", n.Fact)
		}
		if n.Evidence != "" && b.tongues[Chinese].Evidence[n.Evidence] == "" {
			return fmt.Errorf("needs: no evidence %q", n.Evidence)
		}
		if n.Say == "" {
			return fmt.Errorf("needs: a need says nothing")
		}
	}
	b.forms[f.ID] = out
	b.learn(f.Texts[Chinese].Title + "\n" + f.Texts[Chinese].Body)
	return nil
}

// learnTongue learns how the parts of letters speak.
func (b *Book) learnTongue(w Tongue) {
	for _, list := range []map[string]string{w.Parts, w.Blanks, w.Evidence, w.Money} {
		for _, text := range list {
			b.learn(text)
		}
	}
	for _, values := range w.Values {
		for _, text := range values {
			b.learn(text)
		}
	}
}

// unknown returns a slot of p that nobody fills, or "".
func (t tongue) unknown(p template) string {
	bad := ""
	p.slots(func(name string) {
		_, isFact := fact.Lookup(fact.Name(name))
		_, isPart := t.parts[name]
		_, isBlank := t.Blanks[name]
		if !isFact && !isPart && !isBlank && !slices.Contains(ownSlots, name) {
			bad = name
		}
	})
	return bad
}

// union returns one pattern for all of list, which must not be empty.
func union(list []string) (*regexp.Regexp, error) {
	if len(list) == 0 {
		return nil, errors.New("agent and nobody must not be empty")
	}
	return regexp.Compile("(?:" + strings.Join(list, "|") + ")")
}

// Form returns what the content says about a kind of letter.
func (b *Book) Form(kind Kind) Form { return b.forms[kind].Form }

// Fits returns the kinds of letters that fit a stage, in the order of the taxonomy.
func (b *Book) Fits(stage string) []Kind {
	var out []Kind
	for _, kind := range Kinds {
		if slices.Contains(b.forms[kind].Stages, stage) {
			out = append(out, kind)
		}
	}
	return out
}
