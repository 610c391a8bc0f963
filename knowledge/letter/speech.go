package letter

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// kinship is the share of what somebody is said to have said that must stand in
// the words of the case.
const kinship = 0.4

// speech finds what the other side is said to have said, admitted or agreed to
// and has not, as far as the case knows.
func (r *reading) speech() {
	re := r.checks.one["speech"]
	for _, m := range re.FindAllStringSubmatchIndex(r.f, -1) {
		at := core(m)
		if r.blankIn(at) || r.checks.one["heard"].MatchString(r.f[at[0]:at[1]]) {
			continue
		}
		if lo, _ := r.clause(m[0], m[0], pauses); r.checks.one["wished"].MatchString(r.f[lo:at[0]]) {
			continue
		}
		if r.kin(at) < kinship {
			r.add(findQuote, Block, at[0], at[1])
			return
		}
	}
}

func (r *reading) blankIn(at []int) bool { return slices.Contains(r.blank[at[0]:at[1]], true) }

// kin returns the share of the pairs of characters, or of the long words, of
// f[at[0]:at[1]] that stand in the words of the case.
func (r *reading) kin(at []int) float64 {
	same, all := 0, 0
	note := func(from, to int, piece string) {
		all++
		if !r.free(from, to) || strings.Contains(r.known.words, piece) {
			same++
		}
	}
	f := r.f[at[0]:at[1]]
	if r.order.Lang == English {
		for _, w := range latinWord.FindAllStringIndex(f, -1) {
			if w[1]-w[0] > 3 {
				note(at[0]+w[0], at[0]+w[1], f[w[0]:w[1]])
			}
		}
	} else {
		for i := 0; i < len(f); {
			_, n := utf8.DecodeRuneInString(f[i:])
			if _, more := utf8.DecodeRuneInString(f[i+n:]); more > 0 {
				note(at[0]+i, at[0]+i+n+more, f[i:i+n+more])
			}
			i += n
		}
	}
	if all == 0 {
		return 1
	}
	return float64(same) / float64(all)
}
