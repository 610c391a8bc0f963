// Package store keeps everything the bot must not forget in one bbolt file.
//
// The layout. Numbers in keys are big-endian, so keys sort as the numbers do;
// chat stands for eight bytes of a chat id. Every bucket that holds something
// of a chat has the chat first in its keys, so that erasing a chat is deleting
// a prefix; the one index across chats, due, follows what it points to.
//
//	meta      format                    → number of the format, in digits
//	          tag-key                   → 32 random bytes: the key of [Store.Tag]
//	          sealed                    → the record of the key, if the file is encrypted
//	          erased                    → there since a chat was erased, until the file is compacted
//	          spent-WHAT                → JSON: how much of it was used up on its newest day
//	chats     chat                      → JSON: active case, zone, quiet hours, whether it is gone,
//	                                      and was told that it is not let in
//	slots     chat, name of the slot    → message id, eight bytes
//	cases     chat, case (4)            → JSON: the case
//	records   chat, case (4), seq (4)   → JSON: one record of the case
//	outbox    chat, class (1), seq (8)  → JSON: a message that waits to be sent
//	dead      chat, class (1), seq (8)  → JSON: a message that never could be, and why
//	poison    chat, update id (8)       → JSON: an update that could not be worked on
//	timers    chat, kind (1), name      → JSON: what comes due in the chat, and when
//	due       milliseconds since 1970 (8), key in timers → one byte: the order in
//	                                      which timers of all chats come due
//	jobs      chat, case (4), seq (4)   → JSON: a file to be fetched for the record
//	orders    chat, name                → JSON: work that takes long, and comes back to the chat
//	seen      update id (8)             → one byte
//	seenlog   seq (8)                   → the update ids of one transaction, with time
//	                                      and running total: the order of forgetting
//
// The JSON is of types of this package alone, whose names are frozen: see
// disk.go. A file says which format it has; a file of an older format is moved
// up by numbered migrations when it is opened, and a file of a newer one is
// refused. Format 1 had no timers, due and jobs, format 2 no orders. A sample of each is in testdata.
//
// All writing goes through one goroutine. It takes whatever is queued, writes
// it in one transaction and only then lets the callers return: a lone caller
// waits for one sync of the disk and no longer, and many callers share one. For
// callers who have said that they are coming it waits some milliseconds: see
// [Store.Coming].
//
// With a key, every value is encrypted but update ids, the index due, and the
// format, the record and the mark in meta; and so are the names in the keys of
// slots, timers and orders. What remains to be seen are chat ids, numbers of cases and
// records, moments that come due, sizes, and when something was written. All of
// it happens in the types of bucket.go, which the rest of the package reads and
// writes through: see seal.go and seal_name.go.
//
// Files that were made and wait to be sent lie beside the database, encrypted in
// any case: see seal_file.go.
//
// The invariant: a change is there completely or not at all, and whatever
// [Store.Commit] or [Store.Settle] has returned nil for survives the end of the
// process at any moment. An update id takes effect at most once.
//
// What is deleted can no longer be read through this package, but its bytes
// stay in free pages of the file. After a chat was erased, the file is therefore
// compacted, at the next start or within a day: copied without its free pages,
// compared, and put in the place of the old one. See compact.go. [Rekey] does the
// same where the key changes.
//
// [Store.Backup] copies the file while it is written to, [Verify] looks a copy
// through and changes nothing in it, and [Restore] puts one in the place of the
// database: see backup.go and restore.go.
package store
