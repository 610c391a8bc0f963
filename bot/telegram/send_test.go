package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
)

var ctx = context.Background()

func button(label, arg string) bot.Button {
	return bot.Button{Label: label, Press: bot.Press{Case: 1, Rev: 2, Act: "ans", Arg: arg}}
}

// wantRefusal fails the test unless err is a refusal for the reason.
func wantRefusal(t *testing.T, err error, want bot.Reason) *bot.Refusal {
	t.Helper()
	var r *bot.Refusal
	if !errors.As(err, &r) || r.Reason != want {
		t.Fatalf("error %v, want a refusal: %s", err, want)
	}
	noSecrets(t, err.Error())
	return r
}

func mustSend(t *testing.T, c *Client, chat bot.ChatID, m bot.Message, replace bot.MessageID) bot.MessageID {
	t.Helper()
	id, err := c.Send(ctx, chat, m, replace, false)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestSendShowsWordsStylesAndButtons(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	id := mustSend(t, c, 7, bot.Message{
		Text:    "# 屏幕上显示什么？\n\n- **审核中** & <处理中>",
		Buttons: [][]bot.Button{{button("审核中", "status=reviewing"), button("失败", "status=failed")}, {button("不知道", "")}},
	}, 0)
	got := u.Last()
	if got.ID != int(id) || got.Text != "屏幕上显示什么？\n\n• 审核中 & <处理中>" {
		t.Errorf("message %d: %q", got.ID, got.Text)
	}
	wantStyles := []telegramtest.Entity{{Type: "bold", Offset: 0, Length: 8}, {Type: "bold", Offset: 12, Length: 3}}
	if diff := cmp.Diff(wantStyles, got.Entities); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"审核中", "失败", "不知道"}, got.Labels()); diff != "" {
		t.Error(diff)
	}
}

func TestPlainSendsTheWordsOnly(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	if _, err := c.Send(ctx, 7, bot.Message{Text: "**先别** <再> 点"}, 0, true); err != nil {
		t.Fatal(err)
	}
	if got := u.Last(); got.Text != "先别 <再> 点" || got.HTML != "" || len(got.Entities) != 0 {
		t.Errorf("sent %+v", got)
	}
}

func TestReplaceEditsInPlaceAndTakesTheOldButtons(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	first := mustSend(t, c, 7, bot.Message{Text: "一", Buttons: [][]bot.Button{{button("是", "")}}}, 0)
	second := mustSend(t, c, 7, bot.Message{Text: "二"}, first)
	all := u.Messages()
	if len(all) != 1 || second != first || all[0].Text != "二" || all[0].Edits != 1 || len(all[0].Buttons) != 0 {
		t.Errorf("ids %d and %d, shown %+v", first, second, all)
	}
}

func TestALongMessageIsSentInParts(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	paragraph := strings.Repeat("提", 3000)
	old := mustSend(t, c, 7, bot.Message{Text: "旧"}, 0)
	id := mustSend(t, c, 7, bot.Message{
		Text:    paragraph + "\n\n**" + paragraph + "**",
		Buttons: [][]bot.Button{{button("好", "")}},
	}, old)
	all := u.Messages()
	if len(all) != 3 || all[0].Edits != 0 {
		t.Fatalf("%d messages, the old one edited %d times", len(all), all[0].Edits)
	}
	if all[1].Text != paragraph || all[2].Text != paragraph {
		t.Error("the parts are not the paragraphs")
	}
	if len(all[1].Buttons) != 0 || len(all[2].Buttons) != 1 || int(id) != all[2].ID {
		t.Errorf("buttons under %d and %d, id %d", len(all[1].Buttons), len(all[2].Buttons), id)
	}
}

func TestAPartThatArrivedIsNotSentAgain(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	long := bot.Message{Text: strings.Repeat("提", 4096) + "\n\n" + strings.Repeat("现", 4096) + "\n\n完"}
	mustSend(t, c, 7, bot.Message{Text: "先"}, 0)

	parts := 0
	for tries := 0; ; tries++ {
		remove := srv.Inject(telegramtest.Fault{Kind: telegramtest.TooMany, Method: "sendMessage", Chance: 0.6})
		_, err := c.Send(ctx, 7, long, 0, false)
		remove()
		if err == nil {
			break
		}
		wantRefusal(t, err, bot.TooFast)
		if tries > 100 {
			t.Fatal("never arrives")
		}
	}
	var shown []string
	for _, m := range u.Messages()[1:] {
		parts++
		shown = append(shown, m.Text)
	}
	if strings.Join(shown, "\n\n") != long.Text {
		t.Errorf("%d parts are not the message", parts)
	}
	mustSend(t, c, 7, long, 0)
	if got := len(u.Messages()); got != 1+2*parts {
		t.Errorf("said again it shows %d messages, want %d", got, 1+2*parts)
	}
}

func TestRefusals(t *testing.T) {
	text := bot.Message{Text: "好"}
	for _, test := range []struct {
		name string
		do   func(t *testing.T, srv *telegramtest.Server, c *Client) error
		want bot.Reason
	}{
		{"blocked", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			srv.User(7).Block()
			_, err := c.Send(ctx, 7, text, 0, false)
			return err
		}, bot.Blocked},
		{"an unknown chat", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			_, err := c.Send(ctx, 8, text, 0, false)
			return err
		}, bot.Rejected},
		{"an edit that changes nothing", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			id := mustSend(t, c, 7, text, 0)
			_, err := c.Send(ctx, 7, text, id, false)
			return err
		}, bot.NotModified},
		{"an edit of a message that is gone", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			id := mustSend(t, c, 7, text, 0)
			srv.User(7).Remove(int(id))
			_, err := c.Send(ctx, 7, text, id, false)
			return err
		}, bot.CannotEdit},
		{"an edit of a message that is too old", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			id := mustSend(t, c, 7, text, 0)
			srv.User(7).Freeze(int(id))
			_, err := c.Send(ctx, 7, text, id, false)
			return err
		}, bot.CannotEdit},
		{"an edit of a message that is a file", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			id := mustSend(t, c, 7, text, 0)
			srv.Inject(telegramtest.Fault{
				Kind: telegramtest.Refused, Method: "editMessageText", Text: "Bad Request: there is no text in the message to edit",
			})
			_, err := c.Send(ctx, 7, text, id, false)
			return err
		}, bot.CannotEdit},
		{"no words", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			_, err := c.Send(ctx, 7, bot.Message{Text: " \n\u200b\n"}, 0, false)
			return err
		}, bot.Rejected},
		{"a button that does not fit", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			_, err := c.Send(ctx, 7, bot.Message{Text: "好", Buttons: [][]bot.Button{{button("好", strings.Repeat("x", 41))}}}, 0, false)
			return err
		}, bot.Rejected},
		{"a button without a label", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			_, err := c.Send(ctx, 7, bot.Message{Text: "好", Buttons: [][]bot.Button{{button(" ", "")}}}, 0, false)
			return err
		}, bot.Rejected},
		{"a message that cannot be deleted", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			id := mustSend(t, c, 7, text, 0)
			srv.User(7).Freeze(int(id))
			return c.Delete(ctx, 7, id)
		}, bot.Rejected},
		{"a press that is too old", func(t *testing.T, srv *telegramtest.Server, c *Client) error {
			return c.Answer(ctx, "never heard of", "")
		}, bot.Rejected},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv := telegramtest.New(t)
			srv.User(7)
			c, _ := newClient(t, srv)
			wantRefusal(t, test.do(t, srv, c), test.want)
		})
	}
}

func TestFaultsBecomeRefusals(t *testing.T) {
	for kind, want := range map[telegramtest.FaultKind]bot.Reason{
		telegramtest.ServerError:  bot.Unreachable,
		telegramtest.BadGateway:   bot.Unreachable,
		telegramtest.Garbage:      bot.Unreachable,
		telegramtest.CutBefore:    bot.Unreachable,
		telegramtest.CutAfter:     bot.Unreachable,
		telegramtest.Unauthorized: bot.Unreachable,
		telegramtest.Conflict:     bot.Unreachable,
		telegramtest.Forbidden:    bot.Blocked,
		telegramtest.TooMany:      bot.TooFast,
	} {
		t.Run(fmt.Sprint(kind, want), func(t *testing.T) {
			srv := telegramtest.New(t)
			srv.User(7)
			srv.Inject(telegramtest.Fault{Kind: kind, RetryAfter: 33})
			c, _ := newClient(t, srv)
			for name, do := range map[string]func() error{
				"Send":   func() error { _, err := c.Send(ctx, 7, bot.Message{Text: "秘密"}, 0, false); return err },
				"Edit":   func() error { _, err := c.Send(ctx, 7, bot.Message{Text: "秘密"}, 3, false); return err },
				"Delete": func() error { return c.Delete(ctx, 7, 3) },
				"Answer": func() error { return c.Answer(ctx, "1", "") },
				"Register": func() error {
					return c.Register(ctx, []Command{{Name: "start", Description: "开始"}}, "", "")
				},
			} {
				r := wantRefusal(t, do(), want)
				if want == bot.TooFast && r.After != 33*time.Second {
					t.Errorf("%s: wait %v, want 33 s", name, r.After)
				}
				if strings.Contains(r.Error(), "秘密") {
					t.Errorf("%s: the error shows the message: %v", name, r)
				}
			}
		})
	}
}

func TestMarkupThatTelegramRefusesIsCannotParse(t *testing.T) {
	err := judge(400, []byte(`{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: Unsupported start tag \"机密\" at byte offset 3"}`), nil)
	r := wantRefusal(t, refuse(err, false), bot.CannotParse)
	if strings.Contains(r.Error(), "机密") {
		t.Errorf("the error shows the message: %v", r)
	}
}

func TestGivingUpIsUnreachable(t *testing.T) {
	srv := telegramtest.New(t)
	srv.User(7)
	srv.Inject(telegramtest.Fault{Kind: telegramtest.Hang})
	c, _ := newClient(t, srv)
	ctx, cancel := context.WithCancel(ctx)
	sent := make(chan error)
	go func() {
		_, err := c.Send(ctx, 7, bot.Message{Text: "好"}, 0, false)
		sent <- err
	}()
	srv.Wait("the request", func() bool { return len(srv.Calls("sendMessage")) == 1 })
	cancel()
	err := <-sent
	wantRefusal(t, err, bot.Unreachable)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not tell that it was given up", err)
	}
}

func TestNobodyListens(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	srv.Close()
	_, err := c.Send(ctx, 7, bot.Message{Text: "好"}, 0, false)
	wantRefusal(t, err, bot.Unreachable)
}

func TestDeleteRemovesAndToleratesWhatIsGone(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	id := mustSend(t, c, 7, bot.Message{Text: "一"}, 0)
	for range 2 {
		if err := c.Delete(ctx, 7, id); err != nil {
			t.Fatal(err)
		}
	}
	if len(u.Messages()) != 0 {
		t.Error("still there")
	}
}

func TestKeyboardsKeepToTelegramsLimits(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	var wide []bot.Button
	for i := range 10 {
		wide = append(wide, button(fmt.Sprint(i), ""))
	}
	mustSend(t, c, 7, bot.Message{Text: "好", Buttons: [][]bot.Button{wide, {}, {button(strings.Repeat("长", 100), "")}}}, 0)
	rows := u.Last().Buttons
	if len(rows) != 3 || len(rows[0]) != 8 || len(rows[1]) != 2 {
		t.Errorf("rows %v", rows)
	}
	if got := []rune(rows[2][0].Label); len(got) != 64 || got[63] != '…' {
		t.Errorf("label %q", string(got))
	}
	many := make([][]bot.Button, 101)
	for i := range many {
		many[i] = []bot.Button{button("好", "")}
	}
	_, err := c.Send(ctx, 7, bot.Message{Text: "好", Buttons: many}, 0, false)
	wantRefusal(t, err, bot.Rejected)
}

func TestRegisterChangesOnlyWhatDiffers(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	register := func(description string) {
		t.Helper()
		commands := []Command{{"start", "开始"}, {"log", "记一笔"}}
		if err := c.Register(ctx, commands, description, "提现助手"); err != nil {
			t.Fatal(err)
		}
	}
	sets := func() (n int) {
		for _, call := range srv.Calls("") {
			if strings.HasPrefix(call.Method, "set") {
				n++
			}
		}
		return n
	}
	register("不是官方")
	commands, description, short := srv.Profile()
	want := `[{"command":"start","description":"开始"},{"command":"log","description":"记一笔"}]`
	if commands != want || description != "不是官方" || short != "提现助手" || sets() != 3 {
		t.Errorf("%s, %s, %s after %d calls", commands, description, short, sets())
	}
	register("不是官方")
	if sets() != 3 {
		t.Errorf("%d calls though nothing differs", sets())
	}
	register("没有权力")
	if sets() != 4 {
		t.Errorf("%d calls after one difference", sets())
	}
	wantRefusal(t, c.Register(ctx, []Command{{"Start", "开始"}}, "没有权力", "提现助手"), bot.Rejected)
}

// TestConversation is a small bot on the client: it asks, the user presses, the
// question is edited into the answer.
func TestConversation(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	var question bot.MessageID
	reply := func(u bot.Update, m bot.Message, toast string) {
		id, err := c.Send(ctx, u.Chat, m, question, false)
		if err != nil {
			t.Error(err)
		}
		question = id
		if u.Callback == "" {
			return
		}
		if err := c.Answer(ctx, u.Callback, toast); err != nil {
			t.Error(err)
		}
	}
	poll(t, c, func(u bot.Update, done func(error)) {
		switch e := u.Event.(type) {
		case bot.Said:
			reply(u, bot.Message{
				Text:    "你说“" + e.Text + "”。有没有人要你先付钱？",
				Buttons: [][]bot.Button{{button("有", "yes"), button("没有", "no")}},
			}, "")
		case bot.Pressed:
			reply(u, bot.Message{Text: "记下了：" + e.Press.Arg}, "好")
		case bot.Garbled:
			reply(u, bot.Message{Text: "现在是这样"}, "这个按钮太旧了")
		}
		done(nil)
	})

	u := srv.User(7)
	u.Say("提现 500 元一直审核中")
	asked := u.WaitText("有没有人要你先付钱")
	u.Press("没有")
	u.WaitText("记下了：no")
	u.PressData(asked.ID, "v0:old")
	if diff := cmp.Diff([]string{"好", "这个按钮太旧了"}, u.WaitToasts(2)); diff != "" {
		t.Error(diff)
	}
	srv.WaitConfirmed()
	if all := u.Messages(); len(all) != 1 || all[0].Edits != 2 || all[0].Text != "现在是这样" {
		t.Errorf("shown %+v", all)
	}
}

// answers is a transport that always answers the same.
type answers string

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(a))), Request: r}, nil
}

func TestAnAnswerThatCannotBeReadStillMeansDelivered(t *testing.T) {
	for answer, want := range map[answers]bot.MessageID{
		`{"ok":true,"result":{"message_id":"of the future"}}`:                                                                       0,
		`{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"forward_origin":{"type":"of the future"}}}`: 1,
		`{"ok":true,"result":[]}`: 0,
		`{"ok":true}`:             0,
	} {
		c, err := New(Config{Token: telegramtest.Token, Transport: answer})
		if err != nil {
			t.Fatal(err)
		}
		if id, err := c.Send(ctx, 7, bot.Message{Text: "好"}, 0, false); id != want || err != nil {
			t.Errorf("Send = %d, %v at the answer %s", id, err, answer)
		}
	}
}

func TestAsManyConnectionsAreKeptAsThereAreSends(t *testing.T) {
	if got := newTransport(40).MaxIdleConnsPerHost; got < 40 {
		t.Errorf("%d connections are kept for 40 sends", got)
	}
	if got := newTransport(0).MaxIdleConnsPerHost; got < defaultSends {
		t.Errorf("%d connections are kept by default", got)
	}
}

// Whatever answers, it is taken for done only if it says so, and no error quotes it.
func FuzzAnswers(f *testing.F) {
	f.Add(200, []byte(`{"ok":true,"result":{"message_id":1}}`))
	f.Add(400, []byte(`{"ok":false,"error_code":400,"description":"Bad Request: message is not modified"}`))
	f.Add(429, []byte(`{"ok":false,"error_code":429,"parameters":{"retry_after":7}}`))
	f.Add(502, []byte("<html>Bad Gateway</html>"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		var sent struct {
			ID bot.MessageID `json:"message_id"`
		}
		err := judge(status, append(body, "机密"...), &sent)
		if err == nil {
			t.Fatalf("%q is no JSON", body)
		}
		err = judge(status, body, &sent)
		if err == nil && !bytes.Contains(bytes.ToLower(body), []byte("true")) {
			t.Errorf("%q was taken for done", body)
		}
		var fault *fault
		if err != nil && (!errors.As(err, &fault) || fault.kind == faultAPI && fault.code == 429 && fault.after < time.Second) {
			t.Errorf("%v", err)
		}
	})
}
