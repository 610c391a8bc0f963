package bot

import (
	"slices"
	"strings"

	"tixianbot/knowledge/fact"
)

// last returns the number of the chat's newest case.
func (c Case) last() int { return max(c.Last, c.Number) }

// showCases lists the cases of the chat, to go over to another.
func (t *turn) showCases() {
	all := append(slices.Clone(t.in.Cases), t.c)
	slices.SortFunc(all, func(a, b Case) int { return a.Number - b.Number })
	var lines []string
	var keys []Button
	for _, c := range all {
		line := t.say("cases.line", "n", number(c.Number), "what", t.titleOf(c), "stage", t.k.Rung(string(c.Stage)).Name)
		if c.Number == t.c.Number {
			line = t.say("cases.here", "line", line)
		} else {
			keys = append(keys, t.caseButton(c.Number))
		}
		lines = append(lines, line)
	}
	keys = append(keys, t.button("new_case", actNewCase, ""))
	t.screen("cases", paragraphs(t.say("cases.head"), list(lines)), append(grid(keys), []Button{t.button("leave", actLeave, "")}))
}

func (t *turn) caseButton(n int) Button {
	return Button{Label: t.say("button.open_case", "n", number(n)), Press: Press{Act: actSwitch, Arg: number(n)}}
}

// titleOf names a case by its platform, its amount and the day it began.
func (t *turn) titleOf(c Case) string {
	var parts []string
	for _, name := range []fact.Name{fact.PlatformName, fact.Amount} {
		if k := c.Facts[name]; k.Value != "" {
			parts = append(parts, t.valueIn(c, name, k))
		}
	}
	return strings.Join(append(parts, t.date(c.Opened)), t.say("list.comma"))
}

// valueIn returns the words for a fact of the case c, which need not be the
// one that is open.
func (t *turn) valueIn(c Case, name fact.Name, k Known) string {
	other := *t
	other.c = c
	return other.value(name, k)
}

// goTo opens another case of the chat. The revisions of its screens go on from
// the newest, so that buttons of either are known to be old.
func (t *turn) goTo(n int) bool {
	if n == t.c.Number {
		t.back()
	} else if !t.turnTo(n) {
		return false
	}
	t.show()
	return true
}

// turnTo makes another case of the chat the open one.
func (t *turn) turnTo(n int) bool {
	i := slices.IndexFunc(t.in.Cases, func(c Case) bool { return c.Number == n })
	if i < 0 {
		return false
	}
	c := t.in.Cases[i].Clone()
	c.Last, c.Rev, c.Screen, c.View = max(c.last(), t.c.last()), max(c.Rev, t.c.Rev), "", View{}
	c.Touched, c.Use = t.in.At, t.c.Use
	c.Wording = c.Wording.with(t.c.Wording)
	t.c = c
	if t.c.Facts == nil {
		t.c.Facts = make(map[fact.Name]Known)
	}
	t.turned = true
	t.awaitAlbum()
	t.fresh = true
	t.addLead(t.say("cases.gone", "n", number(n), "what", t.titleOf(c)))
	return true
}
