package telegramtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a message in a chat.
type Message struct {
	ID       int
	Chat     int64
	FromBot  bool
	Text     string // as it is shown
	Caption  string // of a file, as it is shown
	File     *File  // nil for a text
	Album    string // the same for all that was sent in one go
	HTML     string // as the bot sent it, "" without a parse mode
	Entities []Entity
	Buttons  [][]Button
	Edits    int  // how often it was changed
	Deleted  bool // it is not shown any more
	Date     time.Time

	frozen bool           // it can be neither edited nor deleted
	origin map[string]any // of a forwarded message
}

// Button is a key under a message.
type Button struct {
	Label string
	Data  string
}

// Labels returns the labels of the buttons, row by row.
func (m Message) Labels() []string {
	var out []string
	for _, row := range m.Buttons {
		for _, b := range row {
			out = append(out, b.Label)
		}
	}
	return out
}

// json is the message as the Bot API shows it.
func (m *Message) json(c *chat) map[string]any {
	out := map[string]any{
		"message_id": m.ID,
		"date":       m.Date.Unix(),
		"chat":       c.json(),
		"from":       c.user(),
	}
	if m.FromBot {
		out["from"] = botUser()
	}
	m.addContent(out)
	if m.origin != nil {
		out["forward_origin"] = m.origin
	}
	if m.Edits > 0 {
		out["edit_date"] = time.Now().Unix()
	}
	if len(m.Buttons) > 0 {
		out["reply_markup"] = keyboardJSON(m.Buttons)
	}
	return out
}

// addContent adds what the message says and holds.
func (m *Message) addContent(out map[string]any) {
	if m.File == nil {
		out["text"] = m.Text
		if name, _, _ := strings.Cut(m.Text, " "); !m.FromBot && strings.HasPrefix(name, "/") {
			out["entities"] = []map[string]any{{"type": "bot_command", "offset": 0, "length": units(name)}}
		}
		return
	}
	out[m.File.Kind] = m.File.json()
	if m.Caption != "" {
		out["caption"] = m.Caption
	}
	if m.Album != "" {
		out["media_group_id"] = m.Album
	}
}

func keyboardJSON(rows [][]Button) map[string]any {
	var out [][]map[string]string
	for _, row := range rows {
		var keys []map[string]string
		for _, b := range row {
			keys = append(keys, map[string]string{"text": b.Label, "callback_data": b.Data})
		}
		out = append(out, keys)
	}
	return map[string]any{"inline_keyboard": out}
}

func (c *chat) json() map[string]any {
	if c.kind == "private" {
		return map[string]any{"id": c.id, "type": c.kind, "first_name": "Player"}
	}
	return map[string]any{"id": c.id, "type": c.kind, "title": "Group"}
}

func (c *chat) user() map[string]any {
	id := c.id
	if id < 0 {
		id = 1 - id
	}
	return map[string]any{"id": id, "is_bot": false, "first_name": "Player"}
}

// User plays someone in a private chat with the bot, or all members of a group.
type User struct {
	s *Server
	c *chat
}

// User returns the player of the private chat with the given id, which begins
// to exist for the bot with this call.
func (s *Server) User(id int64) *User { return s.player(id, "private") }

// Group returns the player of a group; its id is negative.
func (s *Server) Group(id int64) *User { return s.player(id, "supergroup") }

func (s *Server) player(id int64, kind string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.chats[id]
	if !ok {
		c = &chat{id: id, kind: kind}
		s.chats[id] = c
	}
	return &User{s, c}
}

// Say sends a text and returns the id of the message.
func (u *User) Say(text string) int { return u.write(&Message{Text: text}) }

// Forward sends a text of somebody else's.
func (u *User) Forward(text string) int {
	return u.write(&Message{Text: text, origin: origin(time.Now())})
}

// Photo sends a photo.
func (u *User) Photo(caption string) int { return u.Send(Thing{Kind: "photo", Caption: caption})[0] }

// Document sends a file.
func (u *User) Document(caption string) int {
	return u.Send(Thing{Kind: "document", Name: "document.pdf", MIME: "application/pdf", Caption: caption})[0]
}

// Voice sends a voice message.
func (u *User) Voice() int { return u.Send(Thing{Kind: "voice"})[0] }

// Sticker sends a sticker.
func (u *User) Sticker() int { return u.Send(Thing{Kind: "sticker"})[0] }

func (u *User) write(m *Message) int {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	return u.send(m)
}

// send shows a message of the user's and tells the bot; s.mu is held.
func (u *User) send(m *Message) int {
	u.unblock()
	m.Chat, m.Date = u.c.id, time.Now()
	u.s.post(u.c, m)
	u.s.add("message", m.json(u.c))
	return m.ID
}

// Edit changes the text or caption of a message that the user has sent.
func (u *User) Edit(id int, text string) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	m := u.c.message(id)
	if m == nil || m.FromBot {
		u.s.t.Errorf("telegramtest: edit message %d: the user has not sent it", id)
		return
	}
	if m.File == nil {
		m.Text = text
	} else {
		m.Caption = text
	}
	m.Edits++
	u.s.add("edited_message", m.json(u.c))
}

// Press presses the button with the label on the newest message that has one.
func (u *User) Press(label string) {
	u.s.t.Helper()
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	for _, m := range slices.Backward(u.c.messages) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Label == label && !m.Deleted {
					u.press(m, b.Data)
					return
				}
			}
		}
	}
	u.s.t.Errorf("telegramtest: press %q: there is no such button", label)
}

// PressData presses a button of the message id that carries data, whether the
// message has one or not; an old client may show it still.
func (u *User) PressData(id int, data string) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.press(u.c.message(id), data)
}

func (u *User) press(m *Message, data string) {
	u.s.lastQ++
	id := strconv.Itoa(u.s.lastQ) + "00000000"
	u.s.queries[id] = &query{chat: u.c.id, until: time.Now().Add(keptPress)}
	object := map[string]any{"id": id, "from": u.c.user(), "chat_instance": "1", "data": data}
	switch {
	case m == nil:
	case m.Deleted:
		object["message"] = map[string]any{"chat": u.c.json(), "message_id": m.ID, "date": 0}
	default:
		object["message"] = m.json(u.c)
	}
	u.s.add("callback_query", object)
}

// Block blocks the bot, or removes it from the group.
func (u *User) Block() {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	if !u.c.blocked {
		u.c.blocked = true
		u.member("member", "kicked")
	}
}

// DeleteAccount ends the account of the user.
func (u *User) DeleteAccount() {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.c.deleted = true
}

// Unblock ends the block, or adds the bot to the group again.
func (u *User) Unblock() {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.unblock()
}

func (u *User) unblock() {
	if u.c.blocked {
		u.c.blocked = false
		u.member("kicked", "member")
	}
}

// Add adds the bot to the group.
func (u *User) Add() {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	u.c.blocked = false
	u.member("left", "member")
}

func (u *User) member(was, is string) {
	u.s.add("my_chat_member", map[string]any{
		"chat": u.c.json(), "from": u.c.user(), "date": time.Now().Unix(),
		"old_chat_member": map[string]any{"user": botUser(), "status": was, "until_date": 0},
		"new_chat_member": map[string]any{"user": botUser(), "status": is, "until_date": 0},
	})
}

// Remove deletes a message of the chat, so that it can be edited no more.
func (u *User) Remove(id int) { u.change(id, func(m *Message) { m.Deleted = true }) }

// Freeze makes a message too old to be edited or deleted.
func (u *User) Freeze(id int) { u.change(id, func(m *Message) { m.frozen = true }) }

func (u *User) change(id int, f func(*Message)) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	if m := u.c.message(id); m != nil {
		f(m)
	}
}

// Expire makes it too late to answer the presses made so far.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.queries {
		q.until = time.Time{}
	}
}

// Messages returns the bot's messages that the chat shows, oldest first.
func (u *User) Messages() []Message {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	var out []Message
	for _, m := range u.c.messages {
		if m.FromBot && !m.Deleted {
			out = append(out, *m)
		}
	}
	return out
}

// Last returns the newest message of the bot's, or none.
func (u *User) Last() Message {
	if all := u.Messages(); len(all) > 0 {
		return all[len(all)-1]
	}
	return Message{}
}

// Toasts returns what the user's presses were answered with; those that were
// not answered are left out.
func (u *User) Toasts() []string {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	var out []string
	for i := 1; i <= u.s.lastQ; i++ {
		q := u.s.queries[strconv.Itoa(i)+"00000000"]
		if q.chat == u.c.id && q.toast != nil {
			out = append(out, *q.toast)
		}
	}
	return out
}

// Wait waits until cond, which may call methods of the server, is true; what
// says for the failure what was waited for.
func (s *Server) Wait(what string, cond func() bool) {
	s.t.Helper()
	s.mu.Lock()
	patience := s.patience
	s.mu.Unlock()
	if !s.Within(patience, cond) {
		s.t.Fatalf("telegramtest: waited in vain for %s", what)
	}
}

// Within waits until cond is true, for d at most, and reports whether it is.
func (s *Server) Within(d time.Duration, cond func() bool) bool {
	limit := time.NewTimer(d)
	defer limit.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if cond() {
			return true
		}
		select {
		case <-changed:
		case <-limit.C:
			return cond()
		}
	}
}

// WaitConfirmed waits until every update is confirmed.
func (s *Server) WaitConfirmed() {
	s.t.Helper()
	s.Wait("all updates to be confirmed", func() bool { return len(s.Pending()) == 0 })
}

// WaitMessages waits until the chat shows n messages of the bot's and returns them.
func (u *User) WaitMessages(n int) []Message {
	u.s.t.Helper()
	u.s.Wait(fmt.Sprintf("%d messages", n), func() bool { return len(u.Messages()) >= n })
	return u.Messages()
}

// WaitText waits until a message of the bot's holds part and returns the newest that does.
func (u *User) WaitText(part string) Message {
	u.s.t.Helper()
	var found Message
	u.s.Wait(fmt.Sprintf("a message with %q", part), func() bool {
		for _, m := range slices.Backward(u.Messages()) {
			if strings.Contains(m.Text, part) || strings.Contains(m.Caption, part) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// WaitToasts waits until n presses of the user's were answered.
func (u *User) WaitToasts(n int) []string {
	u.s.t.Helper()
	u.s.Wait(fmt.Sprintf("%d toasts", n), func() bool { return len(u.Toasts()) >= n })
	return u.Toasts()
}

// Profile returns the commands, as JSON, and the descriptions of the bot.
func (s *Server) Profile() (commands, description, short string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.profile.commands), s.profile.description, s.profile.short
}
