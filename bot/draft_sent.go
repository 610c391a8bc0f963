package bot

import (
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge/letter"
	"tixianbot/knowledge/when"
)

const actUnsent Act = "du" // Arg: number of the entry, then the stage before; it was not sent after all

// sentLetter notes that a letter was sent, as it stands, moves the case to the
// rung that it belongs to, and offers to be reminded of the answer.
func (t *turn) sentLetter(arg string) bool {
	d, ok := t.document(arg, t.in.At)
	if !ok {
		return false
	}
	before := t.c.Stage
	seq := t.record(RecordLetter, "", string(d.Kind))
	t.fx.Records[len(t.fx.Records)-1].Parts = []Part{{Name: PartVersion, Value: d.request.arg()}, d.sent()}
	t.fx.Toast = t.say("toast.noted")
	t.back()
	t.c.Screen = "sent:" + number(seq) // the letter stays in the chat, and is sent once
	t.c.Rev++
	text := paragraphs(t.say("letter.sent", "n", number(seq), "name", t.k.Letters.Form(d.Kind).Name), t.moveUp(d.Kind))
	t.tell(text, t.stamp(t.sentKeys(d.Kind, seq, before))...)
	return true
}

// sentKeys returns what comes after a letter was sent.
func (t *turn) sentKeys(kind letter.Kind, seq int, before Stage) [][]Button {
	var rows [][]Button
	if at, _, ok := t.answerDue(kind, t.in.At); ok {
		label := cut(t.say("button.remind_answer", "date", t.date(at)), longestLabel)
		rows = append(rows, []Button{{Label: label, Press: Press{Act: actPropose, Arg: number(seq) + "." + reasonAnswer}}})
	}
	return append(rows, []Button{t.button("not_sent", actUnsent, number(seq)+"."+string(before))},
		[]Button{t.button("note", actNote, ""), t.button("case", actCase, "")}, []Button{t.button("show_again", actShow, "")})
}

// sent returns the text of a letter as a part of the entry that says it was
// sent. What the user wrote stands in the record of the version.
func (d document) sent() Part {
	p := Part{Name: PartLetter, Value: d.Text()}
	if text := d.from.Text; text != "" && strings.TrimSpace(text) == p.Value {
		from := strings.Index(text, p.Value)
		p.From, p.To, p.In = from, from+len(p.Value), d.from.Seq
	}
	return p
}

// moveUp moves the case to the rung on which a letter of a kind is sent, if it
// is not there yet, and says so.
func (t *turn) moveUp(kind letter.Kind) string {
	to := t.k.Letters.Form(kind).Moves
	if to == "" || t.ended() || t.fraud() {
		return ""
	}
	var rungs []string
	for _, r := range t.ladder() {
		rungs = append(rungs, r.Stage)
	}
	if slices.Index(rungs, to) <= slices.Index(rungs, string(t.c.Stage)) {
		return ""
	}
	t.setStage(Stage(to))
	return t.say("letter.moved", "name", t.k.Rung(to).Name)
}

// answerDue returns when to look for the answer to a letter of a kind that was
// sent at a moment: on the working day after the day that it names.
func (t *turn) answerDue(kind letter.Kind, sent time.Time) (at time.Time, estimate, ok bool) {
	if t.ended() || t.fraud() {
		return at, false, false
	}
	day, estimate := t.k.Calendar.AddWorking(sent.In(t.in.At.Location()).AddDate(0, 0, t.k.Letters.Form(kind).Days), 1)
	y, m, d := day.Date()
	at = time.Date(y, m, d, officeHour, 0, 0, 0, t.in.At.Location())
	return at, estimate, at.After(t.in.At)
}

// proposeAnswer asks whether to remind of the answer to the letter in an entry.
func (t *turn) proposeAnswer(seq int) bool {
	r, ok := t.these(seq)
	if !ok || r.Kind != RecordLetter {
		return false
	}
	at, estimate, ok := t.answerDue(letter.Kind(r.About), r.At)
	for _, p := range t.pending() {
		if p.About == reasonAnswer && t.due(p).Equal(at) {
			t.c.View = View{Name: viewReminder, Arg: number(p.Seq)}
			return true
		}
	}
	if !ok || !r.Struck.IsZero() {
		t.addLead(t.say("remind.over"))
		t.c.View = View{Name: viewRemind}
		return true
	}
	t.record(RecordReminder, "", reasonAnswer)
	planned := &t.fx.Records[len(t.fx.Records)-1]
	planned.Parts = timeParts(when.Plan{At: at})
	if estimate {
		t.addLead(t.say("remind.estimate"))
	}
	t.c.View = View{Name: viewConfirm, Arg: number(planned.Seq)}
	return true
}

// unsent takes back that a letter was sent: it is struck out, and the case goes
// back to where it was, unless it has moved on since.
func (t *turn) unsent(arg string) bool {
	n, stage, _ := strings.Cut(arg, ".")
	r, ok := t.these(atoi(n))
	if !ok || r.Kind != RecordLetter {
		return false
	}
	if r.Struck.IsZero() {
		t.strike(r, t.in.At)
		due, _, _ := t.answerDue(letter.Kind(r.About), r.At)
		for _, p := range t.pending() {
			if p.About == reasonAnswer && t.due(p).Equal(due) {
				t.strikeReminder(p)
			}
		}
		moved := t.k.Letters.Form(letter.Kind(r.About)).Moves
		if t.k.Rung(stage).Stage != "" && moved == string(t.c.Stage) && moved != stage && t.c.Since.Equal(r.At) {
			t.setStage(Stage(stage))
		}
	}
	t.addLead(t.say("letter.unsent", "n", n))
	t.show()
	return true
}
