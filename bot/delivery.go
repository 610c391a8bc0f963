package bot

import "time"

// Refusal is the error of an adapter that could not deliver a message. The
// caller decides by Reason what becomes of it; Err is for the operator and may
// hold no token and nothing the user wrote.
type Refusal struct {
	Reason Reason
	After  time.Duration // of TooFast: how long to wait
	Err    error
}

// Reason says why a message was not delivered.
type Reason string

// The reasons.
const (
	TooFast     Reason = "too_fast"     // rate limit: wait Refusal.After
	Unreachable Reason = "unreachable"  // network, time-out, 5xx, not JSON: try again
	Blocked     Reason = "blocked"      // the user blocked the bot or is gone
	NotModified Reason = "not_modified" // an edit that changes nothing: done
	CannotEdit  Reason = "cannot_edit"  // the message to edit is gone: send it anew
	CannotParse Reason = "cannot_parse" // the mark-up was refused: send it plain
	Rejected    Reason = "rejected"     // anything else the messenger will never take
)

func (r *Refusal) Error() string {
	if r.Err == nil {
		return "deliver: " + string(r.Reason)
	}
	return "deliver: " + string(r.Reason) + ": " + r.Err.Error()
}

func (r *Refusal) Unwrap() error { return r.Err }
