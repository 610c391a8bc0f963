package triage

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge/normal"
)

// Voices are short things that people with each cause write. A text is compared
// with all of them by the characters and pairs of characters that it shares, so
// that words which no cue knows still count. What comes of it is a cue like any
// other, only weaker: it never settles a case by itself.
type Voices struct {
	Scale float64             `yaml:"scale"` // how much of the likeness is believed, 0 to 1
	Most  float64             `yaml:"most"`  // the most that it can say for a cause, in bits
	Least float64             `yaml:"least"` // what says less is passed over, in bits
	Of    map[string][]string `yaml:"of"`    // by cause
}

// voices is compiled Voices: how much each character or pair of characters
// speaks for each cause, in bits.
type voices struct {
	scale, most, least float64
	grams              map[string][]float32
}

// The shares of single characters and of pairs. They overlap, so that none
// counts in full.
const (
	shareOfOne  = 0.3
	shareOfPair = 0.6
)

// smoothing is how many examples of no cause in particular stand behind those
// of each cause.
const smoothing = 3

func compileVoices(t *normal.Table, causes []string, v Voices) (*voices, error) {
	if v.Scale < 0 || v.Scale > 1 || v.Most < 0 || v.Least < 0 {
		return nil, fmt.Errorf("voices: scale %v, most %v, least %v make no sense", v.Scale, v.Most, v.Least)
	}
	out := &voices{scale: v.Scale, most: v.Most, least: v.Least, grams: map[string][]float32{}}
	var wrong []error
	total, per := 0, make([]float64, len(causes))
	for _, id := range slices.Sorted(maps.Keys(v.Of)) {
		c := slices.Index(causes, id)
		if c < 0 {
			wrong = append(wrong, fmt.Errorf("voices: no cause %q", id))
			continue
		}
		for _, text := range v.Of[id] {
			out.count(t.Fold(text).String(), c, len(causes))
		}
		total += len(v.Of[id])
		per[c] = float64(len(v.Of[id]))
	}
	out.weigh(float64(total), per)
	return out, errors.Join(wrong...)
}

// count notes that a folded text of the cause c holds its grams.
func (v *voices) count(text string, c, causes int) {
	for g := range grams(text) {
		if v.grams[g] == nil {
			v.grams[g] = make([]float32, causes)
		}
		v.grams[g][c]++
	}
}

// weigh turns counts into bits: how much likelier a gram is among the per[c]
// examples of c than among all.
func (v *voices) weigh(total float64, per []float64) {
	for g, counts := range v.grams {
		sum := 0.0
		for _, n := range counts {
			sum += float64(n)
		}
		base := (sum + 0.5) / (total + 1)
		for c, n := range counts {
			if per[c] == 0 {
				counts[c] = 0 // a cause without examples is neither like nor unlike
				continue
			}
			p := (float64(n) + smoothing*base) / (per[c] + smoothing)
			counts[c] = float32(math.Log2(p/base) * share(g))
		}
	}
}

func share(gram string) float64 {
	if utf8.RuneCountInString(gram) == 1 {
		return shareOfOne
	}
	return shareOfPair
}

// grams returns the characters, the pairs of them and the Latin words of a
// folded text. Marks and spaces end a pair.
func grams(text string) map[string]bool {
	out := map[string]bool{}
	for _, run := range strings.FieldsFunc(text, mark) {
		if run[0] < utf8.RuneSelf && asciiOnly(run) {
			out[run+" "] = true // no character of a word, and two at least
			continue
		}
		var last string
		for _, r := range run {
			out[string(r)] = true
			if last != "" {
				out[last+string(r)] = true
			}
			last = string(r)
		}
	}
	return out
}

func asciiOnly(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func mark(r rune) bool {
	return strings.ContainsRune(" \t\n,.!?;:\"'()，。！？；：、“”‘’「」『』【】《》（）…—~", r)
}

// fewest is how many known grams a text must hold to be like anything.
const fewest = 8

// like returns how much a folded text speaks for each cause, in bits of a
// posterior over causes that are all as likely, or nil for a text that is too
// short to tell.
func (v *voices) like(text string) []float64 {
	var sum []float64
	known := 0
	for g := range grams(text) {
		w := v.grams[g]
		if w == nil {
			continue
		}
		known++
		if sum == nil {
			sum = make([]float64, len(w))
		}
		for c := range w {
			sum[c] += float64(w[c])
		}
	}
	if known < fewest {
		return nil
	}
	for c := range sum {
		sum[c] *= v.scale * math.Ln2
	}
	n := float64(len(sum))
	for c, p := range softmax(sum) {
		sum[c] = math.Log2(p * n)
	}
	return sum
}

// voicePrefix begins the ids of the cues that voices give: voice.CAUSE.BITS.
const voicePrefix = "voice."

// mostVoices is how many causes a text is said to be like.
const mostVoices = 3

// voiceCues returns the causes that a text is like, the likest first.
func (m *Model) voiceCues(text normal.Text) []Cue {
	bits := m.voices.like(text.String())
	var order []int
	for c := range bits {
		if bits[c] >= m.voices.least {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if bits[a] > bits[b] {
			return -1
		}
		return 1
	})
	var found []Cue
	for _, c := range order[:min(mostVoices, len(order))] {
		from, to := m.voices.clause(text.String(), c)
		from, to = text.Span(from, to)
		tenths := int(math.Round(10 * min(bits[c], m.voices.most)))
		found = append(found, Cue{voicePrefix + m.causes[c] + "." + strconv.Itoa(tenths), from, to})
	}
	return found
}

// clause returns where the clause of a folded text stands that is likest to the cause c.
func (v *voices) clause(text string, c int) (int, int) {
	best, from, to := math.Inf(-1), 0, len(text)
	for start := 0; start < len(text); {
		end := len(text)
		if k := strings.IndexAny(text[start:], ",.!?;\n，。！？；"); k >= 0 {
			end = start + k
		}
		sum := 0.0
		for g := range grams(text[start:end]) {
			if w := v.grams[g]; w != nil {
				sum += float64(w[c])
			}
		}
		if sum > best && end > start {
			best, from, to = sum, start, end
		}
		_, size := utf8.DecodeRuneInString(text[end:])
		start = end + max(size, 1)
	}
	return from, to
}

// voice returns the cause and the weight, as a logarithm, of the id of a voice.
func (m *Model) voice(id string) (int, float64, bool) {
	rest, ok := strings.CutPrefix(id, voicePrefix)
	if !ok {
		return 0, 0, false
	}
	cause, tenths, _ := strings.Cut(rest, ".")
	c := slices.Index(m.causes, cause)
	n, err := strconv.Atoi(tenths)
	if c < 0 || err != nil || n < 0 {
		return 0, 0, false
	}
	return c, min(float64(n)/10, m.voices.most) * math.Ln2, true
}

// heard returns what voices say for each cause: of several the strongest. With
// every question that was asked they count less: how somebody began is worth
// less than what he answers.
func (m *Model) heard(e Evidence) []float64 {
	sum := make([]float64, len(m.causes))
	for _, id := range e.Cues {
		if c, log, ok := m.voice(id); ok {
			sum[c] = max(sum[c], log/float64(1+e.Asked))
		}
	}
	return sum
}
