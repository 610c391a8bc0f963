package bot

import (
	"strings"
)

// needed returns the kinds of evidence that this case needs.
func (t *turn) needed() []string {
	cause := ""
	if ranked := t.candidates(); len(ranked) > 0 && ranked[0].P >= unclear {
		cause = ranked[0].Cause
	}
	return t.k.Evidence.Needed(t.c.Values(), cause)
}

// lacking returns the kinds of which there is no piece yet, the most important
// first.
func (t *turn) lacking() []string {
	var out []string
	for _, kind := range t.needed() {
		if t.c.Pieces[kind] == 0 {
			out = append(out, kind)
		}
	}
	return out
}

// unseenOn returns what is not seen on any piece of a kind, as far as the user
// has ticked what is.
func (t *turn) unseenOn(kind string) []string {
	var names []string
	k, _ := t.k.Evidence.Kind(kind)
	for _, id := range k.Shows {
		if t.c.Pieces[kind] > 0 && t.c.Pieces[kind+"."+id] == 0 {
			names = append(names, t.k.Evidence.Show(id))
		}
	}
	return names
}

// standing returns how many pieces stand.
func (t *turn) standing() int {
	n := 0
	for key, pieces := range t.c.Pieces {
		if !strings.Contains(key, ".") {
			n += pieces
		}
	}
	return n
}

// showLacking shows what is there and what is missing, with how to get it.
func (t *turn) showLacking() {
	list := []Button{t.button("exhibit_list", actList, "")}
	t.tellExhibits(t.lackText(), t.listKeys([][]Button{list}))
}

// lackText says of each kind that the case needs whether it is there.
func (t *turn) lackText() string {
	var lines []string
	for _, kind := range t.needed() {
		lines = append(lines, t.lackLine(kind))
	}
	foot := t.say("evidence.lack_foot")
	if len(t.lacking()) == 0 {
		foot = t.say("evidence.lack_none")
	}
	return paragraphs(t.say("evidence.lack_head"), strings.Join(lines, "\n"), foot)
}

func (t *turn) lackLine(kind string) string {
	k, _ := t.k.Evidence.Kind(kind)
	n := t.c.Pieces[kind]
	switch dark := t.unseenOn(kind); {
	case n == 0:
		return t.say("evidence.lack", "kind", t.kindName(kind), "proves", k.Proves)
	case len(dark) > 0:
		return t.say("evidence.have_dark", "kind", t.kindName(kind), "n", number(n), "shows", strings.Join(dark, t.say("list.comma")))
	default:
		return t.say("evidence.have", "kind", t.kindName(kind), "n", number(n))
	}
}

// evidenceLine says in one line what evidence there is and what is missing.
func (t *turn) evidenceLine() string {
	n, lacking := t.standing(), t.lacking()
	switch {
	case n == 0:
		return t.say("evidence.line_none")
	case len(lacking) == 0:
		return t.say("evidence.line_whole", "n", number(n))
	}
	var names []string
	for _, kind := range lacking {
		names = append(names, t.kindName(kind))
	}
	return t.say("evidence.line", "n", number(n), "lack", strings.Join(names, t.say("list.comma")))
}
