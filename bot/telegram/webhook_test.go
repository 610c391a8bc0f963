package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
)

const (
	hookURL    = "https://bot.example/telegram/hook"
	hookSecret = "a-secret-of-the-test-only"
)

// hooked is a webhook that runs in a bubble, behind a proxy that takes TLS off.
type hooked struct {
	*Webhook
	srv  *telegramtest.Server
	log  *journal
	stop func()
}

// hook runs a webhook in a bubble.
func hook(t *testing.T, srv *telegramtest.Server, accept func(bot.Update, func(error))) *hooked {
	t.Helper()
	c, log := bubble(t, srv)
	h, err := c.Webhook(hookURL, hookSecret)
	if err != nil {
		t.Fatal(err)
	}
	srv.Proxy(srv.PipeTo(&http.Server{Handler: h, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := h.Run(ctx, accept); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return &hooked{h, srv, log, func() { cancel(); running.Wait() }}
}

// end stops all there is in a bubble.
func (h *hooked) end() {
	h.stop()
	h.srv.Close()
}

// post posts body to h as Telegram does, but for what change changes, and
// returns the answer.
func post(h http.Handler, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, hookURL, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(secretHeader, hookSecret)
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// taking returns a webhook that hands its updates to k, and talks to nobody.
func taking(t testing.TB, k *taker) (*Webhook, *journal) {
	t.Helper()
	log := &journal{}
	c, err := New(Config{Token: telegramtest.Token, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	h, err := c.Webhook(hookURL, hookSecret)
	if err != nil {
		t.Fatal(err)
	}
	h.admit(k.accept)
	return h, log
}

const anUpdate = `{"update_id":1,"message":{"message_id":2,"date":1700000000,"chat":{"id":7,"type":"private"},"text":"hello"}}`

func TestAPostIsAnsweredOnlyWhenItsUpdateIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		dones := make(chan func(error), 10)
		h := hook(t, srv, func(_ bot.Update, done func(error)) { dones <- done })
		srv.User(7).Say("one")
		srv.User(7).Say("two")
		first := <-dones
		time.Sleep(30 * time.Second) // longer than the server lets a client read or write
		synctest.Wait()
		if got := len(srv.Pending()); got != 2 || len(dones) != 0 {
			t.Errorf("%d updates wait at Telegram, and %d more came, before one is done", got, len(dones))
		}
		first(nil)
		(<-dones)(nil)
		srv.WaitConfirmed()
		for _, c := range srv.Calls(telegramtest.WebhookMethod) {
			if c.Code != http.StatusOK {
				t.Errorf("a post was answered with %d", c.Code)
			}
		}
		h.end()
	})
}

// TestWhatIsNotDurableComesAgain: nothing of a chat overtakes what was refused,
// and other chats go on.
func TestWhatIsNotDurableComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		k := &taker{}
		k.keep = func(u bot.Update, done func(error)) {
			if u.Event.(bot.Said).Text == "one" && k.count("one") < 4 {
				done(errKept)
				return
			}
			done(nil)
		}
		h := hook(t, srv, k.accept)
		srv.User(7).Say("one")
		srv.User(7).Say("two")
		srv.User(8).Say("other")
		srv.WaitConfirmed()
		of := func(chat bot.ChatID) (texts []string) {
			for _, u := range k.got {
				if u.Chat == chat {
					texts = append(texts, u.Event.(bot.Said).Text)
				}
			}
			return texts
		}
		if diff := cmp.Diff([]string{"one", "one", "one", "one", "two"}, of(7)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"other"}, of(8)); diff != "" {
			t.Error(diff)
		}
		posts := srv.Calls(telegramtest.WebhookMethod)
		if took := posts[len(posts)-1].At.Sub(posts[0].At); took < 3*retryAfter || took > 4*retryAfter {
			t.Errorf("three refused posts took Telegram %v, want three times %v", took, retryAfter)
		}
		if n := h.log.count("could not be kept"); n != 1 {
			t.Errorf("the refusals are logged %d times: %s", n, h.log)
		}
		h.end()
	})
}

func TestTelegramIsToldOfTheWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		for _, method := range []string{"getMe", "setWebhook"} {
			for _, kind := range []telegramtest.FaultKind{telegramtest.CutBefore, telegramtest.BadGateway, telegramtest.TooMany} {
				srv.Inject(telegramtest.Fault{Method: method, Kind: kind, Times: 2})
			}
		}
		srv.Patience(time.Hour)
		srv.User(7).Say("before the start")
		k := &taker{}
		h := hook(t, srv, k.accept)
		synctest.Wait()
		if err := h.Ready(); !errors.Is(err, errUnset) {
			t.Errorf("Ready() = %v while Telegram is not reached", err)
		}
		srv.Push("poll", struct{}{}) // a kind that is wanted by default
		before := len(srv.Pending())
		srv.Wait("the webhook", func() bool { at, _ := srv.Webhook(); return at == hookURL })
		srv.WaitConfirmed()
		synctest.Wait()
		if err := h.Ready(); err != nil {
			t.Errorf("Ready() = %v", err)
		}
		if at, n := srv.Webhook(); at != hookURL || n != 100 || before != 2 {
			t.Errorf("the webhook is %s with %d connections; %d updates waited for it", at, n, before)
		}
		if id := srv.Push("poll", struct{}{}); id != 0 {
			t.Error("Telegram was not told which updates are wanted")
		}
		if got := k.count("before the start"); got != 1 {
			t.Errorf("what waited came %d times", got)
		}
		h.end()
		noSecrets(t, h.log.String())
		if strings.Contains(h.log.String(), hookSecret) {
			t.Errorf("the secret stands in the log: %s", h.log)
		}
	})
}

// TestTheWebhookIsRemovedWhenTheBotPolls, and what waits is polled.
func TestTheWebhookIsRemovedWhenTheBotPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		h := hook(t, srv, func(_ bot.Update, done func(error)) { done(errKept) })
		srv.User(7).Say("hello")
		h.stop()
		c, _ := bubble(t, srv)
		k := &taker{}
		stop := background(c, k.accept)
		srv.WaitConfirmed()
		if at, _ := srv.Webhook(); at != "" {
			t.Errorf("the webhook %s is left", at)
		}
		if got := k.texts(); !slices.Equal(got, []string{"hello"}) {
			t.Errorf("polled %q", got)
		}
		stop()
		srv.Close()
	})
}

func TestAWebhookThatSomebodyRemovedIsSetAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		h := hook(t, srv, new(taker).accept)
		synctest.Wait()
		other, _ := bubble(t, srv)
		stop := background(other, new(taker).accept) // which removes it
		synctest.Wait()
		if at, _ := srv.Webhook(); at != "" {
			t.Fatal("the other bot has not removed the webhook")
		}
		time.Sleep(2 * lookEvery)
		if at, _ := srv.Webhook(); at != hookURL || h.Ready() != nil {
			t.Errorf("the webhook is %q, Ready() = %v", at, h.Ready())
		}
		if n := h.log.count("somebody else has removed"); n != 1 {
			t.Errorf("the removal is logged %d times: %s", n, h.log)
		}
		stop()
		h.end()
	})
}

// TestReadyFollowsWhatTelegramReports: posts that do not come through are
// noticed, whoever is to blame, and so is their coming through again.
func TestReadyFollowsWhatTelegramReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		h := hook(t, srv, new(taker).accept)
		synctest.Wait()
		broken := srv.Inject(telegramtest.Fault{Method: telegramtest.WebhookMethod, Kind: telegramtest.BadGateway})
		time.Sleep(2 * lookEvery)
		if err := h.Ready(); err != nil {
			t.Errorf("with nothing to post: %v", err)
		}
		srv.User(7).Say("hello")
		time.Sleep(2 * lookEvery)
		if err := h.Ready(); !errors.Is(err, errUnhearing) {
			t.Errorf("behind a broken proxy: %v", err)
		}
		if !strings.Contains(h.log.String(), "wrong response from the webhook: 502") {
			t.Errorf("the log does not say what is wrong: %s", h.log)
		}
		broken()
		srv.Patience(time.Hour)
		srv.WaitConfirmed()
		synctest.Wait()
		if err := h.Ready(); err != nil {
			t.Errorf("when the proxy is mended: %v", err)
		}
		defer srv.Inject(telegramtest.Fault{Method: "getWebhookInfo", Kind: telegramtest.ServerError})()
		time.Sleep(5 * lookEvery)
		if err := h.Ready(); !errors.Is(err, errUnheard) {
			t.Errorf("when Telegram is silent: %v", err)
		}
		h.end()
	})
}

// TestStoppingAnswersWhatIsUnderWay: and takes nothing new.
func TestStoppingAnswersWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		taken := make(chan func(error), 10)
		h := hook(t, srv, func(_ bot.Update, done func(error)) { taken <- done })
		srv.User(7).Say("under way")
		done := <-taken
		stopped := make(chan struct{})
		go func() { h.stop(); close(stopped) }()
		synctest.Wait()
		srv.User(8).Say("too late")
		synctest.Wait()
		select {
		case <-stopped:
			t.Error("Run returned while an update was under way")
		default:
		}
		done(nil)
		<-stopped
		synctest.Wait()
		if left := srv.Pending(); len(left) != 1 || len(taken) != 0 {
			t.Errorf("%d updates wait and %d were taken, want one that waits", len(left), len(taken))
		}
		codes := map[int]int{}
		for _, c := range srv.Calls(telegramtest.WebhookMethod) {
			codes[c.Code]++
		}
		if codes[http.StatusOK] != 1 || codes[http.StatusServiceUnavailable] == 0 {
			t.Errorf("the posts were answered with %v", codes)
		}
		srv.Close()
	})
}

// TestAPostThatIsGivenUpIsDoneAllTheSame: whoever waits for the answer may go;
// the update is still worked on, and the stop waits for it.
func TestAPostThatIsGivenUpIsDoneAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := telegramtest.New(t)
		srv.Inject(telegramtest.Fault{Method: telegramtest.WebhookMethod, Kind: telegramtest.CutAfter, Times: 1})
		k := &taker{}
		k.keep = func(_ bot.Update, done func(error)) {
			go func() {
				time.Sleep(time.Second)
				done(nil)
			}()
		}
		h := hook(t, srv, k.accept)
		srv.User(7).Say("hello")
		srv.WaitConfirmed()
		if got := k.texts(); !slices.Equal(got, []string{"hello", "hello"}) || k.got[0].ID != k.got[1].ID {
			t.Errorf("taken: %q", got)
		}
		h.end()
	})
}

func TestWhatIsNoPostOfTelegramIsRefused(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	none := func(*http.Request) {}
	for name, test := range map[string]struct {
		change func(*http.Request)
		body   string
		want   int
	}{
		"as it should be":         {none, anUpdate, http.StatusOK},
		"with a charset":          {header("Content-Type", "application/json; charset=utf-8"), anUpdate, http.StatusOK},
		"an unknown kind":         {none, `{"update_id":2,"thought":{}}`, http.StatusOK},
		"an unknown form":         {none, `{"update_id":3,"message":"not a message"}`, http.StatusOK},
		"GET":                     {func(r *http.Request) { r.Method = http.MethodGet }, anUpdate, http.StatusMethodNotAllowed},
		"PUT":                     {func(r *http.Request) { r.Method = http.MethodPut }, anUpdate, http.StatusMethodNotAllowed},
		"no secret":               {func(r *http.Request) { r.Header.Del(secretHeader) }, anUpdate, http.StatusUnauthorized},
		"another secret":          {header(secretHeader, "another-secret-of-the-test"), anUpdate, http.StatusUnauthorized},
		"a part of the secret":    {header(secretHeader, hookSecret[:len(hookSecret)-1]), anUpdate, http.StatusUnauthorized},
		"more than the secret":    {header(secretHeader, hookSecret+"x"), anUpdate, http.StatusUnauthorized},
		"a form":                  {header("Content-Type", "application/x-www-form-urlencoded"), anUpdate, http.StatusUnsupportedMediaType},
		"no type":                 {func(r *http.Request) { r.Header.Del("Content-Type") }, anUpdate, http.StatusUnsupportedMediaType},
		"just within the limit":   {none, anUpdate + strings.Repeat(" ", maxPost-len(anUpdate)), http.StatusOK},
		"too long":                {none, anUpdate + strings.Repeat(" ", maxPost-len(anUpdate)+1), http.StatusRequestEntityTooLarge},
		"no JSON":                 {none, "<html>", http.StatusBadRequest},
		"nothing":                 {none, "", http.StatusBadRequest},
		"half of it":              {none, anUpdate[:len(anUpdate)/2], http.StatusBadRequest},
		"no id":                   {none, `{"message":{"text":"hello"}}`, http.StatusBadRequest},
		"something after it":      {none, anUpdate + "x", http.StatusBadRequest},
		"an id that is no number": {none, `{"update_id":"1"}`, http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			k := &taker{}
			h, log := taking(t, k)
			got := post(h, test.body, test.change)
			if got.Code != test.want || got.Body.Len() > 0 {
				t.Errorf("answered with %d and %q, want %d alone", got.Code, got.Body, test.want)
			}
			if (test.want == http.StatusOK) != (len(k.got) == 1) {
				t.Errorf("%d updates were taken", len(k.got))
			}
			if test.want == http.StatusMethodNotAllowed && got.Header().Get("Allow") != http.MethodPost {
				t.Errorf("the answer allows %q", got.Header().Get("Allow"))
			}
			for _, private := range []string{"hello", "secret-of", "<html>"} {
				if strings.Contains(log.String(), private) {
					t.Errorf("%q stands in the log: %s", private, log)
				}
			}
		})
	}
}

func TestTheAddressOfAWebhookIsChecked(t *testing.T) {
	c, err := New(Config{Token: telegramtest.Token})
	if err != nil {
		t.Fatal(err)
	}
	for address, path := range map[string]string{
		hookURL: "/telegram/hook", "https://bot.example": "/", "https://bot.example:8443/%E4%B8%AD": "/中",
		"http://127.0.0.1:8081/hook": "/hook", "http://localhost/": "/",
	} {
		if h, err := c.Webhook(address, hookSecret); err != nil || h.Path() != path {
			t.Errorf("%s: %v, %v", address, h, err)
		}
	}
	for _, address := range []string{
		"", "bot.example/hook", "http://bot.example/hook", "ftp://bot.example", "https:///hook", "https://bot.example/?a=b",
		"https://bot.example/#a", "https://user:word@bot.example/", "https://bot.example/%zz", "http://10.0.0.1/hook",
	} {
		if _, err := c.Webhook(address, hookSecret); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
	for _, secret := range []string{"", "with a blank", "密", strings.Repeat("x", 257), "1:token"} {
		if _, err := c.Webhook(hookURL, secret); err == nil || secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("the secret %q: %v", secret, err)
		}
	}
	c.insecure = true
	if _, err := c.Webhook("http://10.0.0.1/hook", hookSecret); err != nil {
		t.Errorf("plain http that was allowed: %v", err)
	}
}

func TestAddressesAreComparedAsWhatTheyMean(t *testing.T) {
	for other, want := range map[string]bool{
		hookURL: true, "https://Bot.Example:443/telegram/hook": true, "": false, "https://bot.example:8443/telegram/hook": false,
		"https://bot.example/telegram": false, "http://bot.example/telegram/hook": false, "https://other.example/telegram/hook": false,
	} {
		if got := sameAddress(other, hookURL); got != want {
			t.Errorf("%s is the same: %v, want %v", other, got, want)
		}
	}
	if !sameAddress("https://bot.example", "https://bot.example/") {
		t.Error("an address without a path is another")
	}
}

func TestAWrongTokenEndsTheWebhook(t *testing.T) {
	for _, method := range []string{"getMe", "setWebhook"} {
		synctest.Test(t, func(t *testing.T) {
			srv := telegramtest.New(t)
			srv.Inject(telegramtest.Fault{Kind: telegramtest.Unauthorized, Method: method})
			c, _ := bubble(t, srv)
			h, err := c.Webhook(hookURL, hookSecret)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Run(context.Background(), new(taker).accept); !errors.Is(err, ErrToken) {
				t.Errorf("%s: Run = %v, want ErrToken", method, err)
			}
			srv.Close()
		})
	}
}

func TestWhatTelegramSaysOfFailuresIsReduced(t *testing.T) {
	for said, want := range map[string]string{
		"Wrong response from the webhook: 502 Bad Gateway": "wrong response from the webhook: 502",
		"Wrong response from the webhook: 418 I'm":         "wrong response from the webhook",
		"Connection refused":                               "connection refused",
		"Something about https://bot.example":              "an error without a known description",
	} {
		if got := reduce(said, fails); got != want {
			t.Errorf("%q became %q, want %q", said, got, want)
		}
	}
}

// FuzzPost: whatever is posted is taken once, or refused, and nothing else.
func FuzzPost(f *testing.F) {
	for _, s := range []string{anUpdate, "{}", `{"update_id":null}`, `[{"update_id":1}]`, `{"update_id":9223372036854775807}`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		k := &taker{}
		h, _ := taking(t, k)
		r := httptest.NewRequest(http.MethodPost, hookURL, bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(secretHeader, hookSecret)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if fmt.Sprint(w.Code, len(k.got)) != "200 1" && fmt.Sprint(w.Code, len(k.got)) != "400 0" {
			t.Fatalf("%q: answered with %d, %d updates taken", body, w.Code, len(k.got))
		}
	})
}
