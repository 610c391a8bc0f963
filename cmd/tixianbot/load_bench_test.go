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
	loadTime = 4 * time.Second // of each measurement
	warmTime = time.Second     // before it
)

// BenchmarkLoad lets so many people write, each the next message when the one
// before is answered, which gives the updates a second that are durable and
// answered; and then at half that pace, which gives the time to an answer.
//
//	go test ./cmd/tixianbot -run '^$' -bench Load -timeout 30m
func BenchmarkLoad(b *testing.B) {
	table := []string{"| chats | | updates/s | p50, p99 | at half the pace p50, p99 | CPU an update | resident |", "|---|---|---|---|---|---|---|"}
	for _, chats := range []int{1, 16, 64, 256} {
		var rates []float64
		for _, role := range []string{"tixianbot", roleNaive} {
			b.Run(fmt.Sprintf("%s/chats=%d", role, chats), func(b *testing.B) {
				m := benchmarkLoad(b, role, chats)
				table, rates = append(table, m.row(role, chats)), append(rates, m.rate)
			})
		}
		if len(rates) == 2 {
			table = append(table, fmt.Sprintf("| %d | ratio | %.2f | | | | |", chats, rates[0]/rates[1]))
		}
	}
	fmt.Println(strings.Join(table, "\n"))
}

// measured is what a benchmark of load gives.
type measured struct {
	rate       float64 // updates a second
	full, half []time.Duration
	cpu        time.Duration // an update
	resident   int           // bytes
}

func (m measured) row(role string, chats int) string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }
	return fmt.Sprintf("| %d | %s | %.0f | %s, %s ms | %s, %s ms | %d µs | %d MiB |", chats, role, m.rate,
		ms(at(m.full, 0.5)), ms(at(m.full, 0.99)), ms(at(m.half, 0.5)), ms(at(m.half, 0.99)), m.cpu.Microseconds(), m.resident>>20)
}

// at returns the quantile q of sorted times.
func at(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1))]
}

func benchmarkLoad(b *testing.B, role string, chats int) (m measured) {
	for b.Loop() {
		m = measureLoad(b, role, chats)
	}
	b.ReportMetric(m.rate, "updates/s")
	b.ReportMetric(float64(at(m.full, 0.99).Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(at(m.half, 0.99).Microseconds())/1000, "half-p99-ms")
	b.ReportMetric(float64(m.cpu.Microseconds()), "cpu-µs/update")
	b.ReportMetric(float64(m.resident)/(1<<20), "resident-MiB")
	return m
}

func measureLoad(b *testing.B, role string, chats int) (m measured) {
	crowd := newCrowd(b, chats)
	folder := filepath.Join(b.TempDir(), "data")
	run := crowd.launch(role, folder)
	crowd.write(warmTime, 0)
	before, began := processor(run), time.Now()
	m.full = crowd.write(loadTime, 0)
	took := time.Since(began)
	m.rate = float64(len(m.full)) / took.Seconds()
	m.cpu = (processor(run) - before) / time.Duration(max(1, len(m.full)))
	m.resident = resident(b, run)
	m.half = crowd.write(loadTime, m.rate/2)
	run.stop()
	return m
}

// crowd is the people who write, and Telegram between them and the bot. It
// listens to the bot itself, so that nobody has to look into the server to see
// whether there is an answer: that would cost more than the bot does.
type crowd struct {
	b       *testing.B
	srv     *telegramtest.Server
	web     *httptest.Server
	answers []chan struct{} // of each chat, a token for each message to it
}

func newCrowd(b *testing.B, chats int) *crowd {
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
	if profile := os.Getenv(profileName); role == roleNaive || profile != "" {
		name, err := os.Executable()
		if err != nil {
			c.b.Fatal(err)
		}
		program = name
		if role != roleNaive {
			role = roleOurs
		}
		env = append(env, roleName+"="+role, profileName+"="+fmt.Sprintf("%s.%d", profile, len(c.answers)))
	}
	run := launchProgram(c.b, program, env)
	run.waitLog("started")
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

// chatOf returns the chat id in the form of a request.
func chatOf(body []byte) int {
	_, rest, _ := bytes.Cut(body, []byte(`name="chat_id"`))
	line, _, _ := bytes.Cut(bytes.TrimLeft(rest, "\r\n"), []byte("\r"))
	id, _ := strconv.Atoi(string(line))
	return id
}

// write lets everyone write for the time d and returns how long each answer
// took, sorted. With a pace, in messages a second of all together, a message is
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
	slices.Sort(all)
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
		u.Say(fmt.Sprintf("/log 今天下午打了客服电话，工号1024，说三天内处理完 %d", n.Add(1)))
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

// processor returns the processor time that a bot has used, 0 where that is
// not known.
func processor(run *running) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", run.cmd.Process.Pid))
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
