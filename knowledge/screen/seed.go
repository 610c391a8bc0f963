package screen

import "strings"

// Seed phrases have at least so many words; fewer in a row count only where
// something calls them a seed phrase.
const (
	wholeSeed  = 12
	calledSeed = 6
)

// seedReach is how far, in characters, before the words something may call them so.
const seedReach = 30

// seeds finds seed phrases: a dozen or more short words in a row, none of them
// one that fills ordinary sentences; fewer if they are called so.
func (s *Screen) seeds(in *scan) []hit {
	var out []hit
	f := in.text
	for i := 0; i < len(f); {
		if !letter(f[i]) {
			i++
			continue
		}
		words, next := seedWords(f, i)
		words, called := s.uncalled(in, words)
		if len(words) >= wholeSeed && !s.plain(in, words) || called && len(words) >= calledSeed && !s.plain(in, words) {
			out = append(out, hit{kind: Seed, from: words[0].from, to: words[len(words)-1].to})
		}
		i = next
	}
	return out
}

// uncalled drops the words that only say that a seed phrase follows, and tells
// whether anything said so.
func (s *Screen) uncalled(in *scan, words []group) ([]group, bool) {
	if len(words) < calledSeed {
		return nil, false
	}
	from, to := words[0].from, words[len(words)-1].to
	_, end, called := s.labels[labelSeed].last(in, from, to)
	if !called {
		lo := clauseFrom(in.text, back(in.text, from, seedReach), from)
		return words, s.labels[labelSeed].in(in, lo, from)
	}
	for len(words) > 0 && words[0].from < end {
		words = words[1:]
	}
	return words, true
}

// plain reports whether words hold one that fills ordinary sentences.
func (s *Screen) plain(in *scan, words []group) bool {
	for _, w := range words {
		if s.labels[labelPlain].in(in, w.from, w.to) {
			return true
		}
	}
	return false
}

// seedWords reads words of three to eight letters from f[i:], which begins with
// a letter, and returns them with the index to go on from.
func seedWords(f string, i int) (words []group, next int) {
	for {
		w := group{i, i}
		for w.to < len(f) && letter(f[w.to]) {
			w.to++
		}
		if n := w.to - w.from; n < 3 || n > 8 || w.to < len(f) && digit(f[w.to]) {
			return words, max(w.to, i)
		}
		words = append(words, w)
		i = skipBetween(f, w.to)
		if i == len(f) || i == w.to || !letter(f[i]) {
			return words, i
		}
	}
}

// skipBetween skips what stands between the words of a seed phrase: spaces,
// commas, line ends, and the numbers of a list.
func skipBetween(f string, i int) int {
	start := i
	for i < len(f) {
		switch {
		case strings.IndexByte(" ,\n-/.):|_", f[i]) >= 0:
			i++
		case strings.HasPrefix(f[i:], "、"):
			i += len("、")
		case digit(f[i]) && i > start && countDigits(f[i:]) <= 2:
			i += countDigits(f[i:])
		default:
			return i
		}
	}
	return i
}
