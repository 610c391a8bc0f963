package main

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// The gates of the house: where things live, who may know whom, how long files
// and functions get. They look at the source, so they also hold for packages
// that no other test has heard of.

const (
	root    = "../.."
	module  = "tixianbot"
	maxFile = 600 // lines of a file that is not a test
	maxFunc = 80  // lines of a function
	p90Func = 40  // lines that nine of ten functions stay within
)

// topLevel is all that may stand beside the dot-files at the top.
var topLevel = []string{
	"cmd", "bot", "knowledge", "store",
	"go.mod", "go.sum", "Dockerfile", "README.md", "LICENSE", "CHANGELOG.md",
}

// impure are the standard packages through which a package touches the world.
var impure = []string{
	"os", "os/exec", "os/signal", "net", "net/http", "log", "log/slog", "syscall",
	"math/rand", "math/rand/v2", "crypto/rand", "database/sql", "embed",
}

// rule says what the packages at a path may import of this module and of others.
type rule struct {
	at     string   // a package, or with /... all below it
	ours   []string // packages of this module, without its name
	others []string // packages of other modules, by prefix
	pure   bool     // no I/O, no clock of its own, no log
}

// imports is the import table of the house, the most special rule first.
var imports = []rule{
	{at: "knowledge/fact", pure: true},
	{at: "knowledge/markup", pure: true},
	{at: "knowledge/pattern", pure: true},
	{at: "knowledge/normal/...", ours: []string{"knowledge/normal/..."}, pure: true},
	{at: "knowledge/letter", ours: []string{"knowledge/fact", "knowledge/normal", "knowledge/normal/numeral", "knowledge/pattern", "knowledge/screen"}, pure: true},
	{at: "knowledge", ours: []string{"knowledge/..."}, others: []string{"github.com/goccy/go-yaml"}},
	{at: "knowledge/content/...", ours: nil},
	{
		at:   "knowledge/contact",
		ours: []string{"knowledge/calendar", "knowledge/normal", "knowledge/pattern", "knowledge/read", "knowledge/when"},
		pure: true,
	},
	{at: "knowledge/...", ours: []string{"knowledge/..."}, pure: true},
	{at: "bot", ours: []string{"knowledge", "knowledge/..."}, pure: true},
	{at: "store", ours: []string{"bot", "knowledge/fact"}, others: []string{"go.etcd.io/bbolt", "golang.org/x/sys"}},
	{at: "bot/telegram/telegramtest"},
	{at: "bot/telegram", ours: []string{"bot", "knowledge/markup"}, others: []string{"github.com/go-telegram/bot"}},
	{at: "bot/terminal", ours: []string{"bot", "knowledge/markup"}},
	{at: "bot/openai", ours: []string{"bot"}, others: []string{"github.com/sashabaranov/go-openai"}},
	{at: "bot/dossier/ics", others: []string{"github.com/arran4/golang-ical"}},
	{at: "bot/dossier", ours: []string{"bot", "bot/dossier/ics", "knowledge", "knowledge/..."}, others: []string{"github.com/", "golang.org/x/image"}},
	{at: "bot/walk", ours: []string{"bot", "knowledge", "knowledge/..."}},
	{at: "bot/relay", ours: []string{"bot", "store", "knowledge"}},
	{
		at:     "cmd/tixianbot",
		ours:   []string{"knowledge", "knowledge/...", "bot", "bot/walk", "bot/relay", "bot/telegram", "bot/terminal", "bot/openai", "bot/dossier", "bot/dossier/ics", "store"},
		others: []string{"github.com/alecthomas/kong", "github.com/prometheus/client_golang"},
	},
}

// source is one Go file that is not a test.
type source struct {
	path string // from the root, with slashes
	text []byte
	tree *ast.File
}

func (s source) pkg() string { return path.Dir(s.path) }

var (
	files   = token.NewFileSet()
	sources []source
)

// readSources parses all Go files of the project once.
func readSources(t *testing.T) []source {
	t.Helper()
	if sources != nil {
		return sources
	}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		s := source{path: filepath.ToSlash(strings.TrimPrefix(name, root+string(filepath.Separator)))}
		if s.text, err = os.ReadFile(name); err != nil {
			return err
		}
		if s.tree, err = parser.ParseFile(files, s.path, s.text, parser.ParseComments); err != nil {
			return err
		}
		sources = append(sources, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 10 {
		t.Fatalf("found %d source files below %s: the gates look in the wrong place", len(sources), root)
	}
	return sources
}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range entries {
		mine := slices.ContainsFunc(strings.Fields(string(ignored)), func(pattern string) bool {
			ok, _ := path.Match(strings.Trim(pattern, "/"), e.Name())
			return ok
		})
		if mine || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		have = append(have, e.Name())
		if !slices.Contains(topLevel, e.Name()) {
			t.Errorf("%s has no place at the top level", e.Name())
		}
	}
	for _, name := range topLevel {
		if !slices.Contains(have, name) {
			t.Errorf("%s is missing at the top level", name)
		}
	}
}

func TestImportsPointOneWay(t *testing.T) {
	for _, s := range readSources(t) {
		i := slices.IndexFunc(imports, func(r rule) bool { return matches(r.at, s.pkg()) })
		if i < 0 {
			t.Errorf("%s: the import table has no rule for package %s", s.path, s.pkg())
			continue
		}
		for _, spec := range s.tree.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := imports[i].forbids(name); why != "" {
				t.Errorf("%s imports %s: %s", s.path, name, why)
			}
		}
	}
}

// forbids returns why a package that the rule is for may not import name, or "".
func (r rule) forbids(name string) string {
	switch {
	case name == module || strings.HasPrefix(name, module+"/"):
		ours := strings.TrimPrefix(name, module+"/")
		if !slices.ContainsFunc(r.ours, func(pattern string) bool { return matches(pattern, ours) }) {
			return "it lies above or beside it"
		}
	case strings.Contains(strings.SplitN(name, "/", 2)[0], "."):
		if !slices.ContainsFunc(r.others, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			return "that library has its place elsewhere"
		}
	case r.pure && slices.Contains(impure, name):
		return "the package is pure"
	}
	return ""
}

// matches reports whether pkg is the package pattern, or below it if pattern ends in /....
func matches(pattern, pkg string) bool {
	if above, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == above && pattern == "knowledge/normal/..." || strings.HasPrefix(pkg, above+"/")
	}
	return pkg == pattern
}

func TestTheImportTableForbids(t *testing.T) {
	for _, test := range []struct{ pkg, name string }{
		{"bot", "tixianbot/store"},
		{"bot", "net/http"},
		{"bot/telegram", "tixianbot/bot/terminal"},
		{"bot/terminal", "github.com/go-telegram/bot"},
		{"knowledge/read", "tixianbot/knowledge"},
		{"knowledge", "tixianbot/bot"},
		{"store", "tixianbot/bot/relay"},
		{"cmd/tixianbot", "tixianbot/bot/telegram/telegramtest"},
		{"cmd/tixianbot", "go.etcd.io/bbolt"},
	} {
		i := slices.IndexFunc(imports, func(r rule) bool { return matches(r.at, test.pkg) })
		if imports[i].forbids(test.name) == "" {
			t.Errorf("%s may import %s", test.pkg, test.name)
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := make(map[string]string)
	for _, s := range readSources(t) {
		documented[s.pkg()] += s.tree.Doc.Text()
	}
	for pkg, comment := range documented {
		if !strings.HasPrefix(comment, "Package ") && !strings.HasPrefix(comment, "Command ") {
			t.Errorf("package %s has no comment that begins with Package or Command", pkg)
		}
	}
}

func TestNoPackageOrFileHasAnEmptyName(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "models", "service", "manager", "misc"}
	for _, s := range readSources(t) {
		for _, part := range strings.Split(strings.TrimSuffix(s.path, ".go"), "/") {
			if slices.Contains(empty, part) {
				t.Errorf("%s: %q says nothing", s.path, part)
			}
		}
	}
}

// TestSentencesAreContent: no Chinese character in Go but in comments and tests.
func TestSentencesAreContent(t *testing.T) {
	for _, s := range readSources(t) {
		var scan scanner.Scanner
		set := token.NewFileSet()
		scan.Init(set.AddFile(s.path, -1, len(s.text)), s.text, nil, 0)
		for {
			at, tok, literal := scan.Scan()
			if tok == token.EOF {
				break
			}
			if strings.ContainsFunc(literal, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: Chinese text in Go: %s", set.Position(at), literal)
			}
		}
	}
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	var lengths []int
	for _, s := range readSources(t) {
		if n := strings.Count(string(s.text), "\n"); n > maxFile {
			t.Errorf("%s has %d lines, more than %d", s.path, n, maxFile)
		}
		for _, d := range s.tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			n := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1
			lengths = append(lengths, n)
			if n > maxFunc {
				t.Errorf("%s: %s has %d lines, more than %d", files.Position(f.Pos()), f.Name.Name, n, maxFunc)
			}
		}
	}
	slices.Sort(lengths)
	median, p90 := lengths[len(lengths)/2], lengths[len(lengths)*9/10]
	t.Logf("%d functions, median %d lines, p90 %d, longest %d", len(lengths), median, p90, lengths[len(lengths)-1])
	if p90 > p90Func {
		t.Errorf("the p90 of functions has %d lines, more than %d", p90, p90Func)
	}
}

func TestNothingIsLeftForLater(t *testing.T) {
	for _, s := range readSources(t) {
		for _, group := range s.tree.Comments {
			for _, word := range []string{"TODO", "FIXME", "XXX", "not implemented"} {
				if strings.Contains(group.Text(), word) {
					t.Errorf("%s: a comment says %s", files.Position(group.Pos()), word)
				}
			}
		}
	}
}
