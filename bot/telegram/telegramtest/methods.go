package telegramtest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

const (
	maxText     = 4096 // UTF-16 units
	maxData     = 64   // bytes of callback data
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

func (s *Server) sendMessage(p params) *answer {
	c, a := s.reach(p)
	if a != nil {
		return a
	}
	m := &Message{Chat: c.id, FromBot: true, Date: time.Now()}
	if a := m.fill(p); a != nil {
		return a
	}
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
	if text, entities, a = parse(p.get("text"), p.get("parse_mode")); a != nil {
		return "", nil, a
	}
	switch {
	case !anyVisible(text):
		return "", nil, bad("message text is empty")
	case units(text) > maxText:
		return "", nil, bad("message is too long")
	}
	return text, entities, nil
}

// parse returns what is shown of a text or a caption.
func parse(source, mode string) (text string, entities []Entity, a *answer) {
	switch mode {
	case "":
		return shown(source), nil, nil
	case "HTML", "html":
		text, entities, err := ParseHTML(source)
		if err != nil {
			return "", nil, bad("can't parse entities: " + err.Error())
		}
		return text, entities, nil
	}
	return "", nil, bad("unsupported parse_mode")
}

type wireButton struct {
	Text string  `json:"text"`
	Data *string `json:"callback_data"`
	URL  *string `json:"url"`
}

func parseKeyboard(raw string) ([][]Button, *answer) {
	if raw == "" {
		return nil, nil
	}
	var markup struct {
		Rows [][]wireButton `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(raw), &markup) != nil || markup.Rows == nil {
		return nil, bad("can't parse reply keyboard markup JSON object")
	}
	var rows [][]Button
	count := 0
	for _, wires := range markup.Rows {
		var row []Button
		for _, w := range wires {
			if a := w.check(); a != nil {
				return nil, a
			}
			b := Button{Label: w.Text}
			if w.Data != nil {
				b.Data = *w.Data
			}
			row = append(row, b)
			count++
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	if count > maxButtons {
		return nil, bad("REPLY_MARKUP_TOO_LONG")
	}
	return rows, nil
}

func (w wireButton) check() *answer {
	switch {
	case !anyVisible(w.Text):
		return bad("can't parse inline keyboard button: Field \"text\" must be of type String")
	case w.Data == nil && w.URL == nil:
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case w.Data != nil && (len(*w.Data) < 1 || len(*w.Data) > maxData):
		return bad("BUTTON_DATA_INVALID")
	}
	return nil
}

// find returns a message that the bot may change, or why it may not.
func (s *Server) find(p params) (*chat, *Message, *answer) {
	c, a := s.reach(p)
	if a != nil {
		return nil, nil, a
	}
	m := c.message(int(p.int("message_id")))
	switch {
	case p.int("message_id") <= 0:
		return nil, nil, bad("message identifier is not specified")
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
	c, m, a := s.find(p)
	if a != nil {
		return a
	}
	if m.File != nil {
		return bad("there is no text in the message to edit")
	}
	edited := *m
	if a := edited.fill(p); a != nil {
		return a
	}
	return m.become(edited, c)
}

func (s *Server) editMessageReplyMarkup(p params) *answer {
	c, m, a := s.find(p)
	if a != nil {
		return a
	}
	edited := *m
	if edited.Buttons, a = parseKeyboard(p.get("reply_markup")); a != nil {
		return a
	}
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
	c, a := s.reach(p)
	if a != nil {
		return a
	}
	m := c.message(int(p.int("message_id")))
	switch {
	case p.int("message_id") <= 0:
		return bad("message identifier is not specified")
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
		Command     string `json:"command"`
		Description string `json:"description"`
	}
	if json.Unmarshal([]byte(p.get("commands")), &commands) != nil {
		return bad("can't parse commands")
	}
	if len(commands) > 100 {
		return bad("BOT_COMMANDS_TOO_MUCH")
	}
	for _, c := range commands {
		n := utf8.RuneCountInString(c.Description)
		if !commandForm.MatchString(c.Command) {
			return bad("BOT_COMMAND_INVALID")
		}
		if n < 1 || n > 256 {
			return bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	s.profile.commands = json.RawMessage(p.get("commands"))
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
