package contact

import "strings"

// nameless makes turns of lines that begin with a clock time and no name and
// colon: of "14:02 name message" if one of the names is known, and of
// "14:02 message" if one of the messages sounds like somebody who answers.
func (t *talk) nameless() {
	leads, named, theirs := 0, false, false
	for i := range t.lines {
		l := &t.lines[i]
		if !l.lead {
			continue
		}
		leads++
		l.stamp = t.r.stampIn(l.s, t.at)
		name, _ := t.firstWord(l)
		named = named || t.r.chat.role(name) != Unknown
		theirs = theirs || t.r.chat.voice(l.s) > 0
	}
	if leads < 3 || !theirs && !named {
		return
	}
	for i := range t.lines {
		l := &t.lines[i]
		switch {
		case l.lead:
			t.lead(l, named)
		case l.only && !l.stamp.clock:
			t.day = l.stamp.of(t.at, t.day)
		default:
			t.add(l)
		}
	}
	t.voiced = len(t.turns) > 1 && !named
}

// lead begins a turn at a line that begins with a time.
func (t *talk) lead(l *line, named bool) {
	if name, body := t.firstWord(l); named && name != "" {
		from := strings.Index(l.s[l.stamp.to:], name) + l.stamp.to
		t.named(l, from, from+len(name), body)
		t.start(l, l.name)
		return
	}
	a, _ := l.text.Span(l.stamp.to, len(l.s))
	l.body = l.from + a
	t.start(l, "")
}

// firstWord returns the word behind the time of a line, if it may be a name and
// a message follows, and where in the folded line the message begins.
func (t *talk) firstWord(l *line) (string, int) {
	rest := strings.TrimLeft(l.s[l.stamp.to:], closers)
	name, message, ok := strings.Cut(rest, " ")
	if !ok || strings.TrimSpace(message) == "" || !t.r.chat.mayBeName(name) {
		return "", 0
	}
	return name, len(l.s) - len(message)
}
