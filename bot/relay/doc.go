// Package relay runs the pure core over the store: it takes updates in, lets
// [bot.Step] decide, commits, and delivers what is to be said.
//
// Each chat has a lane. Everything that touches the chat passes through it in
// the order of arrival; lanes of different chats run side by side, and a lane
// lives only as long as it has work. A lane loads the case, calls Step outside
// of any transaction and hands the case after it, the new records and the
// messages to the store as one change. Only when that is durable is the update
// acknowledged.
//
// Messages are not sent by lanes. They wait in the outbox, which is part of the
// change, and are sent from there in order, one at a time in each chat, at the
// rates the messenger allows, until each is delivered or is found to be
// undeliverable. What is in the outbox when the process ends is sent by the
// next one.
//
// What is to come later is in the store as well: moments at which a chat wants
// to be called, files whose hash it wants, and work that takes long, such as
// making a file for the user. They come back through the lane as events, each in
// one commit with what it leads to (clock.go, fetch.go, workshop.go).
//
// What nobody asked for, such as a reminder, goes out behind all answers. Many
// such messages at once are spread over some time, and one that could not be
// sent for long is made anew first, since what it says of the time is not true
// any more (unasked.go).
//
// The invariant: an update takes effect at most once and, once acknowledged, at
// least once; and a message of a committed change is never lost, and comes
// twice only if the process ended while it was being sent.
package relay
