package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tixianbot/knowledge"
	"tixianbot/store"
)

// The times and numbers of a desk.
const (
	askTime      = 5 * time.Second  // to send a question
	readerTime   = 10 * time.Minute // for a reader that does not go on
	pulse        = 5 * time.Second  // between signs of life
	deskGrace    = time.Second      // for answers under way when the bot stops
	mostVisitors = 16               // at a time
)

// desk answers the tools that ask the running bot. What it tells is copied out
// of the database in small pieces before it is sent, so however slowly a tool
// reads, no write waits for it.
type desk struct {
	sight    sight
	log      *slog.Logger
	socket   *net.UnixListener
	folder   string
	visitors sync.WaitGroup
	seats    chan struct{} // a token for each visitor

	ctx    context.Context // of the answers
	cancel context.CancelFunc
}

// openDesk begins to answer on the socket of folder about the database s, whose
// lock this process has.
func openDesk(folder string, s *store.Store, pack func() *knowledge.Pack, log *slog.Logger) (*desk, error) {
	socket, err := listenIn(folder)
	if err != nil {
		return nil, err
	}
	d := newDesk(sight{
		store: s,
		pack:  func() (*knowledge.Pack, error) { return pack(), nil },
		check: func() (store.Report, error) { return checkCopy(folder, s) },
		send: func(ctx context.Context, to io.Writer, tell *progress) error {
			return sendCopy(ctx, folder, s, to, tell)
		},
	}, log)
	d.socket, d.folder = socket, folder
	d.visitors.Go(d.receive)
	return d, nil
}

func newDesk(at sight, log *slog.Logger) *desk {
	d := &desk{sight: at, log: log, seats: make(chan struct{}, mostVisitors)}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// receive lets visitors in until the socket is closed.
func (d *desk) receive() {
	for {
		conn, err := d.socket.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, or the like
			d.log.Warn("a tool could not be let in", "error", err)
			pause(d.ctx, time.Second)
			continue
		}
		d.visitors.Go(func() { d.attend(conn) })
	}
}

func pause(ctx context.Context, t time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(t):
	}
}

// attend answers the one question that comes over conn.
func (d *desk) attend(conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(d.ctx, func() { conn.Close() })()
	answer := newFrames(conn, readerTime)
	select {
	case d.seats <- struct{}{}:
		defer func() { <-d.seats }()
	default:
		_ = answer.end(verdict{exitFailed, fmt.Sprintf("%d tools ask the bot already; wait until one of them has ended", mostVisitors)})
		return
	}
	_ = conn.SetReadDeadline(time.Now().Add(askTime))
	q, err := readInquiry(conn)
	if err == nil {
		_ = conn.SetReadDeadline(time.Time{})
		err = d.answer(conn, q, answer)
	}
	_ = answer.end(verdictOf(err))
}

// answer answers q, and gives it up when the visitor has gone.
func (d *desk) answer(conn net.Conn, q inquiry, to *frames) error {
	ctx, cancel := context.WithCancel(d.ctx)
	defer cancel()
	go func() {
		_, _ = conn.Read(make([]byte, 1)) // a visitor says nothing more
		cancel()
	}()
	go alive(ctx, to)
	at := d.sight
	at.path = q.Path
	began := time.Now()
	err := q.answer(ctx, at, stream{to, frameOut}, stream{to, frameErr})
	d.log.Info("a tool was answered", "command", fmt.Sprintf("%.20s", q.Command), "took", time.Since(began))
	return err
}

// alive shows every few seconds that an answer is being worked on.
func alive(ctx context.Context, to *frames) {
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = to.write(frameOut, nil)
		}
	}
}

func verdictOf(err error) verdict {
	switch {
	case err == nil:
		return verdict{}
	case errors.Is(err, errFound):
		return verdict{Code: exitFailed}
	}
	return verdict{exitFailed, err.Error()}
}

// close stops answering. Answers under way have a moment to come to their end,
// and another to notice that they are cut off.
func (d *desk) close() {
	_ = d.socket.Close()
	_ = os.Remove(filepath.Join(d.folder, socketFile))
	gone := make(chan struct{})
	go func() {
		d.visitors.Wait()
		close(gone)
	}()
	for range 2 {
		select {
		case <-gone:
		case <-time.After(deskGrace):
		}
		d.cancel()
	}
}

// checkCopy checks a copy of the database, which it makes in folder, so that
// writing goes on. The copy has everything of the original, its damage too.
func checkCopy(folder string, s *store.Store) (r store.Report, err error) {
	beside, err := os.MkdirTemp(folder, copyPrefix)
	if err != nil {
		return r, fmt.Errorf("check the database: %w", err)
	}
	defer os.RemoveAll(beside)
	path := filepath.Join(beside, botFile)
	if err := s.Snapshot(path); errors.Is(err, io.EOF) {
		return damaged("the file is shorter than it says"), nil
	} else if err != nil {
		return r, fmt.Errorf("%w; a check beside a running bot needs room for a copy", err)
	}
	copied, err := s.OpenCopy(path)
	var place *fs.PathError
	if errors.As(err, &place) {
		return r, fmt.Errorf("check the database: %w", err)
	}
	if err != nil {
		return damaged("the structure cannot be read"), nil
	}
	r, err = copied.Check()
	return r, errors.Join(err, copied.Close())
}

// damaged is the report of a file that could not be looked into.
func damaged(problem string) store.Report {
	return store.Report{Poison: []store.Poison{}, Problems: []string{problem}}
}
