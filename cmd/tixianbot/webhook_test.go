package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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

// The bot by webhook: the real binary, behind what takes TLS off.

const (
	hookURL    = "https://bot.example/from/telegram"
	hookPath   = "/from/telegram"
	hookSecret = "no-secret-but-of-the-tests"
)

// byWebhook is the environment of a bot that is called.
var byWebhook = []string{"TIXIANBOT_WEBHOOK_URL=" + hookURL, "TIXIANBOT_WEBHOOK_SECRET=" + hookSecret}

// startHooked runs a bot that is called, and leads Telegram to it.
func startHooked(t testing.TB, srv *telegramtest.Server, folder string, env ...string) *running {
	t.Helper()
	b := start(t, srv, folder, append(slices.Clone(byWebhook), env...)...)
	srv.Proxy(telegramtest.TLSProxy(b.address))
	return b
}

// hooked reports whether Telegram knows of the webhook.
func hooked(srv *telegramtest.Server) bool {
	at, _ := srv.Webhook()
	return at == hookURL
}

func TestAConversationByWebhook(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	srv.RetryPosts(10 * time.Millisecond)
	folder := t.TempDir()
	b := startHooked(t, srv, folder)
	u := srv.User(7)
	u.Say("昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡")
	u.WaitText("500")
	u.Press("没有")
	u.WaitToasts(1)
	u.WaitText("「上周刚换了银行卡」")
	if status, body := b.readyz(); status != http.StatusOK {
		t.Errorf("/readyz: %d %s", status, body)
	}
	b.stop()
	if n := len(srv.Calls("getUpdates")); n != 0 || !hooked(srv) {
		t.Errorf("%d polls by a bot that is called; the webhook is left at the end: %v", n, hooked(srv))
	}
	u.Say("/log 机器人停着的时候发的")
	u.Say("/log 第二条")
	b = start(t, srv, folder) // polls
	srv.WaitConfirmed()
	b.stop()
	if hooked(srv) {
		t.Error("the bot that polls has left the webhook")
	}
	all := cases(t, folder)
	if len(all) != 1 || count(texts(all[0]), "机器人停着的时候发的") != 1 || count(texts(all[0]), "第二条") != 1 {
		t.Errorf("the cases are %+v", all)
	}
}

// TestTelegramIsNotReachedAtTheStart: the bot tries on, is not ready meanwhile,
// and what was written meanwhile comes.
func TestTelegramIsNotReachedAtTheStart(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	off := srv.Inject(telegramtest.Fault{Kind: telegramtest.CutBefore})
	srv.User(7).Say("/log one")
	b := startHooked(t, srv, t.TempDir())
	b.waitLog("the webhook fails, trying on")
	if status, _ := b.readyz(); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d while Telegram is not reached", status)
	}
	off()
	srv.User(7).WaitMessages(1)
	srv.Wait("the webhook", func() bool { return hooked(srv) })
	if text := b.dump(); strings.Contains(text, hookSecret) || strings.Contains(text, telegramtest.Token) {
		t.Errorf("a secret stands in the log:\n%s", text)
	}
	b.stop()
}

// TestTheWebhookTakesNothingElse: the same as package telegram tests, as far as
// it depends on the way through the server.
func TestTheWebhookTakesNothingElse(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	b := startHooked(t, srv, t.TempDir())
	for name, test := range map[string]struct {
		method, path, secret, kind, body string
		want                             int
	}{
		"an update":           {"POST", hookPath, hookSecret, "application/json", `{"update_id":1}`, http.StatusOK},
		"another path":        {"POST", hookPath + "/", hookSecret, "application/json", `{"update_id":2}`, http.StatusNotFound},
		"what monitors ask":   {"GET", "/healthz", "", "", "", http.StatusOK},
		"not a post":          {"GET", hookPath, hookSecret, "application/json", "", http.StatusMethodNotAllowed},
		"a wrong secret":      {"POST", hookPath, "wrong", "application/json", `{"update_id":3}`, http.StatusUnauthorized},
		"not JSON":            {"POST", hookPath, hookSecret, "text/plain", `{"update_id":4}`, http.StatusUnsupportedMediaType},
		"more than a MiB":     {"POST", hookPath, hookSecret, "application/json", strings.Repeat(" ", 1<<20+1), http.StatusRequestEntityTooLarge},
		"not an update":       {"POST", hookPath, hookSecret, "application/json", `"hello"`, http.StatusBadRequest},
		"headers without end": {"GET", "/healthz", strings.Repeat("x", 1<<20), "", "", http.StatusRequestHeaderFieldsTooLarge},
	} {
		r, err := http.NewRequest(test.method, "http://"+b.address+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", test.secret)
		r.Header.Set("Content-Type", test.kind)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		response.Body.Close()
		if response.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", name, response.StatusCode, test.want)
		}
	}
	b.stop()
}

func TestTheConfigurationOfAWebhook(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(hookSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := telegramtest.New(t)
	for name, test := range map[string]struct {
		env  []string
		word string
	}{
		"no secret":         {[]string{byWebhook[0]}, "TIXIANBOT_WEBHOOK_SECRET is not set"},
		"no address":        {[]string{byWebhook[1]}, "without TIXIANBOT_WEBHOOK_URL"},
		"both secrets":      {append([]string{"TIXIANBOT_WEBHOOK_SECRET_FILE=" + file}, byWebhook...), "are both set"},
		"plain http":        {[]string{byWebhook[1], "TIXIANBOT_WEBHOOK_URL=http://bot.example/hook"}, "plain http"},
		"a secret of words": {[]string{byWebhook[0], "TIXIANBOT_WEBHOOK_SECRET=some words"}, "A-Z, a-z, 0-9"},
		"a path of ours":    {[]string{byWebhook[1], "TIXIANBOT_WEBHOOK_URL=https://bot.example/readyz"}, "choose another"},
		"listening nowhere": {append([]string{"TIXIANBOT_LISTEN="}, byWebhook...), "TIXIANBOT_LISTEN is empty"},
	} {
		env := deployment(srv.URL(), t.TempDir(), test.env...)
		if got := command(t, env, "", "run"); got.code != exitUsage || !strings.Contains(got.errs, test.word) || strings.Contains(got.errs, "some words") {
			t.Errorf("%s: exit code %d: %s", name, got.code, got.errs)
		}
	}
	b := start(t, srv, t.TempDir(), byWebhook[0], "TIXIANBOT_WEBHOOK_SECRET_FILE="+file)
	srv.Wait("the webhook", func() bool { return hooked(srv) })
	b.stop()
}

// one is a listener with one connection.
type one struct {
	conns chan net.Conn
	over  chan struct{}
}

func (l *one) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.over:
		return nil, net.ErrClosed
	}
}

func (l *one) Close() error   { close(l.over); return nil }
func (l *one) Addr() net.Addr { return &net.UnixAddr{Name: "one", Net: "pipe"} }

// TestSlowClientsAreCutOff: one that sends a byte now and then, at any stage of
// its request, is gone soon.
func TestSlowClientsAreCutOff(t *testing.T) {
	const head = "POST " + hookPath + " HTTP/1.1\r\nHost: bot.example\r\nContent-Length: 1000\r\n"
	for name, test := range map[string]struct {
		sent, drip string
		within     time.Duration
	}{
		"in the headers": {"", "POST " + hookPath + " HTTP/1.1\r\nHost: bot.example\r\n" + strings.Repeat("A: b\r\n", 100), 5 * time.Second},
		"in the body":    {head + "\r\n", strings.Repeat(" ", 1000), 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var server http.Server
				limit(&server, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
				l := &one{make(chan net.Conn), make(chan struct{})}
				go server.Serve(l)
				client, far := net.Pipe()
				l.conns <- far
				began := time.Now()
				var dripping sync.WaitGroup
				dripping.Go(func() {
					_, _ = io.WriteString(client, test.sent)
					for _, b := range []byte(test.drip) {
						time.Sleep(100 * time.Millisecond)
						if _, err := client.Write([]byte{b}); err != nil {
							return
						}
					}
				})
				_, _ = io.Copy(io.Discard, client) // until it is cut off
				if took := time.Since(began); took > test.within+time.Second {
					t.Errorf("cut off after %v, want %v", took, test.within)
				}
				client.Close()
				server.Close()
				dripping.Wait()
			})
		})
	}
}

// careful is a core that keeps what is said, and fails the test if it works on
// two updates of a chat at once.
type careful struct {
	t     *testing.T
	mu    sync.Mutex
	chats map[string]bool
}

func (s *careful) step(_ *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
	said := in.Event.(bot.Said)
	chat, text, _ := strings.Cut(said.Text, " ")
	s.mu.Lock()
	if s.chats[chat] {
		s.t.Error("two updates of one chat at once")
	}
	s.chats[chat] = true
	s.mu.Unlock()
	c.Number = 1
	c.Seq++
	fx := bot.Effects{Records: []bot.Record{{Seq: c.Seq, Kind: bot.RecordNote, At: in.At, Text: text}}}
	s.mu.Lock()
	s.chats[chat] = false
	s.mu.Unlock()
	return c, fx
}

// TestTheSameUpdateTwiceAtOnce: four hundred updates, ten thousand in a long run,
// are each posted twice at the same time, and beside another of their chat. Each
// is applied once, and all four posts are answered with success.
func TestTheSameUpdateTwiceAtOnce(t *testing.T) {
	const chats = 20
	each := 20
	if long {
		each = 500
	}
	db, err := store.Open(filepath.Join(t.TempDir(), botFile))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	hook, end := wire(t, db, &careful{t: t, chats: map[string]bool{}})
	var all sync.WaitGroup
	for chat := range chats {
		all.Go(func() {
			for n := range each / 2 {
				first, second := posted(chat+1, 2*n), posted(chat+1, 2*n+1)
				var posts sync.WaitGroup
				for _, body := range []string{first, second, first, second} {
					posts.Go(func() {
						if status := post(hook, body); status != http.StatusOK {
							t.Errorf("a post was answered with %d", status)
						}
					})
				}
				posts.Wait()
			}
		})
	}
	all.Wait()
	end()
	for chat := range chats {
		kept := map[string]int{}
		for e, err := range db.CasesOf(bot.ChatID(chat + 1)) {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range e.Records {
				kept[r.Text]++
			}
		}
		for n := range each {
			if kept[fmt.Sprint(n)] != 1 {
				t.Errorf("chat %d: update %d was applied %d times", chat+1, n, kept[fmt.Sprint(n)])
			}
		}
	}
}

// posted is the n-th update of a chat, as it is posted.
func posted(chat, n int) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1700000000,"chat":{"id":%d,"type":"private"},"text":"%d %d"}}`,
		chat*1_000_000+n+1, n+1, chat, chat, n)
}

func post(h http.Handler, body string) int {
	r := httptest.NewRequest(http.MethodPost, hookURL, bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// wire runs a webhook over a relay over db, with a core, until end is called.
func wire(t *testing.T, db *store.Store, core *careful) (hook *telegram.Webhook, end func()) {
	t.Helper()
	srv := telegramtest.New(t)
	client, err := telegram.New(telegram.Config{Token: telegramtest.Token, APIURL: srv.URL()})
	if err != nil {
		t.Fatal(err)
	}
	if hook, err = client.Webhook(hookURL, hookSecret); err != nil {
		t.Fatal(err)
	}
	r := relay.New(relay.Config{Store: db, Sender: client, Knowledge: content, Step: core.step, Wants: func(bot.Case, bot.Event) bot.Wish { return bot.Wish{} }})
	ctx, cancel := context.WithCancel(context.Background())
	sending, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = r.Run(sending) })
	running.Go(func() {
		if err := hook.Run(ctx, r.Accept); err != nil {
			t.Error(err)
		}
		stop()
	})
	srv.Wait("the webhook", func() bool { return hooked(srv) })
	return hook, func() { cancel(); running.Wait() }
}
