package bot

import (
	"slices"
	"strings"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/triage"
)

const (
	// shownCauses is how many causes an answer names at most.
	shownCauses = 3

	// likely and possible are the probabilities from which a cause is called
	// likely, and from which it is named at all beside the first.
	likely   = 0.6
	possible = 0.05

	// unclear is the probability of the first cause below which the bot says
	// that it does not know and gives first aid.
	unclear = 0.25

	// firstAid is the guide for a case that nothing fits.
	firstAid = "first_aid"

	// ticksPerRow is how many tick buttons stand in a row.
	ticksPerRow = 4
)

// candidates returns the causes worth naming, without those that the user has
// ruled out.
func (t *turn) candidates() []triage.Ranked {
	var out []triage.Ranked
	for _, r := range Rank(t.k, t.c, t.in.At) {
		if slices.Contains(t.c.RuledOut, r.Cause) || len(out) == shownCauses {
			continue
		}
		if len(out) == 0 || r.P >= possible {
			out = append(out, r)
		}
	}
	return out
}

// showAnswer says what most likely happened and why, and then what to do.
func (t *turn) showAnswer() {
	ranked := t.candidates()
	if len(ranked) == 0 || ranked[0].P < unclear && len(t.c.RuledOut) == 0 {
		t.showFirstAid(ranked)
		return
	}
	if t.answerHead(t.verdict(ranked), ranked[0].Cause) {
		t.showGuide("do:"+ranked[0].Cause, t.k.Cause(ranked[0].Cause), t.answerKeys(ranked, ranked[0].Cause))
	}
}

// showCause shows one cause of those named, chosen by the user.
func (t *turn) showCause(id string) {
	ranked := t.candidates()
	i := slices.IndexFunc(ranked, func(r triage.Ranked) bool { return r.Cause == id })
	if i < 0 {
		t.back()
		t.showAnswer()
		return
	}
	g := t.k.Cause(id)
	if t.answerHead(paragraphs("# "+g.Name, g.Means, t.why(ranked[i], shownCauses), t.titled("answer.tell", g.Tell)), id) {
		t.showGuide("do:"+id, g, t.answerKeys(ranked, id))
	}
}

// showFirstAid is for a case that nothing fits: it says so, says what helps in
// any case and how to go on.
func (t *turn) showFirstAid(ranked []triage.Ranked) {
	g := t.k.Branch(firstAid)
	text := paragraphs(t.say("answer.unclear"), g.Means)
	if len(ranked) > 0 {
		text = paragraphs(text, t.others("answer.maybe", ranked))
	}
	if t.answerHead(text, g.ID) {
		t.showGuide("do:"+g.ID, g, t.answerKeys(ranked, g.ID))
	}
}

// answerHead sends what stands above the checklist, in place of the last
// question, and reports whether the checklist is to follow. While only the
// checklist changes the head is not sent again; and after words that changed
// nothing a line says that the checklist is still there.
func (t *turn) answerHead(text, id string) bool {
	if t.c.Screen == "do:"+id && !t.fresh {
		return t.pressed || !t.still()
	}
	t.screen("answer:"+id, text, nil)
	t.pressed = false
	return true
}

// still says that the open checklist is still there.
func (t *turn) still() bool {
	keys := [][]Button{
		{t.button("show_again", actShow, "")},
		{t.button("solved", actSolved, ""), t.button("case", actCase, "")},
	}
	t.tell(paragraphs(t.lead, t.say("answer.still")), t.stamp(append(keys, grid(t.edits)...))...)
	t.lead, t.edits = "", nil
	return true
}

// verdict names the causes, each with the user's facts that speak for it.
func (t *turn) verdict(ranked []triage.Ranked) string {
	first := ranked[0]
	g := t.k.Cause(first.Cause)
	head := "answer.possible"
	switch {
	case len(t.c.RuledOut) > 0:
		head = "answer.next"
	case first.P >= likely:
		head = "answer.likely"
	}
	return paragraphs(
		t.say(head, "cause", g.Name),
		t.why(first, shownCauses),
		g.Means,
		t.titled("answer.tell", g.Tell),
		t.others("answer.others", ranked[1:]),
	)
}

// why returns the user's facts that speak for a cause.
func (t *turn) why(r triage.Ranked, n int) string {
	reasons := t.reasons(r, n)
	if len(reasons) == 0 {
		return t.say("answer.no_reason")
	}
	return t.say("answer.because") + "\n" + list(reasons)
}

// others names further causes with a reason each.
func (t *turn) others(title string, ranked []triage.Ranked) string {
	var lines []string
	for _, r := range ranked {
		line := "**" + t.k.Cause(r.Cause).Name + "**"
		if reasons := t.reasons(r, 2); len(reasons) > 0 {
			line = t.say("answer.other", "cause", line, "reasons", strings.Join(reasons, t.say("list.semicolon")))
		}
		lines = append(lines, line)
	}
	return t.titled(title, lines)
}

// showGuide sends the checklist of a guide: what to do, what not, what to
// keep, how long, and where next.
func (t *turn) showGuide(name string, g knowledge.Guide, keys [][]Button) {
	text := paragraphs(
		t.say("answer.do"),
		t.checklist(g),
		t.titled("answer.dont", g.Dont),
		t.titled("answer.keep", g.Keep),
		t.section("answer.wait", g.Wait),
		t.section("answer.after", g.Next),
		t.sources(g.Sources),
	)
	t.screen(name, text, append(t.ticks(g), keys...))
}

func (t *turn) section(title, text string) string {
	if text == "" {
		return ""
	}
	return t.say(title) + "\n" + text
}

// checklist returns the steps of a guide, done or not.
func (t *turn) checklist(g knowledge.Guide) string {
	var lines []string
	for i, s := range g.Do {
		mark := "check.open"
		if slices.Contains(t.c.Ticked, g.ID+"."+s.ID) {
			mark = "check.done"
		}
		lines = append(lines, t.say(mark, "n", number(i+1), "text", s.Text))
	}
	return strings.Join(lines, "\n")
}

// ticks returns a button for each step of a guide.
func (t *turn) ticks(g knowledge.Guide) [][]Button {
	var rows [][]Button
	for i, s := range g.Do {
		label := "button.tick"
		if slices.Contains(t.c.Ticked, g.ID+"."+s.ID) {
			label = "button.untick"
		}
		if i%ticksPerRow == 0 {
			rows = append(rows, nil)
		}
		b := Button{Label: t.say(label, "n", number(i+1)), Press: Press{Act: actTick, Arg: g.ID + "." + s.ID}}
		rows[len(rows)-1] = append(rows[len(rows)-1], b)
	}
	return rows
}

// answerKeys returns what can be done from an answer that shows the guide current.
func (t *turn) answerKeys(ranked []triage.Ranked, current string) [][]Button {
	rows := [][]Button{{t.button("solved", actSolved, ""), t.button("unsolved", actUnsolved, current)}}
	var causes []Button
	for _, r := range ranked {
		if r.Cause != current {
			causes = append(causes, Button{
				Label: t.say("button.cause", "cause", t.k.Cause(r.Cause).Short),
				Press: Press{Act: actCause, Arg: r.Cause},
			})
		}
	}
	rows = append(rows, grid(causes)...)
	rows = append(rows, t.restKeys(current)...)
	rows = append(rows, t.furtherReading(t.guide(current))...)
	if _, open := t.next(); open {
		rows = append(rows, []Button{t.button("ask_on", actAskOn, "")})
	}
	return append(rows, t.commonKeys()...)
}

// restKeys returns the buttons to be reminded where a cause is best waited for.
func (t *turn) restKeys(cause string) [][]Button {
	reason := map[string]string{"repeated_attempts": reasonPause, "card_changed": reasonProtect}[cause]
	if reason == "" || !t.fits(reason) {
		return nil
	}
	return [][]Button{{t.button("remind_"+reason, actPropose, reason)}}
}

// guide returns the guide of a cause, or of what is said where none fits.
func (t *turn) guide(id string) knowledge.Guide {
	if id == firstAid {
		return t.k.Branch(id)
	}
	return t.k.Cause(id)
}

// furtherReading returns buttons for the articles that a guide points to.
func (t *turn) furtherReading(g knowledge.Guide) [][]Button {
	var buttons []Button
	for _, id := range g.See {
		if a, ok := t.k.Article(id); ok && len(buttons) < readingShown {
			buttons = append(buttons, Button{Label: t.say("button.read", "title", a.Title), Press: Press{Act: actRead, Arg: id}})
		}
	}
	return grid(buttons)
}

// readingShown is how many articles an answer offers.
const readingShown = 2

// commonKeys returns the buttons that stand under every answer.
func (t *turn) commonKeys() [][]Button {
	return [][]Button{
		{t.button("ladder", actLadder, ""), t.button("note", actNote, "")},
		{t.button("draft", actDraft, ""), t.button("remind", actRemind, "")},
		{t.button("review", actReview, ""), t.button("case", actCase, "")},
	}
}

// ruleOut notes that a cause did not solve it and goes on to the next, or to
// the ladder where there is none.
func (t *turn) ruleOut(cause string) {
	if cause != firstAid && !slices.Contains(t.c.RuledOut, cause) {
		t.c.RuledOut = append(t.c.RuledOut, cause)
	}
	next := t.candidates()
	switch {
	case cause == firstAid:
		t.addLead(t.say("unsolved.first_aid"))
		t.c.View = View{Name: viewLadder}
	case len(next) == 0 || next[0].P < possible:
		t.addLead(t.say("unsolved.ladder"))
		t.c.View = View{Name: viewLadder}
	default:
		t.addLead(t.say("unsolved.next"))
		t.c.View = View{Name: viewAnswer}
	}
}

// showFraud is the answer where money was demanded before a withdrawal: what
// to do now, and no way to a letter to the platform.
func (t *turn) showFraud() {
	if t.c.Screen == "fraud" && !t.fresh && !t.pressed && t.still() {
		return
	}
	t.showGuide("fraud", t.k.Branch("scam_pay_first"), [][]Button{
		{t.button("fee_only", actFeeOnly, "")},
		{t.button("route", actRoute, ""), t.button("note", actNote, "")},
		{t.button("draft", actDraft, ""), t.button("case", actCase, "")},
		{t.button("review", actReview, ""), t.button("solved", actSolved, "")},
	})
}

// sources says what a text rests on, with the dates it was checked: the
// strongest few of the sources, laws before numbers before warnings.
func (t *turn) sources(ids []string) string {
	var found []knowledge.Source
	for _, id := range ids {
		if s, ok := t.k.Source(id); ok && !s.Own {
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b knowledge.Source) int { return sourceRank(a.ID) - sourceRank(b.ID) })
	var lines []string
	for _, s := range found {
		line := t.say("source.line", "title", s.Title, "checked", s.Checked)
		if !slices.Contains(lines, line) && len(lines) < sourcesShown {
			lines = append(lines, line)
		}
	}
	switch {
	case len(lines) > 0:
		return t.say("source.head") + "\n" + list(lines)
	case len(ids) > 0:
		return t.say("source.practice")
	default:
		return ""
	}
}

// sourcesShown is how many sources a text names at most.
const sourcesShown = 4

// sourceRank orders sources by the first letter of their id: time limits and
// law, then bodies and numbers, then what the police warn of.
func sourceRank(id string) int { return strings.IndexByte("TLKARXEHDWS", id[0]) }

// routeFacts returns what decides where to go outside the platform; it is
// asked when that is due.
func (t *turn) routeFacts() []fact.Name {
	if t.fraud() {
		return nil
	}
	return []fact.Name{fact.PlatformKind, fact.Role}
}
