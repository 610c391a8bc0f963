package telegram

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"tixianbot/bot"
)

// maxAnswer bounds what is read of an answer. A hundred updates with the
// longest texts are below 4 MiB.
const maxAnswer = 32 << 20

// faultKind says on which layer a request failed.
type faultKind int

const (
	faultNetwork faultKind = iota // no answer came
	faultGarbage                  // an answer, but not one of a Bot API server
	faultAPI                      // the Bot API answered with an error
	faultForm                     // the Bot API answered "ok", with a result that cannot be read
)

// fault is a request that failed. Its text holds no token, no address, no body
// and nothing that a user wrote.
type fault struct {
	kind  faultKind
	code  int           // HTTP status, or error_code of the Bot API; 0 without an answer
	what  string        // in our own words
	after time.Duration // of code 429: how long to wait
	cause error         // context.Canceled or context.DeadlineExceeded, or nil
}

func (f *fault) Error() string {
	if f.code == 0 {
		return "telegram: " + f.what
	}
	return fmt.Sprintf("telegram: %s (%d)", f.what, f.code)
}

func (f *fault) Unwrap() error { return f.cause }

// token reports whether the fault means that the token is not known.
func (f *fault) token() bool {
	return f.kind == faultAPI && (f.code == http.StatusUnauthorized || f.code == http.StatusNotFound)
}

// reason says what the fault means for a message; editing tells a message that
// should have been edited in place.
func (f *fault) reason(editing bool) bot.Reason {
	if f.kind != faultAPI {
		return bot.Unreachable
	}
	switch {
	case f.code == http.StatusTooManyRequests:
		return bot.TooFast
	case f.code == http.StatusForbidden:
		return bot.Blocked
	case f.code == http.StatusBadRequest:
		return badRequest(f.what, editing)
	case f.code >= 500, f.token(), f.code == http.StatusConflict:
		return bot.Unreachable
	}
	return bot.Rejected
}

func badRequest(what string, editing bool) bot.Reason {
	switch what {
	case saysNotModified:
		return bot.NotModified
	case saysCannotParse:
		return bot.CannotParse
	case saysFileAway:
		return bot.Unreachable
	case saysEditGone, saysCannotEdit, saysBadMessageID, saysNoText, saysNoCaption:
		if editing {
			return bot.CannotEdit
		}
	}
	return bot.Rejected
}

// What descriptions of the Bot API say, as far as it matters or helps the
// operator. A description is reduced to one of these, because the rest of it
// may quote the message.
const (
	saysNotModified  = "message is not modified"
	saysCannotParse  = "can't parse entities"
	saysEditGone     = "message to edit not found"
	saysCannotEdit   = "message can't be edited"
	saysBadMessageID = "message_id_invalid"
	saysDeleteGone   = "message to delete not found"
	saysNoText       = "there is no text in the message to edit" // it is a file
	saysNoCaption    = "there is no caption in the message to edit"
	saysFileAway     = "the file is temporarily unavailable"
)

var descriptions = []string{
	saysNotModified, saysCannotParse, saysEditGone, saysCannotEdit, saysBadMessageID, saysDeleteGone,
	saysNoText, saysNoCaption, "message can't be deleted", "message text is empty", "text must be non-empty", "message is too long",
	"message_too_long", "text is too long", "chat not found", "button_data_invalid", "button_text_invalid",
	"reply_markup_too_long", "reply markup is too long", "reply keyboard markup", "object expected as reply markup",
	"inline keyboard button", "query is too old",
	"strings must be encoded in utf-8", "bot was blocked by the user", "user is deactivated",
	"bot can't initiate conversation", "bot was kicked", "not enough rights", "have no rights to send",
	"terminated by other getupdates request", "webhook is active", "terminated by setwebhook request",
	saysFileAway, "file is too big", "invalid file_id", "wrong file identifier", "file must be non-empty",
	"message caption is too long", "request entity too large", "image_process_failed", "photo_invalid_dimensions",
	"too big for a photo",
	"failed to resolve host", "an https url must be provided", "webhook can be set up only on ports",
	"is reserved", "ipv6-only addresses are not allowed", "secret token contains unallowed characters",
	"bot_command_invalid", "bot_command_description_invalid", "peer_id_invalid",
	"unauthorized", "not found", "too many requests",
}

// reduce returns the first of the known descriptions that stands in a text, which
// may hold what nobody else is to read.
func reduce(text string, known []string) string {
	text = strings.ToLower(text)
	for _, one := range known {
		if strings.Contains(text, one) {
			return one
		}
	}
	return "an error without a known description"
}

// wire carries requests. It is the library's HttpClient and ours: both see
// only answers that say "ok", everything else is a *fault.
type wire struct{ http *http.Client }

func newWire(cfg Config) *wire {
	rt := cfg.Transport
	if rt == nil {
		rt = newTransport(cfg.SendsInFlight)
	}
	if cfg.Heard != nil {
		rt = counted{rt, cfg.Heard}
	}
	return &wire{&http.Client{
		Transport: rt,
		// A redirect would carry the token to another address.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// newTransport keeps as many connections as there are sends in flight, and two
// for the polls: with Go's default of two, most sends would open one each.
func newTransport(sends int) *http.Transport {
	if sends <= 0 {
		sends = defaultSends
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = sends + 2
	// Without pings, HTTP/2 goes on using a connection whose network is gone.
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second}
	return t
}

// Do makes the request and returns the answer of a Bot API server that says
// "ok", or a *fault.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	if err := buffer(req); err != nil {
		return nil, err
	}
	resp, body, err := w.exchange(req)
	if err != nil {
		return nil, err
	}
	if err := judge(resp.StatusCode, body, new(present)); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// exchange makes the request and reads the answer, whatever it is.
func (w *wire) exchange(req *http.Request) (*http.Response, []byte, error) {
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, nil, networkFault(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if 0 < resp.ContentLength && resp.ContentLength <= maxAnswer {
		body.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(io.LimitReader(resp.Body, maxAnswer+1)); err != nil {
		return nil, nil, networkFault(err)
	}
	return resp, body.Bytes(), nil
}

// buffer reads the body that the library streams, so that a request on a
// connection that the server has just closed can be made again by net/http.
func buffer(req *http.Request) error {
	if req.Body == nil {
		return nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return &fault{kind: faultAPI, code: http.StatusBadRequest, what: "the request cannot be written"}
	}
	req.ContentLength = int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body, _ = req.GetBody()
	return nil
}

// judge returns nil for an answer that says "ok", and decodes its result.
func judge(status int, body []byte, result any) error {
	answer := struct {
		OK          *bool  `json:"ok"`
		Result      any    `json:"result"`
		Code        int    `json:"error_code"`
		Description string `json:"description"`
		Parameters  struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}{Result: result}
	var form *json.UnmarshalTypeError
	err := fault{kind: faultGarbage, code: status, what: "the answer is not one of a Bot API server"}
	if len(body) > maxAnswer {
		return &err
	}
	broken := json.Unmarshal(body, &answer)
	switch {
	case broken != nil && !errors.As(broken, &form), answer.OK == nil:
		return &err
	case *answer.OK && broken == nil:
		return nil
	case *answer.OK:
		return &fault{kind: faultForm, code: status, what: "the result is not of the expected form"}
	}
	if answer.Code == 0 {
		answer.Code = status
	}
	return &fault{
		kind:  faultAPI,
		code:  answer.Code,
		what:  reduce(answer.Description, descriptions),
		after: max(time.Duration(answer.Parameters.RetryAfter)*time.Second, time.Second),
	}
}

// networkFault keeps of a transport's error only what kind it is: its text
// holds the address, and the address holds the token.
func networkFault(err error) *fault {
	f := &fault{kind: faultNetwork, what: networkWords(err)}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			f.cause = cause
		}
	}
	return f
}

func networkWords(err error) string {
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		slow net.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return "request given up"
	case errors.As(err, &dns):
		return "host name not resolved"
	case errors.As(err, &cert):
		return "certificate not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &slow) && slow.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "connection cut"
	}
	return "no connection"
}

// call makes a request of our own and decodes its result. The library writes a
// form through a pipe and has the answer decoded twice, which takes a tenth of
// the time of an update: it is used for what happens seldom.
func (c *Client) call(ctx context.Context, method string, params, result any) error {
	resp, body, err := c.post(ctx, method, params)
	if err != nil {
		return err
	}
	return judge(resp.StatusCode, body, result)
}

// post makes a request with params as JSON.
func (c *Client) post(ctx context.Context, method string, params any) (*http.Response, []byte, error) {
	var form bytes.Buffer
	encoder := json.NewEncoder(&form)
	encoder.SetEscapeHTML(false) // nobody shows it in a page, and every tag would take six bytes a bracket
	if err := encoder.Encode(params); err != nil {
		return nil, nil, fmt.Errorf("encode %s: %w", method, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+method, &form)
	if err != nil {
		return nil, nil, &fault{kind: faultGarbage, what: "the API address cannot be used"}
	}
	req.Header.Set("Content-Type", "application/json")
	return c.wire.exchange(req)
}
