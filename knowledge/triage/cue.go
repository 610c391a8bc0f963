package triage

import (
	"slices"
	"strings"

	"tixianbot/knowledge/normal"
)

// Cue is a telling phrase that was found in a text.
type Cue struct {
	ID         string
	Start, End int // bytes of the original text
}

// cue is a compiled CueWeights.
type cue struct {
	id      string
	phrases []phrase
	log     []float64 // by cause, how much likelier it makes it, as a logarithm
	doubt   bool
}

// Cues returns the telling phrases of text, each kind once, in the order in
// which they stand in the content.
func (m *Model) Cues(text string) []Cue {
	folded := m.fold.Fold(text)
	var found []Cue
	for i := range m.cues {
		if start, end, ok := m.cues[i].find(folded.String(), m.denials); ok {
			from, to := folded.Span(start, end)
			found = append(found, Cue{m.cues[i].id, from, to})
		}
	}
	return found
}

func (c *cue) find(text string, d Denials) (start, end int, ok bool) {
	for _, p := range c.phrases {
		if start, end, ok = p.find(text, d); ok {
			return start, end, true
		}
	}
	return 0, 0, false
}

// before reports whether text ends in a word that turns around what follows.
func (d Denials) before(text string) bool {
	ends := func(word string) bool { return strings.HasSuffix(text, word) }
	return slices.ContainsFunc(d.Words, ends) && !slices.ContainsFunc(d.Except, ends)
}

// folded returns d with its words as they stand in folded text.
func (d Denials) folded(t *normal.Table) Denials {
	for _, list := range []*[]string{&d.Words, &d.Except} {
		*list = slices.Clone(*list)
		for i, word := range *list {
			(*list)[i] = t.Fold(word).String()
		}
	}
	return d
}
