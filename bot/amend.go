package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
)

// correctable are the parts of an entry that can be corrected, in the order of
// their buttons.
var correctable = map[RecordKind][]PartName{
	RecordContact: {partAt, PartChannel, PartAgent, PartTicket, PartDue},
	RecordNote:    {partAt},
	RecordMessage: {partAt},
	RecordPaid:    {partAt, PartAmount},
}

// partKeys returns a button for each part of an entry that can be corrected.
func (t *turn) partKeys(r Record) []Button {
	if !r.Struck.IsZero() {
		return nil
	}
	var keys []Button
	for _, name := range correctable[r.Kind] {
		keys = append(keys, t.partKey(r.Seq, name))
	}
	return keys
}

func (t *turn) partKey(seq int, name PartName) Button {
	return Button{
		Label: t.say("button.edit", "name", t.say("part."+string(name))),
		Press: Press{Act: actPart, Arg: number(seq) + "." + string(name)},
	}
}

// partOf takes "12.agent" apart.
func partOf(arg string) (seq int, name PartName) {
	n, part, _ := strings.Cut(arg, ".")
	return atoi(n), PartName(part)
}

// showPart asks what a part of an entry is to be.
func (t *turn) showPart(arg string) {
	seq, name := partOf(arg)
	r, ok := t.these(seq)
	if !ok || !slices.Contains(correctable[r.Kind], name) {
		t.back()
		t.showCurrent()
		return
	}
	now := t.say("part.none")
	switch {
	case name == partAt:
		now = t.moment(r)
	case r.Part(name) != "":
		now = t.plain(name, r.Part(name))
	}
	label := t.say("part." + string(name))
	text := paragraphs(
		t.say("part.ask", "name", label, "n", number(seq)),
		t.say("edit.now", "value", now),
		t.say("part.hint."+string(name)),
	)
	var rows [][]Button
	if name == PartChannel {
		rows = t.channelKeys(seq)
	}
	if name != partAt && r.Part(name) != "" {
		rows = append(rows, []Button{{Label: t.say("button.part_none", "name", label), Press: Press{Act: actNoPart, Arg: arg}}})
	}
	t.screen("part:"+arg, text, append(rows, []Button{t.button("back_entry", actEntry, number(seq))}))
}

// channelKeys returns the ways to reach somebody as buttons.
func (t *turn) channelKeys(seq int) [][]Button {
	var keys []Button
	ways := t.k.Contacts.Ways()
	slices.Reverse(ways) // the platform's own are the last
	for _, id := range ways {
		keys = append(keys, Button{Label: t.k.Contacts.Label(id), Press: Press{Act: actChannel, Arg: number(seq) + "." + id}})
	}
	return grid(keys)
}

// correct takes words as the new value of the part that is asked for. The words
// become a record of their own; the entry points at them.
func (t *turn) correct(text string) {
	seq, name := partOf(t.c.View.Arg)
	r, ok := t.these(seq)
	if !ok {
		t.back()
		t.show()
		return
	}
	value, from, to := t.partRead(name, text, r)
	if value == "" {
		t.addLead(t.say("part.miss"))
		t.show()
		return
	}
	t.markWords(RecordCorrection, string(name))
	t.fx.Records[len(t.fx.Records)-1].Of = seq
	t.replacePart(r, Part{Name: name, Value: value, From: from, To: to, In: t.c.Seq})
	t.addLead(t.say("part.done"))
	t.c.View = View{Name: viewEntry, Arg: number(seq)}
	t.show()
}

// setPart puts what a button says in the place of a part.
func (t *turn) setPart(act Act, arg string) bool {
	n, rest, _ := strings.Cut(arg, ".")
	r, ok := t.these(atoi(n))
	if !ok {
		return false
	}
	if act == actChannel {
		if t.k.Contacts.Label(rest) == "" {
			return false
		}
		t.replacePart(r, Part{Name: PartChannel, Value: rest})
	} else {
		t.replacePart(r, Part{Name: PartName(rest)})
	}
	t.fx.Toast = t.say("toast.noted")
	t.c.View = View{Name: viewEntry, Arg: n}
	return true
}

// longestNumber is how long a staff number or a ticket may be, in characters.
const longestNumber = 32

// partRead reads the new value of a part from words, with the bytes it stands in.
func (t *turn) partRead(name PartName, text string, r Record) (value string, from, to int) {
	switch name {
	case partAt:
		if f, ok := t.k.Reader.Answer(fact.FailedAt, text, t.in.At); ok {
			return string(f.Value), f.Start, f.End
		}
		return "", 0, 0
	case PartDue:
		return t.dueRead(text, r)
	case PartAmount:
		if f, ok := t.k.Reader.Answer(fact.Amount, text, t.in.At); ok {
			return string(f.Value), f.Start, f.End
		}
		return "", 0, 0
	}
	for _, p := range t.k.Contacts.Read(text, t.in.At).Parts {
		if PartName(p.Name) == name {
			return p.Value, p.From, p.To
		}
	}
	if name == PartChannel || len([]rune(text)) > longestNumber {
		return "", 0, 0
	}
	return text, 0, len(text)
}

// dueRead reads until when something was promised: counted from the contact, or
// a day that is named.
func (t *turn) dueRead(text string, r Record) (value string, from, to int) {
	if p, ok := t.k.Contacts.Until(text, r.At.In(t.in.At.Location())); ok {
		return p.Value, p.From, p.To
	}
	if f, ok := t.k.Reader.Answer(fact.PromisedBy, text, t.in.At); ok {
		return string(f.Value), f.Start, f.End
	}
	return "", 0, 0
}

// replacePart puts p in the place of what the entry r holds, and keeps what it held.
func (t *turn) replacePart(r Record, p Part) {
	old := r.Part(p.Name)
	if p.Name == partAt {
		old = string(fact.At(r.At))
		if at, ok := fact.Value(p.Value).Time(); ok {
			r.At, r.Rough = at, false
		}
	} else {
		r.Parts = slices.DeleteFunc(r.Parts, func(q Part) bool { return q.Name == p.Name })
		if p.Value != "" {
			r.Parts = append(r.Parts, p)
		}
	}
	if old != p.Value {
		r.Was = append(r.Was, Was{At: t.in.At, Name: string(p.Name), Old: old})
	}
	t.change(r)
	if p.Name == PartDue && t.c.Facts[fact.PromisedBy].Record == r.Seq {
		t.promised(r)
	}
}

// change writes a record anew.
func (t *turn) change(r Record) {
	t.changeIn(t.c.Number, r)
}

// changeIn writes a record of the case n anew.
func (t *turn) changeIn(n int, r Record) {
	t.fx.Changed = slices.DeleteFunc(t.fx.Changed, func(a Amended) bool { return t.caseOf(a) == n && a.Record.Seq == r.Seq })
	a := Amended{Record: r}
	if n != t.c.Number {
		a.Case = n
	}
	t.fx.Changed = append(t.fx.Changed, a)
}

// caseOf returns the number of the case that a changed record belongs to.
func (t *turn) caseOf(a Amended) int { return cmp.Or(a.Case, t.c.Number) }

// strikeEntry strikes an entry out, or lets it stand again. It is kept either way.
func (t *turn) strikeEntry(seq int) bool {
	r, ok := t.these(seq)
	if !ok || !r.listed() {
		return false
	}
	at := t.in.At
	t.fx.Toast = t.say("toast.struck")
	if !r.Struck.IsZero() {
		at = time.Time{}
		t.fx.Toast = t.say("toast.restored")
	}
	r = t.strike(r, at)
	if by := t.c.Facts[fact.PromisedBy]; by.Record == seq || by.Value == "" {
		t.promised(r)
	}
	t.c.View = View{Name: viewEntry, Arg: number(seq)}
	return true
}

// edited handles a message that the user changed after sending it. What the
// entry says is changed only with a yes.
func (t *turn) edited(e Edited) {
	text, secrets := t.k.Screen.Mask(strings.TrimSpace(e.Text))
	if len(secrets) > 0 {
		t.fx.Delete = true
		t.tell(t.say("secret.masked"))
		return
	}
	i := slices.IndexFunc(t.in.Recent, func(r Record) bool {
		return r.Message != 0 && r.Message == t.in.Message && r.Text != "" && r.listed()
	})
	switch {
	case t.c.Number == 0:
		return
	case i < 0:
		t.wake()
		t.tell(t.say("edited"))
		return
	}
	r := t.in.Recent[i]
	if text == "" || text == r.words() {
		return // a preview that appeared, a reaction
	}
	t.wake()
	seq := t.record(RecordCorrection, text, string(PartText))
	t.fx.Records[len(t.fx.Records)-1].Of = r.Seq
	t.tell(t.say("edited.offer", "n", number(r.Seq), "old", t.quote(cut(r.words(), entryLen)), "new", t.quote(cut(text, entryLen))),
		t.stamp([][]Button{
			{{Label: t.say("button.amend"), Press: Press{Act: actAmend, Arg: number(r.Seq) + "." + number(seq)}}},
			{t.button("show_again", actShow, "")},
		})...)
}

// amendText lets an entry say what its edited message says. What is read from
// the new words takes the place of what was read from the old ones.
func (t *turn) amendText(arg string) bool {
	n, by, _ := strings.Cut(arg, ".")
	r, ok := t.these(atoi(n))
	c, ok2 := t.these(atoi(by))
	if !ok || !ok2 || c.Of != r.Seq || c.Kind != RecordCorrection {
		return false
	}
	if r.words() != c.Text {
		t.replacePart(r, Part{Name: PartText, Value: c.Text, To: len(c.Text), In: c.Seq})
		r = t.fx.Changed[len(t.fx.Changed)-1].Record
		if r.Kind == RecordContact {
			told := t.k.Contacts.Read(c.Text, r.ToldAt)
			for _, p := range told.Parts {
				t.replacePart(r, Part{Name: PartName(p.Name), Value: p.Value, From: p.From, To: p.To, In: c.Seq})
				r = t.fx.Changed[len(t.fx.Changed)-1].Record
			}
			t.promised(r)
		}
	}
	t.take(c.Text, t.k.Reader.Read(c.Text, r.ToldAt))
	t.c.View = View{Name: viewEntry, Arg: n}
	t.show()
	return true
}

// sameMinute reports whether two times look the same to the user.
func sameMinute(a, b time.Time) bool { return a.Truncate(time.Minute).Equal(b.Truncate(time.Minute)) }
