package screen

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// label is what the words beside a number call it.
type label string

// The labels, each a class of words in the content.
const (
	labelNone    label = ""
	labelCard    label = "label_card"
	labelID      label = "label_id"
	labelSerial  label = "label_serial"
	labelPhone   label = "label_phone"
	labelHotline label = "label_hotline"
	labelSeed    label = "label_seed"
	labelKey     label = "label_key"
	labelHash    label = "label_hash"
	labelPlain   label = "plain_english" // words that no seed phrase holds
)

// labels are the patterns of the labels.
type labels map[label]*pattern

// numberLabels are those that can name a number, the ones that win a tie first.
var numberLabels = []label{labelHotline, labelSerial, labelID, labelCard, labelPhone, labelHash, labelKey}

func (w words) labels() (labels, error) {
	out := labels{}
	for _, name := range append([]label{labelSeed, labelPlain}, numberLabels...) {
		source, ok := w[string(name)]
		if !ok {
			continue
		}
		p, err := w.compile(source)
		if err != nil {
			return nil, fmt.Errorf("screen: class %s: %w", name, err)
		}
		out[name] = p
	}
	return out, nil
}

// places returns where the label stands in s.
func (l labels) places(name label, s string) [][]int {
	if p := l[name]; p != nil {
		return p.all(s)
	}
	return nil
}

// How far, in characters, a label may stand from what it names.
const (
	labelBefore = 14
	labelBehind = 8
)

// of returns the label of f[from:to]: the nearest before it, or else the
// nearest behind it, in the same clause.
func (l labels) of(f string, from, to int) label {
	before := within(f, back(f, from, labelBefore), from, true)
	best, at := labelNone, -1
	for _, name := range numberLabels {
		if m := l.places(name, before); len(m) > 0 && m[len(m)-1][1] > at {
			best, at = name, m[len(m)-1][1]
		}
	}
	if best != labelNone {
		return best
	}
	return l.behind(within(f, to, ahead(f, to, labelBehind), false))
}

func (l labels) behind(s string) label {
	best, at := labelNone, len(s)
	for _, name := range numberLabels {
		if m := l.places(name, s); len(m) > 0 && m[0][0] < at {
			best, at = name, m[0][0]
		}
	}
	return best
}

// within returns f[lo:hi] without what lies beyond a clause or a mask; behind
// a number a space ends it too.
func within(f string, lo, hi int, before bool) string {
	s := f[lo:hi]
	const ends = ",。!?;\n、●"
	if before {
		if i := strings.LastIndexAny(s, ends); i >= 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			return s[i+size:]
		}
		return s
	}
	if i := strings.IndexAny(s, ends+" :"); i >= 0 {
		return s[:i]
	}
	return s
}
