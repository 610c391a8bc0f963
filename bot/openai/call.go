package openai

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// call is one HTTP request: it bounds the body and remembers what the library
// does not tell.
type call struct {
	http   *http.Client
	status int           // 0 until there is one
	after  time.Duration // how long the server asks to wait
}

// Do makes the request.
func (c *call) Do(r *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	c.status = resp.StatusCode
	if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && n > 0 {
		c.after = min(time.Duration(n), 3600) * time.Second
	}
	resp.Body = capped{io.LimitReader(resp.Body, largestBody), resp.Body}
	return resp, nil
}

// capped is a body of which only so much is read.
type capped struct {
	io.Reader
	io.Closer
}

// When a server is down, and for how long it is not asked then.
const (
	downAfter = 3
	rest      = time.Minute
)

// breaker keeps a server that is down from being asked: after some failures in
// a row it opens, and after a rest it lets one request through to see.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // open before, with enough failures
}

// allow reports whether a request may be made.
func (b *breaker) allow(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < downAfter {
		return true
	}
	if now.Before(b.until) {
		return false
	}
	b.until = now.Add(rest) // this one tries, others wait for what becomes of it
	return true
}

// note takes down how a request ended. A server that answers is not down; what
// the caller gave up says nothing.
func (b *breaker) note(f *Failure, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case f == nil || f.Reason == Refused || f.Reason == Garbled:
		b.failures = 0
	case f.Reason != Stopped:
		b.failures++
		b.until = now.Add(rest)
	}
}
