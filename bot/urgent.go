package bot

import (
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/screen"
)

// warn says what comes before everything else: danger to life, a pasted secret.
// The rest waits for warnOfFacts, because money that is leaving now is more
// urgent, and that follows from facts.
func (t *turn) warn(flag screen.Flag, text string, span [2]int, pasted bool) {
	switch flag {
	case screen.SelfHarm:
		t.tellBranch("self_harm")
		if pasted {
			t.tell(t.say("secret.masked"))
		}
		t.addLead(t.say("self_harm.after"))
	case screen.SecretShared:
		if !t.flagged(string(flag)) {
			t.tellBranch(string(flag))
		} else if pasted {
			t.tell(t.say("secret.masked"))
		}
	case screen.ScamRecovery, screen.EvadeControls:
		t.later = flag
	case screen.ScamPayFirst:
		if !t.fraud() {
			masked, _ := t.k.Screen.Mask(text)
			t.set(fact.AskedToPay, Known{Value: "yes", Quote: t.quoteOf(masked, text, span), Record: t.c.Seq})
		}
	}
}

// fewRunes is how long a text may be that one phrase covers as a whole.
const fewRunes = 12

// likeness reports whether no words of a text raised a flag, but the text as a
// whole is like those of people in that danger.
func likeness(text string, span [2]int) bool {
	return span == [2]int{0, len(text)} && utf8.RuneCountInString(text) > fewRunes
}

// wonder is for words that only as a whole are like those of people in a
// danger. It is asked, or said in a line, not assumed: most of those who are
// wrongly taken for it are worried enough.
func (t *turn) wonder(flag screen.Flag) {
	switch flag {
	case screen.None:
	case screen.ScamPayFirst:
		t.suspect()
	case screen.SelfHarm:
		t.tell(t.say("maybe.self_harm"))
	default:
		if !t.flagged("maybe_" + string(flag)) {
			t.addLead(t.say("maybe." + string(flag)))
		}
	}
}

// suspect asks again whether money was demanded.
func (t *turn) suspect() {
	if k, ok := t.c.Facts[fact.AskedToPay]; t.fraud() || t.ended() || ok && k.Value == "no" {
		return
	}
	delete(t.c.Facts, fact.AskedToPay)
	t.untrail(fact.AskedToPay)
	t.addLead(t.say("suspect"))
}

// quoteOf returns the user's words for a finding, unless the mask changed them.
func (t *turn) quoteOf(masked, text string, span [2]int) string {
	if masked != text {
		return ""
	}
	return clause(text, span[0], span[1])
}

// warnOfFacts tells what comes next, each once a case: money that is leaving
// now, somebody who offers to get it back (or a wish to get round checks), a
// demand to pay before a withdrawal.
func (t *turn) warnOfFacts() {
	if t.c.Stage != Resolved && t.leaving() && !t.flagged("money_leaving") {
		t.tellBranch("money_leaving")
	}
	if id := string(t.later); id != "" {
		t.later = ""
		if t.flagged(id) {
			t.addLead(t.say("again." + id))
		} else {
			t.tellBranch(id)
		}
	}
	if t.c.Stage == Resolved {
		return
	}
	if t.fraud() && !t.flagged("scam_pay_first") {
		g := t.k.Branch("scam_pay_first")
		t.tell(paragraphs("# "+g.Name, g.Means, t.because(fact.AskedToPay), "**"+g.Do[0].Text+"**", list(g.Tell)))
	}
}

// because quotes what the user said that led to a warning.
func (t *turn) because(name fact.Name) string {
	if k := t.c.Facts[name]; k.Quote != "" {
		return t.say("reason.quote", "quote", t.quote(k.Quote))
	}
	return ""
}

// tellBranch sends the whole guide of a danger.
func (t *turn) tellBranch(id string) {
	g := t.k.Branch(id)
	t.tell(paragraphs("# "+g.Name, g.Means, list(g.Tell), numbered(g.Do), t.titled("answer.dont", g.Dont), g.Wait, g.Next, t.sources(g.Sources)))
}

// numbered returns the steps of a guide as a numbered list.
func numbered(steps []knowledge.Step) string {
	var lines []string
	for i, s := range steps {
		lines = append(lines, number(i+1)+". "+s.Text)
	}
	return strings.Join(lines, "\n")
}

// titled returns items as a list under a title, or nothing.
func (t *turn) titled(title string, items []string) string {
	if len(items) == 0 {
		return ""
	}
	return t.say(title) + "\n" + list(items)
}
