package bot_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tixianbot/knowledge"
)

// phraseCalls are the functions of the core whose first argument names a
// phrase, with what stands before it.
var phraseCalls = map[string]string{
	"say": "", "Say": "", "titled": "", "section": "", "others": "", "means": "",
	"button": "button.", "caseless": "button.", "key": "button.",
}

// said is what the source says of a phrase.
type said struct {
	params map[string]bool // that it is filled with
	any    bool            // they are not written out
}

// TestEveryPhraseIsThere reads the source: each phrase that the code names is
// in the content with no more than the code fills in, and each phrase of the
// content is one that the code names, or one of a family such as "weekday.".
func TestEveryPhraseIsThere(t *testing.T) {
	k := content(t)
	named, families := phrasesInSource(t)
	for _, id := range slices.Sorted(maps.Keys(named)) {
		text, ok := k.Phrase(id)
		if !ok {
			t.Errorf("the content has no phrase %q", id)
		}
		for _, name := range knowledge.Parameters(text) {
			if !named[id].any && !named[id].params[name] {
				t.Errorf("nobody fills {%s} of %s", name, id)
			}
		}
	}
	for _, id := range k.PhraseIDs() {
		of := func(family string) bool { return strings.HasPrefix(id, family) }
		if named[id] == nil && !slices.ContainsFunc(families, of) {
			t.Errorf("nobody says %q", id)
		}
	}
}

// phrasesInSource returns the phrases that the source names whole, and the
// beginnings of those whose end is reckoned.
func phrasesInSource(t *testing.T) (map[string]*said, []string) {
	t.Helper()
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]*said)
	var families []string
	ast.Inspect(pkgs["bot"], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if before, ok := phraseCalls[called(n)]; ok && len(n.Args) > 0 {
				family := note(named, before, n.Args[0], n.Args[1:], called(n))
				families = append(families, family...)
			}
		case *ast.BasicLit: // a phrase that is chosen before it is said
			if id, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && strings.Contains(id, ".") {
				families = append(families, strings.TrimSuffix(id, "\x00"))
			}
		}
		return true
	})
	return named, slices.DeleteFunc(families, func(f string) bool { return f == "" || f == "." || f == "button." })
}

func called(n *ast.CallExpr) string {
	if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
		return sel.Sel.Name
	}
	return ""
}

// note keeps what a call says of a phrase and returns the family it names.
func note(named map[string]*said, before string, id ast.Expr, args []ast.Expr, call string) []string {
	if sum, ok := id.(*ast.BinaryExpr); ok {
		if lit, ok := sum.X.(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(lit.Value)
			return []string{before + text}
		}
		return nil
	}
	lit, ok := id.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return nil
	}
	text, _ := strconv.Unquote(lit.Value)
	s := named[before+text]
	if s == nil {
		s = &said{params: make(map[string]bool)}
		named[before+text] = s
	}
	for i, a := range args {
		name, ok := a.(*ast.BasicLit)
		s.any = s.any || i == 0 && !ok && strings.EqualFold(call, "say")
		if ok && i%2 == 0 {
			param, _ := strconv.Unquote(name.Value)
			s.params[param] = true
		}
	}
	return nil
}

var loaded = sync.OnceValues(func() (*knowledge.Pack, error) { return knowledge.Load("") })

// content returns the embedded content, which nothing changes.
func content(t testing.TB) *knowledge.Pack {
	t.Helper()
	k, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return k
}
