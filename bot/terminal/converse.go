package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tixianbot/bot"
)

// Style says how a conversation looks besides the bot's own words.
type Style struct {
	Prompt string // printed before each line is read; "" over a pipe
	Echo   bool   // print each line that was read, so that the output is a transcript
}

// Converse reads lines from in until its end or until ctx is done, and hands
// each over as an update. Accept returns when all that the update brings about
// has been printed; its error ends the conversation. After ctx is done one read
// of in may be left waiting.
func (t *Terminal) Converse(ctx context.Context, in io.Reader, style Style, accept func(context.Context, bot.Update) error) error {
	lines := read(ctx, in)
	for {
		if err := t.say(style.Prompt); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case got, more := <-lines:
			if !more {
				return nil
			}
			if got.err != nil {
				return fmt.Errorf("read the conversation: %w", got.err)
			}
			if err := t.line(ctx, got.text, style, accept); err != nil {
				return err
			}
		}
	}
}

// line works on one line.
func (t *Terminal) line(ctx context.Context, line string, style Style, accept func(context.Context, bot.Update) error) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	if style.Echo {
		if err := t.say("\n> " + clean(strings.TrimSpace(line)) + "\n"); err != nil {
			return err
		}
	}
	u, err := t.Read(line, time.Now())
	if err != nil {
		return t.say("? " + err.Error() + "\n")
	}
	t.begin()
	err = accept(ctx, u)
	return errors.Join(err, t.end())
}

// begin starts to gather what a line brings about.
func (t *Terminal) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn = new(turn)
}

// end prints what was gathered since begin.
func (t *Terminal) end() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	gathered := t.turn
	t.turn = nil
	return t.write(gathered.toasts.String() + gathered.messages.String())
}

// say prints what is not the bot's.
func (t *Terminal) say(text string) error {
	if text == "" {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.print(text)
}

// input is one line, or what ended the reading.
type input struct {
	text string
	err  error
}

// read hands out the lines of in, and closes the channel at its end.
func read(ctx context.Context, in io.Reader) <-chan input {
	lines := make(chan input)
	go func() {
		defer close(lines)
		buffered := bufio.NewReader(in)
		for {
			text, err := buffered.ReadString('\n')
			if text != "" && !hand(ctx, lines, input{text: text}) {
				return
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					hand(ctx, lines, input{err: err})
				}
				return
			}
		}
	}()
	return lines
}

func hand(ctx context.Context, lines chan<- input, i input) bool {
	select {
	case lines <- i:
		return true
	case <-ctx.Done():
		return false
	}
}
