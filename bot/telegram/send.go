package telegram

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"tixianbot/bot"
)

const (
	maxLabel   = 64  // characters of a label; longer ones are cut
	maxRow     = 8   // buttons that Telegram shows side by side
	maxButtons = 100 // under one message
	maxToast   = 200 // characters of a toast
)

// Send delivers m to chat and returns the id of its message.
//
// If replace is not 0 and m fits into one message, that message is edited in
// place. A longer m is cut into parts and always sent anew; the last part
// carries the buttons and its id is returned. When a part could not be sent,
// calling Send again with the same m goes on behind the parts that arrived.
// With plain the words go without any mark-up. An m with a file is sent anew,
// with its text as the caption.
//
// Every error is a [*bot.Refusal]. An id of 0 without an error means that the
// message was delivered, but that Telegram's answer did not say as what.
func (c *Client) Send(ctx context.Context, chat bot.ChatID, m bot.Message, replace bot.MessageID, plain bool) (bot.MessageID, error) {
	keys, err := keyboardOf(m.Buttons)
	if err != nil {
		return 0, &bot.Refusal{Reason: bot.Rejected, Err: err}
	}
	if m.File.Path != "" {
		return c.upload(ctx, chat, m, keys, plain)
	}
	parts := split(layout(m.Text), maxText)
	switch {
	case len(parts) == 0:
		return 0, &bot.Refusal{Reason: bot.Rejected, Err: errors.New("telegram: the message has no words")}
	case len(parts) > 1:
		return c.sendParts(ctx, chat, m, parts, keys, plain)
	case replace != 0:
		return c.edit(ctx, chat, replace, newBody(parts[0], plain), keys)
	}
	return c.send(ctx, chat, newBody(parts[0], plain), keys)
}

func (c *Client) sendParts(ctx context.Context, chat bot.ChatID, m bot.Message, parts [][]line, keys *keyboard, plain bool) (bot.MessageID, error) {
	print := fingerprint(m)
	last := len(parts) - 1
	for i := c.halves.from(chat, print); i < last; i++ {
		if _, err := c.send(ctx, chat, newBody(parts[i], plain), nil); err != nil {
			return 0, err
		}
		c.halves.sent(chat, print, i+1)
	}
	id, err := c.send(ctx, chat, newBody(parts[last], plain), keys)
	if err == nil {
		c.halves.done(chat)
	}
	return id, err
}

// body is the text of one message in the form in which it is sent.
type body struct {
	text string
	mode string
}

func newBody(part []line, plain bool) body {
	if plain {
		return body{text: words(part)}
	}
	return body{text: html(part), mode: "HTML"}
}

// textParams are those of sendMessage, and with an id those of editMessageText.
type textParams struct {
	Chat    bot.ChatID    `json:"chat_id"`
	Message bot.MessageID `json:"message_id,omitempty"`
	Text    string        `json:"text"`
	Mode    string        `json:"parse_mode,omitempty"`
	Preview preview       `json:"link_preview_options"`
	Keys    *keyboard     `json:"reply_markup,omitempty"`
}

type preview struct {
	Disabled bool `json:"is_disabled"`
}

func (c *Client) send(ctx context.Context, chat bot.ChatID, b body, keys *keyboard) (bot.MessageID, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	var sent struct {
		ID bot.MessageID `json:"message_id"`
	}
	err := c.call(ctx, "sendMessage", textParams{chat, 0, b.text, b.mode, preview{true}, keys}, &sent)
	if err := c.refuseText(err, false); err != nil {
		return 0, err
	}
	return sent.ID, nil
}

func (c *Client) edit(ctx context.Context, chat bot.ChatID, id bot.MessageID, b body, keys *keyboard) (bot.MessageID, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := c.call(ctx, "editMessageText", textParams{chat, id, b.text, b.mode, preview{true}, keys}, new(present))
	if err := c.refuseText(err, true); err != nil {
		return 0, err
	}
	return id, nil
}

// refuseText makes the error of a text that was sent. An answer that says "ok"
// and cannot be read is none: the message is there, sending it again would show
// it twice.
func (c *Client) refuseText(err error, editing bool) error {
	var f *fault
	if errors.As(err, &f) && f.kind == faultForm {
		c.log.say(slog.LevelWarn, "telegram took a message with an answer that cannot be read")
		return nil
	}
	return refuse(err, editing)
}

// Delete removes a message; that it is gone already is no error. Every error
// is a [*bot.Refusal].
func (c *Client) Delete(ctx context.Context, chat bot.ChatID, id bot.MessageID) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := c.call(ctx, "deleteMessage", struct {
		Chat    bot.ChatID    `json:"chat_id"`
		Message bot.MessageID `json:"message_id"`
	}{chat, id}, new(present))
	var f *fault
	if errors.As(err, &f) && f.kind == faultAPI && (f.what == saysDeleteGone || f.what == saysBadMessageID) {
		return nil
	}
	return refuse(err, false)
}

// Answer acknowledges the press callback, showing toast for a moment if it is
// not empty. Presses older than a few minutes are refused as [bot.Rejected].
func (c *Client) Answer(ctx context.Context, callback, toast string) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := c.call(ctx, "answerCallbackQuery", struct {
		Callback string `json:"callback_query_id"`
		Text     string `json:"text,omitempty"`
	}{callback, shorten(clean(toast), maxToast)}, new(present))
	return refuse(err, false)
}

// keyboard is the reply_markup of a message.
type keyboard struct {
	Rows [][]key `json:"inline_keyboard"`
}

type key struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

// keyboardOf returns nil for no buttons. A row that is wider than Telegram
// shows goes on in the next.
func keyboardOf(buttons [][]bot.Button) (*keyboard, error) {
	var k keyboard
	count := 0
	for _, wide := range buttons {
		var row []key
		for _, button := range wide {
			data, err := encodePress(button.Press)
			if err != nil {
				return nil, err
			}
			label := shorten(clean(button.Label), maxLabel)
			if !hasVisible(label) {
				return nil, fmt.Errorf("telegram: a button for %s has no label", button.Press.Act)
			}
			row = append(row, key{label, data})
			count++
		}
		for len(row) > maxRow {
			k.Rows, row = append(k.Rows, row[:maxRow]), row[maxRow:]
		}
		if len(row) > 0 {
			k.Rows = append(k.Rows, row)
		}
	}
	switch {
	case count > maxButtons:
		return nil, fmt.Errorf("telegram: %d buttons under one message, at most %d can be", count, maxButtons)
	case count == 0:
		return nil, nil
	}
	return &k, nil
}

// shorten cuts text to n characters, the last of them an ellipsis.
func shorten(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "\u2026"
}

// progress remembers, for messages of several parts that stopped half-way, how
// many parts have arrived. It is lost with the process.
type progress struct {
	mu    sync.Mutex
	chats map[bot.ChatID]half
}

type half struct {
	print uint64
	parts int
	at    time.Time
}

// halfLife is how long a message that stopped half-way can be gone on with:
// as long as whoever delivers it keeps trying.
const halfLife = 24 * time.Hour

var seed = maphash.MakeSeed()

func fingerprint(m bot.Message) uint64 { return maphash.String(seed, fmt.Sprint(m.Text, m.Buttons)) }

// from returns the first part of the message that still has to be sent.
func (p *progress) from(chat bot.ChatID, print uint64) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, ok := p.chats[chat]
	if !ok || h.print != print || time.Since(h.at) > halfLife {
		delete(p.chats, chat)
		return 0
	}
	return h.parts
}

func (p *progress) sent(chat bot.ChatID, print uint64, parts int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.chats == nil {
		p.chats = make(map[bot.ChatID]half)
	}
	p.chats[chat] = half{print, parts, time.Now()}
}

func (p *progress) done(chat bot.ChatID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.chats, chat)
}
