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
		Album    string   `json:"media_group_id"`
		Forward  *origin  `json:"forward_origin"`
		ReplyTo  *struct {
			From wireUser `json:"from"`
		} `json:"reply_to_message"`
		wireContent
	}
	wireContent struct {
		Photo     *photo    `json:"photo"`
		Document  *wireFile `json:"document"`
		Voice     *wireFile `json:"voice"`
		Sticker   *wireFile `json:"sticker"`
		Animation present   `json:"animation"`
		Audio     present   `json:"audio"`
		Video     present   `json:"video"`
		VideoNote present   `json:"video_note"`
		PaidMedia present   `json:"paid_media"`
		Story     present   `json:"story"`
		Checklist present   `json:"checklist"`
		Contact   present   `json:"contact"`
		Dice      present   `json:"dice"`
		Game      present   `json:"game"`
		Poll      present   `json:"poll"`
		Venue     present   `json:"venue"`
		Location  present   `json:"location"`
		Invoice   present   `json:"invoice"`
	}
	wireFile struct {
		ID     string `json:"file_id"`
		Unique string `json:"file_unique_id"`
		Size   int64  `json:"file_size"`
		MIME   string `json:"mime_type"`
		Name   string `json:"file_name"`
		Width  int64  `json:"width"`
		Height int64  `json:"height"`
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

// UnmarshalJSON takes what it can read: that there is a file, and the words
// beside it, must not be lost because something about it has a new form.
func (f *wireFile) UnmarshalJSON(data []byte) error {
	type plain wireFile
	_ = json.Unmarshal(data, (*plain)(f))
	return nil
}

// photo is the largest of the sizes in which a photo comes.
type photo struct{ wireFile }

func (p *photo) UnmarshalJSON(data []byte) error {
	var sizes []wireFile
	_ = json.Unmarshal(data, &sizes) // that there is one matters more
	for i, s := range sizes {
		if i == 0 || s.Width*s.Height >= p.Width*p.Height {
			p.wireFile = s
		}
	}
	return nil
}

// origin is what a forwarded message says of where it comes from. Its form
// differs with the kind of sender; the date stands in all of them.
type origin struct{ date int64 }

func (o *origin) UnmarshalJSON(data []byte) error {
	var known struct {
		Date int64 `json:"date"`
	}
	_ = json.Unmarshal(data, &known) // that it is forwarded matters more than since when
	o.date = known.Date
	return nil
}

const private = "private"

// errNoID is the error of an update without an id, which cannot be confirmed.
var errNoID = errors.New("telegram: an update without an id")

// readUpdate reads the JSON of one update, as far as it can be read: its id at
// least, or not even that.
func readUpdate(raw []byte) wireUpdate {
	var whole wireUpdate
	if json.Unmarshal(raw, &whole) == nil {
		return whole
	}
	var id struct {
		ID *int64 `json:"update_id"`
	}
	if json.Unmarshal(raw, &id) != nil {
		return wireUpdate{}
	}
	return wireUpdate{ID: id.ID}
}

// decode turns an update, received at the time now by the account me, into
// exactly one [bot.Update]. Whatever the bot does not know or cannot read is
// [bot.Ignored], so that its id can be committed like any other.
func (w *wireUpdate) decode(me account, now time.Time) (u bot.Update, err error) {
	if w.ID == nil {
		return bot.Update{}, errNoID
	}
	defer func() {
		if recover() != nil {
			u, err = bot.Update{ID: *w.ID, At: now, Event: bot.Ignored{}}, nil
		}
	}()
	u = w.update(me, now)
	u.ID = *w.ID
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
	case m.Photo != nil:
		return m.sent(bot.Photo, &m.Photo.wireFile)
	case bool(m.Animation): // Telegram sets document beside it
		return m.sent(bot.Other, nil)
	case m.Document != nil:
		return m.sent(bot.Document, m.Document)
	case m.Voice != nil:
		return m.sent(bot.Voice, m.Voice)
	case m.Sticker != nil:
		return m.sent(bot.Sticker, m.Sticker)
	case m.other():
		return m.sent(bot.Other, nil)
	}
	return bot.Ignored{}
}

// sent is the event of a message with a file, nil for one that is not looked at.
func (m *wireMessage) sent(kind bot.FileKind, f *wireFile) bot.Event {
	e := bot.Sent{Kind: kind, Caption: m.Caption, Album: m.Album, Forwarded: m.Forward != nil, ForwardedAt: m.Forward.at()}
	if f != nil {
		e.Name = f.Name
		e.File = bot.File{ID: bot.FileID(f.ID), Unique: f.Unique, Size: f.Size, MIME: f.MIME}
	}
	return e
}

func (o *origin) at() time.Time {
	if o == nil {
		return time.Time{}
	}
	return instant(o.date)
}

func (c wireContent) other() bool {
	return bool(c.Audio || c.Video || c.VideoNote || c.PaidMedia || c.Story || c.Checklist || c.Contact ||
		c.Dice || c.Game || c.Poll || c.Venue || c.Location || c.Invoice)
}

// said is the event of a text. A forwarded text is never a command: its words
// are somebody else's.
func (m *wireMessage) said() bot.Event {
	if m.Forward != nil {
		return bot.Said{Text: m.Text, Forwarded: true, ForwardedAt: m.Forward.at()}
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
