package knowledge

import (
	"bytes"
	"os"
	"path"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/calendar"
	"tixianbot/knowledge/contact"
	"tixianbot/knowledge/letter"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/read"
	"tixianbot/knowledge/screen"
	"tixianbot/knowledge/search"
	"tixianbot/knowledge/triage"
	"tixianbot/knowledge/when"
)

// kinds are what the files of the content are decoded into, by one of the
// patterns in the heading of their section of FORMAT.md. The text of
// normal/variants.txt has no fields.
var kinds = map[string]any{
	"causes/*.yaml":           Guide{},
	"articles/*.md":           Article{},
	"questions.yaml":          []Question{},
	"labels.yaml":             Labels{},
	"phrases.yaml":            map[string]string{},
	"dossier.yaml":            map[string]string{},
	"sources.yaml":            []Source{},
	"advice.yaml":             []Advice{},
	"bodies.yaml":             []Body{},
	"routes.yaml":             []Route{},
	"clocks.yaml":             []Clock{},
	"calendar/festivals.yaml": calendar.Festivals{},
	"calendar/*.yaml":         calendar.Year{},
	"ladder.yaml":             []Rung{},
	"forbidden.yaml":          []Forbidden{},
	"evidence.yaml":           Evidence{},
	"triage.yaml":             triage.Weights{},
	"search.yaml":             search.Rules{},
	"normal/typos.yaml":       normal.Rules{},
	"normal/variants.txt":     nil,
	"read/*.yaml":             read.Rules{},
	"when/reminders.yaml":     when.Planning{},
	"when/zones.yaml":         when.Places{},
	"screen/*.yaml":           screen.Rules{},
	"contact/*.yaml":          contact.Rules{},
	"letters/*.yaml":          letter.Form{},
	"letters/words.yaml":      letter.Words{},
	"letters/check.yaml":      letter.Checks{},
}

// section is one "## `file`, `file`" of FORMAT.md.
type section struct {
	files []string
	text  string
}

var inTicks = regexp.MustCompile("`([^`\n]+)`")

func sections(t *testing.T) []section {
	t.Helper()
	page, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []section
	for part := range strings.SplitSeq(string(page), "\n## ") {
		heading, text, _ := strings.Cut(part, "\n")
		s := section{text: text}
		for _, m := range inTicks.FindAllStringSubmatch(heading, -1) {
			s.files = append(s.files, m[1])
		}
		if len(s.files) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// TestFormatNamesEveryField looks for each field of each type in the section
// of its file, both in its words and in its example, and decodes the example
// as strictly as the loader would.
func TestFormatNamesEveryField(t *testing.T) {
	done := 0
	for _, s := range sections(t) {
		kind, ok := kinds[s.files[0]]
		if !ok {
			t.Errorf("%s: no type for it here", s.files[0])
			continue
		}
		done++
		if kind == nil {
			continue
		}
		words, examples := split(s.text)
		for tag := range tags(reflect.TypeOf(kind), map[string]bool{}) {
			if !regexp.MustCompile("`" + tag + "[`:]").MatchString(words) {
				t.Errorf("%s: the field %s is not explained", s.files[0], tag)
			}
			if !regexp.MustCompile(`(^|[\s{,-])` + tag + `:`).MatchString(strings.Join(examples, "\n")) {
				t.Errorf("%s: the field %s is in no example", s.files[0], tag)
			}
		}
		for _, example := range examples {
			v := reflect.New(reflect.TypeOf(kind)).Interface()
			if err := yaml.UnmarshalWithOptions([]byte(example), v, yaml.Strict()); err != nil {
				t.Errorf("%s: an example is not right: %s", s.files[0], yaml.FormatError(err, false, true))
			}
		}
	}
	if done != len(kinds) {
		t.Errorf("%d sections, want %d", done, len(kinds))
	}
}

// TestFormatKnowsEveryFile looks for a section for every file there is.
func TestFormatKnowsEveryFile(t *testing.T) {
	var patterns []string
	for _, s := range sections(t) {
		patterns = append(patterns, s.files...)
	}
next:
	for name := range embeddedFiles(t) {
		for _, p := range patterns {
			if ok, err := path.Match(p, name); ok && err == nil {
				continue next
			}
		}
		t.Errorf("%s: no section of FORMAT.md is about it", name)
	}
}

// split returns a section without its blocks, and its YAML blocks.
func split(text string) (words string, examples []string) {
	var out bytes.Buffer
	for i, part := range strings.Split(text, "```") {
		example, isYAML := strings.CutPrefix(part, "yaml\n")
		switch {
		case i%2 == 0:
			out.WriteString(part)
		case isYAML:
			examples = append(examples, example)
		}
	}
	return out.String(), examples
}

// tags gathers the names of the fields of a type and of all types in it.
func tags(t reflect.Type, into map[string]bool) map[string]bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Array:
		return tags(t.Elem(), into)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if name := f.Tag.Get("yaml"); name != "" && name != "-" {
				into[name] = true
				tags(f.Type, into)
			}
		}
	}
	return into
}
