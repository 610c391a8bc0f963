package screen

// gram is a feature of a text: one to three characters in a row, or the hash
// of a Latin word or two.
type gram uint64

// latinGram marks the hash of Latin words; characters leave that bit free.
const latinGram gram = 1 << 63

// runeBits is how many bits a character takes in a gram.
const runeBits = 21

// maxLike bounds how much of a text is compared: beyond it, what matters is
// lost among the rest.
const maxLike = 400

// gramSet collects grams, each once, in the order they come. It is a hash
// table that finds a free slot by walking on.
type gramSet struct {
	all   []gram
	slots []int32 // 1 + place in all, 0 is free
}

// newGramSet returns a set for the grams of n characters.
func newGramSet(n int) *gramSet {
	n = min(3*n, 3*maxLike+8)
	size := 64
	for size < 2*n {
		size *= 2
	}
	return &gramSet{all: make([]gram, 0, n), slots: make([]int32, size)}
}

func (s *gramSet) add(g gram) {
	mask := uint64(len(s.slots) - 1)
	for i := uint64(g) * 0x9e3779b97f4a7c15 >> 32 & mask; ; i = (i + 1) & mask {
		switch at := s.slots[i]; {
		case at == 0:
			s.all = append(s.all, g)
			s.slots[i] = int32(len(s.all))
			return
		case s.all[at-1] == g:
			return
		}
	}
}

// grams returns the features of a folded text, each once: its Latin words and
// pairs of them, its other characters and the pairs and triples of them that no
// space or mark breaks. Every number is the same.
func grams(text string) []gram {
	out := newGramSet(len(text))
	var word, pair gram // the hash of the word that is read, and of the one before and it
	var last gram       // the hash of the word before
	var run run
	inWord := false
	endWord := func() {
		out.add(word | latinGram)
		if last != 0 {
			out.add(pair | latinGram)
		}
		last, inWord = word, false
	}
	for _, r := range text {
		if r < 0x80 && letter(byte(r)) || r == '\'' {
			if !inWord {
				inWord, run.n = true, 0
				word, pair = hashSeed, last.hash(' ')
			}
			word, pair = word.hash(byte(r)), pair.hash(byte(r))
			continue
		}
		if inWord {
			endWord()
		}
		run.add(out, digitless(r))
		if len(out.all) > 3*maxLike {
			return out.all
		}
	}
	if inWord {
		endWord()
	}
	return out.all
}

// hashSeed and hash are FNV-1a.
const hashSeed gram = 14695981039346656037

func (g gram) hash(c byte) gram { return (g ^ gram(c)) * 1099511628211 }

func digitless(r rune) rune {
	if r >= '0' && r <= '9' {
		return '0'
	}
	return r
}

// run is the last characters of a run that no space or mark breaks.
type run struct {
	last gram // up to three of them
	n    int
}

// add puts r behind the run and adds the one to three characters that end it;
// a character that separates words ends it.
func (u *run) add(out *gramSet, r rune) {
	if r < 0x80 && r != '0' || r >= 0x2000 && r < 0x3040 || r >= 0xff00 {
		u.n = 0
		return
	}
	repeated := u.n > 0 && r == '0' && u.last&(1<<runeBits-1) == '0'
	u.last = (u.last<<runeBits | gram(r)) & (1<<(3*runeBits) - 1)
	u.n++
	if repeated {
		return
	}
	for k := 1; k <= 3 && k <= u.n; k++ {
		out.add(u.last & (1<<(k*runeBits) - 1))
	}
}
