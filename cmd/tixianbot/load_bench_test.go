package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tixianbot/bot/telegram/telegramtest"
)

// How much the whole bot bears: the real binary, the real client library, a Bot
// API server on the loopback interface, no limits on sending; and beside it, in
// the same run, a naive bot on the same libraries.

const (
	turns    = 8           // turns that each bot gets
	turnTime = time.Second // of each
)

// The bots that are compared: ours, a naive one, ours over an encrypted database,
// and ours when it is called instead of polling.
var roles = []string{"tixianbot", roleNaive, roleSealed, roleHooked}

const (
	roleSealed = "encrypted"
	roleHooked = "webhook"
)

// BenchmarkLoad lets so many people write, each the next message when the one
// before is answered, which gives the updates a second that are durable and
// answered; and at half that pace, which gives the time to an answer. The
// bots take turns of a second, so that whatever else the machine does is borne
// by all.
//
//	go test ./cmd/tixianbot -run '^$' -bench Load -timeout 30m
//
// With TIXIANBOT_TEST_PROFILE=FILE, FILE.tixianbot.16 and so on are CPU profiles
// of ours, FILE.naive.16 those of the other.
func BenchmarkLoad(b *testing.B) {
	table := []string{"| chats | bot | updates/s | p50, p99 | p50, p99 at half the pace | CPU an update | resident |", "|---|---|---|---|---|---|---|"}
	for _, chats := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("chats=%d", chats), func(b *testing.B) {
			var m map[string]*measured
			for b.Loop() {
				m = measureLoad(b, chats)
			}
			for _, role := range roles {
				m[role].report(b, role)
				table = append(table, m[role].row(role, chats))
			}
			b.ReportMetric(m[roles[0]].rate()/m[roles[1]].rate(), "ratio")
		})
	}
	fmt.Println(strings.Join(table, "\n"))
}

// measured is what a bot has shown.
type measured struct {
	full, half []time.Duration // to an answer, at full and at half the pace
	busy       time.Duration   // how long the full pace was kept
	cpu        time.Duration   // used in that time
	others     time.Duration   // used by Telegram and the people in that time
	resident   int             // bytes
}

// rate is the number of updates a second.
func (m *measured) rate() float64 { return float64(len(m.full)) / m.busy.Seconds() }

// each is the processor time of an update.
func (m *measured) each() time.Duration { return m.cpu / time.Duration(max(1, len(m.full))) }

func (m *measured) report(b *testing.B, role string) {
	b.ReportMetric(m.rate(), role+"-updates/s")
	b.ReportMetric(milliseconds(at(m.half, 0.99)), role+"-half-p99-ms")
	b.ReportMetric(float64(m.each().Microseconds()), role+"-cpu-µs/update")
	b.ReportMetric(float64((m.others / time.Duration(max(1, len(m.full)))).Microseconds()), role+"-others-cpu-µs/update")
}

func (m *measured) row(role string, chats int) string {
	return fmt.Sprintf("| %d | %s | %.0f | %.1f, %.1f ms | %.1f, %.1f ms | %d µs | %d MiB |", chats, role, m.rate(),
		milliseconds(at(m.full, 0.5)), milliseconds(at(m.full, 0.99)),
		milliseconds(at(m.half, 0.5)), milliseconds(at(m.half, 0.99)), m.each().Microseconds(), m.resident>>20)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// at returns the quantile q of times.
func at(times []time.Duration, q float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[int(q*float64(len(sorted)-1))]
}

// measureLoad runs the bots, each with a crowd of its own.
func measureLoad(b *testing.B, chats int) map[string]*measured {
	m, crowds, bots := map[string]*measured{}, map[string]*crowd{}, map[string]*running{}
	for _, role := range roles {
		m[role], crowds[role] = &measured{}, newCrowd(b, chats)
		bots[role] = crowds[role].launch(role, filepath.Join(b.TempDir(), "data"))
		crowds[role].write(turnTime, 0) // to warm up
	}
	for range turns {
		pace := map[string]float64{} // of this turn, since the machine may not be ours alone
		for _, role := range roles {
			before, own, began := processor(bots[role].cmd.Process.Pid), processor(os.Getpid()), time.Now()
			full := crowds[role].write(turnTime, 0)
			took := time.Since(began)
			m[role].full = append(m[role].full, full...)
			m[role].busy += took
			m[role].cpu += processor(bots[role].cmd.Process.Pid) - before
			m[role].others += processor(os.Getpid()) - own
			pace[role] = float64(len(full)) / took.Seconds() / 2
		}
		for _, role := range roles {
			m[role].half = append(m[role].half, crowds[role].write(turnTime, pace[role])...)
		}
	}
	for _, role := range roles {
		m[role].resident = resident(b, bots[role])
		bots[role].stop()
	}
	return m
}

// crowd is the people who write, and Telegram between them and the bot. It
// listens to the bot itself, so that nobody has to look into the server to see
// whether there is an answer: that would cost more than the bot does.
type crowd struct {
	b       testing.TB
	srv     *telegramtest.Server
	web     *httptest.Server
	answers []chan struct{} // of each chat, a token for each message to it
}

func newCrowd(b testing.TB, chats int) *crowd {
	c := &crowd{b: b, srv: telegramtest.New(b)}
	c.srv.Patience(patience)
	for range chats {
		c.answers = append(c.answers, make(chan struct{}, 64))
	}
	c.web = httptest.NewServer(c)
	b.Cleanup(c.web.Close)
	b.Cleanup(c.web.CloseClientConnections)
	return c
}

// launch starts the bot in the given role.
func (c *crowd) launch(role, folder string) *running {
	c.b.Helper()
	program, env := binary, deployment(c.web.URL, folder)
	if role == roleSealed {
		env = append(env, keyName+"="+newKey(c.b))
	}
	if role == roleHooked {
		env = append(env, byWebhook...)
	}
	if profile := os.Getenv(profileName); role == roleNaive || profile != "" {
		name, err := os.Executable()
		if err != nil {
			c.b.Fatal(err)
		}
		program = name
		does := roleOurs
		if role == roleNaive {
			does = role
		}
		env = append(env, roleName+"="+does)
		if profile != "" {
			env = append(env, profileName+"="+fmt.Sprintf("%s.%s.%d", profile, role, len(c.answers)))
		}
	}
	run := launchProgram(c.b, program, env)
	run.waitLog("started")
	if role == roleHooked {
		c.srv.Proxy(telegramtest.TLSProxy(run.address))
		c.srv.Wait("the webhook", func() bool { return hooked(c.srv) })
		return run
	}
	c.srv.Wait("the first poll", c.srv.Polling)
	return run
}

// ServeHTTP is Telegram's, and tells the people of their answers.
func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/sendMessage") {
		c.srv.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.srv.ServeHTTP(w, r)
	if chat := chatOf(body); chat >= 1 && chat <= len(c.answers) {
		c.answers[chat-1] <- struct{}{}
	}
}

// chatOf returns the chat id of a request, which is a form or JSON.
func chatOf(body []byte) int {
	if bytes.HasPrefix(body, []byte("{")) {
		_, rest, _ := bytes.Cut(body, []byte(`"chat_id":`))
		number, _, _ := bytes.Cut(rest, []byte(","))
		id, _ := strconv.Atoi(string(number))
		return id
	}
	_, rest, _ := bytes.Cut(body, []byte(`name="chat_id"`))
	line, _, _ := bytes.Cut(bytes.TrimLeft(rest, "\r\n"), []byte("\r"))
	id, _ := strconv.Atoi(string(line))
	return id
}

// write lets everyone write for the time d and returns how long each answer
// took. With a pace, in messages a second of all together, a message is
// due at its time whatever became of the one before, and what it waits counts.
func (c *crowd) write(d time.Duration, pace float64) []time.Duration {
	var (
		mu    sync.Mutex
		all   []time.Duration
		group sync.WaitGroup
		n     atomic.Int64
	)
	began := time.Now()
	for i := range c.answers {
		group.Go(func() {
			took := c.one(i, began, d, pace, &n)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	group.Wait()
	return all
}

// one is the person of chat i.
func (c *crowd) one(i int, began time.Time, d time.Duration, pace float64, n *atomic.Int64) (took []time.Duration) {
	u := c.srv.User(int64(i + 1))
	due := began
	between := time.Duration(0)
	if pace > 0 {
		between = time.Duration(float64(len(c.answers)) / pace * float64(time.Second))
		due = began.Add(between * time.Duration(i) / time.Duration(len(c.answers)))
	}
	for ; due.Before(began.Add(d)); due = due.Add(between) {
		if pace > 0 {
			time.Sleep(time.Until(due))
		} else {
			due = time.Now()
		}
		u.Say(loadMessage(n.Add(1)))
		select {
		case <-c.answers[i]:
		case <-time.After(patience):
			c.b.Errorf("chat %d: no answer", i+1)
			return took
		}
		took = append(took, time.Since(due))
	}
	return took
}

// loadMessage is the n-th message that is written.
func loadMessage(n int64) string {
	return fmt.Sprintf("/log 今天下午打了客服电话，工号1024，说三天内处理完 %d", n)
}

// processor returns the processor time that a process has used, 0 where that is
// not known.
func processor(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name before may hold blanks
	fields := strings.Fields(after)
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return 0
	}
	const tick = time.Second / 100 // USER_HZ, which is 100 on every system that runs Go
	return time.Duration(user+system) * tick
}

// resident returns the memory of a bot in bytes, 0 where that is not known.
func resident(b testing.TB, run *running) int { return status(b, run, "VmRSS:") }

// status returns a size that Linux knows of the process of a bot, in bytes.
func status(b testing.TB, run *running, name string) int {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", run.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, after, ok := strings.Cut(string(text), name)
	if !ok {
		return 0
	}
	kib, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		b.Fatal(err)
	}
	return kib << 10
}

// TestBothBotsSayTheSame keeps the comparison honest: under the load the naive
// bot gives the answers that ours gives.
func TestBothBotsSayTheSame(t *testing.T) {
	unhurried(t)
	said := map[string][]telegramtest.Message{}
	for _, role := range roles {
		c := newCrowd(t, 1)
		run := c.launch(role, filepath.Join(t.TempDir(), "data"))
		for n := range 3 {
			c.srv.User(1).Say(loadMessage(int64(n)))
			<-c.answers[0]
		}
		said[role] = c.srv.User(1).Messages()
		run.stop()
	}
	ours, naive := said[roles[0]], said[roles[1]]
	if len(ours) != 3 || len(naive) != 3 {
		t.Fatalf("%d and %d answers, want 3 of each", len(ours), len(naive))
	}
	for i := range ours {
		if ours[i].Text != naive[i].Text || !slices.Equal(ours[i].Entities, naive[i].Entities) || !slices.Equal(ours[i].Labels(), naive[i].Labels()) {
			t.Errorf("answer %d: ours is\n%s %v %q\nthe naive bot's\n%s %v %q", i+1, ours[i].Text, ours[i].Entities, ours[i].Labels(),
				naive[i].Text, naive[i].Entities, naive[i].Labels())
		}
	}
}
