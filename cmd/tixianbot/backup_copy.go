package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"tixianbot/store"
)

// spareRoom is how many bytes stay free beside a copy, for the bot to go on
// writing: a backup must not be what fills its disk.
const spareRoom = 64 << 20

// copied makes a copy of the running database in its own folder and checks it.
// It is removed by whoever has it, and at the next start of a bot otherwise.
func copied(ctx context.Context, folder string, s *store.Store, tell *progress) (path string, err error) {
	if err := roomFor(folder, s); err != nil {
		return "", err
	}
	beside, err := os.MkdirTemp(folder, copyPrefix)
	if err != nil {
		return "", fmt.Errorf("make a folder for the copy: %w", err)
	}
	path = filepath.Join(beside, botFile)
	if err = s.Backup(ctx, path, tell.of("copied")); err == nil {
		tell.say("checking the copy")
		err = sound(s.VerifyCopy(path))
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(beside))
	}
	return path, nil
}

// sound returns an error for a copy that is damaged: the database is then, too.
func sound(r store.Report, err error) error {
	if err == nil && len(r.Problems) > 0 {
		return fmt.Errorf("%w, so no backup is made of it: tixianbot check says what is wrong (%s)", store.ErrDamaged, r.Problems[0])
	}
	return err
}

// sendCopy sends a copy of the running database to out.
func sendCopy(ctx context.Context, folder string, s *store.Store, out io.Writer, tell *progress) error {
	path, err := copied(ctx, folder, s, tell)
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(path))
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	told := tell.of("sent")
	for sent := int64(0); ; told(sent, info.Size()) {
		n, err := io.CopyN(out, in, 1<<20)
		if sent += n; errors.Is(err, io.EOF) {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("send the copy: %w", err)
		}
	}
}

// roomFor refuses to copy the database where there is no room for it.
func roomFor(folder string, s *store.Store) error {
	size, err := s.Size()
	if err != nil {
		return err
	}
	if free, ok := store.FreeRoom(folder); ok && free < size.File+spareRoom {
		return fmt.Errorf("there is no room for a copy: the database has %s MiB, %s MiB are free in %s, and %d MiB stay free for the bot to go on writing",
			megabytes(size.File), megabytes(free), folder, spareRoom>>20)
	}
	return nil
}

// toldEvery is how often something slow says how far it has come.
const toldEvery = 2 * time.Second

// progress says how far something slow has come. What takes no time says nothing.
type progress struct {
	to   io.Writer
	next time.Time
}

// of returns what is called with how much is done.
func (p *progress) of(what string) func(done, total int64) {
	return func(done, total int64) {
		p.say(fmt.Sprintf("%s %s of %s MiB", what, megabytes(done), megabytes(total)))
	}
}

// either says what is done, and how much of it where total is known.
func (p *progress) either(what string, done, total int64) {
	if total == 0 {
		p.say(what)
		return
	}
	p.of(what)(done, total)
}

// say prints line, unless the one before is fresh.
func (p *progress) say(line string) {
	now := time.Now()
	switch {
	case p.next.IsZero():
		p.next = now.Add(toldEvery)
	case !now.Before(p.next):
		p.next = now.Add(toldEvery)
		fmt.Fprintln(p.to, "tixianbot:", line)
	}
}
