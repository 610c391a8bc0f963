package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"tixianbot/knowledge"
	"tixianbot/store"
)

// look is a sub-command that looks at a database and prints what it sees. It
// runs in the tool, or in the running bot on behalf of the tool; it gives up
// when ctx is done.
type look interface {
	look(ctx context.Context, at sight, out, errs io.Writer) error
}

// sight is what a look sees.
type sight struct {
	store *store.Store
	path  string                          // what the database is called in what is printed
	pack  func() (*knowledge.Pack, error) // the content
	check func() (store.Report, error)    // checks the database

	send func(ctx context.Context, to io.Writer, tell *progress) error // sends a copy of the database
}

// looks returns the look that is asked for.
func (q inquiry) look() (look, error) {
	switch q.Command {
	case "cases":
		return casesCmd{JSON: q.JSON, Chat: q.Chat}, nil
	case "backup":
		return backupCmd{}, nil
	case "check":
		return checkCmd{JSON: q.JSON}, nil
	case "stats":
		return statsCmd{JSON: q.JSON}, nil
	}
	return nil, fmt.Errorf("the running bot does not know %.40q; are the tool and the bot of the same version?", q.Command)
}

// startTime is how long a tool waits for a bot that has the database and does
// not answer yet, because it is just starting.
const startTime = 5 * time.Second

// look answers q about the database that was named, or else that of the bot: it
// asks the bot that runs on it, and looks for itself where none does.
func (p *program) look(ctx context.Context, q inquiry, named string) error {
	q.Path = p.pick(named)
	for began := time.Now(); ; {
		err := p.askBot(ctx, q)
		if !errors.Is(err, errNoBot) {
			return err
		}
		s, err := openExisting(q.Path)
		if errors.Is(err, store.ErrLocked) && filepath.Base(q.Path) == botFile && time.Since(began) < startTime && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return err
		}
		return errors.Join(p.lookFor(ctx, q, s), s.Close())
	}
}

// lookFor answers q about a database that this process has open.
func (p *program) lookFor(ctx context.Context, q inquiry, s *store.Store) error {
	pack := func() (*knowledge.Pack, error) { return knowledge.Load(p.Content) }
	send := func(ctx context.Context, to io.Writer, tell *progress) error {
		return s.BackupTo(ctx, to, tell.of("copied"))
	}
	return q.answer(ctx, sight{s, q.Path, pack, s.Check, send}, p.out, p.err)
}

// answer has q answered from at. Reading pages that are not as they should be
// raises panics and memory faults, which become errors here.
func (q inquiry) answer(ctx context.Context, at sight, out, errs io.Writer) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: reading it ends in %T", store.ErrDamaged, v)
		}
	}()
	l, err := q.look()
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(out, 32<<10)
	return errors.Join(l.look(ctx, at, buffered, errs), flush(buffered))
}

func flush(out *bufio.Writer) error {
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// openExisting opens the database at path for a tool that looks at it, and
// makes none.
func openExisting(path string) (*store.Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no database at %s: the bot has not run with this TIXIANBOT_DATA", path)
	}
	return openDatabase(path)
}

// silence is how long a tool waits for the next sign of life of the bot, which
// gives one every few seconds.
const silence = 30 * time.Second

// askBot has q answered by the bot that runs on the database of q. The error is
// errNoBot if none does, or if it stopped before it said anything.
func (p *program) askBot(ctx context.Context, q inquiry) error {
	if filepath.Base(q.Path) != botFile {
		return errNoBot // only run answers
	}
	conn, err := dialIn(ctx, filepath.Dir(q.Path))
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := encode(conn, q); err != nil {
		return errNoBot
	}
	return p.read(ctx, conn)
}

// read prints the answer that comes over conn and returns its verdict.
func (p *program) read(ctx context.Context, conn net.Conn) error {
	in := bufio.NewReader(conn)
	for first := true; ; first = false {
		_ = conn.SetReadDeadline(time.Now().Add(silence))
		kind, payload, err := readFrame(in)
		if err != nil {
			return interrupted(ctx, err, first)
		}
		switch kind {
		case frameOut:
			_, err = p.out.Write(payload)
		case frameErr:
			_, err = p.err.Write(payload)
		case frameEnd:
			return conclude(payload)
		default:
			err = errFrame
		}
		if err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
}

// interrupted says why an answer has no end.
func interrupted(ctx context.Context, err error, first bool) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errFrame):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("the running bot has not answered for %v", silence)
	case first:
		return errNoBot // it stopped while it was asked
	}
	return errors.New("the running bot ended before its answer was complete; ask again")
}

// conclude returns the error that a verdict stands for.
func conclude(payload []byte) error {
	var v verdict
	if err := json.Unmarshal(payload, &v); err != nil {
		return errFrame
	}
	switch {
	case v.Error != "":
		return errors.New(v.Error)
	case v.Code != 0:
		return errFound
	}
	return nil
}
