package knowledge

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
)

// Evidence says which kinds of evidence there are, what a complete set is and
// what is never taken: evidence.yaml.
type Evidence struct {
	Kinds  []EvidenceKind `yaml:"kinds"`
	Shows  []EvidenceShow `yaml:"shows"`
	Sets   []EvidenceSet  `yaml:"sets"`
	Papers Papers         `yaml:"papers"`

	fold *normal.Table
}

// An EvidenceKind is one kind of evidence.
type EvidenceKind struct {
	ID     string         `yaml:"id"`
	Name   string         `yaml:"name"`   // at most 10 characters
	Fraud  string         `yaml:"fraud"`  // its name where money was demanded, "" for the same
	File   string         `yaml:"file"`   // its name in the name of a file
	Files  []EvidenceFile `yaml:"files"`  // names that fit better where the caption has certain words
	Proves string         `yaml:"proves"` // one line: what it is good for
	Shows  []string       `yaml:"shows"`  // what one wants to see on it; none: it is no screenshot
	Words  []string       `yaml:"words"`  // that point to it in a caption or the name of a file
	Says   []string       `yaml:"says"`   // examples: captions of this kind
}

// An EvidenceFile is the name that a kind has in the name of a file, where the
// caption holds one of the words.
type EvidenceFile struct {
	File  string   `yaml:"file"`
	Words []string `yaml:"words"`
}

// An EvidenceShow is something that can be seen on a screenshot.
type EvidenceShow struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"` // at most 10 characters
}

// An EvidenceSet is what is needed in certain cases. What a case needs is the
// kinds of all sets that hold in it.
type EvidenceSet struct {
	ID     string   `yaml:"id"`
	When   []Needs  `yaml:"when"`   // one of these holds; none: always
	Causes []string `yaml:"causes"` // or one of these is the most likely cause
	Not    []Needs  `yaml:"not"`    // and none of these
	Kinds  []string `yaml:"kinds"`  // the most important first
}

// Papers are identity papers, bank cards and the like, which are not taken.
type Papers struct {
	Words  []string `yaml:"words"`  // anywhere in a caption or the name of a file
	Whole  []string `yaml:"whole"`  // the whole of it, without digits, signs and ending
	Unless []string `yaml:"unless"` // words that show that it is a picture of a screen
	Finds  []string `yaml:"finds"`  // examples
	Passes []string `yaml:"passes"` // examples that are none
}

// The kind that fits everything, and has no name of its own.
const otherEvidence = "other"

// Kind returns the kind with the given id, and whether there is one.
func (e *Evidence) Kind(id string) (EvidenceKind, bool) {
	i := slices.IndexFunc(e.Kinds, func(k EvidenceKind) bool { return k.ID == id })
	if i < 0 {
		return EvidenceKind{}, false
	}
	return e.Kinds[i], true
}

// Show returns what a thing on a screenshot is called, "" if there is none.
func (e *Evidence) Show(id string) string {
	i := slices.IndexFunc(e.Shows, func(s EvidenceShow) bool { return s.ID == id })
	if i < 0 {
		return ""
	}
	return e.Shows[i].Name
}

// Guess returns the kind to which most of words, a caption or the name of a
// file, point, or "" if they point to none.
func (e *Evidence) Guess(words string) string {
	folded := e.fold.Fold(words).String()
	best, most := "", 0
	for _, k := range e.Kinds {
		n := 0
		for _, w := range k.Words {
			if strings.Contains(folded, w) {
				n += utf8.RuneCountInString(w)
			}
		}
		if n > most {
			best, most = k.ID, n
		}
	}
	return best
}

// FileWord returns what a piece of a kind is called in the name of a file,
// given its caption.
func (e *Evidence) FileWord(kind, caption string) string {
	k, ok := e.Kind(kind)
	if !ok {
		k, _ = e.Kind(otherEvidence)
	}
	folded := e.fold.Fold(caption).String()
	for _, f := range k.Files {
		if anyIn(folded, f.Words) {
			return f.File
		}
	}
	return k.File
}

// IsPaper reports whether words, a caption or the name of a file, say that the
// picture shows an identity paper or a bank card.
func (e *Evidence) IsPaper(words string) bool {
	folded := strings.ReplaceAll(e.fold.Fold(words).String(), " ", "")
	if anyIn(folded, e.Papers.Unless) {
		return false
	}
	return slices.Contains(e.Papers.Whole, bare(folded)) || anyIn(folded, e.Papers.Words)
}

func anyIn(folded string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(folded, w) })
}

// bare returns the letters of the name of a file, without its ending.
func bare(name string) string {
	if ext := path.Ext(name); len(ext) <= len(".jpeg") {
		name = strings.TrimSuffix(name, ext)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, name)
}

// Needed returns the kinds that a case needs, the most important first.
func (e *Evidence) Needed(known fact.Facts, cause string) []string {
	var kinds []string
	for _, s := range e.Sets {
		if !s.holds(known, cause) {
			continue
		}
		for _, id := range s.Kinds {
			if !slices.Contains(kinds, id) {
				kinds = append(kinds, id)
			}
		}
	}
	return kinds
}

func (s EvidenceSet) holds(known fact.Facts, cause string) bool {
	is := func(n Needs) bool { return n.holds(known) }
	if slices.ContainsFunc(s.Not, is) {
		return false
	}
	always := len(s.When) == 0 && len(s.Causes) == 0
	return always || slices.ContainsFunc(s.When, is) || slices.Contains(s.Causes, cause)
}

// readEvidence reads evidence.yaml and folds the words that are looked for.
func (l *loader) readEvidence() {
	e := &Evidence{fold: l.pack.Fold}
	l.decode("evidence.yaml", e)
	lists := [][]string{e.Papers.Words, e.Papers.Whole, e.Papers.Unless}
	for _, k := range e.Kinds {
		lists = append(lists, k.Words)
		for _, f := range k.Files {
			lists = append(lists, f.Words)
		}
	}
	for _, words := range lists {
		for i := range words {
			words[i] = e.fold.Fold(words[i]).String()
		}
	}
	l.pack.Evidence = e
}

// evidenceIDs are the kinds of evidence of the taxonomy.
var evidenceIDs = []string{
	"error_screen", "balance_before", "balance_after", "withdraw_record", "past_success",
	"bank_statement", "support_chat", "notice", "contract", otherEvidence,
}

// evidence checks that what evidence.yaml names exists.
func (c *refs) evidence() {
	const file = "evidence.yaml"
	e := c.pack.Evidence
	for _, id := range evidenceIDs {
		if _, ok := e.Kind(id); !ok {
			c.bad(file, "no kind %q", id)
		}
	}
	for _, k := range e.Kinds {
		where := file + ": " + k.ID
		if !slices.Contains(evidenceIDs, k.ID) {
			c.bad(where, "the taxonomy has no such kind")
		}
		if k.Name == "" || k.File == "" || k.Proves == "" {
			c.bad(where, "name, file and proves must not be empty")
		}
		for _, id := range k.Shows {
			if e.Show(id) == "" {
				c.bad(where, "shows: no %q under shows", id)
			}
		}
	}
	for _, s := range e.Shows {
		if !stepID.MatchString(s.ID) || s.Name == "" {
			c.bad(file, "shows: %q needs a name and an id of 2 to 20 small letters", s.ID)
		}
	}
	for _, s := range e.Sets {
		c.evidenceSet(file+": "+s.ID, s)
	}
}

func (c *refs) evidenceSet(where string, s EvidenceSet) {
	for _, id := range s.Kinds {
		if _, ok := c.pack.Evidence.Kind(id); !ok {
			c.bad(where, "no kind %q", id)
		}
	}
	for _, id := range s.Causes {
		if _, ok := c.pack.causes[id]; !ok {
			c.bad(where, "no cause %q", id)
		}
	}
	for _, n := range slices.Concat(s.When, s.Not) {
		c.values(where, n.Fact, n.Is)
		if _, ok := fact.Lookup(n.Fact); !ok {
			c.bad(where, "no fact %q", n.Fact)
		}
	}
}

// evidence looks at what users read about evidence, and runs the examples.
func (l *linter) evidence() {
	e := l.pack.Evidence
	for _, k := range e.Kinds {
		where := "evidence.yaml: " + k.ID
		for _, name := range []string{k.Name, k.Fraud} {
			l.text(where+": name", name, longestShort)
		}
		l.text(where+": proves", k.Proves, longestStep)
		names := []string{k.File}
		for _, f := range k.Files {
			names = append(names, f.File)
		}
		for _, name := range names {
			l.fileWord(where, name)
		}
		for _, caption := range k.Says {
			if got := e.Guess(caption); got != k.ID {
				l.add(FindRule, true, where, "%q is taken for %q", caption, got)
			}
		}
		if len(k.Says) == 0 && k.ID != otherEvidence {
			l.add(FindRule, true, where, "says: at least one caption of this kind")
		}
	}
	for _, s := range e.Shows {
		l.text("evidence.yaml: shows: "+s.ID, s.Name, longestShort)
	}
	l.papers(e)
}

// fileWord checks a word that becomes part of the name of a file.
func (l *linter) fileWord(where, name string) {
	odd := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	if strings.ContainsFunc(name, odd) || utf8.RuneCountInString(name) > longestShort {
		l.add(FindLength, true, where, "file: %q must be at most %d letters and digits", name, longestShort)
	}
}

// papers runs the examples of papers that are not taken.
func (l *linter) papers(e *Evidence) {
	where := "evidence.yaml: papers"
	if len(e.Papers.Finds) == 0 || len(e.Papers.Passes) == 0 {
		l.add(FindRule, true, where, "finds and passes: at least one example each")
	}
	for want, examples := range map[bool][]string{true: e.Papers.Finds, false: e.Papers.Passes} {
		for _, text := range examples {
			if e.IsPaper(text) != want {
				l.add(FindRule, true, where, "%s", fmt.Sprintf("%q: must be %v", text, want))
			}
		}
	}
}
