package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/openai"
	"tixianbot/bot/relay"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// user is somebody who talks to a running bot whose language model is a
// function, in simulated time.
type user struct {
	t    *testing.T
	pack *knowledge.Pack
	llm  func(*http.Request) (*http.Response, error)
	path string
	log  strings.Builder

	db    *store.Store
	relay *relay.Relay
	end   context.CancelFunc
	ended chan error
	last  int64

	mu     sync.Mutex
	got    []heard
	bodies []string // of the requests to the language model
}

// heard is a message that the user got.
type heard struct {
	at time.Time
	bot.Message
}

// RoundTrip asks the language model, which takes its time.
func (u *user) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(2 * time.Second)
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(strings.NewReader(string(data)))
	u.mu.Lock()
	u.bodies = append(u.bodies, string(data))
	llm := u.llm
	u.mu.Unlock()
	return llm(r)
}

// requests returns the bodies of the requests to the language model.
func (u *user) requests() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.bodies)
}

// Send takes a message.
func (u *user) Send(_ context.Context, _ bot.ChatID, m bot.Message, replace bot.MessageID, _ bool) (bot.MessageID, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.got = append(u.got, heard{time.Now(), m})
	return max(replace, bot.MessageID(len(u.got))), nil
}

// Delete deletes nothing.
func (*user) Delete(context.Context, bot.ChatID, bot.MessageID) error { return nil }

// Answer acknowledges nothing.
func (*user) Answer(context.Context, string, string) error { return nil }

// start runs a bot over the user's file.
func (u *user) start(daily string) {
	u.t.Helper()
	db, err := store.Open(u.path)
	if err != nil {
		u.t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(&u.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d, err := openai.New(openai.Config{Key: "of-nobody", Model: "m", Transport: u})
	if err != nil {
		u.t.Fatal(err)
	}
	each, all, err := config{LLMDaily: daily}.llmDaily()
	if err != nil {
		u.t.Fatal(err)
	}
	m := &model{ask: d, user: each, all: all, zone: time.UTC, log: log}
	u.db = db
	u.relay = relay.New(relay.Config{
		Store: db, Sender: u, Knowledge: func() *knowledge.Pack { return u.pack },
		Makers: makers(nil, nil, m.maker(db)), Wordings: m.each(), Dir: filepath.Join(filepath.Dir(u.path), madeFolder), Log: log,
	})
	var ctx context.Context
	ctx, u.end = context.WithCancel(context.Background())
	u.ended = make(chan error, 1)
	go func() { u.ended <- u.relay.Run(ctx) }()
}

func (u *user) stop() {
	u.end()
	if err := errors.Join(<-u.ended, u.db.Close()); err != nil {
		u.t.Error(err)
	}
}

// kill ends the bot as a power cut would: what the file holds at this moment is
// all that is left. Another process begins after a while.
func (u *user) kill(after time.Duration) {
	u.t.Helper()
	data, err := os.ReadFile(u.path)
	if err != nil {
		u.t.Fatal(err)
	}
	u.stop()
	u.path += ".later"
	if err := os.WriteFile(u.path, data, 0o600); err != nil {
		u.t.Fatal(err)
	}
	time.Sleep(after)
	u.start("20/1000")
}

// do has an event happen.
func (u *user) do(e bot.Event) {
	u.t.Helper()
	u.last++
	kept := make(chan error, 1)
	u.relay.Accept(bot.Update{ID: u.last, Chat: 7, Message: bot.MessageID(1000 + u.last), At: time.Now(), Event: e}, func(err error) { kept <- err })
	if err := <-kept; err != nil {
		u.t.Fatal(err)
	}
	time.Sleep(time.Second)
}

// press presses the newest button of a label.
func (u *user) press(label string) {
	u.t.Helper()
	u.mu.Lock()
	var found *bot.Press
	for _, m := range u.got {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Label == label {
					found = &b.Press
				}
			}
		}
	}
	u.mu.Unlock()
	if found == nil {
		u.t.Fatalf("no button %q in %v", label, u.got)
	}
	u.do(bot.Pressed{Press: *found})
}

// opens has the letter for support written, and what would leave of it shown.
func (u *user) opens() {
	u.do(bot.Said{Text: "抖音提现2350元一直审核中，11月22日下午三点提的，账号尾号0317"})
	u.do(bot.Said{Command: "draft", Text: "三句话给客服"})
	u.press("润色")
}

// letterAfter returns the first message with the letter after a moment, and how
// long it took.
func (u *user) letterAfter(begun time.Time) (string, time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, m := range u.got {
		if m.at.After(begun) && strings.Contains(m.Text, "```") {
			return m.Text, m.at.Sub(begun)
		}
	}
	return "", 0
}

// answer is an answer of a server.
func answer(status int, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// says is an answer with words of a language model.
func says(text string) (*http.Response, error) {
	body, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]string{"content": text}, "finish_reason": "stop"}}})
	if err != nil {
		return nil, err
	}
	return answer(200, string(body))
}

// askedFor returns the messages of a request.
func askedFor(r *http.Request) []string {
	var q struct{ Messages []struct{ Content string } }
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		return nil
	}
	var out []string
	for _, m := range q.Messages {
		out = append(out, m.Content)
	}
	return out
}

func noAnswer(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// polite words a letter a little.
func polite(r *http.Request) (*http.Response, error) {
	asked := askedFor(r)
	return says(strings.Replace(asked[1], "您好。", "您好，打扰了。", 1))
}

// cut breaks off.
type cut struct{ *strings.Reader }

func (c cut) Read(p []byte) (int, error) {
	if n, err := c.Reader.Read(p); err == nil {
		return n, nil
	}
	return 0, io.ErrUnexpectedEOF
}

func (cut) Close() error { return nil }

const own = "2350元" // stands in every right letter of the user's

// Whatever the server does, the user has a right letter within a minute.
func TestALetterWhateverTheServerDoes(t *testing.T) {
	pack, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		llm  func(*http.Request) (*http.Response, error)
		want string // in the letter that comes
	}{
		"a good server": {polite, "打扰了"},
		"a dead server": {func(*http.Request) (*http.Response, error) { return nil, errors.New("refused, secret") }, "现在用不了"},
		"a storm":       {func(*http.Request) (*http.Response, error) { return answer(429, "secret") }, "现在用不了"},
		"broken":        {func(*http.Request) (*http.Response, error) { return answer(503, "secret") }, "现在用不了"},
		"a wrong key":   {func(*http.Request) (*http.Response, error) { return answer(401, `{"error":{"message":"secret"}}`) }, "现在用不了"},
		"silence":       {noAnswer, "等了很久"},
		"garbage":       {func(*http.Request) (*http.Response, error) { return answer(200, "<html>secret") }, "现在用不了"},
		"wrong JSON":    {func(*http.Request) (*http.Response, error) { return answer(200, `{"choices":7}`) }, "现在用不了"},
		"nothing":       {func(*http.Request) (*http.Response, error) { return says("  ") }, "现在用不了"},
		"cut": {func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: cut{strings.NewReader(`{"choices":[{"message":{"content":"您好`)}}, nil
		}, "现在用不了"},
		"lies": {func(*http.Request) (*http.Response, error) {
			return says("您好，我申请提现9999元，请今天到账。谢谢。")
		}, "没通过检查"},
		"half":        {func(r *http.Request) (*http.Response, error) { return says(askedFor(r)[1][:200]) }, "没通过检查"},
		"better then": {betterThen(), "打扰了"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bot.db")
			synctest.Test(t, func(t *testing.T) {
				u := &user{t: t, pack: pack, llm: c.llm, path: path}
				u.start("20/1000")
				defer u.stop()
				u.opens()
				begun := time.Now()
				u.press("同意，发去润色")
				time.Sleep(2 * time.Minute)
				text, took := u.letterAfter(begun)
				if !strings.Contains(text, own) || !strings.Contains(text, c.want) || took > time.Minute {
					t.Errorf("after %v:\n%s", took, text)
				}
				for _, word := range []string{"抖音", "0317", "2350", "secret", "打扰", "of-nobody"} {
					if strings.Contains(u.log.String(), word) {
						t.Errorf("the log says %q:\n%s", word, u.log.String())
					}
				}
			})
		})
	}
}

// betterThen lies at first and does as it is told when it hears what was wrong.
func betterThen() func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if asked := askedFor(r); len(asked) == 4 {
			return says(strings.Replace(asked[1], "您好。", "您好，打扰了。", 1))
		}
		return says("您好，我申请提现9999元，请今天到账。谢谢。")
	}
}

// A process that is killed while the model works is followed by one that takes
// the work up, or gives the letter as it was.
func TestAWordingSurvivesTheProcess(t *testing.T) {
	pack, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		down time.Duration
		want string
	}{{5 * time.Second, "打扰了"}, {time.Hour, "等了很久"}} {
		path := filepath.Join(t.TempDir(), "bot.db")
		synctest.Test(t, func(t *testing.T) {
			u := &user{t: t, pack: pack, llm: noAnswer, path: path}
			u.start("20/1000")
			u.opens()
			begun := time.Now()
			u.press("同意，发去润色")
			time.Sleep(5 * time.Second)
			u.mu.Lock()
			u.llm = polite
			u.mu.Unlock()
			u.kill(c.down)
			up := time.Now()
			defer u.stop()
			time.Sleep(time.Minute)
			text, _ := u.letterAfter(begun)
			if _, took := u.letterAfter(up); !strings.Contains(text, own) || !strings.Contains(text, c.want) || took > 30*time.Second {
				t.Errorf("down for %v: %v after the start:\n%s", c.down, took, text)
			}
		})
	}
}

// Requests are counted for each user and in all, also when one says no more
// than another, and a new day begins anew.
func TestRequestsAreCounted(t *testing.T) {
	pack, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for daily, want := range map[string]int{"2/9": 2, "9/2": 2, "2": 2, "0": 5} {
		path := filepath.Join(t.TempDir(), "bot.db")
		synctest.Test(t, func(t *testing.T) {
			u := &user{t: t, pack: pack, path: path, llm: polite}
			u.start(daily)
			defer func() { u.stop() }()
			u.opens()
			for i := range 5 {
				if i > 0 {
					u.do(bot.Said{Command: "draft", Text: "三句话给客服"})
					u.press("润色")
				}
				if u.newest("同意，发去润色") {
					u.press("同意，发去润色")
				}
				time.Sleep(time.Minute)
			}
			if asked := len(u.requests()); asked != want {
				t.Errorf("%s: %d requests, want %d", daily, asked, want)
			}
			u.stop()
			time.Sleep(24 * time.Hour)
			u.start(daily)
			u.do(bot.Said{Command: "draft", Text: "三句话给客服"})
			u.press("润色")
			u.press("同意，发去润色")
			time.Sleep(time.Minute)
			if asked := len(u.requests()); asked != want+1 {
				t.Errorf("%s: %d requests after a day", daily, asked)
			}
		})
	}
}

// newest reports whether the newest message has a button of a label.
func (u *user) newest(label string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return strings.Contains(fmt.Sprint(u.got[len(u.got)-1].Buttons), label)
}

// What leaves is what was shown, and nothing else of the case; the second
// request adds the reply and what is wrong with it.
func TestWhatLeavesIsWhatWasShown(t *testing.T) {
	pack, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bot.db")
	synctest.Test(t, func(t *testing.T) {
		u := &user{t: t, pack: pack, path: path, llm: betterThen()}
		u.start("20/1000")
		defer u.stop()
		u.opens()
		u.mu.Lock()
		shown := u.got[len(u.got)-1].Text
		u.mu.Unlock()
		if len(u.requests()) != 0 {
			t.Fatal("something left before the yes")
		}
		u.press("同意，发去润色")
		time.Sleep(time.Minute)
		bodies := u.requests()
		if len(bodies) != 2 {
			t.Fatalf("%d requests", len(bodies))
		}
		for i, body := range bodies {
			r, err := http.NewRequest(http.MethodPost, "http://localhost", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			for _, said := range askedFor(r)[:2] {
				if !strings.Contains(shown, said) {
					t.Errorf("request %d has what was not shown: %s", i, said)
				}
			}
			for _, item := range []string{"抖音", "2350", "0317", "11月22日", "15:00"} {
				if strings.Contains(body, item) {
					t.Errorf("request %d has %q", i, item)
				}
			}
		}
	})
}
