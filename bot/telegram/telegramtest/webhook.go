package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"
)

// WebhookMethod is the name under which posts to the webhook of the bot can be
// made to go wrong and stand among the calls. Of the kinds of faults, CutBefore
// ends a post halfway, CutAfter ends it before its answer, Repeated posts an
// update twice at the same time and the latest confirmed ones of its queue again,
// and ServerError and BadGateway are answers of a proxy that the bot does not see.
const WebhookMethod = "webhook"

// How Telegram pushes: of each queue one update at a time, again until the answer
// is a 2xx. After the first failure it tries again at once, and then after twice
// as long each time, unless the answer says after how long.
const (
	defaultConns = 40
	maxConns     = 100
	firstDelay   = 1 // times the unit of RetryPosts
	longestDelay = 60
	postTime     = 50 * time.Second
	lookedAt     = 1000 // updates from the oldest on that are looked at for the next to be posted
)

// webhook is where updates are pushed to, and how that goes; under Server.mu.
type webhook struct {
	url, secret string
	conns       int
	failed      string // what went wrong last
	failedAt    time.Time

	proxy http.RoundTripper
	unit  time.Duration // of delays
	ways  map[string]*way
	under int // posts under way
	work  sync.WaitGroup
}

// way is a queue of updates that are posted one after the other.
type way struct {
	busy     bool
	failures int
	delay    int
	until    time.Time // not before
}

// wayOf names the queue of an update: as at Telegram, messages and edits of a
// chat share one, presses have another, changes of members a third. So a press
// and a message may be posted at the same time.
func wayOf(raw json.RawMessage) string {
	type about struct {
		Chat struct{ ID int64 }
		From struct{ ID int64 }
	}
	var u struct {
		Message *about
		Edited  *about `json:"edited_message"`
		Query   *about `json:"callback_query"`
		Member  *about `json:"my_chat_member"`
		ID      int64  `json:"update_id"`
	}
	if json.Unmarshal(raw, &u) != nil {
		return "alone " + strconv.FormatInt(u.ID, 10)
	}
	switch {
	case u.Message != nil:
		return fmt.Sprint("chat ", u.Message.Chat.ID)
	case u.Edited != nil:
		return fmt.Sprint("chat ", u.Edited.Chat.ID)
	case u.Query != nil:
		return fmt.Sprint("presses ", u.Query.From.ID)
	case u.Member != nil:
		return fmt.Sprint("members ", u.Member.Chat.ID)
	}
	return "alone " + strconv.FormatInt(u.ID, 10)
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (s *Server) setWebhook(p params) *answer {
	u, err := url.Parse(p.get("url"))
	switch {
	case err != nil || p.get("url") != "" && (u.Scheme != "https" || u.Host == ""):
		return bad("bad webhook: An HTTPS URL must be provided for webhook")
	case !slices.Contains([]string{"", "80", "88", "443", "8443"}, u.Port()):
		return bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	case p.get("secret_token") != "" && !secretForm.MatchString(p.get("secret_token")):
		return bad("secret token contains unallowed characters")
	}
	if raw := p.get("allowed_updates"); raw != "" {
		var allowed []string
		if json.Unmarshal([]byte(raw), &allowed) != nil {
			return bad("can't parse allowed updates")
		}
		s.queue.allowed = allowed
	}
	if p.get("drop_pending_updates") == "true" {
		s.queue.updates = nil
	}
	h := &s.webhook
	h.url, h.secret, h.conns = p.get("url"), p.get("secret_token"), defaultConns
	if n := int(p.int("max_connections")); n > 0 {
		h.conns = min(n, maxConns)
	}
	h.failed, h.failedAt = "", time.Time{}
	s.endPoll(webhookCame)
	s.push()
	return yes()
}

func (s *Server) deleteWebhook(p params) *answer {
	s.webhook.url, s.webhook.secret = "", ""
	if p.get("drop_pending_updates") == "true" {
		s.queue.updates = nil
	}
	return yes()
}

func (s *Server) getWebhookInfo(params) *answer {
	h := &s.webhook
	info := map[string]any{"url": h.url, "has_custom_certificate": false, "pending_update_count": len(s.queue.updates)}
	if h.url != "" {
		info["max_connections"], info["allowed_updates"] = h.conns, s.queue.allowed
	}
	if h.failed != "" {
		info["last_error_date"], info["last_error_message"] = h.failedAt.Unix(), h.failed
	}
	return &answer{result: info}
}

// Webhook returns the address to which updates are posted, "" for none, and how
// many may be at once.
func (s *Server) Webhook() (address string, connections int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhook.url, s.webhook.conns
}

// Proxy says what stands between Telegram and the bot: posts go through rt,
// whatever host their address names. Without one nothing is reached.
func (s *Server) Proxy(rt http.RoundTripper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.webhook.proxy.(interface{ CloseIdleConnections() }); ok {
		old.CloseIdleConnections()
	}
	s.webhook.proxy = rt
	s.push()
}

// RetryPosts sets what the delays after failed posts are counted in, which is a
// second at first.
func (s *Server) RetryPosts(unit time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhook.unit = unit
}

// TLSProxy returns a proxy that takes https off and passes everything on to
// address.
func TLSProxy(address string) http.RoundTripper {
	var d net.Dialer
	return unwrapped{&http.Transport{
		DialContext:         func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "tcp", address) },
		MaxIdleConnsPerHost: maxConns,
	}}
}

// PipeTo returns a proxy that passes everything on to server, over pipes, which
// works inside a synctest bubble. The server is closed with s.
func (s *Server) PipeTo(server *http.Server) http.RoundTripper {
	pipes := &pipeListener{conns: make(chan net.Conn), stop: make(chan struct{}), server: server}
	go server.Serve(pipes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, pipes.close)
	return unwrapped{&http.Transport{DialContext: pipes.dial, MaxIdleConnsPerHost: maxConns}}
}

// unwrapped makes requests without TLS.
type unwrapped struct{ *http.Transport }

func (t unwrapped) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme = "http"
	r.Header.Set("X-Forwarded-Proto", "https")
	return t.Transport.RoundTrip(r)
}

// push posts what can be posted now; s.mu is held.
func (s *Server) push() {
	h := &s.webhook
	if h.url == "" || s.over() {
		return
	}
	now := time.Now()
	s.queue.expire(now)
	looked := map[string]bool{}
	for _, u := range s.queue.updates[:min(lookedAt, len(s.queue.updates))] {
		if h.under >= h.conns {
			return
		}
		if looked[u.way] {
			continue
		}
		looked[u.way] = true
		w := h.ways[u.way]
		if w == nil {
			w = &way{}
			h.ways[u.way] = w
		}
		if w.busy || now.Before(w.until) {
			continue
		}
		w.busy = true
		h.under++
		s.queue.delivered[u.id]++
		job := posting{s, u, h.url, h.secret, h.proxy}
		h.work.Go(job.do)
	}
}

// over reports whether the server is closed.
func (s *Server) over() bool {
	select {
	case <-s.stopped:
		return true
	default:
		return false
	}
}

// posting is an update on its way to the bot.
type posting struct {
	s           *Server
	u           update
	url, secret string
	proxy       http.RoundTripper
}

var errUnreached = errors.New("Connection refused")

// do posts the update and notes how that went.
func (j posting) do() {
	f := j.s.draw(WebhookMethod, params{texts: map[string]string{"chat_id": chatOf(j.u.raw)}})
	status, after, err := j.under(f)
	code := status
	if err != nil {
		code = 0
	}
	j.s.note(WebhookMethod, params{}, &answer{code: code, cut: err != nil})
	j.s.posted(j.u, status, after, err)
}

// under posts the update, under the fault f.
func (j posting) under(f *Fault) (status, after int, err error) {
	if f == nil {
		return j.post(j.u.raw, "")
	}
	switch f.Kind {
	case ServerError:
		return http.StatusInternalServerError, 0, nil
	case BadGateway:
		return http.StatusBadGateway, 0, nil
	case CutBefore:
		return j.post(j.u.raw, "halfway")
	case CutAfter:
		return j.post(j.u.raw, "unanswered")
	case Repeated:
		return j.twice()
	}
	return j.post(j.u.raw, "")
}

// twice posts the update twice at once, beside those of its queue that were
// confirmed last. What comes of the first of the two counts.
func (j posting) twice() (status, after int, err error) {
	j.s.mu.Lock()
	old := slices.Clone(j.s.queue.confirmed)
	j.s.mu.Unlock()
	var both sync.WaitGroup
	for _, u := range old {
		if u.way == j.u.way {
			both.Go(func() { _, _, _ = j.post(u.raw, "") })
		}
	}
	both.Go(func() { _, _, _ = j.post(j.u.raw, "") })
	status, after, err = j.post(j.u.raw, "")
	both.Wait()
	return status, after, err
}

// post makes one request and returns the status of the answer, and after how
// many seconds it asks to be tried again. It may be cut halfway, or when it has
// been sent and is unanswered.
func (j posting) post(raw []byte, cut string) (status, after int, err error) {
	if j.proxy == nil {
		return 0, 0, errUnreached
	}
	ctx, cancel := context.WithTimeout(context.Background(), postTime)
	defer cancel()
	defer context.AfterFunc(j.s.closing, cancel)()
	var body io.Reader = bytes.NewReader(raw)
	switch cut {
	case "halfway":
		body = io.MultiReader(bytes.NewReader(raw[:len(raw)/2]), brokenOff{})
	case "unanswered":
		defer time.AfterFunc(unanswered, cancel).Stop()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, j.url, body)
	if err != nil {
		return 0, 0, err
	}
	r.ContentLength = int64(len(raw))
	r.Header.Set("Content-Type", "application/json")
	if j.secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", j.secret)
	}
	resp, err := j.proxy.RoundTrip(r)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	if cut == "unanswered" {
		return 0, 0, errUnheard
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody))
	after, _ = strconv.Atoi(resp.Header.Get("Retry-After"))
	return resp.StatusCode, after, nil
}

// unanswered is how long a post waits for its answer that is cut before it. The
// request has been sent by then; that it was written is no sign of that.
const unanswered = 100 * time.Millisecond

var errUnheard = errors.New("the answer is lost")

// brokenOff is the rest of a body that does not come.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func chatOf(raw []byte) string {
	var kind, id string
	_, _ = fmt.Sscan(wayOf(raw), &kind, &id)
	return id
}

// posted takes in how a post went.
func (s *Server) posted(u update, status, after int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &s.webhook
	w := h.ways[u.way]
	w.busy = false
	h.under--
	if err == nil && status >= 200 && status < 300 {
		s.queue.confirm(u)
		delete(h.ways, u.way)
	} else {
		h.failed, h.failedAt = "Webhook connection closed", time.Now()
		switch {
		case err == nil:
			h.failed = fmt.Sprintf("Wrong response from the webhook: %d %s", status, http.StatusText(status))
		case errors.Is(err, errUnreached):
			h.failed = err.Error()
		}
		w.fail(after, h.unit)
		time.AfterFunc(time.Until(w.until), func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.push()
		})
	}
	s.push()
	s.change()
}

// fail puts off what is next in a queue.
func (w *way) fail(after int, unit time.Duration) {
	switch {
	case after > 0:
	case w.failures == 0:
		w.delay = firstDelay
	default:
		w.delay = min(2*w.delay, longestDelay)
		after = w.delay
	}
	w.failures++
	w.until = time.Now().Add(time.Duration(after) * unit)
}

// confirm forgets an update that the bot has.
func (q *queue) confirm(u update) {
	q.updates = slices.DeleteFunc(q.updates, func(have update) bool { return have.id == u.id })
	q.confirmed = append(q.confirmed, u)
	q.confirmed = q.confirmed[max(0, len(q.confirmed)-keptConfirmed):]
}
