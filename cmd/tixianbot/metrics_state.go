package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// stateMetrics are read from the database whenever somebody asks for them.
type stateMetrics struct {
	store   *store.Store
	unready func() error
	descs   []*prometheus.Desc // in the order of states
}

// states are what is read, with its help.
var states = []struct{ name, help string }{
	{"outbox_messages", "Messages that wait to be sent."},
	{"outbox_oldest_seconds", "For how long the oldest of them has waited."},
	{"outbox_held_messages", "Messages to users who blocked the bot; they wait for them."},
	{"dead_letters", "Messages that were given up, in the database."},
	{"timers_due", "Reminders and other moments that have come and are not worked on yet."},
	{"timers_late_seconds", "For how long the earliest of them has been due."},
	{"store_bytes", "Size of the database."},
	{"store_free_bytes", "Of those, in pages that hold nothing now and are used again."},
	{"ready", "1 while users are being answered, as /readyz says."},
	{"build_info", "1, with the version."},
}

func newStateMetrics(s *store.Store, unready func() error) *stateMetrics {
	m := &stateMetrics{store: s, unready: unready}
	for _, s := range states {
		var labels prometheus.Labels
		if s.name == "build_info" {
			labels = prometheus.Labels{"version": version}
		}
		m.descs = append(m.descs, prometheus.NewDesc(prometheus.BuildFQName(namespace, "", s.name), s.help, nil, labels))
	}
	return m
}

// Describe is that of a collector.
func (m *stateMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range m.descs {
		to <- d
	}
}

// Collect is that of a collector. What cannot be read is left out.
func (m *stateMetrics) Collect(to chan<- prometheus.Metric) {
	ready := 1.0
	if m.unready() != nil {
		ready = 0
	}
	size, err1 := m.store.Size()
	b, err2 := m.store.Backlog(time.Now())
	values := []float64{
		float64(b.Waiting), b.Oldest.Seconds(), float64(b.Held), float64(b.Dead), float64(b.Due), b.Late.Seconds(),
		float64(size.File), float64(size.Free), ready, 1,
	}
	for i, v := range values {
		if i < 6 && err2 != nil || (i == 6 || i == 7) && err1 != nil {
			continue
		}
		to <- prometheus.MustNewConstMetric(m.descs[i], prometheus.GaugeValue, v)
	}
}

// outcomesEvery is how often outcomes are counted anew.
const outcomesEvery = time.Hour

// countOutcomes keeps the outcomes up to date until ctx is done.
func (m *metrics) countOutcomes(ctx context.Context, s *store.Store, pack func() *knowledge.Pack) {
	for ctx.Err() == nil {
		if solved, failed, err := outcomes(ctx, s, pack()); err == nil {
			m.setOutcomes(solved, failed)
		}
		pause(ctx, outcomesEvery)
	}
}

func (m *metrics) setOutcomes(solved, failed map[string]int) {
	m.outcomes.Reset()
	for outcome, counts := range map[string]map[string]int{"solved": solved, "failed": failed} {
		for cause, n := range counts {
			m.outcomes.WithLabelValues(cause, outcome).Set(float64(n))
		}
	}
}

// outcomes counts, by cause, the cases that were solved and the causes that
// users said were not it.
func outcomes(ctx context.Context, s *store.Store, k *knowledge.Pack) (solved, failed map[string]int, err error) {
	solved, failed = map[string]int{}, map[string]int{}
	known := map[string]bool{}
	for _, id := range k.CauseIDs() {
		known[id] = true
	}
	for c, err := range s.CasesAlone() {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, nil, err
		}
		for _, id := range c.RuledOut {
			if known[id] {
				failed[id]++
			}
		}
		if id := solvedBy(k, c); known[id] {
			solved[id]++
		}
	}
	return solved, failed, nil
}

// solvedBy returns the likeliest cause of a case that was solved, of those that
// were not found to be wrong; "" for any other case.
func solvedBy(k *knowledge.Pack, c bot.Case) string {
	if c.Stage != bot.Resolved && c.Stage != bot.Closed || len(c.Facts) == 0 {
		return ""
	}
	for _, ranked := range bot.Rank(k, c, c.Touched) {
		if !slices.Contains(c.RuledOut, ranked.Cause) {
			return ranked.Cause
		}
	}
	return ""
}
