package knowledge

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// placeholder is where a phrase is filled.
var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// Parameters returns the names of what a phrase is filled with.
func Parameters(phrase string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(phrase, -1) {
		names = append(names, m[1])
	}
	return names
}

// readPhrases reads phrases.yaml and the files of the folder phrases. An id
// stands in one of them.
func (l *loader) readPhrases() map[string]string {
	all := make(map[string]string)
	for _, name := range append([]string{"phrases.yaml"}, l.files.in("phrases", ".yaml")...) {
		var some map[string]string
		l.decode(name, &some)
		for id, text := range some {
			if _, twice := all[id]; twice {
				l.fail(name, fmt.Errorf("%s stands in another file too", id))
			}
			all[id] = strings.TrimRight(text, "\n")
		}
	}
	return all
}

// samePhrases checks the phrases and the sentences of the files against those
// of the first layer, which are the ones that the code says and fills. An
// overlay may word them anew, but it may leave none out, add none that nobody
// says and fill in nothing else.
func (l *loader) samePhrases(first fs.FS) {
	f := make(files)
	if err := f.add(first); err != nil {
		l.fail("phrases.yaml", err)
		return
	}
	base := &loader{files: f, pack: &Pack{}}
	l.same("phrases.yaml", base.readPhrases(), l.pack.phrases)
	var papers map[string]string
	base.decode(papersFile, &papers)
	l.same(papersFile, papers, l.pack.papers)
	l.errs = append(l.errs, errors.Join(base.errs...))
	l.errs = slices.DeleteFunc(l.errs, func(err error) bool { return err == nil })
}

// same checks that have says what want says, with the same parameters.
func (l *loader) same(file string, want, have map[string]string) {
	for _, id := range sortedKeys(want) {
		if _, ok := have[id]; !ok {
			l.fail(file, fmt.Errorf("no phrase %q", id))
		}
	}
	for _, id := range sortedKeys(have) {
		text, ok := want[id]
		if !ok {
			l.fail(file, fmt.Errorf("nobody says %q", id))
			continue
		}
		filled := Parameters(text)
		for _, name := range Parameters(have[id]) {
			if !slices.Contains(filled, name) {
				l.fail(file, fmt.Errorf("%s: nobody fills {%s}; there is %q", id, name, filled))
			}
		}
	}
}

// papersFile holds the sentences of the files of the pack.
const papersFile = "dossier.yaml"
