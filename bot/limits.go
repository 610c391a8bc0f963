package bot

import (
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/screen"
)

// What one chat may have. The caps are far beyond what anybody needs for a stuck
// withdrawal; they keep one who means harm from filling the disk of all others.
// Up to a cap everything is kept, and whoever reaches it is told.
const (
	maxText  = 10_000  // characters of one message; Telegram's own limit is 4096
	maxWords = 4 << 20 // bytes of all words and entries together
	maxFiles = 1000
	maxCases = 50

	entrySize = 64 // bytes that an entry counts for besides its words
)

// How fast one chat is answered. The rate is Input.Rate.
const (
	answerBurst = 20  // answers at once after a pause
	maxFlood    = 300 // messages and presses in a floodTime, beyond which none is answered
	floodTime   = 10 * time.Minute

	wakeAnswer = "answer" // the wake at which what was not answered is
)

// Use is how much of what a chat may have is used up, and how fast it goes on.
// It belongs to the chat and goes with the case that is open.
//
// It stands in the case, and not in the memory of the lane, so that what decides
// is the same as everything else that decides: a function of what is committed.
// A restart forgives nobody, a message that comes again is counted once, and the
// answer that covers all that were left out is promised in the transaction that
// leaves them out. The time is that of the messages, so those that waited while
// the bot was down are judged by when they were written.
type Use struct {
	Words int   // bytes of words and entries kept
	Files int   // files kept
	Last  int64 // when something came last, in Unix milliseconds
	Whole int64 // when all answers of a burst can be given again, the same
	Since int64 // when the present floodTime began, the same
	Count int   // what came in it
	Owed  int   // of all that came what is not answered yet
}

// trim cuts what is longer than can be kept, and reports whether it had to.
func (t *turn) trim() bool {
	var cut bool
	switch e := t.in.Event.(type) {
	case Said:
		e.Text, cut = trimmed(e.Text)
		t.in.Event = e
	case Edited:
		e.Text, cut = trimmed(e.Text)
		t.in.Event = e
	case Sent:
		e.Caption, cut = trimmed(e.Caption)
		t.in.Event = e
	}
	return cut
}

// trimmed returns the first maxText characters of text, and whether there are more.
func trimmed(text string) (string, bool) {
	if len(text) <= maxText || utf8.RuneCountInString(text) <= maxText {
		return text, false
	}
	return string([]rune(text)[:maxText]), true
}

// spend counts what this turn keeps. What goes beyond a cap is not kept and
// changes nothing, which the user is told; a danger is answered all the same.
func (t *turn) spend(before Case) {
	words, files := entrySize*len(t.fx.Changed), 0
	for _, r := range t.fx.Records {
		words += entrySize + len(r.Text)
		for _, p := range r.Parts {
			words += len(p.Value)
		}
		if r.Exhibit.ID != "" {
			files++
		}
	}
	if words == 0 || t.fx.Forget {
		return
	}
	t.c.Use.Words += words
	t.c.Use.Files += files
	switch {
	case !fromUser(t.in.Event): // what time brings about is not the user's doing
	case files > 0 && t.c.Use.Files > maxFiles:
		t.refuse(before, t.say("limit.files", "n", number(maxFiles)))
	case t.c.Use.Words > maxWords:
		t.refuse(before, t.say("limit.words"))
	}
}

// refuse undoes this turn, but for what answers a danger, and says why.
func (t *turn) refuse(before Case, why string) {
	var urgent []Message
	if t.danger() {
		urgent = t.fx.Messages
	}
	t.undo(before)
	t.fx.Messages = urgent
	t.tell(why)
}

// danger reports whether a danger was found in the words of this turn.
func (t *turn) danger() bool { return t.fx.Flag != screen.None && t.fx.Flag != "" }

// undo leaves of this turn what was found in the words, and that the user was here.
func (t *turn) undo(before Case) {
	touched := t.c.Touched
	t.c = before.Clone()
	if t.c.Number > 0 {
		t.c.Touched = touched
	}
	t.fx = Effects{Flag: t.fx.Flag, Delete: t.fx.Delete}
}

// meter counts what the user does and withholds answers that come too fast: all
// that was withheld is answered at once, as soon as the rate allows. Beyond
// maxFlood nothing is answered until the ten minutes are over, after one
// warning. Windows of ten minutes begin with the first message after the last
// one: that costs two numbers, where an exact look back costs three hundred.
func (t *turn) meter(before Case) {
	if t.in.Rate <= 0 || t.c.Number == 0 || t.fx.Forget || !counted(t.in.Event) {
		return
	}
	u := &t.c.Use
	now := u.come(t.in.At.UnixMilli(), t.in.Rate)
	switch {
	case u.Count == maxFlood+1:
		u.Owed++
		t.withhold(before, true)
		t.tell(t.say("limit.muted", "n", number(maxFlood), "time", u.over().In(t.in.At.Location()).Add(time.Minute).Format("15:04")))
		t.answerAt(u.over())
	case u.Count > maxFlood && t.fx.Flag == screen.SelfHarm && u.allows(now+answerBurst*interval(t.in.Rate), t.in.Rate):
		u.take(now, t.in.Rate) // which has a burst of its own
	case u.Count > maxFlood:
		u.Owed++
		t.withhold(before, false)
	case len(t.fx.Messages) == 0:
	case u.allows(now, t.in.Rate):
		u.take(now, t.in.Rate)
		t.settleOwed()
	default:
		u.Owed++
		t.withhold(before, true)
		if u.Owed == 1 {
			t.answerAt(u.next(now, t.in.Rate))
		}
	}
}

// counted reports whether an event is something that a user does.
func counted(e Event) bool {
	_, back := e.(Returned)
	return fromUser(e) && !back
}

// settleOwed says with an answer that is given what was withheld before it.
func (t *turn) settleOwed() {
	if owed := t.c.Use.Owed; owed > 0 {
		t.c.Use.Owed = 0
		t.fx.Messages = append([]Message{{Text: t.say("limit.caught_up", "n", number(owed))}}, t.fx.Messages...)
		t.fx.Unwake = append(t.fx.Unwake, wakeAnswer)
	}
}

// withhold keeps back the answers to this turn, but warnings of a danger where
// they are to be given. A warning that nobody has seen was not given. Work that is
// only for an answer is not begun.
func (t *turn) withhold(before Case, warn bool) {
	if warn && t.danger() {
		return
	}
	t.fx.Messages = nil
	if t.c.Number == before.Number {
		t.c.Flags = before.Clone().Flags
	}
	if len(t.fx.Orders) > 0 && len(t.fx.Records) == 0 {
		use := t.c.Use
		t.undo(before)
		t.c.Use = use
	}
}

// answerAt sets when what was withheld is answered.
func (t *turn) answerAt(at time.Time) {
	t.fx.Wakes = append(t.fx.Wakes, Wake{At: at, Why: wakeAnswer})
}

// answerOwed answers all that was withheld: it says that everything is kept, and
// shows where things stand.
func (t *turn) answerOwed() {
	u := &t.c.Use
	owed := u.Owed
	if owed == 0 {
		return
	}
	u.Owed = 0
	if t.in.Rate > 0 {
		u.take(t.in.At.UnixMilli(), t.in.Rate)
	}
	t.fresh = true
	t.addLead(t.say("limit.caught_up", "n", number(owed)))
	t.show()
}

// putOff has a wake come again when the ten minutes of a flood are over, and
// reports whether that is so.
func (t *turn) putOff(e Woken) bool {
	u := t.c.Use
	if t.in.Rate <= 0 || u.Count <= maxFlood || !t.in.At.Before(u.over()) {
		return false
	}
	t.fx.Wakes = append(t.fx.Wakes, Wake{At: u.over(), Why: e.Why})
	return true
}

// skew is how many milliseconds the clock of the messenger, which dates messages,
// and ours, which dates presses, may be apart.
const skew = int64(5 * time.Minute / time.Millisecond)

// come counts something that came at the time at, and returns when that is: not
// before the last. A time that lies far ahead is that of a clock that was wrong,
// and is forgotten.
func (u *Use) come(at int64, rate float64) (now int64) {
	if ahead := u.Last - at; ahead > 0 && ahead <= skew {
		at = u.Last
	}
	u.Last = at
	if u.Whole > at+2*answerBurst*interval(rate) {
		u.Whole = at
	}
	if past := at - u.Since; past < 0 || past >= floodTime.Milliseconds() {
		u.Since, u.Count = at, 0
	}
	u.Count++
	return at
}

// over returns when the present ten minutes end.
func (u *Use) over() time.Time { return time.UnixMilli(u.Since).Add(floodTime) }

// interval returns how many milliseconds lie between answers at a rate.
func interval(rate float64) int64 { return max(int64(1000/rate), 1) }

// next returns the first moment, now or later, at which an answer is due.
func (u *Use) next(now int64, rate float64) time.Time {
	return time.UnixMilli(max(now, u.Whole-(answerBurst-1)*interval(rate)))
}

// allows reports whether an answer may be given now.
func (u *Use) allows(now int64, rate float64) bool { return u.next(now, rate).UnixMilli() <= now }

// take notes an answer.
func (u *Use) take(now int64, rate float64) { u.Whole = max(u.Whole, now) + interval(rate) }
