// Package letter writes the letters of a case and reads letters with suspicion.
//
// A [Book] is compiled content: for each [Kind] and language a text with slots,
// and the rules of the checker. [Book.Compose] fills the slots from a [Case]; what
// is not known becomes a visible blank or is left out. [Book.Check] compares any
// letter, whoever wrote it, with the case: what the case does not bear, what
// should be in no letter, and what is missing. [Book.Mend] takes out what can be
// taken out without changing what is said. [Book.Veil] puts tokens in the place
// of everything that must not leave, and [Veil.Lift] puts it back.
//
// The invariant: a composed letter says nothing that is not in the case or in
// the content, and has no finding of the degree [Block] against it.
package letter

import (
	"time"

	"tixianbot/knowledge/fact"
)

// Kind is a kind of letter, by the ids of the taxonomy.
type Kind string

// The kinds.
const (
	SupportMessage      Kind = "support_message"
	SupervisorRequest   Kind = "supervisor_request"
	ComplaintEmail      Kind = "complaint_email"
	FollowUp            Kind = "follow_up"
	UnfreezeApplication Kind = "unfreeze_application"
	AMLObjection        Kind = "aml_objection"
	ReasonRequest       Kind = "reason_request"
	DataRequest         Kind = "data_request"
	RegulatorComplaint  Kind = "regulator_complaint"
	FraudReport         Kind = "fraud_report"
	LegalNotice         Kind = "legal_notice"
)

// Kinds are all kinds of letters, in the order of the taxonomy.
var Kinds = []Kind{
	SupportMessage, SupervisorRequest, ComplaintEmail, FollowUp, UnfreezeApplication, AMLObjection,
	ReasonRequest, DataRequest, RegulatorComplaint, FraudReport, LegalNotice,
}

// Lang is the language of a letter.
type Lang string

// The languages.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Tone is how a letter speaks. The zero value is Normal.
type Tone string

// The tones.
const (
	Normal Tone = "normal"
	Firm   Tone = "firm" // names the day and the lawful next step
	Soft   Tone = "soft"
)

// Order says which letter is wanted.
type Order struct {
	Kind  Kind
	Lang  Lang // "": Chinese
	Tone  Tone
	Short bool
}

// Case is what a letter may say: nothing else is true.
type Case struct {
	Facts    fact.Facts
	Approx   []fact.Name // times among Facts that are known only roughly
	Contacts []Contact   // oldest first
	Evidence []string    // kinds of evidence that are kept, by the ids of the taxonomy
	Body     string      // whom a regulator_complaint is for, in the letter's language; "" if unknown
	Now      time.Time   // the day of the letter, in the user's zone
}

// Contact is a talk with the platform. Every field but one may be empty.
type Contact struct {
	At      time.Time // zero if unknown
	Channel string
	Agent   string // number or name
	Promise string // what they said they would do, in the user's words
}

// Letter is a letter that was composed.
type Letter struct {
	Title   string // "" where the receiver's form has none
	Body    string
	Missing []Lack   // what would make it stronger
	Blanks  []string // what stands there to be filled in, such as 平台名称
}

// Lack is something that a strong letter would have and this one has not: one
// of Fact and Evidence, or neither where contacts are missing.
type Lack struct {
	Fact     fact.Name
	Evidence string
	Say      string // a sentence for the user, in markup
}

// Text returns the letter as one text: the title, an empty line, the body.
func (l Letter) Text() string {
	if l.Title == "" {
		return l.Body
	}
	return l.Title + "\n\n" + l.Body
}

// Degree says how bad a finding is.
type Degree string

// The degrees.
const (
	Block  Degree = "block"  // the letter must not be shown or sent
	Advise Degree = "advise" // the letter would be better without
)

// Finding is something the checker has against a letter.
type Finding struct {
	ID     string // of a rule of the content, such as "amount"
	Degree Degree
	Quote  string // the words it is about, as they stand in the letter; "" for what is missing
	Say    string // a sentence for the user, in markup
}

// Blocked reports whether one of the findings rejects the letter.
func Blocked(findings []Finding) bool {
	for _, f := range findings {
		if f.Degree == Block {
			return true
		}
	}
	return false
}
