package walk

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tixianbot/bot"
)

// Walker is a user who says and presses whatever comes to mind.
type Walker struct {
	*World
	Words []string       // what it says
	Sent  []bot.Message  // what the bot said, oldest first; edits replace
	Last  bot.Event      // what it did last
	Press bot.Button     // the button, where Last is a press
	Tried map[string]int // how often each button was pressed; shared among walkers, it makes them curious

	Seeks  []bot.Act // buttons that it mostly presses where it sees them, the first most
	Albums bool      // it sends albums too, and writes beside its pictures

	rand    *rand.Rand
	slots   map[bot.Slot]int
	pressed int // index of the message whose button was pressed, -1 for none
	files   int
}

// NewWalker returns a user of the chat w who says words, and always the same
// things with the same seed.
func NewWalker(w *World, words []string, seed uint64) *Walker {
	return &Walker{World: w, Words: words, Tried: make(map[string]int), rand: rand.New(rand.NewPCG(seed, 1)), slots: make(map[bot.Slot]int), pressed: -1}
}

// Step does one thing, waits a while, and lets what is due by then happen.
// seen is told of each event with what the bot did.
func (w *Walker) Step(seen func(bot.Event, bot.Effects)) {
	w.Now = w.Now.Add(time.Duration(w.rand.IntN(100)*w.rand.IntN(60)) * time.Minute)
	w.rest(seen)
	w.Last = w.choose()
	w.do(w.Last, seen)
	if e, ok := w.Last.(bot.Sent); ok && e.Album != "" {
		for range w.rand.IntN(mostInAlbum) {
			w.do(w.fileOf(e.Album), seen)
		}
	}
	w.Now = w.Now.Add(time.Minute)
	w.rest(seen)
}

// rest lets what is due happen.
func (w *Walker) rest(seen func(bot.Event, bot.Effects)) {
	w.pressed = -1
	for len(w.Fetches) > 0 {
		f := w.Fetches[0]
		w.Fetches = w.Fetches[1:]
		w.do(bot.Hashed{Case: f.Case, Seq: f.Seq, SHA256: fmt.Sprintf("%064x", w.rand.Uint64())}, seen)
	}
	for made, ok := w.Work(); ok; made, ok = w.Work() {
		if w.rand.IntN(4) == 0 {
			made = bot.Made{Order: made.Order, Err: bot.ErrMade}
		}
		w.do(bot.Progress{Order: made.Order, Done: 1, Total: 2, Since: w.Now}, seen)
		w.do(made, seen)
	}
	now := w.Now
	for wake, ok := w.Next(now); ok; wake, ok = w.Next(now) {
		w.do(bot.Woken{Why: wake.Why, Due: wake.At}, seen)
	}
}

func (w *Walker) do(e bot.Event, seen func(bot.Event, bot.Effects)) {
	fx := w.Do(e)
	for _, m := range fx.Messages {
		w.deliver(m)
	}
	seen(e, fx)
}

// deliver shows a message as a messenger would.
func (w *Walker) deliver(m bot.Message) {
	at, known := w.slots[m.Slot]
	if m.Slot != bot.SlotNone && m.Replace && m.File.Path == "" && known && (w.pressed < 0 || at == w.pressed) {
		w.Sent[at] = m
		return
	}
	if m.Slot != bot.SlotNone {
		w.slots[m.Slot] = len(w.Sent)
	}
	w.Sent = append(w.Sent, m)
}

// choose returns what the user does next: mostly the press of a button.
func (w *Walker) choose() bot.Event {
	w.pressed = -1
	switch n := w.rand.IntN(12); {
	case n < 3 || len(w.Sent) == 0:
		return bot.Said{Text: w.say()}
	case n == 3:
		return w.command()
	case n == 4 && w.rand.IntN(2) == 0:
		return w.file()
	case n == 5 && w.rand.IntN(4) == 0:
		return bot.Said{Text: w.say(), Forwarded: true, ForwardedAt: w.Now.Add(-time.Hour)}
	case n == 6 && w.rand.IntN(8) == 0:
		return bot.Edited{Text: w.say()}
	}
	if press, ok := w.button(); ok {
		return press
	}
	return bot.Said{Text: w.say()}
}

func (w *Walker) say() string { return w.Words[w.rand.IntN(len(w.Words))] }

// command returns a command of the menu, some with words.
func (w *Walker) command() bot.Event {
	all := bot.Introduce(w.Pack).Commands
	c := bot.Said{Command: all[w.rand.IntN(len(all))].Name}
	if c.Command == "log" || w.rand.IntN(8) == 0 {
		c.Text = w.say()
	}
	return c
}

// mostInAlbum is how many pieces an album has at most.
const mostInAlbum = 10

// file sends a picture, a file or something else, alone or as the first of an
// album.
func (w *Walker) file() bot.Event {
	if w.Albums && w.rand.IntN(3) == 0 {
		return w.fileOf(fmt.Sprintf("album%d", w.files))
	}
	return w.fileOf("")
}

func (w *Walker) fileOf(album string) bot.Sent {
	kinds := []bot.FileKind{bot.Photo, bot.Photo, bot.Document, bot.Voice, bot.Sticker, bot.Other}
	if album != "" {
		kinds = kinds[:2]
	}
	w.files++
	id := fmt.Sprintf("file%d", w.files)
	return bot.Sent{
		Kind: kinds[w.rand.IntN(len(kinds))], Caption: w.caption(), Album: album,
		File: bot.File{ID: bot.FileID(id), Unique: id, Size: 80_000},
	}
}

// caption returns words beside a picture: most have none.
func (w *Walker) caption() string {
	if !w.Albums {
		return ""
	}
	e := w.Pack.Evidence
	k := e.Kinds[w.rand.IntN(len(e.Kinds))]
	switch n := w.rand.IntN(8); {
	case n < 2 && len(k.Says) > 0:
		return k.Says[w.rand.IntN(len(k.Says))]
	case n == 2:
		return e.Papers.Finds[w.rand.IntN(len(e.Papers.Finds))]
	case n == 3:
		return w.say()
	default:
		return ""
	}
}

// button presses a button, mostly of the newest messages.
func (w *Walker) button() (bot.Event, bool) {
	i := len(w.Sent) - 1 - min(w.rand.IntN(3)*w.rand.IntN(3), len(w.Sent)-1)
	var all []bot.Button
	for _, row := range w.Sent[i].Buttons {
		all = append(all, row...)
	}
	if len(all) == 0 {
		return nil, false
	}
	w.pressed, w.Press = i, all[w.rand.IntN(len(all))]
	sought := w.sought(all)
	switch n := w.rand.IntN(4); {
	case n > 0 && sought >= 0:
		w.Press = all[sought]
	case n > 1:
		w.Press = w.least(all)
	}
	w.Tried[name(w.Press)]++
	return bot.Pressed{Press: w.Press.Press}, true
}

// sought returns the index of the button that the walker seeks most, -1 for none.
func (w *Walker) sought(all []bot.Button) int {
	for _, act := range w.Seeks {
		if i := slices.IndexFunc(all, func(b bot.Button) bool { return b.Press.Act == act }); i >= 0 {
			return i
		}
	}
	return -1
}

// least returns the button that was pressed the fewest times.
func (w *Walker) least(all []bot.Button) bot.Button {
	return slices.MinFunc(all, func(a, b bot.Button) int { return w.Tried[name(a)] - w.Tried[name(b)] })
}

// name tells one button from another, in whatever case, at whatever time and of
// whatever record.
func name(b bot.Button) string {
	return string(b.Press.Act) + " " + strings.TrimLeft(b.Press.Arg, "0123456789")
}
