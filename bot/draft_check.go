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
	o := letter.Order{Kind: t.fitting()[0]}
	for _, kind := range letter.Kinds {
		if t.holds("words.letter."+string(kind), firstLine(text)) {
			o.Kind = kind
			break
		}
	}
	if t.fraud() {
		o.Kind = letter.FraudReport
	}
	t.checkAs(o, text)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// checkAs says what speaks against a text as a letter of a kind. The text is a
// record of the case already, as every word of the user is.
func (t *turn) checkAs(o letter.Order, text string) {
	t.markWords(RecordLetter, string(o.Kind))
	var block, advise []string
	for _, f := range t.k.Letters.Check(text, o, t.letterCase(o.Lang)) {
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
	name := t.k.Letters.Form(o.Kind).Name
	head := t.say("checked.good", "name", name)
	if len(block) > 0 {
		head = t.say("checked.bad", "name", name)
	}
	t.tell(paragraphs(head, t.titled("checked.block", block[:min(len(block), findingsShown)]),
		t.titled("checked.advise", advise[:min(len(advise), findingsShown)])),
		t.stamp([][]Button{{t.button("draft_again", actCheckIt, ""), t.button("draft_other", actDraft, "")}, {t.button("show_again", actShow, "")}})...)
	t.back()
}
