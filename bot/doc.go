// Package bot is the pure core: all that the bot decides and says.
//
// [Step] takes a case and what just happened and returns the case after it and
// the [Effects] the caller must bring about: messages, records, forgetting. It
// does no I/O, reads no clock, starts no goroutine, logs nothing and knows no
// Telegram type. Whatever was asked of the world comes back as an [Event].
//
// Where the user stands is derived, never stored as the name of a state: the
// facts of the case decide which question is the next worth asking, or that
// there is an answer. That makes going back, skipping, correcting, coming back
// after a week and changed question files cost no code.
//
// The invariant: Step is a function. The same content, case and input give the
// same result, so whatever was not committed can be run again.
package bot
