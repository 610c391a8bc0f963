// Package openai asks a language model behind any OpenAI-compatible server for
// a better wording of a letter.
//
// It gets a letter in which tokens stand for everything personal (package
// letter makes and lifts them) and returns what the model wrote, unread: whoever
// calls checks it. A [Drafter] waits 10 s for a connection and [Budget] for all,
// tries again when the server is busy or broken, and rests for a while when it
// is down.
//
// The invariant: nothing of a text goes anywhere but into a request. No error
// of this package holds a word of a letter, of a reply, of the key, or of an
// error of the library, which holds bodies; an error is a [*Failure], in time.
package openai

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	api "github.com/sashabaranov/go-openai"
)

// The times that a request is given.
const (
	// Budget is for a whole job: a caller that asks twice gives both requests
	// one context with this time-out.
	Budget = 45 * time.Second

	connectTime = 10 * time.Second
)

// The sizes of what is read, in bytes.
const (
	largestBody  = 1 << 20
	largestReply = 16 << 10
)

// Draft is one request for a better wording.
type Draft struct {
	Brief    string // what the model is told
	Letter   string // the letter, with tokens
	Reply    string // the reply that was rejected; "" for the first request
	Findings string // what is wrong with that reply
}

// Reason says why there is no reply.
type Reason string

// The reasons.
const (
	Unreachable Reason = "unreachable" // no connection, or it broke
	Slow        Reason = "slow"        // no whole answer in time
	Busy        Reason = "busy"        // 429 until the time was up
	Broken      Reason = "broken"      // 5xx until the time was up
	Refused     Reason = "refused"     // any other status: key, model or request are wrong
	Garbled     Reason = "garbled"     // an answer that is none, is empty or has no end
	Resting     Reason = "resting"     // the server was down a moment ago and is not asked
	Stopped     Reason = "stopped"     // the caller gave up
)

// Failure is why a request has no reply. Its text says no more than its fields.
type Failure struct {
	Reason Reason
	Status int // of HTTP, 0 if there was none
}

// Error returns the reason and the status.
func (f *Failure) Error() string {
	if f.Status == 0 {
		return "ask the language model: " + string(f.Reason)
	}
	return fmt.Sprintf("ask the language model: %s, status %d", f.Reason, f.Status)
}

// Config says which server and model to ask.
type Config struct {
	BaseURL  string // such as https://api.openai.com/v1, which "" stands for
	Key      string
	Model    string
	Insecure bool // plain http is also allowed to a host that is not this one

	Transport http.RoundTripper // nil: one of its own
}

// Drafter asks one server. It is safe for use by several goroutines.
type Drafter struct {
	settings api.ClientConfig
	model    string
	http     *http.Client
	breaker  breaker
}

// New returns a Drafter over c. It does not call the server.
func New(c Config) (*Drafter, error) {
	if c.Key == "" || c.Model == "" {
		return nil, errors.New("language model: a key and the name of a model are needed")
	}
	settings := api.DefaultConfig(c.Key)
	if c.BaseURL != "" {
		if err := checkURL(c.BaseURL, c.Insecure); err != nil {
			return nil, err
		}
		settings.BaseURL = strings.TrimRight(c.BaseURL, "/")
	}
	if c.Transport == nil {
		c.Transport = transport()
	}
	return &Drafter{settings: settings, model: c.Model, http: &http.Client{Transport: c.Transport, CheckRedirect: stay}}, nil
}

// stay follows no redirect: a letter goes to the configured server or nowhere.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func transport() http.RoundTripper {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTime}).DialContext,
		TLSHandshakeTimeout: connectTime,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     90 * time.Second,
	}
}

// checkURL wants https, or http to this machine.
func checkURL(text string, insecure bool) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("language model: the address of the server is no http or https address")
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme == "http" && !local && !insecure {
		return errors.New("language model: plain http is for a server on this machine only")
	}
	return nil
}

// Draft returns what the model writes, without spaces around it. It tries again
// while the server is busy or broken and there is time. The error is a [*Failure].
func (d *Drafter) Draft(ctx context.Context, r Draft) (string, error) {
	if !d.breaker.allow(time.Now()) {
		return "", &Failure{Reason: Resting}
	}
	limited, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	text, failure := d.try(limited, request(d.model, r))
	if failure != nil && ctx.Err() == context.Canceled {
		failure.Reason = Stopped
	}
	d.breaker.note(failure, time.Now())
	if failure != nil {
		return "", failure
	}
	return text, nil
}

func request(model string, r Draft) api.ChatCompletionRequest {
	messages := []api.ChatCompletionMessage{
		{Role: api.ChatMessageRoleSystem, Content: r.Brief},
		{Role: api.ChatMessageRoleUser, Content: r.Letter},
	}
	if r.Reply != "" {
		messages = append(messages,
			api.ChatCompletionMessage{Role: api.ChatMessageRoleAssistant, Content: r.Reply},
			api.ChatCompletionMessage{Role: api.ChatMessageRoleUser, Content: r.Findings})
	}
	return api.ChatCompletionRequest{Model: model, Messages: messages}
}

// firstPause is how long the first pause between two tries is; each further
// one is twice as long.
const firstPause = time.Second

// try asks until there is an answer, a failure that will stay, or no time.
func (d *Drafter) try(ctx context.Context, r api.ChatCompletionRequest) (string, *Failure) {
	for pause := firstPause; ; pause *= 2 {
		c := &call{http: d.http}
		text, failure := d.once(ctx, c, r)
		if failure == nil || failure.Reason != Busy && failure.Reason != Broken {
			return text, failure
		}
		if !sleep(ctx, max(pause, c.after)) {
			return "", failure
		}
	}
}

// sleep waits and reports whether there is time for it before ctx is done.
func sleep(ctx context.Context, pause time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= pause {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// once makes one request.
func (d *Drafter) once(ctx context.Context, c *call, r api.ChatCompletionRequest) (string, *Failure) {
	settings := d.settings
	settings.HTTPClient = c
	answer, err := api.NewClientWithConfig(settings).CreateChatCompletion(ctx, r)
	switch {
	case ctx.Err() != nil && err != nil:
		return "", &Failure{Reason: Slow}
	case c.status == http.StatusTooManyRequests:
		return "", &Failure{Reason: Busy, Status: c.status}
	case c.status >= http.StatusInternalServerError:
		return "", &Failure{Reason: Broken, Status: c.status}
	case c.status == 0:
		return "", &Failure{Reason: Unreachable}
	case c.status != http.StatusOK:
		return "", &Failure{Reason: Refused, Status: c.status}
	case err != nil || len(answer.Choices) == 0:
		return "", &Failure{Reason: Garbled, Status: c.status}
	}
	return reply(answer.Choices[0])
}

// reply returns the text of an answer that came to its end.
func reply(choice api.ChatCompletionChoice) (string, *Failure) {
	text := strings.TrimSpace(choice.Message.Content)
	cut := choice.FinishReason == api.FinishReasonLength || choice.FinishReason == api.FinishReasonContentFilter
	if text == "" || cut || len(text) > largestReply {
		return "", &Failure{Reason: Garbled, Status: http.StatusOK}
	}
	return text, nil
}
