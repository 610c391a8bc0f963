package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"

	"tixianbot/bot"
)

// PublicAPI is the address of Telegram's own Bot API server.
const PublicAPI = "https://api.telegram.org"

const (
	defaultPollTimeout = 50 * time.Second
	defaultSends       = 64
	pollGrace          = 15 * time.Second // what a long poll may take beyond its time-out
	sendTimeout        = 30 * time.Second // for every other request …
	uploadTimeout      = 5 * time.Minute  // … but one that carries a file
)

// ErrToken is returned when Telegram does not know the token: it is wrong, or
// it was revoked. Trying again does not help.
var ErrToken = errors.New("telegram does not accept the bot token")

// Config says how to reach Telegram. Token alone is required.
type Config struct {
	Token         string
	APIURL        string        // of the Bot API server; "" is PublicAPI
	InsecureHTTP  bool          // allow plain http to hosts other than this one
	PollTimeout   time.Duration // how long a long poll waits, in whole seconds; 0 is 50 s
	SendsInFlight int           // how many requests are made at once; that many connections are kept; 0 is 64

	Transport http.RoundTripper // carries the requests; nil is a transport of its own
	Log       *slog.Logger      // nil discards

	Heard func(method string, status int) // is told of every answer, to be counted; 0: none came; nil: nobody is told
}

// Client talks to the Bot API for one bot. Its methods may be called at the
// same time from several goroutines; Poll from one only.
type Client struct {
	api  *tg.Bot
	wire *wire
	log  *reporter

	base, files string // addresses with the token, never to be logged
	pollTimeout time.Duration
	insecure    bool // plain http is allowed to other hosts too
	openFile    func(path string) (io.ReadCloser, int64, error)

	mu       sync.Mutex
	me       account
	reached  time.Time // when a poll last got an answer
	conflict bool      // somebody else polls with the token

	halves progress

	more chan struct{} // holds a token when there is little to work on
}

// account is the bot's own account.
type account struct {
	ID       int64
	Username string
}

// New returns a client. It makes no request. No error of it shows the token.
func New(cfg Config) (*Client, error) {
	if cfg.APIURL == "" {
		cfg.APIURL = PublicAPI
	}
	if cfg.PollTimeout == 0 {
		cfg.PollTimeout = defaultPollTimeout
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	c := &Client{
		wire:        newWire(cfg),
		log:         newReporter(cfg.Log),
		base:        strings.TrimRight(cfg.APIURL, "/") + "/bot" + cfg.Token + "/",
		files:       strings.TrimRight(cfg.APIURL, "/") + "/file/bot" + cfg.Token + "/",
		pollTimeout: cfg.PollTimeout.Truncate(time.Second),
		insecure:    cfg.InsecureHTTP,
		openFile:    fromDisk,
		more:        make(chan struct{}, 1),
	}
	var err error
	c.api, err = tg.New(cfg.Token,
		tg.WithSkipGetMe(),
		tg.WithServerURL(strings.TrimRight(cfg.APIURL, "/")),
		tg.WithHTTPClient(cfg.PollTimeout, c.wire),
		tg.WithErrorsHandler(func(error) { c.log.say(slog.LevelWarn, "telegram library reports an error") }),
		tg.WithDebugHandler(func(string, ...any) {}),
	)
	if err != nil {
		return nil, errors.New("telegram: the client library refuses its configuration")
	}
	return c, nil
}

var tokenForm = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{10,100}$`)

func (cfg Config) check() error {
	if !tokenForm.MatchString(cfg.Token) {
		return errors.New("telegram: the bot token has not the form 123456:ABC-DEF that @BotFather gives")
	}
	if cfg.PollTimeout < time.Second || cfg.PollTimeout > 10*time.Minute {
		return fmt.Errorf("telegram: a poll time-out of %v is not between 1 s and 10 min", cfg.PollTimeout)
	}
	return checkURL(cfg.APIURL, cfg.InsecureHTTP)
}

// checkURL refuses addresses over which the token would travel in the open.
func checkURL(address string, insecure bool) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("telegram: the API address is not of the form https://host")
	}
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
		return fmt.Errorf("telegram: the API address has the scheme %q, want https", u.Scheme)
	case insecure || loopback(u.Hostname()):
		return nil
	}
	return errors.New("telegram: plain http would show the token to the network; it is allowed to this machine only")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Ready reports whether the bot is receiving: a poll got an answer within the
// last two poll time-outs, and nobody else polls with the same token.
func (c *Client) Ready() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.conflict && !c.reached.IsZero() && time.Since(c.reached) <= 2*c.pollTimeout
}

func (c *Client) answered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reached, c.conflict = time.Now(), false
}

func (c *Client) conflicted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conflict = true
}

func (c *Client) inConflict() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conflict
}

// unreached forgets that a poll ever got an answer.
func (c *Client) unreached() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reached = time.Time{}
}

// learnSelf asks Telegram who the bot is.
func (c *Client) learnSelf(ctx context.Context) error {
	me, err := c.api.GetMe(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = account{ID: me.ID, Username: me.Username}
	return nil
}

func (c *Client) self() account {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.me
}

// refuse makes the error that the senders promise out of any error of a request.
func refuse(err error, editing bool) error {
	if err == nil {
		return nil
	}
	var f *fault
	if !errors.As(err, &f) {
		f = &fault{kind: faultGarbage, what: "request could not be made"}
	}
	reason := f.reason(editing)
	refusal := &bot.Refusal{Reason: reason, Err: f}
	if reason == bot.TooFast {
		refusal.After = f.after
	}
	return refusal
}
