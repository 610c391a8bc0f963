package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"tixianbot/bot/telegram/telegramtest"
)

// The bot as it is deployed: the real binary, the real client library, and a
// Bot API server on the loopback interface.

func TestAConversationOnTelegram(t *testing.T) {
	srv := telegramtest.New(t)
	folder := t.TempDir()
	b := start(t, srv, folder)
	u := srv.User(7)

	u.Say("昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡")
	u.WaitText("500")
	u.Press("没有")
	u.WaitToasts(1)
	u.WaitText("「上周刚换了银行卡」")
	u.Say("/log 今天打了客服")
	srv.WaitConfirmed()
	b.stop()

	all := cases(t, folder)
	if len(all) != 1 || all[0].Chat != 7 || all[0].Facts["status"] != "reviewing" || all[0].Facts["asked_to_pay"] != "no" {
		t.Fatalf("the case is %+v", all)
	}
	said := texts(all[0])
	for _, want := range []string{"昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡", "今天打了客服"} {
		if n := count(said, want); n != 1 {
			t.Errorf("%q stands %d times in the timeline: %q", want, n, said)
		}
	}
}

func texts(c printedCase) []string {
	var out []string
	for _, r := range c.Timeline {
		out = append(out, r.Text)
	}
	return out
}

func count[T comparable](list []T, want T) int {
	n := 0
	for _, have := range list {
		if have == want {
			n++
		}
	}
	return n
}

func TestStrangeUpdatesAreAnsweredOrPassedOver(t *testing.T) {
	srv := telegramtest.New(t)
	b := start(t, srv, t.TempDir())
	u := srv.User(7)
	for _, send := range []func(){
		func() { u.Photo("") }, func() { u.Voice() }, func() { u.Sticker() }, func() { u.Document("说明") },
		func() { u.Forward("客服说三天") }, func() { u.PressData(1, "no button of ours") },
		func() { u.Edit(u.Say("提现失败"), "提现被驳回") },
		func() { u.Block() }, func() { u.Unblock() },
		func() { srv.Group(-5).Say("/start") }, func() { srv.Group(-5).Add() },
		func() { srv.PushRaw(`"poll":{"id":"1"}`) }, func() { srv.PushRaw(`"message":{"chat":"broken"}`) }, func() { srv.PushRaw("") },
	} {
		send()
	}
	u.Say("/start")
	srv.WaitConfirmed()
	b.stop()
	if len(u.Messages()) == 0 {
		t.Error("nothing was answered")
	}
	if text, bad := b.logged("given up"); bad {
		t.Errorf("an update could not be worked on: %s\n%s", text, b.dump())
	}
}

// TestPairsKeepTheirOrder: two messages sent back to back are worked on in the
// order in which they were sent, a thousand times.
func TestPairsKeepTheirOrder(t *testing.T) {
	const chats, pairs = 8, 125
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder)
	for i := range pairs {
		for c := range chats {
			u := srv.User(int64(c + 1))
			u.Say(fmt.Sprintf("/log first %d", i))
			u.Say(fmt.Sprintf("/log second %d", i))
		}
		if i%5 == 0 {
			srv.WaitConfirmed() // now and then the bot has nothing to do
		}
	}
	srv.WaitConfirmed()
	for c := range chats {
		for i, m := range srv.User(int64(c + 1)).WaitMessages(2 * pairs) {
			if !strings.Contains(m.Text, strconv.Itoa(i+1)) {
				t.Fatalf("chat %d: answer %d is %q", c+1, i+1, m.Text)
			}
		}
	}
	b.stop()
	all := cases(t, folder)
	if len(all) != chats {
		t.Fatalf("%d cases, want %d", len(all), chats)
	}
	for _, c := range all {
		var want []string
		for i := range pairs {
			want = append(want, fmt.Sprintf("first %d", i), fmt.Sprintf("second %d", i))
		}
		if got := texts(c); !slices.Equal(got, want) {
			t.Errorf("chat %d: %d entries, not in order or not all: %q", c.Chat, len(got), got)
		}
	}
}

// TestKilledAtAnyMoment: with 16 chats writing, the bot is killed and started
// again and again. Every message takes effect exactly once and is answered.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("kills are left out of short runs and of those under the race detector")
	}
	rounds := 1
	if long {
		rounds = 34 // more than 1,000 kills
	}
	for seed := range rounds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) { killAndCount(t, uint64(seed)) })
	}
}

// killAndCount kills one bot 30 times, each time after another number of the
// answers to a burst of messages, and counts what came of them.
func killAndCount(t *testing.T, seed uint64) {
	const chats, burst, kills = 16, 4, 30
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	random := rand.New(rand.NewPCG(seed, 4))
	var tokens []string
	b := start(t, srv, folder)
	for range kills {
		before := sent(srv)
		for range burst {
			for c := range chats {
				tokens = append(tokens, fmt.Sprintf("token-%d-%d", c+1, len(tokens)))
				srv.User(int64(c + 1)).Say("/log " + tokens[len(tokens)-1])
			}
		}
		enough := before + random.IntN(chats*burst)
		srv.Wait("some answers before the kill", func() bool { return sent(srv) >= enough })
		b.kill()
		b = start(t, srv, folder)
	}
	srv.WaitConfirmed()
	repeated := 0
	for c := range chats {
		u := srv.User(int64(c + 1))
		each := len(tokens) / chats
		srv.Wait("an answer for every entry", func() bool { return len(answers(u)) >= each })
		twice := len(u.Messages()) - each
		if twice > kills {
			t.Errorf("chat %d: %d answers came twice in %d kills", c+1, twice, kills)
		}
		repeated += twice
	}
	b.stop()
	countTokens(t, folder, tokens)
	t.Logf("%d kills, %d updates: none lost, none applied twice, %d answers repeated", kills, len(tokens), repeated)
}

// countTokens looks for each token in the timelines of the database in folder,
// which must be sound.
func countTokens(t *testing.T, folder string, tokens []string) {
	t.Helper()
	lines := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "cases", "--json").out
	for _, token := range tokens {
		if n := strings.Count(lines, `"`+token+`"`); n != 1 {
			t.Errorf("%s stands %d times in the cases", token, n)
		}
	}
	if got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", "check"); got.code != 0 {
		t.Errorf("check: %s%s", got.out, got.errs)
	}
}

// answers returns the different answers that a user got. Each entry of a case
// is confirmed with its number, so no two entries have the same one.
func answers(u *telegramtest.User) map[string]bool {
	different := make(map[string]bool)
	for _, m := range u.Messages() {
		different[m.Text] = true
	}
	return different
}

// sent returns how many messages Telegram has taken from the bot.
func sent(srv *telegramtest.Server) int { return len(srv.Calls("sendMessage")) }

func TestStopUnderLoad(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	b := start(t, srv, folder)
	const chats, each = 8, 50
	for i := range chats * each {
		srv.User(int64(i%chats + 1)).Say(fmt.Sprintf("/log token-%d", i))
	}
	srv.Wait("the first answers", func() bool { return sent(srv) > 10 })
	if took := b.stop(); took > 10*time.Second {
		t.Errorf("the bot took %v to stop", took)
	}
	confirmed := chats*each - len(srv.Pending())
	entries := 0
	for _, c := range cases(t, folder) {
		entries += len(c.Timeline)
	}
	if entries < confirmed {
		t.Errorf("Telegram was told to forget %d messages, and %d are kept", confirmed, entries)
	}
	b = start(t, srv, folder)
	srv.WaitConfirmed()
	for c := range chats {
		srv.User(int64(c + 1)).WaitMessages(each)
	}
	b.stop()
}

func TestHealthAndReadiness(t *testing.T) {
	srv := telegramtest.New(t)
	down := srv.Inject(telegramtest.Fault{Method: "getMe", Kind: telegramtest.BadGateway})
	b := start(t, srv, t.TempDir())
	if got := b.get("/healthz"); got != http.StatusOK {
		t.Errorf("/healthz: %d while Telegram is down", got)
	}
	if got := b.get("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d while Telegram is down", got)
	}
	address, _ := b.logged("listening")
	if got := command(t, []string{"TIXIANBOT_LISTEN=" + address}, "", "healthcheck"); got.code != 0 {
		t.Errorf("healthcheck of a running bot: %d %s", got.code, got.errs)
	}
	down()
	srv.User(7).Say("/start")
	srv.User(7).WaitMessages(1)
	if got := b.get("/readyz"); got != http.StatusOK {
		t.Errorf("/readyz: %d after an answer", got)
	}
	b.stop()
	if got := command(t, []string{"TIXIANBOT_LISTEN=" + address}, "", "healthcheck"); got.code != exitFailed {
		t.Errorf("healthcheck of a stopped bot: %d", got.code)
	}
}

func TestAWrongTokenIsASentence(t *testing.T) {
	srv := telegramtest.New(t)
	const wrong = "1000000001:this-is-some-other-bot-000000000000"
	got := command(t, []string{"TELEGRAM_BOT_TOKEN=" + wrong, "TELEGRAM_API_URL=" + srv.URL(), "TIXIANBOT_LISTEN="}, "", "run")
	if got.code != exitUsage || !strings.Contains(got.errs, "does not accept the bot token") {
		t.Errorf("exit code %d: %s", got.code, got.errs)
	}
	if strings.Contains(got.errs, wrong) || strings.Contains(got.errs, "some-other-bot") {
		t.Errorf("the token stands in the log: %s", got.errs)
	}
}

func TestTheNextBotTakesOver(t *testing.T) {
	srv := telegramtest.New(t)
	folder := t.TempDir()
	first := start(t, srv, folder)
	second := launch(t, []string{
		"TELEGRAM_API_URL=" + srv.URL(), "TELEGRAM_BOT_TOKEN=" + telegramtest.Token,
		"TIXIANBOT_DATA=" + folder, "TIXIANBOT_LISTEN=127.0.0.1:0",
	})
	first.stop()
	second.waitLog("started")
	srv.User(7).Say("/start")
	srv.User(7).WaitMessages(1)
	second.stop()
}

func TestTheBotIntroducesItself(t *testing.T) {
	srv := telegramtest.New(t)
	b := start(t, srv, t.TempDir())
	srv.Wait("the profile", func() bool { _, _, short := srv.Profile(); return short != "" })
	raw, description, _ := srv.Profile()
	b.stop()
	var commands []struct{ Command, Description string }
	if err := json.Unmarshal([]byte(raw), &commands); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range commands {
		names = append(names, c.Command)
		if !strings.ContainsFunc(c.Description, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("/%s is described as %q", c.Command, c.Description)
		}
	}
	for _, want := range []string{"start", "help", "case", "log", "privacy", "delete", "cancel"} {
		if !slices.Contains(names, want) {
			t.Errorf("the menu has no /%s: %s", want, raw)
		}
	}
	if description == "" {
		t.Error("the bot has no description")
	}
}

// TestContentIsReadAgainOnHangup: good content is taken, broken content is
// refused and the last good stays.
func TestContentIsReadAgainOnHangup(t *testing.T) {
	srv := telegramtest.New(t)
	overlay := t.TempDir()
	b := start(t, srv, t.TempDir(), "TIXIANBOT_CONTENT="+overlay)

	labels, err := os.ReadFile(filepath.Join(root, "knowledge/content/zh/labels.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(overlay, "labels.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := b.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	write("no_such_field: 1\n")
	b.waitLog("content refused")
	srv.User(7).Say("提现失败")
	srv.User(7).WaitMessages(1)
	write(string(labels))
	b.waitLog("content read")
	b.stop()
}
