package bot

import (
	"strings"

	"tixianbot/knowledge/letter"
)

// findingsShown is how many findings about a letter are named at once.
const findingsShown = 8

func (t *turn) showCheck() {
	t.screen("check", t.say("check.letter"), [][]Button{{t.button("draft_other", actDraft, ""), t.button("leave", actLeave, "")}})
}

// checkLetter checks a letter of the user's own as the kind that it is most
// likely: the next one that fits.
func (t *turn) checkLetter(text string) {
	q := request{Order: letter.Order{Kind: t.fitting()[0]}}
	for _, kind := range letter.Kinds {
		if t.holds("words.letter."+string(kind), firstLine(text)) {
			q.Kind = kind
			break
		}
	}
	if t.fraud() {
		q.Kind = letter.FraudReport
	}
	t.checkAs(q, text)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// checkAs keeps a text of the user's as a version of a letter, and says what
// speaks against it. The text is a record of the case already, as every word of
// the user is.
func (t *turn) checkAs(q request, text string) {
	seq := t.keepOwn(q, text)
	t.c.View = View{Name: viewLetter, Arg: number(seq)}
	d, ok := t.document(number(seq), t.in.At)
	name := t.k.Letters.Form(q.Kind).Name
	if ok && !letter.Blocked(d.found) {
		t.addLead(t.say("checked.good", "name", name))
		t.show()
		return
	}
	t.tell(paragraphs(t.say("checked.bad", "name", name), t.findings(d.found), t.say("checked.kept")),
		t.stamp([][]Button{{t.button("this_version", actLetter, number(seq))}, {t.button("draft_again", actCheckIt, ""), t.button("draft_other", actDraft, "")}})...)
}

// findings lists what speaks against a letter.
func (t *turn) findings(found []letter.Finding) string {
	var block, advise []string
	for _, f := range found {
		line := f.Say
		if f.Quote != "" {
			line = t.say("finding.quote", "quote", t.quote(cut(f.Quote, entryLen)), "say", f.Say)
		}
		if f.Degree == letter.Block {
			block = append(block, line)
		} else {
			advise = append(advise, line)
		}
	}
	return paragraphs(t.titled("checked.block", block[:min(len(block), findingsShown)]),
		t.titled("checked.advise", advise[:min(len(advise), findingsShown)]))
}
