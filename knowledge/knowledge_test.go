package knowledge

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tixianbot/knowledge/fact"
)

// reviewed is the day on which the embedded content was last reviewed.
var reviewed = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// TestEmbeddedContent keeps the content that is shipped free of errors.
func TestEmbeddedContent(t *testing.T) {
	p, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Lint(p, reviewed) {
		if f.Error {
			t.Errorf("%s: %s", f.Where, f.Text)
		}
	}
	for _, id := range p.CauseIDs() {
		g := p.Cause(id)
		if len(g.Tell) == 0 || len(g.Dont) == 0 || len(g.Keep) == 0 || g.Wait == "" || g.Next == "" || g.Short == "" {
			t.Errorf("causes/%s.yaml has an empty part", id)
		}
	}
	for _, s := range fact.All() {
		if p.FactLabel(s.Name) == "" {
			t.Errorf("labels.yaml: no label for the fact %s", s.Name)
		}
	}
}

// TestOverlayKeepsThePhrases gives the phrases of an overlay away one by one.
func TestOverlayKeepsThePhrases(t *testing.T) {
	alone(t)
	base := embeddedFiles(t)
	for name, c := range map[string]struct{ from, to, want string }{
		"left out":       {"list.comma: 、\n", "", `no phrase "list.comma"`},
		"of nobody":      {"list.comma: 、", "list.comma: 、\nlist.dot: 。", `nobody says "list.dot"`},
		"filled wrongly": {"quote: 「{text}」", "quote: 「{words}」", "nobody fills {words}"},
	} {
		text := string(base["phrases.yaml"].Data)
		if !strings.Contains(text, c.from) {
			t.Fatalf("no %q", c.from)
		}
		overlay := fstest.MapFS{"phrases.yaml": {Data: []byte(strings.Replace(text, c.from, c.to, 1))}}
		if _, err := Parse(base, overlay); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}

// TestLoadRefuses breaks one thing of the content at a time, as an editor may,
// and looks for the file and the reason in the error.
func TestLoadRefuses(t *testing.T) {
	alone(t)
	base := embeddedFiles(t)
	for name, c := range map[string]struct{ file, from, to, want string }{
		"unknown field":    {"ladder.yaml", "name: 自查", "nmae: 自查", "unknown field"},
		"broken YAML":      {"labels.yaml", "facts:", "facts: [", "labels.yaml"},
		"missing source":   {"causes/card_changed.yaml", "sources: [", "sources: [T-999, ", `no source "T-999"`},
		"wrong id":         {"causes/card_changed.yaml", "id: card_changed", "id: card_change", "card_changed"},
		"dead article":     {"causes/card_changed.yaml", "see: [", "see: [nowhere, ", `no article "nowhere"`},
		"header lost":      {"articles/fees.md", "---\n", "", "no header"},
		"unknown value":    {"questions.yaml", "{value: reviewing", "{value: reviewed", "reviewed"},
		"unknown fact":     {"questions.yaml", "- fact: status", "- fact: state", "no such fact"},
		"not a file of us": {"phrases2.yaml", "", "a: b", "no part of the content"},
		"evidence gone":    {"evidence.yaml", "- id: contract\n", "- id: paper\n", `no kind "contract"`},
		"dead show":        {"evidence.yaml", "shows: [time, code, address]", "shows: [tyme]", `no "tyme"`},
		"cause removed":    {"causes/card_changed.yaml", "", "", "card_changed"},
	} {
		t.Run(name, func(t *testing.T) {
			files := copyFiles(base)
			data := ""
			if f := files[c.file]; f != nil {
				data = string(f.Data)
			}
			if c.from != "" && !strings.Contains(data, c.from) {
				t.Fatalf("%s does not hold %q", c.file, c.from)
			}
			files[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(data, c.from, c.to, 1))}
			if name == "cause removed" {
				delete(files, c.file)
			}
			_, err := Parse(files)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// TestOverlay has an operator change one sentence.
func TestOverlay(t *testing.T) {
	base := embeddedFiles(t)
	ladder := strings.Replace(string(base["ladder.yaml"].Data), "name: 自查", "name: 先自己看", 1)
	p, err := Parse(base, fstest.MapFS{"ladder.yaml": {Data: []byte("\xef\xbb\xbf" + ladder)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Rung("self_check").Name; got != "先自己看" {
		t.Errorf("rung is called %q", got)
	}
}

// TestLintFinds breaks one thing that is no reason not to load.
func TestLintFinds(t *testing.T) {
	alone(t)
	base := embeddedFiles(t)
	for name, c := range map[string]struct {
		file, from, to string
		kind           FindingKind
	}{
		"forbidden phrase": {"ladder.yaml", "do: 停下", "do: 包解冻。停下", FindForbidden},
		"open mark":        {"ladder.yaml", "自查最多半小时", "自查**最多半小时", FindMarkup},
		"too long":         {"phrases.yaml", "list.comma: 、", "list.comma: " + strings.Repeat("长", 901), FindLength},
		"low confidence":   {"sources.yaml", "confidence: high", "confidence: low", FindSource},
	} {
		t.Run(name, func(t *testing.T) {
			files := copyFiles(base)
			data := strings.Replace(string(files[c.file].Data), c.from, c.to, 1)
			files[c.file] = &fstest.MapFile{Data: []byte(data)}
			p, err := Parse(files)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range Lint(p, reviewed) {
				if f.Kind == c.kind && strings.HasPrefix(f.Where, strings.TrimSuffix(c.file, "x")) {
					return
				}
			}
			t.Errorf("nothing of kind %s was found", c.kind)
		})
	}
}

// TestStaleSource lets two years pass.
func TestStaleSource(t *testing.T) {
	p, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	stale := 0
	for _, f := range Lint(p, reviewed.AddDate(2, 0, 0)) {
		if f.Kind == FindStale {
			stale++
			if f.Error {
				t.Errorf("%s: a stale source is an error", f.Where)
			}
		}
	}
	if stale == 0 {
		t.Error("after two years no source is due for a check")
	}
}

func embeddedFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	base, err := fs.Sub(embedded, "content/zh")
	if err != nil {
		t.Fatal(err)
	}
	f := make(files)
	if err := f.add(base); err != nil {
		t.Fatal(err)
	}
	m := make(fstest.MapFS)
	for name, data := range f {
		m[name] = &fstest.MapFile{Data: data}
	}
	return m
}

func copyFiles(m fstest.MapFS) fstest.MapFS {
	out := make(fstest.MapFS, len(m))
	for name, f := range m {
		out[name] = f
	}
	return out
}

// alone leaves a long test out of short runs, which are those under the race
// detector: it works in one goroutine, so there is nothing to detect.
func alone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine alone")
	}
}
