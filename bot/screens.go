package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

// The views: screens that lie over the interview until they are left.
const (
	viewEdit   ViewName = "edit"   // Arg: the fact that is being changed
	viewReview ViewName = "review" // everything known, to be changed
	viewAdd    ViewName = "add"    // what is not known yet, to be told
	viewNote   ViewName = "note"   // the next words are a contact to be noted
	viewAnswer ViewName = "answer" // the answer, though questions are open
	viewCause  ViewName = "cause"  // Arg: the cause that is being read
	viewLadder ViewName = "ladder" // where one stands and what comes next
	viewRoute  ViewName = "route"  // where to go outside the platform
	viewDelete ViewName = "delete" // is everything to be erased?
	viewEarly  ViewName = "early"  // Arg: the stage that it is too early for
	viewLog    ViewName = "log"    // the timeline; Arg: the record that the page ends before, or ""
	viewEntry  ViewName = "entry"  // Arg: number of the entry
	viewPart   ViewName = "part"   // Arg: number of the entry and the part that is corrected, "12.agent"
	viewPaste  ViewName = "paste"  // what was read from a pasted conversation
	viewPaid   ViewName = "paid"   // how much has arrived?
	viewPartly ViewName = "partly" // what has not arrived
	viewCases  ViewName = "cases"  // the cases of the chat
	viewPlan   ViewName = "plan"   // how to keep it from happening again
	viewPaused ViewName = "paused" // the user wanted to stop
	viewGroup  ViewName = "group"  // a group that was told once
)

// show sends the screen that is open: a view, or what the facts ask for.
func (t *turn) show() {
	switch t.c.View.Name {
	case viewEdit:
		t.showEdit(fact.Name(t.c.View.Arg))
	case viewReview:
		t.showReview()
	case viewAdd:
		t.showAdd()
	case viewNote:
		t.showNote()
	case viewCause:
		t.showCause(t.c.View.Arg)
	case viewLadder:
		t.showLadder()
	case viewRoute:
		t.showRoute()
	case viewDelete:
		t.showDelete()
	case viewDraft, viewLetter, viewCheck, viewVersions, viewPolish, viewWording:
		t.showLetters()
	case viewEarly, viewLog, viewEntry, viewPart, viewPaste, viewPaid, viewPartly, viewCases, viewPlan:
		t.showFile()
	case viewRemind, viewConfirm, viewRetime, viewReminders, viewReminder, viewSince, viewZone, viewQuiet:
		t.showReminding()
	case viewPaused:
		t.showPaused()
	case viewTaken:
		t.showTaken()
	default:
		t.showCurrent()
	}
}

// showLetters sends the views of letters.
func (t *turn) showLetters() {
	switch t.c.View.Name {
	case viewDraft:
		t.showDraft()
	case viewLetter:
		t.showLetter(t.c.View.Arg)
	case viewCheck:
		t.showCheck()
	case viewVersions:
		t.showVersions(t.c.View.Arg)
	case viewPolish:
		t.showPolish(t.c.View.Arg)
	case viewWording:
		t.showWording(t.c.View.Arg)
	}
}

// showFile sends the views of the case file.
func (t *turn) showFile() {
	switch t.c.View.Name {
	case viewEarly:
		t.showEarly(t.c.View.Arg)
	case viewLog:
		t.showHistory()
	case viewEntry:
		t.showEntry(t.c.View.Arg)
	case viewPart:
		t.showPart(t.c.View.Arg)
	case viewPaste:
		t.showPaste()
	case viewPaid:
		t.showPaid()
	case viewPartly:
		t.showPartly()
	case viewCases:
		t.showCases()
	case viewPlan:
		t.showPrevent()
	}
}

// showCurrent sends the question that is the next worth asking, or the answer.
func (t *turn) showCurrent() {
	t.warnOfFacts()
	if t.ended() {
		t.showResolved()
		return
	}
	name, ok := t.next()
	if ok && (t.c.View.Name != viewAnswer || name == fact.AskedToPay) {
		t.showQuestion(name)
		return
	}
	if t.fraud() {
		t.showFraud()
		return
	}
	t.showAnswer()
}

// back leaves the view that is open.
func (t *turn) back() { t.c.View = View{} }

// openFact returns the fact that the open screen asks for, or "".
func (t *turn) openFact() fact.Name {
	kind, name, ok := strings.Cut(t.c.Screen, ":")
	if ok && (kind == "ask" || kind == "edit") {
		return fact.Name(name)
	}
	return ""
}

// showQuestion asks for a fact in the course of the interview.
func (t *turn) showQuestion(name fact.Name) {
	t.fx.Ask = name
	q, _ := t.k.Question(name)
	t.screenOf("ask:"+string(name), func() (string, [][]Button) {
		return t.questionText(q, t.progress(q)), append(t.options(q), t.questionKeys(name)...)
	})
}

// screenOf shows a screen whose text and keys depend on what is picked so far:
// they are made after the screen has become the open one.
func (t *turn) screenOf(name string, build func() (string, [][]Button)) {
	if name != t.c.Screen {
		t.c.Picked = nil
	}
	text, keys := build()
	t.screen(name, text, keys)
}

func (t *turn) questionText(q knowledge.Question, progress string) string {
	head := "**" + q.Ask + "**"
	return paragraphs(head, strings.Join([]string{t.say("ask.why", "why", q.Why), q.Hint}, "\n"), progress)
}

// progress says how far the interview is.
func (t *turn) progress(q knowledge.Question) string {
	if q.Phase != knowledge.ForCause || t.c.View.Name != "" {
		return ""
	}
	n := t.asked()
	return t.say("ask.progress", "n", number(n+1), "left", number(max(maxQuestions-n-1, 0)))
}

// options returns the answers to a question as buttons.
func (t *turn) options(q knowledge.Question) [][]Button {
	spec, _ := fact.Lookup(q.Fact)
	var buttons []Button
	for _, o := range q.Options {
		b := Button{Label: o.Label, Press: Press{Act: actAnswer, Arg: string(q.Fact) + "=" + string(o.Value)}}
		if spec.Kind == fact.Set {
			b.Press.Act = actToggle
			if slices.Contains(t.c.Picked, string(o.Value)) {
				b.Label = t.say("button.picked", "label", o.Label)
			}
		}
		buttons = append(buttons, b)
	}
	rows := grid(buttons)
	if spec.Kind == fact.Set {
		rows = append(rows, []Button{t.button("done", actDone, string(q.Fact))})
	}
	return rows
}

// shortLabel is how long a label may be for two buttons to share a row.
const shortLabel = 8

// grid puts short buttons two in a row and long ones in rows of their own.
func grid(buttons []Button) [][]Button {
	var rows [][]Button
	for _, b := range buttons {
		last := len(rows) - 1
		short := utf8.RuneCountInString(b.Label) <= shortLabel
		if short && last >= 0 && len(rows[last]) == 1 && utf8.RuneCountInString(rows[last][0].Label) <= shortLabel {
			rows[last] = append(rows[last], b)
			continue
		}
		rows = append(rows, []Button{b})
	}
	return rows
}

// questionKeys returns the ways out of a question.
func (t *turn) questionKeys(name fact.Name) [][]Button {
	rows := [][]Button{{t.button("unsure", actUnsure, string(name)), t.button("skip", actSkip, string(name))}}
	if t.c.View.Name == viewRoute {
		return append(rows, []Button{t.button("leave", actLeave, "")})
	}
	if t.fraud() {
		rows = append(rows, []Button{t.button("fee_only", actFeeOnly, "")})
	}
	var more []Button
	if len(t.c.Trail) > 0 {
		more = append(more, t.button("back", actBack, ""))
	}
	if len(t.c.Facts) > 0 {
		more = append(more, t.button("review", actReview, ""))
	}
	if name != fact.AskedToPay && !t.fraud() {
		more = append(more, t.button("answer_now", actAnswerNow, ""))
	}
	if len(more) > 0 {
		rows = append(rows, more)
	}
	return rows
}

// showEdit asks for a fact again, to change it.
func (t *turn) showEdit(name fact.Name) {
	t.fx.Ask = name
	q, ok := t.k.Question(name)
	if !ok {
		q = knowledge.Question{Fact: name, Ask: t.say("edit.ask", "name", t.k.FactLabel(name)), Why: t.say("edit.why"), Hint: t.say("edit.hint")}
	}
	t.screenOf("edit:"+string(name), func() (string, [][]Button) {
		now := ""
		if k, ok := t.c.Facts[name]; ok {
			now = t.say("edit.now", "value", t.value(name, k))
		}
		keys := append(t.options(q), []Button{t.button("unsure", actUnsure, string(name))})
		if t.before() != "" {
			keys = append(keys, []Button{t.button("back", actBack, "")})
		}
		keys = append(keys, []Button{t.button("leave", actLeave, "")})
		return paragraphs(t.questionText(q, ""), now), keys
	})
}

// showReview lists everything known, each with a button to change it.
func (t *turn) showReview() {
	var lines []string
	var buttons []Button
	for _, s := range fact.All() {
		k, ok := t.c.Facts[s.Name]
		if !ok || s.Name == fact.Currency {
			continue
		}
		lines = append(lines, t.line(s.Name, k))
		buttons = append(buttons, t.editButton(s.Name))
	}
	text := t.say("review.empty")
	if len(lines) > 0 {
		text = paragraphs(t.say("review.head"), list(lines), t.say("review.foot"))
	}
	rows := append(grid(buttons), []Button{t.button("add", actAdd, ""), t.button("leave", actLeave, "")})
	t.screen("review", text, rows)
}

// showAdd lists what is not known yet, each to be told.
func (t *turn) showAdd() {
	var buttons []Button
	for _, q := range t.k.Questions {
		if k, ok := t.c.Facts[q.Fact]; (!ok || k.Value == "") && (q.Phase != knowledge.ForFraud || t.fraud()) {
			buttons = append(buttons, Button{Label: t.k.FactLabel(q.Fact), Press: Press{Act: actEdit, Arg: string(q.Fact)}})
		}
	}
	t.screen("add", t.say("add.head"), append(grid(buttons), []Button{t.button("review", actReview, ""), t.button("leave", actLeave, "")}))
}

func (t *turn) editButton(name fact.Name) Button {
	return Button{Label: t.say("button.edit", "name", t.k.FactLabel(name)), Press: Press{Act: actEdit, Arg: string(name)}}
}

// readBack says which facts were read from the user's words.
func (t *turn) readBack(names []fact.Name) {
	var lines []string
	var buttons []Button
	for _, name := range t.shown(names) {
		lines = append(lines, t.line(name, t.c.Facts[name]))
		buttons = append(buttons, t.editButton(name))
	}
	if len(lines) == 0 {
		return
	}
	t.edits = buttons
	t.addLead(paragraphs(t.say("read.head"), list(lines), t.say("read.foot")))
}
