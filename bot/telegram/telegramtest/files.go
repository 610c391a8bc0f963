package telegramtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // the kinds of photos whose edges are known
	_ "image/png"
	"net/http"
	"path"
	"strings"
	"time"
)

// Limits of the public Bot API server.
const (
	maxUpload   = 50 << 20 // of a file that the bot sends
	maxPhoto    = 10 << 20 // of a photo that the bot sends
	maxDownload = 20 << 20 // of a file that the bot fetches
	maxBody     = maxUpload + 1<<20
	maxCaption  = 1024 // UTF-16 units
	minAlbum    = 2
	maxAlbum    = 10
)

// DownloadMethod is the name under which downloads of files are noted by
// [Server.Calls] and can have faults: [CutAfter] cuts them half-way.
const DownloadMethod = "download"

// File is a file that the server keeps.
type File struct {
	Kind   string // "photo", "document" …
	ID     string // what the bot knows it by
	Unique string // the same for the same content
	Name   string
	MIME   string
	Size   int64 // as it is told, also where Data is shorter
	Data   []byte

	lost bool // the server does not have it any more
}

// keep adds a file to those that the server has; s.mu is held.
func (s *Server) keep(f File) *File {
	sum := sha256.Sum256(f.Data)
	f.Unique = f.Kind[:1] + hex.EncodeToString(sum[:8])
	f.ID = fmt.Sprintf("%s-%d", f.Kind, len(s.files)+1)
	if f.Size == 0 {
		f.Size = int64(len(f.Data))
	}
	s.files[f.ID] = &f
	return &f
}

// json is the file as a message shows it.
func (f *File) json() any {
	if f.Kind == "photo" {
		return f.sizes()
	}
	out := map[string]any{"file_id": f.ID, "file_unique_id": f.Unique, "file_size": f.Size}
	if f.Name != "" {
		out["file_name"] = f.Name
	}
	if f.MIME != "" {
		out["mime_type"] = f.MIME
	}
	if f.Kind == "voice" {
		out["duration"] = 1
	}
	return out
}

// sizes are those of a photo; the file is the largest. The others have ids of
// their own, and cannot be fetched here.
func (f *File) sizes() []map[string]any {
	var out []map[string]any
	for i, edge := range []int{90, 320, 1280} {
		size := map[string]any{
			"file_id": fmt.Sprint(f.ID, "-", edge), "file_unique_id": fmt.Sprint(f.Unique, edge),
			"width": edge, "height": edge, "file_size": max(1, f.Size*int64(i+1)/4),
		}
		if i == 2 {
			size["file_id"], size["file_unique_id"], size["file_size"] = f.ID, f.Unique, f.Size
		}
		out = append(out, size)
	}
	return out
}

func (f *File) path() string { return f.Kind + "s/" + f.Unique + path.Ext(f.Name) }

func (s *Server) getFile(p params) *answer {
	f, ok := s.files[p.get("file_id")]
	switch {
	case p.get("file_id") == "":
		return bad("file_id not specified")
	case !ok:
		return bad("invalid file_id")
	case f.lost:
		return bad("wrong file_id or the file is temporarily unavailable")
	case f.Size > maxDownload:
		return bad("file is too big")
	}
	s.links[f.path()] = f
	return &answer{result: map[string]any{
		"file_id": f.ID, "file_unique_id": f.Unique, "file_size": f.Size, "file_path": f.path(),
	}}
}

// Lose lets the server forget the content of a file.
func (s *Server) Lose(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.files[id]; ok {
		f.lost = true
		delete(s.links, f.path())
	}
}

// ExpireLinks makes all that getFile has answered so far of no use.
func (s *Server) ExpireLinks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.links)
}

// download answers a request for a file; it reports whether r is one.
func (s *Server) download(w http.ResponseWriter, r *http.Request) bool {
	rest, ok := strings.CutPrefix(r.URL.Path, "/file/bot")
	if !ok {
		return false
	}
	token, name, _ := strings.Cut(rest, "/")
	f := s.draw(DownloadMethod, params{})
	a := f.instead()
	s.mu.Lock()
	file, known := s.links[name]
	s.mu.Unlock()
	switch {
	case a != nil:
	case token != Token:
		a = refuse(http.StatusUnauthorized, "Unauthorized")
	case !known:
		a = refuse(http.StatusNotFound, "Not Found")
	}
	if f != nil && f.Kind == Hang {
		s.hang(r.Context(), DownloadMethod, params{})
	}
	if a != nil {
		s.note(DownloadMethod, params{}, a)
		a.write(w)
		return true
	}
	s.serve(w, file, f != nil && f.Kind == CutAfter)
	return true
}

// serve writes a file, or half of it.
func (s *Server) serve(w http.ResponseWriter, f *File, cut bool) {
	s.note(DownloadMethod, params{}, &answer{code: http.StatusOK, cut: cut})
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", fmt.Sprint(len(f.Data)))
	if !cut {
		_, _ = w.Write(f.Data)
		return
	}
	_, _ = w.Write(f.Data[:len(f.Data)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (s *Server) sendDocument(p params) *answer { return s.sendFile("document", p) }

func (s *Server) sendPhoto(p params) *answer { return s.sendFile("photo", p) }

func (s *Server) sendFile(kind string, p params) (a *answer) {
	m := &Message{FromBot: true, Date: time.Now()}
	if m.File, a = s.media(kind, kind, p.get(kind), p); a != nil {
		return a
	}
	if a := m.fillCaption(p); a != nil {
		return a
	}
	c, a := s.reach(p)
	if a != nil {
		return a
	}
	m.Chat = c.id
	s.post(c, m)
	return &answer{result: m.json(c), message: m.ID}
}

// post gives a message its number and shows it.
func (s *Server) post(c *chat, m *Message) {
	s.lastID++
	m.ID = s.lastID
	c.messages = append(c.messages, m)
}

// media returns the file that the field names: an upload of that name, one that
// is attached, or one that the server has.
func (s *Server) media(kind, field, value string, p params) (*File, *answer) {
	if name, ok := strings.CutPrefix(value, "attach://"); ok {
		field, value = name, ""
	}
	up, uploaded := p.files[field]
	switch {
	case uploaded:
		return s.take(kind, up)
	case value == "":
		return nil, bad("there is no " + kind + " in the request")
	}
	f, ok := s.files[value]
	switch {
	case !ok:
		return nil, bad("wrong file identifier/HTTP URL specified")
	case f.Kind != kind:
		return nil, bad(fmt.Sprintf("can't use file of type %s as %s", title(f.Kind), title(kind)))
	}
	return f, nil
}

func title(kind string) string { return strings.ToUpper(kind[:1]) + kind[1:] }

// take accepts an upload.
func (s *Server) take(kind string, up upload) (*File, *answer) {
	switch {
	case len(up.data) == 0:
		return nil, bad("file must be non-empty")
	case len(up.data) > maxUpload:
		return nil, refuse(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	case kind == "photo" && len(up.data) > maxPhoto:
		return nil, bad(fmt.Sprintf("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(up.data), maxPhoto))
	case kind == "photo" && !strings.HasPrefix(http.DetectContentType(up.data), "image/"):
		return nil, bad("IMAGE_PROCESS_FAILED")
	case kind == "photo" && !goodSize(up.data):
		return nil, bad("PHOTO_INVALID_DIMENSIONS")
	}
	return s.keep(File{Kind: kind, Name: up.name, MIME: up.mime, Data: up.data}), nil
}

// goodSize reports whether a photo has edges as Telegram takes them, as far as
// that can be told.
func goodSize(data []byte) bool {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return true
	}
	short, long := min(c.Width, c.Height), max(c.Width, c.Height)
	return short+long <= 10_000 && long <= 20*short
}

// fillCaption takes caption and keyboard from p.
func (m *Message) fillCaption(p params) *answer {
	caption, entities, a := parse(p.get("caption"), p.get("parse_mode"))
	if a != nil {
		return a
	}
	if units(caption) > maxCaption {
		return bad("message caption is too long")
	}
	buttons, a := parseKeyboard(p.get("reply_markup"))
	if a != nil {
		return a
	}
	m.Caption, m.Entities, m.Buttons = caption, entities, buttons
	return nil
}

func (s *Server) editMessageCaption(p params) *answer {
	var words Message
	if a := words.fillCaption(p); a != nil {
		return a
	}
	c, m, a := s.find(p)
	if a != nil {
		return a
	}
	if m.File == nil {
		return bad("there is no caption in the message to edit")
	}
	edited := *m
	edited.Caption, edited.Entities, edited.Buttons = words.Caption, words.Entities, words.Buttons
	return m.become(edited, c)
}

// wireMedia is one item of an album that the bot sends.
type wireMedia struct {
	Type    string `json:"type"`
	Media   string `json:"media"`
	Caption string `json:"caption"`
	Mode    string `json:"parse_mode"`
}

func (s *Server) sendMediaGroup(p params) *answer {
	var items []wireMedia
	if json.Unmarshal([]byte(p.get("media")), &items) != nil {
		return bad("can't parse media JSON object")
	}
	if a := checkAlbum(items); a != nil {
		return a
	}
	c, a := s.reach(p)
	if a != nil {
		return a
	}
	s.albums++
	var sent []*Message
	for _, item := range items {
		m := &Message{Chat: c.id, FromBot: true, Date: time.Now(), Album: fmt.Sprint("album-", s.albums)}
		if m.File, a = s.media(item.Type, "", item.Media, p); a != nil {
			return a
		}
		if a := m.fillCaption(params{texts: map[string]string{"caption": item.Caption, "parse_mode": item.Mode}}); a != nil {
			return a
		}
		sent = append(sent, m)
	}
	var result []any
	for _, m := range sent {
		s.post(c, m)
		result = append(result, m.json(c))
	}
	return &answer{result: result, message: sent[0].ID}
}

func checkAlbum(items []wireMedia) *answer {
	switch {
	case len(items) < minAlbum:
		return bad("there are no messages to send")
	case len(items) > maxAlbum:
		return bad("too many messages to send as an album")
	}
	for _, item := range items {
		switch {
		case item.Type != "photo" && item.Type != "document":
			return bad("can't parse InputMedia: type must be photo or document here")
		case item.Type != items[0].Type:
			return bad("document can't be mixed with other media types")
		}
	}
	return nil
}

// Thing is a file as a user sends it.
type Thing struct {
	Kind      string // "photo", "document", "voice", "sticker" or "video"
	Data      []byte
	Size      int64 // what it is said to have; 0 is the length of Data
	Name      string
	MIME      string
	Caption   string
	Forwarded time.Time // when somebody else first sent it; zero is not at all
}

// Send sends things, several in one go as an album, and returns the ids of
// their messages. What has no data gets some.
func (u *User) Send(things ...Thing) (ids []int) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	album := ""
	if len(things) > 1 {
		u.s.albums++
		album = fmt.Sprint("album-", u.s.albums)
	}
	for _, t := range things {
		if t.Data == nil {
			t.Data = []byte("the content of a " + t.Kind)
		}
		f := u.s.keep(File{Kind: t.Kind, Name: t.Name, MIME: t.MIME, Size: t.Size, Data: t.Data})
		m := &Message{Caption: t.Caption, File: f, Album: album}
		if !t.Forwarded.IsZero() {
			m.origin = origin(t.Forwarded)
		}
		ids = append(ids, u.send(m))
	}
	return ids
}

// origin is what a forwarded message says of where it comes from.
func origin(at time.Time) map[string]any {
	return map[string]any{"type": "hidden_user", "sender_user_name": "Someone", "date": at.Unix()}
}

// FileOf returns the file with an id, with its data.
func (s *Server) FileOf(id string) (File, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[id]
	if !ok {
		return File{}, false
	}
	return *f, true
}
