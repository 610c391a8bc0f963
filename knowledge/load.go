package knowledge

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/calendar"
	"tixianbot/knowledge/contact"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/read"
	"tixianbot/knowledge/screen"
	"tixianbot/knowledge/search"
	"tixianbot/knowledge/triage"
	"tixianbot/knowledge/when"
)

//go:embed content/zh
var embedded embed.FS

// Load returns the embedded content. Where overlay names a folder, its files
// take the place of embedded ones of the same path below zh/, and new files
// join them. The error names the file, the line and what to change.
func Load(overlay string) (*Pack, error) {
	base, err := fs.Sub(embedded, "content/zh")
	if err != nil {
		return nil, fmt.Errorf("load content: %w", err)
	}
	if overlay == "" {
		return Parse(base)
	}
	if _, err := os.Stat(overlay); err != nil {
		return nil, fmt.Errorf("load content overlay: %w", err)
	}
	return Parse(base, os.DirFS(overlay))
}

// Parse reads content from layers of files; a file of a later layer replaces
// one of an earlier layer.
func Parse(layers ...fs.FS) (*Pack, error) {
	f := make(files)
	for _, layer := range layers {
		if err := f.add(layer); err != nil {
			return nil, fmt.Errorf("load content: %w", err)
		}
	}
	l := &loader{files: f, pack: &Pack{}}
	l.readContent()
	l.readRules()
	if len(layers) > 1 {
		l.samePhrases(layers[0])
	}
	if len(l.errs) > 0 {
		return nil, errors.Join(l.errs...)
	}
	l.leftOver()
	if errs := append(l.errs, l.pack.references()...); len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return l.pack, nil
}

// files maps a path below the content folder to what the file holds.
type files map[string][]byte

func (f files) add(layer fs.FS) error {
	return fs.WalkDir(layer, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		data, err := fs.ReadFile(layer, name)
		if err != nil {
			return err
		}
		f[name] = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		return nil
	})
}

// in returns the paths of the files in a folder with the given ending, sorted.
func (f files) in(folder, ending string) []string {
	var names []string
	for name := range f {
		if path.Dir(name) == folder && strings.HasSuffix(name, ending) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// loader reads files into a pack and gathers what is wrong with them.
type loader struct {
	files files
	pack  *Pack
	used  map[string]bool
	errs  []error
}

func (l *loader) fail(name string, err error) {
	l.errs = append(l.errs, fmt.Errorf("%s: %w", name, err))
}

// decode reads one YAML file strictly into v.
func (l *loader) decode(name string, v any) bool {
	data, ok := l.files[name]
	if !ok {
		l.fail(name, fs.ErrNotExist)
		return false
	}
	l.use(name)
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
		l.fail(name, errors.New(yaml.FormatError(err, false, true)))
		return false
	}
	return true
}

func (l *loader) use(name string) {
	if l.used == nil {
		l.used = make(map[string]bool)
	}
	l.used[name] = true
}

// readContent reads the sentences and tables.
func (l *loader) readContent() {
	p := l.pack
	p.phrases = l.readPhrases()
	l.decode(papersFile, &p.papers)
	l.decode("labels.yaml", &p.labels)
	l.decode("questions.yaml", &p.Questions)
	l.decode("ladder.yaml", &p.Ladder)
	l.decode("routes.yaml", &p.routes)
	l.decode("forbidden.yaml", &p.Forbidden)
	l.decode("clocks.yaml", &p.clocks)
	l.decode("advice.yaml", &p.advice)
	p.sources = keyed(l, "sources.yaml", func(s Source) string { return s.ID })
	p.bodies = keyed(l, "bodies.yaml", func(b Body) string { return b.ID })
	p.causes = l.guides("causes")
	p.branches = l.guides("branches")
	p.articles = l.readArticles()
}

// keyed reads a file that is a list of entries with ids.
func keyed[T any](l *loader, name string, id func(T) string) map[string]T {
	var list []T
	l.decode(name, &list)
	m := make(map[string]T, len(list))
	for _, e := range list {
		if _, twice := m[id(e)]; twice {
			l.fail(name, fmt.Errorf("id %q stands there twice", id(e)))
		}
		m[id(e)] = e
	}
	return m
}

func (l *loader) guides(folder string) map[string]Guide {
	m := make(map[string]Guide)
	for _, name := range l.files.in(folder, ".yaml") {
		var g Guide
		if !l.decode(name, &g) {
			continue
		}
		if want := strings.TrimSuffix(path.Base(name), ".yaml"); g.ID != want {
			l.fail(name, fmt.Errorf("id is %q, the file's name says %q", g.ID, want))
		}
		g.Means, g.Wait, g.Next = strings.TrimSpace(g.Means), strings.TrimSpace(g.Wait), strings.TrimSpace(g.Next)
		m[g.ID] = g
	}
	return m
}

func (l *loader) readArticles() map[string]Article {
	m := make(map[string]Article)
	for _, name := range l.files.in("articles", ".md") {
		l.use(name)
		a, err := parseArticle(l.files[name])
		if err != nil {
			l.fail(name, err)
			continue
		}
		if want := strings.TrimSuffix(path.Base(name), ".md"); a.ID != want {
			l.fail(name, fmt.Errorf("id is %q, the file's name says %q", a.ID, want))
		}
		m[a.ID] = a
	}
	return m
}

func parseArticle(data []byte) (Article, error) {
	rest, ok := strings.CutPrefix(string(data), "---\n")
	head, text, ok2 := strings.Cut(rest, "\n---\n")
	if !ok || !ok2 {
		return Article{}, errors.New("no header between two lines \"---\"")
	}
	var a Article
	if err := yaml.UnmarshalWithOptions([]byte(head), &a, yaml.Strict()); err != nil {
		return Article{}, errors.New(yaml.FormatError(err, false, true))
	}
	a.Text = strings.TrimSpace(text)
	return a, nil
}

// leftOver reports files that nothing reads: a misspelt name in an overlay
// would otherwise pass unseen.
func (l *loader) leftOver() {
	for _, name := range sortedKeys(l.files) {
		if !l.used[name] {
			l.fail(name, errors.New("no part of the content has this name"))
		}
	}
}

// readRules reads what the parts above run on and compiles them, side by side:
// each takes a while and none needs another.
func (l *loader) readRules() {
	p := l.pack
	var err error
	if p.Fold, err = normal.New(l.normalRules()); err != nil {
		l.fail("normal", err)
		return
	}
	l.readEvidence()
	l.readCalendar()
	readRules, screenRules := rulesIn[read.Rules](l, "read"), rulesIn[screen.Rules](l, "screen")
	p.alarms = alarming(screenRules)
	weighed, searched := l.decode("triage.yaml", &p.weights), l.decode("search.yaml", &p.searching)
	var reading, screening, weighing error
	var compiling sync.WaitGroup
	compiling.Go(func() { p.Reader, reading = read.Compile(p.Fold, readRules...) })
	compiling.Go(func() { p.Screen, screening = screen.Compile(p.Fold, screenRules...) })
	if weighed {
		compiling.Go(func() { p.Triage, weighing = triage.Compile(p.Fold, p.weights) })
	}
	if searched {
		compiling.Go(func() { p.Index = search.Build(p.Fold, p.searching, p.docs()) })
	}
	compiling.Wait()
	l.failed("read", reading)
	l.failed("screen", screening)
	l.failed("triage.yaml", weighing)
	l.readPlanner()
	l.readContacts()
	l.readLetters(readRules)
}

// failed reports err, if there is one.
func (l *loader) failed(name string, err error) {
	if err != nil {
		l.fail(name, err)
	}
}

// readCalendar reads the festivals and every year beside them, so that a year
// is added with one file.
func (l *loader) readCalendar() {
	const festivals = "calendar/festivals.yaml"
	var f calendar.Festivals
	if !l.decode(festivals, &f) {
		return
	}
	var years []calendar.Year
	for _, name := range l.files.in("calendar", ".yaml") {
		var y calendar.Year
		if name == festivals || !l.decode(name, &y) {
			continue
		}
		if want := strconv.Itoa(y.Year) + ".yaml"; path.Base(name) != want {
			l.fail(name, fmt.Errorf("year is %d, so its name is %s", y.Year, want))
		}
		years = append(years, y)
	}
	c, err := calendar.Compile(f, years...)
	if err != nil {
		l.fail("calendar", err)
	}
	l.pack.Calendar = c
}

// readPlanner compiles the words of reminders over those of moments.
func (l *loader) readPlanner() {
	var words when.Planning
	var places when.Places
	known := l.decode("when/reminders.yaml", &words)
	if !l.decode("when/zones.yaml", &places) || !known || l.pack.Reader == nil || l.pack.Calendar == nil {
		return
	}
	p, err := when.NewPlanner(l.pack.Fold, l.pack.Reader.Times(), l.pack.Calendar, words, places)
	if err != nil {
		l.fail("when", err)
	}
	l.pack.Planner = p
}

// readContacts compiles what needs the reader of facts and the calendar.
func (l *loader) readContacts() {
	rules := rulesIn[contact.Rules](l, "contact")
	if l.pack.Reader == nil || l.pack.Calendar == nil {
		return
	}
	var err error
	if l.pack.Contacts, err = contact.Compile(l.pack.Fold, l.pack.Reader, l.pack.Calendar, rules...); err != nil {
		l.fail("contact", err)
	}
}

func (l *loader) normalRules() normal.Rules {
	var r normal.Rules
	l.decode("normal/typos.yaml", &r)
	l.use("normal/variants.txt")
	r.Variants = string(l.files["normal/variants.txt"])
	return r
}

// rulesIn reads every file of a folder as rules of one kind.
func rulesIn[T any](l *loader, folder string) []T {
	var all []T
	for _, name := range l.files.in(folder, ".yaml") {
		var r T
		if l.decode(name, &r) {
			all = append(all, r)
		}
	}
	return all
}

// docs returns the articles in the form that the search indexes.
func (p *Pack) docs() []search.Doc {
	var docs []search.Doc
	for _, id := range sortedKeys(p.articles) {
		a := p.articles[id]
		docs = append(docs, search.Doc{ID: a.ID, Title: a.Title, Asked: a.Asked, Text: a.Text})
	}
	return docs
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
