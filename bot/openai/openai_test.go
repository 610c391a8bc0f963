package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const secretText = "the letter of [[ZX01]] and what it says"

var ask = Draft{Brief: "only the wording", Letter: secretText}

func drafter(t *testing.T, url string, through http.RoundTripper) *Drafter {
	t.Helper()
	d, err := New(Config{BaseURL: url, Key: "sk-of-nobody", Model: "any", Transport: through})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// answered is the body of an answer.
func answered(text, finish string) string {
	body, err := json.Marshal(map[string]any{"choices": []any{map[string]any{
		"message": map[string]string{"role": "assistant", "content": text}, "finish_reason": finish,
	}}})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// wire answers requests without a network, so that time can be simulated.
type wire func(r *http.Request) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

func response(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func reasonOf(t *testing.T, err error) Reason {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) {
		t.Fatalf("the error is %v", err)
	}
	for _, bad := range []string{"ZX01", "letter", "sk-of-nobody", "secret", "dial", "EOF", "invalid"} {
		if strings.Contains(err.Error(), bad) {
			t.Errorf("the error says too much: %v", err)
		}
	}
	return f.Reason
}

func TestDraftSendsTheLetterAndReturnsTheReply(t *testing.T) {
	var got struct {
		Model    string
		Stream   bool
		Messages []struct{ Role, Content string }
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer sk-of-nobody" {
			t.Errorf("asked %s with %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		io.WriteString(w, answered("  a better letter\n", "stop"))
	}))
	defer server.Close()
	d := drafter(t, server.URL+"/v1", nil)

	text, err := d.Draft(t.Context(), ask)
	if err != nil || text != "a better letter" {
		t.Fatalf("%q, %v", text, err)
	}
	if len(got.Messages) != 2 || got.Messages[1].Content != secretText || got.Stream {
		t.Errorf("sent %+v", got)
	}
	again := ask
	again.Reply, again.Findings = text, "the sum is missing"
	if _, err := d.Draft(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if len(got.Messages) != 4 || got.Messages[2].Content != text || got.Messages[3].Content != "the sum is missing" {
		t.Errorf("the second request is %+v", got.Messages)
	}
}

// What a server can do wrong, over real sockets.
func TestFaultsOfTheServer(t *testing.T) {
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		want   Reason
	}{
		"garbage":        {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>secret</html>") }, Garbled},
		"wrong JSON":     {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"choices":"secret"}`) }, Garbled},
		"no choice":      {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"choices":[]}`) }, Garbled},
		"empty reply":    {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answered(" ", "stop")) }, Garbled},
		"half a reply":   {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answered("half a", "length")) }, Garbled},
		"filtered reply": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answered("no", "content_filter")) }, Garbled},
		"endless reply": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, answered(strings.Repeat("x", largestReply+1), "stop"))
		}, Garbled},
		"endless body": {func(w http.ResponseWriter, _ *http.Request) {
			line := bytes.Repeat([]byte(" "), 1<<16)
			for range 64 {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
			io.WriteString(w, answered("too late", "stop"))
		}, Garbled},
		"cut body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			io.WriteString(w, `{"choices":[{"mess`)
		}, Garbled},
		"wrong key": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(401)
			io.WriteString(w, `{"error":{"message":"secret of the letter"}}`)
		}, Refused},
		"somewhere else": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "https://elsewhere.invalid/", 307) }, Refused},
		"hangs up": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Close()
			}
		}, Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.handle)
			defer server.Close()
			_, err := drafter(t, server.URL, nil).Draft(t.Context(), ask)
			if got := reasonOf(t, err); got != c.want {
				t.Errorf("reason %s, want %s", got, c.want)
			}
		})
	}
}

func TestADeadServerIsUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = drafter(t, "http://"+l.Addr().String(), nil).Draft(t.Context(), ask)
	if got := reasonOf(t, err); got != Unreachable {
		t.Errorf("reason %s", got)
	}
}

// A server that is busy or broken is asked again, for as long as there is time.
func TestTriesAgainWithinTheBudget(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		header  string
		recover int // the try that succeeds, 0: none
		want    Reason
		tries   int
		took    time.Duration
	}{
		"busy for a while":   {429, "", 3, "", 3, 3 * time.Second},
		"broken for a while": {503, "", 2, "", 2, time.Second},
		"busy for ever":      {429, "", 0, Busy, 6, 31 * time.Second},
		"broken for ever":    {500, "", 0, Broken, 6, 31 * time.Second},
		"says when":          {429, "7", 2, "", 2, 7 * time.Second},
		"says too late":      {429, "900", 0, Busy, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries, began := 0, time.Now()
				d := drafter(t, "", wire(func(*http.Request) (*http.Response, error) {
					if tries++; tries == c.recover {
						return response(200, answered("done", "stop")), nil
					}
					return response(c.status, `{"error":{"message":"secret"}}`, "Retry-After", c.header), nil
				}))
				_, err := d.Draft(t.Context(), ask)
				if c.want == "" && err != nil {
					t.Fatal(err)
				}
				if c.want != "" && reasonOf(t, err) != c.want {
					t.Errorf("%v, want %s", err, c.want)
				}
				if took := time.Since(began); tries != c.tries || took != c.took {
					t.Errorf("%d tries in %v, want %d in %v", tries, took, c.tries, c.took)
				}
			})
		})
	}
}

// silent is a server that takes a request and says nothing.
func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestASilentServerEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := drafter(t, "", wire(silent)).Draft(t.Context(), ask)
		if got := reasonOf(t, err); got != Slow || time.Since(began) != Budget {
			t.Errorf("%s after %v", got, time.Since(began))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = drafter(t, "", wire(silent)).Draft(ctx, ask)
		if got := reasonOf(t, err); got != Stopped {
			t.Errorf("reason %s", got)
		}
	})
}

// A body that never ends is given up in time too.
func TestASlowBodyEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		d := drafter(t, "", wire(func(r *http.Request) (*http.Response, error) {
			in, out := io.Pipe()
			go func() {
				<-r.Context().Done()
				out.CloseWithError(r.Context().Err())
			}()
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: in}, nil
		}))
		_, err := d.Draft(t.Context(), ask)
		if got := reasonOf(t, err); got != Slow || time.Since(began) != Budget {
			t.Errorf("%s after %v", got, time.Since(began))
		}
	})
}

// A server that is down is left alone for a while, then one request looks.
func TestRestsWhileTheServerIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		var up atomic.Bool
		d := drafter(t, "", wire(func(*http.Request) (*http.Response, error) {
			asked.Add(1)
			if up.Load() {
				return response(200, answered("back", "stop")), nil
			}
			return nil, errors.New("secret of the network")
		}))
		for range downAfter {
			if _, err := d.Draft(t.Context(), ask); reasonOf(t, err) != Unreachable {
				t.Fatal(err)
			}
		}
		if _, err := d.Draft(t.Context(), ask); reasonOf(t, err) != Resting || asked.Load() != downAfter {
			t.Fatalf("%v after %d requests", err, asked.Load())
		}
		time.Sleep(rest)
		if _, err := d.Draft(t.Context(), ask); reasonOf(t, err) != Unreachable {
			t.Fatal(err)
		}
		if _, err := d.Draft(t.Context(), ask); reasonOf(t, err) != Resting {
			t.Fatal(err)
		}
		up.Store(true)
		time.Sleep(rest)
		for range 2 {
			if text, err := d.Draft(t.Context(), ask); err != nil || text != "back" {
				t.Fatalf("%q, %v", text, err)
			}
		}
	})
}

func TestNewRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"no key":     {Model: "any"},
		"no model":   {Key: "k"},
		"no address": {Key: "k", Model: "any", BaseURL: "api.example.com"},
		"ftp":        {Key: "k", Model: "any", BaseURL: "ftp://127.0.0.1/"},
		"plain http": {Key: "k", Model: "any", BaseURL: "http://192.0.2.1/v1"},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := New(Config{Key: "k", Model: "any", BaseURL: "http://192.0.2.1/v1", Insecure: true}); err != nil {
		t.Error(err)
	}
}
