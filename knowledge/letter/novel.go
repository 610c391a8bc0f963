package letter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A letter says little that letters do not say. What somebody invents is told
// in words that stand neither in the letters of the content, nor in the clauses
// that good letters were found to have, nor in the case. A clause that is full
// of such words is worth a second look, whatever it tells; it may also be a
// flourish, so it is advice and rejects nothing.

// pair is two Chinese characters in a row.
type pair [2]rune

// The measures of what is new, found on letters that were not learned from.
const (
	mostNew   = 8    // new pairs in a clause …
	newShare  = 0.65 // … and the share of all its pairs that they are
	newClause = 0.85 // the same for a shorter clause …
	leastNew  = 6    // … with at least so many
)

// learn adds the pairs of a text to those that letters are known to have.
func (b *Book) learn(text string) {
	f := b.fold.Fold(text).String()
	eachPair(f, func(p pair, _, _ int) { b.pairs[p] = true })
}

// eachPair calls use for each two Chinese characters in a row in f[from:to].
func eachPair(f string, use func(p pair, from, to int)) {
	var last rune
	at := 0
	for i, c := range f {
		if !unicode.Is(unicode.Han, c) {
			last = 0
			continue
		}
		if last != 0 {
			use(pair{last, c}, at, i+utf8.RuneLen(c))
		}
		last, at = c, i
	}
}

// novelty finds clauses about what the case does not know.
func (r *reading) novelty() {
	if r.order.Lang == English {
		return
	}
	own := map[pair]bool{}
	eachPair(r.known.words, func(p pair, _, _ int) { own[p] = true })
	begin, all, news := 0, 0, 0
	end := func(to int) {
		share := float64(news) / float64(max(1, all))
		if news >= mostNew && share >= newShare || news >= leastNew && share >= newClause {
			r.addUnheard(begin, to)
		}
		all, news = 0, 0
	}
	last := 0
	eachPair(r.f, func(p pair, from, to int) {
		if r.parted(last, from) {
			end(last)
			begin = from
		}
		last = to
		all++
		if !r.book.pairs[p] && !own[p] && r.free(from, to) {
			news++
		}
	})
	end(last)
}

// addUnheard notes a clause, unless something in it is found already.
func (r *reading) addUnheard(from, to int) {
	words := r.f[from:to]
	if !slices.ContainsFunc(r.found, func(f Finding) bool {
		return f.Quote != "" && strings.Contains(words, r.book.fold.Fold(f.Quote).String())
	}) {
		r.add(findUnheard, Advise, from, to)
	}
}

// parted reports whether a sign that ends a clause stands in f[from:to].
func (r *reading) parted(from, to int) bool {
	for i, c := range r.f[min(from, to):to] {
		if strings.ContainsRune(pauses+":", c) && !r.decimal(min(from, to)+i) {
			return true
		}
	}
	return false
}
