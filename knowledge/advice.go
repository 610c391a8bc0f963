package knowledge

import (
	"fmt"
	"slices"
	"strings"
)

// adviceRows is how many rows of advice the source articles gave; their ids
// run from adv-001 without a gap.
const adviceRows = 313

// adviceFlags are the verdicts on a row of advice.
var adviceFlags = []string{"ok", "risky", "outdated", "unverifiable", "anecdote-number"}

// An Advice says what became of one row of the advice that the source articles
// give: advice.yaml. Exactly one of Carried, Corrected and LeftOut is filled.
type Advice struct {
	ID        string   `yaml:"id"`        // adv-001
	Flag      string   `yaml:"flag"`      // ok, risky, outdated, unverifiable or anecdote-number
	Carried   []string `yaml:"carried"`   // entries that say it, such as causes/card_changed
	Corrected []string `yaml:"corrected"` // entries that say it rightly
	Fact      string   `yaml:"fact"`      // of Corrected: the source that says why
	LeftOut   string   `yaml:"left_out"`  // why nothing says it
}

// entries returns the entries that take the row up.
func (a Advice) entries() []string {
	if len(a.Carried) > 0 {
		return a.Carried
	}
	return a.Corrected
}

// AdviceReport lists the ids of all rows of advice by what became of them. A
// row is missing where it has no line, or where no entry that its line names
// names it in turn. No list is nil.
type AdviceReport struct {
	Carried   []string `json:"carried"`
	Corrected []string `json:"corrected"`
	LeftOut   []string `json:"left_out"`
	Missing   []string `json:"missing"`
}

// AdviceReport returns what became of each row of advice.
func (p *Pack) AdviceReport() AdviceReport {
	r := AdviceReport{Carried: []string{}, Corrected: []string{}, LeftOut: []string{}, Missing: []string{}}
	for n := 1; n <= adviceRows; n++ {
		id := fmt.Sprintf("adv-%03d", n)
		i := slices.IndexFunc(p.advice, func(a Advice) bool { return a.ID == id })
		switch {
		case i >= 0 && p.advice[i].LeftOut != "":
			r.LeftOut = append(r.LeftOut, id)
		case i < 0 || !slices.ContainsFunc(p.advice[i].entries(), func(e string) bool { return p.names(e, id) }):
			r.Missing = append(r.Missing, id)
		case len(p.advice[i].Carried) > 0:
			r.Carried = append(r.Carried, id)
		default:
			r.Corrected = append(r.Corrected, id)
		}
	}
	return r
}

// names reports whether an entry names a source.
func (p *Pack) names(entry, source string) bool {
	sources, _ := p.entrySources(entry)
	return slices.Contains(sources, source)
}

// entrySources returns the sources of an entry such as causes/card_changed,
// and whether there is such an entry.
func (p *Pack) entrySources(entry string) ([]string, bool) {
	folder, id, _ := strings.Cut(entry, "/")
	switch folder {
	case "causes":
		g, ok := p.causes[id]
		return g.Sources, ok
	case "branches":
		g, ok := p.branches[id]
		return g.Sources, ok
	case "articles":
		a, ok := p.articles[id]
		return a.Sources, ok
	case "bodies":
		b, ok := p.bodies[id]
		return b.Sources, ok
	case "ladder":
		r := p.Rung(id)
		return r.Sources, r.Stage != ""
	case "clocks":
		c, ok := p.Clock(id)
		return c.Sources, ok
	case "routes":
		i := slices.IndexFunc(p.routes, func(r Route) bool { return r.ID == id })
		if i >= 0 {
			return p.routes[i].Sources, true
		}
	}
	return nil, false
}

// entryIDs returns the ids of all entries that have sources, sorted.
func (p *Pack) entryIDs() []string {
	var ids []string
	add := func(folder string, names []string) {
		for _, name := range names {
			ids = append(ids, folder+"/"+name)
		}
	}
	add("causes", sortedKeys(p.causes))
	add("branches", sortedKeys(p.branches))
	add("articles", sortedKeys(p.articles))
	add("bodies", sortedKeys(p.bodies))
	for _, r := range p.Ladder {
		ids = append(ids, "ladder/"+r.Stage)
	}
	for _, r := range p.routes {
		ids = append(ids, "routes/"+r.ID)
	}
	for _, c := range p.clocks {
		ids = append(ids, "clocks/"+c.ID)
	}
	slices.Sort(ids)
	return ids
}

// advice checks that each line of advice.yaml is whole and leads somewhere.
func (c *refs) advice() {
	seen := make(map[string]bool)
	for _, a := range c.pack.advice {
		where := "advice.yaml: " + a.ID
		if !adviceID.MatchString(a.ID) || seen[a.ID] {
			c.bad(where, "an id such as adv-001, once")
		}
		seen[a.ID] = true
		if !slices.Contains(adviceFlags, a.Flag) {
			c.bad(where, "no flag %q", a.Flag)
		}
		c.adviceFate(where, a)
	}
}

func (c *refs) adviceFate(where string, a Advice) {
	fates := 0
	for _, has := range []bool{len(a.Carried) > 0, len(a.Corrected) > 0, a.LeftOut != ""} {
		if has {
			fates++
		}
	}
	if fates != 1 {
		c.bad(where, "exactly one of carried, corrected and left_out must be filled")
	}
	if (len(a.Corrected) > 0) != (a.Fact != "") {
		c.bad(where, "fact goes with corrected, and only with it")
	}
	if _, ok := c.pack.sources[a.Fact]; a.Fact != "" && !ok {
		c.bad(where, "no source %q in sources.yaml", a.Fact)
	}
	for _, e := range a.entries() {
		if _, ok := c.pack.entrySources(e); !ok {
			c.bad(where, "there is no entry %q", e)
		}
	}
}

// advice finds rows without a line, and lines and entries that do not agree.
func (l *linter) advice() {
	for _, id := range l.pack.AdviceReport().Missing {
		l.add(FindAdvice, true, "advice.yaml: "+id, "no line, or no entry that names it in its sources")
	}
	takes := make(map[[2]string]bool)
	for _, a := range l.pack.advice {
		where := "advice.yaml: " + a.ID
		for _, e := range a.entries() {
			takes[[2]string{e, a.ID}] = true
			if !l.pack.names(e, a.ID) {
				l.add(FindAdvice, true, where, "%s does not name it in its sources", e)
			}
		}
		if a.Flag == "ok" && a.LeftOut != "" {
			l.add(FindAdvice, true, where, "a row that is ok must be carried or corrected")
		}
		if a.Flag != "ok" && len(a.Carried) > 0 {
			l.add(FindAdvice, true, where, "a row that is %s must not be carried as it is", a.Flag)
		}
	}
	for _, e := range l.pack.entryIDs() {
		sources, _ := l.pack.entrySources(e)
		for _, id := range sources {
			if adviceID.MatchString(id) && !takes[[2]string{e, id}] {
				l.add(FindAdvice, true, e, "names %s, whose line in advice.yaml does not name it", id)
			}
		}
	}
}
