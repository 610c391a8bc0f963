package triage

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
)

// Model is compiled [Weights]. It is never changed and may be shared.
type Model struct {
	fold     *normal.Table
	causes   []string
	prior    []float64 // logarithms of the shares of the causes
	before   [][]fact.Name
	signals  map[fact.Name]*signal
	order    []fact.Name
	cues     []cue
	cueAt    map[string]int
	openings map[rune][]opening // by their first character
	voices   *voices
	denials  Denials
	stop     Stop
}

// Compile checks w and makes a model of it. Texts are folded by t.
func Compile(t *normal.Table, w Weights) (*Model, error) {
	m := &Model{fold: t, denials: w.Denials.folded(t), stop: w.Stop,
		signals: map[fact.Name]*signal{}, cueAt: map[string]int{}, openings: map[rune][]opening{}}
	if err := w.Stop.check(); err != nil {
		return nil, err
	}
	if err := m.addCauses(w.Causes); err != nil {
		return nil, err
	}
	deviations, err := m.deviations(w)
	if err != nil {
		return nil, err
	}
	for _, fw := range w.Facts {
		if err := m.addSignal(fw, deviations[fw.Fact]); err != nil {
			return nil, err
		}
	}
	if err := m.checkBefore(); err != nil {
		return nil, err
	}
	if err := m.addCues(w.Cues, w.Strengths); err != nil {
		return nil, err
	}
	m.voices, err = compileVoices(t, m.causes, w.Voices)
	return m, err
}

// Causes returns the ids of the causes, in the order of the content.
func (m *Model) Causes() []string { return slices.Clone(m.causes) }

// Facts returns the facts that say something about causes.
func (m *Model) Facts() []fact.Name { return slices.Clone(m.order) }

func (s Stop) check() error {
	if s.Enough <= 0.5 || s.Doubted < s.Enough || s.Doubted >= 1 || s.Gain <= 0 || s.Lead < 0 || s.Most < 1 {
		return fmt.Errorf("stop: %+v holds a number that makes no sense", s)
	}
	return nil
}

func (m *Model) addCauses(causes []CauseWeights) error {
	sum := 0.0
	for _, c := range causes {
		if slices.Contains(m.causes, c.ID) {
			return fmt.Errorf("cause %s: it stands there twice", c.ID)
		}
		if c.Prior <= 0 {
			return fmt.Errorf("cause %s: prior %v", c.ID, c.Prior)
		}
		m.causes = append(m.causes, c.ID)
		m.before = append(m.before, c.Before)
		sum += c.Prior
	}
	for _, c := range causes {
		m.prior = append(m.prior, math.Log(c.Prior/sum))
	}
	return nil
}

// deviations returns, by fact, what each cause says differs under it.
func (m *Model) deviations(w Weights) (map[fact.Name][]shares, error) {
	out := map[fact.Name][]shares{}
	for _, fw := range w.Facts {
		out[fw.Fact] = make([]shares, len(w.Causes))
	}
	for i, c := range w.Causes {
		for _, key := range slices.Sorted(maps.Keys(c.Facts)) {
			name, outcome, _ := strings.Cut(key, ".")
			per, ok := out[fact.Name(name)]
			if !ok || !slices.Contains(append(Bands(fact.Name(name)), Unsure), outcome) {
				return nil, fmt.Errorf("cause %s: no outcome %q", c.ID, key)
			}
			share, ok := w.Words[c.Facts[key]]
			if !ok || share <= 0 || share >= 100 {
				return nil, fmt.Errorf("cause %s: %s: no word %q", c.ID, key, c.Facts[key])
			}
			if per[i] == nil {
				per[i] = shares{}
			}
			per[i][outcome] = share / 100
		}
	}
	return out, nil
}

func (m *Model) addSignal(fw FactWeights, per []shares) error {
	if m.signals[fw.Fact] != nil {
		return fmt.Errorf("fact %s: it stands there twice", fw.Fact)
	}
	s, err := newSignal(fw, per)
	if err != nil {
		return err
	}
	m.signals[fw.Fact] = s
	m.order = append(m.order, fw.Fact)
	return nil
}

func (m *Model) checkBefore() error {
	for c, names := range m.before {
		for _, name := range names {
			if m.signals[name] == nil {
				return fmt.Errorf("cause %s: before: fact %q says nothing about causes", m.causes[c], name)
			}
		}
	}
	return nil
}

// addCues adds all cues, or reports all that are wrong.
func (m *Model) addCues(cues []CueWeights, strengths map[string]float64) error {
	var wrong []error
	for _, cw := range cues {
		if err := m.addCue(cw, strengths); err != nil {
			wrong = append(wrong, fmt.Errorf("cue %s: %w", cw.ID, err))
		}
	}
	return errors.Join(wrong...)
}

func (m *Model) addCue(cw CueWeights, strengths map[string]float64) error {
	if _, ok := m.cueAt[cw.ID]; ok || cw.ID == "" {
		return errors.New("it has no id of its own")
	}
	c := cue{id: cw.ID, doubt: cw.Doubt, log: make([]float64, len(m.causes))}
	var wrong []error
	for _, text := range cw.Says {
		p, err := parsePhrase(text, func(s string) string { return m.fold.Fold(s).String() })
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		m.addPhrase(len(m.cues), p)
	}
	for _, id := range slices.Sorted(maps.Keys(cw.For)) {
		cause, times := slices.Index(m.causes, id), strengths[cw.For[id]]
		if cause < 0 || times <= 0 {
			wrong = append(wrong, fmt.Errorf("cause %q, strength %q: one of them is not known", id, cw.For[id]))
			continue
		}
		c.log[cause] = math.Log(times)
	}
	m.cueAt[cw.ID] = len(m.cues)
	m.cues = append(m.cues, c)
	return errors.Join(wrong...)
}
