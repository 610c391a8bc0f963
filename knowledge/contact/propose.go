package contact

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kind says what a proposal is.
type Kind string

// The kinds of proposals, the most important first.
const (
	KindPromise Kind = "promise" // something was promised
	KindTicket  Kind = "ticket"  // a number under which it is dealt with
	KindRefusal Kind = "refusal" // something was refused, or a reason given
	KindRequest Kind = "request" // something was asked of the user
	KindAgent   Kind = "agent"   // the number or name of who answered
	KindAmount  Kind = "amount"  // a sum
)

var kinds = []Kind{KindPromise, KindTicket, KindRefusal, KindRequest, KindAgent, KindAmount}

// A Source is one text with what was read from it: turns, or a contact.
type Source struct {
	Text    string
	At      time.Time // when it was told, or said if it is a single message; carries the user's zone
	Turns   []Turn    // what Chat returned
	Contact Contact   // what Read returned, if there are no turns
}

// A Proposal is something in a source that is worth an entry of its own.
type Proposal struct {
	Kind     Kind
	Source   int       // index of the source
	Turn     int       // index of the turn, -1 of a contact
	At       time.Time // when it was said, zero if unknown
	Rough    bool      // At is the day
	From, To int       // bytes of the source's text
	Value    string    // the words as written, the number, the name, the sum as a decimal number
	Parts    []Part    // what it holds as parts of a contact: promise and due, ticket, agent, said, amount
}

// maxProposals bounds what is proposed at once.
const maxProposals = 12

// Propose returns what is worth an entry, at most twelve proposals, the most
// important of all, in the order of time. What is said twice is proposed once.
func (r *Reader) Propose(sources []Source) []Proposal {
	var all []Proposal
	for i, s := range sources {
		found := r.ofContact(s)
		if len(s.Turns) > 0 {
			found = r.ofTurns(s)
		}
		for _, p := range found {
			p.Source = i
			all = append(all, p)
		}
	}
	all = r.once(all)
	slices.SortStableFunc(all, func(a, b Proposal) int { return cmp.Compare(a.rank(), b.rank()) })
	all = all[:min(len(all), maxProposals)]
	slices.SortFunc(all, func(a, b Proposal) int {
		return cmp.Or(saidAt(sources, a).Compare(saidAt(sources, b)), a.Source-b.Source, a.From-b.From, a.rank()-b.rank())
	})
	return all
}

// saidAt is when a proposal was said, as far as it can be ordered.
func saidAt(sources []Source, p Proposal) time.Time {
	if p.At.IsZero() {
		return sources[p.Source].At
	}
	return p.At
}

// rank is 0 for the most important. A promise without a time comes late.
func (p Proposal) rank() int {
	if p.Kind == KindPromise && len(p.Parts) < 2 {
		return len(kinds) - 1
	}
	return slices.Index(kinds, p.Kind)
}

// once drops what was found before, in the order in which it was found.
func (r *Reader) once(all []Proposal) []Proposal {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(p Proposal) bool {
		key := string(p.Kind) + strings.Map(bare, r.fold.Fold(p.Value).String())
		twice := seen[key]
		seen[key] = true
		return twice
	})
}

// bare keeps what tells one value from another.
func bare(c rune) rune {
	if strings.ContainsRune(" ,.;:!?~-\u3002\u3001", c) {
		return -1
	}
	return c
}

func (r *Reader) ofTurns(s Source) []Proposal {
	var all []Proposal
	for i, turn := range s.Turns {
		base := turn.At
		if base.IsZero() {
			base = s.At
		}
		for _, p := range r.ofTurn(s, turn, base) {
			p.Turn, p.At, p.Rough = i, turn.At, turn.Rough
			all = append(all, p)
		}
	}
	return all
}

// ofTurn returns what one turn holds. Of what the user said only sums count.
func (r *Reader) ofTurn(s Source, turn Turn, base time.Time) []Proposal {
	g := r.saidBy(s.Text[turn.From:turn.To], base)
	if turn.Who == Me {
		return moved(propose(KindAmount, g.sums()), turn.From)
	}
	all := moved(g.proposals(base), turn.From)
	head := strings.LastIndex(s.Text[:turn.From], turn.Name)
	if turn.Name == "" || head < 0 {
		return all
	}
	name := r.saidBy(turn.Name, base)
	number := slices.DeleteFunc(name.written(Agent, name.agents), func(p Part) bool { return !strings.ContainsAny(p.Value, "0123456789") })
	return append(moved(propose(KindAgent, number), head), all...)
}

// saidBy reads a text all of which they said.
func (r *Reader) saidBy(text string, at time.Time) *reading {
	g := r.reading(text, at)
	g.said = []span{g.all()}
	g.agents, g.tickets = g.numbers(GivesAgent), g.numbers(GivesTicket)
	return g
}

func (g *reading) proposals(base time.Time) []Proposal {
	all := promised(g.promises(base))
	all = append(all, propose(KindTicket, g.written(Ticket, g.tickets))...)
	all = append(all, propose(KindAgent, g.written(Agent, g.agents))...)
	all = append(all, g.about(KindRefusal, GivesRefusal, base)...)
	all = append(all, g.about(KindRequest, GivesRequest, base)...)
	return append(all, propose(KindAmount, g.sums())...)
}

// about returns the clauses in which a rule matches; those that follow each
// other in a sentence are one.
func (g *reading) about(kind Kind, gives Gives, base time.Time) []Proposal {
	hits := g.hits(gives)
	var spans []span
	for _, sentence := range g.page.parts(g.all(), false) {
		open := false
		for _, clause := range g.page.parts(sentence, true) {
			hit := touches(hits, clause)
			switch {
			case hit && open:
				spans[len(spans)-1].to = clause.to
			case hit:
				spans = append(spans, clause)
			}
			open = hit
		}
	}
	var all []Proposal
	for _, s := range spans {
		if s = g.trimmed(s); s.from == s.to {
			continue
		}
		p := g.words(Said, s)
		one := Proposal{Kind: kind, From: p.From, To: p.To, Value: p.Value, Parts: []Part{p}}
		if due, at, ok := g.due(s, base); ok && kind == KindRequest {
			one.Parts = append(one.Parts, g.part(Due, due.Format(time.RFC3339), at))
		}
		all = append(all, one)
	}
	return all
}

// promised makes a proposal of each promise, with the time behind it.
func promised(parts []Part) []Proposal {
	var all []Proposal
	for _, p := range parts {
		if p.Name == Due && len(all) > 0 {
			last := &all[len(all)-1]
			last.Parts = append(last.Parts, p)
			continue
		}
		all = append(all, Proposal{Kind: KindPromise, From: p.From, To: p.To, Value: p.Value, Parts: []Part{p}})
	}
	return all
}

// propose makes a proposal of each part.
func propose(kind Kind, parts []Part) []Proposal {
	var all []Proposal
	for _, p := range parts {
		all = append(all, Proposal{Kind: kind, From: p.From, To: p.To, Value: p.Value, Parts: []Part{p}})
	}
	return all
}

// moved moves proposals of a piece of a text to where the piece begins.
func moved(all []Proposal, by int) []Proposal {
	for i := range all {
		all[i].From, all[i].To = all[i].From+by, all[i].To+by
		for j := range all[i].Parts {
			all[i].Parts[j].From += by
			all[i].Parts[j].To += by
		}
	}
	return all
}

// ofContact returns what an account of a contact holds.
func (r *Reader) ofContact(s Source) []Proposal {
	if !s.Contact.Is {
		return nil
	}
	base := s.Contact.At
	if base.IsZero() {
		base = s.At
	}
	byName := map[Name][]Part{}
	for _, p := range s.Contact.Parts {
		name := p.Name
		if name == Due {
			name = Promise
		}
		byName[name] = append(byName[name], p)
	}
	all := promised(byName[Promise])
	all = append(all, propose(KindTicket, byName[Ticket])...)
	all = append(all, propose(KindAgent, byName[Agent])...)
	for _, p := range byName[Said] {
		g := r.saidBy(s.Text[p.From:p.To], base)
		all = append(all, moved(g.about(KindRefusal, GivesRefusal, base), p.From)...)
		all = append(all, moved(g.about(KindRequest, GivesRequest, base), p.From)...)
	}
	all = append(all, propose(KindAmount, byName[Amount])...)
	for i := range all {
		all[i].Turn, all[i].At, all[i].Rough = -1, s.Contact.At, s.Contact.Rough
	}
	return all
}
