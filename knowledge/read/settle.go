package read

import (
	"sort"
	"strconv"

	"tixianbot/knowledge/fact"
)

// found settles what the candidates state.
func (g *reading) found() []Found {
	byName := map[fact.Name][]candidate{}
	for _, c := range g.cands {
		byName[c.Name] = append(byName[c.Name], c)
	}
	var out []Found
	for name, cands := range byName {
		if f, ok := g.settle(name, cands); ok {
			out = append(out, f)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Start != out[j].Start {
			return out[i].Start < out[j].Start
		}
		return out[i].Name < out[j].Name
	})
	return out
}

func (g *reading) settle(name fact.Name, cands []candidate) (Found, bool) {
	spec, _ := fact.Lookup(name)
	if spec.Kind == fact.Set {
		return united(cands), true
	}
	cands = distinct(cands)
	if name == fact.Attempts {
		return attempts(cands)
	}
	best := cands[0]
	for _, c := range cands[1:] {
		if g.beats(c, best) {
			best = c
		}
	}
	v, err := spec.Parse(string(best.Value))
	best.Value = v
	return best.Found, err == nil
}

// distinct drops the candidates that overlap one of higher priority, or a
// longer one of the same, and returns the rest in order.
func distinct(cands []candidate) []candidate {
	sort.SliceStable(cands, func(i, j int) bool {
		a, b := cands[i], cands[j]
		if a.priority != b.priority {
			return a.priority > b.priority
		}
		return a.to-a.from > b.to-b.from
	})
	var kept []candidate
	for _, c := range cands {
		if !overlaps(kept, c) {
			kept = append(kept, c)
		}
	}
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].from < kept[j].from })
	return kept
}

func overlaps(kept []candidate, c candidate) bool {
	for _, k := range kept {
		if c.from < k.to && k.from < c.to && (c.Value != k.Value || c.more > 0 || k.more > 0) && c.rule != k.rule {
			return true
		}
	}
	return false
}

// beats reports whether c, which stands behind best, is to be believed more.
func (g *reading) beats(c, best candidate) bool {
	if g.r.oops != nil && c.from > best.to && g.r.oops.MatchString(g.m.s[best.to:c.from]) {
		return true
	}
	if c.priority != best.priority {
		return c.priority > best.priority
	}
	return g.r.last[c.Name]
}

// attempts adds up tries: the greatest number said, or one, and what was added.
func attempts(cands []candidate) (Found, bool) {
	base, more := 0, 0
	var f Found
	for i, c := range cands {
		n := 0
		for _, d := range c.Value {
			n = n*10 + int(d-'0')
		}
		if c.more > 0 {
			more += c.more
		} else if n > base {
			base = n
		}
		if i == 0 {
			f = c.Found
		}
		f.Approx = f.Approx || c.Approx
	}
	spec, _ := fact.Lookup(fact.Attempts)
	v, err := spec.Parse(strconv.Itoa(max(base, 1) + more))
	if base == 0 && more == 0 { // 一次都没提
		v, err = "0", nil
	}
	f.Value = v
	return f, err == nil
}

func united(cands []candidate) Found {
	f := cands[0].Found
	for _, c := range cands[1:] {
		f.Value = fact.Union(f.Value, c.Value)
		f.Start, f.End = min(f.Start, c.Start), max(f.End, c.End)
	}
	return f
}
