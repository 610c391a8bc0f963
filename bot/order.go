package bot

import "time"

// Order asks for work that takes long, such as a file to be made or a letter to
// be worded. It is done beside the lanes and comes back as [Made], once,
// whatever happens to the process until then; [Progress] may come before.
type Order struct {
	Name string // 1 to 64 bytes; a chat has one of each name, and ordering again replaces it
	Kind OrderKind
	Case int    // that the work is about, 0 for the case that Step returns
	Args string // whatever the work needs besides the case, and what comes after it; at most 64 KiB
}

// OrderKind says what is to be made. Orders outlive the process: a value is
// never changed.
type OrderKind string

// The kinds of orders.
const (
	OrderPack     OrderKind = "pack"     // the evidence pack
	OrderPicture  OrderKind = "picture"  // the timeline and the ladder as a picture
	OrderLetter   OrderKind = "letter"   // a letter as a document
	OrderCalendar OrderKind = "calendar" // reminders as an iCalendar file
	OrderWording  OrderKind = "wording"  // a letter, worded by a language model
)

// Attachment is a file on this machine that goes out with a message, whose text
// is then its caption: at most 1024 characters. It is deleted when the message
// is delivered. The zero Attachment is none.
type Attachment struct {
	Path  string // within the folder in which files are made; of the file itself where a Sender gets it
	Name  string // under which the user sees it
	Size  int64  // in bytes
	Photo bool   // shown in the chat, rather than offered as a file
}

// Made ends an [Order].
type Made struct {
	Order Order
	Files []Attachment
	Text  string   // what was worded
	Notes []string // what the maker has to say about it, for Step alone
	Err   string   // why nothing was made, in a word; "" if all is well
}

// ErrMade is the Err of an order whose maker failed for no reason of the order's.
const ErrMade = "failed"

// Progress tells how far the work on an [Order] is. It comes at most every few
// seconds.
type Progress struct {
	Order       Order
	Done, Total int
	Since       time.Time // when the order was given
}

func (Made) event()     {}
func (Progress) event() {}

// made takes in what became of an order.
func (t *turn) made(m Made) {
	switch m.Order.Kind {
	case OrderLetter:
		t.letterMade(m)
	case OrderWording:
		t.worded(m)
	case OrderCalendar:
		t.calendarMade(m)
	case OrderPack, OrderPicture:
		t.exported(m)
	}
}

// making takes in how far the work on an order is.
func (t *turn) making(p Progress) {
	switch p.Order.Kind {
	case OrderPack, OrderPicture:
		t.exporting(p)
	}
}
