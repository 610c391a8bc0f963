package screen

import "tixianbot/knowledge/fact"

// defaultWeight is the weight of a rule that gives none.
const defaultWeight = 2

// verdict is a flag and the place in folded text that raises it; where only
// the text as a whole does, the place is empty.
type verdict struct {
	flag     Flag
	from, to int
}

// judge weighs what the rules find against what the text is like.
func (s *Screen) judge(in *scan, known fact.Facts) verdict {
	first, weights := map[Flag]verdict{}, map[Flag]float64{}
	for _, flag := range urgency {
		for i := range s.flags[flag] {
			r := &s.flags[flag][i]
			from, to, ok := r.find(in, known)
			if !ok {
				continue
			}
			if _, twice := first[flag]; !twice {
				first[flag] = verdict{flag, from, to}
			}
			weights[flag] = max(weights[flag], r.weight())
		}
	}
	flag := mostUrgent(first)
	if like := s.like(); like.knows(in.text) {
		flag = like.flag(in, weights, s.doubt)
	}
	if v, ok := first[flag]; ok {
		return v
	}
	return verdict{flag: flag}
}

func mostUrgent(found map[Flag]verdict) Flag {
	for _, flag := range urgency {
		if _, ok := found[flag]; ok {
			return flag
		}
	}
	return None
}

// certain is the weight of a rule that rests on what the case knows.
const certain = 20

func (r *rule) weight() float64 {
	switch {
	case len(r.source.Known) > 0:
		return certain
	case r.source.Weight == 0:
		return defaultWeight
	}
	return r.source.Weight
}
