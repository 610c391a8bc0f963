package contact

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/when"
)

// hit is one match of a rule: the bytes of m that it matched, and those that
// it holds.
type hit struct {
	span
	held  span
	group bool // held is a group, not the whole match
	wide  bool
	shown bool // a screen showed it
}

// maxHits bounds the matches of one pattern.
const maxHits = 60

// find returns the matches of the rules that give g, by where they stand.
func (r *Reader) find(p *page, g Gives) []hit {
	var hits []hit
	for i := range r.rules[g] {
		hits = append(hits, r.rules[g][i].find(p, g.plain())...)
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.from - b.from })
	return hits
}

func (c *rule) find(p *page, plain bool) []hit {
	text, present := p.m, p.present
	if plain {
		text, present = p.s, p.plain
	}
	var hits []hit
	for _, pat := range c.patterns {
		if !pat.Possible(present) {
			continue
		}
		for _, loc := range pat.FindAllStringSubmatchIndex(text, maxHits) {
			h := newHit(loc)
			if !c.guarded(text, h.held) && !c.guarded(text, h.span) && (c.not == nil || !c.not.MatchString(text[h.held.from:h.held.to])) {
				h.wide = c.Wide
				hits = append(hits, h)
			}
		}
	}
	return hits
}

func newHit(loc []int) hit {
	h := hit{span: span{loc[0], loc[1]}, held: span{loc[0], loc[1]}}
	for i := 2; i+1 < len(loc); i += 2 {
		if loc[i] >= 0 {
			h.held, h.group = span{loc[i], loc[i+1]}, true
			break
		}
	}
	return h
}

// hits returns the matches of the rules that give gives, looked for once.
func (g *reading) hits(gives Gives) []hit {
	found, ok := g.found[gives]
	if !ok {
		found = g.r.find(g.page, gives)
		g.found[gives] = found
	}
	return found
}

// near is how far guards look, in bytes.
const near = 60

// guarded reports whether what stands beside s in its clause forbids the match.
func (c *rule) guarded(text string, s span) bool {
	if c.before != nil {
		head := text[max(0, s.from-near):s.from]
		if i := strings.LastIndexAny(head, clauseEnds); i >= 0 {
			_, size := utf8.DecodeRuneInString(head[i:])
			head = head[i+size:]
		}
		if c.before.MatchString(head) {
			return true
		}
	}
	if c.after == nil {
		return false
	}
	tail := text[s.to:min(len(text), s.to+near)]
	if i := strings.IndexAny(tail, clauseEnds); i >= 0 {
		tail = tail[:i]
	}
	return c.after.MatchString(tail)
}

// reading is one look at a text.
type reading struct {
	*page
	r  *Reader
	at time.Time

	void            []span // what tells no contact
	said            []span
	spoken          bool // a person said some of it
	evidence        []int
	agents, tickets []span // of the folded text
	found           map[Gives][]hit
}

func (r *Reader) reading(text string, at time.Time) *reading {
	return &reading{page: r.page(text, at), r: r, at: at, found: map[Gives][]hit{}}
}

// look finds what a contact is told by.
func (g *reading) look() {
	for _, h := range g.hits(GivesNothing) {
		g.void = append(g.void, g.around(h.from, !h.wide))
	}
	g.findSaid()
	g.agents, g.tickets = g.numbers(GivesAgent), g.numbers(GivesTicket)
	for _, h := range g.hits(GivesTold) {
		if !within(g.void, h.held.from) && !within(g.said, h.held.from) {
			g.evidence = append(g.evidence, h.from)
		}
	}
}

func (g *reading) told() bool {
	return g.spoken || len(g.evidence)+len(g.agents)+len(g.tickets) > 0
}

// numbers returns the groups of the matches of a rule over the folded text.
// What a mask has touched is none.
func (g *reading) numbers(gives Gives) []span {
	var out []span
	for _, h := range g.hits(gives) {
		if within(g.void, g.masked(h.from)) || strings.Contains(g.s[h.held.from:h.held.to], hidden) {
			continue
		}
		if strings.HasSuffix(g.s[:h.held.from], hidden) || strings.HasPrefix(g.s[h.held.to:], hidden) {
			continue
		}
		out = append(out, h.held)
	}
	return apart(out)
}

// apart returns the spans without those that lie in a longer one or come again.
func apart(spans []span) []span {
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Or(a.from-b.from, b.to-a.to) })
	var out []span
	for _, s := range spans {
		if n := len(out); n == 0 || s.from >= out[n-1].to {
			out = append(out, s)
		}
	}
	return out
}

// hidden is what a mask leaves of a secret.
const hidden = "\u25cf"

// sayings returns where something that was said, or that a screen showed, may begin.
func (g *reading) sayings() []hit {
	hits := slices.Clone(g.hits(GivesShown))
	for i := range hits {
		hits[i].shown = true
	}
	hits = append(hits, g.hits(GivesSaid)...)
	slices.SortStableFunc(hits, func(a, b hit) int { return a.from - b.from })
	return hits
}

// findSaid finds what they said.
func (g *reading) findSaid() {
	end := 0
	for _, h := range g.sayings() {
		if h.from < end || within(g.void, h.from) {
			continue
		}
		from := h.to
		if h.group {
			from = h.held.from
		}
		s := g.trimmed(span{from, g.endOfSaid(from)})
		if s.from < s.to {
			g.said = append(g.said, s)
			g.spoken = g.spoken || !h.shown
			end = s.to
		}
	}
}

var closing = map[rune]string{
	'\u201c': "\u201d", '\u2018': "\u2019", '\u300c': "\u300d", '\u300e': "\u300f", '"': "\"", '\u300a': "\u300b",
}

// endOfSaid returns where what begins at from ends: at the closing mark of a
// quotation, with the sentence, or before a clause about something else.
func (g *reading) endOfSaid(from int) int {
	first, size := utf8.DecodeRuneInString(g.m[from:])
	if mark, ok := closing[first]; ok {
		if i := strings.Index(g.m[from+size:], mark); i >= 0 {
			return from + size + i
		}
	}
	begun := false
	for i, c := range g.m[from:] {
		i += from
		switch {
		case g.ends(c, i, false) && begun:
			return i
		case g.ends(c, i, true) && begun:
			if g.breaks(i + utf8.RuneLen(c)) {
				return i
			}
		case c != ' ' && c != ':':
			begun = true
		}
	}
	return len(g.m)
}

// breaks reports whether the clause at i is no part of what was said before it.
func (g *reading) breaks(i int) bool {
	rest := strings.TrimLeft(g.m[i:min(len(g.m), i+near)], " ")
	for _, c := range g.r.rules[GivesBreak] {
		for _, pat := range c.patterns {
			if loc := pat.FindStringIndex(rest); loc != nil && loc[0] == 0 {
				return true
			}
		}
	}
	return false
}

// channel returns the surest channel and where it stands.
func (g *reading) channel() (string, span, bool) {
	for i := range g.r.ways {
		w := &g.r.ways[i]
		for _, h := range w.rule.find(g.page, false) {
			if !within(g.void, h.held.from) && !within(g.said, h.held.from) {
				return w.ID, h.held, true
			}
		}
	}
	return "", span{}, false
}

// numbered reports whether the bytes from to to of the folded text are part of
// somebody's number: agent no. 8 is no day of the month.
func (g *reading) numbered(from, to int) bool {
	return slices.ContainsFunc(g.agents, func(a span) bool { return a.from < to && from < a.to })
}

// when returns the time of the contact, and whether only its day is known: of
// the times before the first sign of the contact the last, or else the first
// there is.
func (g *reading) when() (at time.Time, rough bool) {
	cue := g.cue()
	for i, c := range g.m {
		if c != runeTime {
			continue
		}
		m, ok := g.moment(i)
		if !ok || !at.IsZero() && i > cue {
			continue
		}
		if at, rough = m.At, m.Grain > when.Minute; at.After(g.at) {
			at, rough = g.at, true
		}
	}
	if at.IsZero() && len(g.hits(GivesNow)) > 0 {
		return g.at, true
	}
	return at, rough
}

// cue returns where the first sign of the contact stands in the masked text, 0
// if there is none.
func (g *reading) cue() int {
	first := len(g.m)
	for _, at := range g.evidence {
		first = min(first, at)
	}
	for _, s := range slices.Concat(g.agents, g.tickets) {
		first = min(first, g.masked(s.from))
	}
	if first == len(g.m) {
		return 0
	}
	return first
}

// moment returns the time that stands at a place of the masked text, if it is
// one at which a contact can have been.
func (g *reading) moment(i int) (when.Moment, bool) {
	v, ok := g.values[i]
	if !ok || v.Phrase.By || within(g.said, i) || within(g.void, i) || g.numbered(v.Start, v.End) || touches(g.hits(GivesNot), span{i, i + 1}) {
		return when.Moment{}, false
	}
	m, ok := v.Phrase.Past(g.at)
	return m, ok && m.Grain <= when.Day
}
