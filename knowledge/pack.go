// Package knowledge is the content of the bot and its types: everything the
// bot knows and every sentence it says. [Load] reads the embedded content with
// an optional overlay folder, strictly; [Lint] says what is wrong with it.
//
// The invariant: a Pack that Load or Parse returned is whole. Every id that one
// part of the content names exists in another, so code that follows a reference
// need not ask whether it leads anywhere. A Pack is never changed.
package knowledge

import (
	"slices"
	"strings"

	"tixianbot/knowledge/calendar"
	"tixianbot/knowledge/contact"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/read"
	"tixianbot/knowledge/screen"
	"tixianbot/knowledge/search"
	"tixianbot/knowledge/triage"
	"tixianbot/knowledge/when"
)

// Pack is content that has been read and checked.
type Pack struct {
	Questions []Question
	Ladder    []Rung
	Forbidden []Forbidden

	Fold     *normal.Table      // folds text for matching
	Reader   *read.Reader       // facts out of words
	Calendar *calendar.Calendar // which days are worked
	Planner  *when.Planner      // the times of reminders, and time zones
	Contacts *contact.Reader    // contacts with the platform out of words and pasted conversations
	Screen   *screen.Screen     // dangers, secrets, frauds, masks
	Triage   *triage.Model      // which cause, which question next
	Index    *search.Index      // which article answers a question
	Evidence *Evidence          // kinds of evidence, and what a complete set is

	Letters *letter.Book // writes and checks letters

	causes    map[string]Guide
	branches  map[string]Guide
	articles  map[string]Article
	sources   map[string]Source
	bodies    map[string]Body
	routes    []Route
	clocks    []Clock
	advice    []Advice
	labels    Labels
	phrases   map[string]string
	papers    map[string]string // the sentences of the files that go out
	weights   triage.Weights
	searching search.Rules
	alarms    []string // what people say who are in danger
}

// Say returns the phrase with the given id; args are pairs of a parameter's
// name and its text in markup. An id that does not exist is returned as it is:
// Check of package bot keeps that from happening.
func (p *Pack) Say(id string, args ...string) string { return fill(p.phrases, id, args) }

// Paper returns a sentence of the files of the pack, filled like that of Say.
// Its args are plain text, and so is what it returns.
func (p *Pack) Paper(id string, args ...string) string { return fill(p.papers, id, args) }

// fill returns the text with an id; args are pairs of a name and what stands
// for {name}.
func fill(texts map[string]string, id string, args []string) string {
	text, ok := texts[id]
	if !ok {
		return id
	}
	if len(args) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(2 * len(text))
	for {
		before, rest, open := strings.Cut(text, "{")
		b.WriteString(before)
		if !open {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := argument(args, name)
		if !closed || !known {
			b.WriteByte('{')
			text = rest
			continue
		}
		b.WriteString(value)
		text = after
	}
}

// argument returns the text behind a name in pairs of both.
func argument(args []string, name string) (string, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return "", false
}

// Phrase returns the unfilled phrase with the given id, and whether it exists.
func (p *Pack) Phrase(id string) (string, bool) {
	text, ok := p.phrases[id]
	return text, ok
}

// PhraseIDs returns the ids of all phrases, sorted.
func (p *Pack) PhraseIDs() []string { return sortedKeys(p.phrases) }

// PaperIDs returns the ids of all sentences of the files of the pack, sorted.
func (p *Pack) PaperIDs() []string { return sortedKeys(p.papers) }

// Cause returns the guide of a cause.
func (p *Pack) Cause(id string) Guide { return p.causes[id] }

// CauseIDs returns the ids of all causes, sorted.
func (p *Pack) CauseIDs() []string { return sortedKeys(p.causes) }

// Branch returns the guide of a danger, such as "scam_pay_first".
func (p *Pack) Branch(id string) Guide { return p.branches[id] }

// Article returns the article of a topic, and whether there is one.
func (p *Pack) Article(id string) (Article, bool) {
	a, ok := p.articles[id]
	return a, ok
}

// Source returns the source with the given id, and whether it is one that a
// user can look up (the rows of seed advice are not).
func (p *Pack) Source(id string) (Source, bool) {
	s, ok := p.sources[id]
	return s, ok
}

// Body returns an authority or association.
func (p *Pack) Body(id string) Body { return p.bodies[id] }

// Question returns the question about a fact, and whether there is one.
func (p *Pack) Question(name fact.Name) (Question, bool) {
	i := slices.IndexFunc(p.Questions, func(q Question) bool { return q.Fact == name })
	if i < 0 {
		return Question{}, false
	}
	return p.Questions[i], true
}

// Rung returns the rung of a stage.
func (p *Pack) Rung(stage string) Rung {
	i := slices.IndexFunc(p.Ladder, func(r Rung) bool { return r.Stage == stage })
	if i < 0 {
		return Rung{}
	}
	return p.Ladder[i]
}

// Route returns where to go outside the platform for a kind of platform and a
// role, either of which may be "" for unknown. The last route fits everybody.
func (p *Pack) Route(kind, role fact.Value) Route {
	fits := func(want []fact.Value, have fact.Value) bool {
		return len(want) == 0 || slices.Contains(want, have)
	}
	for _, r := range p.routes {
		if fits(r.Kinds, kind) && fits(r.Roles, role) {
			return r
		}
	}
	return p.routes[len(p.routes)-1]
}

// Receivers returns the bodies of a route that take a complaint, in its order.
func (p *Pack) Receivers(r Route) []Body {
	var out []Body
	for _, s := range r.Steps {
		if b := p.bodies[s.Body]; len(b.Letter) > 0 {
			out = append(out, b)
		}
	}
	return out
}

// FactLabel returns what a fact is called.
func (p *Pack) FactLabel(name fact.Name) string { return p.labels.Facts[name] }

// ValueLabel returns what a value of an enum or a member of a set is called.
func (p *Pack) ValueLabel(name fact.Name, value fact.Value) string {
	return p.labels.Values[name][value]
}

// Holds reports whether the question may be asked given what is known.
func (q Question) Holds(known fact.Facts) bool {
	if len(q.When) == 0 {
		return true
	}
	return slices.ContainsFunc(q.When, func(n Needs) bool { return n.holds(known) })
}

func (n Needs) holds(known fact.Facts) bool {
	v, ok := known[n.Fact]
	if !ok {
		return false
	}
	return slices.ContainsFunc(n.Is, func(want fact.Value) bool {
		return v == want || v.Has(string(want))
	})
}

// DependsOn reports whether the answer to q only makes sense given the fact name.
func (q Question) DependsOn(name fact.Name) bool {
	return slices.ContainsFunc(q.When, func(n Needs) bool { return n.Fact == name })
}
