package bot

import (
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/screen"
	"tixianbot/knowledge/triage"
)

// Step returns the case after in and what must be done about it. It changes
// nothing, does no I/O and reads no clock.
func Step(k *knowledge.Pack, c Case, in Input) (Case, Effects) {
	t := &turn{k: k, c: c.Clone(), in: in}
	if t.c.Facts == nil {
		t.c.Facts = make(map[fact.Name]Known)
	}
	long := t.trim()
	switch e := t.in.Event.(type) {
	case Said:
		t.said(e)
	case Pressed:
		t.press(e.Press)
	case Garbled:
		t.stale()
	case Edited:
		t.edited(e)
	case Sent:
		t.sent(e)
	case Hashed:
		t.hashed(e)
	case Returned:
		t.returned()
	case Grouped:
		t.grouped()
	case Woken:
		t.woken(e)
	case Overdue:
		t.overdue()
	case Made:
		t.made(e)
	case Progress:
		t.making(e)
	}
	t.keepReminders(c)
	if long {
		t.tell(t.say("limit.long", "n", number(maxText)))
	}
	t.spend(c)
	t.meter(c)
	if !t.fx.Forget && t.c.Number > 0 && fromUser(in.Event) {
		t.makeUp("remind.missed", missedOf)
	}
	t.tally()
	t.c.fit()
	t.plainly()
	return t.c, t.fx
}

// Rank returns what most likely happened, most likely first, with the facts
// that speak for it.
func Rank(k *knowledge.Pack, c Case, now time.Time) []triage.Ranked {
	return k.Triage.Rank(evidence(c, now))
}

func evidence(c Case, now time.Time) triage.Evidence {
	cues := make([]string, len(c.Cues))
	for i, cue := range c.Cues {
		cues[i] = cue.ID
	}
	return triage.Evidence{Facts: c.Values(), Unsure: c.unsure(), Cues: cues, Now: now, Asked: len(c.Trail)}
}

// turn is one call of Step: the case as it becomes and the effects so far.
type turn struct {
	k       *knowledge.Pack
	c       Case
	in      Input
	fx      Effects
	fresh   bool        // the answer is shown in full, though it is open already
	later   screen.Flag // a warning that waits for more urgent ones
	pressed bool        // the event is a press: the open screen is edited in place
	lead    string      // what the next screen opens with
	foreign bool        // the words are not the user's own: a pasted conversation
	guessed bool        // the kind of evidence is a guess from what is missing
	turned  bool        // another case was turned to
	edits   []Button    // what the next screen offers to change
}

// wake opens a case where there is none and notes that the user is here.
func (t *turn) wake() {
	if t.c.Number == 0 {
		t.open(1)
	}
	if t.c.Rev > 0 && t.in.At.Sub(t.c.Touched) >= longAway {
		t.fresh = true
		t.addLead(t.say("resume", "days", number(int(t.in.At.Sub(t.c.Touched)/(24*time.Hour)))))
	}
	if y, m, _ := t.c.Touched.Date(); y != t.in.At.Year() || m != t.in.At.Month() {
		t.keepWatch(t.in.At)
	}
	t.c.Touched = t.in.At
}

// longAway is the absence after which the bot says where things stood.
const longAway = 72 * time.Hour

// open starts a new case of the chat. The screen revision goes on, so that
// buttons of the case before are known to be old.
func (t *turn) open(n int) {
	t.c = Case{
		Number: n, Last: n, Opened: t.in.At, Touched: t.in.At, Since: t.in.At, Stage: SelfCheck, Rev: t.c.Rev, Use: t.c.Use,
		Wording: t.c.Wording.tally(),
		Facts:   make(map[fact.Name]Known),
	}
	t.keepWatch(t.in.At)
}

// openNext opens a case beside those that there are, unless they are too many.
func (t *turn) openNext() {
	if t.c.last() >= maxCases {
		t.addLead(t.say("limit.cases", "n", number(maxCases)))
		return
	}
	t.open(t.c.last() + 1)
	t.addLead(t.say("case.new", "n", number(t.c.Number)))
}

// tally counts the entries that this turn added.
func (t *turn) tally() {
	for _, r := range t.fx.Records {
		if r.listed() {
			t.c.Entries++
		}
		if r.Kind == RecordContact {
			t.c.Contacts++
		}
	}
}

// woken handles a moment that was waited for.
func (t *turn) woken(e Woken) {
	what, arg, _ := strings.Cut(e.Why, ":")
	answer := slices.Contains([]string{wakePaste, wakeAlbum, wakeWorded, wakeAnswer}, what)
	if answer && what != wakeWorded && t.putOff(e) {
		return
	}
	defer func() {
		for i := range t.fx.Messages {
			if !answer && t.fx.Messages[i].Rings.Why == "" {
				t.fx.Messages[i].Rings = e
			}
		}
	}()
	switch what {
	case wakePaste:
		t.pasteComplete()
	case wakeAlbum:
		t.tellBatch()
	case wakeAnswer:
		t.answerOwed()
	case wakeCheck:
		if !t.holdOff(e.Why, false) {
			t.check(atoi(arg))
		}
	case wakeKeep, wakeErase:
		if !t.holdOff(e.Why, false) {
			t.lapse(what == wakeErase)
		}
	case wakeWorded:
		t.wordingLate()
	case wakeRemind:
		t.ring(e)
	}
}

// What is waited for; the numbers of cases stand behind a colon.
const (
	wakePaste = "paste" // a pasted conversation is complete
	wakeCheck = "check" // is all well, a week after the money came?
	wakeKeep  = "keep"  // has the chat lain untouched so long that it is to be erased?
	wakeErase = "erase" // the notice of that has run out
)

// record adds an entry to the case and returns its number.
func (t *turn) record(kind RecordKind, text, about string) int {
	t.c.Seq++
	r := Record{Seq: t.c.Seq, Kind: kind, At: t.in.At, ToldAt: t.in.At, Text: text, About: about}
	if text != "" {
		r.Message = t.in.Message
	}
	t.fx.Records = append(t.fx.Records, r)
	return t.c.Seq
}

// tell sends a message that stands for itself. The screen after it comes as a
// new message too: edited in place it would stand above what is told.
func (t *turn) tell(text string, buttons ...[]Button) {
	t.pressed = false
	t.fx.Messages = append(t.fx.Messages, Message{Text: text, Buttons: buttons})
}

// addLead puts a paragraph before the screen that is shown next.
func (t *turn) addLead(text string) {
	t.lead = paragraphs(t.lead, text)
}

// screen shows the open screen: in place after a press, as a new message after
// words. A screen of another name than the last gets a new revision, so that
// the buttons of the last one are known to be old.
func (t *turn) screen(name, text string, buttons [][]Button) {
	if name != t.c.Screen || t.c.Rev == 0 {
		t.c.Screen = name
		t.c.Rev++
		t.c.Misses = 0
	}
	if t.lead != "" {
		text = t.lead + "\n\n" + text
		t.lead = ""
	}
	buttons = append(buttons, grid(t.edits)...)
	t.edits = nil
	t.fx.Messages = append(t.fx.Messages, Message{
		Slot: SlotScreen, Replace: t.pressed, Text: text, Buttons: t.stamp(buttons),
	})
}

// stamp marks buttons with the case and the revision they belong to.
func (t *turn) stamp(rows [][]Button) [][]Button {
	for _, row := range rows {
		for i := range row {
			if row[i].Press.Case == 0 {
				row[i].Press.Case = t.c.Number
			}
			if !evergreen(row[i].Press.Act) {
				row[i].Press.Rev = t.c.Rev
			}
		}
	}
	return rows
}

// flagged reports whether the bot has warned of a danger in this case already,
// and remembers that it does now.
func (t *turn) flagged(id string) bool {
	if slices.Contains(t.c.Flags, id) {
		return true
	}
	t.c.Flags = append(t.c.Flags, id)
	return false
}

func (t *turn) unflag(id string) {
	t.c.Flags = slices.DeleteFunc(t.c.Flags, func(f string) bool { return f == id })
}
