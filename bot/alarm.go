package bot

import (
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/markup"
	"tixianbot/knowledge/when"
)

// Alarm is a reminder that is to come, as a calendar needs it.
type Alarm struct {
	Seq  int       // of its record
	At   time.Time // when it comes next
	Rule when.Rule // how often; the zero rule: once
	What string    // what to be reminded of, in one line, without mark-up
}

// Alarms returns the reminders of a case that are to come, the next one first.
// Their times are in the zone of now.
func Alarms(k *knowledge.Pack, c Case, records []Record, now time.Time) []Alarm {
	t := &turn{k: k, c: c, in: Input{At: now}}
	var out []Alarm
	for _, r := range records {
		if r.Kind != RecordReminder || !t.isSet(r) || t.due(r).IsZero() {
			continue
		}
		what := r.Part(PartNote)
		if what == "" {
			what = markup.Text(t.noteOf(r))
		}
		out = append(out, Alarm{Seq: r.Seq, At: t.due(r), Rule: r.rule(), What: strings.Join(strings.Fields(what), " ")})
	}
	slices.SortStableFunc(out, func(a, b Alarm) int { return a.At.Compare(b.At) })
	return out
}
