// Package terminal is the bot as lines of text: the same messages and the same
// buttons that a messenger shows, without a messenger. It is what `tixianbot
// chat` talks through, what scripts drive over a pipe, and where transcripts
// come from.
//
// A line that a person types is one event:
//
//	any words          a message
//	/log words         a command, as in a messenger
//	!label or !3       the press of a button, by its label or by its number
//	@notes/screen.png  a file, which is not looked at before it is packed up
//	\!words            a message that begins with one of these signs
//
// What the bot says is printed as it is shown there: a blank line, the words,
// and the keyboard as a numbered list, one row a line. A message that replaces
// an earlier one begins with ↻, the toast of a button with ·, a file with ⎘ and
// where it was put, and ⌫ says that the bot deleted what the person wrote last.
//
// The invariant: all that one line brings about is printed before the next
// line is read, so that a script and its output read as one conversation.
package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tixianbot/bot"
)

// Chat is the one conversation that a terminal holds.
const Chat bot.ChatID = 1

// Terminal prints what the bot says and knows which buttons stand on the
// screen. Its methods may be called from several goroutines.
type Terminal struct {
	out io.Writer

	mu     sync.Mutex
	first  int64 // the id before the first of this terminal
	last   int64 // the newest id given, to an update or a message
	boards []board
	folder string // for files that the bot sends, "" for none
	open   func(path string) (io.ReadCloser, int64, error)
	turn   *turn // what one line brings about, while it does
}

// turn gathers what is to be printed for one line. The toast of a press comes
// beside the messages, at any moment between them; it is printed first.
type turn struct{ toasts, messages strings.Builder }

// board is the keyboard under one message.
type board struct {
	message bot.MessageID
	buttons []bot.Button
}

// New returns a terminal that prints to out. Its ids of updates and messages
// count up from now, so that those of an earlier run over the same store are
// not met again.
func New(out io.Writer, now time.Time) *Terminal {
	return &Terminal{out: out, first: now.UnixMicro(), last: now.UnixMicro()}
}

// Send prints a message and returns its id. A message that was printed by an
// earlier terminal cannot be replaced. The error is a *bot.Refusal.
func (t *Terminal) Send(ctx context.Context, _ bot.ChatID, m bot.Message, replace bot.MessageID, _ bool) (bot.MessageID, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if replace != 0 && !t.printed(replace) {
		return 0, &bot.Refusal{Reason: bot.CannotEdit}
	}
	id := replace
	if replace == 0 {
		id = bot.MessageID(t.next())
	}
	file, err := t.received(m.File)
	if err != nil {
		return 0, err
	}
	if err := t.print(render(m, file, replace != 0)); err != nil {
		return 0, err
	}
	t.show(id, m.Buttons)
	return id, nil
}

// Delete says that a message of the person's was deleted.
func (t *Terminal) Delete(context.Context, bot.ChatID, bot.MessageID) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.print("⌫\n")
}

// Answer prints the toast of a button press, if it has one.
func (t *Terminal) Answer(_ context.Context, _ string, toast string) error {
	if toast == "" {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	toast = "· " + clean(toast) + "\n"
	if t.turn != nil {
		t.turn.toasts.WriteString(toast)
		return nil
	}
	return t.print(toast)
}

// print prints text, or keeps it for the end of the turn.
func (t *Terminal) print(text string) error {
	if t.turn != nil {
		t.turn.messages.WriteString(text)
		return nil
	}
	return t.write(text)
}

func (t *Terminal) write(text string) error {
	if _, err := io.WriteString(t.out, text); err != nil {
		return &bot.Refusal{Reason: bot.Rejected, Err: fmt.Errorf("print: %w", err)}
	}
	return nil
}

func (t *Terminal) next() int64 {
	t.last++
	return t.last
}

func (t *Terminal) printed(id bot.MessageID) bool {
	return int64(id) > t.first && int64(id) <= t.last
}

// show makes buttons the newest keyboard, in place of an older one of the same
// message.
func (t *Terminal) show(id bot.MessageID, rows [][]bot.Button) {
	t.boards = slices.DeleteFunc(t.boards, func(b board) bool { return b.message == id })
	if buttons := slices.Concat(rows...); len(buttons) > 0 {
		t.boards = append(t.boards, board{message: id, buttons: buttons})
	}
}

// press finds the button that a person means by name: a label of the newest
// keyboard, its number there, a label but for the signs around it, or else a
// label of an older keyboard.
func (t *Terminal) press(name string) (bot.Button, bot.MessageID, error) {
	if len(t.boards) == 0 {
		return bot.Button{}, 0, errors.New("there is no button to press")
	}
	newest := t.boards[len(t.boards)-1]
	if b, ok := newest.labelled(name, exact); ok {
		return b, newest.message, nil
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(newest.buttons) {
		return newest.buttons[n-1], newest.message, nil
	}
	for _, same := range []func(a, b string) bool{exact, bare} {
		for _, older := range slices.Backward(t.boards) {
			if b, ok := older.labelled(name, same); ok {
				return b, older.message, nil
			}
		}
	}
	return bot.Button{}, 0, fmt.Errorf("there is no button %q; there are: %s", name, strings.Join(newest.labels(), ", "))
}

func (b board) labelled(name string, same func(a, b string) bool) (bot.Button, bool) {
	i := slices.IndexFunc(b.buttons, func(b bot.Button) bool { return same(b.Label, name) })
	if i < 0 {
		return bot.Button{}, false
	}
	return b.buttons[i], true
}

func (b board) labels() []string {
	var out []string
	for i, button := range b.buttons {
		out = append(out, fmt.Sprintf("%d %s", i+1, clean(button.Label)))
	}
	return out
}
