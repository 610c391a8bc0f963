package telegramtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// api calls a method as a bot does that writes its requests by hand.
type api struct {
	t    *testing.T
	url  string
	http *http.Client
}

func newAPI(t *testing.T, srv *Server) *api {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &api{t, srv.URL() + "/bot" + Token + "/", &http.Client{Transport: tr}}
}

// reply is an answer of the Bot API; Code is 0 when there was none.
type reply struct {
	OK          bool
	Result      json.RawMessage
	Code        int `json:"error_code"`
	Description string
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	}
}

func (a *api) call(method string, nameValues ...string) (r reply) {
	a.t.Helper()
	form := url.Values{}
	for i := 0; i < len(nameValues); i += 2 {
		form.Set(nameValues[i], nameValues[i+1])
	}
	resp, err := a.http.PostForm(a.url+method, form)
	if err != nil {
		return reply{}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || json.Unmarshal(body, &r) != nil {
		return reply{Code: resp.StatusCode, Description: "not JSON"}
	}
	return r
}

// want fails the test unless the call is refused with the code and words.
func (a *api) want(code int, words, method string, nameValues ...string) {
	a.t.Helper()
	r := a.call(method, nameValues...)
	if r.Code != code || !strings.Contains(r.Description, words) {
		a.t.Errorf("%s %q: %d %q, want %d %q", method, nameValues, r.Code, r.Description, code, words)
	}
}

func (a *api) ok(method string, nameValues ...string) reply {
	a.t.Helper()
	r := a.call(method, nameValues...)
	if !r.OK {
		a.t.Errorf("%s %q: %d %s", method, nameValues, r.Code, r.Description)
	}
	return r
}

// updateIDs calls getUpdates and returns the ids of the answer.
func (a *api) updateIDs(nameValues ...string) []int64 {
	a.t.Helper()
	var updates []struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(a.ok("getUpdates", nameValues...).Result, &updates); err != nil {
		a.t.Error(err)
	}
	var ids []int64
	for _, u := range updates {
		ids = append(ids, u.ID)
	}
	return ids
}

const keys = `{"inline_keyboard":[[{"text":"Yes","callback_data":"y"},{"text":"No","callback_data":"n"}]]}`

// TestRefusals holds the words of every refusal against those of the real
// server: its source is public (tdlib/telegram-bot-api, Client.cpp), and what
// lies behind it was compared with what people got to read.
func TestRefusals(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	said := fmt.Sprint(u.Say("hello"))
	srv.User(8).Block()
	srv.User(9).DeleteAccount()
	srv.Group(-5).Block()
	a.ok("sendMessage", "chat_id", "7", "text", "x", "reply_markup", keys)
	sent := fmt.Sprint(u.Last().ID)
	button := func(b string) string { return `{"inline_keyboard":[[` + b + `]]}` }
	many := strings.Repeat(`{"text":"x","callback_data":"d"},`, 101)

	for _, test := range []struct {
		code   int
		want   string
		method string
		params []string
	}{
		{404, "Not Found: method not found", "sendMagic", nil},
		{400, "Bad Request: chat_id is empty", "sendMessage", []string{"text", "x"}},
		{400, "Bad Request: chat not found", "sendMessage", []string{"chat_id", "99", "text", "x"}},
		{400, "Bad Request: chat not found", "sendMessage", []string{"chat_id", "@nobody", "text", "x"}},
		{403, "Forbidden: bot was blocked by the user", "sendMessage", []string{"chat_id", "8", "text", "x"}},
		{403, "Forbidden: user is deactivated", "sendMessage", []string{"chat_id", "9", "text", "x"}},
		{403, "Forbidden: bot was kicked from the supergroup chat", "sendMessage", []string{"chat_id", "-5", "text", "x"}},

		// What is to be sent is looked at before the chat is.
		{400, "Bad Request: message text is empty", "sendMessage", []string{"chat_id", "99"}},
		{400, "Bad Request: text must be non-empty", "sendMessage", []string{"chat_id", "7", "text", " \u200b\n"}},
		{400, "Bad Request: text must be non-empty", "sendMessage", []string{"chat_id", "7", "parse_mode", "HTML", "text", "<b> </b>"}},
		{400, "Bad Request: message is too long", "sendMessage", []string{"chat_id", "7", "text", strings.Repeat("x", 4095) + "😀"}},
		{400, "Bad Request: text is too long", "sendMessage", []string{"chat_id", "7", "parse_mode", "HTML", "text", strings.Repeat("<b>x</b>", 4097)}},
		{400, "Bad Request: unsupported parse_mode", "sendMessage", []string{"chat_id", "7", "parse_mode", "Magic", "text", "x"}},
		{400, "Bad Request: strings must be encoded in UTF-8", "sendMessage", []string{"chat_id", "7", "text", "\xff"}},
		{400, "Bad Request: can't parse link preview options JSON object", "sendMessage", []string{"chat_id", "7", "text", "x", "link_preview_options", "true"}},
		{400, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`, "sendMessage", []string{"chat_id", "7", "parse_mode", "HTML", "text", "<b>unclosed"}},
		{400, `Bad Request: can't parse entities: Unsupported start tag "script" at byte offset 0`, "sendMessage", []string{"chat_id", "7", "parse_mode", "HTML", "text", "<script>alert(1)</script>"}},
		{400, `Bad Request: can't parse entities: Unmatched end tag at byte offset 10, expected "</i>", found "</b>"`, "sendMessage", []string{"chat_id", "7", "parse_mode", "html", "text", "<b><i>test</b></i>"}},

		{400, "Bad Request: can't parse reply keyboard markup JSON object", "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", "{"}},
		{400, "Bad Request: object expected as reply markup", "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", "[]"}},
		{400, "Bad Request: object expected as reply markup", "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", "null"}},
		{400, `Bad Request: field "inline_keyboard" must be of type Array`, "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", `{"inline_keyboard":{}}`}},
		{400, `Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays`, "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", `{"inline_keyboard":[{}]}`}},
		{400, "Bad Request: can't parse inline keyboard button: InlineKeyboardButton must be an Object", "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", button(`"x"`)}},
		{400, `Bad Request: can't parse inline keyboard button: Can't find field "text"`, "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", button(`{"callback_data":"d"}`)}},
		{400, `Bad Request: can't parse inline keyboard button: Field "text" must be of type String`, "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", button(`{"text":{},"callback_data":"d"}`)}},
		{400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard", "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", button(`{"text":"x","callback_data":""}`)}},
		{400, "Bad Request: BUTTON_DATA_INVALID", "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", button(`{"text":"x","callback_data":"` + strings.Repeat("d", 65) + `"}`)}},
		{400, "Bad Request: BUTTON_TEXT_INVALID", "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", button(`{"text":" ","callback_data":"d"}`)}},
		{400, "Bad Request: reply markup is too long", "sendMessage", []string{"chat_id", "7", "text", "x", "reply_markup", button(strings.TrimSuffix(many, ","))}},

		{400, sameAsBefore, "editMessageText", []string{"chat_id", "7", "message_id", sent, "text", "x", "reply_markup", keys}},
		{400, sameAsBefore, "editMessageReplyMarkup", []string{"chat_id", "7", "message_id", sent, "reply_markup", keys}},
		{400, "Bad Request: message to edit not found", "editMessageText", []string{"chat_id", "7", "message_id", "9999", "text", "x"}},
		{400, "Bad Request: message to edit not found", "editMessageText", []string{"chat_id", "7", "text", "x"}},
		{400, "Bad Request: message identifier is not specified", "editMessageText", []string{"text", "x"}},
		{400, "Bad Request: message can't be edited", "editMessageText", []string{"chat_id", "7", "message_id", said, "text", "x"}},
		{400, "Bad Request: message text is empty", "editMessageText", []string{"chat_id", "7", "message_id", "9999"}},
		{400, "Bad Request: MESSAGE_TOO_LONG", "editMessageText", []string{"chat_id", "7", "message_id", sent, "text", strings.Repeat("x", 4097)}},
		{400, "Bad Request: message to delete not found", "deleteMessage", []string{"chat_id", "7", "message_id", "9999"}},
		{400, "Bad Request: message identifier is not specified", "deleteMessage", []string{"chat_id", "7"}},
		{400, "Bad Request: chat identifier is not specified", "deleteMessage", nil},
		{400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "answerCallbackQuery", []string{"callback_query_id", "1"}},
		{400, "Bad Request: wrong parameter action in request", "sendChatAction", []string{"chat_id", "7"}},

		{400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook", "setWebhook", []string{"url", "http://plain.example"}},
		{400, "Bad Request: can't parse commands JSON object", "setMyCommands", []string{"commands", "["}},
		{400, "Bad Request: expected an Array of BotCommand", "setMyCommands", []string{"commands", "{}"}},
		{400, `Bad Request: can't parse BotCommand: Can't find field "command"`, "setMyCommands", []string{"commands", `[{"description":"x"}]`}},
		{400, `Bad Request: can't parse BotCommand: Can't find field "description"`, "setMyCommands", []string{"commands", `[{"command":"x"}]`}},
		{400, "Bad Request: BOT_COMMAND_INVALID", "setMyCommands", []string{"commands", `[{"command":"A b","description":"x"}]`}},
		{400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID", "setMyCommands", []string{"commands", `[{"command":"a","description":""}]`}},
	} {
		r := a.call(test.method, test.params...)
		if r.OK || r.Code != test.code || r.Description != test.want {
			t.Errorf("%s %q: %d %q, want %d %q", test.method, test.params, r.Code, r.Description, test.code, test.want)
		}
	}
	a.want(400, "DESCRIPTION_TOO_LONG", "setMyDescription", "description", strings.Repeat("x", 513))
	if n := len(u.Messages()); n != 1 {
		t.Errorf("%d messages are shown, want the one that was sent", n)
	}
	a.url = srv.URL() + "/bot1:x/"
	a.want(401, "Unauthorized", "getMe")
	a.url = srv.URL() + "/botx/"
	a.want(404, "Not Found", "getMe")
}

const sameAsBefore = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as " +
	"a current content and reply markup of the message"

// What the real server takes without a word.
func TestWhatIsTaken(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	for _, params := range [][]string{
		{"text", strings.Repeat("x", 4096)},
		{"text", "<b>lower</b>", "parse_mode", "html"},
		{"text", "x", "reply_markup", "{}"},
		{"text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"link","url":"https://a.example"}],[]]}`},
		{"text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"btn","callback_data":"` + strings.Repeat("x", 64) + `"}]]}`},
	} {
		a.ok("sendMessage", append(params, "chat_id", "7")...)
	}
	a.ok("sendMessage", "chat_id", "7", "text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"","callback_data":"d"},{"text":"ok","callback_data":"d"}]]}`)
	if got := u.Last().Labels(); !slices.Equal(got, []string{"ok"}) {
		t.Errorf("buttons %q, want those with words", got)
	}
	a.ok("setMyCommands")
}

func TestLengthCountsAfterParsing(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	a.ok("sendMessage", "chat_id", "7", "parse_mode", "HTML", "text", "<b>"+strings.Repeat("&amp;", 4096)+"</b>")
	if got := u.Last().Text; got != strings.Repeat("&", 4096) {
		t.Errorf("%d characters are shown", len(got))
	}
}

func TestUpdatesStayUntilAHigherOffsetIsAskedFor(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	for range 3 {
		srv.User(7).Say("x")
	}
	ids := srv.Pending()
	for _, step := range []struct {
		params []string
		want   []int64
	}{
		{nil, ids},
		{nil, ids},
		{[]string{"limit", "2"}, ids[:2]},
		{[]string{"offset", fmt.Sprint(ids[0])}, ids},
		{[]string{"offset", fmt.Sprint(ids[1])}, ids[1:]},
		{nil, ids[1:]},
		{[]string{"offset", "-1"}, ids[2:]},
		{nil, ids[2:]},
		{[]string{"offset", fmt.Sprint(ids[2] + 1)}, nil},
	} {
		if got := a.updateIDs(step.params...); !slices.Equal(got, step.want) {
			t.Errorf("getUpdates %q = %d, want %d", step.params, got, step.want)
		}
	}
}

func TestOnlyAllowedUpdatesAreQueued(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	if srv.Push("chat_member", struct{}{}) != 0 || srv.Push("poll", struct{}{}) == 0 {
		t.Error("the default is all but what has to be asked for")
	}
	a.ok("getUpdates", "allowed_updates", `["chat_member"]`)
	if srv.Push("chat_member", struct{}{}) == 0 || srv.Push("poll", struct{}{}) != 0 {
		t.Error("not what was asked for")
	}
}

func TestTheNewestPollWins(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	first := make(chan reply)
	go func() { first <- a.call("getUpdates", "timeout", "60") }()
	srv.Wait("the first poll", srv.Polling)
	second := make(chan reply)
	go func() { second <- a.call("getUpdates", "timeout", "60") }()
	if r := <-first; r.Code != 409 || !strings.Contains(r.Description, "other getUpdates") {
		t.Errorf("the first poll got %+v", r)
	}
	srv.Wait("the second poll", srv.Polling)
	a.ok("setWebhook", "url", "https://hook.example/")
	if r := <-second; r.Code != 409 || !strings.Contains(r.Description, "setWebhook") {
		t.Errorf("the second poll got %+v", r)
	}
	a.want(409, "webhook is active", "getUpdates")
	a.ok("deleteWebhook")
	srv.User(7).Say("x")
	if got := a.updateIDs(); len(got) != 1 {
		t.Errorf("updates %d", got)
	}
}

func TestALongPollEndsWithItsTimeoutOrAnUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := New(t)
		a := &api{t, PipeURL + "/bot" + Token + "/", &http.Client{Transport: srv.Transport()}}
		begin := time.Now()
		if got := a.updateIDs("timeout", "50"); len(got) != 0 || time.Since(begin) != 50*time.Second {
			t.Errorf("%d after %v", got, time.Since(begin))
		}
		begin = time.Now()
		time.AfterFunc(20*time.Second, func() { srv.User(7).Say("x") })
		if got := a.updateIDs("timeout", "50"); len(got) != 1 || time.Since(begin) != 20*time.Second {
			t.Errorf("%d after %v", got, time.Since(begin))
		}
		a.http.CloseIdleConnections()
		srv.Close()
	})
}

// Presses are kept for two and a half minutes and messages for a day, and a
// press that was fetched can be acknowledged no longer than it would be kept.
func TestUpdatesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := New(t)
		a := &api{t, PipeURL + "/bot" + Token + "/", &http.Client{Transport: srv.Transport()}}
		u := srv.User(7)
		a.ok("sendMessage", "chat_id", "7", "text", "x", "reply_markup", keys)
		u.Press("Yes")
		u.Say("a word")
		time.Sleep(keptPress)
		if got := a.updateIDs(); len(got) != 2 {
			t.Errorf("%d updates in time", len(got))
		}
		time.Sleep(time.Second)
		if got := a.updateIDs(); len(got) != 1 {
			t.Errorf("%d updates after the press has expired", len(got))
		}
		a.want(400, "query is too old", "answerCallbackQuery", "callback_query_id", "100000000")
		time.Sleep(keptUpdate)
		if got := a.updateIDs(); len(got) != 0 {
			t.Errorf("%d updates after a day", len(got))
		}
		begin := time.Now()
		a.updateIDs("timeout", "1000")
		if took := time.Since(begin); took != longestPoll*time.Second {
			t.Errorf("a poll waits %v", took)
		}
		a.http.CloseIdleConnections()
		srv.Close()
	})
}

func TestFaults(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	for _, test := range []struct {
		kind FaultKind
		code int
		sent int // messages that are shown after it
	}{
		{ServerError, 500, 0}, {BadGateway, 502, 0}, {Garbage, 200, 0}, {TooMany, 429, 0}, {Unauthorized, 401, 0},
		{Conflict, 409, 0}, {Forbidden, 403, 0}, {CutBefore, 0, 0}, {CutAfter, 0, 1}, {Refused, 418, 0},
	} {
		before := len(u.Messages())
		srv.Inject(Fault{Kind: test.kind, Method: "sendmessage", Chat: 7, Times: 1, Code: 418, Text: "a teapot"})
		if r := a.call("sendMessage", "chat_id", "7", "text", "x"); r.OK || r.Code != test.code {
			t.Errorf("fault %d: %+v", test.kind, r)
		}
		if got := len(u.Messages()) - before; got != test.sent {
			t.Errorf("fault %d: %d messages were sent, want %d", test.kind, got, test.sent)
		}
		a.ok("sendMessage", "chat_id", "7", "text", "x")
	}
	if got, want := len(srv.Calls("sendMessage")), 20; got != want {
		t.Errorf("%d calls are noted, want %d", got, want)
	}
}

// TestEveryFaultHasAMethodAndAChance: each kind happens to the method that it is
// for, as often as its chance says, and to no other.
func TestEveryFaultHasAMethodAndAChance(t *testing.T) {
	const tries = 40
	for kind := ServerError; kind <= Refused; kind++ {
		srv := New(t)
		a := newAPI(t, srv)
		srv.User(7).Say("an update")
		a.http.Timeout = 50 * time.Millisecond // of those that hang
		method, params := "sendMessage", []string{"chat_id", "7", "text", "x"}
		if kind == Repeated || kind == Shuffled {
			method, params = "getUpdates", nil
		}
		remove := srv.Inject(Fault{Kind: kind, Method: method, Chance: 0.2, Text: "Bad Request: no"})
		for range tries {
			a.call(method, params...)
			a.ok("getMe")
		}
		if n := srv.Faulted(); n == 0 || n > tries/2 {
			t.Errorf("fault %d happened %d times of %d at a chance of a fifth", kind, n, tries)
		}
		remove()
		before := srv.Faulted()
		a.ok(method, params...)
		if srv.Faulted() != before {
			t.Errorf("fault %d happened after it was switched off", kind)
		}
	}
}

func TestUpdatesCanComeTwiceAndOutOfOrder(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	u.Say("confirmed")
	first := srv.Pending()[0]
	a.updateIDs("offset", fmt.Sprint(first+1))
	remove := srv.Inject(Fault{Kind: Repeated, Method: "getUpdates"})
	if got := a.updateIDs(); len(got) != 0 {
		t.Errorf("%v came while there were no updates", got)
	}
	u.Say("one")
	u.Say("two")
	want := []int64{first, first + 1, first + 2, first + 1, first + 2}
	if got := a.updateIDs(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	remove()
	for range 30 {
		u.Say("more")
	}
	srv.Inject(Fault{Kind: Shuffled, Method: "getUpdates", Times: 1})
	got := a.updateIDs()
	if slices.IsSorted(got) || len(got) != 32 {
		t.Errorf("%v is in order, or not all", got)
	}
	slices.Sort(got)
	if !slices.Equal(got, srv.Pending()) || srv.Faulted() != 3 {
		t.Errorf("%d faults, got %v", srv.Faulted(), got)
	}
}

func TestWithinGivesUp(t *testing.T) {
	srv := New(t)
	if srv.Within(time.Millisecond, func() bool { return false }) {
		t.Error("what never becomes true was found")
	}
	go srv.User(7).Say("x")
	if !srv.Within(patience, func() bool { return len(srv.Pending()) == 1 }) {
		t.Error("what became true was not found")
	}
}

// patience is how long these tests wait for what must come.
const patience = 10 * time.Second

func TestChancesAreThoseOfTheSeed(t *testing.T) {
	pattern := func(seed uint64) (s string) {
		srv := New(t)
		srv.User(7)
		srv.Seed(seed)
		remove := srv.Inject(Fault{Kind: ServerError, Chance: 0.5})
		a := newAPI(t, srv)
		for range 32 {
			s += fmt.Sprint(a.call("getMe").Code, " ")
		}
		remove()
		a.ok("getMe")
		return s
	}
	one := pattern(1)
	if one != pattern(1) || one == pattern(2) {
		t.Error("the seed does not decide")
	}
	if n := strings.Count(one, "500"); n < 4 || n > 28 {
		t.Errorf("%d of 32 failed at a chance of one half", n)
	}
}

func TestPlayers(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	u.Edit(u.Say("one"), "two")
	u.Forward("three")
	u.Photo("four")
	u.Document("")
	u.Voice()
	u.Sticker()
	a.ok("sendMessage", "chat_id", "7", "text", "x", "reply_markup", keys)
	u.Press("No")
	u.Block()
	u.Say("back")
	var got []string
	var updates []map[string]json.RawMessage
	if err := json.Unmarshal(a.ok("getUpdates").Result, &updates); err != nil {
		t.Fatal(err)
	}
	for _, u := range updates {
		for kind := range u {
			if kind != "update_id" {
				got = append(got, kind)
			}
		}
	}
	want := []string{"message", "edited_message", "message", "message", "message", "message", "message",
		"callback_query", "my_chat_member", "my_chat_member", "message"}
	if !slices.Equal(got, want) {
		t.Errorf("updates %q, want %q", got, want)
	}
	var query struct{ ID, Data string }
	if err := json.Unmarshal(updates[7]["callback_query"], &query); err != nil || query.Data != "n" {
		t.Fatalf("pressed %+v, %v", query, err)
	}
	a.ok("answerCallbackQuery", "callback_query_id", query.ID, "text", "noted")
	if got := u.Toasts(); !slices.Equal(got, []string{"noted"}) {
		t.Errorf("toasts %q", got)
	}
	srv.Expire()
	a.want(400, "query is too old", "answerCallbackQuery", "callback_query_id", query.ID)
}
