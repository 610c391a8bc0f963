package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
)

// sentFiles returns the files of what the user sent so far, as the bot reads them.
func sentFiles(t *testing.T, c *Client) (files []bot.Sent) {
	t.Helper()
	raw, err := c.getUpdates(context.Background(), 0, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	updates, err := decodeAll(raw, c.self(), testNow)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range updates {
		if s, ok := u.Event.(bot.Sent); ok {
			files = append(files, s)
		}
	}
	return files
}

// fetch opens a file and reads all of it.
func fetch(c *Client, id bot.FileID) ([]byte, int64, error) {
	r, size, err := c.Open(context.Background(), id)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return data, size, err
}

func TestAFileIsFetched(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	data := bytes.Repeat([]byte("截图"), 1<<16)
	srv.User(7).Send(
		telegramtest.Thing{Kind: "photo", Data: data, Caption: "两张"},
		telegramtest.Thing{Kind: "document", Data: []byte("%PDF"), Name: "交易 流水#1.pdf", MIME: "application/pdf"})
	sent := sentFiles(t, c)
	if len(sent) != 2 || sent[0].Album == "" || sent[0].Album != sent[1].Album || sent[0].Caption != "两张" || sent[1].Name != "交易 流水#1.pdf" {
		t.Fatalf("sent: %+v", sent)
	}
	for i, want := range [][]byte{data, []byte("%PDF")} {
		got, size, err := fetch(c, sent[i].File.ID)
		if err != nil || !bytes.Equal(got, want) || size != int64(len(want)) || sent[i].File.Size != size {
			t.Errorf("file %d: %d bytes of %d, %v", i, len(got), size, err)
		}
	}
}

// A file that cannot be had is told from one that may come later, and half a
// file is never taken for a whole one.
func TestWhatGoesWrongWithAFile(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	srv.User(7).Send(telegramtest.Thing{Kind: "document", Data: make([]byte, 1<<20)})
	srv.User(7).Send(telegramtest.Thing{Kind: "document", Size: maxFile + 1})
	srv.User(7).Send(telegramtest.Thing{Kind: "document", Data: make([]byte, maxFile+1), Size: 5}) // not what it says
	sent := sentFiles(t, c)
	file, big, liar := sent[0].File.ID, sent[1].File.ID, sent[2].File.ID
	for _, test := range []struct {
		name  string
		fault *telegramtest.Fault
		id    bot.FileID
		want  bot.Reason
	}{
		{"a file of more than 20 MB", nil, big, bot.Rejected},
		{"a file that is longer than it says", nil, liar, bot.Rejected},
		{"a file that nobody knows", nil, "nothing", bot.Rejected},
		{"too many requests", &telegramtest.Fault{Kind: telegramtest.TooMany, Method: "getFile", RetryAfter: 3}, file, bot.TooFast},
		{"a server in trouble", &telegramtest.Fault{Kind: telegramtest.BadGateway, Method: "getFile"}, file, bot.Unreachable},
		{"a connection that is cut", &telegramtest.Fault{Kind: telegramtest.CutBefore, Method: telegramtest.DownloadMethod}, file, bot.Unreachable},
		{"a file that is cut off", &telegramtest.Fault{Kind: telegramtest.CutAfter, Method: telegramtest.DownloadMethod}, file, bot.Unreachable},
		{"a download server in trouble", &telegramtest.Fault{Kind: telegramtest.BadGateway, Method: telegramtest.DownloadMethod}, file, bot.Unreachable},
		{"a page instead of a file", &telegramtest.Fault{Kind: telegramtest.Unauthorized, Method: telegramtest.DownloadMethod}, file, bot.Unreachable},
	} {
		remove := func() {}
		if test.fault != nil {
			remove = srv.Inject(*test.fault)
		}
		_, _, err := fetch(c, test.id)
		remove()
		var refusal *bot.Refusal
		if !errors.As(err, &refusal) || refusal.Reason != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
			continue
		}
		if strings.Contains(err.Error(), "no-secret") || strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%s: the error tells too much: %v", test.name, err)
		}
	}
}

func TestAnOldAddressOfAFileIsAskedForAnew(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	srv.User(7).Send(telegramtest.Thing{Kind: "document", Data: []byte("x")})
	id := sentFiles(t, c)[0].File.ID
	path, err := c.locate(context.Background(), id)
	if err != nil || path == "" {
		t.Fatal(path, err)
	}
	srv.ExpireLinks()
	if got, _, err := fetch(c, id); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
}
