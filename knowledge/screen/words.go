package screen

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// words are the classes of all files: name to the source of its pattern.
type words map[string]string

var classRef = regexp.MustCompile(`\{([a-z][a-z_]*)\}`)

// merge puts the classes of all files together. A class may stand in several
// files: its words add up.
func merge(rules []Rules) (words, error) {
	lists := map[string][]string{}
	for _, file := range rules {
		for name, list := range file.Words {
			lists[name] = append(lists[name], list...)
		}
	}
	out := make(words, len(lists))
	for name, list := range lists {
		for _, w := range list {
			if w == "" {
				return nil, fmt.Errorf("screen: class %s: an empty word", name)
			}
		}
		out[name] = "(?:" + strings.Join(list, "|") + ")"
	}
	return out, nil
}

// maxDepth bounds how deep classes may name classes.
const maxDepth = 6

// expand replaces the names of classes in a pattern by their words.
func (w words) expand(pattern string) (string, error) {
	for range maxDepth {
		if !classRef.MatchString(pattern) {
			return pattern, nil
		}
		missing := ""
		pattern = classRef.ReplaceAllStringFunc(pattern, func(ref string) string {
			source, ok := w[ref[1:len(ref)-1]]
			if !ok {
				missing = ref
			}
			return source
		})
		if missing != "" {
			return "", fmt.Errorf("there is no class %s", missing)
		}
	}
	return "", fmt.Errorf("classes nest deeper than %d", maxDepth)
}

// compiler compiles patterns over classes of words.
type compiler struct {
	words    words
	lex      *lexicon
	compiled map[string]*pattern // by source
}

// compile returns the pattern of one source.
func (c *compiler) compile(source string) (*pattern, error) {
	if p, ok := c.compiled[source]; ok {
		return p, nil
	}
	full, err := c.words.expand(source)
	if err != nil {
		return nil, err
	}
	p, err := newPattern(c.lex, full)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", source, err)
	}
	c.compiled[source] = p
	return p, nil
}

func (c *compiler) compileAll(sources []string) ([]*pattern, error) {
	out := make([]*pattern, 0, len(sources))
	for _, source := range sources {
		p, err := c.compile(source)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// union compiles sources into one pattern that finds any of them, or nil.
func (c *compiler) union(sources []string, suffix string) (*pattern, error) {
	if len(sources) == 0 {
		return nil, nil
	}
	return c.compile("(?:" + strings.Join(sources, "|") + ")" + suffix)
}

// ideas compiles the ideas of all files, in the order of their names.
func (c *compiler) ideas(rules []Rules) ([]*pattern, error) {
	lists := map[string][]string{}
	for _, file := range rules {
		for name, list := range file.Ideas {
			lists[name] = append(lists[name], list...)
		}
	}
	var out []*pattern
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		p, err := c.union(lists[name], "")
		if err != nil {
			return nil, fmt.Errorf("screen: idea %s: %w", name, err)
		}
		out = append(out, p)
	}
	return out, nil
}
