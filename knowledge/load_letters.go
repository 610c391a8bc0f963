package knowledge

import (
	"fmt"
	"path"
	"strings"

	"tixianbot/knowledge/letter"
	"tixianbot/knowledge/read"
)

// readLetters reads the letters and what their checker runs on: the laws that
// the sources name, and the words of rules.
func (l *loader) readLetters(rules []read.Rules) {
	if l.pack.Screen == nil {
		return
	}
	var words letter.Words
	var checks letter.Checks
	var voices []string
	if !l.decode("letters/words.yaml", &words) || !l.decode("letters/check.yaml", &checks) || !l.decode("letters/voices.yaml", &voices) {
		return
	}
	var forms []letter.Form
	for _, name := range l.files.in("letters", ".yaml") {
		var f letter.Form
		if base := path.Base(name); base == "words.yaml" || base == "check.yaml" || base == "voices.yaml" || !l.decode(name, &f) {
			continue
		}
		if want := strings.TrimSuffix(path.Base(name), ".yaml"); string(f.ID) != want {
			l.fail(name, fmt.Errorf("id is %q, the file's name says %q", f.ID, want))
		}
		forms = append(forms, f)
	}
	src := l.pack.letterSources(rules)
	src.Voices = voices
	var err error
	if l.pack.Letters, err = letter.Compile(l.pack.Fold, l.pack.Screen, src, words, checks, forms...); err != nil {
		l.fail("letters", err)
	}
}

// letterSources returns what the letters rest on outside their own content.
func (p *Pack) letterSources(rules []read.Rules) letter.Sources {
	var src letter.Sources
	for _, id := range sortedKeys(p.sources) {
		src.Laws = append(src.Laws, p.sources[id].Title)
	}
	for _, c := range p.clocks {
		src.Laws = append(src.Laws, c.Article)
	}
	for _, r := range rules {
		if len(r.Numbers.Digits) > 0 {
			src.Numbers = r.Numbers
		}
		for _, kind := range sortedKeys(r.Platforms) {
			for name := range strings.FieldsSeq(r.Platforms[kind]) {
				src.Platforms = append(src.Platforms, strings.ReplaceAll(name, "_", " "))
			}
		}
	}
	return src
}
