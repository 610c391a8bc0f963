package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"tixianbot/bot"
	"tixianbot/bot/openai"
	"tixianbot/bot/relay"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// Personal data on every way through the bot, and then a look at all that an
// operator sees of it: the log, the metrics, the sentences of tools. Our own Go
// code has no Chinese character, so one in the log is somebody's.

const (
	someone    = 7712345678 // a chat
	hisName    = "OuyangJianguo"
	hisPhone   = "13912345678"
	hisMail    = "ouyang.jg@example.net"
	hisCard    = "6222020200112233445"
	hisAddress = "No.88-Xingfu-Road"
)

// personal is a text with all of it.
var personal = fmt.Sprintf("我是欧阳建国 %s，电话 %s，邮箱 %s，卡号 %s，住 %s，", hisName, hisPhone, hisMail, hisCard, hisAddress)

// nothingOf fails the test for anything of somebody in what an operator sees.
func nothingOf(t *testing.T, where, text string) {
	t.Helper()
	if len(text) == 0 {
		t.Fatalf("%s: nothing was seen, so nothing was tested", where)
	}
	for line := range strings.Lines(text) {
		for _, word := range []string{hisName, hisPhone, hisMail, hisCard, hisAddress, fmt.Sprint(someone), telegramtest.Token} {
			if strings.Contains(line, word) {
				t.Errorf("%s tells %q: %s", where, word, line)
			}
		}
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s has somebody's words: %s", where, line)
		}
	}
}

func TestNothingPersonalIsLoggedOrCounted(t *testing.T) {
	alone(t)
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder, "TIXIANBOT_USER_RATE=0")
	u := srv.User(someone)
	sayAll(u)
	srv.WaitConfirmed()
	failing(t, srv, u)
	tool(t, folder, "cases", "--json", "--chat", fmt.Sprint(someone))
	release := limitFiles(t, b, 8192)
	u.Say("/log " + personal)
	b.waitLog("update not committed")
	release()
	srv.WaitConfirmed()
	u.Block()
	u.Unblock()
	u.Say("/delete " + personal)
	srv.WaitConfirmed()
	page := b.page("/metrics")
	b.stop()
	nothingOf(t, "/metrics", page)
	nothingOf(t, "the log", b.dump())
	for _, seen := range []string{"dead letter", "update not committed", "a tool was answered"} {
		if _, ok := b.logged(seen); !ok {
			t.Errorf("the log has no %q: that way was not tried", seen)
		}
	}
}

// sayAll sends personal data in all the ways there are.
func sayAll(u *telegramtest.User) {
	first := u.Say(personal + opening)
	u.Forward(personal + "客服 " + hisName + "：您的提现在审核")
	u.Edit(first, opening+personal)
	u.Photo(personal)
	u.Voice()
	u.Sticker()
	u.Send(
		telegramtest.Thing{Kind: "document", Name: hisName + hisPhone + ".pdf", MIME: "application/" + hisName, Caption: personal},
		telegramtest.Thing{Kind: "document", Name: "欧阳建国.pdf", Caption: personal, Forwarded: time.Now().Add(-time.Hour)},
	)
	for _, command := range []string{"/log", "/remind 明天下午三点", "/draft", "/case", "/evidence", "/timezone", "/privacy", "/" + hisName, "/export"} {
		u.Say(command + " " + personal)
	}
	u.PressData(first, hisName+hisPhone)
	u.PressData(first+1, "欧阳建国")
}

// failing has Telegram fail and refuse, quoting what it was sent, as it does.
func failing(t *testing.T, srv *telegramtest.Server, u *telegramtest.User) {
	t.Helper()
	for i, f := range []telegramtest.Fault{
		{Kind: telegramtest.Refused, Method: "sendMessage", Times: 1, Text: "Bad Request: can't parse entities: " + personal},
		{Kind: telegramtest.Refused, Method: "sendMessage", Times: 1, Text: "Bad Request: " + personal},
		{Kind: telegramtest.Refused, Method: "sendMessage", Times: 1, Code: http.StatusForbidden, Text: "Forbidden: " + personal},
		{Kind: telegramtest.Refused, Method: "answerCallbackQuery", Times: 1, Text: "Bad Request: query of " + personal},
		{Kind: telegramtest.Refused, Method: "getFile", Times: 1, Text: "Bad Request: file of " + personal},
		{Kind: telegramtest.Refused, Method: "getUpdates", Times: 1, Code: http.StatusConflict, Text: "Conflict: " + personal},
		{Kind: telegramtest.Garbage, Times: 1}, {Kind: telegramtest.ServerError, Times: 1}, {Kind: telegramtest.CutBefore, Times: 1},
	} {
		before := srv.Faulted()
		remove := srv.Inject(f)
		for n := 0; srv.Faulted()-before < f.Times && n < 10; n++ {
			u.Say("/log " + personal)
			u.Send(telegramtest.Thing{Kind: "photo", Caption: personal, Data: fmt.Append(nil, i, n)})
			u.PressData(1, hisName)
			srv.Within(time.Second, func() bool { return srv.Faulted()-before >= f.Times })
		}
		if srv.Faulted() == before {
			t.Errorf("%+v did not happen", f)
		}
		remove()
	}
}

// TestNothingPersonalInFaults: an update that cannot be worked on says where and
// not what, in the log and in what `check` shows.
func TestNothingPersonalInFaults(t *testing.T) {
	s := openStore(t, 0)
	var out bytes.Buffer
	panics := []any{personal, errors.New(personal), bot.Said{Text: personal}}
	n := 0
	r := relay.New(relay.Config{
		Store: s, Sender: nobody{}, Knowledge: content, Log: slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Step: func(*knowledge.Pack, bot.Case, bot.Input) (bot.Case, bot.Effects) {
			n++
			if len(panics) > 0 {
				panic(panics[n%len(panics)])
			}
			return bot.Case{}, bot.Effects{}
		},
	})
	for i, e := range []bot.Event{bot.Said{Text: personal}, bot.Sent{Caption: personal, Name: hisName}, bot.Edited{Text: personal}, bot.Pressed{}} {
		done := make(chan error)
		r.Accept(bot.Update{ID: int64(i + 1), Chat: someone, Event: e}, func(err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Run(ctx); err != nil {
		t.Fatal(err)
	}
	report, err := s.Check()
	if err != nil || len(report.Poison) != 4 {
		t.Fatalf("%+v, %v; want four updates given up", report, err)
	}
	nothingOf(t, "the log", out.String())
	nothingOf(t, "check", fmt.Sprintf("%+v", report))
}

// nobody is a messenger that refuses with the words it was given.
type nobody struct{}

func (nobody) Send(context.Context, bot.ChatID, bot.Message, bot.MessageID, bool) (bot.MessageID, error) {
	return 0, &bot.Refusal{Reason: bot.Rejected, Err: errors.New("refused")}
}
func (nobody) Delete(context.Context, bot.ChatID, bot.MessageID) error { return nil }
func (nobody) Answer(context.Context, string, string) error            { return nil }

// quoting is a language model whose errors quote the letter.
type quoting struct{ err error }

func (q quoting) Draft(context.Context, openai.Draft) (string, error) { return "", q.err }

// TestNothingPersonalOfALanguageModel: what it answers and why it fails is
// counted by a word of ours.
func TestNothingPersonalOfALanguageModel(t *testing.T) {
	var out bytes.Buffer
	counts := newMetrics()
	until := time.Now().Add(time.Minute).Format(time.RFC3339)
	for _, err := range []error{errors.New(personal), &openai.Failure{Reason: openai.Refused, Status: 400}, fmt.Errorf("%s: %w", personal, context.DeadlineExceeded)} {
		m := &model{ask: quoting{err}, user: -1, all: -1, zone: time.UTC, log: slog.New(slog.NewJSONHandler(&out, nil))}
		m.count(counts.worded)
		order := bot.Order{Kind: bot.OrderWording, Args: fmt.Sprintf(`{"brief":%q,"letter":%q,"until":%q}`, personal, personal, until)}
		if made, err := m.word(t.Context(), relay.Work{Order: order, Now: time.Now()}); err != nil || made.Err == "" || made.Text != "" {
			t.Errorf("%+v, %v", made, err)
		}
	}
	families, err := counts.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	nothingOf(t, "the log", out.String())
	nothingOf(t, "the metrics", fmt.Sprint(families))
}

// TestNothingPersonalInSentences: what a tool says of a file that is damaged.
func TestNothingPersonalInSentences(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, botFile)
	damagedCase(t, path)
	for _, args := range [][]string{{"check"}, {"backup", filepath.Join(t.TempDir(), "x.db")}, {"restore", path}} {
		got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", args...)
		if got.code == 0 {
			t.Errorf("%v of a damaged file ends well", args)
		}
		nothingOf(t, args[0], got.out+got.errs)
	}
}

// damagedCase makes a database with a case whose record cannot be read.
func damagedCase(t *testing.T, path string) {
	t.Helper()
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Commit(store.Change{Update: 1, Chat: someone, Case: &bot.Case{Number: 1, Seq: 1}, Records: []bot.Record{
		{Seq: 1, Kind: bot.RecordMessage, Text: personal},
	}})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, bytes.ReplaceAll(raw, []byte(`{"kind"`), []byte(`#"kind"`)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
