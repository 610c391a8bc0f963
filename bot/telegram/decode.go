package telegram

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"tixianbot/bot"
)

// The types below hold of the Bot API what the bot looks at. The library's
// models are not used for updates: one union of a later Bot API version that
// they do not know makes the whole update undecodable, and with it what the
// user wrote.
type (
	wireUpdate struct {
		ID      *int64       `json:"update_id"`
		Message *wireMessage `json:"message"`
		Edited  *wireMessage `json:"edited_message"`
		Query   *wireQuery   `json:"callback_query"`
		Member  *wireMember  `json:"my_chat_member"`
	}
	wireChat struct {
		ID   int64  `json:"id"`
		Type string `json:"type"`
	}
	wireUser struct {
		ID int64 `json:"id"`
	}
	wireMessage struct {
		ID       int64    `json:"message_id"`
		Date     int64    `json:"date"`
		EditDate int64    `json:"edit_date"`
		Chat     wireChat `json:"chat"`
		Text     string   `json:"text"`
		Caption  string   `json:"caption"`
		Forward  present  `json:"forward_origin"`
		ReplyTo  *struct {
			From wireUser `json:"from"`
		} `json:"reply_to_message"`
		wireContent
	}
	wireContent struct {
		Photo     present `json:"photo"`
		Document  present `json:"document"`
		Voice     present `json:"voice"`
		Sticker   present `json:"sticker"`
		Animation present `json:"animation"`
		Audio     present `json:"audio"`
		Video     present `json:"video"`
		VideoNote present `json:"video_note"`
		PaidMedia present `json:"paid_media"`
		Story     present `json:"story"`
		Checklist present `json:"checklist"`
		Contact   present `json:"contact"`
		Dice      present `json:"dice"`
		Game      present `json:"game"`
		Poll      present `json:"poll"`
		Venue     present `json:"venue"`
		Location  present `json:"location"`
		Invoice   present `json:"invoice"`
	}
	wireQuery struct {
		ID      string       `json:"id"`
		From    wireUser     `json:"from"`
		Message *wireMessage `json:"message"` // its date is 0 when it is inaccessible
		Data    string       `json:"data"`
	}
	wireMember struct {
		Chat wireChat   `json:"chat"`
		Date int64      `json:"date"`
		Old  wireStatus `json:"old_chat_member"`
		New  wireStatus `json:"new_chat_member"`
	}
	wireStatus struct {
		Status   string `json:"status"`
		IsMember bool   `json:"is_member"` // of status restricted
	}
)

// present notes that a field is there, whatever it holds.
type present bool

func (p *present) UnmarshalJSON(data []byte) error {
	*p = string(data) != "null"
	return nil
}

const private = "private"

// errNoID is the error of an update without an id, which cannot be confirmed.
var errNoID = errors.New("telegram: an update without an id")

// decode turns the JSON of one update, received at the time now by the account
// me, into exactly one [bot.Update]. Whatever the bot does not know or cannot
// read is [bot.Ignored], so that its id can be committed like any other.
func decode(raw []byte, me account, now time.Time) (u bot.Update, err error) {
	var id struct {
		ID *int64 `json:"update_id"`
	}
	if json.Unmarshal(raw, &id) != nil || id.ID == nil {
		return bot.Update{}, errNoID
	}
	passedOver := bot.Update{ID: *id.ID, At: now, Event: bot.Ignored{}}
	defer func() {
		if recover() != nil {
			u, err = passedOver, nil
		}
	}()
	var w wireUpdate
	if json.Unmarshal(raw, &w) != nil {
		return passedOver, nil
	}
	u = w.update(me, now)
	u.ID = *id.ID
	if u.At.IsZero() {
		u.At = now
	}
	return u, nil
}

func (w *wireUpdate) update(me account, now time.Time) bot.Update {
	switch {
	case w.Message != nil:
		return w.Message.update(me)
	case w.Edited != nil:
		return w.Edited.edited()
	case w.Query != nil:
		u := w.Query.update()
		u.At = now
		return u
	case w.Member != nil:
		return w.Member.update()
	}
	return bot.Update{Event: bot.Ignored{}}
}

func (m *wireMessage) about(date int64, e bot.Event) bot.Update {
	return bot.Update{Chat: bot.ChatID(m.Chat.ID), Message: bot.MessageID(m.ID), At: instant(date), Event: e}
}

func instant(unix int64) time.Time {
	if unix <= 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

func (m *wireMessage) update(me account) bot.Update {
	if m.Chat.Type != private {
		return m.about(m.Date, m.grouped(me))
	}
	return m.about(m.Date, m.event(me))
}

// event is what a message in a private chat says. A service message, such as
// that something was pinned, is passed over.
func (m *wireMessage) event(me account) bot.Event {
	switch {
	case m.Text != "":
		return m.said()
	case bool(m.Photo):
		return bot.Sent{Kind: bot.Photo, Caption: m.Caption}
	case bool(m.Animation): // Telegram sets document beside it
		return bot.Sent{Kind: bot.Other, Caption: m.Caption}
	case bool(m.Document):
		return bot.Sent{Kind: bot.Document, Caption: m.Caption}
	case bool(m.Voice):
		return bot.Sent{Kind: bot.Voice, Caption: m.Caption}
	case bool(m.Sticker):
		return bot.Sent{Kind: bot.Sticker}
	case m.other():
		return bot.Sent{Kind: bot.Other, Caption: m.Caption}
	}
	return bot.Ignored{}
}

func (c wireContent) other() bool {
	return bool(c.Audio || c.Video || c.VideoNote || c.PaidMedia || c.Story || c.Checklist || c.Contact ||
		c.Dice || c.Game || c.Poll || c.Venue || c.Location || c.Invoice)
}

// said is the event of a text. A forwarded text is never a command: its words
// are somebody else's.
func (m *wireMessage) said() bot.Event {
	if m.Forward {
		return bot.Said{Text: m.Text, Forwarded: true}
	}
	if name, _, rest, ok := cutCommand(m.Text); ok {
		return bot.Said{Command: name, Text: rest}
	}
	return bot.Said{Text: m.Text}
}

// grouped is the event of a message in a group: Grouped if it is for the bot.
func (m *wireMessage) grouped(me account) bot.Event {
	words := m.Text + m.Caption
	if _, addressee, _, ok := cutCommand(words); ok {
		if addressee == "" || strings.EqualFold(addressee, me.Username) {
			return bot.Grouped{}
		}
		return bot.Ignored{}
	}
	if mentions(words, me.Username) || m.ReplyTo != nil && me.ID != 0 && m.ReplyTo.From.ID == me.ID {
		return bot.Grouped{}
	}
	return bot.Ignored{}
}

func (m *wireMessage) edited() bot.Update {
	words := m.Text + m.Caption // never both
	if m.Chat.Type != private || words == "" {
		return m.about(m.EditDate, bot.Ignored{})
	}
	return m.about(m.EditDate, bot.Edited{Text: words})
}

// update of a press. The message may be gone; a private chat has the id of its user.
func (q *wireQuery) update() bot.Update {
	u := bot.Update{Chat: bot.ChatID(q.From.ID), Callback: q.ID, Event: q.event()}
	if m := q.Message; m != nil && m.Chat.ID != 0 {
		u.Chat, u.Message = bot.ChatID(m.Chat.ID), bot.MessageID(m.ID)
		if m.Chat.Type != private {
			u.Event = bot.Ignored{}
		}
	}
	return u
}

func (q *wireQuery) event() bot.Event {
	press, err := decodePress(q.Data)
	if err != nil {
		return bot.Garbled{}
	}
	return bot.Pressed{Press: press}
}

func (c *wireMember) update() bot.Update {
	return bot.Update{Chat: bot.ChatID(c.Chat.ID), At: instant(c.Date), Event: c.event()}
}

// event of a change of the bot's own membership: in a private chat that is a
// block or its end, in a group that it was added, removed or promoted.
func (c *wireMember) event() bot.Event {
	was, is := c.Old.member(), c.New.member()
	switch {
	case !is:
		return bot.Left{}
	case was:
		return bot.Ignored{}
	case c.Chat.Type == private:
		return bot.Returned{}
	}
	return bot.Grouped{}
}

func (s wireStatus) member() bool {
	switch s.Status {
	case "creator", "administrator", "member":
		return true
	case "restricted":
		return s.IsMember
	}
	return false
}

// cutCommand splits a text such as "/log@some_bot the rest". Letters of other
// scripts end the name without a space, as in a Chinese text that follows the
// command at once.
func cutCommand(text string) (name, addressee, rest string, ok bool) {
	if !strings.HasPrefix(text, "/") {
		return "", "", "", false
	}
	name, rest = cutWord(text[1:])
	if name == "" || len(name) > 32 || !letter(name[0]) {
		return "", "", "", false
	}
	if strings.HasPrefix(rest, "@") {
		addressee, rest = cutWord(rest[1:])
	}
	if rest != "" && rest[0] > ' ' && rest[0] < 0x80 { // a path, a date, a fraction
		return "", "", "", false
	}
	return strings.ToLower(name), addressee, strings.TrimSpace(rest), true
}

// cutWord cuts the leading run of letters, digits and underscores.
func cutWord(s string) (word, rest string) {
	i := 0
	for i < len(s) && wordByte(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

func wordByte(b byte) bool { return letter(b) || b >= '0' && b <= '9' || b == '_' }

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// mentions reports whether text holds @username as a word of its own.
func mentions(text, username string) bool {
	if username == "" {
		return false
	}
	text, name := strings.ToLower(text), "@"+strings.ToLower(username)
	for {
		i := strings.Index(text, name)
		if i < 0 {
			return false
		}
		text = text[i+len(name):]
		if text == "" || !wordByte(text[0]) {
			return true
		}
	}
}
