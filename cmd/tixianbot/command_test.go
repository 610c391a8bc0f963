package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

// mainPath is the main path: a message, the answer to one question.
const mainPath = "昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡\n!没有\n"

func TestVersion(t *testing.T) {
	got := command(t, nil, "", "version")
	if got.code != 0 || !strings.HasPrefix(got.out, "tixianbot 1.2.3-test") {
		t.Errorf("version: %d %q %s", got.code, got.out, got.errs)
	}
}

func TestChatGivesTheAnswer(t *testing.T) {
	unhurried(t)
	got := command(t, nil, mainPath, "chat", "--fresh", "--echo")
	if got.code != 0 {
		t.Fatalf("chat: %d %s", got.code, got.errs)
	}
	question, answer, ok := strings.Cut(got.out, "> !没有")
	if !ok {
		t.Fatalf("the second line was not read:\n%s", got.out)
	}
	_, question, _ = strings.Cut(question, "上周刚换了银行卡\n")
	k, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"15:00", "500", "审核", "银行卡", "1) 没有"} {
		if !strings.Contains(question, want) {
			t.Errorf("the first answer lacks %q:\n%s", want, question)
		}
	}
	for _, q := range k.Questions {
		if asked := strings.Contains(question, q.Ask); asked != (q.Fact == fact.AskedToPay) {
			t.Errorf("the first answer asks for %s: %v", q.Fact, asked)
		}
	}
	first := strings.Index(answer, k.Cause("card_changed").Name)
	for _, id := range k.CauseIDs() {
		if at := strings.Index(answer, k.Cause(id).Name); first < 0 || at >= 0 && at < first {
			t.Errorf("the answer does not name card_changed before %s:\n%s", id, answer)
		}
	}
	if !strings.Contains(answer, "「上周刚换了银行卡」") {
		t.Errorf("the answer does not give the user's own words as a reason:\n%s", answer)
	}
}

func TestChatRemembersUnlessItIsFresh(t *testing.T) {
	unhurried(t)
	folder := t.TempDir()
	env := []string{"TIXIANBOT_DATA=" + folder}
	command(t, env, "/log 第一条\n", "chat")
	command(t, env, "/log 只在这一次\n", "chat", "--fresh")
	command(t, env, "/log 第二条\n", "chat")
	all := cases(t, folder)
	if len(all) != 1 || !slices.Equal(texts(all[0]), []string{"第一条", "第二条"}) {
		t.Errorf("the timeline is %+v", all)
	}
}

func TestAskAnswersInJSON(t *testing.T) {
	unhurried(t)
	got := command(t, nil, "", "ask", "--json", "昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡")
	if got.code != 0 {
		t.Fatalf("ask: %d %s", got.code, got.errs)
	}
	var answer struct {
		Facts  fact.Facts
		Causes []struct {
			ID      string
			P       float64
			Because []string
		}
		Topics []struct {
			ID    string
			Score float64
		}
		Flag, Ask string
	}
	if err := json.Unmarshal([]byte(got.out), &answer); err != nil {
		t.Fatalf("%v in %s", err, got.out)
	}
	for name, want := range map[fact.Name]fact.Value{"status": "reviewing", "amount": "500", "changes": "card"} {
		spec, _ := fact.Lookup(name)
		if !spec.Equal(answer.Facts[name], want) {
			t.Errorf("fact %s is %q, want %q", name, answer.Facts[name], want)
		}
	}
	if len(answer.Causes) == 0 || answer.Causes[0].ID != "card_changed" || len(answer.Causes[0].Because) == 0 {
		t.Errorf("the causes are %+v, want card_changed first and why", answer.Causes)
	}
	if answer.Flag != "none" || answer.Ask != "asked_to_pay" {
		t.Errorf("flag %q and ask %q, want none and asked_to_pay", answer.Flag, answer.Ask)
	}
	if strings.Contains(got.out, "null") {
		t.Errorf("a list is null: %s", got.out)
	}
}

func TestAskAnswersInWords(t *testing.T) {
	unhurried(t)
	got := command(t, nil, "", "ask", "截图要包含什么？")
	if got.code != 0 || !strings.Contains(got.out, "截图") {
		t.Errorf("ask: %d %q %s", got.code, got.out, got.errs)
	}
}

func TestLint(t *testing.T) {
	unhurried(t)
	if got := command(t, nil, "", "lint", "--now", "2026-11-23"); got.code != 0 {
		t.Errorf("the content of the program: %d\n%s%s", got.code, got.out, got.errs)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "labels.yaml"), []byte("no_such_field: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := command(t, nil, "", "lint", broken)
	if got.code != exitFailed || !strings.Contains(got.out+got.errs, "labels.yaml") {
		t.Errorf("broken content: %d\n%s%s", got.code, got.out, got.errs)
	}
	got = command(t, nil, "", "lint", "--json")
	if !json.Valid([]byte(got.out)) || strings.Contains(got.out, "null") {
		t.Errorf("lint --json: %s", got.out)
	}
}

// TestLintTellsWhatBecameOfEveryAdvice: each row of the list that the content
// grew from is carried, corrected or left out, once, and none is missing.
func TestLintTellsWhatBecameOfEveryAdvice(t *testing.T) {
	unhurried(t)
	rows, err := os.ReadFile("../../knowledge/testdata/seed-advice-ids.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for line := range strings.Lines(string(rows)) {
		if id, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); strings.HasPrefix(id, "adv-") {
			want = append(want, id)
		}
	}
	var report struct {
		Advice           *struct{ Carried, Corrected, LeftOut, Missing []string }
		Forbidden, Stale []struct{ Where string }
	}
	text := command(t, nil, "", "lint", "--json").out
	if err := json.Unmarshal([]byte(strings.ReplaceAll(text, "left_out", "leftout")), &report); err != nil || report.Advice == nil {
		t.Fatalf("lint --json: %v in %s", err, text)
	}
	a := report.Advice
	got := slices.Concat(a.Carried, a.Corrected, a.LeftOut)
	slices.Sort(got)
	slices.Sort(want)
	if len(want) < 200 || !slices.Equal(got, want) {
		t.Errorf("of %d rows %d are spoken for, once each they must be", len(want), len(got))
	}
	if a.Missing == nil || len(a.Missing) > 0 || a.Carried == nil || a.Corrected == nil || a.LeftOut == nil {
		t.Errorf("advice: missing %v; no list may be null", a.Missing)
	}
	if report.Forbidden == nil || report.Stale == nil || len(report.Forbidden) > 0 {
		t.Errorf("forbidden %v, stale %v; neither may be null", report.Forbidden, report.Stale)
	}
}

func TestToolsOfAnEmptyFolderSayThatThereIsNoDatabase(t *testing.T) {
	folder := t.TempDir()
	for _, tool := range []string{"cases", "check"} {
		got := command(t, []string{"TIXIANBOT_DATA=" + folder}, "", tool)
		if got.code != exitFailed || !strings.Contains(got.errs, "no database") {
			t.Errorf("%s: %d %s", tool, got.code, got.errs)
		}
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("a tool that looks has made %v", left)
	}
}

func TestCheckFindsDamage(t *testing.T) {
	unhurried(t)
	folder := t.TempDir()
	env := []string{"TIXIANBOT_DATA=" + folder}
	command(t, env, "/log 一\n", "chat")
	if got := command(t, env, "", "check"); got.code != 0 || !strings.Contains(got.out, "1 cases, 1 entries") {
		t.Fatalf("check of a sound file: %d %s%s", got.code, got.out, got.errs)
	}
	file := filepath.Join(folder, chatFile)
	if err := os.Truncate(file, 4*int64(os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	if got := command(t, env, "", "check"); got.code != exitFailed || got.errs == "" {
		t.Errorf("check of a file that was cut off: %d %s%s", got.code, got.out, got.errs)
	}
}

// TestWrongConfiguration: each is refused with a sentence that names it.
func TestWrongConfiguration(t *testing.T) {
	unhurried(t)
	token := "TELEGRAM_BOT_TOKEN=1000000001:a-token-for-nothing-0000000000000000"
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args string
		env  []string
		want string
	}{
		{"run", nil, "TELEGRAM_BOT_TOKEN is not set"},
		{"run", []string{token, "TELEGRAM_BOT_TOKEN_FILE=" + empty}, "both set"},
		{"run", []string{"TELEGRAM_BOT_TOKEN_FILE=" + empty}, "is empty"},
		{"run", []string{"TELEGRAM_BOT_TOKEN_FILE=/no/such/file"}, "TELEGRAM_BOT_TOKEN_FILE"},
		{"run", []string{"TELEGRAM_BOT_TOKEN=abc"}, "@BotFather"},
		{"run", []string{token, "TELEGRAM_API_URL=http://192.0.2.1"}, "plain http"},
		{"run", []string{token, "TIXIANBOT_TZ=Mars/Olympus"}, "Mars/Olympus"},
		{"run", []string{token, "TIXIANBOT_CHAT_RATE=-1"}, "TIXIANBOT_CHAT_RATE"},
		{"run", []string{token, "TIXIANBOT_SEND_RATE=many"}, "--send-rate"},
		{"run", []string{token, "TIXIANBOT_CONTENT=/no/such/folder"}, "/no/such/folder"},
		{"run", []string{token, "TIXIANBOT_KEY=k"}, "a pass-phrase is not taken"},
		{"run", []string{token, "TIXIANBOT_KEY_FILE=k"}, "TIXIANBOT_KEY_FILE"},
		{"run", []string{token, "OPENAI_API_KEY=k", "OPENAI_API_KEY_FILE=" + empty}, "both set"},
		{"run", []string{token, "OPENAI_API_KEY=k", "OPENAI_BASE_URL=http://192.0.2.1/v1"}, "plain http"},
		{"run", []string{token, "OPENAI_API_KEY=k", "TIXIANBOT_LLM_DAILY=many"}, "TIXIANBOT_LLM_DAILY"},
		{"run", []string{token, "OPENAI_API_KEY=k", "TIXIANBOT_LLM_DAILY=-3"}, "TIXIANBOT_LLM_DAILY"},
		{"run", []string{token, "TIXIANBOT_ALLOW=5, x"}, `TIXIANBOT_ALLOW has " x"`},
		{"run", []string{token, "TIXIANBOT_BLOCK=,"}, "TIXIANBOT_BLOCK has"},
		{"run", []string{token, "TIXIANBOT_USER_RATE=-1"}, "TIXIANBOT_USER_RATE"},
		{"chat --fresh", []string{"TIXIANBOT_DAAT=/data"}, "there is no such setting"},
		{"cases --chat=x", nil, "--chat"},
		{"nonsense", nil, "nonsense"},
		{"", nil, "expected one of"},
		{"healthcheck", []string{"TIXIANBOT_LISTEN="}, "listens nowhere"},
		{"healthcheck", []string{"TIXIANBOT_LISTEN=:0"}, "port 0"},
	} {
		got := command(t, test.env, "", strings.Fields(test.args)...)
		if got.code == 0 || !strings.Contains(got.errs, test.want) {
			t.Errorf("%q with %v: exit code %d, want a sentence with %q:\n%s", test.args, test.env, got.code, test.want, got.errs)
		}
		if strings.Contains(got.out+got.errs, "a-token-for-nothing") {
			t.Errorf("%q shows the token:\n%s", test.args, got.errs)
		}
	}
}

func TestVariablesOfOthersAreLeftAlone(t *testing.T) {
	unhurried(t)
	env := []string{"OPENAI_API_KEY=of-somebody-else", "TIXIANBOT_KEY=", "TIXIANBOT_TEST_LONG=0"}
	if got := command(t, env, "", "chat", "--fresh"); got.code != 0 {
		t.Errorf("chat: %d %s", got.code, got.errs)
	}
}

func TestHealthIsAskedWhereTheBotListens(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/healthz",
		":8080":          "http://127.0.0.1:8080/healthz",
		"0.0.0.0:81":     "http://127.0.0.1:81/healthz",
		"[::]:81":        "http://127.0.0.1:81/healthz",
		"[::1]:81":       "http://[::1]:81/healthz",
		"bot.example:9":  "http://bot.example:9/healthz",
	} {
		if got, err := healthAddress(listen); got != want || err != nil {
			t.Errorf("healthAddress(%q) = %q, %v; want %q", listen, got, err, want)
		}
	}
	for _, listen := range []string{"", ":0", "8080", "127.0.0.1:"} {
		if got, err := healthAddress(listen); err == nil {
			t.Errorf("healthAddress(%q) = %q, want an error", listen, got)
		}
	}
}
