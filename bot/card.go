package bot

import (
	"strings"

	"tixianbot/knowledge/fact"
)

// showCard shows the case as one message, which is edited in place. It stands
// beside the open screen.
func (t *turn) showCard() {
	var lines []string
	for _, s := range fact.All() {
		if k, ok := t.c.Facts[s.Name]; ok && s.Name != fact.Currency && k.Value != "" {
			lines = append(lines, t.line(s.Name, k))
		}
	}
	if t.c.Got != "" {
		lines = append(lines, t.say("card.got", "amount", t.money(t.c.Got)))
	}
	facts := t.say("card.nothing")
	if len(lines) > 0 {
		facts = t.say("card.facts") + "\n" + list(lines)
	}
	head := t.say("card.head", "n", number(t.c.Number), "date", t.date(t.c.Opened))
	ladder, running := t.rungs(), t.running()
	if t.fraud() && !t.ended() { // there is nobody to climb to, and no promise to wait for
		ladder, running = t.say("card.fraud"), ""
	}
	t.fx.Messages = append(t.fx.Messages, Message{
		Slot: SlotCard, Replace: t.pressed,
		Text:    paragraphs(head, ladder, facts, running, t.evidenceLine(), t.entries(), t.cardNext()),
		Buttons: t.cardKeys(),
	})
	t.pressed = false
}

func (t *turn) cardKeys() [][]Button {
	rows := [][]Button{
		{t.button("resume", actShow, ""), t.button("review", actReview, "")},
		{t.button("history", actLog, ""), t.button("note", actNote, "")},
		{t.button("exhibit_list", actList, ""), t.button("draft", actDraft, "")},
	}
	if !t.ended() {
		rows = append(rows, []Button{t.button("ladder", actLadder, ""), t.button("solved", actSolved, "")})
	}
	rows = append(rows, []Button{t.button("export_full", actExport, FormFull), t.button("export_picture", actExport, formPicture)})
	rows = append(rows, []Button{t.button("reminders", actReminders, "")})
	if t.c.last() > 1 {
		rows[len(rows)-1] = append(rows[len(rows)-1], t.button("cases", actCases, ""))
	}
	return t.stamp(rows)
}

// cardNext says what comes next in a case.
func (t *turn) cardNext() string {
	if t.ended() {
		return ""
	}
	if name, ok := t.next(); ok {
		q, _ := t.k.Question(name)
		return t.say("card.question", "question", q.Ask)
	}
	if t.fraud() {
		return t.say("card.cause", "cause", t.k.Branch("scam_pay_first").Name)
	}
	if by, ok := t.promise(); ok && !t.in.At.Before(endOfDay(by)) {
		if next, ok := t.nextRung(); ok {
			return t.say("card.climb", "name", next.Name, "date", t.date(by))
		}
	}
	if ranked := t.candidates(); len(ranked) > 0 && ranked[0].P >= unclear {
		return t.say("card.cause", "cause", t.k.Cause(ranked[0].Cause).Name)
	}
	return t.say("card.cause", "cause", t.k.Branch(firstAid).Name)
}

// entries returns the newest entries of the timeline.
func (t *turn) entries() string {
	var lines []string
	for _, r := range t.in.Recent {
		if r.listed() && r.Struck.IsZero() && len(lines) < recentShown {
			lines = append(lines, t.entryLine(r))
		}
	}
	return paragraphs(t.say("card.entries", "n", number(t.c.Entries)), strings.Join(lines, "\n"))
}
