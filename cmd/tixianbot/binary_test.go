package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tixianbot/bot/telegram/telegramtest"
)

// These tests run the real binary, as an operator does: what it is told stands
// on its command line, in its environment and on its standard input.

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	if role := os.Getenv(roleName); role != "" {
		os.Exit(enact(role)) // this process is a bot that a benchmark started
	}
	os.Exit(withBinary(m))
}

func withBinary(m *testing.M) int {
	folder, err := os.MkdirTemp("", "tixianbot-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	binary = filepath.Join(folder, "tixianbot")
	args := []string{"build", "-ldflags", "-X main.version=1.2.3-test", "-o", binary, "."}
	if raced {
		args = slices.Insert(args, 1, "-race") // a race then ends the program with an exit code of its own
	}
	build := exec.Command("go", args...)
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the binary: %v\n%s", err, out)
		return 1
	}
	return telegramtest.Main(m)
}

// long is set for the full counts of the tests that kill and count.
var long = os.Getenv("TIXIANBOT_TEST_LONG") == "1"

// unhurried leaves a test out of short runs, which are those under the race
// detector: it starts the slow program again and again, or waits, and has no
// goroutine that other tests of the program do not have.
func unhurried(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("its goroutines run in other tests")
	}
}

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

// environment is that of a machine on which nothing is set, and what the test sets.
func environment(set ...string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}
	return append(env, set...)
}

// outcome is what a command left behind.
type outcome struct {
	out, errs string
	code      int
}

// command runs the program with args to its end.
func command(t testing.TB, env []string, input string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Dir = environment(env...), t.TempDir()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("tixianbot %v: %v\n%s", args, errors.Join(err, ctx.Err()), &errs)
	}
	return outcome{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// running is a bot that runs.
type running struct {
	t       testing.TB
	cmd     *exec.Cmd
	address string // where it listens
	ended   chan error

	mu      sync.Mutex
	changed chan struct{} // closed and replaced with every line
	log     []map[string]any
}

// start runs the bot over the database in folder, with srv as Telegram, and
// waits until it runs.
func start(t testing.TB, srv *telegramtest.Server, folder string, env ...string) *running {
	t.Helper()
	b := launch(t, deployment(srv.URL(), folder, env...))
	b.waitLog("started")
	return b
}

// deployment is the environment of a bot over folder with api as Telegram.
func deployment(api, folder string, env ...string) []string {
	return append([]string{
		"TELEGRAM_API_URL=" + api, "TELEGRAM_BOT_TOKEN=" + telegramtest.Token, "TIXIANBOT_DATA=" + folder,
		"TIXIANBOT_LISTEN=127.0.0.1:0", "TIXIANBOT_SEND_RATE=0", "TIXIANBOT_CHAT_RATE=0", "TIXIANBOT_USER_RATE=0",
	}, env...)
}

func launch(t testing.TB, env []string) *running {
	t.Helper()
	return launchProgram(t, binary, env)
}

// launchProgram starts program as the bot.
func launchProgram(t testing.TB, program string, env []string) *running {
	t.Helper()
	b := &running{t: t, cmd: exec.Command(program, "run"), ended: make(chan error, 1), changed: make(chan struct{})}
	b.cmd.Env, b.cmd.Dir = environment(env...), t.TempDir()
	errs, err := b.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go b.read(errs, read)
	go func() {
		<-read
		b.ended <- b.cmd.Wait()
	}()
	t.Cleanup(func() { _ = b.cmd.Process.Kill() })
	return b
}

// read keeps what the bot logs. A line that is no JSON, such as that of a
// panic, is kept as one with that message.
func (b *running) read(from io.Reader, done chan<- struct{}) {
	defer close(done)
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var entry map[string]any
		if json.Unmarshal(lines.Bytes(), &entry) != nil {
			entry = map[string]any{"msg": lines.Text()}
		}
		b.mu.Lock()
		b.log = append(b.log, entry)
		if entry["msg"] == "listening" {
			b.address, _ = entry["address"].(string)
		}
		close(b.changed)
		b.changed = make(chan struct{})
		b.mu.Unlock()
	}
}

// logged reports whether the bot has logged msg, and where it listens.
func (b *running) logged(msg string) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, entry := range b.log {
		if text, _ := entry["msg"].(string); strings.Contains(text, msg) {
			return b.address, true
		}
	}
	return "", false
}

// waitLog waits until the bot has logged msg.
func (b *running) waitLog(msg string) {
	b.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		b.mu.Lock()
		changed := b.changed
		b.mu.Unlock()
		if _, ok := b.logged(msg); ok {
			return
		}
		select {
		case <-changed:
		case err := <-b.ended:
			b.ended <- err
			if _, ok := b.logged(msg); !ok {
				b.t.Fatalf("the bot ended (%v) without logging %q:\n%s", err, msg, b.dump())
			}
		case <-limit.C:
			b.t.Fatalf("the bot has not logged %q:\n%s", msg, b.dump())
		}
	}
}

func (b *running) dump() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out strings.Builder
	for _, entry := range b.log {
		fmt.Fprintln(&out, entry)
	}
	return out.String()
}

// get returns the status of a path that the bot serves.
func (b *running) get(path string) int {
	b.t.Helper()
	address, _ := b.logged("listening")
	response, err := http.Get("http://" + address + path)
	if err != nil {
		b.t.Fatalf("ask the bot: %v", err)
	}
	response.Body.Close()
	return response.StatusCode
}

// kill ends the bot as a power cut does.
func (b *running) kill() {
	b.t.Helper()
	if err := b.cmd.Process.Kill(); err != nil {
		b.t.Fatal(err)
	}
	<-b.ended
}

// stop ends the bot as an operator does, and returns how long that took.
func (b *running) stop() time.Duration {
	b.t.Helper()
	began := time.Now()
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.t.Fatal(err)
	}
	select {
	case err := <-b.ended:
		if err != nil {
			b.t.Errorf("the bot was stopped and ended with %v:\n%s", err, b.dump())
		}
	case <-time.After(patience):
		b.t.Fatalf("the bot does not stop:\n%s", b.dump())
	}
	return time.Since(began)
}

// cases returns what `cases --json` prints of the database in folder.
func cases(t *testing.T, folder string, env ...string) []printedCase {
	t.Helper()
	got := command(t, append(env, "TIXIANBOT_DATA="+folder), "", "cases", "--json")
	if got.code != 0 {
		t.Fatalf("cases: exit code %d: %s", got.code, got.errs)
	}
	var all []printedCase
	lines := json.NewDecoder(strings.NewReader(got.out))
	for lines.More() {
		var c printedCase
		if err := lines.Decode(&c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}
