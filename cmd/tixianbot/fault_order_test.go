package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/relay"
	"tixianbot/bot/telegram"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// talk is a chat that sends pairs of updates back to back and knows what the
// answer to each must be.
type talk struct {
	*telegramtest.User
	message int    // under which the case card has a button …
	data    string // … that carries this
	entries int
	want    []string // a part of each answer, in order
}

// log sends an entry, whose answer is its number.
func (c *talk) log() {
	c.entries++
	c.Say(fmt.Sprintf("/log entry %d", c.entries))
	c.want = append(c.want, fmt.Sprintf("记好了，第 %d 条", c.entries))
}

// card presses the button of the card, which says how many entries there are.
func (c *talk) card() {
	c.PressData(c.message, c.data)
	c.want = append(c.want, fmt.Sprintf("一共 %d 条", c.entries))
}

// dataOf returns what the button of a message with the label carries.
func dataOf(t *testing.T, m telegramtest.Message, label string) string {
	t.Helper()
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Label == label {
				return b.Data
			}
		}
	}
	t.Fatalf("no button %q among %q", label, m.Labels())
	return ""
}

// TestPairsOfPressesAndMessagesKeepTheirOrder: of a thousand pairs, ten thousand
// in a long run, of entries and presses mixed, each sees what came before it and
// nothing of what came after.
func TestPairsOfPressesAndMessagesKeepTheirOrder(t *testing.T) {
	const chats = 8
	pairs := 125
	if long {
		pairs = 1250
	}
	srv := telegramtest.New(t)
	srv.Patience(patience)
	b := start(t, srv, t.TempDir())
	var talks []*talk
	for i := range chats {
		c := &talk{User: srv.User(int64(i + 1))}
		talks = append(talks, c)
		c.log()
		first := c.WaitText(c.want[0])
		c.message, c.data = first.ID, dataOf(t, first, "看案情")
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range pairs {
		for _, c := range talks {
			pair := [][]func(){{c.log, c.card}, {c.card, c.log}, {c.log, c.log}, {c.card, c.card}}[random.IntN(4)]
			pair[0]()
			pair[1]()
		}
		if i%5 == 0 {
			srv.WaitConfirmed() // now and then the bot has nothing to do
		}
	}
	for _, c := range talks {
		for i, m := range c.WaitMessages(len(c.want)) {
			if i >= len(c.want) || !strings.Contains(m.Text, c.want[i]) {
				t.Fatalf("answer %d is %q, want one with %q", i+1, m.Text, c.want[min(i, len(c.want)-1)])
			}
		}
	}
	srv.WaitConfirmed()
	b.stop()
	t.Logf("%d pairs in order", chats*pairs)
}

// refusing is a store that can be made to refuse.
type refusing struct {
	*store.Store
	down atomic.Bool
}

func (r *refusing) Commit(c store.Change) (store.Receipt, error) {
	if r.down.Load() {
		c.Case = &bot.Case{Number: -1} // no such case can be written
	}
	receipt, err := r.Store.Commit(c)
	if err != nil {
		err = errors.New("the disk is full") // and not a fault of the update
	}
	return receipt, err
}

// TestNothingOvertakesWhatWasRefused: the store refuses an update at the very
// moment at which the next one of the chat is handed over, and can write again
// at once. The next one waits all the same until the refused one has come again.
func TestNothingOvertakesWhatWasRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		file, err := store.Open(filepath.Join(t.TempDir(), botFile))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		client, err := telegram.New(telegram.Config{Token: telegramtest.Token, APIURL: telegramtest.PipeURL, Transport: srv.Transport()})
		if err != nil {
			t.Fatal(err)
		}
		var taken []string
		db := &refusing{Store: file}
		r := relay.New(relay.Config{
			Store: db, Sender: client, Knowledge: func() *knowledge.Pack { return nil },
			Wants: func(bot.Case, bot.Event) bot.Wish { return bot.Wish{} },
			Tell:  func(*knowledge.Pack, bot.Notice) bot.Message { return bot.Message{} },
			Step: func(_ *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
				taken = append(taken, in.Event.(bot.Said).Text)
				return c, bot.Effects{}
			},
		})
		db.down.Store(true)
		srv.User(7).Say("first")
		srv.User(7).Say("second")
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		running.Go(func() {
			_ = client.Poll(ctx, func(u bot.Update, done func(error)) {
				if u.Event.(bot.Said).Text == "second" {
					synctest.Wait() // until the first is refused, as far as that can be by now
					db.down.Store(false)
				}
				r.Accept(u, done)
			})
		})
		running.Go(func() { _ = r.Run(ctx) })
		srv.WaitConfirmed()
		if got := strings.Join(taken, " "); got != "first first second" {
			t.Errorf("worked on %s, want the first once more before the second", got)
		}
	})
}

// TestTheDefaultRates: where nobody says otherwise, a chat gets twenty messages
// at once and then one a second, all chats together thirty a second, and
// everything comes, in order. That fewer answers are given to who writes too
// fast is left aside.
func TestTheDefaultRates(t *testing.T) {
	unhurried(t)
	const inOne, others = 23, 60
	srv := telegramtest.New(t)
	srv.Patience(patience)
	env := slices.DeleteFunc(deployment(srv.URL(), t.TempDir()), func(set string) bool {
		return strings.Contains(set, "SEND_RATE=") || strings.Contains(set, "CHAT_RATE=")
	})
	b := launch(t, env)
	b.waitLog("started")
	began := time.Now()
	talker := &talk{User: srv.User(1)}
	for range inOne {
		talker.log()
	}
	for i := range others {
		srv.User(int64(i + 2)).Say("/log entry")
	}
	for i := range others {
		srv.User(int64(i + 2)).WaitMessages(1)
	}
	for i, m := range talker.WaitMessages(inOne) {
		if !strings.Contains(m.Text, talker.want[i]) {
			t.Errorf("answer %d is %q", i+1, m.Text)
		}
	}
	var all, one []time.Duration
	for _, c := range srv.Calls("sendMessage") {
		all = append(all, c.At.Sub(began))
		if c.Chat == 1 {
			one = append(one, c.At.Sub(began))
		}
	}
	for n, at := range all {
		if soonest := time.Duration(n) * time.Second / 30; at < soonest {
			t.Errorf("message %d came after %v, %v is the soonest", n+1, at, soonest)
		}
	}
	for n, at := range one[20:] {
		if soonest := time.Duration(n+1) * time.Second; at < soonest {
			t.Errorf("message %d of one chat came after %v, %v is the soonest", n+21, at, soonest)
		}
	}
	b.stop()
}
