package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
)

// What people do who mean harm, or whose telephone does.

// notShort leaves a test out of short runs and of those under the race detector:
// floods take long there, and what bears them works in one goroutine at a time.
func notShort(t *testing.T) {
	t.Helper()
	if testing.Short() || raced {
		t.Skip("floods are left out of short runs and of those under the race detector")
	}
}

// limited is the rate at which one user is answered unless it is set otherwise.
const limited = "TIXIANBOT_USER_RATE=1"

// TestAFloodIsKeptAndHarmsNobodyElse: four hundred messages of one person, a
// kill among them, are kept and answered as a few, and somebody else is
// answered as ever.
func TestAFloodIsKeptAndHarmsNobodyElse(t *testing.T) {
	notShort(t)
	const all = 400
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder, limited)
	flood, other := srv.User(7), srv.User(8)
	var tokens []string
	send := func(n int) {
		for range n {
			tokens = append(tokens, fmt.Sprintf("token-%d", len(tokens)))
			flood.Say("/log " + tokens[len(tokens)-1])
		}
	}
	send(100)
	srv.Wait("some to be kept", func() bool { return len(srv.Pending()) < 60 })
	b.kill()
	b = start(t, srv, folder, limited)
	send(all - 100)
	other.Say("/log hello")
	other.WaitText("记好了")
	flood.WaitText("300 多条")
	srv.WaitConfirmed()
	b.stop()
	if n := len(flood.Messages()); n > 60 {
		t.Errorf("%d answers to %d messages", n, all)
	}
	countTokens(t, folder, tokens)
}

// odd are texts that mean to break something.
var odd = []string{
	"a\x00b\x07c\x1b[2J", "\u202egnp.exe\u202c", "\u2066\u2067\u2068", "\u200b\u200c\u200d\ufeff", strings.Repeat("\u0301", 2000),
	"<b>", "</b></i>", "&lt;&#0;&#x110000;", "**[x](javascript:1)**", "`", "```\n", "\\", "\\*\\_", "{n}", "{{.}}", "%s%n%d", "/", "/ ", "//", "/log", "/log@",
	"/log \u202e", strings.Repeat("提现", 2048), strings.Repeat("\n", 4096), strings.Repeat("(", 4000), strings.Repeat("昨天", 1000),
	"\U000e0001\U000e0041", "\ufdfd\ufdfd", "𝒜𝓁𝓁", "👨‍👩‍👧‍👦🏴\U000e0067\U000e007f", "١٢٣", "\ufffe\uffff", "=cmd|' /C calc'!A0", "'; drop table cases; --",
}

// TestOddTextsAreHarmless: whatever is written, forwarded, put beside a file or
// into its name is answered, nothing of it is refused by Telegram, and no update
// is given up.
func TestOddTextsAreHarmless(t *testing.T) {
	notShort(t)
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder)
	for i, text := range odd {
		u := srv.User(int64(i + 1))
		u.Say(text)
		u.Say("/log " + text)
		u.Forward(text)
		u.Send(telegramtest.Thing{Kind: "document", Name: text, MIME: text, Caption: text})
		u.Edit(u.Say("提现失败"), text)
		u.Say("/remind 明天下午三点 " + text)
		u.Say("/case")
	}
	for _, entities := range []string{
		`[{"type":"bold","offset":-1,"length":99999}]`, `[{"type":"bot_command","offset":3,"length":0},{"type":""}]`, `[]`, `{}`, `"x"`,
		`[{"type":"text_link","offset":0,"length":2,"url":"tg://user?id=1"},{"type":"custom_emoji","offset":1,"length":1}]`,
	} {
		srv.User(500)
		srv.PushRaw(`"message":{"message_id":77,"date":1700000000,"chat":{"id":500,"type":"private"},"text":"提现失败","entities":` + entities + `}`)
	}
	srv.WaitConfirmed()
	for i := range odd {
		srv.User(int64(i + 1)).WaitText("案子 1")
	}
	srv.User(500).WaitMessages(1)
	b.stop()
	for _, words := range []string{"given up", "fault", "dead letter"} {
		if _, bad := b.logged(words); bad {
			t.Errorf("the log has %q:\n%s", words, b.dump())
		}
	}
	if got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "check"); got.code != 0 || !strings.Contains(got.out, "0 dead letters") {
		t.Errorf("check: %s%s", got.out, got.errs)
	}
}

// TestForwardsWithoutEnd: five hundred forwarded messages, ten thousand in a
// long run, are each kept once, and answered as a few.
func TestForwardsWithoutEnd(t *testing.T) {
	notShort(t)
	all := 500
	if long {
		all = 10_000
	}
	srv := telegramtest.New(t)
	srv.Patience(10 * patience)
	folder := t.TempDir()
	b := start(t, srv, folder, limited)
	u := srv.User(7)
	for n := range all {
		u.Forward(fmt.Sprintf("客服：第%d条，三个工作日内处理", n))
	}
	began := time.Now()
	srv.WaitConfirmed()
	t.Logf("%d forwarded messages in %v", all, time.Since(began))
	b.stop()
	kept := map[string]int{}
	for _, c := range cases(t, folder) {
		for _, r := range c.Timeline {
			if r.Kind == bot.RecordPasted {
				kept[r.Text]++
			}
		}
	}
	if len(kept) != all {
		t.Errorf("%d of %d are kept", len(kept), all)
	}
	if n := len(u.Messages()); n > 20 {
		t.Errorf("%d answers to %d forwarded messages", n, all)
	}
}

// TestWhoIsLetIn: of three people one may use the bot, one is told so once, and
// one is not answered.
func TestWhoIsLetIn(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder, "TIXIANBOT_ALLOW=7, 9", "TIXIANBOT_BLOCK=9")
	refused := bot.Tell(content(), bot.NoticeRefused).Text
	for range 3 {
		for id := range int64(3) {
			srv.User(7 + id).Say("/log hello")
		}
	}
	srv.User(7).WaitMessages(3)
	srv.User(8).WaitMessages(1)
	srv.WaitConfirmed()
	b.stop()
	if got := srv.User(8).Messages(); len(got) != 1 || got[0].Text != refused {
		t.Errorf("who is not let in was told %+v", got)
	}
	if got := srv.User(9).Messages(); len(got) != 0 {
		t.Errorf("who is blocked was told %+v", got)
	}
	if all := cases(t, folder); len(all) != 1 || all[0].Chat != 7 {
		t.Errorf("the cases are %+v", all)
	}
}
