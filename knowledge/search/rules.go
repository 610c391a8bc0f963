package search

import (
	"fmt"
	"strings"

	"tixianbot/knowledge/normal"
)

// Rules are content: search.yaml.
//
// A cue is a line of words between spaces. All of them must stand in the folded
// text, in any order; a word may have alternatives (告|起诉), and a word behind
// a hyphen must not stand in it.
type Rules struct {
	Synonyms []Synonym        `yaml:"synonyms"`
	Stop     []string         `yaml:"stop"`   // words that tell nothing
	Topics   map[string]Topic `yaml:"topics"` // by the id of the article
	Domain   []string         `yaml:"domain"` // cues: the question may be one of ours
	Away     []string         `yaml:"away"`   // cues: it is about something else
	// Elsewhere are questions about something else: who asks what is nearer to
	// them than to any of ours is told that it is not known here.
	Elsewhere []string `yaml:"elsewhere"`
	Asks      []string `yaml:"asks"`  // cues: the text asks something
	Vague     []string `yaml:"vague"` // cues: it asks, but maybe only what to do about its account
	Tells     []string `yaml:"tells"` // cues: it is an account of what happened
	Sure      float64  `yaml:"sure"`  // the score from which an article is an answer
}

// A Synonym says which words mean the same as another.
type Synonym struct {
	As    string   `yaml:"as"`
	Write []string `yaml:"write"`
}

// A Topic is what speaks for one article besides its own words.
type Topic struct {
	Strong []string `yaml:"strong"` // cues
	Weak   []string `yaml:"weak"`   // cues
	Asked  []string `yaml:"asked"`  // further ways to ask for it
}

// cue is a compiled cue.
type cue []clause

// clause is one word of a cue.
type clause struct {
	any    []string
	absent bool
}

func cues(t *normal.Table, lines []string) []cue {
	out := make([]cue, 0, len(lines))
	for _, line := range lines {
		var c cue
		for word := range strings.FieldsSeq(line) {
			rest, absent := strings.CutPrefix(word, "-")
			any := strings.Split(rest, "|")
			for i := range any {
				any[i] = strings.ReplaceAll(t.Fold(any[i]).String(), "_", " ")
			}
			c = append(c, clause{any, absent})
		}
		out = append(out, c)
	}
	return out
}

// in reports whether the cue is found in folded text.
func (c cue) in(folded string) bool {
	for _, w := range c {
		if w.in(folded) == w.absent {
			return false
		}
	}
	return len(c) > 0
}

func (w clause) in(folded string) bool {
	for _, s := range w.any {
		if contains(folded, s) {
			return true
		}
	}
	return false
}

// contains reports whether the word stands in folded text; a Latin word must
// not be part of a longer one.
func contains(folded, word string) bool {
	for at := 0; word != ""; {
		i := strings.Index(folded[at:], word)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(word)
		if !letterAt(folded, from-1, word[0]) && !letterAt(folded, to, word[len(word)-1]) {
			return true
		}
		at = from + 1
	}
	return false
}

// letterAt reports whether a letter stands at s[i] and the word's end c is one too.
func letterAt(s string, i int, c byte) bool {
	return i >= 0 && i < len(s) && lower(s[i]) && lower(c)
}

func lower(c byte) bool { return c >= 'a' && c <= 'z' }

func found(cues []cue, folded string) bool {
	for _, c := range cues {
		if c.in(folded) {
			return true
		}
	}
	return false
}

// Check returns what is wrong with the rules given the articles that exist: a
// topic that no article has, a word that stands for two others.
func (r Rules) Check(docs []Doc) []error {
	var errs []error
	known := map[string]bool{}
	for _, d := range docs {
		known[d.ID] = true
	}
	for id := range r.Topics {
		if !known[id] {
			errs = append(errs, fmt.Errorf("search: no article %s", id))
		}
	}
	seen := map[string]string{}
	for _, s := range r.Synonyms {
		for _, w := range s.Write {
			if as, twice := seen[w]; twice {
				errs = append(errs, fmt.Errorf("search: %q stands for %q and for %q", w, as, s.As))
			}
			seen[w] = s.As
		}
	}
	return errs
}
