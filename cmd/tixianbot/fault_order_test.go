package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tixianbot/bot/telegram/telegramtest"
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
