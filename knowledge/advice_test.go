package knowledge

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// TestEveryRowOfAdvice holds advice.yaml against the ids and flags of the seed
// advice: each row has one line with its flag, nothing is missing, and the
// lists of the report share no id.
func TestEveryRowOfAdvice(t *testing.T) {
	p := load(t)
	data, err := os.ReadFile("testdata/seed-advice-ids.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(rows) != adviceRows || len(p.advice) != adviceRows {
		t.Fatalf("%d rows and %d lines, want %d of each", len(rows), len(p.advice), adviceRows)
	}
	for i, row := range rows {
		if a := p.advice[i]; a.ID+"\t"+a.Flag != row {
			t.Errorf("line %d is %s, %s; the row is %q", i+1, a.ID, a.Flag, row)
		}
	}
	r := p.AdviceReport()
	all := slices.Concat(r.Carried, r.Corrected, r.LeftOut, r.Missing)
	slices.Sort(all)
	if len(slices.Compact(all)) != adviceRows || len(r.Missing) != 0 {
		t.Errorf("%d ids reported, want %d; missing %v", len(all), adviceRows, r.Missing)
	}
	if len(r.Carried) == 0 || len(r.Corrected) == 0 || len(r.LeftOut) == 0 {
		t.Error("a list is empty")
	}
}

// TestAdviceIsRefused breaks one line of advice.yaml in each way that leads
// nowhere.
func TestAdviceIsRefused(t *testing.T) {
	alone(t)
	line := func(fate string) string { return "- {id: adv-001, flag: ok, " + fate + "}\n" }
	for name, c := range map[string]struct{ line, want string }{
		"no such entry":     {line("carried: [causes/nowhere]"), `no entry "causes/nowhere"`},
		"no such folder":    {line("carried: [phrases/start]"), "no entry"},
		"two fates":         {line("carried: [causes/card_changed], left_out: no"), "exactly one"},
		"no fate":           {"- {id: adv-001, flag: ok}\n", "exactly one"},
		"no reason":         {line("corrected: [causes/card_changed]"), "fact goes with corrected"},
		"a fact too many":   {line("carried: [causes/card_changed], fact: D-1"), "fact goes with corrected"},
		"fact unknown":      {line("corrected: [causes/card_changed], fact: D-99"), `no source "D-99"`},
		"fact that is none": {line("corrected: [causes/card_changed], fact: adv-002"), `no source "adv-002"`},
		"flag unknown":      {"- {id: adv-001, flag: fine, left_out: no}\n", `no flag "fine"`},
		"id unknown":        {"- {id: advice-1, flag: ok, left_out: no}\n", "an id such as adv-001"},
		"id twice":          {line("left_out: no") + line("left_out: no"), "once"},
	} {
		t.Run(name, func(t *testing.T) {
			files := embeddedFiles(t)
			files["advice.yaml"] = &fstest.MapFile{Data: []byte(c.line)}
			if _, err := Parse(files); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// TestAdviceThatNobodyTakesUp has an editor take a row from the one entry that
// named it, and a line from the list.
func TestAdviceThatNobodyTakesUp(t *testing.T) {
	alone(t)
	p := load(t)
	i := slices.IndexFunc(p.advice, func(a Advice) bool { return len(a.Carried) == 1 && strings.HasPrefix(a.Carried[0], "causes/") })
	row := p.advice[i]
	cause := strings.TrimPrefix(row.Carried[0], "causes/")
	g := p.causes[cause]
	g.Sources = slices.DeleteFunc(slices.Clone(g.Sources), func(s string) bool { return s == row.ID })
	p.causes[cause] = g
	gone := p.advice[len(p.advice)-1].ID
	p.advice = p.advice[:len(p.advice)-1]

	want := []string{row.ID, gone}
	if got := p.AdviceReport().Missing; !slices.Equal(got, want) {
		t.Errorf("missing %v, want %v", got, want)
	}
	for _, id := range want {
		if !found(Lint(p, reviewed), FindAdvice, "advice.yaml: "+id) {
			t.Errorf("lint does not speak of %s", id)
		}
	}
}

// TestAdviceMustAgree breaks what lint must see between two files.
func TestAdviceMustAgree(t *testing.T) {
	alone(t)
	for name, breaks := range map[string]func(p *Pack){
		"causes/card_changed": func(p *Pack) {
			g := p.causes["card_changed"]
			g.Sources = append(slices.Clone(g.Sources), "adv-313")
			p.causes["card_changed"] = g
		},
		"advice.yaml: adv-001": func(p *Pack) {
			p.advice[0] = Advice{ID: "adv-001", Flag: "ok", LeftOut: "no reason"}
		},
		"advice.yaml: adv-002": func(p *Pack) { p.advice[1].Flag = "risky" },
		"advice.yaml: adv-003": func(p *Pack) {
			p.advice[2].Carried = append(slices.Clone(p.advice[2].Carried), "causes/card_changed")
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := load(t)
			breaks(p)
			if !found(Lint(p, reviewed), FindAdvice, name) {
				t.Error("lint finds nothing")
			}
		})
	}
}

var loaded = sync.OnceValues(func() (*Pack, error) { return Load("") })

// load returns the embedded content; the copy may be broken at will.
func load(t *testing.T) *Pack {
	t.Helper()
	p, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	c := *p
	c.causes, c.articles, c.bodies, c.sources = maps.Clone(p.causes), maps.Clone(p.articles), maps.Clone(p.bodies), maps.Clone(p.sources)
	c.clocks, c.advice = slices.Clone(p.clocks), slices.Clone(p.advice)
	return &c
}

func found(all []Finding, kind FindingKind, where string) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Kind == kind && f.Where == where && f.Error })
}

func ExamplePack_AdviceReport() {
	p, err := Load("")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := p.AdviceReport()
	fmt.Println(r.Carried[0], len(r.Missing))
	// Output: adv-001 0
}
