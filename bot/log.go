package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge/contact"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/read"
)

// told reads a contact with the platform from the words of this turn's record.
// Words that the user wanted noted are a contact as soon as one is told; in
// anything else it takes a staff number, a ticket or a promise, and the contact
// is what one sentence tells: the times of the others belong to something else.
func (t *turn) told(text string, noted bool) {
	c, from := t.k.Contacts.Read(text, t.in.At), 0
	if !noted {
		c, from = t.toldIn(text)
	}
	if !c.Is {
		return
	}
	r := &t.fx.Records[len(t.fx.Records)-1]
	r.Kind = RecordContact
	if !c.At.IsZero() {
		r.At, r.Rough = c.At, c.Rough
	}
	for _, p := range c.Parts {
		r.Parts = append(r.Parts, Part{Name: PartName(p.Name), Value: p.Value, From: from + p.From, To: from + p.To, In: r.Seq})
	}
}

// toldIn returns the first contact worth an entry that a sentence of text
// tells, and where that sentence begins. A contact that only several sentences
// tell together is read from all of them.
func (t *turn) toldIn(text string) (c contact.Contact, from int) {
	whole := t.k.Contacts.Read(text, t.in.At)
	if !whole.Is || !telling(whole) {
		return contact.Contact{}, 0
	}
	for from < len(text) {
		end := len(text)
		if i := strings.IndexFunc(text[from:], isEnd); i >= 0 {
			_, size := utf8.DecodeRuneInString(text[from+i:])
			end = from + i + size
		}
		if c := t.k.Contacts.Read(text[from:end], t.in.At); c.Is && telling(c) {
			return c, from
		}
		from = end
	}
	return whole, 0
}

// isEnd reports whether a character ends a sentence.
func isEnd(r rune) bool { return strings.ContainsRune("\n\u3002\uff01\uff1f!?", r) }

// telling reports whether a contact holds what is worth an entry by itself: with
// whom it was, a number, or by which way something was promised until when.
func telling(c contact.Contact) bool {
	has := func(name contact.Name) bool { return c.Part(name) != "" }
	return has(contact.Agent) || has(contact.Ticket) || has(contact.Due) && has(contact.Channel)
}

// contactOfTurn returns the contact that this turn noted, if it did.
func (t *turn) contactOfTurn() (Record, bool) {
	for _, r := range t.fx.Records {
		if r.Kind == RecordContact {
			return r, true
		}
	}
	return Record{}, false
}

// promised keeps the facts in step with what the contact r says was promised.
func (t *turn) promised(r Record) {
	due, had := r.Part(PartDue), t.c.Facts[fact.PromisedBy]
	at, ok := fact.Value(due).Time()
	switch {
	case ok && r.Struck.IsZero():
		quote := cut(r.said(), quoteLen)
		t.set(fact.PromisedBy, Known{Value: fact.At(at.In(t.in.At.Location())), Quote: quote, Record: r.Seq})
	case had.Record == r.Seq:
		delete(t.c.Facts, fact.PromisedBy)
	}
}

// log answers a contact or a note: the record was made with the words. The
// parts that were read are shown back, each with a button to correct it.
func (t *turn) log(text string, found []read.Found) {
	if text == "" {
		t.c.View = View{Name: viewNote}
		t.show()
		return
	}
	t.answerCame(text)
	var changed []fact.Name
	for _, f := range t.loggable(found) {
		if t.keep(text, f) {
			changed = append(changed, f.Name)
		}
	}
	t.warnOfFacts()
	t.tell(t.logged(changed), t.loggedKeys()...)
}

// loggable returns what was found that a note may tell: how far the user got
// with the platform, and what is not known yet.
func (t *turn) loggable(found []read.Found) []read.Found {
	return slices.DeleteFunc(slices.Clone(found), func(f read.Found) bool {
		moves := slices.Contains([]fact.Name{fact.Contacted, fact.PromisedBy, fact.Attempts}, f.Name)
		return !moves && t.c.Facts[f.Name].Value != ""
	})
}

// logged says what was noted.
func (t *turn) logged(changed []fact.Name) string {
	r, ok := t.contactOfTurn()
	if !ok {
		return t.say("log.note", "n", number(t.c.Seq))
	}
	t.promised(r)
	lines := []string{t.say("entry.when", "when", t.moment(r))}
	for _, p := range r.inOrder() {
		if text := t.partLine(r, p); text != "" {
			lines = append(lines, text)
		}
	}
	facts := slices.DeleteFunc(t.shown(changed), func(n fact.Name) bool { return n == fact.PromisedBy })
	var also []string
	for _, name := range facts {
		also = append(also, t.line(name, t.c.Facts[name]))
	}
	return paragraphs(t.say("log.done", "n", number(r.Seq)), list(lines), t.titled("log.also", also), t.missingOf(r), t.say("log.foot"))
}

// missingOf says what would make the note of a contact complete.
func (t *turn) missingOf(r Record) string {
	switch {
	case r.Part(PartAgent) == "" && r.Part(PartTicket) == "":
		return t.say("log.no_agent")
	case r.Part(PartDue) == "":
		return t.say("log.no_due")
	default:
		return ""
	}
}

func (t *turn) loggedKeys() [][]Button {
	var rows [][]Button
	seq := t.c.Seq
	if r, ok := t.contactOfTurn(); ok {
		rows = grid(t.partKeys(r))
		seq = r.Seq
		if key := t.remindDue(r); key != nil {
			rows = append(rows, key)
		}
	}
	return t.stamp(append(rows,
		[]Button{{Label: t.say("button.entry", "n", number(seq)), Press: Press{Act: actEntry, Arg: number(seq)}}, t.button("history", actLog, "")},
		[]Button{t.button("case", actCase, ""), t.button("show_again", actShow, "")},
	))
}
