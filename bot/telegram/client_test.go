package telegram

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
)

// journal is a log that tests can read while it is written.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

func (j *journal) count(part string) int { return strings.Count(j.String(), part) }

// newClient returns a client of srv over the loopback interface, and its log.
func newClient(t *testing.T, srv *telegramtest.Server) (*Client, *journal) {
	t.Helper()
	log := &journal{}
	tr := newTransport(4)
	t.Cleanup(tr.CloseIdleConnections)
	c, err := New(Config{
		Token:       telegramtest.Token,
		APIURL:      srv.URL(),
		PollTimeout: 2 * time.Second,
		Transport:   tr,
		Log:         slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { noSecrets(t, log.String()) })
	return c, log
}

// noSecrets fails the test if text holds what must not be in a log.
func noSecrets(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{telegramtest.Token, "no-secret-at-all", "127.0.0.1", "Bad Gateway", "<html>", "Conflict:"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q stands in %q", secret, text)
		}
	}
}

// taker takes updates as a relay does.
type taker struct {
	mu   sync.Mutex
	got  []bot.Update
	keep func(u bot.Update, done func(error)) // nil says done(nil) at once
}

func (k *taker) accept(u bot.Update, done func(error)) {
	k.mu.Lock()
	k.got = append(k.got, u)
	k.mu.Unlock()
	if k.keep == nil {
		done(nil)
		return
	}
	k.keep(u, done)
}

// texts returns the texts taken so far, in order, as often as they came.
func (k *taker) texts() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []string
	for _, u := range k.got {
		if s, ok := u.Event.(bot.Said); ok {
			out = append(out, s.Text)
		}
	}
	return out
}

func (k *taker) count(text string) int {
	n := 0
	for _, t := range k.texts() {
		if t == text {
			n++
		}
	}
	return n
}

// poll runs c.Poll beside the test; stop ends it and returns what it returned.
func poll(t *testing.T, c *Client, accept func(bot.Update, func(error))) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- c.Poll(ctx, accept) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-result
	})
	t.Cleanup(func() { stop() })
	return stop
}

func TestConfigIsChecked(t *testing.T) {
	valid := Config{Token: telegramtest.Token}
	if _, err := New(valid); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"no token":             func(c *Config) { c.Token = "" },
		"a token with a slash": func(c *Config) { c.Token = "1:secretsecret/../x" },
		"http to elsewhere":    func(c *Config) { c.APIURL = "http://api.example" },
		"another scheme":       func(c *Config) { c.APIURL = "ftp://api.example" },
		"no host":              func(c *Config) { c.APIURL = "https://" },
		"a query":              func(c *Config) { c.APIURL = "https://api.example?x=1" },
		"too short a poll":     func(c *Config) { c.PollTimeout = time.Millisecond },
		"too long a poll":      func(c *Config) { c.PollTimeout = time.Hour },
	} {
		cfg := valid
		change(&cfg)
		_, err := New(cfg)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if cfg.Token != "" && strings.Contains(err.Error(), cfg.Token) {
			t.Errorf("%s: the error shows the token", name)
		}
	}
	for name, change := range map[string]func(*Config){
		"http to localhost":         func(c *Config) { c.APIURL = "http://localhost:8081" },
		"http to 127.0.0.1":         func(c *Config) { c.APIURL = "http://127.0.0.1:8081/" },
		"http to ::1":               func(c *Config) { c.APIURL = "http://[::1]:8081" },
		"http where it was allowed": func(c *Config) { c.APIURL, c.InsecureHTTP = "http://api.example", true },
	} {
		cfg := valid
		change(&cfg)
		if _, err := New(cfg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheSameSentenceIsLoggedOnceAMinute(t *testing.T) {
	log := &journal{}
	r := newReporter(slog.New(slog.NewTextHandler(log, nil)))
	for range 5 {
		r.say(slog.LevelInfo, "one")
		r.say(slog.LevelInfo, "two")
	}
	if log.count("one") != 1 || log.count("two") != 1 {
		t.Errorf("logged %s", log)
	}
}
