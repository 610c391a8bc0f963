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

func (c *compiler) labels() (labels, error) {
	out := labels{}
	for _, name := range append([]label{labelSeed, labelPlain}, numberLabels...) {
		source, ok := c.words[string(name)]
		if !ok {
			continue
		}
		p, err := c.compile(source)
		if err != nil {
			return nil, fmt.Errorf("screen: class %s: %w", name, err)
		}
		out[name] = p
	}
	return out, nil
}

// How far, in characters, a label may stand from what it names.
const (
	labelBefore = 14
	labelBehind = 8
)

// of returns the label of what stands between from and to: the nearest before
// it, or else the nearest behind it, in the same clause.
func (l labels) of(s *scan, from, to int) label {
	if found := l.before(s, clauseFrom(s.text, back(s.text, from, labelBefore), from), from); found != labelNone {
		return found
	}
	return l.behind(s, to, clauseTo(s.text, to, ahead(s.text, to, labelBehind)))
}

func (l labels) before(s *scan, lo, hi int) label {
	best, at := labelNone, -1
	for _, name := range numberLabels {
		if _, end, ok := l[name].last(s, lo, hi); ok && end > at {
			best, at = name, end
		}
	}
	return best
}

func (l labels) behind(s *scan, lo, hi int) label {
	best, at := labelNone, hi
	for _, name := range numberLabels {
		if from, _, ok := l[name].first(s, lo, hi); ok && from < at {
			best, at = name, from
		}
	}
	return best
}

// ends are what a label does not reach across: the end of a clause, a mask.
const ends = ",。!?;\n、●"

// clauseFrom returns where the clause that ends f[lo:hi] begins in it.
func clauseFrom(f string, lo, hi int) int {
	i := strings.LastIndexAny(f[lo:hi], ends)
	if i < 0 {
		return lo
	}
	_, size := utf8.DecodeRuneInString(f[lo+i:])
	return lo + i + size
}

// clauseTo returns where the clause that begins f[lo:hi] ends in it; behind a
// number a space ends it too.
func clauseTo(f string, lo, hi int) int {
	if i := strings.IndexAny(f[lo:hi], ends+" :"); i >= 0 {
		return lo + i
	}
	return hi
}
