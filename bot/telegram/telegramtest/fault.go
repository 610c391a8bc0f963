package telegramtest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// FaultKind says what goes wrong with a request.
type FaultKind int

// The kinds of faults.
const (
	ServerError  FaultKind = iota // 500 with JSON
	BadGateway                    // 502 with a page of HTML
	Garbage                       // 200 with a page of HTML
	TooMany                       // 429 with Fault.RetryAfter
	Unauthorized                  // 401
	Conflict                      // 409
	Forbidden                     // 403
	CutBefore                     // the connection is cut and nothing has happened
	CutAfter                      // it has happened, and then the connection is cut
	Hang                          // no answer, until the client gives up
	Repeated                      // getUpdates brings updates twice, and confirmed ones again
	Shuffled                      // getUpdates brings its updates in another order
	Refused                       // Fault.Code with Fault.Text, as a method refuses
)

// Fault is something that goes wrong.
type Fault struct {
	Kind       FaultKind
	Method     string  // such as "sendMessage"; "" is any
	Chat       int64   // 0 is any
	Chance     float64 // from 0 to 1; 0 is always
	Times      int     // how often it happens at most; 0 is no limit
	RetryAfter int     // of TooMany, in seconds; 0 is 1
	Code       int     // of Refused; 0 is 400
	Text       string  // of Refused, such as "Bad Request: message can't be edited"

	happened int
}

// Inject switches the fault on and returns what switches it off.
func (s *Server) Inject(f Fault) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i, other := range s.faults {
			if other == &f {
				s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
				return
			}
		}
	}
}

// draw returns the fault that happens to a request, or nil.
func (s *Server) draw(method string, p params) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Method != "" && !strings.EqualFold(f.Method, method) ||
			f.Chat != 0 && f.Chat != p.int("chat_id") ||
			f.Times > 0 && f.happened >= f.Times ||
			f.Chance > 0 && s.rand.Float64() >= f.Chance {
			continue
		}
		f.happened++
		s.faulted++
		return f
	}
	return nil
}

// instead returns the answer that is given instead of running the method, or nil.
func (f *Fault) instead() *answer {
	if f == nil {
		return nil
	}
	switch f.Kind {
	case ServerError:
		return refuse(http.StatusInternalServerError, "Internal Server Error")
	case BadGateway:
		return &answer{code: http.StatusBadGateway, text: "502 Bad Gateway", html: true}
	case Garbage:
		return &answer{code: http.StatusOK, text: "Welcome", html: true}
	case TooMany:
		after := max(f.RetryAfter, 1)
		a := refuse(http.StatusTooManyRequests, "Too Many Requests: retry after "+itoa(after))
		a.retryAfter = after
		return a
	case Unauthorized:
		return refuse(http.StatusUnauthorized, "Unauthorized")
	case Conflict:
		return refuse(http.StatusConflict, otherPoll)
	case Forbidden:
		return refuse(http.StatusForbidden, saysBlocked)
	case CutBefore:
		return &answer{cut: true}
	case Refused:
		return refuse(cmp.Or(f.Code, http.StatusBadRequest), f.Text)
	}
	return nil
}

// after changes the answer of a method that has run.
func (f *Fault) after(s *Server, a *answer) {
	switch {
	case f == nil:
	case f.Kind == CutAfter:
		a.cut = true
	case f.Kind == Repeated:
		s.repeat(a)
	case f.Kind == Shuffled:
		s.shuffle(a)
	}
}

// repeat adds to the updates of an answer the latest confirmed ones, before
// them, and all of them once more. An answer without updates stays as it is.
func (s *Server) repeat(a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch, ok := a.result.([]json.RawMessage)
	if !ok || len(batch) == 0 {
		return
	}
	var all []json.RawMessage
	for _, u := range s.queue.confirmed {
		all = append(all, u.raw)
	}
	a.result = slices.Concat(all, batch, batch)
}

func (s *Server) shuffle(a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if batch, ok := a.result.([]json.RawMessage); ok {
		s.rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	}
}

// Faulted returns how many faults have happened so far.
func (s *Server) Faulted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faulted
}

// Call is a request that was answered, or whose connection was cut.
type Call struct {
	At      time.Time
	Method  string // in lower case
	Chat    int64
	Message int    // that was made, changed or deleted, or 0
	Text    string // as it was sent
	Code    int    // 200 for success
	Cut     bool   // no answer was given
}

// Calls returns the requests made so far with the given method, "" for all.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.log {
		if method == "" || strings.EqualFold(c.Method, method) {
			out = append(out, c)
		}
	}
	return out
}

func (s *Server) note(method string, p params, a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	code := a.code
	if code == 0 && a.result != nil {
		code = http.StatusOK
	}
	s.log = append(s.log, Call{time.Now(), method, p.int("chat_id"), a.message, p.get("text"), code, a.cut})
	s.change()
}
