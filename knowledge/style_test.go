package knowledge

import (
	"slices"
	"strings"
	"testing"
)

// TestLintReadsAsALawyer breaks one thing of a pack that reads badly though
// every id leads somewhere.
func TestLintReadsAsALawyer(t *testing.T) {
	alone(t)
	for name, c := range map[string]struct {
		kind   FindingKind
		where  string
		breaks func(p *Pack)
	}{
		"the same step twice": {FindStyle, "causes/card_changed.yaml", func(p *Pack) {
			g := p.causes["card_changed"]
			g.Dont = append(slices.Clone(g.Dont), g.Do[0].Text)
			p.causes["card_changed"] = g
		}},
		"the same line of an article twice": {FindStyle, "articles/fees.md", func(p *Pack) {
			a := p.articles["fees"]
			a.Text += "\n1. 先截图。\n2. 先截图。"
			p.articles["fees"] = a
		}},
		"a law without its source": {FindSource, "articles/fees.md", func(p *Pack) {
			a := p.articles["fees"]
			a.Text += "\n《海商法》这样写。"
			p.articles["fees"] = a
		}},
		"a weak number without the official page": {FindSource, "bodies.yaml: post", func(p *Pack) {
			b := p.bodies["post"]
			b.Reach = "12305"
			p.bodies["post"] = b
		}},
		"the distant form of you": {FindForbidden, "articles/fees.md", func(p *Pack) {
			a := p.articles["fees"]
			a.Text += "\n请您稍等。"
			p.articles["fees"] = a
		}},
		"an exclamation mark": {FindForbidden, "bodies.yaml: post", func(p *Pack) {
			b := p.bodies["post"]
			b.Takes += "快打！"
			p.bodies["post"] = b
		}},
		"a half-width comma": {FindForbidden, "bodies.yaml: post", func(p *Pack) {
			b := p.bodies["post"]
			b.Takes += "先打,再问"
			p.bodies["post"] = b
		}},
		"a clock without its early sentence": {FindSource, "clocks.yaml: odr", func(p *Pack) { clockOf(p, "odr").Early = "" }},
		"a clock of another day":             {FindSource, "clocks.yaml: odr", func(p *Pack) { clockOf(p, "odr").Checked = "2020-02-02" }},
		"a clock of tomorrow": {FindSource, "clocks.yaml: odr", func(p *Pack) {
			s := p.sources["T-4"]
			s.Checked = "2027-01-01"
			p.sources["T-4"] = s
			clockOf(p, "odr").Checked = s.Checked
		}},
		"a weak clock without the official page": {FindSource, "clocks.yaml: odr", func(p *Pack) { clockOf(p, "odr").Early = "等一等。" }},
	} {
		t.Run(name, func(t *testing.T) {
			p := load(t)
			c.breaks(p)
			if !found(Lint(p, reviewed), c.kind, c.where) {
				t.Errorf("lint finds no %s at %s", c.kind, c.where)
			}
		})
	}
}

// TestLongStep has an editor write a step that nobody reads to its end.
func TestLongStep(t *testing.T) {
	p := load(t)
	g := p.causes["card_changed"]
	g.Do = slices.Clone(g.Do)
	g.Do[0].Text = strings.Repeat("长", longestStep+1)
	p.causes["card_changed"] = g
	where := "causes/card_changed.yaml: " + g.Do[0].ID
	if !slices.ContainsFunc(Lint(p, reviewed), func(f Finding) bool { return f.Kind == FindLength && f.Where == where }) {
		t.Error("lint finds nothing")
	}
}

func clockOf(p *Pack, id string) *Clock {
	return &p.clocks[slices.IndexFunc(p.clocks, func(c Clock) bool { return c.ID == id })]
}
