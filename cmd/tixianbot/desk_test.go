package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tixianbot/bot"
	"tixianbot/store"
)

// The desk of a running bot, whose visitors come over pipes: a pipe keeps
// nothing, so a reader that stops reading stops the writer at once.

// openStore opens a new database with so many cases of one long entry each.
func openStore(t *testing.T, cases int) *store.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), botFile))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for i := range cases {
		write(t, s, bot.ChatID(i+1), int64(i+1))
	}
	return s
}

func write(t *testing.T, s *store.Store, chat bot.ChatID, update int64) {
	t.Helper()
	c := bot.Case{Number: 1, Stage: bot.SelfCheck, Seq: 1}
	_, err := s.Commit(store.Change{Update: update, Chat: chat, Case: &c, Records: []bot.Record{
		{Seq: 1, Kind: bot.RecordMessage, Text: strings.Repeat("提现", 2000)},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// visit lets somebody in at d and returns their end of the connection, and what
// is closed when the desk has done with them.
func visit(d *desk) (visitor net.Conn, attended <-chan struct{}) {
	visitor, ours := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.attend(ours)
	}()
	return visitor, done
}

// ask asks d the line and returns the answer as the tool has it.
func ask(t *testing.T, d *desk, line string) (out, errs string, err error) {
	t.Helper()
	conn, attended := visit(d)
	defer func() { conn.Close(); <-attended }()
	go io.WriteString(conn, line+"\n")
	var a, b bytes.Buffer
	p := &program{out: &a, err: &b}
	err = p.read(t.Context(), conn)
	return a.String(), b.String(), err
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestTheDeskAnswers(t *testing.T) {
	s := openStore(t, 3)
	d := newDesk(sight{store: s, check: s.Check}, quiet())
	out, _, err := ask(t, d, `{"command":"cases","json":true}`)
	if err != nil || strings.Count(out, "\n") != 3 || strings.Count(out, "提现") != 3*2000 {
		t.Errorf("cases: %d bytes, %v; want three lines with everything", len(out), err)
	}
	out, _, err = ask(t, d, `{"command":"cases","chat":2}`)
	if err != nil || !strings.HasPrefix(out, "chat 2  case 1") {
		t.Errorf("cases of chat 2: %q, %v", out, err)
	}
	out, _, err = ask(t, d, `{"command":"check","path":"/a/tixianbot.db"}`)
	if err != nil || !strings.HasPrefix(out, "/a/tixianbot.db, format 3: 3 chats") {
		t.Errorf("check: %q, %v", out, err)
	}
}

func TestTheDeskRefusesWhatItDoesNotKnow(t *testing.T) {
	d := newDesk(sight{store: openStore(t, 1)}, quiet())
	for _, line := range []string{`{"command":"erase"}`, `{"command":"cases","all":true}`, `{}`, `[]`, `GET / HTTP/1.1`} {
		if out, _, err := ask(t, d, line); err == nil || out != "" || !strings.Contains(err.Error(), "same version") {
			t.Errorf("%s: %q, %v; want a sentence", line, out, err)
		}
	}
}

func TestDamageIsASentence(t *testing.T) {
	broken := sight{check: func() (store.Report, error) { panic("a page of 提现") }}
	_, _, err := ask(t, newDesk(broken, quiet()), `{"command":"check"}`)
	if err == nil || !strings.Contains(err.Error(), store.ErrDamaged.Error()) || strings.Contains(err.Error(), "提现") {
		t.Errorf("a panic while reading: %v", err)
	}
	found := sight{check: func() (store.Report, error) { return damaged("page 3"), nil }}
	out, _, err := ask(t, newDesk(found, quiet()), `{"command":"check"}`)
	if err == nil || !strings.Contains(out, "problem: page 3") || !strings.Contains(err.Error(), "backup") {
		t.Errorf("a damaged file: %q, %v", out, err)
	}
}

// TestAReaderThatStopsHoldsNothingBack: while a tool does not read on, writes go
// on at once, and after ten minutes it is sent away.
func TestAReaderThatStopsHoldsNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, 100)
		d := newDesk(sight{store: s}, quiet())
		conn, attended := visit(d)
		defer conn.Close()
		io.WriteString(conn, `{"command":"cases","json":true}`+"\n")
		if _, _, err := readFrame(conn); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for i := range 50 {
			write(t, s, bot.ChatID(1000+i), int64(1000+i))
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("writes waited %v for the reader", took)
		}
		<-attended
		if took := time.Since(began); took != readerTime {
			t.Errorf("the reader was sent away after %v, want %v", took, readerTime)
		}
	})
}

func TestWhoAsksNothingIsSentAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, attended := visit(newDesk(sight{}, quiet()))
		defer conn.Close()
		began := time.Now()
		var out bytes.Buffer
		err := (&program{out: &out, err: &out}).read(t.Context(), conn)
		<-attended
		if took := time.Since(began); err == nil || took != askTime {
			t.Errorf("%v after %v; want a sentence after %v", err, took, askTime)
		}
	})
}

// TestALongSilenceIsFilled: a look that takes a minute shows signs of life, so
// the tool waits for it, and gives up on a bot that shows none.
func TestALongSilenceIsFilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := sight{check: func() (store.Report, error) { <-time.After(time.Minute); return damaged("late"), nil }}
		if out, _, err := ask(t, newDesk(slow, quiet()), `{"command":"check"}`); err == nil || !strings.Contains(out, "late") {
			t.Errorf("a check of a minute: %q, %v", out, err)
		}
		tool, dead := net.Pipe()
		defer tool.Close()
		defer dead.Close()
		began := time.Now()
		err := (&program{out: io.Discard, err: io.Discard}).read(t.Context(), tool)
		if took := time.Since(began); err == nil || took != silence {
			t.Errorf("a bot that is silent: %v after %v", err, took)
		}
	})
}

func TestAVisitorWhoLeavesIsNotWorkedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(sight{store: openStore(t, 100)}, quiet())
		conn, attended := visit(d)
		io.WriteString(conn, `{"command":"cases","json":true}`+"\n")
		synctest.Wait()
		began := time.Now()
		conn.Close()
		<-attended
		if took := time.Since(began); took != 0 {
			t.Errorf("worked on for %v", took)
		}
	})
}

func TestOnlySoManyAskAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(sight{store: openStore(t, 1)}, quiet())
		var before []net.Conn
		for range mostVisitors {
			conn, _ := visit(d)
			before = append(before, conn)
		}
		synctest.Wait()
		if _, _, err := ask(t, d, `{"command":"cases"}`); err == nil || !strings.Contains(err.Error(), "wait") {
			t.Errorf("one too many: %v, want a sentence", err)
		}
		for _, conn := range before {
			conn.Close()
		}
		synctest.Wait()
		if out, _, err := ask(t, d, `{"command":"cases"}`); err != nil || out == "" {
			t.Errorf("after they have gone: %q, %v", out, err)
		}
	})
}

// TestAnAnswerWithoutAnEndIsNotTaken: what a bot said before it was killed does
// not pass for all there is.
func TestAnAnswerWithoutAnEndIsNotTaken(t *testing.T) {
	for said, want := range map[string]string{
		"":                          errNoBot.Error(),
		"o\x00\x00\x00\x02ab":       "before its answer was complete",
		"o\x00\x00\x00\x02ab" + "o": "before its answer was complete",
		"o\x00\x00\x00\x09ab":       errNoBot.Error(), // nothing of it was printed
		"o\xff\x00\x00\x00":         "same version",
		"?\x00\x00\x00\x00":         "same version",
		"x\x00\x00\x00\x01?":        "same version",
	} {
		tool, bot := net.Pipe()
		go func() { io.WriteString(bot, said); bot.Close() }()
		err := (&program{out: io.Discard, err: io.Discard}).read(t.Context(), tool)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", said, err, want)
		}
	}
}

func TestAToolCanBeInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tool, bot := net.Pipe()
	defer bot.Close()
	defer context.AfterFunc(ctx, func() { tool.Close() })()
	cancel()
	if err := (&program{out: io.Discard, err: io.Discard}).read(ctx, tool); !errors.Is(err, context.Canceled) {
		t.Errorf("after Ctrl-C: %v", err)
	}
}

// TestFramesOfManyWriters: output, errors and signs of life of one answer do not
// get into each other.
func TestFramesOfManyWriters(t *testing.T) {
	reader, writer := net.Pipe()
	f := newFrames(writer, patience)
	long := bytes.Repeat([]byte("y"), longestFrame+1)
	var writers sync.WaitGroup
	for kind, payload := range map[byte][]byte{frameOut: long, frameErr: []byte("e"), 'p': nil} {
		writers.Go(func() {
			for range 20 {
				if err := f.write(kind, payload); err != nil {
					t.Error(err)
				}
			}
		})
	}
	go func() { writers.Wait(); writer.Close() }()
	got := make(map[byte]int)
	for {
		kind, payload, err := readFrame(reader)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got[kind] += len(payload)
	}
	if want := (map[byte]int{frameOut: 20 * len(long), frameErr: 20, 'p': 0}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

func FuzzReadInquiry(f *testing.F) {
	f.Add([]byte(`{"command":"cases","json":true,"chat":-7,"path":"a"}` + "\n"))
	f.Add([]byte("{}\n{}"))
	f.Fuzz(func(t *testing.T, line []byte) {
		q, err := readInquiry(bytes.NewReader(line))
		if err != nil {
			return
		}
		again, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := readInquiry(bytes.NewReader(append(again, '\n'))); err != nil || back != q {
			t.Errorf("%+v came back as %+v, %v", q, back, err)
		}
	})
}

func FuzzReadFrame(f *testing.F) {
	f.Add([]byte("o\x00\x00\x00\x02ab"))
	f.Add([]byte("x\x00\x00\x00\x0d{\"code\":1}xyz"))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := bytes.NewReader(text)
		kind, payload, err := readFrame(in)
		if err != nil {
			return
		}
		used := len(text) - in.Len()
		if used != 5+len(payload) || text[0] != kind || !bytes.Equal(text[5:used], payload) {
			t.Errorf("%q was read as %c %q", text[:used], kind, payload)
		}
		_ = conclude(payload)
	})
}
