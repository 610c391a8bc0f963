package bot

import (
	"cmp"
	"slices"
	"strings"

	"tixianbot/knowledge/fact"
)

// The acts of buttons. They stay in chats for years: never change one, never
// use one again for something else.
const (
	actAnswer    Act = "a"    // Arg: fact=option
	actToggle    Act = "t"    // Arg: fact=member, of a question that takes several
	actDone      Act = "d"    // Arg: fact, the several are complete
	actUnsure    Act = "u"    // Arg: fact, the user does not know
	actSkip      Act = "s"    // Arg: fact, the user passes it over
	actBack      Act = "b"    // to the question before
	actEdit      Act = "e"    // Arg: fact
	actReview    Act = "r"    // everything known
	actLeave     Act = "c"    // leave the view that is open
	actAnswerNow Act = "x"    // the answer, though questions are open
	actAskOn     Act = "q"    // the questions that are open, after actAnswerNow
	actTick      Act = "k"    // Arg: guide.step
	actSolved    Act = "ok"   // the money has arrived
	actUnsolved  Act = "no"   // Arg: cause that did not solve it
	actCause     Act = "o"    // Arg: cause to be read
	actLadder    Act = "l"    // the ladder
	actClimb     Act = "m"    // Arg: stage
	actRoute     Act = "w"    // where to go outside the platform
	actNote      Act = "n"    // note a contact
	actCase      Act = "case" // the case card
	actSoon      Act = "soon" // Arg: what a later version brought
	actFeeOnly   Act = "fee"  // it was only a fee taken from the amount
	actReopen    Act = "re"   // a solved case is open again
	actNewCase   Act = "new"  // another withdrawal
	actDelete    Act = "del"  // ask whether everything is to be erased
	actErase     Act = "era"  // erase everything
	actShow      Act = "v"    // show the open screen again
	actRead      Act = "i"    // Arg: topic of an article
	actClocks    Act = "z"    // the legal periods that matter here
	actUnhelped  Act = "uh"   // Arg: topic of an article that did not help

	actAdd         Act = "rn" // what is not known yet
	actLog         Act = "tl" // the timeline; Arg: number of the record that the page ends before, or ""
	actEntry       Act = "te" // Arg: number of an entry
	actPart        Act = "tp" // Arg: "12.agent", a part to be corrected
	actNoPart      Act = "tn" // Arg: "12.agent", a part that there was not
	actChannel     Act = "tc" // Arg: "12.hotline", the way a contact was had
	actStrikeEntry Act = "ts" // Arg: number of an entry to be struck out, or to stand again
	actAmend       Act = "ta" // Arg: "12.15", the entry and the correction with its new words
	actPick        Act = "pp" // Arg: number of a proposal to be taken, or not
	actTakeAll     Act = "pa" // all proposals become entries
	actTakeSome    Act = "ps" // those picked become entries
	actTakeNone    Act = "pn" // none does
	actClimbNow    Act = "mm" // Arg: stage, though it is early
	actGot         Act = "g"  // Arg: "all", or "fee" for what is missing
	actCheck       Act = "ck" // ask again in a week
	actPrevent     Act = "pv" // how to keep it from happening again
	actClose       Act = "cl" // close a solved case
	actCases       Act = "cs" // the cases of the chat
	actSwitch      Act = "cw" // Arg: number of a case
)

// evergreen reports whether buttons of an act never grow old: they open
// something and change nothing, or name the record that they change.
func evergreen(a Act) bool {
	return slices.Contains(remindActs, a) || slices.Contains([]Act{actReview, actCase, actNote, actLadder, actSoon, actRead, actUnhelped, actClocks,
		actLog, actEntry, actPart, actAmend, actCases, actSwitch, actDraft, actLetter, actCheckIt, actVersions, actPolish, actFile, actUnsent}, a) || slices.Contains(exhibitActs, a) ||
		slices.Contains(exportActs, a)
}

// press handles the press of a button.
func (t *turn) press(p Press) {
	p = p.at(t.c)
	if p.Case > 0 && p.Case != t.c.Number && t.c.Number > 0 && slices.Contains(remindActs, p.Act) {
		t.pressElsewhere(p)
		return
	}
	if p.Case != t.c.Number || p.Rev != 0 && p.Rev != t.c.Rev || p.Rev == 0 && !evergreen(p.Act) || t.c.Number == 0 {
		t.stale()
		return
	}
	t.pressed = true
	t.wake()
	if !t.pressFact(p) && !t.pressScreen(p) && !t.pressCase(p) && !t.pressLog(p) && !t.pressExhibit(p) && !t.pressRemind(p) && !t.pressExport(p) {
		t.stale()
	}
}

// stale says that a button is old and shows the present screen.
func (t *turn) stale() {
	t.pressed = false
	t.fx.Toast = t.say("toast.stale")
	if t.c.Number == 0 {
		t.wake()
		t.addLead(t.say("hello"))
	} else {
		t.addLead(t.say("stale"))
	}
	t.show()
}

// pressFact handles the buttons that answer a question.
func (t *turn) pressFact(p Press) bool {
	name, option, _ := strings.Cut(p.Arg, "=")
	spec, ok := fact.Lookup(fact.Name(name))
	if !ok {
		return false
	}
	switch p.Act {
	case actAnswer:
		k, err := t.optionValue(spec, fact.Value(option))
		if err != nil {
			return false
		}
		t.answer(spec.Name, k)
	case actToggle:
		t.toggle(option)
	case actDone:
		if len(t.c.Picked) == 0 {
			t.fx.Toast = t.say("toast.pick")
			break
		}
		v, err := spec.Parse(strings.Join(t.c.Picked, ","))
		if err != nil {
			return false
		}
		t.answer(spec.Name, Known{Value: v})
	case actUnsure:
		t.answer(spec.Name, Known{})
	case actSkip:
		t.answer(spec.Name, Known{Skipped: true})
	case actEdit:
		t.c.View = View{Name: viewEdit, Arg: name}
	default:
		return false
	}
	t.show()
	return true
}

// answer keeps the answer to the open question and leaves the change view.
func (t *turn) answer(name fact.Name, k Known) {
	t.set(name, k)
	t.fresh = true
	if t.c.View.Name == viewEdit {
		t.back()
	} else {
		t.answered(name)
	}
	t.fx.Toast = t.say("toast.noted")
}

// toggle picks a member or lets it go; "none" excludes the others.
func (t *turn) toggle(member string) {
	if slices.Contains(t.c.Picked, member) {
		t.c.Picked = slices.DeleteFunc(t.c.Picked, func(m string) bool { return m == member })
		return
	}
	if member == fact.None {
		t.c.Picked = nil
	}
	t.c.Picked = slices.DeleteFunc(t.c.Picked, func(m string) bool { return m == fact.None })
	t.c.Picked = append(t.c.Picked, member)
}

// pressScreen handles the buttons that move between screens.
func (t *turn) pressScreen(p Press) bool {
	switch p.Act {
	case actBack:
		t.goBack()
	case actReview:
		t.c.View = View{Name: viewReview}
	case actAdd:
		t.c.View = View{Name: viewAdd}
	case actLeave, actAskOn:
		t.back()
	case actAnswerNow:
		t.c.View = View{Name: viewAnswer}
	case actCause:
		t.c.View = View{Name: viewCause, Arg: p.Arg}
	case actLadder:
		t.c.View = View{Name: viewLadder}
	case actRoute:
		t.c.View = View{Name: viewRoute}
	case actNote:
		t.c.View = View{Name: viewNote}
	case actShow:
		t.pressed, t.fresh = false, true
	case actDelete:
		t.c.View = View{Name: viewDelete}
	case actSoon:
		return t.soon(p.Arg)
	case actRead:
		return t.read(p.Arg)
	case actClocks:
		return t.tellClocks(p.Arg)
	case actUnhelped:
		t.unhelped(p.Arg)
		return true
	case actCase:
		t.showCard()
		return true
	default:
		return false
	}
	t.show()
	return true
}

// goBack opens the question before, with its old answer kept until a new one comes.
func (t *turn) goBack() {
	if name := t.before(); name != "" {
		t.c.View = View{Name: viewEdit, Arg: string(name)}
		return
	}
	t.back()
}

// before returns the question answered before the one that is open, or "".
func (t *turn) before() fact.Name {
	n := len(t.c.Trail)
	if t.c.View.Name == viewEdit {
		if i := slices.Index(t.c.Trail, fact.Name(t.c.View.Arg)); i >= 0 {
			n = i
		}
	}
	if n == 0 {
		return ""
	}
	return t.c.Trail[n-1]
}

// pressCase handles the buttons that move the case itself.
func (t *turn) pressCase(p Press) bool {
	switch p.Act {
	case actTick:
		t.tick(p.Arg)
	case actSolved:
		t.arrived()
	case actGot:
		if !t.got(p.Arg) {
			return false
		}
	case actClose:
		t.setStage(Closed)
		t.back()
	case actCheck:
		t.checkLater()
	case actUnsolved:
		t.ruleOut(p.Arg)
	case actClimb, actClimbNow:
		t.climb(Stage(p.Arg), p.Act == actClimbNow)
	case actFeeOnly:
		t.set(fact.AskedToPay, Known{Value: "no"})
		t.addLead(t.say("fee_only"))
	case actReopen:
		t.setStage(cmp.Or(t.c.Before, SelfCheck))
		t.back()
	case actNewCase:
		t.openNext()
	case actErase:
		t.erase()
		return true
	default:
		return false
	}
	t.show()
	return true
}

// tick marks a step as done, or not done after all.
func (t *turn) tick(id string) {
	if slices.Contains(t.c.Ticked, id) {
		t.c.Ticked = slices.DeleteFunc(t.c.Ticked, func(s string) bool { return s == id })
		return
	}
	t.c.Ticked = append(t.c.Ticked, id)
	t.record(RecordStep, "", id)
}

func (t *turn) setStage(s Stage) {
	if t.c.Stage == s {
		return
	}
	if !t.ended() {
		t.c.Before = t.c.Stage
	}
	t.c.Stage, t.c.Since = s, t.in.At
	t.record(RecordStage, "", string(s))
}

// pressLog handles the buttons of the timeline, of a pasted conversation, and
// those that go from case to case.
func (t *turn) pressLog(p Press) bool {
	switch p.Act {
	case actLog:
		t.c.View = View{Name: viewLog, Arg: p.Arg}
	case actEntry:
		t.c.View = View{Name: viewEntry, Arg: p.Arg}
	case actPart:
		t.c.View = View{Name: viewPart, Arg: p.Arg}
	case actNoPart, actChannel:
		if !t.setPart(p.Act, p.Arg) {
			return false
		}
	case actStrikeEntry:
		if !t.strikeEntry(atoi(p.Arg)) {
			return false
		}
	case actCases:
		t.c.View = View{Name: viewCases}
	case actPrevent:
		t.c.View = View{Name: viewPlan}
	case actAmend:
		return t.amendText(p.Arg)
	case actSwitch:
		return t.goTo(atoi(p.Arg))
	default:
		return t.pressLetter(p) || t.pressPaste(p)
	}
	t.show()
	return true
}
