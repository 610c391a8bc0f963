package bot

import "time"

// ChatID identifies a conversation. It is the messenger's own number.
type ChatID int64

// MessageID identifies a message within a chat; 0 is none.
type MessageID int

// Update is one event as it comes from a messenger, with what is needed to
// apply it once and to answer it.
type Update struct {
	ID       int64 // the messenger's own id; the same update has the same id
	Chat     ChatID
	Message  MessageID // the message that the event is about, or 0
	Callback string    // what a button press is acknowledged by, or ""
	At       time.Time // when it happened
	Event    Event
}

// Event is something that happened in a chat: one of the types below.
type Event interface{ event() }

// Said is a text message. A command such as "/log 今天打了客服" has its name,
// without the slash and in lower case, in Command and the rest in Text.
type Said struct {
	Command     string
	Text        string
	Forwarded   bool
	ForwardedAt time.Time // when a forwarded text was first sent, zero for any other
}

// Pressed is the press of a button.
type Pressed struct{ Press Press }

// Garbled is the press of a button that no version of the bot has made.
type Garbled struct{}

// Edited is a message that the user changed after sending it: Input.Message
// says which, Text is the whole of its text or caption as it is now.
type Edited struct{ Text string }

// Sent is anything but text: a photo, a file, a sticker, a voice message.
type Sent struct {
	Kind        FileKind
	Caption     string
	File        File   // zero for what the bot keeps no file of
	Name        string // of the file where the user had it, "" if it has none
	Album       string // the same for all that was sent in one go, "" for one alone
	Forwarded   bool
	ForwardedAt time.Time // when it was first sent, zero unless forwarded
}

// File is a file that the messenger keeps.
type File struct {
	ID     FileID
	Unique string // the same whoever sends the file again
	Size   int64  // in bytes, 0 if the messenger does not say
	MIME   string // "" if the messenger does not say
}

// FileID is what a file is fetched by, and sent again by.
type FileID string

// FileKind says what was sent.
type FileKind string

// The kinds of things that are sent.
const (
	Photo    FileKind = "photo"
	Document FileKind = "document"
	Voice    FileKind = "voice"
	Sticker  FileKind = "sticker"
	Other    FileKind = "other"
)

// Returned is a user who had blocked the bot and has unblocked it.
type Returned struct{}

// Left is a user who blocked the bot, or a group that removed it.
type Left struct{}

// Grouped is a message in a group or a channel, where the bot does not work.
type Grouped struct{}

// Woken is the moment of a [Wake] that was set earlier, which is gone now.
type Woken struct {
	Why string
	Due time.Time // when it was to be; it is later where the bot was not running
}

// Overdue says that unasked messages of the chat wait for so long already, since
// the messenger could not be reached, that what they say is not true any more.
// Input.Missed says which.
type Overdue struct{}

// Hashed answers a [Fetch]. Input.Record is the record it was for.
type Hashed struct {
	Case   int
	Seq    int
	SHA256 string // in lower-case hex, "" with Err
	Err    bool   // the file cannot be fetched, now or later
}

// Ignored is an update that the bot knows of and passes over.
type Ignored struct{}

func (Said) event()     {}
func (Pressed) event()  {}
func (Garbled) event()  {}
func (Edited) event()   {}
func (Sent) event()     {}
func (Returned) event() {}
func (Left) event()     {}
func (Grouped) event()  {}
func (Woken) event()    {}
func (Overdue) event()  {}
func (Hashed) event()   {}
func (Ignored) event()  {}

// Input is one event with what Step may look at besides the case.
type Input struct {
	At      time.Time // when it happened, in the zone of the user
	Event   Event
	Message MessageID // that the event is about, 0 for none

	Quiet     string        // the quiet hours of the chat, "" where none were set
	Rate      float64       // answers a second that the user gets, with bursts of 20; 0 is no limit
	Retention time.Duration // how long an untouched chat is kept; 0: until it is deleted
	Wordings  int           // requests for a better wording that a chat may make a day; 0: no language model is there, -1: no limit

	Recent []Record // the records that Wants asked for, newest first
	These  []Record // those it asked for by number, as far as they exist
	Cases  []Case   // the other cases of the chat, if it asked for them, oldest first

	Reminders []Placed // those that Wants asked for
	Missed    []Woken  // the wakes whose unasked messages were not sent yet, of a user who had blocked the bot or if Wants asked for them

	Record Record // of Hashed: the record it is for; Seq is 0 if there is none
}
