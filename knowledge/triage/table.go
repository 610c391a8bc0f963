package triage

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"

	"tixianbot/knowledge/fact"
)

const (
	// named is the most that the outcomes named for a cause can take together;
	// what is left is shared by the others, so that nothing is impossible.
	named = 0.98
	// faint is the weight of a member that is not named beside others that are:
	// who tells of a new phone does not thereby deny a new card.
	faint = 0.3
)

// signal is the table of one fact: how usual each outcome is under each cause.
type signal struct {
	fact     fact.Name
	cost     float64
	outcomes map[string]int // outcome, or the canonical value of a set, to its row
	p        [][]float64    // [row][cause]; over the rows each cause sums to one
	log      [][]float64    // the logarithm of p
	lift     []lifts        // [row]: what an outcome says for a cause, by member of a set
}

// lifts maps the member of a set ("" where it is no set) to how much likelier
// it is under each cause than for anybody, as a logarithm.
type lifts map[string][]float64

// shares are the frequencies of outcomes, for anybody or under one cause.
type shares map[string]float64

// newSignal returns the table of fw for causes whose deviations from the base
// are in per, in the order of the causes.
func newSignal(fw FactWeights, per []shares) (*signal, error) {
	bands := Bands(fw.Fact)
	if bands == nil {
		return nil, fmt.Errorf("fact %s: it says nothing about causes", fw.Fact)
	}
	if err := sameKeys(fw.Base, append(slices.Clone(bands), Unsure)); err != nil {
		return nil, fmt.Errorf("fact %s: base: %w", fw.Fact, err)
	}
	if fw.Slips < 0 || fw.Slips > 50 {
		return nil, fmt.Errorf("fact %s: slips of %v of a hundred", fw.Fact, fw.Slips)
	}
	s := &signal{fact: fw.Fact, cost: fw.Cost, outcomes: map[string]int{}}
	if spec, _ := fact.Lookup(fw.Fact); spec.Kind == fact.Set {
		s.fillSet(fw.Base, per, fw.Slips/100)
	} else {
		s.fillOne(fw.Base, per, fw.Slips/100)
	}
	s.log = logs(s.p)
	return s, nil
}

// fillOne fills the table of a fact that has one value.
func (s *signal) fillOne(base shares, per []shares, slips float64) {
	anybody := mix(base, nil)
	under := make([]shares, len(per))
	for c, dev := range per {
		under[c] = mix(base, dev)
	}
	for _, outcome := range slices.Sorted(maps.Keys(base)) {
		p := make([]float64, len(per))
		up := make([]float64, len(per))
		for c := range per {
			p[c] = between(under[c][outcome], anybody[outcome], slips)
			up[c] = math.Log(p[c] / anybody[outcome])
		}
		s.add(outcome, p, lifts{"": up})
	}
}

// fillSet fills the table of a set: a row for "none", one for "unsure" and one
// for each combination of members.
func (s *signal) fillSet(base shares, per []shares, slips float64) {
	members := setMembers(base)
	anybody := newSetOdds(members, mixSet(base, nil))
	under := make([]setOdds, len(per))
	for c, dev := range per {
		under[c] = newSetOdds(members, mixSet(base, dev))
	}
	for _, outcome := range []string{fact.None, Unsure} {
		p := make([]float64, len(per))
		for c := range per {
			p[c] = between(under[c].shares[outcome], anybody.shares[outcome], slips)
		}
		s.add(outcome, p, lifts{})
	}
	for pick := 1; pick < 1<<len(members); pick++ {
		s.addSubset(pick, anybody, under, slips)
	}
}

// addSubset adds the row of the members that are the bits of pick.
func (s *signal) addSubset(pick int, anybody setOdds, under []setOdds, slips float64) {
	up := lifts{}
	var names []string
	for i, m := range anybody.members {
		if pick>>i&1 == 0 {
			continue
		}
		names = append(names, m)
		up[m] = make([]float64, len(under))
		for c := range under {
			up[m][c] = math.Log(between(under[c].told(m), anybody.told(m), slips) / anybody.told(m))
		}
	}
	p := make([]float64, len(under))
	for c := range under {
		p[c] = between(under[c].of(pick), anybody.of(pick), slips)
	}
	s.add(strings.Join(names, ","), p, up)
}

func (s *signal) add(outcome string, p []float64, up lifts) {
	s.outcomes[outcome] = len(s.p)
	s.p = append(s.p, p)
	s.lift = append(s.lift, up)
}

// between returns the share of an answer under a cause where some answer as
// anybody would.
func between(under, anybody, slips float64) float64 {
	return under + slips*(anybody-under)
}

// mix returns the base shares with the deviations put in their place and the
// others scaled to what is left, so that all sum to one.
func mix(base, dev shares) shares {
	var said, rest float64
	for outcome, share := range base {
		if d, ok := dev[outcome]; ok {
			said += d
		} else {
			rest += share
		}
	}
	scale := 1.0
	if said > named || rest == 0 {
		scale = named / said
		if rest == 0 {
			scale = 1 / said
		}
	}
	out := make(shares, len(base))
	for outcome, share := range base {
		if d, ok := dev[outcome]; ok {
			out[outcome] = d * scale
		} else {
			out[outcome] = share / rest * (1 - said*scale)
		}
	}
	return out
}

// mixSet is mix for a set, whose members are shares among those who name one.
func mixSet(base, dev shares) shares {
	whole := shares{fact.None: base[fact.None], Unsure: base[Unsure]}
	whole[""] = 100 - base[fact.None] - base[Unsure]
	out := shares{}
	for m, share := range base {
		if m == fact.None || m == Unsure {
			continue
		}
		out[m] = share / 100
		if d, ok := dev[m]; ok {
			out[m] = min(d, named)
		}
	}
	top := shares{}
	for _, o := range []string{fact.None, Unsure} {
		if d, ok := dev[o]; ok {
			top[o] = d
		}
	}
	for o, share := range mix(whole, top) {
		if o != "" {
			out[o] = share
		}
	}
	return out
}

func setMembers(base shares) []string {
	var members []string
	for m := range base {
		if m != fact.None && m != Unsure {
			members = append(members, m)
		}
	}
	sort.Strings(members)
	return members
}

// setOdds are the shares of the combinations of members, by bit pattern.
type setOdds struct {
	members []string
	shares  shares
	sum     float64
}

func newSetOdds(members []string, s shares) setOdds {
	o := setOdds{members: members, shares: s}
	for pick := 1; pick < 1<<len(members); pick++ {
		o.sum += o.raw(pick)
	}
	return o
}

func (o setOdds) raw(pick int) float64 {
	p := 1.0
	for i, m := range o.members {
		if pick>>i&1 == 1 {
			p *= o.shares[m]
		} else {
			p *= math.Pow(1-o.shares[m], faint)
		}
	}
	return p
}

// some returns the share of those who name at least one member.
func (o setOdds) some() float64 { return 1 - o.shares[fact.None] - o.shares[Unsure] }

// told returns the share of those who name the member m.
func (o setOdds) told(m string) float64 { return o.some() * o.shares[m] }

// of returns the share of those who name the members that are the bits of pick.
func (o setOdds) of(pick int) float64 { return o.some() * o.raw(pick) / o.sum }

func logs(p [][]float64) [][]float64 {
	out := make([][]float64, len(p))
	for i, row := range p {
		out[i] = make([]float64, len(row))
		for c, x := range row {
			out[i][c] = math.Log(x)
		}
	}
	return out
}

// sameKeys reports the first outcome that m lacks, has too many or gives no share.
func sameKeys(m map[string]float64, want []string) error {
	for _, k := range want {
		if share, ok := m[k]; !ok {
			return fmt.Errorf("%q is missing", k)
		} else if share <= 0 || share >= 100 {
			return fmt.Errorf("%q: a share of %v of a hundred", k, share)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(want, k) {
			return fmt.Errorf("no outcome %q", k)
		}
	}
	return nil
}
