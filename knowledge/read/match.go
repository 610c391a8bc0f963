package read

import (
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
)

func factValue(s string) fact.Value { return fact.Value(s) }

// Read returns the facts that text states, at most one of each name, by where
// they stand. now says when it was written and carries the user's zone.
func (r *Reader) Read(text string, now time.Time) []Found {
	m := r.mask(text, now)
	reading := r.reading(m, now)
	for i := range r.rules {
		reading.apply(&r.rules[i])
	}
	return reading.found()
}

func (r *Reader) mask(text string, now time.Time) *masked {
	m := r.masks.mask(text, r.fold.Fold(text), now)
	r.correct(m, now)
	return m
}

// reading is the state of one Read.
type reading struct {
	r     *Reader
	m     *masked
	now   time.Time
	spent map[int]bool // entities that a rule of higher priority has taken
	cands []candidate

	present []bool // which literals the text holds
}

func (r *Reader) reading(m *masked, now time.Time) *reading {
	return &reading{r: r, m: m, now: now, spent: map[int]bool{}, present: r.literals.In(m.s)}
}

// candidate is a fact that one match states.
type candidate struct {
	Found
	from, to int // bytes of the masked text
	priority int
	rule     int
	more     int // a count that is added to the others
}

// maxMatches bounds the matches of one pattern.
const maxMatches = 40

func (g *reading) apply(c *rule) {
	for _, p := range c.patterns {
		if !p.Possible(g.present) {
			continue
		}
		for _, loc := range p.FindAllStringSubmatchIndex(g.m.s, maxMatches) {
			if !g.guarded(c, loc[0], loc[1]) && g.inRatio(c, loc) {
				g.match(c, loc)
			}
		}
	}
}

// inRatio reports whether the sums in a match compare as c wants: the last one
// to the first. A match without two sums passes: there is nothing to compare.
func (g *reading) inRatio(c *rule, loc []int) bool {
	if len(c.Ratio) == 0 {
		return true
	}
	var sums []float64
	for k, r := range g.m.s[loc[0]:loc[1]] {
		if e, ok := g.m.at[loc[0]+k]; ok && strings.ContainsRune(takes[TakeMoney], r) {
			v, _ := g.m.ents[e].number.Value.Float64()
			sums = append(sums, v)
		}
	}
	if len(sums) < 2 || sums[0] == 0 {
		return true
	}
	ratio := sums[len(sums)-1] / sums[0]
	return c.Ratio[0] <= ratio && ratio <= c.Ratio[1]
}

// guarded reports whether a guard forbids c to match from i to j.
func (g *reading) guarded(c *rule, i, j int) bool {
	for _, gd := range c.guards {
		if gd.forbids(g.m.s, i, j) {
			return true
		}
	}
	return false
}

func (gd guard) forbids(s string, i, j int) bool {
	if gd.inside != nil && gd.inside.MatchString(s[i:j]) {
		return true
	}
	if gd.after != nil {
		rest := s[j:min(len(s), j+60)]
		if k := strings.IndexAny(rest, ",;\n"); k >= 0 {
			rest = rest[:k]
		}
		if gd.after.MatchString(rest) {
			return true
		}
	}
	if gd.before == nil {
		return false
	}
	return gd.behind(s[gd.start(s, i):i], s[i:j])
}

// behind reports whether the text before a match forbids it. What lifts the
// guard may stand in between or in the match itself.
func (gd guard) behind(before, match string) bool {
	locs := gd.before.FindAllStringIndex(before, -1)
	if len(locs) == 0 {
		return false
	}
	last := locs[len(locs)-1]
	return gd.reset == nil || !gd.reset.MatchString(before[last[0]:]+match)
}

// maxBack is how far a guard looks back, in bytes.
const maxBack = 240

// start returns where the clause or sentence begins that i stands in.
func (gd guard) start(s string, i int) int {
	marks := ",.\u3002!?;\n"
	if gd.wide {
		marks = "\u3002!?;\n"
	}
	low := max(0, i-maxBack)
	for low < i && !utf8.RuneStart(s[low]) {
		low++
	}
	k := strings.LastIndexAny(s[low:i], marks)
	if k < 0 {
		return low
	}
	_, size := utf8.DecodeRuneInString(s[low+k:])
	return low + k + size
}

// match records what the match loc of c states.
func (g *reading) match(c *rule, loc []int) {
	for _, t := range c.Spend {
		for _, k := range g.entities(t, loc) {
			g.spent[k] = true
		}
	}
	for name, v := range c.Set {
		if !g.r.seen[name] && g.m.quoted(loc[0]) {
			continue
		}
		g.add(c, loc, Found{Name: name, Value: v}, 0)
	}
	for name, t := range c.Take {
		g.take(c, loc, name, t)
	}
}

func (g *reading) add(c *rule, loc []int, f Found, more int) {
	if f.End == 0 {
		f.Start, f.End = g.m.span(loc[0], loc[1])
	}
	g.cands = append(g.cands, candidate{Found: f, from: loc[0], to: loc[1], priority: c.Priority, rule: c.id, more: more})
}

var takes = map[Take]string{
	TakeMoney:    string([]rune{runeMoney, runeCoin, runeNum}),
	TakePast:     string([]rune{runeTime, runeLately, runeOld, runeBy}),
	TakeFuture:   string([]rune{runeTime, runeFuture, runeBy, runeLately}),
	TakeCount:    string([]rune{runeTimes, runeNum, runeQty, runeNth}),
	TakeMore:     string([]rune{runeTimes}),
	TakePlatform: string(runePlatform),
}

// group returns the range of the first group of loc that matched, or of the whole match.
func group(loc []int) (int, int) {
	for i := 2; i+1 < len(loc); i += 2 {
		if loc[i] >= 0 {
			return loc[i], loc[i+1]
		}
	}
	return loc[0], loc[1]
}

// entities returns the unspent entities of kind t in the match loc.
func (g *reading) entities(t Take, loc []int) []int {
	i, j := group(loc)
	var found []int
	for k, c := range g.m.s[i:j] {
		if c < '\ue000' || c >= termBase || !strings.ContainsRune(takes[t], c) {
			continue
		}
		if e, ok := g.m.at[i+k]; ok && !g.spent[e] {
			found = append(found, e)
		}
	}
	return found
}

func (g *reading) take(c *rule, loc []int, name fact.Name, t Take) {
	if t == TakeText {
		g.takeText(c, loc, name)
		return
	}
	ents := g.entities(t, loc)
	if len(ents) == 0 || g.m.quoted(loc[0]) {
		if t == TakeMore && !g.m.quoted(loc[0]) {
			g.add(c, loc, Found{Name: name, Value: "1"}, 1)
		}
		return
	}
	g.takeEntity(c, loc, name, t, ents[0])
}

func (g *reading) takeEntity(c *rule, loc []int, name fact.Name, t Take, k int) {
	e := g.m.ents[k]
	v, approx, ok := g.r.valueOf(e, t, g.now)
	if !ok {
		return
	}
	more := 0
	if t == TakeMore {
		more, _ = e.number.Int()
	}
	f := Found{Name: name, Value: v, Approx: approx}
	f.Start, f.End = g.m.text.Span(e.start, e.end)
	if t == TakePlatform {
		f.Value = g.m.written(e)
		g.add(c, loc, Found{Name: fact.PlatformKind, Value: e.platform, Start: f.Start, End: f.End}, 0)
	}
	if name == fact.Amount && e.currency != "" {
		g.add(c, loc, Found{Name: fact.Currency, Value: factValue(e.currency), Start: f.Start, End: f.End}, 0)
	}
	g.add(c, loc, f, more)
	g.spent[k] = true
}

// valueOf returns what the entity e is worth as a t.
func (r *Reader) valueOf(e entity, t Take, now time.Time) (v fact.Value, approx, ok bool) {
	switch t {
	case TakeMoney:
		return factValue(e.number.String()), e.rough, e.number.Value.Sign() > 0
	case TakeCount, TakeMore:
		s := e.number.String()
		return factValue(s), e.rough, !strings.Contains(s, ".") && len(s) < 5
	case TakePast:
		at, ok := e.phrase.Past(now)
		return fact.At(at.At), at.Grain != 0, ok && !at.At.After(now)
	case TakeFuture:
		at, ok := e.phrase.Future(now)
		return fact.At(at.At), at.Grain != 0, ok && !at.At.Before(now.Add(-24*time.Hour))
	case TakePlatform:
		return e.platform, false, true
	}
	return "", false, false
}

// written returns a platform's name as the user wrote it, or, where that was a
// typo or a short form, the usual name.
func (m *masked) written(e entity) fact.Value {
	folded := m.text.String()[e.start:e.end]
	from, to := m.text.Span(e.start, e.end)
	orig := strings.TrimSpace(m.orig[from:to])
	if utf8.RuneCountInString(orig) != utf8.RuneCountInString(folded) {
		return factValue(folded)
	}
	return factValue(orig)
}

// takeText takes the first group as the user wrote it.
func (g *reading) takeText(c *rule, loc []int, name fact.Name) {
	i, j := group(loc)
	from, to := g.m.span(i, j)
	text := strings.TrimSpace(g.m.orig[from:to])
	if text == "" {
		return
	}
	g.add(c, loc, Found{Name: name, Value: factValue(text), Start: from, End: to}, 0)
}
