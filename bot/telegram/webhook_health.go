package telegram

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// lookEvery is how often Telegram is asked what has become of the webhook.
const lookEvery = 30 * time.Second

// What keeps users from being answered by webhook. See [Webhook.Ready].
var (
	errUnset     = errors.New("Telegram has not taken the webhook yet")
	errUnheard   = errors.New("Telegram was not reached, or somebody else has changed the webhook")
	errUnhearing = errors.New("Telegram reports that its posts do not come through to the webhook")
)

// health is what is known of the way from Telegram.
type health struct {
	set     bool      // Telegram was told of the webhook
	looked  time.Time // when it last said that the webhook is set as it should be
	got     time.Time // when an update last came through
	failing bool      // it has said that posts fail, and none came through since
}

// Ready returns nil if users are heard, or why not. They are if within the last
// two looks, one every 30 s, Telegram said that its updates go to this webhook;
// and if it did not say that posts fail while updates wait, or one has come
// through since.
func (h *Webhook) Ready() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !h.health.set:
		return errUnset
	case time.Since(h.health.looked) > 2*lookEvery+sendTimeout:
		return errUnheard
	case h.health.failing:
		return errUnhearing
	}
	return nil
}

// received notes that an update came through.
func (h *Webhook) received() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.health.got, h.health.failing = time.Now(), false
}

// registered notes that Telegram has taken the webhook.
func (h *Webhook) registered() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.health.set, h.health.looked = true, time.Now()
}

// webhookInfo is what Telegram says of a webhook.
type webhookInfo struct {
	URL     string `json:"url"`
	Pending int    `json:"pending_update_count"`
	FailAt  int64  `json:"last_error_date"`
	Fail    string `json:"last_error_message"`
}

// look asks Telegram about the webhook. One that somebody else has removed or
// changed is set again: a bot that polls with the same token removes it once,
// when it starts, and a tool may have by mistake.
func (h *Webhook) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	var info webhookInfo
	if err := h.c.call(ctx, "getWebhookInfo", struct{}{}, &info); err != nil {
		return err
	}
	if !sameAddress(info.URL, h.address) {
		h.lost()
		h.c.log.say(slog.LevelWarn, "somebody else has removed or changed the webhook; it is set again")
		return h.register(ctx)
	}
	if h.heed(info) {
		h.c.log.say(slog.LevelWarn, "telegram reports that its posts do not come through to the webhook",
			"what", reduce(info.Fail, fails), "waiting", info.Pending)
	}
	return nil
}

// sameAddress reports whether two addresses are one: Telegram may write one in
// another way than it was told.
func sameAddress(a, b string) bool {
	u, err1 := url.Parse(a)
	v, err2 := url.Parse(b)
	if err1 != nil || err2 != nil {
		return a == b
	}
	port := func(u *url.URL) string {
		return cmp.Or(u.Port(), map[string]string{"https": "443", "http": "80"}[u.Scheme])
	}
	path := func(u *url.URL) string { return cmp.Or(u.Path, "/") }
	return u.Scheme == v.Scheme && strings.EqualFold(u.Hostname(), v.Hostname()) && port(u) == port(v) && path(u) == path(v)
}

// lost notes that the webhook is not what it was set to.
func (h *Webhook) lost() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.health.set = false
}

// heed takes in what Telegram says of a webhook that is set as it should be, and
// returns whether posts fail.
func (h *Webhook) heed(info webhookInfo) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.health.looked = time.Now()
	h.health.failing = info.Pending > 0 && info.FailAt > 0 && time.Unix(info.FailAt, 0).After(h.health.got)
	return h.health.failing
}

// fails are what Telegram says of posts that do not come through, as far as it
// helps the operator. The rest of what it says may hold the address.
var fails = []string{
	"connection refused", "connection timed out", "connection reset", "connection closed", "read timeout expired",
	"failed to resolve host", "certificate verify failed", "ssl error", "can't connect to the webhook",
	"wrong response from the webhook: 301", "wrong response from the webhook: 302",
	"wrong response from the webhook: 400", "wrong response from the webhook: 401", "wrong response from the webhook: 403",
	"wrong response from the webhook: 404", "wrong response from the webhook: 405", "wrong response from the webhook: 413",
	"wrong response from the webhook: 415", "wrong response from the webhook: 500", "wrong response from the webhook: 502",
	"wrong response from the webhook: 503", "wrong response from the webhook: 504", "wrong response from the webhook",
}
