package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
	"tixianbot/knowledge/markup"
)

const (
	// historyShown is how many entries a page of the timeline shows.
	historyShown = 8

	// historyRead is how many records are read for a page: not every record is
	// an entry.
	historyRead = 30

	// entryLen is how much of an entry's words a page shows, in characters.
	entryLen = 40
)

// unlisted are the kinds of records that are no entries of the timeline: they
// belong to another record, or tell what the bot could not do.
var unlisted = []RecordKind{RecordQuestion, RecordDraft, RecordGap, RecordCorrection, RecordReminder}

// listed reports whether a record is an entry of the timeline.
func (r Record) listed() bool { return !slices.Contains(unlisted, r.Kind) }

// showHistory shows a page of the timeline, oldest first. The view's argument
// is the number of the record that the page ends before.
func (t *turn) showHistory() {
	var page []Record
	oldest := 0 // of the records that were looked at
	for _, r := range t.in.Recent {
		if len(page) == historyShown {
			break
		}
		oldest = r.Seq
		if r.listed() {
			page = append(page, r)
		}
	}
	slices.Reverse(page)
	var lines []string
	var numbers []Button
	for _, r := range page {
		lines = append(lines, t.entryLine(r))
		numbers = append(numbers, Button{Label: number(r.Seq), Press: Press{Act: actEntry, Arg: number(r.Seq)}})
	}
	text := t.say("history.empty")
	if len(lines) > 0 {
		text = paragraphs(t.say("history.head"), strings.Join(lines, "\n"), t.say("history.foot"))
	}
	t.screen("log:"+t.c.View.Arg, text, append(rowsOf(numbers, historyShown/2), t.historyKeys(oldest)...))
}

// historyKeys returns the ways from a page whose oldest record is known.
func (t *turn) historyKeys(oldest int) [][]Button {
	var turns []Button
	if oldest > 1 {
		turns = append(turns, t.button("older", actLog, number(oldest)))
	}
	if t.c.View.Arg != "" {
		turns = append(turns, t.button("newest", actLog, ""))
	}
	rows := [][]Button{{t.button("note", actNote, ""), t.button("case", actCase, "")}, {t.button("leave", actLeave, "")}}
	if len(turns) > 0 {
		rows = append([][]Button{turns}, rows...)
	}
	return rows
}

// rowsOf puts n buttons in a row.
func rowsOf(buttons []Button, n int) [][]Button {
	var rows [][]Button
	for row := range slices.Chunk(buttons, n) {
		rows = append(rows, row)
	}
	return rows
}

// entryLine returns an entry in one line: number, when, what.
func (t *turn) entryLine(r Record) string {
	line := t.say("history.line", "n", number(r.Seq), "when", t.moment(r), "what", t.entry(r))
	if !r.Struck.IsZero() {
		return t.say("history.struck", "line", line)
	}
	return line
}

// moment returns when an entry happened, as exactly as it is known.
func (t *turn) moment(r Record) string {
	if r.Rough {
		return t.date(r.At)
	}
	return t.clock(r.At)
}

// clock returns a day with the time of day, unless it is the end of the day
// that is meant.
func (t *turn) clock(at time.Time) string {
	clock := at.In(t.in.At.Location()).Format("15:04")
	if clock == endClock {
		return t.date(at)
	}
	return t.date(at) + " " + clock
}

// endClock is the time of day of what is due on a day.
const endClock = "23:59"

// partOrder is the order in which the parts of an entry are shown.
var partOrder = []PartName{PartChannel, PartAgent, PartTicket, PartSaid, PartPromise, PartDue, PartAmount}

// inOrder returns the parts of an entry in the order in which they are shown;
// what was said is left out where it is the promise.
func (r Record) inOrder() []Part {
	parts := slices.DeleteFunc(slices.Clone(r.Parts), func(p Part) bool {
		return p.Name == PartSaid && p.Value == r.Part(PartPromise)
	})
	slices.SortStableFunc(parts, func(a, b Part) int {
		return slices.Index(partOrder, a.Name) - slices.Index(partOrder, b.Name)
	})
	return parts
}

// entry returns what an entry is about, in a few words.
func (t *turn) entry(r Record) string {
	switch r.Kind {
	case RecordContact:
		return t.contactLine(r)
	case RecordStep:
		return t.say("entry.step", "text", t.stepText(r.About))
	case RecordStage:
		return t.say("entry.stage", "name", t.k.Rung(r.About).Name)
	case RecordEvidence:
		return t.say("entry.evidence", "n", number(r.Exhibit.Number), "kind", t.kindName(r.About))
	case RecordPaid:
		return t.say("entry.paid", "amount", t.money(fact.Value(r.Part(PartAmount))))
	case RecordLetter:
		return t.say("entry.letter", "name", t.k.Letters.Form(letter.Kind(r.About)).Name)
	case RecordPasted:
		return t.say("entry.pasted", "text", t.quote(cut(r.Text, entryLen)))
	default:
		return t.quote(cut(r.words(), entryLen))
	}
}

// words returns the words of a record as they hold now: those it was corrected
// to, or its own.
func (r Record) words() string {
	if text := r.Part(PartText); text != "" {
		return text
	}
	return r.Text
}

// stepText returns the words of a step of a checklist, "guide.step".
func (t *turn) stepText(id string) string {
	guide, step, _ := strings.Cut(id, ".")
	g := t.k.Cause(guide)
	if g.ID == "" {
		g = t.k.Branch(guide)
	}
	for _, s := range g.Do {
		if s.ID == step {
			return s.Text
		}
	}
	return t.say("entry.old_step")
}

// contactLine returns a contact in one line: how, with whom, what was said.
func (t *turn) contactLine(r Record) string {
	var parts []string
	for _, p := range r.inOrder() {
		if p.Name == PartChannel || p.Name == PartAgent || p.Name == PartTicket {
			parts = append(parts, t.partValue(r, p))
		}
	}
	if words := r.said(); words != "" {
		parts = append(parts, t.quote(cut(words, entryLen)))
	}
	if v := r.Part(PartAmount); v != "" && len(parts) == 0 {
		parts = append(parts, t.money(fact.Value(v)))
	}
	return strings.Join(parts, t.say("list.comma"))
}

// said returns what was said at a contact, as far as it was read.
func (r Record) said() string {
	for _, name := range []PartName{PartPromise, PartSaid} {
		if text := r.Part(name); text != "" {
			return text
		}
	}
	return r.words()
}

// these returns the record with the given number, if it was asked for.
func (t *turn) these(seq int) (Record, bool) {
	i := slices.IndexFunc(t.in.These, func(r Record) bool { return r.Seq == seq })
	if i < 0 {
		return Record{}, false
	}
	r := t.in.These[i]
	r.Parts, r.Was = slices.Clone(r.Parts), slices.Clone(r.Was)
	for _, a := range t.fx.Changed {
		if a.Record.Seq == seq && t.caseOf(a) == t.c.Number {
			r = a.Record
		}
	}
	return r, true
}

// showEntry shows one entry whole, with what can be corrected.
func (t *turn) showEntry(arg string) {
	r, ok := t.these(atoi(arg))
	if !ok || !r.listed() {
		t.back()
		t.showCurrent()
		return
	}
	strike := t.button("strike", actStrikeEntry, arg)
	if !r.Struck.IsZero() {
		strike = t.button("restore", actStrikeEntry, arg)
	}
	keys := t.partKeys(r)
	if r.Kind == RecordEvidence {
		keys = []Button{t.button("exhibit", actPiece, arg)}
	}
	rows := append(grid(keys), []Button{strike},
		[]Button{t.button("history", actLog, ""), t.button("leave", actLeave, "")})
	t.screen("entry:"+arg, t.entryText(r), rows)
}

// entryText returns an entry with everything that is kept of it.
func (t *turn) entryText(r Record) string {
	head := t.say("entry.head", "n", number(r.Seq), "what", t.entryKind(r))
	if !r.Struck.IsZero() {
		head = paragraphs(head, t.say("entry.struck", "date", t.date(r.Struck)))
	}
	lines := []string{t.say("entry.when", "when", t.moment(r))}
	if !sameMinute(r.At, r.ToldAt) {
		lines = append(lines, t.say("entry.told", "when", t.moment(Record{At: r.ToldAt})))
	}
	for _, p := range r.inOrder() {
		if text := t.partLine(r, p); text != "" {
			lines = append(lines, text)
		}
	}
	if r.Kind == RecordStep || r.Kind == RecordStage || r.Kind == RecordPaid || r.Kind == RecordEvidence {
		lines = append(lines, t.entry(r))
	}
	words := ""
	if r.Text != "" {
		words = t.say("entry.words", "text", t.quote(cut(r.Text, wordsShown)))
	}
	sent := ""
	if text := r.Part(PartLetter); text != "" {
		sent = fenced(text)
	}
	return paragraphs(head, list(lines), words, sent, t.corrections(r))
}

// wordsShown is how much of the words of an entry is shown with it; all of
// them are kept.
const wordsShown = 600

func (t *turn) entryKind(r Record) string { return t.say("kind." + string(r.Kind)) }

// corrections lists what was corrected in an entry.
func (t *turn) corrections(r Record) string {
	var lines []string
	for _, w := range r.Was {
		old := t.say("part.none")
		if w.Old != "" {
			old = t.plain(PartName(w.Name), w.Old)
		}
		lines = append(lines, t.say("entry.was", "date", t.date(w.At), "name", t.say("part."+w.Name), "old", old))
	}
	return t.titled("entry.corrected", lines)
}

// partLine returns "name: value" of a part.
func (t *turn) partLine(r Record, p Part) string {
	if p.Name == PartShows || p.Name == PartVersion || p.Name == PartLetter {
		return ""
	}
	return t.say("fact.line", "name", t.say("part."+string(p.Name)), "value", t.partValue(r, p))
}

// partValue returns the value of a part, as markup.
func (t *turn) partValue(_ Record, p Part) string { return t.plain(p.Name, p.Value) }

// plain returns a value that a part of that name has, or had.
func (t *turn) plain(name PartName, value string) string {
	switch name {
	case PartChannel:
		return t.k.Contacts.Label(value)
	case PartDue, partAt, partStruck:
		if at, ok := fact.Value(value).Time(); ok {
			return t.clock(at)
		}
		return markup.Escape(value)
	case PartAmount:
		return t.money(fact.Value(value))
	case partAbout:
		return t.kindName(value)
	case PartAgent, PartTicket:
		return markup.Escape(value)
	default:
		return t.quote(value)
	}
}

// atoi returns the number that s is, or 0.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
