package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tixianbot/bot/telegram/telegramtest"
)

// collector is someone who sends pictures and knows the hash of each.
type collector struct {
	*telegramtest.User
	chat int
	want []string // in the order in which they were sent
}

// album sends n pictures in one go.
func (c *collector) album(n int) {
	var things []telegramtest.Thing
	for i := range n {
		data := fmt.Appendf(nil, "picture %d of album %d of chat %d", i, len(c.want), c.chat)
		sum := sha256.Sum256(data)
		c.want = append(c.want, hex.EncodeToString(sum[:]))
		things = append(things, telegramtest.Thing{Kind: "photo", Data: data})
	}
	c.Send(things...)
}

// kept reports whether of every collector each picture is kept once, with its hash.
func kept(t *testing.T, folder string, all []*collector) bool {
	t.Helper()
	got := make([][]string, len(all)+1)
	for _, c := range cases(t, folder) {
		for _, piece := range c.Evidence {
			got[c.Chat] = append(got[c.Chat], piece.SHA256)
		}
	}
	return !slices.ContainsFunc(all, func(c *collector) bool { return !slices.Equal(got[c.chat], c.want) })
}

// TestPicturesAndTheirHashesSurviveKills: albums come while downloads are cut,
// refused and slow, and the bot is killed again and again; in the end each
// picture is kept once, in order, with its hash, and each album is answered.
func TestPicturesAndTheirHashesSurviveKills(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("tests that kill are left out of short runs and of those under the race detector")
	}
	kills := 8
	if long {
		kills = 100
	}
	srv := telegramtest.New(t)
	srv.Patience(patience)
	for _, f := range []telegramtest.Fault{
		{Kind: telegramtest.CutAfter, Method: telegramtest.DownloadMethod, Chance: 0.2},
		{Kind: telegramtest.BadGateway, Method: telegramtest.DownloadMethod, Chance: 0.1},
		{Kind: telegramtest.ServerError, Method: "getFile", Chance: 0.1},
	} {
		srv.Inject(f)
	}
	folder := t.TempDir()
	b := start(t, srv, folder)
	random := rand.New(rand.NewPCG(5, 6))
	var all []*collector
	for i := range 8 {
		all = append(all, &collector{User: srv.User(int64(i + 1)), chat: i + 1})
	}
	for range kills {
		for _, c := range all {
			c.album(1 + random.IntN(3))
		}
		enough := len(srv.Calls(telegramtest.DownloadMethod)) + random.IntN(16)
		srv.Within(time.Second, func() bool { return len(srv.Calls(telegramtest.DownloadMethod)) >= enough })
		b.kill()
		b = start(t, srv, folder)
	}
	srv.WaitConfirmed()
	for limit := time.Now().Add(2 * patience); !kept(t, folder, all); {
		if time.Now().After(limit) {
			t.Fatalf("not every picture is kept once with its hash\n%s", b.dump())
		}
	}
	for _, c := range all {
		srv.Wait("an answer to the pictures", func() bool { return len(c.Messages()) > 0 })
	}
	b.stop()
	if got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "check"); got.code != 0 {
		t.Errorf("check: %s%s", got.out, got.errs)
	}
}
