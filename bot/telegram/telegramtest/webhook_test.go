package telegramtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// listener is a bot that takes posts and notes them.
type listener struct {
	mu     sync.Mutex
	texts  []string
	at     []time.Time
	under  map[int64]int // posts under way, by chat
	most   int           // posts under way at once, in all
	status func(text string, times int) int
	bad    []string
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // it was cut
	}
	var u struct {
		Message struct {
			Text string
			Chat struct{ ID int64 }
		}
	}
	l.mu.Lock()
	if json.Unmarshal(body, &u) != nil || r.Header.Get("X-Telegram-Bot-Api-Secret-Token") != "abc" || r.Method != http.MethodPost {
		l.bad = append(l.bad, string(body))
	}
	l.texts, l.at = append(l.texts, u.Message.Text), append(l.at, time.Now())
	times := 0
	for _, text := range l.texts {
		if text == u.Message.Text {
			times++
		}
	}
	l.begin(u.Message.Chat.ID, 1)
	l.mu.Unlock()
	time.Sleep(10 * time.Millisecond) // of the bubble
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begin(u.Message.Chat.ID, -1)
	if l.status != nil {
		w.WriteHeader(l.status(u.Message.Text, times))
	}
}

// begin notes that a post begins or ends.
func (l *listener) begin(chat int64, n int) {
	l.under[chat] += n
	all := 0
	for _, under := range l.under {
		all += under
	}
	l.most = max(l.most, all)
	if l.under[chat] > 1 {
		l.bad = append(l.bad, "two posts of one chat at once")
	}
}

// pushing runs a test in a bubble, with a bot whose webhook is set.
func pushing(t *testing.T, test func(t *testing.T, s *Server, l *listener)) {
	synctest.Test(t, func(t *testing.T) {
		s := New(t)
		l := &listener{under: map[int64]int{}}
		s.Proxy(s.PipeTo(&http.Server{Handler: l}))
		s.setting("url", "https://bot.example/x", "secret_token", "abc", "max_connections", "5")
		test(t, s, l)
		if len(l.bad) > 0 {
			t.Errorf("posts that should not be: %q", l.bad)
		}
		s.Close()
	})
}

// setting calls setWebhook.
func (s *Server) setting(nameValues ...string) *answer {
	p := params{texts: map[string]string{}}
	for i := 0; i < len(nameValues); i += 2 {
		p.texts[nameValues[i]] = nameValues[i+1]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setWebhook(p)
}

func TestUpdatesArePosted(t *testing.T) {
	pushing(t, func(t *testing.T, s *Server, l *listener) {
		for _, text := range []string{"a", "b", "c"} {
			for chat := range int64(20) {
				s.User(chat + 1).Say(text)
			}
		}
		s.WaitConfirmed()
		if l.most != 5 || len(l.texts) != 60 {
			t.Errorf("%d posts, %d at once, want 60 and 5", len(l.texts), l.most)
		}
		first := slices.Sorted(slices.Values(l.texts[:20]))
		if first[19] != "a" {
			t.Errorf("the first 20 posts were %q: no chat should come twice before all came once", first)
		}
	})
}

func TestAPostThatFailsIsMadeAgain(t *testing.T) {
	pushing(t, func(t *testing.T, s *Server, l *listener) {
		l.status = func(text string, times int) int {
			if text == "again" && times < 5 {
				return http.StatusServiceUnavailable
			}
			return http.StatusNoContent
		}
		s.Patience(time.Hour)
		u := s.User(1)
		u.Say("again")
		u.Say("after")
		s.WaitConfirmed()
		var pauses []time.Duration
		for i := 1; i < 5; i++ {
			pauses = append(pauses, l.at[i].Sub(l.at[i-1]).Truncate(time.Second))
		}
		if want := []time.Duration{0, 2 * time.Second, 4 * time.Second, 8 * time.Second}; !slices.Equal(pauses, want) || l.texts[5] != "after" {
			t.Errorf("posts of %q after %v, want %v", l.texts, pauses, want)
		}
		info := s.getWebhookInfo(params{}).result.(map[string]any)
		if info["last_error_message"] != "Wrong response from the webhook: 503 Service Unavailable" || info["pending_update_count"] != 0 {
			t.Errorf("getWebhookInfo: %v", info)
		}
	})
}

func TestPostsGoWrong(t *testing.T) {
	pushing(t, func(t *testing.T, s *Server, l *listener) {
		for _, test := range []struct {
			kind FaultKind
			want []string // what the bot gets
		}{
			{CutBefore, []string{"x"}},
			{CutAfter, []string{"x", "x"}},
			{BadGateway, []string{"x"}},
			{Repeated, []string{"x", "x"}},
		} {
			l.mu.Lock()
			l.texts, l.under = nil, map[int64]int{}
			l.mu.Unlock()
			off := s.Inject(Fault{Method: WebhookMethod, Kind: test.kind, Times: 1})
			s.User(int64(test.kind) + 1).Say("x")
			s.WaitConfirmed()
			synctest.Wait()
			off()
			if !slices.Equal(l.texts, test.want) {
				t.Errorf("fault %d: the bot got %q, want %q", test.kind, l.texts, test.want)
			}
		}
		l.bad = slices.DeleteFunc(l.bad, func(s string) bool { return strings.Contains(s, "at once") })
	})
}

func TestTheWebhookIsCheckedAndDeleted(t *testing.T) {
	pushing(t, func(t *testing.T, s *Server, l *listener) {
		for _, wrong := range [][]string{
			{"url", "http://bot.example/"}, {"url", "https://bot.example:1234/"}, {"url", "https://"},
			{"url", "https://bot.example/", "secret_token", "with a blank"},
			{"url", "https://bot.example/", "allowed_updates", "message"},
		} {
			if a := s.setting(wrong...); a.code != http.StatusBadRequest {
				t.Errorf("setWebhook %q: %d", wrong, a.code)
			}
		}
		s.mu.Lock()
		s.deleteWebhook(params{})
		s.mu.Unlock()
		s.User(1).Say("kept")
		synctest.Wait()
		if len(l.texts) != 0 || len(s.Pending()) != 1 {
			t.Errorf("posted %q, %d pending, without a webhook", l.texts, len(s.Pending()))
		}
		s.setting("url", "https://bot.example/", "secret_token", "abc")
		s.WaitConfirmed()
		s.Proxy(nil)
		s.User(1).Say("nobody is there")
		synctest.Wait()
		if info := s.getWebhookInfo(params{}).result.(map[string]any); info["last_error_message"] != "Connection refused" {
			t.Errorf("getWebhookInfo: %v", info)
		}
	})
}
