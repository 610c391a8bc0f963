package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"tixianbot/store"
)

// The times of daily backups.
const (
	quietHour  = 4 // of the zone of the bot
	firstAfter = 2 * time.Second
	retryAfter = time.Hour
	lookAtTime = 5 * time.Minute // a clock that is set moves every moment
)

// keepBackups begins to make backups where they are wanted, and returns what
// waits a moment for one that is under way when ctx is done.
func (p *program) keepBackups(ctx context.Context, db *store.Store, zone *time.Location, log *slog.Logger, counts *metrics) (wait func(), err error) {
	if p.BackupDir == "" {
		return func() {}, nil
	}
	r := &rota{
		store: db, data: p.Data, folder: p.BackupDir, keep: p.BackupKeep, zone: zone, log: log,
		note: counts.backedUp,
	}
	if err := r.prepare(); err != nil {
		return nil, usageError{err}
	}
	if at := r.newest(); !at.IsZero() {
		counts.backupAt.Set(float64(at.Unix()))
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.run(ctx)
	}()
	return func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(deskGrace):
		}
	}, nil
}

// rota makes a backup of the running bot every day at a quiet hour, and one soon
// after a start where that of the last quiet hour is missing, so an operator sees
// at once whether it works. It keeps the newest few: an older one is removed only
// when a new one is whole. Other files in the folder are left alone.
type rota struct {
	store        *store.Store
	data, folder string
	keep         int
	zone         *time.Location
	log          *slog.Logger
	note         func(took time.Duration, err error) // takes in how a backup ended
}

// backupName is how backups are named: in UTC, so that names sort as times do.
const backupLayout = "tixianbot-20060102T150405Z.db"

var backupName = regexp.MustCompile(`^tixianbot-[0-9]{8}T[0-9]{6}Z\.db$`)

// prepare makes the folder, and says at once if no backup could be put there.
func (r *rota) prepare() error {
	err := os.MkdirAll(r.folder, 0o700)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(r.folder, ".tixianbot-*.part"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("the folder of TIXIANBOT_BACKUP_DIR cannot be written: %w", err)
	}
	return nil
}

// run makes backups until ctx is done.
func (r *rota) run(ctx context.Context) {
	earliest := time.Now().Add(firstAfter)
	for {
		now := time.Now()
		due := latest(earliest, quietAfter(r.newest(), r.zone))
		if !due.After(now) {
			r.backUp(ctx, now)
			earliest = time.Now().Add(retryAfter)
			continue
		}
		pause(ctx, min(lookAtTime, due.Sub(now)))
		if ctx.Err() != nil {
			return
		}
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// quietAfter returns the first quiet hour after t.
func quietAfter(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	at := time.Date(y, m, d, quietHour, 0, 0, 0, zone)
	if !at.After(t) {
		at = time.Date(y, m, d+1, quietHour, 0, 0, 0, zone)
	}
	return at
}

// backUp makes a backup and removes those that are too old.
func (r *rota) backUp(ctx context.Context, now time.Time) {
	path := filepath.Join(r.folder, now.UTC().Format(backupLayout))
	err := r.put(ctx, path)
	if ctx.Err() != nil {
		return // the bot stops; what was begun is cleared away at the next start
	}
	took := time.Since(now)
	r.note(took, err)
	if err != nil {
		r.log.Error("no backup was made, trying again in an hour", "error", err)
		return
	}
	r.log.Info("backup made", "file", filepath.Base(path), "took", took)
	r.thin()
}

// put makes a copy beside the database, where that is quick, and then brings it
// to where it belongs.
func (r *rota) put(ctx context.Context, path string) error {
	silent := &progress{to: io.Discard}
	copy, err := copied(ctx, r.data, r.store, silent)
	if err != nil {
		return err
	}
	return errors.Join(store.Move(ctx, copy, path, nil), os.RemoveAll(filepath.Dir(copy)))
}

// newest returns when the newest backup was made, the zero time if there is none.
func (r *rota) newest() time.Time {
	names := r.names()
	if len(names) == 0 {
		return time.Time{}
	}
	at, err := time.Parse(backupLayout, names[len(names)-1])
	if err != nil || at.After(time.Now()) { // made by a clock that was wrong: it says nothing
		return time.Time{}
	}
	return at
}

// names returns the backups that there are, the oldest first.
func (r *rota) names() (names []string) {
	entries, _ := os.ReadDir(r.folder)
	for _, e := range entries {
		if backupName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// thin removes the oldest backups beyond those that are kept, and what was left
// half written.
func (r *rota) thin() {
	names := r.names()
	for len(names) > r.keep {
		if err := os.Remove(filepath.Join(r.folder, names[0])); err != nil {
			r.log.Warn("an old backup could not be removed", "error", err)
		}
		names = names[1:]
	}
	parts, _ := filepath.Glob(filepath.Join(r.folder, "tixianbot-*.db.part"))
	for _, part := range parts {
		_ = os.Remove(part)
	}
}
