package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/knowledge/fact"
	"tixianbot/store"
)

// page returns what the bot serves at path.
func (b *running) page(path string) string {
	b.t.Helper()
	address, _ := b.logged("listening")
	response, err := http.Get("http://" + address + path)
	if err != nil {
		b.t.Fatalf("ask the bot: %v", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %s, %v", path, response.Status, err)
	}
	return string(body)
}

// series returns the value of a series on a page of metrics, and whether it is there.
func series(t *testing.T, page, name string) (float64, bool) {
	t.Helper()
	for line := range strings.Lines(page) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				t.Errorf("%s: %v", line, err)
			}
			return v, true
		}
	}
	return 0, false
}

// TestMetricsOfARunningBot: what happened is what is counted.
func TestMetricsOfARunningBot(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	b := start(t, srv, t.TempDir())
	u, gone := srv.User(7), srv.User(8)
	u.Say(opening)
	u.WaitMessages(1)
	u.Press("没有")
	srv.Wait("an answer", func() bool { return u.Last().Edits > 0 })
	gone.Block()
	gone.Say("在吗")
	gone.Block()
	srv.WaitConfirmed()
	var page string
	for want, value := range map[string]float64{
		`tixianbot_updates_total{event="said",result="applied"}`:    2,
		`tixianbot_updates_total{event="pressed",result="applied"}`: 1,
		`tixianbot_ready`:                            1,
		`tixianbot_dead_letters`:                     0,
		`tixianbot_timers_due`:                       0,
		`tixianbot_outbox_messages`:                  0,
		`tixianbot_update_commit_seconds_count`:      -1,
		`tixianbot_delivery_seconds_count`:           -1,
		`tixianbot_store_bytes`:                      -1,
		`tixianbot_store_free_bytes`:                 -1,
		`go_goroutines`:                              -1,
		`tixianbot_build_info{version="1.2.3-test"}`: 1,
		`tixianbot_sends_total{result="delivered"}`:  -1,
		`tixianbot_telegram_requests_total{method="getUpdates",status="200"}`:      -1,
		`tixianbot_telegram_requests_total{method="editMessageText",status="200"}`: -1,
	} {
		ok := srv.Within(patience, func() bool {
			page = b.page("/metrics")
			got, ok := series(t, page, want)
			return ok && (got == value || value < 0 && got > 0)
		})
		if !ok {
			t.Errorf("%s is not %v:\n%s", want, value, ours(page))
		}
	}
}

// ours returns the lines of a page that are about the bot.
func ours(page string) string {
	var out strings.Builder
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, namespace) {
			out.WriteString(line)
		}
	}
	return out.String()
}

// described returns the metrics of the bot as rows of the README: what a Desc
// says can only be read from its text.
func described(t *testing.T) (rows []string) {
	t.Helper()
	form := regexp.MustCompile(`^Desc\{fqName: "([a-z_]+)", help: "(.*)", constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)
	m := newMetrics()
	m.registry.MustRegister(newStateMetrics(openStore(t, 0), func() error { return nil }))
	descs := make(chan *prometheus.Desc)
	go func() {
		m.registry.Describe(descs)
		close(descs)
	}()
	for d := range descs {
		parts := form.FindStringSubmatch(d.String())
		if parts == nil || !strings.HasPrefix(parts[1], namespace) {
			continue
		}
		labels := parts[4]
		if label, _, ok := strings.Cut(parts[3], "="); ok {
			labels = label
		}
		name := "`" + parts[1] + "`"
		if labels != "" {
			name += " by `" + strings.ReplaceAll(labels, ",", "`, `") + "`"
		}
		rows = append(rows, "| "+name+" | "+parts[2]+" |")
	}
	slices.Sort(rows)
	return rows
}

func TestTheReadmeHasTheMetrics(t *testing.T) {
	rows := described(t)
	if len(rows) < 20 {
		t.Fatalf("there are %d metrics", len(rows))
	}
	table := "| metric | is |\n|---|---|\n" + strings.Join(rows, "\n") + "\n"
	readmeHas(t, regexp.MustCompile(`(?m)^\| metric \|.*\n(\|.*\n)*`), table, func(s string) string { return s })
}

// TestOutcomesAreThoseOfTheDatabase: they survive the process, since they are
// counted there, and name causes of the content alone.
func TestOutcomesAreThoseOfTheDatabase(t *testing.T) {
	alone(t)
	s := openStore(t, 0)
	facts := map[fact.Name]bot.Known{fact.Status: {Value: "reviewing"}}
	for chat, c := range []bot.Case{
		{Number: 1, Stage: bot.Resolved, Facts: facts, RuledOut: []string{"unusual_amount"}},
		{Number: 1, Stage: bot.Closed, Facts: facts, RuledOut: []string{"unusual_amount", "13800138000"}},
		{Number: 1, Stage: bot.Support, Facts: facts, RuledOut: []string{"card_changed"}},
		{Number: 1, Stage: bot.Resolved},
	} {
		if _, err := s.Commit(store.Change{Chat: bot.ChatID(chat + 1), Case: &c}); err != nil {
			t.Fatal(err)
		}
	}
	solved, failed, err := outcomes(t.Context(), s, content())
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range solved {
		total += n
	}
	if total != 2 || solved["unusual_amount"] != 0 || fmt.Sprint(failed) != fmt.Sprint(map[string]int{"unusual_amount": 2, "card_changed": 1}) {
		t.Errorf("solved %v, failed %v", solved, failed)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := outcomes(ctx, s, content()); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// TestBackupsAreCounted, and the newest of an earlier process too.
func TestBackupsAreCounted(t *testing.T) {
	srv := telegramtest.New(t)
	srv.Patience(patience)
	folder, where := t.TempDir(), t.TempDir()
	at := time.Now().UTC().Add(-time.Minute).Truncate(time.Second)
	if err := os.WriteFile(filepath.Join(where, at.Format(backupLayout)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b := start(t, srv, folder, "TIXIANBOT_BACKUP_DIR="+where)
	if got, _ := series(t, b.page("/metrics"), "tixianbot_backup_last_success_timestamp_seconds"); got != float64(at.Unix()) {
		t.Errorf("the newest backup is said to be of %v, want %v", got, at.Unix())
	}
	m := newMetrics()
	m.backedUp(time.Second, errors.New("no room"))
	m.backedUp(time.Second, nil)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "tixianbot_backups_total" && len(f.GetMetric()) != 2 {
			t.Errorf("%v", f)
		}
	}
}
