package main

import (
	"bufio"
	"bytes"
	bytewise "encoding/binary" // the tests call the program under test binary
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// What goes over the socket. A tool connects, writes one inquiry as a line of
// JSON and reads frames until the one that ends the answer. An answer without
// it is not complete. A frame is a byte for its kind, four bytes for the length
// of what follows, most significant first, and that.

// inquiry is what a tool asks the running bot.
type inquiry struct {
	Command string `json:"command"`
	Path    string `json:"path,omitempty"` // what the tool calls the database
	JSON    bool   `json:"json,omitempty"`
	Chat    int64  `json:"chat,omitempty"`
}

// longestInquiry is how long the line of an inquiry may be.
const longestInquiry = 64 << 10

// readInquiry reads the line of an inquiry.
func readInquiry(r io.Reader) (q inquiry, err error) {
	line, err := bufio.NewReader(io.LimitReader(r, longestInquiry)).ReadBytes('\n')
	if err != nil {
		return q, fmt.Errorf("read what is asked: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return q, errors.New("the question is not one that this version of tixianbot knows; are the tool and the bot of the same version?")
	}
	return q, nil
}

// The kinds of frames.
const (
	frameOut = 'o' // something for the standard output; empty: the bot is still at it
	frameErr = 'e' // something for the standard error
	frameEnd = 'x' // a verdict
)

// longestFrame is how much one frame may hold.
const longestFrame = 64 << 10

// verdict ends an answer.
type verdict struct {
	Code  int    `json:"code"`            // the exit code of the tool
	Error string `json:"error,omitempty"` // the sentence that goes with it, if there is one
}

var errFrame = errors.New("the answer of the bot cannot be read; are the tool and the bot of the same version?")

// readFrame reads one frame.
func readFrame(r io.Reader) (kind byte, payload []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := bytewise.BigEndian.Uint32(head[1:])
	if n > longestFrame {
		return 0, nil, errFrame
	}
	payload = make([]byte, n)
	if _, err := io.ReadFull(r, payload); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return head[0], payload, nil
}

// frames writes frames to a connection, each within the time patience.
type frames struct {
	conn     net.Conn
	patience time.Duration
	turn     chan struct{} // holds a token while a frame is being written
	failed   error         // of a frame, after which there are no others
}

func newFrames(conn net.Conn, patience time.Duration) *frames {
	return &frames{conn: conn, patience: patience, turn: make(chan struct{}, 1)}
}

// write writes payload as one frame or, where it is too long for one, several.
func (f *frames) write(kind byte, payload []byte) error {
	for first := true; first || len(payload) > 0; first = false {
		n := min(len(payload), longestFrame)
		if err := f.one(kind, payload[:n]); err != nil {
			return err
		}
		payload = payload[n:]
	}
	return nil
}

func (f *frames) one(kind byte, payload []byte) error {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	if f.failed != nil {
		return f.failed
	}
	frame := bytewise.BigEndian.AppendUint32([]byte{kind}, uint32(len(payload)))
	if err := f.conn.SetWriteDeadline(time.Now().Add(f.patience)); err != nil {
		return err
	}
	_, f.failed = f.conn.Write(append(frame, payload...))
	return f.failed
}

// end writes the verdict.
func (f *frames) end(v verdict) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.write(frameEnd, text)
}

// stream is an io.Writer of frames of one kind.
type stream struct {
	to   *frames
	kind byte
}

func (s stream) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := s.to.write(s.kind, p); err != nil {
		return 0, err
	}
	return len(p), nil
}
