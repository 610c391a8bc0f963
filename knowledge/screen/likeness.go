package screen

import (
	"math"
	"slices"
	"unicode"
)

// likeness tells how like a text is to the examples of each flag. It is a
// logistic regression over the characters of a text, pairs and triples of them,
// and the ideas that it touches, fitted to the examples of the content. An idea
// is a list of words that mean much the same: it lets an example speak for
// others that say it in other words. The likeness catches what the
// rules have no pattern for, it doubts what a rule finds in a text that is like
// none of its examples, and an editor improves it by adding the sentence that
// was missed to the examples.
//
// Fitting takes the examples in an order that is always the same, so the same
// content gives the same answers.
type likeness struct {
	features map[gram]int32 // the ideas have the numbers behind these
	ideas    []*pattern
	weights  []float32 // by feature, then by class
	bias     []float32
	classes  []Flag // None among them
}

// How the weights are fitted: stochastic gradient descent whose steps shrink
// for each weight with what it was moved already (AdaGrad), so that a rare
// character learns as fast as a common one. The figures are those that did best
// where each round of test messages was held out in turn.
const (
	rounds      = 20
	step        = 0.3
	shrink      = 1e-3  // pull towards zero
	begun       = 0.05  // keeps the first steps of a weight small
	settled     = 0.005 // an error not worth correcting
	minExamples = 2     // a feature that fewer examples have tells nothing about others
	ideaValue   = 0.25  // of an idea, where a gram of a text of fifteen characters has some 0.15
)

// sample is a text as its features.
type sample struct {
	grams []int32
	scale float64 // the value of a gram: long texts have many, each counts for less
	ideas []int32
}

// example is a text that is known to raise a flag.
type example struct {
	class int
	in    *scan
	all   []gram
	sample
}

// fit returns the likeness to examples, or nil if there are none.
func fit(examples map[Flag][]*scan, ideas []*pattern) *likeness {
	l := &likeness{features: map[gram]int32{}, ideas: ideas}
	for flag := range examples {
		l.classes = append(l.classes, flag)
	}
	slices.Sort(l.classes)
	if len(l.classes) < 2 {
		return nil
	}
	var all []example
	for class, flag := range l.classes {
		for _, in := range examples[flag] {
			all = append(all, example{class: class, in: in, all: grams(in.text)})
		}
	}
	l.pickFeatures(all)
	for i := range all {
		all[i].sample = l.sample(all[i].in, all[i].all)
	}
	l.weights = make([]float32, (len(l.features)+len(l.ideas))*len(l.classes))
	l.bias = make([]float32, len(l.classes))
	l.learn(all)
	return l
}

// pickFeatures numbers the grams that enough examples have.
func (l *likeness) pickFeatures(all []example) {
	counts := map[gram]int32{}
	var order []gram
	for _, e := range all {
		for _, g := range e.all {
			if counts[g]++; counts[g] == minExamples {
				order = append(order, g)
			}
		}
	}
	slices.Sort(order)
	for i, g := range order {
		l.features[g] = int32(i)
	}
}

// sample returns the features of a folded text, of which all are its grams,
// that the examples know. Those that they do not know make the text less like
// any of them.
func (l *likeness) sample(in *scan, all []gram) sample {
	s := sample{grams: make([]int32, 0, len(all)), scale: 1 / math.Sqrt(float64(len(all)+1))}
	for _, g := range all {
		if id, ok := l.features[g]; ok {
			s.grams = append(s.grams, id)
		}
	}
	slices.Sort(s.grams)
	for i, idea := range l.ideas {
		if idea.somewhere(in) {
			s.ideas = append(s.ideas, int32(len(l.features)+i))
		}
	}
	return s
}

// learn fits the weights: some rounds over all examples.
func (l *likeness) learn(all []example) {
	moved := make([]float32, len(l.weights)) // sums of squares
	biasMoved := make([]float32, len(l.bias))
	order := mixer(1)
	p := make([]float64, len(l.classes))
	for range rounds {
		for i := len(all) - 1; i > 0; i-- {
			j := order.below(i + 1)
			all[i], all[j] = all[j], all[i]
		}
		for _, e := range all {
			l.chances(e.sample, p)
			l.correct(e, p, moved, biasMoved)
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
func (l *likeness) correct(e example, p []float64, moved, biasMoved []float32) {
	n := len(l.classes)
	for c := range n {
		g := -p[c]
		if c == e.class {
			g++
		}
		if math.Abs(g) < settled {
			continue
		}
		biasMoved[c] += float32(g * g)
		l.bias[c] += float32(step * g / math.Sqrt(float64(biasMoved[c])+1))
		l.move(e.grams, c, float32(g*e.scale), moved)
		l.move(e.ideas, c, float32(g*ideaValue), moved)
	}
}

// move pulls the weights of features for class c.
func (l *likeness) move(features []int32, c int, pull float32, moved []float32) {
	n := len(l.classes)
	for _, f := range features {
		at := int(f)*n + c
		by := pull - shrink*l.weights[at]
		moved[at] += by * by
		l.weights[at] += step * by / (float32(math.Sqrt(float64(moved[at]))) + begun)
	}
}

// chances puts into p how likely each class is for a text.
func (l *likeness) chances(s sample, p []float64) {
	l.scores(s, p)
	even(p)
}

// scores puts into p the score of each class: the logarithm of its odds, but
// for a number that all have in common.
func (l *likeness) scores(s sample, p []float64) {
	for c := range l.classes {
		p[c] = float64(l.bias[c]) + s.scale*l.sum(s.grams, c) + ideaValue*l.sum(s.ideas, c)
	}
}

// sum adds up the weights of features for class c.
func (l *likeness) sum(features []int32, c int) float64 {
	n, sum := len(l.classes), float32(0)
	for _, f := range features {
		sum += l.weights[int(f)*n+c]
	}
	return float64(sum)
}

// even turns scores into chances, which add up to one.
func even(p []float64) {
	top, total := slices.Max(p), 0.0
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		total += p[c]
	}
	for c := range p {
		p[c] /= total
	}
}

// knows reports whether a folded text says enough to be like anything. A nil
// likeness knows nothing.
func (l *likeness) knows(folded string) bool { return l != nil && wordy(folded) >= fewest }

// flag returns the flag that a text raises, or None where it is at least
// as likely as doubt that it raises none. The finds of the rules add to the
// scores of their flags. Of flags that are likely enough the most urgent counts.
func (l *likeness) flag(in *scan, finds map[Flag]float64, doubt float64) Flag {
	p := make([]float64, len(l.classes))
	l.scores(l.sample(in, grams(in.text)), p)
	for c, flag := range l.classes {
		p[c] += finds[flag]
	}
	even(p)
	chance := make(map[Flag]float64, len(p))
	for c, flag := range l.classes {
		chance[flag] = p[c]
	}
	if chance[None] >= doubt {
		return None
	}
	best := None
	for _, flag := range urgency {
		switch {
		case chance[flag] >= urgent, finds[flag] > 0 && chance[flag] >= urgentFind:
			return flag
		case best == None || chance[flag] > chance[best]:
			best = flag
		}
	}
	return best
}

// How likely a flag must be to count before likelier ones that are less urgent,
// and how likely if a rule found it.
const (
	urgent     = 0.3
	urgentFind = 0.05
)

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
