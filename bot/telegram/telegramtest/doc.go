// Package telegramtest is a Telegram Bot API server inside the test process,
// as strict as the real one where a bot can go wrong, with players who write,
// press and block, and with faults that can be switched on.
//
// A test makes a [Server] with [New], points its bot at [Server.URL] with
// [Token] (or, inside a synctest bubble, at [PipeURL] through
// [Server.Transport]), and plays:
//
//	srv := telegramtest.New(t)
//	u := srv.User(7)
//	u.Say("hello")
//	u.WaitMessages(1)
//	u.Press("Yes")
//
// Where the bot sets a webhook, updates are posted to it through what
// [Server.Proxy] says stands in between.
//
// The invariant: what a bot could observe of Telegram holds here too. An update
// stays until getUpdates is called with a higher offset, or a post of it was
// answered with success; an effect whose answer was cut off has happened all
// the same; a text is checked and counted after its entities are parsed.
// Nothing sleeps: to wait is to wait for a condition.
//
// It is written for tests only and knows neither the bot nor its library.
package telegramtest
