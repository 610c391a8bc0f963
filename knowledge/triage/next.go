package triage

import (
	"math"
	"slices"

	"tixianbot/knowledge/fact"
)

// Next returns the fact among askable that is the next worth asking, and false
// when asking more is not worth it. Facts that are known, or that the user said
// not to know, are passed over.
//
// The worth of a question, in bits, is how much uncertainty its answer is
// expected to take away, plus Stop.Lead times how much surer the first cause is
// expected to become, less what asking costs. It stops when
//
//   - Stop.Most questions were asked, or
//   - the first cause has reached Stop.Enough (Stop.Doubted while a phrase says
//     that the user only guesses) and all that its Before names has been asked, or
//   - no question is worth Stop.Gain.
func (m *Model) Next(e Evidence, askable []fact.Name) (fact.Name, bool) {
	if e.Asked >= m.stop.Most {
		return "", false
	}
	open := m.open(e, askable)
	p := m.posterior(e) // how somebody sounds settles nothing
	first := argmax(p)
	if p[first] >= m.enough(e) {
		return m.best(p, intersect(open, m.before[first]), 0)
	}
	return m.best(p, open, m.stop.Gain)
}

// open returns the facts of askable that can still say something.
func (m *Model) open(e Evidence, askable []fact.Name) []fact.Name {
	var out []fact.Name
	for _, name := range m.order {
		_, known := e.Facts[name]
		if !known && slices.Contains(askable, name) && !slices.Contains(e.Unsure, name) {
			out = append(out, name)
		}
	}
	return out
}

func (m *Model) enough(e Evidence) float64 {
	for _, id := range e.Cues {
		if i, ok := m.cueAt[id]; ok && m.cues[i].doubt {
			return m.stop.Doubted
		}
	}
	return m.stop.Enough
}

// best returns the fact of names whose question is worth most, if it is worth
// at least that much. With least 0 the cost does not count.
func (m *Model) best(p []float64, names []fact.Name, least float64) (fact.Name, bool) {
	var found fact.Name
	top := math.Inf(-1)
	for _, name := range names {
		worth := m.worth(p, m.signals[name])
		if least > 0 {
			worth -= m.signals[name].cost
		}
		if worth >= least && worth > top {
			found, top = name, worth
		}
	}
	return found, found != ""
}

// worth returns what asking for s is expected to change when the causes have
// the probabilities p, in bits.
func (m *Model) worth(p []float64, s *signal) float64 {
	left, lead := 0.0, 0.0
	after := make([]float64, len(p))
	for _, row := range s.p {
		chance, most := 0.0, 0.0
		for c := range p {
			after[c] = p[c] * row[c]
			chance += after[c]
			most = max(most, after[c])
		}
		lead += most
		left += unsettled(after, chance)
	}
	return entropy(p) - left + m.stop.Lead*(lead-slices.Max(p))
}

// unsettled returns chance times the entropy of the shares of after in it.
func unsettled(after []float64, chance float64) float64 {
	h := 0.0
	for _, x := range after {
		if x > 1e-9 {
			h -= x * math.Log2(x/chance)
		}
	}
	return h
}

func entropy(p []float64) float64 { return unsettled(p, 1) }

func argmax(p []float64) int {
	first := 0
	for c := range p {
		if p[c] > p[first] {
			first = c
		}
	}
	return first
}

func intersect(a, b []fact.Name) []fact.Name {
	var out []fact.Name
	for _, name := range a {
		if slices.Contains(b, name) {
			out = append(out, name)
		}
	}
	return out
}
