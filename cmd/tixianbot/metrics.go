package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tixianbot/bot/relay"
)

// What is counted is served at /metrics by prometheus/client_golang. It adds
// 4 MiB to the program. VictoriaMetrics/metrics adds a tenth of that, but the
// version that can be had here writes histograms which Prometheus cannot add up.
//
// No label holds anything that a user chose: kinds, results, methods and ids of
// the content are all there are. Counters begin at 0 with the process, as usual;
// what is in the database is counted there, and so survives.

// metrics counts what a running bot does. It is the [relay.Meter] of run.
type metrics struct {
	registry *prometheus.Registry

	updates   *prometheus.CounterVec
	commits   prometheus.Histogram
	sends     *prometheus.CounterVec
	delivered prometheus.Histogram
	wakes     *prometheus.HistogramVec
	requests  *prometheus.CounterVec
	posts     *prometheus.CounterVec
	wordings  *prometheus.CounterVec
	backups   *prometheus.CounterVec
	backupAt  prometheus.Gauge
	backupFor prometheus.Gauge
	outcomes  *prometheus.GaugeVec
}

// Bounds of histograms, in seconds.
var (
	quick = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	slow  = []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 86400}
)

func newMetrics() *metrics {
	m := &metrics{
		registry:  prometheus.NewRegistry(),
		updates:   counters("updates_total", "Events worked on, by kind and what came of them: applied, duplicate, barred for somebody who is not let in, poisoned, or refused where the database could not be written.", "event", "result"),
		commits:   prometheus.NewHistogram(histogram("update_commit_seconds", "From the arrival of an event to its commit.", quick)),
		sends:     counters("sends_total", "Attempts to deliver a message, by what came of them: delivered, blocked, retried, or dead for a message given up.", "result"),
		delivered: prometheus.NewHistogram(histogram("delivery_seconds", "From the commit of a message to its delivery.", slow)),
		wakes:     prometheus.NewHistogramVec(histogram("wake_delay_seconds", "How late a moment came, by what it was for; r is a reminder.", slow), []string{"why"}),
		requests:  counters("telegram_requests_total", "Requests to Telegram, by method and HTTP status; polls are getUpdates, and 0 is no answer.", "method", "status"),
		posts:     counters("webhook_posts_total", "Posts to the webhook, by the HTTP status they were answered with.", "status"),
		wordings:  counters("llm_requests_total", "Requests to the language model, by what came of them.", "result"),
		backups:   counters("backups_total", "Daily backups, by what came of them: made or failed.", "result"),
		backupAt:  prometheus.NewGauge(gauge("backup_last_success_timestamp_seconds", "When the newest daily backup was made, in seconds since 1970; 0 for none.")),
		backupFor: prometheus.NewGauge(gauge("backup_seconds", "How long the last daily backup took.")),
		outcomes:  prometheus.NewGaugeVec(gauge("outcomes", "Cases in the database by the likeliest cause that were solved, and how often a cause was said not to be it (failed). Counted at the start and every hour."), []string{"cause", "outcome"}),
	}
	m.registry.MustRegister(
		m.updates, m.commits, m.sends, m.delivered, m.wakes, m.requests, m.posts, m.wordings, m.backups, m.backupAt, m.backupFor, m.outcomes,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// namespace begins the names of all that is the bot's own.
const namespace = "tixianbot"

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func gauge(name, help string) prometheus.GaugeOpts {
	return prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}
}

func histogram(name, help string, bounds []float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: bounds}
}

// Worked counts an event.
func (m *metrics) Worked(event string, r relay.Result, took time.Duration) {
	m.updates.WithLabelValues(event, string(r)).Inc()
	if r == relay.Applied {
		m.commits.Observe(took.Seconds())
	}
}

// Sent counts an attempt to deliver a message.
func (m *metrics) Sent(r relay.Result, took time.Duration) {
	m.sends.WithLabelValues(string(r)).Inc()
	if r == relay.Delivered {
		m.delivered.Observe(took.Seconds())
	}
}

// Woken counts a moment that came.
func (m *metrics) Woken(why string, late time.Duration) {
	m.wakes.WithLabelValues(why).Observe(late.Seconds())
}

// heard counts a request to Telegram.
func (m *metrics) heard(method string, status int) {
	m.requests.WithLabelValues(method, strconv.Itoa(status)).Inc()
}

// worded counts a request to the language model.
func (m *metrics) worded(result string) { m.wordings.WithLabelValues(result).Inc() }

// backedUp counts a daily backup.
func (m *metrics) backedUp(took time.Duration, err error) {
	if err != nil {
		m.backups.WithLabelValues("failed").Inc()
		return
	}
	m.backups.WithLabelValues("made").Inc()
	m.backupAt.SetToCurrentTime()
	m.backupFor.Set(took.Seconds())
}

// handler serves /metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// posted counts what h answers with.
func (m *metrics) posted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		h.ServeHTTP(seen, r)
		m.posts.WithLabelValues(strconv.Itoa(seen.status)).Inc()
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets what wraps an answer further reach the one below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
