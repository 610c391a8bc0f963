package telegram

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// reporter writes the same sentence at most once a minute, so that an outage
// of hours does not fill the log. It is given constants, kinds and counts,
// never an error's text.
type reporter struct {
	log *slog.Logger

	mu   sync.Mutex
	last map[string]time.Time
}

const reportEvery = time.Minute

func newReporter(log *slog.Logger) *reporter {
	return &reporter{log: log, last: make(map[string]time.Time)}
}

// say logs text with args unless it did so within the last minute.
func (r *reporter) say(level slog.Level, text string, args ...any) {
	if r.due(text) {
		r.log.Log(context.Background(), level, text, args...)
	}
}

func (r *reporter) due(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	last, said := r.last[text]
	if said && time.Since(last) < reportEvery {
		return false
	}
	r.last[text] = time.Now()
	return true
}
