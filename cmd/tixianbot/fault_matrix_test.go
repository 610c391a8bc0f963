package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
)

// The fault matrix: 16 people write and press buttons while one thing goes
// wrong again and again, and in the end everything is counted. The table for
// the README comes from
//
//	TIXIANBOT_TEST_LONG=1 go test ./cmd/tixianbot -run TestFaultMatrix -v -timeout 2h
//
// and without the variable, in a minute, with fewer faults.

// row is a line of the matrix.
type row struct {
	fault string
	times int                      // how often it happens in one play
	plays int                      // how many plays a long run has
	play  func(p *play, times int) // has it happen so often, at least
	again int                      // how many messages of one chat may come again at each
	hook  bool                     // the bot is called instead of polling
	slow  bool                     // it is left out of short runs
}

// matrix has those first that wait a lot, since two plays run side by side.
var matrix = []row{
	{fault: "no answer until the time-out, 30 s", times: 8, plays: 5, play: hang},
	{fault: "409, another bot polls", times: 3, plays: 5, play: injecting(telegramtest.Fault{Kind: telegramtest.Conflict, Method: "getUpdates"})},
	{fault: "SIGKILL", times: 30, plays: 34, play: killing, again: 1},
	{fault: "429 with retry_after", times: 20, plays: 5, play: injecting(telegramtest.Fault{Kind: telegramtest.TooMany, Chance: 0.1})},
	{fault: "500, 502, pages of HTML", times: 30, plays: 10, play: injecting(
		telegramtest.Fault{Kind: telegramtest.ServerError, Chance: 0.05},
		telegramtest.Fault{Kind: telegramtest.BadGateway, Chance: 0.05},
		telegramtest.Fault{Kind: telegramtest.Garbage, Chance: 0.05},
	)},
	{fault: "connection cut before the effect", times: 30, plays: 10, play: injecting(telegramtest.Fault{Kind: telegramtest.CutBefore, Chance: 0.1})},
	{fault: "connection cut after an edit or a toast", times: 20, plays: 10, play: injecting(
		telegramtest.Fault{Kind: telegramtest.CutAfter, Method: "editMessageText", Chance: 0.5},
		telegramtest.Fault{Kind: telegramtest.CutAfter, Method: "answerCallbackQuery", Chance: 0.5},
	)},
	{fault: "connection cut after a new message", times: 30, plays: 10, again: 1, play: injecting(
		telegramtest.Fault{Kind: telegramtest.CutAfter, Method: "sendMessage", Chance: 0.2},
	)},
	{fault: "answer of getUpdates lost", times: 20, plays: 10, play: injecting(telegramtest.Fault{Kind: telegramtest.CutAfter, Method: "getUpdates", Chance: 0.5})},
	{fault: "updates twice, and out of order", times: 20, plays: 10, play: injecting(
		telegramtest.Fault{Kind: telegramtest.Repeated, Method: "getUpdates", Chance: 0.5},
		telegramtest.Fault{Kind: telegramtest.Shuffled, Method: "getUpdates", Chance: 0.5},
	)},
	{fault: "disk full", times: 3, plays: 10, play: fillDisk},
	{fault: "disk full while a backup is made", times: 2, plays: 10, play: fillDiskOfBackup},
	{fault: "backup and restore under traffic", times: 2, plays: 20, play: restoring},
	{fault: "damaged or newer backup restored", times: 2, plays: 10, play: spoiling},
	{fault: "SIGKILL, a wrong key, another key", times: 4, plays: 20, play: changingKeys, again: 1},
	{fault: "SIGTERM", times: 10, plays: 20, play: terminating},
	{fault: "bot blocked, and unblocked", times: 48, plays: 10, play: blocking},
	{fault: "webhook left over", times: 3, plays: 10, play: leavingWebhooks},
	{fault: "presses that have expired", times: 48, plays: 10, play: expiring},
	{fault: "all requests fail in all ways, and SIGKILL", times: 5, plays: 20, play: everything, again: 1},
	{fault: "people whom the operator blocks write on", times: 160, plays: 5, play: strangers},
	{fault: "language model dead, letters are to be worded", times: 4, plays: 5, play: unworded},
	{fault: "webhook: SIGKILL", times: 6, plays: 34, play: killing, again: 1, hook: true},
	{fault: "webhook: posts cut halfway", times: 20, plays: 10, hook: true, play: injecting(telegramtest.Fault{Kind: telegramtest.CutBefore, Method: telegramtest.WebhookMethod, Chance: 0.3})},
	{fault: "webhook: answers to posts lost", times: 20, plays: 10, hook: true, play: injecting(telegramtest.Fault{Kind: telegramtest.CutAfter, Method: telegramtest.WebhookMethod, Chance: 0.3})},
	{fault: "webhook: posts twice at once, and old ones again", times: 20, plays: 10, hook: true, play: injecting(telegramtest.Fault{Kind: telegramtest.Repeated, Method: telegramtest.WebhookMethod, Chance: 0.5})},
	{fault: "webhook: 500 and 502 of a proxy", times: 20, plays: 10, hook: true, play: injecting(
		telegramtest.Fault{Kind: telegramtest.ServerError, Method: telegramtest.WebhookMethod, Chance: 0.2},
		telegramtest.Fault{Kind: telegramtest.BadGateway, Method: telegramtest.WebhookMethod, Chance: 0.2},
	)},
	{fault: "webhook: disk full, 503", times: 2, plays: 10, play: fillDisk, hook: true},
	{fault: "webhook: SIGTERM", times: 3, plays: 20, play: terminating, hook: true},
	{fault: "webhook: all fails in all ways, and SIGKILL", times: 3, plays: 6, play: everything, again: 1, hook: true, slow: true},
}

func TestFaultMatrix(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("the fault matrix is left out of short runs and of those under the race detector")
	}
	tolls := make([]toll, len(matrix))
	t.Run("faults", func(t *testing.T) {
		for i, r := range matrix {
			t.Run(r.fault, func(t *testing.T) {
				if r.slow && !long {
					t.Skip("takes long")
				}
				t.Parallel()
				tolls[i] = r.run(t)
			})
		}
	})
	if testing.Verbose() {
		fmt.Print(matrixTable(tolls))
	}
}

// run plays a row and fails the test for what must not be.
func (r row) run(t *testing.T) toll {
	plays := 1
	if long {
		plays = r.plays
	}
	var all toll
	for seed := range plays {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			p := newPlay(t, uint64(seed), r.hook)
			before := p.srv.Faulted()
			r.play(p, r.times)
			got := p.end(max(r.times, p.srv.Faulted()-before))
			if got.updatesLost+got.twice+got.messagesLost > 0 || got.worst > r.again*got.times {
				t.Errorf("%+v", got)
			}
			all = all.plus(got)
		})
	}
	return all
}

// matrixTable returns the matrix in Markdown.
func matrixTable(tolls []toll) string {
	var b strings.Builder
	b.WriteString("\n| fault | times | updates | lost | applied twice | messages lost | messages repeated |\n|---|---|---|---|---|---|---|\n")
	for i, c := range tolls {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d |\n",
			matrix[i].fault, c.times, c.updates, c.updatesLost, c.twice, c.messagesLost, c.again)
	}
	return b.String() + "\n"
}

// injecting returns a play in which requests to Telegram go wrong.
func injecting(faults ...telegramtest.Fault) func(*play, int) {
	return func(p *play, times int) {
		before := p.srv.Faulted()
		for _, f := range faults {
			defer p.srv.Inject(f)()
		}
		for range 100 * times {
			if p.srv.Faulted()-before >= times {
				return
			}
			p.round()
			p.settle()
		}
		p.t.Errorf("%d faults happened, want %d", p.srv.Faulted()-before, times)
	}
}

// hang leaves requests without an answer: in half of the chats that for a new
// message, in others that for an edit.
func hang(p *play, times int) {
	for i := range times {
		method := []string{"sendMessage", "editMessageText"}[i%2]
		p.srv.Inject(telegramtest.Fault{Kind: telegramtest.Hang, Method: method, Chat: int64(i + 1), Times: 1})
	}
	p.round()
	p.srv.Within(patience, func() bool { return p.srv.Faulted() >= times })
	p.round()
}

// sometime waits until a few of the messages of the round are sent.
func (p *play) sometime() {
	enough := sent(p.srv) + p.random.IntN(2*people)
	p.srv.Within(sleepless, func() bool { return sent(p.srv) >= enough })
}

func killing(p *play, times int) {
	p.strict = true
	massacre(p, times)
}

// lastWords is how long after its death a message of a bot may still be read.
const lastWords = 5 * time.Millisecond

func massacre(p *play, times int) {
	for n := range times {
		if n%2 == 0 {
			p.settle() // so that everybody can press again
		}
		p.round()
		p.sometime()
		p.bot.kill()
		p.deaths = append(p.deaths, time.Now().Add(lastWords))
		p.start()
	}
}

// everything kills the bot while requests go wrong in all the ways that do not
// take long.
func everything(p *play, times int) {
	for kind := telegramtest.ServerError; kind <= telegramtest.Shuffled; kind++ {
		if !slices.Contains([]telegramtest.FaultKind{telegramtest.Unauthorized, telegramtest.Forbidden, telegramtest.Hang}, kind) {
			defer p.srv.Inject(telegramtest.Fault{Kind: kind, Chance: 0.02})()
		}
	}
	massacre(p, times)
}

func terminating(p *play, times int) {
	for range times {
		p.round()
		p.sometime()
		if took := p.bot.stop(); took > 10*time.Second {
			p.t.Errorf("the bot took %v to stop", took)
		}
		p.start()
	}
}

// blocking has people block the bot after they wrote, so that it finds answers
// that it cannot deliver until they come back.
func blocking(p *play, times int) {
	for range times / people {
		forbidden := p.forbidden()
		p.each(func(u *person) { p.log(u); p.press(u); p.log(u); u.Block() })
		p.srv.Within(time.Second, func() bool { return p.forbidden() > forbidden })
		p.srv.WaitConfirmed()
		p.each(func(u *person) { u.Unblock() })
		p.settle()
	}
}

// forbidden returns how often the bot was told that it is blocked.
func (p *play) forbidden() int {
	n := 0
	for _, c := range p.srv.Calls("") {
		if c.Code == http.StatusForbidden {
			n++
		}
	}
	return n
}

// leavingWebhooks has somebody set a webhook while the bot is down.
func leavingWebhooks(p *play, times int) {
	for range times {
		p.bot.stop()
		hook := p.srv.URL() + "/bot" + telegramtest.Token + "/setWebhook?url=" + url.QueryEscape("https://left.example/")
		response, err := http.Get(hook)
		if err != nil {
			p.t.Fatal(err)
		}
		response.Body.Close()
		p.round()
		p.start()
		p.settle()
	}
}

// strangers has people write whom the operator blocks, while the others go on.
func strangers(p *play, times int) {
	const each = 20
	p.bot.stop()
	p.env = []string{"TIXIANBOT_BLOCK=101,102"}
	p.start()
	blocked := []*telegramtest.User{p.srv.User(101), p.srv.User(102)}
	for range times / each / len(blocked) {
		for _, u := range blocked {
			for n := range each {
				u.Say(fmt.Sprint("/log ", n))
			}
		}
		p.round()
		p.settle()
	}
	for _, u := range blocked {
		if n := len(u.Messages()); n > 0 {
			p.t.Errorf("%d messages to somebody who is blocked", n)
		}
	}
}

// unworded has people ask for a better wording of a letter while nobody listens
// at the address of the language model: each gets the letter as it was, and the
// others notice nothing.
func unworded(p *play, times int) {
	p.bot.stop()
	p.env = []string{"OPENAI_API_KEY=a-key-for-nothing", "OPENAI_BASE_URL=http://127.0.0.1:1/v1"}
	p.start()
	var wishers []*telegramtest.User
	for n := range times {
		u := p.srv.User(int64(201 + n))
		u.Say(opening)
		u.Say("/draft 三句话给客服")
		u.WaitText("长按上面的字")
		u.Press("润色")
		u.WaitText("[[ZX01]]")
		u.Press("同意，发去润色")
		p.round()
		wishers = append(wishers, u)
	}
	for _, u := range wishers {
		if m := u.WaitText("没有润色成"); !strings.Contains(m.Text, "您好") {
			p.t.Errorf("without the letter as it was: %q", m.Text)
		}
	}
}

// expiring has the bot come too late to acknowledge presses.
func expiring(p *play, times int) {
	for range times / people {
		p.bot.stop()
		p.round()
		p.srv.Expire()
		p.start()
		p.settle()
	}
}

// fillDisk has the disk full for a while, which everybody who writes is told once.
func fillDisk(p *play, times int) {
	for n := range times {
		release := limitFiles(p.t, p.bot, 8192)
		p.round()
		everybody := func() bool {
			return !slices.ContainsFunc(p.people, func(u *person) bool { return u.notices() <= n })
		}
		if !p.srv.Within(patience, everybody) {
			p.t.Error("not everybody was told that the store is down")
		}
		release()
		p.settle()
	}
	p.each(func(u *person) {
		if got := u.notices(); got != times {
			p.t.Errorf("someone was told %d times of %d outages", got, times)
		}
	})
}

// notices returns how often someone was told that the store is down.
func (u *person) notices() int {
	n := 0
	for _, m := range u.Messages() {
		if m.Text == bot.Tell(content(), bot.NoticeStoreDown).Text {
			n++
		}
	}
	return n
}
