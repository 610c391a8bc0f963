package search_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/search"
)

const (
	contentDir = "../content/zh"
	evalDir    = "../testdata/eval"
	none       = "none"
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, name string, data []byte, v any) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
		t.Fatalf("%s: %s", name, yaml.FormatError(err, false, true))
	}
}

func loadTable(t testing.TB) *normal.Table {
	t.Helper()
	var rules normal.Rules
	decode(t, "typos", read(t, filepath.Join(contentDir, "normal/typos.yaml")), &rules)
	rules.Variants = string(read(t, filepath.Join(contentDir, "normal/variants.txt")))
	table, err := normal.New(rules)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// loadDocs reads the articles of the content.
func loadDocs(t testing.TB) []search.Doc {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(contentDir, "articles/*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no articles: %v", err)
	}
	var docs []search.Doc
	for _, file := range files {
		var head struct {
			ID, Title      string
			Asked, Sources []string
		}
		top, text, _ := strings.Cut(strings.TrimPrefix(string(read(t, file)), "---\n"), "\n---\n")
		decode(t, file, []byte(top), &head)
		docs = append(docs, search.Doc{ID: head.ID, Title: head.Title, Asked: head.Asked, Text: text})
	}
	return docs
}

func loadRules(t testing.TB) search.Rules {
	t.Helper()
	var rules search.Rules
	decode(t, "search.yaml", read(t, filepath.Join(contentDir, "search.yaml")), &rules)
	return rules
}

func loadIndex(t testing.TB) *search.Index {
	t.Helper()
	return search.Build(loadTable(t), loadRules(t), loadDocs(t))
}

// question is a line of a set of questions.
type question struct {
	ID   string
	Text string
	Want struct {
		Topic  string
		Topics []string
	}
}

func (q question) wants(id string) bool {
	return q.Want.Topic == id || slices.Contains(q.Want.Topics, id)
}

func loadEval(t testing.TB, name string) []question {
	t.Helper()
	var out []question
	lines := bufio.NewScanner(bytes.NewReader(read(t, filepath.Join(evalDir, name))))
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		out = append(out, q)
	}
	return out
}

// result counts what the index made of a set of questions.
type result struct {
	asked, top1, top3     int
	noneRight, noneMissed int
	noneWrong             int // a question of ours that was turned away
}

func (r result) f1() float64 {
	return 2 * float64(r.noneRight) / float64(2*r.noneRight+r.noneMissed+r.noneWrong)
}

func run(t testing.TB, x *search.Index, questions []question) result {
	t.Helper()
	var r result
	for _, q := range questions {
		hits := x.Find(q.Text, 3)
		knows := x.Knows(hits)
		if q.Want.Topic == none {
			if knows {
				r.noneMissed++
				t.Logf("answered: %s: %s %v", q.ID, q.Text, hits[:1])
			} else {
				r.noneRight++
			}
			continue
		}
		r.asked++
		if !knows {
			r.noneWrong++
			t.Logf("turned away: %s: %s (%s %v) %v", q.ID, q.Text, q.Want.Topic, q.Want.Topics, hits)
			continue
		}
		place := slices.IndexFunc(hits, func(h search.Hit) bool { return q.wants(h.ID) })
		if place == 0 {
			r.top1++
		} else {
			t.Logf("place %d: %s: %s (%s %v) %v", place+1, q.ID, q.Text, q.Want.Topic, q.Want.Topics, hits)
		}
		if place >= 0 {
			r.top3++
		}
	}
	t.Logf("top1 %.3f top3 %.3f none f1 %.3f of %d", float64(r.top1)/float64(r.asked), float64(r.top3)/float64(r.asked), r.f1(), len(questions))
	return r
}

func TestDevTopics(t *testing.T) {
	r := run(t, loadIndex(t), loadEval(t, "dev-topic.jsonl"))
	if float64(r.top1) < 0.88*float64(r.asked) || float64(r.top3) < 0.96*float64(r.asked) || r.f1() < 0.90 {
		t.Errorf("top1, top3 or the f1 of turning away is below what it must be")
	}
}
