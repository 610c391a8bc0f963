package letter

import (
	"regexp"
	"slices"
)

// anyDigit finds what a shape leaves open.
var anyDigit = regexp.MustCompile(`[0-9]+`)

// shape is what two figures have in common that can be taken for each other: a
// date for a date, a staff number for a staff number.
func shape(text string) string { return anyDigit.ReplaceAllString(text, "0") }

// Swapped returns what speaks against a reply to v because figures of the same
// shape stand in it in another order than in the letter: dates that changed
// places are all of the case, and yet not true.
func (b *Book) Swapped(v Veil, reply string) []Finding {
	var all, seen []int
	for n := range v.hidden {
		all = append(all, n+1)
	}
	for _, m := range token.FindAllStringSubmatch(reply, -1) {
		if n := tokenNumber(m[2]); n >= 1 && n <= len(v.hidden) {
			seen = append(seen, n)
		}
	}
	was, is := v.firsts(all), v.firsts(seen)
	for kind, order := range is {
		last := -1
		for _, text := range order {
			at := slices.Index(was[kind], text)
			if at < last {
				return []Finding{{ID: findOrder, Degree: Block, Quote: text, Say: b.checks.Say[findOrder]}}
			}
			last = at
		}
	}
	return nil
}

// firsts returns the texts behind tokens in the order in which each comes
// first, by their shapes. Only figures have one.
func (v Veil) firsts(tokens []int) map[string][]string {
	out := map[string][]string{}
	for _, n := range tokens {
		text := v.hidden[n-1].text
		if kind := shape(text); kind != text && !slices.Contains(out[kind], text) {
			out[kind] = append(out[kind], text)
		}
	}
	return out
}
