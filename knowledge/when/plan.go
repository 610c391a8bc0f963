package when

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"tixianbot/knowledge/calendar"
	"tixianbot/knowledge/normal"
)

// A Plan is what a phrase such as 明天下午三点 打客服电话 asks for.
type Plan struct {
	At       time.Time // when it is due, or due first; always ahead, in the zone of now
	Every    Rule      // when it comes again; the zero Rule if it does not
	Note     string    // the rest of the text, as it was written
	Estimate bool      // a holiday on the way is not announced yet
	Named    bool      // the very clock time was named, or a span in minutes or hours
}

// Reason says why a phrase is no plan.
type Reason string

// The reasons.
const (
	NoTime   Reason = "no_time"   // there is no time in it
	Vague    Reason = "vague"     // 过几天: it names none
	Passed   Reason = "passed"    // the time lies behind us
	NoSuch   Reason = "no_such"   // 2月30号, or an hour that the clocks skip
	TooFar   Reason = "too_far"   // more than two years ahead
	TooOften Reason = "too_often" // 每小时: more than once a day
)

// Error is why a phrase is no plan.
type Error struct {
	Reason Reason
	Words  string    // the words that it is about, as they were written; "" for NoTime
	At     time.Time // of Passed and TooFar: the moment they mean
}

// Error says it for a log; users are told in the words of the content.
func (e *Error) Error() string {
	if e.At.IsZero() {
		return fmt.Sprintf("read a time: %s", e.Reason)
	}
	return fmt.Sprintf("read a time: %s: %s", e.Reason, e.At.Format(time.RFC3339))
}

// farthest is how far ahead a plan may lie, in years.
const farthest = 2

// Planner reads the times of reminders. It is never changed and is safe to share.
type Planner struct {
	fold   *normal.Table
	g      *Grammar
	cal    *calendar.Calendar
	w      planWords
	show   Show
	zones  map[string]*time.Location // by what people write
	places Places
	plain  *strings.Replacer // keeps the length of a text
}

// Parse reads what text asks for at now, in the zone of now. The error is an *Error.
func (p *Planner) Parse(text string, now time.Time) (Plan, error) {
	folded := p.fold.Fold(text)
	s := p.plain.Replace(folded.String())
	spots := p.spots(s, now)
	if len(spots) == 0 {
		return Plan{}, p.missing(text, s, folded)
	}
	chosen := spots.best(s)
	cuts := spots.cuts(s, chosen)
	plan, fault := chosen.plan(p, now)
	if fault != "" {
		from, to := folded.Span(chosen.start, chosen.end)
		return Plan{}, &Error{Reason: fault, Words: text[from:to], At: plan.At}
	}
	plan.Note = p.note(text, s, folded, cuts)
	return plan, nil
}

// missing tells 过几天 and 尽快, which name no time, from a text without any.
func (p *Planner) missing(text, s string, folded normal.Text) error {
	for i := range s {
		if _, end, ok := p.w.vague.at(s, i); ok {
			from, to := folded.Span(i, end)
			return &Error{Reason: Vague, Words: text[from:to]}
		}
	}
	return &Error{Reason: NoTime}
}

// note returns what is left of the text when the spans are cut out of it.
func (p *Planner) note(text, s string, folded normal.Text, cuts [][2]int) string {
	var left []string
	at := 0
	if _, end, ok := p.w.command.at(s, 0); ok {
		_, at = folded.Span(0, end)
	}
	for _, c := range cuts {
		from, to := folded.Span(p.before(s, c[0]), p.behind(s, c[1]))
		if from > at {
			left = append(left, trim(text[at:from]))
		}
		at = max(at, to)
	}
	left = append(left, trim(text[at:]))
	note := strings.TrimSpace(strings.Join(left, " "))
	if _, end, ok := p.w.silent.at(p.fold.Fold(note).String(), 0); ok && end == len(p.fold.Fold(note).String()) {
		return ""
	}
	return note
}

func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",.;:!?-~\u3002\uff0c\u3001\uff1b\uff1a\uff01\uff1f\u2014\u2026", r)
	})
}

// before moves back from i over words that lead up to a time: 提醒我在.
func (p *Planner) before(s string, i int) int {
	for {
		j := back1(s, i, p.w.lead)
		if j == i {
			k := i
			for k > 0 && blank(s[k-1]) {
				k--
			}
			if j = back1(s, k, p.w.commands); j == k {
				return i
			}
		}
		i = j
	}
}

// back1 moves back over the longest of the words that ends at s[:i].
func back1(s string, i int, ws []string) int {
	best := i
	for _, w := range ws {
		if strings.HasSuffix(s[:i], w) && !joined(s, i-len(w)) && !joined(s, i) {
			best = min(best, i-len(w))
		}
	}
	if best < i || i == 0 || s[i-1] != ' ' {
		return best
	}
	if latin1 := back1(s, i-1, ws); latin1 < i-1 && latin(s[latin1]) {
		return latin1
	}
	return i
}

// behind moves over words that close a time: 之前, 的时候 提醒我.
func (p *Planner) behind(s string, i int) int {
	for {
		j := i
		for j < len(s) && blank(s[j]) {
			j++
		}
		_, end, ok := p.w.command.at(s, j)
		if !ok {
			_, end, ok = p.w.trail.at(s, i)
			if _, _, kept := p.w.keep.at(s, i); kept {
				ok = false
			}
		}
		if !ok && j > i && latin(s[min(j, len(s)-1)]) {
			_, end, ok = p.w.trail.at(s, j)
		}
		if !ok {
			return i
		}
		i = end
	}
}

func blank(c byte) bool { return c == ' ' || c == ',' }
