package bot

import "time"

// RecordKind says what a record is.
type RecordKind string

// The kinds of records.
const (
	RecordMessage    RecordKind = "message"    // the user's own account, in words
	RecordAnswer     RecordKind = "answer"     // an answer to a question, in words
	RecordQuestion   RecordKind = "question"   // a side question, or a wish; About: the article that answered it, "export" or "draft" where a pack or a letter was asked for, or "" for none
	RecordNote       RecordKind = "note"       // what the user asked to be noted, in which no contact was found
	RecordContact    RecordKind = "contact"    // a contact with the platform; Parts say with whom and what came of it
	RecordStep       RecordKind = "step"       // a step of a checklist that the user ticked
	RecordStage      RecordKind = "stage"      // the case moved to another stage
	RecordGap        RecordKind = "gap"        // About: an article that did not help
	RecordPasted     RecordKind = "pasted"     // a conversation, or a piece of one, that the user pasted or forwarded
	RecordCorrection RecordKind = "correction" // words that correct the record Of
	RecordEvidence   RecordKind = "evidence"   // a picture or a file; About: its kind
	RecordPaid       RecordKind = "paid"       // money arrived; Parts say how much
	RecordReminder   RecordKind = "reminder"   // a reminder, or words about one; About: its reason; struck once it has come or was dropped
	RecordLetter     RecordKind = "letter"     // a letter that was sent; About: its kind
	RecordDraft      RecordKind = "draft"      // a version of a letter, the user's own words or a language model's; About: its kind
)

// Record is one entry of a case that is kept for good, under its number. The
// words of the user stay as they were written: what was read from them, and
// what the user corrected, stands beside them.
type Record struct {
	Seq     int // 1 is the first of the case
	Kind    RecordKind
	At      time.Time // when it happened, as far as it is known
	Rough   bool      // At is the day, not the time of day
	ToldAt  time.Time // when the bot learned of it
	Text    string    // the user's words after the store mask, or ""
	About   string    // the id of what the entry is about: a fact, a step, a stage, a kind of evidence
	Of      int       // the record whose text Parts are read from, or which this one corrects; 0: its own
	Message MessageID // the message it came with, 0 for none: by it an edit finds its record
	Parts   []Part    // what was read from the words
	Exhibit Exhibit   // of a record of evidence: what was sent
	Struck  time.Time // when the user struck it out; zero: it stands
	Was     []Was     // what was corrected, oldest first
}

// Part is something that was read from a record's words, or that the user put
// in its place.
type Part struct {
	Name  PartName
	Value string // the words, or a time, a day, a channel in their written form
	From  int    // the bytes From..To of the text of the record In; 0..0 when a button said it
	To    int
	In    int // number of the record whose text that is
}

// PartName names a part of a record.
type PartName string

// The parts.
const (
	PartChannel PartName = "channel" // id of a way to reach somebody: channels.yaml
	PartAgent   PartName = "agent"   // staff number or name of who answered
	PartSaid    PartName = "said"    // what was said
	PartPromise PartName = "promise" // what was promised, in the words used
	PartDue     PartName = "due"     // until when: RFC 3339
	PartRule    PartName = "rule"    // of a reminder that comes again: how often, see when.ParseRule
	PartNote    PartName = "note"    // of a reminder: of what
	PartExact   PartName = "exact"   // of a reminder: its very time of day was named
	PartSince   PartName = "since"   // of a reminder of a legal period: the day on which that began, RFC 3339
	PartTicket  PartName = "ticket"  // number of a ticket or complaint
	PartAmount  PartName = "amount"  // decimal
	PartShows   PartName = "shows"   // one thing that is on a screenshot: address, time, balance, code, stage
	PartText    PartName = "text"    // what the words were corrected to as a whole
	PartLetter  PartName = "letter"  // the text of a letter, where it is not the words of the record
	PartVersion PartName = "version" // of a letter: its kind, language, tone and length
	PartWriter  PartName = "writer"  // of a version: "model" for a language model
)

// Was is what a record held before a correction.
type Was struct {
	At   time.Time // when it was corrected
	Name string    // the part, "at" for the time of the record, "about", or "struck" for when it was struck out
	Old  string    // "" where there was nothing
}

// Exhibit is a picture or a file that is kept as evidence. It stays with the
// messenger; the bot keeps its name there.
type Exhibit struct {
	File
	Name   string // as the sender named it, "" for a photo
	SHA256 string // in lower-case hex, "" while unknown
	Number int    // 1 is the first piece of evidence of the case
}

// Part returns the value of the first part with a name, or "".
func (r Record) Part(name PartName) string {
	for _, p := range r.Parts {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Placed is a record with the case that it belongs to.
type Placed struct {
	Case   int
	Record Record
}

// Wish is what Step wants to see of a chat besides the active case.
type Wish struct {
	Newest int   // so many of the newest records of the active case
	Before int   // of these only those with smaller numbers; 0: any
	These  []int // the records with these numbers
	Case   int   // of which case; 0: the active one
	Cases  bool  // the other cases of the chat

	Reminders bool // the records that Case.Reminders names, of all cases of the chat
	Missed    bool // what came due and could not be told yet
}

// Moment returns when r happened, in a zone: where the user told the day alone, at
// its beginning, which is shown as a day. It is when r was told if nothing else
// is known.
func (r Record) Moment(zone *time.Location) time.Time {
	at := r.At.In(zone)
	if r.At.IsZero() {
		at = r.ToldAt.In(zone)
	}
	if r.Rough {
		y, m, d := at.Date()
		at = time.Date(y, m, d, 0, 0, 0, 0, zone)
	}
	return at
}
