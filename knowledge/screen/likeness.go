package screen

import (
	"math"
	"slices"
	"sort"
	"unicode"
)

// likeness tells how like a text is to the examples of each flag. It is a
// logistic regression over the characters of a text, and pairs and triples of
// them, that [Compile] fits to the examples of the content. It catches what the
// rules have no pattern for, and an editor improves it by adding the sentence
// that was missed to the examples.
//
// Fitting takes the examples in an order that is always the same, so the same
// content gives the same answers.
type likeness struct {
	features map[gram]int32
	weights  []float32 // by feature, then by class
	bias     []float32
	classes  []Flag // None first
}

// How the weights are fitted.
const (
	rounds      = 14
	firstStep   = 0.5  // learning rate of the first round
	shrink      = 1e-4 // pull towards zero
	settled     = 0.02 // an error not worth correcting
	minExamples = 2    // a feature that fewer examples have tells nothing about others
)

// sample is a text as its features.
type sample struct {
	features []int32
	scale    float64 // long texts have many features, each counts for less
}

// example is a text that is known to raise a flag.
type example struct {
	class int
	sample
}

// fit returns the likeness to examples, or nil if there are none.
func fit(folded map[Flag][]string) *likeness {
	l := &likeness{features: map[gram]int32{}}
	for flag := range folded {
		l.classes = append(l.classes, flag)
	}
	sort.Slice(l.classes, func(i, j int) bool { return l.classes[i] < l.classes[j] })
	if len(l.classes) < 2 {
		return nil
	}
	l.pickFeatures(folded)
	var all []example
	for class, flag := range l.classes {
		for _, text := range folded[flag] {
			all = append(all, example{class, l.of(text)})
		}
	}
	l.weights = make([]float32, len(l.features)*len(l.classes))
	l.bias = make([]float32, len(l.classes))
	l.learn(all)
	return l
}

// pickFeatures numbers the features that enough examples have.
func (l *likeness) pickFeatures(folded map[Flag][]string) {
	counts := map[gram]int32{}
	var order []gram
	for _, flag := range l.classes {
		for _, text := range folded[flag] {
			for _, g := range grams(text) {
				if counts[g]++; counts[g] == minExamples {
					order = append(order, g)
				}
			}
		}
	}
	slices.Sort(order)
	for i, g := range order {
		l.features[g] = int32(i)
	}
}

// of returns the features of a folded text that the examples know. Those that
// they do not know make the text less like any of them.
func (l *likeness) of(text string) sample {
	all := grams(text)
	s := sample{features: make([]int32, 0, len(all))}
	for _, g := range all {
		if id, ok := l.features[g]; ok {
			s.features = append(s.features, id)
		}
	}
	slices.Sort(s.features)
	s.scale = 1 / math.Sqrt(float64(len(all)+1))
	return s
}

// learn fits the weights: some rounds over all examples, in smaller and smaller steps.
func (l *likeness) learn(all []example) {
	order := mixer(1)
	p := make([]float64, len(l.classes))
	for round := range rounds {
		step := firstStep / (1 + 0.3*float64(round))
		for i := len(all) - 1; i > 0; i-- {
			j := order.below(i + 1)
			all[i], all[j] = all[j], all[i]
		}
		for _, e := range all {
			l.chances(e.sample, p)
			l.correct(e, p, step)
		}
	}
}

// mixer is a linear congruential generator (Knuth, MMIX): all it has to do is
// put the examples in another order each round, the same one every time.
type mixer uint64

// below returns a number from 0 to n-1.
func (m *mixer) below(n int) int {
	*m = *m*6364136223846793005 + 1442695040888963407
	return int(uint64(*m) >> 33 % uint64(n))
}

// correct moves the weights of the example's features towards its class.
func (l *likeness) correct(e example, p []float64, step float64) {
	n := len(l.classes)
	for c := range n {
		g := -p[c]
		if c == e.class {
			g++
		}
		if math.Abs(g) < settled {
			continue
		}
		l.bias[c] += float32(step * g * 0.1)
		move := float32(step * g * e.scale)
		for _, f := range e.features {
			w := &l.weights[int(f)*n+c]
			*w = *w*(1-shrink) + move
		}
	}
}

// chances puts into p how likely each class is for a text.
func (l *likeness) chances(s sample, p []float64) {
	n := len(l.classes)
	for c := range n {
		sum := float32(0)
		for _, f := range s.features {
			sum += l.weights[int(f)*n+c]
		}
		p[c] = float64(l.bias[c]) + s.scale*float64(sum)
	}
	top, total := p[0], 0.0
	for _, v := range p {
		top = math.Max(top, v)
	}
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		total += p[c]
	}
	for c := range p {
		p[c] /= total
	}
}

// flag returns the flag that text is most like and how likely it is. A nil
// likeness finds nothing.
func (l *likeness) flag(folded string) (Flag, float64) {
	if l == nil || wordy(folded) < fewest {
		return None, 1
	}
	p := make([]float64, len(l.classes))
	l.chances(l.of(folded), p)
	best := 0
	for c := range p {
		if p[c] > p[best] {
			best = c
		}
	}
	return l.classes[best], p[best]
}

// fewest is how many letters a text must have to be like anything: an answer
// of a word or a number tells nothing by its characters.
const fewest = 8

// wordy returns how many letters a text has; digits and marks do not count.
func wordy(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
