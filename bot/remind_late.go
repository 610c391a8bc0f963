package bot

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// lateEnough is from how many late reminders on one message tells of all.
	lateEnough = 3

	// missedOf is the same for those that came while the user could not be reached.
	missedOf = 2

	// digestMost is how many a message holds: more take another.
	digestMost = 40

	// digestKeys is how many of them have a button.
	digestKeys = 12

	// digestLen is how long such a message is at most, in characters.
	digestLen = 3000

	// wakeDigest is the Why of such a message.
	wakeDigest = "digest"
)

// lateOnes takes the reminder r, which comes now, and all others
// of the chat that are late as well, if together they are enough for a digest.
func (t *turn) lateOnes(r Record) (late []rung) {
	for _, p := range t.placedAll() {
		due := t.due(p.Record)
		if p.Record.Struck.IsZero() && t.in.At.Sub(due) > tardy {
			late = append(late, rung{n: p.Case, r: p.Record, due: due})
		}
	}
	if len(late) < lateEnough || t.in.At.Sub(t.due(r)) <= tardy {
		return nil
	}
	slices.SortStableFunc(late, func(a, b rung) int { return a.due.Compare(b.due) })
	for i, g := range late {
		if g.r.rule().IsZero() {
			t.fx.Unwake = append(t.fx.Unwake, remindWake(g.n, g.r))
		}
		late[i].r = t.useUp(g.n, g.r)
	}
	return late
}

// digest tells of several late reminders in one message, as far as one holds them.
func (t *turn) digest(head string, late []rung) {
	for some := range slices.Chunk(late, digestMost) {
		t.digestOf(head, some)
	}
}

func (t *turn) digestOf(head string, late []rung) {
	room := digestLen / len(late)
	var lines []string
	var keys []Button
	for i, g := range late {
		lines = append(lines, t.digestLine(i+1, g, room))
		if len(keys) < digestKeys {
			act := actRetime
			if !g.r.rule().IsZero() {
				act = actLater
			}
			keys = append(keys, Button{Label: t.say("button.reminder", "n", number(i+1)), Press: Press{Case: g.n, Act: act, Arg: number(g.r.Seq)}})
		}
	}
	rows := append(rowsOf(keys, numbersPerRow), t.stamp([][]Button{{t.button("reminders", actReminders, ""), t.button("case", actCase, "")}})...)
	text := paragraphs(t.say(head, "n", number(len(late))), strings.Join(lines, "\n"), t.say("remind.digest_foot"))
	t.unasked(Woken{Why: wakeDigest, Due: t.in.At}, text, rows...)
}

// digestLine returns a late reminder in about room characters.
func (t *turn) digestLine(i int, g rung, room int) string {
	what := t.noteWithin(g.r, room/3)
	line := t.say("remind.digest_line", "n", number(i), "time", t.k.Planner.Format(g.due.In(t.in.At.Location())), "what", what)
	if g.n != t.c.Number {
		line = t.say("remind.digest_case", "line", line, "n", number(g.n))
	}
	if !g.r.rule().IsZero() {
		line = t.say("remind.digest_again", "line", line, "time", t.k.Planner.Format(t.due(g.r)))
	}
	return line
}

// noteWithin is noteOf, with the user's words cut to so many characters.
func (t *turn) noteWithin(r Record, most int) string {
	note := r.Part(PartNote)
	if utf8.RuneCountInString(note) <= most {
		return t.noteOf(r)
	}
	return t.quote(cut(note, min(most, noteLen)))
}

// makeUp tells of the reminders that came while the user could not be reached:
// each by itself, or from enough on in one message. Those that wait in the
// outbox are not sent any more.
func (t *turn) makeUp(head string, enough int) {
	var late []rung
	for _, m := range t.in.Missed {
		n, seq, ok := remindedOf(m.Why)
		r, known := t.placed(n, seq)
		if !ok || !known {
			continue
		}
		t.fx.Recall = append(t.fx.Recall, m.Why)
		late = append(late, rung{n: n, r: r, due: m.Due, wake: m})
	}
	if len(late) >= enough {
		t.digest(head, late)
		return
	}
	for _, g := range late {
		t.tellRing(g)
	}
}

// overdue makes the messages anew that wait since the messenger could not be
// reached; what would now come in the quiet hours comes after them.
func (t *turn) overdue() {
	end, quiet := t.quiet().end(t.in.At)
	if !quiet {
		t.makeUp("remind.digest", lateEnough)
		return
	}
	for _, m := range t.in.Missed {
		n, seq, ok := remindedOf(m.Why)
		r, known := t.placed(n, seq)
		if !ok || !known {
			continue
		}
		if r.rule().IsZero() {
			r.Struck = time.Time{}
			t.changeIn(n, r)
		}
		t.fx.Recall = append(t.fx.Recall, m.Why)
		t.fx.Wakes = append(t.fx.Wakes, Wake{At: end, Why: m.Why})
	}
}

// fromUser reports whether an event shows that the user is there.
func fromUser(e Event) bool {
	switch e.(type) {
	case Said, Pressed, Garbled, Edited, Sent, Returned:
		return true
	}
	return false
}
