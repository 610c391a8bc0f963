package contact

import (
	"strings"
	"time"
)

// Who says whose words a turn holds.
type Who string

// Who speaks in a conversation.
const (
	Me      Who = "me"
	Them    Who = "them" // a person of the platform, the bank, the authority
	Bot     Who = "bot"  // an automaton or the system
	Unknown Who = "unknown"
)

// A Turn is one message of a conversation.
type Turn struct {
	Who      Who
	Name     string    // as written, "" where none stands there
	At       time.Time // zero if the conversation does not say
	Rough    bool      // At is the day, or the time of an earlier turn
	From, To int       // bytes of the text: the message without its head
}

// Chat returns the turns of a pasted conversation, in the order of the text. A
// text in which no turns are marked is one turn: a single message. at says when
// it was pasted and carries the user's zone.
func (r *Reader) Chat(text string, at time.Time) []Turn {
	t := r.talk(text, at)
	if !t.sound() {
		return r.single(clipped(text))
	}
	return t.turns
}

// IsChat reports whether text is a pasted conversation and not the user's own
// account of one.
func (r *Reader) IsChat(text string) bool {
	return r.talk(text, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)).sound()
}

// single returns text as one turn, whose speaker only its voice tells.
func (r *Reader) single(text string) []Turn {
	from := len(text) - len(strings.TrimLeft(text, " \n\t\r"))
	to := from + len(strings.TrimRight(text[from:], " \n\t\r"))
	if from == to {
		return nil
	}
	return []Turn{{Who: r.chat.whose(r.fold.Fold(text).String()), From: from, To: to}}
}

// talk is a text that is taken apart into turns.
type talk struct {
	r     *Reader
	text  string
	at    time.Time
	lines []line
	names map[string]int // how often a name stands before a colon, or with a time
	alone map[string]int // how often a known name stands alone on a line
	turns []Turn

	stamped, mails int // heads with a time, of mails

	day   time.Time // the day that stands above, zero for none
	last  time.Time // the time of the turn before
	begun bool
	bares int  // how many lines hold a name and a colon and nothing else
	known bool // one of these names is known

	voiced bool // there are no names: who speaks is told by the voice alone
}

func (r *Reader) talk(text string, at time.Time) *talk {
	t := &talk{r: r, text: clipped(text), at: at, names: map[string]int{}, alone: map[string]int{}}
	t.split()
	t.count()
	t.build()
	if len(t.turns) == 0 {
		t.nameless()
	}
	t.name()
	return t
}

// sound reports whether the heads that were found make a conversation.
func (t *talk) sound() bool {
	if t.voiced || t.mails > 0 && len(t.turns) > 0 {
		return true
	}
	if len(t.turns) < 2 {
		return false
	}
	speakers, known := map[string]bool{}, false
	for _, turn := range t.turns {
		speakers[turn.Name] = true
		known = known || t.r.chat.role(t.folded(turn.Name)) != Unknown
	}
	return len(speakers) > 1 && (known || t.stamped > 1 || len(t.turns) > 3) || known && t.stamped > 1
}

func (t *talk) folded(name string) string {
	return strings.TrimSpace(t.r.fold.Fold(name).String())
}

// build makes turns of the lines.
func (t *talk) build() {
	for i := 0; i < len(t.lines); i++ {
		l := &t.lines[i]
		switch {
		case l.skip:
		case l.mail:
			t.mails++
			t.start(l, l.name)
		case l.name != "" && t.speaks(l):
			t.start(l, l.name)
		case l.only && !l.stamp.clock:
			t.day = l.stamp.of(t.at, time.Time{})
		case l.only && t.stampBehind(i):
		case l.only:
			i += t.stampAlone(i)
		case l.alone && t.aloneCounts(l) && !t.stampFollows(i):
			t.start(l, t.text[l.from:l.to])
		default:
			t.add(l)
		}
	}
}

// speaks reports whether the name before a colon or beside a time is a speaker.
func (t *talk) speaks(l *line) bool {
	if l.stamp.ok {
		return true
	}
	if l.bare && t.known && t.bares > 1 {
		return true
	}
	return t.r.chat.role(t.folded(l.name)) != Unknown || t.names[t.folded(l.name)] > 1 && t.repeated() > 1
}

// repeated returns how many names stand before a colon more than once.
func (t *talk) repeated() int {
	n := 0
	for _, times := range t.names {
		if times > 1 {
			n++
		}
	}
	return n
}

// aloneCounts reports whether a known name alone on its line is a head.
func (t *talk) aloneCounts(l *line) bool { return len(t.alone) > 1 && t.alone[l.s] > 0 }

func (t *talk) stampFollows(i int) bool {
	return i+1 < len(t.lines) && t.lines[i+1].only && t.lines[i+1].stamp.clock
}

// stampBehind gives the time that stands alone on line i to the turn above it,
// if that turn has none and another begins below.
func (t *talk) stampBehind(i int) bool {
	n := len(t.turns)
	if n == 0 || t.bares < 2 || !t.turns[n-1].At.IsZero() && !t.turns[n-1].Rough || t.turns[n-1].From == t.turns[n-1].To {
		return false
	}
	if i+1 < len(t.lines) && !t.lines[i+1].bare {
		return false
	}
	t.turns[n-1].At, t.turns[n-1].Rough = t.clock(t.lines[i].stamp)
	t.stamped++
	return true
}

// stampAlone begins a turn at the time that stands alone on line i. The name
// stands on the line below it, or else above it. It returns how many lines
// below i were taken.
func (t *talk) stampAlone(i int) int {
	l := &t.lines[i]
	first := i == 0 || t.lines[0].only && t.lines[0].stamp.clock
	if i+1 < len(t.lines) {
		next := &t.lines[i+1]
		known := next.alone
		if known || first && next.nameLike {
			t.startAt(l, next, next.s)
			return 1
		}
	}
	if i > 0 && (t.lines[i-1].nameLike || t.lines[i-1].alone) && !first {
		t.dropLast(&t.lines[i-1])
		above := t.lines[i-1]
		t.startAt(l, l, t.text[above.from:above.to])
		return 0
	}
	t.startAt(l, l, "")
	return 0
}

// dropLast takes the line that turned out to be a name off the turn before.
func (t *talk) dropLast(l *line) {
	if n := len(t.turns); n > 0 && t.turns[n-1].To == l.to {
		last := &t.turns[n-1]
		last.To = max(last.From, l.from)
		body := strings.TrimRight(t.text[last.From:last.To], " \n\t\r")
		last.To = last.From + len(body)
	}
}

func (t *talk) start(l *line, name string) { t.startAt(l, l, name) }

// startAt begins a turn with the time of l and the name of below; its message
// begins behind the head of below.
func (t *talk) startAt(l, below *line, name string) {
	t.close()
	turn := Turn{Name: t.written(below, name), Who: Unknown}
	if l != below && below.name == "" {
		turn.Name = strings.TrimSpace(t.text[below.from:below.to])
	}
	turn.At, turn.Rough = t.clock(l.stamp)
	if l.stamp.ok {
		t.stamped++
	}
	turn.From, turn.To = below.body, below.body
	t.turns = append(t.turns, turn)
	t.begun = true
	if below.body < below.to {
		t.grow(below.body, below.to)
	}
}

// written returns the name of a line as it was written.
func (t *talk) written(l *line, name string) string {
	if l.name != "" && name == l.name {
		return l.name
	}
	if name == "" {
		return ""
	}
	return strings.TrimSpace(name)
}

// clock returns when a turn with stamp s was said.
func (t *talk) clock(s stamp) (time.Time, bool) {
	switch {
	case s.ok && s.clock:
		at := s.of(t.at, t.day)
		if s.day {
			t.day = at
		}
		if !t.last.IsZero() && at.Before(t.last) && !s.day && t.last.Sub(at) > 12*time.Hour {
			at = at.AddDate(0, 0, 1)
			t.day = at
		}
		t.last = at
		return at, false
	case s.ok:
		t.day = s.of(t.at, time.Time{})
		return t.day, true
	case !t.last.IsZero():
		return t.last, true
	default:
		return t.day, !t.day.IsZero()
	}
}

// add gives a line to the turn that is open.
func (t *talk) add(l *line) {
	if t.begun && strings.TrimSpace(t.text[l.from:l.to]) != "" {
		t.grow(l.from, l.to)
	}
}

func (t *talk) grow(from, to int) {
	last := &t.turns[len(t.turns)-1]
	body := strings.TrimSpace(t.text[from:to])
	if body == "" {
		return
	}
	start := from + strings.Index(t.text[from:to], body)
	if last.From == last.To {
		last.From = start
	}
	last.To = start + len(body)
}

// close drops the turn that is open if nothing was said in it.
func (t *talk) close() {
	if n := len(t.turns); n > 0 && t.turns[n-1].From == t.turns[n-1].To {
		t.turns = t.turns[:n-1]
	}
}
