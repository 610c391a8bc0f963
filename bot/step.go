package bot

import "tixianbot/knowledge"

// Step returns the case after in and what must be done about it. It changes
// nothing, does no I/O and reads no clock.
func Step(k *knowledge.Pack, c Case, in Input) (Case, Effects) {
	return c, Effects{}
}

// Wants returns how many of the newest records Step looks at for event e.
func Wants(e Event) int { return 0 }

// Notice names a sentence that is said outside of any case.
type Notice string

// The notices.
const (
	NoticeFault       Notice = "notice.fault"       // an update that could not be worked on
	NoticeStoreDown   Notice = "notice.store_down"  // nothing can be kept at the moment
	NoticeUndelivered Notice = "notice.undelivered" // an answer that the messenger would not take
)

// Tell returns the message of a notice.
func Tell(k *knowledge.Pack, n Notice) Message { return Message{} }
