package screen

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// lexicon holds the strings that the patterns ask for, in sets. One walk over a
// text finds them all; after it most patterns are known not to match.
type lexicon struct {
	roots map[rune]int32     // first character of a string to its node
	next  map[trieStep]int32 // node and character to node
	ends  []int32            // node to the string that ends there, or -1
	ids   map[string]int32   // string to its number
	in    [][]setID          // string to the sets that hold it
	sets  []set
	known map[string]setID
}

// set is a set of strings, a bit for each by its number.
type set []uint64

func (s set) holds(word int32) bool {
	return int(word>>6) < len(s) && s[word>>6]&(1<<(word&63)) != 0
}

func (s *set) put(word int32) {
	for len(*s) <= int(word>>6) {
		*s = append(*s, 0)
	}
	(*s)[word>>6] |= 1 << (word & 63)
}

// setID numbers the sets; noSet is none.
type setID int32

const noSet setID = -1

type trieStep struct {
	node int32
	r    rune
}

func newLexicon() *lexicon {
	return &lexicon{
		roots: map[rune]int32{}, next: map[trieStep]int32{},
		ids: map[string]int32{}, known: map[string]setID{},
	}
}

// add returns the number of a set of strings, none of them empty. The same set
// has the same number.
func (l *lexicon) add(strs []string) setID {
	strs = slices.Clone(strs)
	slices.Sort(strs)
	strs = slices.Compact(strs)
	key := strings.Join(strs, "\x00")
	if id, ok := l.known[key]; ok {
		return id
	}
	id := setID(len(l.sets))
	l.known[key] = id
	var all set
	for _, s := range strs {
		n := l.word(s)
		l.in[n] = append(l.in[n], id)
		all.put(n)
	}
	l.sets = append(l.sets, all)
	return id
}

// word returns the number of a string.
func (l *lexicon) word(s string) int32 {
	if id, ok := l.ids[s]; ok {
		return id
	}
	id := int32(len(l.in))
	l.ids[s] = id
	l.in = append(l.in, nil)
	node := int32(-1)
	for _, r := range s {
		node = l.step(node, r)
	}
	l.ends[node] = id
	return id
}

// step returns the node behind node at r, made if missing; -1 is before the first character.
func (l *lexicon) step(node int32, r rune) int32 {
	made := int32(len(l.ends))
	if node < 0 {
		if to, ok := l.roots[r]; ok {
			return to
		}
		l.roots[r] = made
	} else {
		if to, ok := l.next[trieStep{node, r}]; ok {
			return to
		}
		l.next[trieStep{node, r}] = made
	}
	l.ends = append(l.ends, -1)
	return made
}

// find is a string of the lexicon in a text, by its place.
type find struct{ from, to, word int32 }

// scan is a folded text with the strings of the lexicon that it holds.
type scan struct {
	text  string
	lex   *lexicon
	finds []find // by from
	seen  []bool // by set
}

// scan looks for every string of the lexicon in text.
func (l *lexicon) scan(text string) *scan {
	s := &scan{text: text, lex: l, seen: make([]bool, len(l.sets)), finds: make([]find, 0, len(text))}
	met := make([]bool, len(l.in))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		node, ok := l.roots[r]
		for to := i + size; ok; {
			if w := l.ends[node]; w >= 0 {
				s.finds = append(s.finds, find{int32(i), int32(to), w})
				s.see(met, w)
			}
			r, n := utf8.DecodeRuneInString(text[to:])
			to += n
			node, ok = l.next[trieStep{node, r}]
		}
		i += size
	}
	return s
}

func (s *scan) see(met []bool, word int32) {
	if met[word] {
		return
	}
	met[word] = true
	for _, id := range s.lex.in[word] {
		s.seen[id] = true
	}
}

// after returns the finds that begin at or behind from.
func (s *scan) after(from int) []find {
	i, _ := slices.BinarySearchFunc(s.finds, from, func(f find, from int) int { return int(f.from) - from })
	return s.finds[i:]
}
