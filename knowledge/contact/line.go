package contact

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/when"
)

// line is one line of a conversation, or a piece of one in which several speak.
type line struct {
	from, to int // bytes of the text
	text     normal.Text
	s        string // folded

	stamp    stamp
	name     string // who speaks, as written; "" if the line says none
	body     int    // where the message begins
	only     bool   // nothing but a time
	alone    bool   // nothing but the name of somebody known
	bare     bool   // nothing but a name and a colon
	nameLike bool   // nothing but what may be a name
	mail     bool   // the head of a mail
	lead     bool   // begins with a clock time, and no name stands there
	skip     bool   // a line of the head of a mail that tells nothing
}

// stamp is a time at the head of a line.
type stamp struct {
	ok         bool
	day, clock bool
	from, to   int // bytes of the folded line
	phrase     when.Phrase
	date       time.Time // a date that only this package reads: 20/11/2026
}

// of returns when s is, seen from at. A time without a day is on the given day.
func (s stamp) of(at, day time.Time) time.Time {
	now := at
	switch {
	case !s.date.IsZero():
		d := s.date
		now = time.Date(d.Year(), d.Month(), d.Day(), 23, 59, 59, 0, at.Location())
	case !s.day && !day.IsZero():
		now = time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, at.Location())
	}
	m, ok := s.phrase.Past(now)
	if !ok {
		return now
	}
	return m.At
}

// split cuts the text into lines, and lines in which several speak into pieces.
func (t *talk) split() {
	at := 0
	for text := range strings.SplitSeq(t.text, "\n") {
		t.pieces(at, at+len(text))
		at += len(text) + 1
	}
	for i := range t.lines {
		t.head(&t.lines[i])
	}
}

func (t *talk) pieces(from, to int) {
	for _, cut := range t.cuts(from, to) {
		t.addLine(from, cut)
		from = cut
	}
	t.addLine(from, to)
}

func (t *talk) addLine(from, to int) {
	if strings.TrimSpace(t.text[from:to]) == "" {
		return
	}
	l := line{from: from, to: to, body: to, text: t.r.fold.Fold(t.text[from:to])}
	l.s = strings.TrimRight(l.text.String(), " ")
	t.lines = append(t.lines, l)
}

// cuts returns where, within a line, somebody known begins to speak: there a
// name stands between a space and a colon. There are none unless two speak.
func (t *talk) cuts(from, to int) []int {
	text := t.text[from:to]
	if strings.Count(text, ":")+strings.Count(text, "\uff1a") < 2 {
		return nil
	}
	var cuts []int
	roles := map[Who]bool{}
	for i, c := range text {
		if c != ':' && c != '\uff1a' {
			continue
		}
		start, ok := nameStart(text, i)
		if !ok {
			continue
		}
		role := t.r.chat.role(t.folded(text[start:i]))
		if role == Unknown {
			continue
		}
		roles[role] = true
		if start > 0 {
			cuts = append(cuts, from+start)
		}
	}
	if len(roles) < 2 {
		return nil
	}
	return cuts
}

// nameStart returns where the word that ends at i begins, and whether it is
// short enough for a name.
func nameStart(text string, i int) (int, bool) {
	const longest = 3 * longestName
	near := max(0, i-longest)
	at := strings.LastIndexAny(text[near:i], " :\u3000\uff1a\u3002!?\uff01\uff1f;\uff1b")
	if at < 0 {
		return 0, near == 0
	}
	_, size := utf8.DecodeRuneInString(text[near+at:])
	return near + at + size, true
}

const (
	openers = " [(<\u3010\u2014-\u2013=*#\u00b7"
	closers = " ])>\u3011\u2014-\u2013=*,"
)

// head reads what stands at the head of a line.
func (t *talk) head(l *line) {
	if t.cells(l) || t.mailHead(l) {
		return
	}
	l.stamp = t.r.stampIn(l.s, t.at)
	if l.stamp.ok && t.stampedHead(l) {
		return
	}
	timed := l.stamp
	l.stamp = stamp{}
	t.colonHead(l)
	l.lead = l.name == "" && timed.ok && timed.clock && strings.Trim(l.s[:timed.from], openers) == ""
	if l.name == "" {
		bare := strings.Trim(l.s, openers+closers+":")
		l.nameLike = t.r.chat.mayBeName(bare)
		l.alone = l.nameLike && t.r.chat.role(bare) != Unknown
	}
}

// cells reads a row of a table: time, name and message apart by tabs.
func (t *talk) cells(l *line) bool {
	cells := strings.Split(t.text[l.from:l.to], "\t")
	if len(cells) < 3 {
		return false
	}
	stamp := t.r.stampIn(t.folded(cells[0]), t.at)
	if !stamp.ok || !t.r.chat.mayBeName(t.folded(cells[1])) {
		return false
	}
	l.stamp, l.name = stamp, strings.TrimSpace(cells[1])
	l.body = l.from + len(cells[0]) + len(cells[1]) + 2
	return true
}

// stampedHead reads a head with a time, if the line has one: the name stands
// before the time or behind it.
func (t *talk) stampedHead(l *line) bool {
	if strings.Contains(l.s[:l.stamp.from], ":") {
		return false // the time is part of the message
	}
	before := strings.Trim(l.s[:l.stamp.from], openers+closers+",")
	if end := strings.Index(l.s, before) + len(before); before != "" && strings.Contains(before, "(") && byteAt(l.s, end) == ')' {
		before += ")"
	}
	rest := strings.TrimLeft(l.s[l.stamp.to:], closers)
	behind := len(l.s) - len(rest)
	switch {
	case before == "" && weekday.MatchString(rest):
		l.only = true
	case before == "":
		name, body, ok := t.upToColon(rest)
		if ok && t.r.chat.withoutSays(name) != name {
			return false // an account: 10:00 she said: …
		}
		if ok {
			t.named(l, behind, behind+len(name), behind+body)
		} else if t.r.chat.role(rest) != Unknown && t.r.chat.mayBeName(rest) {
			t.named(l, behind, len(l.s), len(l.s))
		}
	case t.r.chat.mayBeName(before):
		t.nameBefore(l, before, rest)
	}
	return l.only || l.name != ""
}

// weekday is what may stand behind a time that stands alone.
var weekday = regexp.MustCompile(`^[: ]*(?:\([^)]{1,9}\)?)?[: ]*$`)

// nameBefore reads a name before its time, rest is what stands behind both. Of
// a message that begins with a time nothing but the name of somebody known and
// a clock time makes a head.
func (t *talk) nameBefore(l *line, before, rest string) {
	from, behind := strings.Index(l.s, before), len(l.s)-len(rest)
	apart := l.stamp.clock && from+len(before) < l.stamp.from && t.r.chat.role(before) != Unknown
	if rest == "" || strings.HasPrefix(rest, ":") || apart {
		t.named(l, from, from+len(before), behind+len(rest)-len(strings.TrimLeft(rest, ": ")))
	}
}

// named notes that the bytes from to to of the folded line are the name, and
// that the message begins at body.
func (t *talk) named(l *line, from, to, body int) {
	a, b := l.text.Span(from, to)
	l.name = strings.TrimSpace(t.text[l.from+a : l.from+b])
	l.body = l.to
	if body < len(l.s) {
		a, _ = l.text.Span(body, len(l.s))
		l.body = l.from + a
	}
}

// upToColon splits a name from the message behind its colon.
func (t *talk) upToColon(s string) (name string, body int, ok bool) {
	i := strings.IndexAny(s, ":>")
	if i <= 0 || s[i] == '>' && s[0] >= utf8.RuneSelf {
		return "", 0, false
	}
	name = strings.TrimRight(s[:i], " ")
	if !t.r.chat.mayBeName(name) {
		return "", 0, false
	}
	return name, i + 1, true
}

// colonHead reads a name before a colon, or in 【】.
func (t *talk) colonHead(l *line) {
	if rest, ok := strings.CutPrefix(l.s, "\u3010"); ok {
		if name, _, ok := strings.Cut(rest, "\u3011"); ok && t.r.chat.mayBeName(name) && t.r.chat.role(name) != Unknown {
			from := len("\u3010")
			t.named(l, from, from+len(name), from+len(name)+len("\u3011"))
			return
		}
	}
	lead := len(bullet.FindString(l.s))
	if c := byteAt(l.s, lead); c >= '0' && c <= '9' {
		lead = 0 // 11.20 is a day
	}
	if name, body, ok := t.upToColon(l.s[lead:]); ok {
		said := t.r.chat.withoutSays(name)
		t.named(l, lead, lead+len(said), lead+body)
		l.bare = strings.TrimSpace(l.s[lead+body:]) == ""
	}
}

// bullet is what stands before the lines of a list.
var bullet = regexp.MustCompile(`^[ \-*\x{b7}\x{2022}]*(?:\d{1,2}[.)\x{3001}] *)?`)

// count notes which names come again.
func (t *talk) count() {
	for i := range t.lines {
		l := &t.lines[i]
		if l.name != "" {
			t.names[t.folded(l.name)]++
		}
		if l.bare {
			t.bares++
			t.known = t.known || t.r.chat.role(t.folded(l.name)) != Unknown
		}
		if l.alone {
			t.alone[l.s]++
		}
	}
}

// mailHead reads a line of the head of a mail, or one such as "Amy wrote:".
func (t *talk) mailHead(l *line) bool {
	c := &t.r.chat
	bare := strings.TrimLeft(l.s, "> ")
	lead := len(l.s) - len(bare)
	if loc := c.from.FindStringSubmatchIndex(bare); loc != nil {
		sender := newHit(loc).held
		t.named(l, lead+sender.from, lead+sender.to, len(l.s))
		l.mail = true
		return true
	}
	if c.wrote.MatchString(bare) {
		l.stamp = t.r.stampIn(bare, t.at)
		name := c.writer(bare[l.stamp.to:])
		from := lead + strings.LastIndex(bare, name)
		if name == "" {
			from = lead
		}
		t.named(l, from, from+len(name), len(l.s))
		l.mail = true
		return true
	}
	if c.date.MatchString(bare) {
		l.skip = true
		if n := len(t.lines); n > 0 {
			t.dateOfMail(l)
		}
		return true
	}
	l.skip = c.skip.MatchString(bare)
	return l.skip
}

// dateOfMail gives the date in a mail's head to the line that names its sender.
func (t *talk) dateOfMail(l *line) {
	for i := range t.lines {
		m := &t.lines[i]
		if m == l {
			return
		}
		if m.mail && !m.stamp.ok && l.from-m.to < 400 {
			m.stamp = t.r.stampIn(l.s, t.at)
		}
	}
}

var dayMonthYear = regexp.MustCompile(`\b(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})\b`)

// longestHead is how far into a line its time is looked for, in bytes.
const longestHead = 160

// stampIn returns the first time in s that is a clock time or a day.
func (r *Reader) stampIn(s string, at time.Time) stamp {
	if len(s) > longestHead {
		s = s[:longestHead]
		for len(s) > 0 && !utf8.ValidString(s[max(0, len(s)-4):]) {
			s = s[:len(s)-1]
		}
	}
	if d, ok := numericDate(s, at); ok {
		rest := r.stampIn(s[d.to:], at)
		if rest.clock && rest.from < 6 {
			d.to += rest.to
			d.clock, d.phrase = true, rest.phrase
		}
		return d
	}
	var found stamp
	for _, p := range r.times.Find(s) {
		if !p.HasClock() && !p.HasDay() {
			continue
		}
		if !found.ok {
			found = stamp{ok: true, day: p.HasDay(), clock: p.HasClock(), from: p.Start, to: p.End, phrase: p}
			continue
		}
		if p.Start-found.to > 24 || found.clock {
			break
		}
		if p.HasClock() { // 2026年11月20日(星期五) 10:03
			found.phrase, found.clock, found.to = p.With(found.phrase), true, p.End
		}
	}
	return found
}

// numericDate reads 20/11/2026 and 11/20/26.
func numericDate(s string, at time.Time) (stamp, bool) {
	loc := dayMonthYear.FindStringSubmatchIndex(s)
	if loc == nil || loc[0] > 40 {
		return stamp{}, false
	}
	var n [3]int
	for i := range n {
		for _, c := range s[loc[2+2*i]:loc[3+2*i]] {
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	if n[2] < 100 {
		n[2] += 2000
	}
	var best time.Time
	for _, dm := range [][2]int{{n[0], n[1]}, {n[1], n[0]}} {
		d := time.Date(n[2], time.Month(dm[1]), dm[0], 0, 0, 0, 0, at.Location())
		if int(d.Month()) == dm[1] && d.Day() == dm[0] && !d.After(at) && d.After(best) {
			best = d
		}
	}
	return stamp{ok: true, day: true, from: loc[0], to: loc[1], date: best}, !best.IsZero()
}
