package bot_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// phraseCalls are the functions of the core whose string arguments name phrases.
var phraseCalls = []string{"say", "titled", "section", "others"}

// TestEveryPhraseIsThere reads the source: each phrase that the code names is
// in the content, and each phrase of the content is one that the code names.
func TestEveryPhraseIsThere(t *testing.T) {
	k := content(t)
	for _, err := range bot.Check(k) {
		t.Error(err)
	}
	for _, id := range phrasesInSource(t) {
		if _, ok := k.Phrase(id); !ok && !strings.HasSuffix(id, ".") {
			t.Errorf("the content has no phrase %q", id)
		}
	}
}

func phrasesInSource(t *testing.T) []string {
	t.Helper()
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	ast.Inspect(pkgs["bot"], func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		lit, isText := call.Args[0].(*ast.BasicLit)
		if !ok || !isText || lit.Kind != token.STRING {
			return true
		}
		id, _ := strconv.Unquote(lit.Value)
		switch {
		case sel.Sel.Name == "button" || sel.Sel.Name == "caseless":
			ids = append(ids, "button."+id)
		case slices.Contains(phraseCalls, sel.Sel.Name):
			ids = append(ids, id)
		}
		return true
	})
	return ids
}

// content returns the embedded content.
func content(t testing.TB) *knowledge.Pack {
	t.Helper()
	k, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return k
}
