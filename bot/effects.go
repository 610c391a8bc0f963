package bot

import (
	"time"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/screen"
)

// Effects are what the caller must bring about after Step, all of it in one
// transaction with the case, or none.
type Effects struct {
	Messages []Message // to be sent, in this order
	Records  []Record  // to be added to the case
	Changed  []Amended // to be written over records that there are
	Wakes    []Wake    // to come back as Woken
	Unwake   []string  // the Why of wakes that are not to come, before Wakes are set
	Fetch    []Fetch   // to come back as Hashed
	Orders   []Order   // to come back as Made
	Drop     []string  // names of orders that are not wanted any more, before Orders are given
	Toast    string    // shown with the acknowledgement of a button press
	Delete   bool      // delete the message that the event was about: it held a secret
	Zone     string    // the time zone of the chat from now on, "" leaves it: see LoadZone
	Quiet    string    // the quiet hours of the chat from now on, "" leaves them
	Recall   []string  // the Why of wakes whose unasked messages, if they wait still, are not to be sent
	Forget   bool      // erase everything of the chat, then send Messages

	Ask  fact.Name   // the fact that the open question asks, "" if none is open
	Flag screen.Flag // what the screening of the user's words found
}

// Amended is a record that is written over the one with its number.
type Amended struct {
	Case   int // that the record belongs to, 0 for the case that Step returns
	Record Record
}

// Wake asks to be called at a moment, with a [Woken], once, whatever happens to
// the process until then. A chat has one wake for each Why: setting it again
// moves it, also to an earlier time.
type Wake struct {
	At  time.Time
	Why string // at most 64 bytes
}

// Fetch asks for the hash of a file that a record names, with a [Hashed]. A
// record has one at a time.
type Fetch struct {
	Case int // that the record belongs to, 0 for the case that Step returns
	Seq  int // of the record
	File FileID
}

// Slot names a message that is replaced in place while the user presses
// buttons. A message without a slot is sent once and never touched again.
type Slot string

// The slots.
const (
	SlotNone   Slot = ""
	SlotScreen Slot = "screen" // the question or the answer that is open
	SlotAlbum  Slot = "album"  // the evidence that came last, or that is being looked at
	SlotCard   Slot = "card"   // the case card
)

// Message is something the bot says.
type Message struct {
	Slot    Slot
	Replace bool   // edit the slot's message in place if there is one, else send
	Text    string // in the markup of package markup
	Buttons [][]Button
	Rings   Woken      // of an unasked message, the wake that it is about: it goes out behind answers
	File    Attachment // goes with it; such a message replaces none
}

// Button is a key under a message.
type Button struct {
	Label string
	Press Press
}

// Press is what a button means. It says for which case and which screen it was
// made, so that an old button can be told from a present one.
type Press struct {
	Case int // number of the case, 0 for a button that no case owns
	Rev  int // revision of the screen, 0 for a button that never grows old
	Act  Act
	Arg  string // ASCII, at most 40 bytes
}

// Act is the kind of a press. The values are stored in messages that stay in
// chats for years: never change one.
type Act string
