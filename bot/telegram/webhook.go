package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"time"

	"tixianbot/bot"
)

// secretHeader is where Telegram puts the secret of a webhook.
const secretHeader = "X-Telegram-Bot-Api-Secret-Token"

const (
	maxPost     = 1 << 20 // bytes of an update; Telegram's are below 64 KiB
	maxConns    = 100     // posts that Telegram makes at once, which is the most it can be asked for
	answerTime  = 50 * time.Second
	retryAfter  = 2 * time.Second
	shortSecret = 16 // characters, below which a secret may be guessed
)

// Webhook receives updates as Telegram posts them. Make one with
// [Client.Webhook], serve it at [Webhook.Path], and run it.
//
// A post is answered with 200 when its update is durable, and not before. Posts
// of one chat may come at once, since Telegram keeps messages and presses in
// order each for itself: they are handed on in the order in which they have
// arrived completely. The same update may come again, also while it is being
// worked on, if Telegram has not had the answer. Before Run and after it nothing
// is taken.
type Webhook struct {
	c       *Client
	address string
	path    string
	token   string // the secret
	secret  [sha256.Size]byte

	mu     sync.Mutex
	accept func(u bot.Update, done func(error)) // nil while nothing is taken
	work   sync.WaitGroup                       // updates that were handed on
	health health
}

// Webhook returns the webhook at the given address with the given secret. It
// makes no request. No error of it shows the secret.
func (c *Client) Webhook(address, secret string) (*Webhook, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, errors.New("telegram: the address of the webhook is not of the form https://host/path")
	case u.Scheme == "http" && !c.insecure && !loopback(u.Hostname()):
		return nil, errors.New("telegram: plain http would show what users write to the network; a webhook over it is allowed on this machine only")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("telegram: the address of the webhook has the scheme %q, want https", u.Scheme)
	case !secretForm.MatchString(secret):
		return nil, errors.New("telegram: the secret of the webhook must have 1 to 256 characters out of A-Z, a-z, 0-9, _ and -")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	if len(secret) < shortSecret {
		c.log.say(slog.LevelWarn, "the secret of the webhook is short and may be guessed", "want", shortSecret)
	}
	return &Webhook{c: c, address: u.String(), path: u.Path, token: secret, secret: sha256.Sum256([]byte(secret))}, nil
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// Path returns the path at which the webhook is to be served.
func (h *Webhook) Path() string { return h.path }

// ServeHTTP takes one update.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := h.take(w, r)
	switch status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusServiceUnavailable:
		// Without it Telegram waits twice as long after each failure, up to two
		// minutes, and so would the user when all is well again.
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	}
	w.WriteHeader(status)
}

// take hands the update of a post on and returns the status to answer with.
// Nothing is read of a post whose sender does not know the secret.
func (h *Webhook) take(w http.ResponseWriter, r *http.Request) (status int) {
	switch {
	case r.Method != http.MethodPost:
		return http.StatusMethodNotAllowed
	case !h.knows(r.Header.Get(secretHeader)):
		h.c.log.say(slog.LevelWarn, "somebody posts to the webhook with a wrong secret")
		return http.StatusUnauthorized
	case !isJSON(r.Header.Get("Content-Type")):
		return http.StatusUnsupportedMediaType
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPost))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case err != nil:
		return http.StatusBadRequest // it was cut off, and comes again
	}
	u, err := h.decode(body)
	if err != nil {
		// It came with the secret and is none of Telegram's updates, which all have
		// an id: something between Telegram and here has spoiled it. With 200 the
		// message of somebody would be lost without a sound; with 400 Telegram
		// tries again for a day, which holds up nobody but that chat, tells
		// the operator in getWebhookInfo, and brings the message once it is mended.
		h.c.log.say(slog.LevelError, "a post to the webhook is not an update", "bytes", len(body))
		return http.StatusBadRequest
	}
	return h.hand(w, r, u)
}

// knows compares in a time that tells nothing about the secret, nor its length.
func (h *Webhook) knows(secret string) bool {
	sum := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(sum[:], h.secret[:]) == 1
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

// decode reads an update. One of an unknown form is [bot.Ignored], as long as it
// has an id. Until getMe was answered a mention in a group is not known as one,
// which costs the sentence that the bot does not work there.
func (h *Webhook) decode(body []byte) (bot.Update, error) {
	update := readUpdate(body)
	return update.decode(h.c.self(), time.Now())
}

// hand gives u to accept and waits until it is durable, or until Telegram no
// longer waits for an answer: the update comes again then, and is known.
func (h *Webhook) hand(w http.ResponseWriter, r *http.Request, u bot.Update) (status int) {
	accept := h.enter()
	if accept == nil {
		return http.StatusServiceUnavailable
	}
	// The limits of the server are for clients that send or read slowly. That a
	// commit takes its time is none of the client's fault.
	control, until := http.NewResponseController(w), time.Now().Add(answerTime)
	_, _ = control.SetReadDeadline(until), control.SetWriteDeadline(until)
	done := make(chan error, 1)
	var once sync.Once
	accept(u, func(err error) {
		once.Do(func() {
			done <- err
			h.work.Done()
		})
	})
	select {
	case err := <-done:
		if err != nil {
			h.c.log.say(slog.LevelWarn, "updates could not be kept and stay at telegram")
			return http.StatusServiceUnavailable
		}
		h.received()
		return http.StatusOK
	case <-r.Context().Done():
		return http.StatusServiceUnavailable
	}
}

// enter notes that an update is handed on and returns to whom, or nil.
func (h *Webhook) enter() func(bot.Update, func(error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.accept != nil {
		h.work.Add(1)
	}
	return h.accept
}

// admit says who takes the updates from now on, nil being nobody.
func (h *Webhook) admit(accept func(bot.Update, func(error))) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.accept = accept
}

// drain takes nothing any more and waits until what was handed on is done.
func (h *Webhook) drain() {
	h.admit(nil)
	h.work.Wait()
}

// Run tells Telegram to post its updates here and hands each to accept, as
// [Client.Poll] does, until ctx ends. What waits at Telegram meanwhile stays
// there. It returns nil when every update that was handed on is done; so
// whoever takes the updates has to be stopped after Run has returned, and the
// server after that. It returns [ErrToken] when the token is not accepted.
// Everything else it sits out: see [Webhook.Ready].
func (h *Webhook) Run(ctx context.Context, accept func(u bot.Update, done func(error))) error {
	h.admit(accept)
	defer h.drain()
	again := retries{c: h.c, what: "the webhook"}
	for _, exchange := range []func(context.Context) error{h.greet, h.register} {
		for done := false; !done && ctx.Err() == nil; {
			err := again.step(ctx, func(ctx context.Context) error {
				err := exchange(ctx)
				done = err == nil
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	for ctx.Err() == nil {
		wait(ctx, lookEvery)
		if err := again.step(ctx, h.look); err != nil {
			return err
		}
	}
	return nil
}

func (h *Webhook) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return h.c.learnSelf(ctx)
}

// setWebhookParams leaves drop_pending_updates out: what waits is somebody's message.
type setWebhookParams struct {
	URL         string   `json:"url"`
	Secret      string   `json:"secret_token"`
	Connections int      `json:"max_connections"`
	Allowed     []string `json:"allowed_updates"`
}

func (h *Webhook) register(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := h.c.call(ctx, "setWebhook", setWebhookParams{h.address, h.token, maxConns, allowedUpdates}, new(bool))
	if err == nil {
		h.registered()
		h.c.log.say(slog.LevelInfo, "webhook set")
	}
	return err
}
