package read

import (
	"time"

	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/when"
)

// A Value is a piece of a folded text that has a value of its own: a moment, a
// sum, a count, a code, the name of a platform.
type Value struct {
	Kind       string // as patterns call it: time, by, length, within, money, num, code …
	Start, End int    // bytes of the folded text
	Phrase     when.Phrase
	Sum        string // of money, coin and num: a decimal number
}

// Values returns the values in text, in order and apart. now says when it was
// written.
func (r *Reader) Values(text normal.Text, now time.Time) []Value {
	m := r.masks.mask("", text, now)
	out := make([]Value, 0, len(m.ents))
	for _, e := range m.ents {
		v := Value{Kind: kindNames[e.kind], Start: e.start, End: e.end, Phrase: e.phrase}
		if e.number.Value != nil {
			v.Sum = e.number.String()
		}
		out = append(out, v)
	}
	return out
}

var kindNames = func() map[rune]string {
	names := map[rune]string{runeMoney: "money"}
	for name, c := range valueNames {
		names[c] = name
	}
	return names
}()
