package telegramtest

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Token is the token of the bot; BotID and BotName are its account.
const (
	Token         = "1000000001:telegramtest-no-secret-at-all-000000"
	BotID   int64 = 1000000001
	BotName       = "tixian_test_bot"
)

// PipeURL is the API address to use with [Server.Transport].
const PipeURL = "http://127.0.0.1"

// Server is the Bot API server. Its methods may be called from any goroutine,
// those that wait only from the goroutine of the test.
type Server struct {
	t testing.TB

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced whenever something has changed
	patience time.Duration
	rand     *rand.Rand
	chats    map[int64]*chat
	lastID   int // of messages
	queries  map[string]*query
	lastQ    int
	faults   []*Fault
	faulted  int // how often one happened
	log      []Call
	files    map[string]*File // by id
	links    map[string]*File // by the path that getFile gave
	albums   int

	queue   queue
	webhook webhook
	profile profile

	listen  sync.Once
	loop    *httptest.Server
	pipe    sync.Once
	pipes   *pipeListener
	stopped chan struct{}
	closing context.Context // ends with stopped
	end     context.CancelFunc
	ends    []func() // of what was made on the way
}

// chat is a conversation with the bot.
type chat struct {
	id       int64
	kind     string // "private" or "supergroup"
	blocked  bool
	deleted  bool // the account of the user is
	messages []*Message
}

// query is a press that waits for its acknowledgement.
type query struct {
	chat  int64
	until time.Time // it can be answered so long
	toast *string   // what it was answered with
}

// profile is what the bot says of itself.
type profile struct {
	commands           json.RawMessage
	description, short string
}

// New returns a server for the test t, which it outlives by no goroutine.
func New(t testing.TB) *Server {
	s := &Server{
		t:        t,
		changed:  make(chan struct{}),
		patience: 10 * time.Second,
		rand:     rand.New(rand.NewPCG(1, 2)),
		chats:    make(map[int64]*chat),
		queries:  make(map[string]*query),
		queue:    queue{next: 500_000_001, delivered: make(map[int64]int)},
		files:    make(map[string]*File),
		links:    make(map[string]*File),
		profile:  profile{commands: json.RawMessage("[]")},
		stopped:  make(chan struct{}),
		webhook:  webhook{unit: time.Second, ways: make(map[string]*way)},
	}
	s.closing, s.end = context.WithCancel(context.Background())
	t.Cleanup(s.Close)
	return s
}

// Close ends all connections. It is called at the end of the test.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.stopped:
	default:
		close(s.stopped)
	}
	loop, pipes := s.loop, s.pipes
	s.mu.Unlock()
	s.end()
	s.webhook.work.Wait()
	s.Proxy(nil)
	for _, end := range s.ends {
		end()
	}
	if loop != nil {
		loop.CloseClientConnections()
		loop.Close()
	}
	if pipes != nil {
		pipes.close()
	}
}

// Seed makes the chances of faults those of n.
func (s *Server) Seed(n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rand = rand.New(rand.NewPCG(n, n))
}

// Patience sets how long the Wait methods wait before they fail the test; at
// first it is 10 s.
func (s *Server) Patience(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.patience = d
}

// URL returns the address of the server on the loopback interface, where it
// listens from the first call on.
func (s *Server) URL() string {
	s.listen.Do(func() {
		loop := httptest.NewServer(s)
		s.mu.Lock()
		s.loop = loop
		s.mu.Unlock()
	})
	return s.loop.URL
}

// Transport returns a transport that reaches the server over net.Pipe, which
// works inside a synctest bubble. Several transports are as several processes.
func (s *Server) Transport() http.RoundTripper {
	s.pipe.Do(func() {
		pipes := &pipeListener{conns: make(chan net.Conn), stop: make(chan struct{})}
		pipes.server = &http.Server{Handler: s}
		go pipes.server.Serve(pipes)
		s.mu.Lock()
		s.pipes = pipes
		s.mu.Unlock()
	})
	return &http.Transport{DialContext: s.pipes.dial, MaxIdleConnsPerHost: 100}
}

// pipeListener is a net.Listener whose connections are pipes.
type pipeListener struct {
	conns  chan net.Conn
	stop   chan struct{}
	once   sync.Once
	server *http.Server

	mu   sync.Mutex
	ends []net.Conn
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.ends = append(l.ends, client)
		return client, nil
	case <-l.stop:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.stop:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.stop) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (l *pipeListener) close() {
	l.server.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.ends {
		c.Close()
	}
}

// ServeHTTP answers one request as the Bot API does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.download(w, r) {
		return
	}
	method, a := route(r)
	var p params
	if a == nil {
		p, a = readParams(r)
	}
	var f *Fault
	if a == nil {
		f = s.draw(method, p)
		a = f.instead()
	}
	if f != nil && f.Kind == Hang {
		s.hang(r.Context(), method, p)
	}
	if a == nil {
		a = s.call(r.Context(), method, p)
	}
	f.after(s, a)
	s.note(method, p, a)
	a.write(w)
}

// hang keeps a request without an answer.
func (s *Server) hang(ctx context.Context, method string, p params) {
	s.note(method, p, &answer{cut: true})
	select {
	case <-ctx.Done():
	case <-s.stopped:
	}
	panic(http.ErrAbortHandler)
}

// route checks the token and returns the method in lower case.
func route(r *http.Request) (string, *answer) {
	path, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, ok2 := strings.Cut(path, "/")
	switch {
	case !ok || !ok2 || !strings.Contains(token, ":"):
		return "", refuse(http.StatusNotFound, "Not Found")
	case token != Token:
		return "", refuse(http.StatusUnauthorized, "Unauthorized")
	}
	return strings.ToLower(method), nil
}

// call runs a method.
func (s *Server) call(ctx context.Context, method string, p params) *answer {
	if method == "getupdates" {
		return s.getUpdates(ctx, p)
	}
	run, ok := methods[method]
	if !ok {
		return refuse(http.StatusNotFound, "Not Found: method not found")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.change()
	return run(s, p)
}

// change wakes all that wait for a condition; s.mu is held.
func (s *Server) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// answer is what the server answers.
type answer struct {
	result     any
	code       int // 0 is success
	text       string
	retryAfter int
	html       bool // a proxy's page instead of JSON
	cut        bool // the connection is cut instead of an answer
	message    int  // the message that was made or changed, for the log
}

func refuse(code int, text string) *answer { return &answer{code: code, text: text} }

func bad(text string) *answer { return refuse(http.StatusBadRequest, "Bad Request: "+text) }

func (a *answer) write(w http.ResponseWriter) {
	switch {
	case a.cut:
		panic(http.ErrAbortHandler)
	case a.html:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(a.code)
		w.Write([]byte("<html><head><title>" + a.text + "</title></head><body>" + a.text + "</body></html>"))
		return
	}
	body := map[string]any{"ok": a.code == 0}
	status := http.StatusOK
	if a.code == 0 {
		body["result"] = a.result
	} else {
		status = a.code
		body["error_code"], body["description"] = a.code, a.text
	}
	if a.retryAfter > 0 {
		body["parameters"] = map[string]int{"retry_after": a.retryAfter}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
