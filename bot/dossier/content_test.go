package dossier

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tixianbot/knowledge"
)

// families are the beginnings of ids whose end comes from the case.
var families = []string{"kind.", "letter.", "part.", "state.", "version."}

// TestEverySentenceIsThere reads the source: each sentence that the code names
// is in the content, with no more than the code fills in, and each sentence of
// the content is one that the code names.
func TestEverySentenceIsThere(t *testing.T) {
	k := content(t)
	have := k.PaperIDs()
	named := sentencesInSource(t)
	for id, filled := range named {
		if !slices.Contains(have, id) {
			t.Errorf("the content has no sentence %q", id)
		}
		for _, name := range knowledge.Parameters(k.Paper(id)) {
			if len(filled) > 0 && !slices.Contains(filled, name) {
				t.Errorf("nobody fills {%s} of %s", name, id)
			}
		}
	}
	for _, id := range have {
		_, ok := named[id]
		if !ok && !slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(id, f) }) {
			t.Errorf("no file says %q", id)
		}
	}
}

// sentencesInSource returns every text of the source that looks like an id,
// with what is filled in where it is said.
func sentencesInSource(t *testing.T) map[string][]string {
	t.Helper()
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, id := range content(t).PaperIDs() {
		family, _, _ := strings.Cut(id, ".")
		known = append(known, family+".")
	}
	named := make(map[string][]string)
	ast.Inspect(pkgs["dossier"], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			id, err := strconv.Unquote(n.Value)
			if family, rest, ok := strings.Cut(id, "."); ok && err == nil && rest != "" && slices.Contains(known, family+".") && !strings.ContainsAny(rest, ". /") {
				named[id] = append(named[id], []string(nil)...)
			}
		case *ast.CallExpr:
			sayCall(n, named)
		}
		return true
	})
	return named
}

// sayCall notes a call of say or column.
func sayCall(n *ast.CallExpr, named map[string][]string) {
	sel, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || len(n.Args) == 0 {
		return
	}
	texts := make([]string, len(n.Args))
	for i, a := range n.Args {
		if lit, ok := a.(*ast.BasicLit); ok {
			texts[i], _ = strconv.Unquote(lit.Value)
		}
	}
	switch {
	case sel.Sel.Name == "say" && texts[0] != "":
		for i := 1; i < len(texts); i += 2 {
			named[texts[0]] = append(named[texts[0]], texts[i])
		}
	case sel.Sel.Name == "column" && texts[0] != "":
		named["col."+texts[0]] = nil
	}
}
