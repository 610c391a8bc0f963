package telegramtest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxText     = 4096    // UTF-16 units of what is shown
	maxSource   = 1 << 15 // bytes of a text or caption as it is sent
	maxData     = 64      // bytes of callback data
	maxButtons  = 100
	deletable   = 48 * time.Hour // how long after it was sent a message can be deleted
	saysBlocked = "Forbidden: bot was blocked by the user"
	sameMessage = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"
	lateAnswer  = "query is too old and response timeout expired or query ID is invalid"
)

// methods are the methods but getUpdates, by lower-case name; s.mu is held.
var methods = map[string]func(*Server, params) *answer{
	"getme":                  (*Server).getMe,
	"deletewebhook":          (*Server).deleteWebhook,
	"setwebhook":             (*Server).setWebhook,
	"getwebhookinfo":         (*Server).getWebhookInfo,
	"sendmessage":            (*Server).sendMessage,
	"senddocument":           (*Server).sendDocument,
	"sendphoto":              (*Server).sendPhoto,
	"sendmediagroup":         (*Server).sendMediaGroup,
	"getfile":                (*Server).getFile,
	"editmessagetext":        (*Server).editMessageText,
	"editmessagecaption":     (*Server).editMessageCaption,
	"editmessagereplymarkup": (*Server).editMessageReplyMarkup,
	"deletemessage":          (*Server).deleteMessage,
	"answercallbackquery":    (*Server).answerCallbackQuery,
	"sendchataction":         (*Server).sendChatAction,
	"setmycommands":          (*Server).setMyCommands,
	"getmycommands":          (*Server).getMyCommands,
	"setmydescription":       (*Server).setMyDescription,
	"getmydescription":       (*Server).getMyDescription,
	"setmyshortdescription":  (*Server).setMyShortDescription,
	"getmyshortdescription":  (*Server).getMyShortDescription,
}

func itoa(n int) string { return strconv.Itoa(n) }

func yes() *answer { return &answer{result: true} }

func botUser() map[string]any {
	return map[string]any{"id": BotID, "is_bot": true, "first_name": "Test", "username": BotName}
}

func (s *Server) getMe(params) *answer {
	me := botUser()
	me["can_join_groups"], me["can_read_all_group_messages"] = true, false
	return &answer{result: me}
}

// reach returns the chat that p addresses, or why it cannot be written to.
func (s *Server) reach(p params) (*chat, *answer) {
	if p.get("chat_id") == "" {
		return nil, bad("chat_id is empty")
	}
	c, ok := s.chats[p.int("chat_id")]
	switch {
	case !ok:
		return nil, bad("chat not found")
	case c.deleted:
		return nil, refuse(http.StatusForbidden, "Forbidden: user is deactivated")
	case c.blocked && c.kind == "private":
		return nil, refuse(http.StatusForbidden, saysBlocked)
	case c.blocked:
		return nil, refuse(http.StatusForbidden, "Forbidden: bot was kicked from the supergroup chat")
	}
	return c, nil
}

// sendMessage looks at what is to be sent before it looks at the chat.
func (s *Server) sendMessage(p params) *answer {
	m := &Message{FromBot: true, Date: time.Now()}
	if a := m.fill(p); a != nil {
		return a
	}
	if units(m.Text) > maxText {
		return bad("message is too long")
	}
	c, a := s.reach(p)
	if a != nil {
		return a
	}
	m.Chat = c.id
	s.post(c, m)
	return &answer{result: m.json(c), message: m.ID}
}

// fill takes text and keyboard from p.
func (m *Message) fill(p params) *answer {
	text, entities, a := parseText(p)
	if a != nil {
		return a
	}
	buttons, a := parseKeyboard(p.get("reply_markup"))
	if a != nil {
		return a
	}
	if raw := p.get("link_preview_options"); raw != "" && json.Unmarshal([]byte(raw), &struct{}{}) != nil {
		return bad("can't parse link preview options JSON object")
	}
	m.Text, m.Entities, m.Buttons, m.HTML = text, entities, buttons, ""
	if p.get("parse_mode") != "" {
		m.HTML = p.get("text")
	}
	return nil
}

func parseText(p params) (text string, entities []Entity, a *answer) {
	if p.get("text") == "" {
		return "", nil, bad("message text is empty")
	}
	if text, entities, a = parse(p.get("text"), p.get("parse_mode")); a != nil {
		return "", nil, a
	}
	if !anyVisible(text) {
		return "", nil, bad("text must be non-empty")
	}
	return text, entities, nil
}

// parse returns what is shown of a text or a caption.
func parse(source, mode string) (text string, entities []Entity, a *answer) {
	if len(source) > maxSource {
		return "", nil, bad("text is too long")
	}
	switch strings.ToLower(mode) {
	case "":
		return shown(source), nil, nil
	case "html":
		text, entities, err := ParseHTML(source)
		if err != nil {
			return "", nil, bad("can't parse entities: " + err.Error())
		}
		return text, entities, nil
	}
	return "", nil, bad("unsupported parse_mode")
}

// find returns a message that the bot may change, or why it may not.
func (s *Server) find(p params) (*chat, *Message, *answer) {
	if p.get("chat_id") == "" && p.int("message_id") == 0 {
		return nil, nil, bad("message identifier is not specified")
	}
	c, a := s.reach(p)
	if a != nil {
		return nil, nil, a
	}
	m := c.message(int(p.int("message_id")))
	switch {
	case m == nil || m.Deleted:
		return nil, nil, bad("message to edit not found")
	case !m.FromBot || m.frozen:
		return nil, nil, bad("message can't be edited")
	}
	return c, m, nil
}

func (c *chat) message(id int) *Message {
	for _, m := range c.messages {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (s *Server) editMessageText(p params) *answer {
	var words Message
	if a := words.fill(p); a != nil {
		return a
	}
	c, m, a := s.find(p)
	switch {
	case a != nil:
		return a
	case m.File != nil:
		return bad("there is no text in the message to edit")
	case units(words.Text) > maxText:
		return bad("MESSAGE_TOO_LONG")
	}
	edited := *m
	edited.Text, edited.Entities, edited.Buttons, edited.HTML = words.Text, words.Entities, words.Buttons, words.HTML
	return m.become(edited, c)
}

func (s *Server) editMessageReplyMarkup(p params) *answer {
	buttons, a := parseKeyboard(p.get("reply_markup"))
	if a != nil {
		return a
	}
	c, m, a := s.find(p)
	if a != nil {
		return a
	}
	edited := *m
	edited.Buttons = buttons
	return m.become(edited, c)
}

func (m *Message) become(edited Message, c *chat) *answer {
	if m.same(edited) {
		return bad(sameMessage)
	}
	*m = edited
	m.Edits++
	return &answer{result: m.json(c), message: m.ID}
}

func (m *Message) same(other Message) bool {
	return m.Text == other.Text && m.Caption == other.Caption && slices.Equal(m.Entities, other.Entities) &&
		slices.EqualFunc(m.Buttons, other.Buttons, slices.Equal[[]Button])
}

func (s *Server) deleteMessage(p params) *answer {
	switch {
	case p.get("chat_id") == "":
		return bad("chat identifier is not specified")
	case p.int("message_id") == 0:
		return bad("message identifier is not specified")
	}
	c, a := s.reach(p)
	if a != nil {
		return a
	}
	m := c.message(int(p.int("message_id")))
	switch {
	case m == nil || m.Deleted:
		return bad("message to delete not found")
	case m.frozen, time.Since(m.Date) > deletable:
		return bad("message can't be deleted for everyone")
	}
	m.Deleted = true
	return &answer{result: true, message: m.ID}
}

func (s *Server) answerCallbackQuery(p params) *answer {
	q, ok := s.queries[p.get("callback_query_id")]
	text := p.get("text")
	switch {
	case !ok || time.Now().After(q.until):
		return bad(lateAnswer)
	case utf8.RuneCountInString(text) > 200:
		return bad("MESSAGE_TOO_LONG")
	}
	if q.toast == nil {
		q.toast = &text
	}
	return yes()
}

func (s *Server) sendChatAction(p params) *answer {
	if _, a := s.reach(p); a != nil {
		return a
	}
	if p.get("action") == "" {
		return bad("wrong parameter action in request")
	}
	return yes()
}

var commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (s *Server) setMyCommands(p params) *answer {
	var commands []struct {
		Command     *string `json:"command"`
		Description *string `json:"description"`
	}
	switch err := json.Unmarshal([]byte(p.get("commands")), &commands); {
	case p.get("commands") == "": // there are none
	case !json.Valid([]byte(p.get("commands"))):
		return bad("can't parse commands JSON object")
	case err != nil:
		return bad("expected an Array of BotCommand")
	}
	if len(commands) > 100 {
		return bad("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range commands {
		switch {
		case c.Command == nil:
			return bad(`can't parse BotCommand: Can't find field "command"`)
		case c.Description == nil:
			return bad(`can't parse BotCommand: Can't find field "description"`)
		case !commandForm.MatchString(*c.Command):
			return bad("BOT_COMMAND_INVALID")
		case *c.Description == "" || utf8.RuneCountInString(*c.Description) > 256:
			return bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.profile.commands = json.RawMessage(cmp.Or(p.get("commands"), "[]"))
	return yes()
}

func (s *Server) getMyCommands(params) *answer { return &answer{result: s.profile.commands} }

func (s *Server) setMyDescription(p params) *answer {
	if utf8.RuneCountInString(p.get("description")) > 512 {
		return bad("DESCRIPTION_TOO_LONG")
	}
	s.profile.description = p.get("description")
	return yes()
}

func (s *Server) getMyDescription(params) *answer {
	return &answer{result: map[string]string{"description": s.profile.description}}
}

func (s *Server) setMyShortDescription(p params) *answer {
	if utf8.RuneCountInString(p.get("short_description")) > 120 {
		return bad("SHORT_DESCRIPTION_TOO_LONG")
	}
	s.profile.short = p.get("short_description")
	return yes()
}

func (s *Server) getMyShortDescription(params) *answer {
	return &answer{result: map[string]string{"short_description": s.profile.short}}
}
