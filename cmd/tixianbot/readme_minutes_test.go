package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tixianbot/bot/telegram/telegramtest"
)

// TestTheTenMinutesOfTheReadme runs what the README says from nothing to a bot
// that is encrypted, backed up and called by Telegram. The program is the one
// that all tests run, the token is that of the test, and the port a free one.
func TestTheTenMinutesOfTheReadme(t *testing.T) {
	alone(t)
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)### From nothing.*?```sh\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatal("the README has no such commands")
	}
	script := string(block[1])
	for old, with := range map[string]string{
		"go build -o tixianbot ./cmd/tixianbot": `cp "$PROGRAM" tixianbot`,
		"123456:the-token-of-your-bot":          telegramtest.Token,
	} {
		if strings.Count(script, old) != 1 {
			t.Fatalf("the commands have not one %q", old)
		}
		script = strings.Replace(script, old, with, 1)
	}
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script+"\nkill $! && wait $!\n")
	cmd.Dir, cmd.Env = folder, environment("PROGRAM="+binary, "TELEGRAM_API_URL="+srv.URL(), "TIXIANBOT_LISTEN="+freeAddress(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "bot.log"))
		t.Fatalf("%v\n%s\n%s", err, out, log)
	}
	for _, want := range []string{"before-update.db: whole and checked", "before-update.db now: 0 cases", "key"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the commands do not say %q:\n%s", want, out)
		}
	}
	if kept, _ := filepath.Glob(filepath.Join(folder, "data", botFile+".before-*")); len(kept) != 1 {
		t.Errorf("kept aside: %v", kept)
	}
	for _, name := range []string{"secrets/token", "secrets/key", "before-update.db", "data/" + botFile} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want it for its owner alone", name, info, err)
		}
	}
}

// freeAddress returns an address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
