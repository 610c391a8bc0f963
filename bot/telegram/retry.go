package telegram

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	firstPause    = 100 * time.Millisecond
	longestPause  = 10 * time.Second
	conflictPause = 2 * time.Second
)

// retries makes exchanges with Telegram one after the other, with longer and
// longer pauses after those that fail.
type retries struct {
	c     *Client
	what  string // what fails, for the log
	pause time.Duration
}

// step runs one exchange with Telegram. When it fails, step waits before it
// returns; the error it returns is one that trying again does not mend.
func (r *retries) step(ctx context.Context, exchange func(context.Context) error) error {
	err := exchange(ctx)
	if err == nil {
		r.pause = 0
		return nil
	}
	if ctx.Err() != nil {
		return nil
	}
	var f *fault
	if errors.As(err, &f) && f.token() {
		r.c.unreached()
		r.c.log.say(slog.LevelError, "telegram does not accept the bot token")
		return ErrToken
	}
	wait(ctx, r.trouble(err, f))
	return nil
}

// trouble reports a failed exchange and returns how long to wait before the next.
func (r *retries) trouble(err error, f *fault) time.Duration {
	r.pause = min(max(2*r.pause, firstPause), longestPause)
	switch {
	case errors.Is(err, errHeld):
		r.c.log.say(slog.LevelWarn, r.what+" is held: updates could not be kept and stay at telegram")
	case f == nil:
		r.c.log.say(slog.LevelWarn, r.what+" fails: the answer cannot be used")
	case f.kind == faultAPI && f.code == http.StatusConflict:
		r.c.conflicted()
		r.pause = max(r.pause, conflictPause)
		r.c.log.say(slog.LevelWarn, r.what+" is refused: another bot process or a webhook uses the same token")
	case f.kind == faultAPI && f.code == http.StatusTooManyRequests:
		r.pause = max(r.pause, f.after)
		r.c.log.say(slog.LevelWarn, r.what+" is slowed down by telegram", "wait", f.after)
	default:
		r.c.log.say(slog.LevelWarn, r.what+" fails, trying on", "what", f.what, "code", f.code)
	}
	return r.pause
}

// wait sleeps for d and up to a fifth more, or until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d + rand.N(d/5+1))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
