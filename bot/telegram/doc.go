// Package telegram is where the bot meets the Telegram Bot API: updates become
// [bot.Update]s, [bot.Message]s become messages and keyboards. It is the only
// package that knows the library github.com/go-telegram/bot, imported as tg.
//
// The invariant: an update is forgotten by Telegram only after whoever took it
// has said that it is durable. [Client.Poll] therefore has its own getUpdates
// loop. It hands a batch over in order, waits for the done of every update in
// it, and asks for the next batch with an offset that lies behind the longest
// prefix that was done without an error. Whatever is not confirmed comes again,
// with the same [bot.Update.ID], so the taker must know an update it has seen.
// [Client.Webhook] is the other way in: Telegram posts each update, and the post
// is answered when its update is done.
//
// The library is used to make requests, never to run: its loop acknowledges
// before handlers are through and its errors carry tokens and bodies. Below it
// lies a wire of our own (see wire.go) that answers every failure with a fault
// that holds neither, so no text of the library can reach a log.
//
// The files: client.go (configuration), wire.go (requests and faults), poll.go
// (the loop), webhook.go and webhook_health.go (posts), retry.go (what fails and
// is tried again), decode.go (updates to events), render.go and split.go (mark-up to
// Telegram's HTML), press.go (buttons to callback data and back), send.go (the
// sender), file.go (files that users sent), register.go (commands and descriptions).
package telegram
