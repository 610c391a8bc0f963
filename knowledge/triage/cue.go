package triage

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge/normal"
)

// Cue is a telling phrase that was found in a text.
type Cue struct {
	ID         string
	Start, End int // bytes of the original text
}

// cue is a compiled CueWeights.
type cue struct {
	id    string
	log   []float64 // by cause, how much likelier it makes it, as a logarithm
	doubt bool
}

// opening is one way in which a phrase of a cue can begin.
type opening struct {
	cue  int
	word string
	rest phrase
}

// addPhrase makes p a phrase of the cue with the given index.
func (m *Model) addPhrase(cue int, p phrase) {
	for _, word := range p[0].alts {
		first, _ := utf8.DecodeRuneInString(word)
		m.openings[first] = append(m.openings[first], opening{cue, word, p[1:]})
	}
}

// Cues returns what text says by its wording: the causes that it is like, the
// likest first, then its telling phrases, each kind once, in the order in which
// they stand there.
func (m *Model) Cues(text string) []Cue {
	folded := m.fold.Fold(text)
	s := folded.String()
	seen := make([]bool, len(m.cues))
	found := m.voiceCues(folded)
	for at, r := range s {
		for _, o := range m.openings[r] {
			if seen[o.cue] {
				continue
			}
			if end, ok := o.match(s, at, m.denials); ok {
				seen[o.cue] = true
				from, to := folded.Span(at, end)
				found = append(found, Cue{m.cues[o.cue].id, from, to})
			}
		}
	}
	return found
}

// match returns where the phrase ends if it stands in text at the byte at.
func (o opening) match(text string, at int, d Denials) (int, bool) {
	if !strings.HasPrefix(text[at:], o.word) {
		return 0, false
	}
	end, ok := o.rest.follow(text, at+len(o.word), d)
	return end, ok && !d.before(text[:at])
}

// supposedReach is how far before a phrase a supposition still takes it back,
// in characters.
const supposedReach = 6

// before reports whether text ends in a word that takes back what follows.
func (d Denials) before(text string) bool {
	ends := func(word string) bool { return strings.HasSuffix(text, word) }
	if slices.ContainsFunc(d.Words, ends) && !slices.ContainsFunc(d.Except, ends) {
		return true
	}
	for range supposedReach {
		if slices.ContainsFunc(d.Supposed, ends) {
			return true
		}
		r, size := utf8.DecodeLastRuneInString(text)
		if size == 0 || stops(r, nearGap) {
			return false
		}
		text = text[:len(text)-size]
	}
	return false
}

// folded returns d with its words as they stand in folded text.
func (d Denials) folded(t *normal.Table) Denials {
	for _, list := range []*[]string{&d.Words, &d.Except, &d.Supposed} {
		*list = slices.Clone(*list)
		for i, word := range *list {
			(*list)[i] = t.Fold(word).String()
		}
	}
	return d
}
