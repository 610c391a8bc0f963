package triage

import (
	"math"
	"slices"
	"sort"
	"time"

	"tixianbot/knowledge/fact"
)

// Evidence is what is known of a case.
type Evidence struct {
	Facts  fact.Facts
	Unsure []fact.Name // asked, and the user does not know; what was skipped is not among them
	Cues   []string    // ids of the telling phrases of the user; unknown ones count nothing
	Now    time.Time   // in the user's zone; zero: times count nothing
	Asked  int         // questions asked so far
}

// Ranked is a cause with its probability.
type Ranked struct {
	Cause   string
	P       float64  // of all causes together: 1
	Because []Reason // what speaks for it, strongest first
}

// Reason is a fact, one member of a set, or a phrase that speaks for a cause.
type Reason struct {
	Fact   fact.Name // "" of a cue
	Member string    // of a set
	Cue    string    // id of a phrase, "" of a fact
	Weight float64   // how much likelier it makes the cause, in bits
}

// worthSaying is the least weight of a reason, in bits.
const worthSaying = 1.5

// Rank returns all causes, the likeliest first. Equal ones stand in the order
// of the content.
func (m *Model) Rank(e Evidence) []Ranked {
	sum := m.told(e)
	add(sum, m.heard(e))
	p := softmax(sum)
	out := make([]Ranked, len(m.causes))
	for c, id := range m.causes {
		out[c] = Ranked{Cause: id, P: p[c], Because: m.because(e, c)}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].P > out[j].P })
	return out
}

// posterior returns the probability of each cause by facts and phrases, without
// voices.
func (m *Model) posterior(e Evidence) []float64 { return softmax(m.told(e)) }

// told returns the logarithm of the weight of each cause by facts and phrases.
func (m *Model) told(e Evidence) []float64 {
	sum := slices.Clone(m.prior)
	for _, name := range m.order {
		if s, row, ok := m.row(e, name); ok {
			add(sum, s.log[row])
		}
	}
	for _, id := range distinct(e.Cues) {
		if i, ok := m.cueAt[id]; ok {
			add(sum, m.cues[i].log)
		}
	}
	return sum
}

// row returns the table of the fact name and the row that e selects in it.
func (m *Model) row(e Evidence, name fact.Name) (*signal, int, bool) {
	s := m.signals[name]
	v, known := e.Facts[name]
	if !known {
		if !slices.Contains(e.Unsure, name) {
			return s, 0, false
		}
		return s, s.outcomes[Unsure], true
	}
	row, ok := s.outcomes[band(name, v, e.Now)]
	return s, row, ok
}

// because returns what speaks for the cause c.
func (m *Model) because(e Evidence, c int) []Reason {
	var out []Reason
	say := func(r Reason, log float64) {
		if r.Weight = log / math.Ln2; r.Weight >= worthSaying {
			out = append(out, r)
		}
	}
	for _, name := range m.order {
		if _, known := e.Facts[name]; !known {
			continue
		}
		if s, row, ok := m.row(e, name); ok {
			for member, up := range s.lift[row] {
				say(Reason{Fact: name, Member: member}, up[c])
			}
		}
	}
	for _, id := range distinct(e.Cues) {
		if i, ok := m.cueAt[id]; ok {
			say(Reason{Cue: id}, m.cues[i].log[c])
		}
		if like, log, ok := m.voice(id); ok && like == c {
			say(Reason{Cue: id}, log/float64(1+e.Asked))
		}
	}
	sort.Slice(out, func(i, j int) bool { return stronger(out[i], out[j]) })
	return out
}

func stronger(a, b Reason) bool {
	if a.Weight != b.Weight {
		return a.Weight > b.Weight
	}
	return string(a.Fact)+a.Member+a.Cue < string(b.Fact)+b.Member+b.Cue
}

func distinct(ids []string) []string {
	out := slices.Clone(ids)
	slices.Sort(out)
	return slices.Compact(out)
}

func add(sum, row []float64) {
	for c := range sum {
		sum[c] += row[c]
	}
}

func softmax(log []float64) []float64 {
	top := slices.Max(log)
	total := 0.0
	for c := range log {
		log[c] = math.Exp(log[c] - top)
		total += log[c]
	}
	for c := range log {
		log[c] /= total
	}
	return log
}
