package dossier

import (
	"strings"

	"tixianbot/bot"
	"tixianbot/knowledge/fact"
)

// portion is how much of a case is put on the one page.
type portion struct {
	talks    int
	exhibits int
	runes    int // of a talk or a fact
}

// portions are tried in order until everything stands on one page.
var portions = []portion{{6, 8, 200}, {5, 6, 120}, {4, 4, 80}, {3, 3, 40}, {2, 2, 20}}

// statement returns the one page for a regulator: the letter that was written
// for it, or the facts of the case under the headings that the forms have, as
// many as there is room for.
func (s *story) statement() ([]block, error) {
	if given := s.src.Statement; given.Text != "" {
		return letter(given.Title, given.Text), nil
	}
	f, err := newFace()
	if err != nil {
		return nil, err
	}
	var out []block
	for _, p := range portions {
		out = s.statementOf(p)
		if fits, _ := fitting(out, f); fits {
			break
		}
	}
	return out, nil
}

func (s *story) statementOf(p portion) []block {
	out := []block{{title, s.say("one.title")}}
	if name := s.receiver(); name != "" {
		out = append(out, block{body, s.say("one.to", "body", name)})
	}
	out = append(out, s.parties(p)...)
	out = append(out, s.factBlocks(p)...)
	out = append(out, s.talkBlocks(p)...)
	out = append(out, block{heading, s.say("one.demands")})
	for _, d := range s.demands() {
		out = append(out, block{item, d})
	}
	out = append(out, s.exhibitBlocks(p)...)
	return append(out, block{closing, s.say("one.sign")}, block{closing, s.say("one.signature")})
}

// upTo returns at most n characters of text in one line.
func upTo(n int, text string) string { return cut(oneLine(text), n, ellipsis) }

// letter returns the blocks of a letter: a paragraph a line.
func letter(name, text string) []block {
	var out []block
	if name = strings.TrimSpace(name); name != "" {
		out = append(out, block{title, name})
	}
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		out = append(out, block{body, line})
	}
	return out
}

// receiver is the first body outside the platform that the route names.
func (s *story) receiver() string {
	role := s.c.Facts[fact.Role].Value
	if s.fraud() {
		role = "victim"
	}
	for _, step := range s.k.Route(s.c.Facts[fact.PlatformKind].Value, role).Steps {
		if step.Body != "" && step.Body != "own_bank" {
			return s.k.Body(step.Body).Name
		}
	}
	return ""
}

func (s *story) parties(p portion) []block {
	out := []block{{heading, s.say("one.who")}, {body, s.say("one.name")}}
	if hint := s.value(fact.AccountHint); hint != "" {
		out = append(out, block{body, s.say("one.account", "hint", hint)})
	}
	out = append(out, block{heading, s.say("one.whom")})
	if name := s.value(fact.PlatformName); name != "" {
		out = append(out, block{body, s.say("one.platform", "name", upTo(p.runes, name))})
	} else {
		out = append(out, block{body, s.say("one.platform_blank")})
	}
	if s.fraud() {
		return append(out, block{body, s.say("one.receiver")})
	}
	return append(out, block{body, s.say("one.company")})
}

// statementFacts are the facts that a regulator looks at, in that order.
var statementFacts = []fact.Name{
	fact.PlatformKind, fact.Account, fact.Role, fact.Amount, fact.FailedAt, fact.Status, fact.ErrorText, fact.Attempts,
	fact.LastSuccessAt, fact.AskedToPay, fact.PaidAmount, fact.PaidAt, fact.Dispute, fact.Contacted, fact.PromisedBy,
}

func (s *story) factBlocks(p portion) []block {
	out := []block{{heading, s.say("one.facts")}}
	for _, name := range statementFacts {
		if v := s.value(name); v != "" {
			out = append(out, block{body, s.say("value.pair", "name", s.k.FactLabel(name), "value", upTo(p.runes, v))})
		}
	}
	if len(out) == 1 {
		out = append(out, block{body, s.say("one.facts_blank")})
	}
	return out
}

// talkBlocks tells the newest talks with the platform, oldest first.
func (s *story) talkBlocks(p portion) []block {
	out := []block{{heading, s.say("one.contacts")}}
	var talks []row
	for _, r := range s.talks() {
		if !r.struck && r.kind == bot.RecordContact {
			talks = append(talks, r)
		}
	}
	if len(talks) == 0 {
		return append(out, block{body, s.say("one.contacts_none")})
	}
	more := max(0, len(talks)-p.talks)
	for _, r := range talks[more:] {
		out = append(out, block{item, s.say("one.contact", "at", r.at, "text", upTo(p.runes, s.told(r)))})
	}
	if more > 0 {
		out = append(out, block{body, s.say("one.contacts_more", "n", number(more))})
	}
	return out
}

// told returns a talk in one line: with whom, what was said, what was promised.
func (s *story) told(r row) string {
	var out []string
	add := func(id, text string) {
		if text != "" {
			out = append(out, s.say("value.pair", "name", s.say(id), "value", s.clauses(text)))
		}
	}
	add("part.channel", r.channel)
	add("part.agent", r.agent)
	add("part.said", r.result)
	add("part.promise", r.promise)
	add("part.ticket", r.ticket)
	if r.result == "" && r.promise == "" {
		out = append(out, s.clauses(r.text))
	}
	return strings.Join(out, s.say("value.semicolon"))
}

func (s *story) exhibitBlocks(p portion) []block {
	out := []block{{heading, s.say("one.evidence")}}
	exhibits := 0
	for _, r := range s.exhibits() {
		if !r.Struck.IsZero() {
			continue
		}
		if exhibits++; exhibits > p.exhibits {
			continue
		}
		out = append(out, block{item, s.say("one.exhibit",
			"number", s.say("evidence.number", "n", number(r.Exhibit.Number)),
			"kind", s.exhibit(r.About),
			"at", s.stamp(happened(r), r.Rough || r.At.IsZero()))})
	}
	switch {
	case exhibits == 0:
		out = append(out, block{body, s.say("one.evidence_none")})
	case exhibits > p.exhibits:
		out = append(out, block{body, s.say("one.exhibits_more", "n", number(exhibits-p.exhibits))})
	}
	return out
}
