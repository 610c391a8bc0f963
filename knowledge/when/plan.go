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
	TooOften Reason = "too_often" // 每小时, 每天三次: more than once a day
	Several  Reason = "several"   // 明天或后天: two times where one is needed
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
	src := p.source(text)
	spots := p.spots(src.s, now)
	if len(spots) == 0 {
		return Plan{}, p.missing(src)
	}
	chosen := spots.best(src.s)
	plan, fault := chosen.plan(p, now)
	if fault != "" {
		return Plan{}, &Error{Reason: fault, Words: src.words(chosen.start, chosen.end), At: plan.At}
	}
	plan.Note = p.note(src, spots.cuts(src.s, chosen))
	return plan, nil
}

// source is a text in the form in which it is read, which remembers where it
// came from.
type source struct {
	text   string
	folded normal.Text
	s      string // folded, without typos and with one space where there are several
	at     []int  // where the bytes of s stand in folded
}

func (p *Planner) source(text string) source {
	src := source{text: text, folded: p.fold.Fold(text)}
	plain := p.plain.Replace(src.folded.String())
	var b strings.Builder
	for i := range len(plain) {
		if plain[i] == ' ' && (i == 0 || plain[i-1] == ' ') {
			continue
		}
		b.WriteByte(plain[i])
		src.at = append(src.at, i)
	}
	src.s = b.String()
	return src
}

// span returns where in the text the bytes from to to of s came from.
func (src source) span(from, to int) (int, int) {
	if from >= len(src.at) || from >= to {
		return len(src.text), len(src.text)
	}
	return src.folded.Span(src.at[from], src.at[to-1]+1)
}

func (src source) words(from, to int) string {
	from, to = src.span(from, to)
	return src.text[from:to]
}

// missing tells 过几天 and 尽快, which name no time, from a text without any.
func (p *Planner) missing(src source) error {
	for i := range src.s {
		if _, end, ok := p.w.vague.at(src.s, i); ok {
			return &Error{Reason: Vague, Words: src.words(i, end)}
		}
	}
	return &Error{Reason: NoTime}
}

// note returns what is left of the text when the spans are cut out of it.
func (p *Planner) note(src source, cuts [][2]int) string {
	var left []string
	at := 0
	if _, end, ok := p.w.command.at(src.s, 0); ok {
		_, at = src.span(0, end)
	}
	for _, c := range cuts {
		from, to := src.span(p.before(src.s, c[0]), p.behind(src.s, c[1]))
		if from > at {
			left = append(left, trim(src.text[at:from]))
		}
		at = max(at, to)
	}
	left = append(left, trim(src.text[at:]))
	note := strings.TrimSpace(strings.Join(left, " "))
	said := p.fold.Fold(note).String()
	if _, end, ok := p.w.silent.at(said, 0); ok && end == len(said) {
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
