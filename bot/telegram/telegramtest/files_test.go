package telegramtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// upload calls a method with a file in the request.
func (a *api) upload(method, field, name string, data []byte, nameValues ...string) (r reply) {
	a.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(nameValues); i += 2 {
		_ = form.WriteField(nameValues[i], nameValues[i+1])
	}
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		a.t.Fatal(err)
	}
	_, _ = part.Write(data)
	form.Close()
	resp, err := a.http.Post(a.url+method, form.FormDataContentType(), &body)
	if err != nil {
		return reply{}
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		a.t.Error(err)
	}
	return r
}

// fetch downloads what getFile gave for a file, and returns it with the status.
func (a *api) fetch(id string) ([]byte, int, error) {
	a.t.Helper()
	var file struct {
		Path string `json:"file_path"`
	}
	if err := json.Unmarshal(a.ok("getFile", "file_id", id).Result, &file); err != nil {
		a.t.Fatal(err)
	}
	return a.get(file.Path)
}

func (a *api) get(path string) ([]byte, int, error) {
	a.t.Helper()
	resp, err := a.http.Get(strings.Replace(a.url, "/bot", "/file/bot", 1) + path)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return data, resp.StatusCode, err
}

// sent is what a bot reads of a message with a file.
type sent struct {
	ID    int    `json:"message_id"`
	Album string `json:"media_group_id"`
	Photo []struct {
		ID    string `json:"file_id"`
		Width int    `json:"width"`
		Size  int64  `json:"file_size"`
	} `json:"photo"`
	Document *struct {
		ID   string `json:"file_id"`
		Name string `json:"file_name"`
		MIME string `json:"mime_type"`
	} `json:"document"`
	Caption string `json:"caption"`
	Origin  *struct {
		Date int64 `json:"date"`
	} `json:"forward_origin"`
}

func (a *api) messages() (out []sent) {
	a.t.Helper()
	var updates []struct {
		Message *sent `json:"message"`
	}
	if err := json.Unmarshal(a.ok("getUpdates").Result, &updates); err != nil {
		a.t.Fatal(err)
	}
	for _, u := range updates {
		if u.Message != nil {
			out = append(out, *u.Message)
		}
	}
	return out
}

func TestAnAlbumIsSeveralMessages(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	data := []byte("the third photo")
	at := time.Unix(1_700_000_000, 0)
	srv.User(7).Send(
		Thing{Kind: "photo", Caption: "all three"}, Thing{Kind: "photo"},
		Thing{Kind: "photo", Data: data, Forwarded: at})
	srv.User(7).Photo("one alone")
	got := a.messages()
	if len(got) != 4 || got[0].Album == "" || got[0].Album != got[2].Album || got[3].Album != "" {
		t.Fatalf("messages %+v", got)
	}
	if got[0].Caption != "all three" || got[1].Caption != "" || got[2].Origin == nil || got[2].Origin.Date != at.Unix() {
		t.Errorf("messages %+v", got)
	}
	largest := got[2].Photo[len(got[2].Photo)-1]
	if file, code, err := a.fetch(largest.ID); err != nil || code != 200 || !bytes.Equal(file, data) || largest.Size != int64(len(data)) {
		t.Errorf("the photo is %q, %d, %v", file, code, err)
	}
}

func TestADownloadGoesWrongAsItDoes(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	data := bytes.Repeat([]byte("x"), 1<<16)
	u.Send(Thing{Kind: "document", Name: "a.pdf", Data: data})
	u.Send(Thing{Kind: "document", Name: "big.zip", Size: maxDownload + 1})
	files := a.messages()
	id := files[0].Document.ID
	a.want(400, "file_id not specified", "getFile")
	a.want(400, "invalid file_id", "getFile", "file_id", "nothing")
	a.want(400, "file is too big", "getFile", "file_id", files[1].Document.ID)
	srv.Inject(Fault{Kind: CutAfter, Method: DownloadMethod, Times: 1})
	if got, _, err := a.fetch(id); err == nil || len(got) >= len(data) {
		t.Errorf("%d bytes came, %v", len(got), err)
	}
	srv.Inject(Fault{Kind: BadGateway, Method: DownloadMethod, Times: 1})
	if _, code, _ := a.fetch(id); code != 502 {
		t.Errorf("status %d, want 502", code)
	}
	if got, code, err := a.fetch(id); code != 200 || err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %d, %v", len(got), code, err)
	}
	f, _ := srv.FileOf(id)
	srv.ExpireLinks()
	if _, code, _ := a.get(f.path()); code != 404 {
		t.Errorf("an old link gives %d", code)
	}
	if n := len(srv.Calls(DownloadMethod)); n != 4 {
		t.Errorf("%d downloads are noted, want 4", n)
	}
}

var tinyPNG = []byte("\x89PNG\r\n\x1a\n and so on")

func TestTheBotSendsFiles(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	data := []byte("%PDF-1.7")
	if r := a.upload("sendDocument", "document", "证据包.pdf", data, "chat_id", "7", "parse_mode", "HTML",
		"caption", "<b>"+strings.Repeat("&amp;", 1024)+"</b>", "reply_markup", keys); !r.OK {
		t.Fatalf("sendDocument: %+v", r)
	}
	m := u.Last()
	if m.File == nil || m.File.Name != "证据包.pdf" || !bytes.Equal(m.File.Data, data) || len(m.Caption) != 1024 || len(m.Labels()) != 2 {
		t.Fatalf("the user sees %+v", m)
	}
	a.ok("sendDocument", "chat_id", "7", "document", m.File.ID)
	if got := u.Last(); got.File.Unique != m.File.Unique {
		t.Errorf("the file came again as %+v", got.File)
	}
	if r := a.upload("sendPhoto", "photo", "a.png", tinyPNG, "chat_id", "7"); !r.OK {
		t.Errorf("sendPhoto: %+v", r)
	}
	a.ok("editMessageCaption", "chat_id", "7", "message_id", fmt.Sprint(m.ID), "caption", "shorter")
	if got := u.Messages()[0].Caption; got != "shorter" {
		t.Errorf("caption %q", got)
	}
}

// pngOf returns a picture of a size.
func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black})); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRefusedFiles(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	srv.User(7).Document("")
	id := a.messages()[0].Document.ID
	a.ok("sendMessage", "chat_id", "7", "text", "x")
	text := fmt.Sprint(srv.User(7).Last().ID)
	a.ok("sendDocument", "chat_id", "7", "document", id)
	file := fmt.Sprint(srv.User(7).Last().ID)

	refused := func(r reply, code int, words string) {
		t.Helper()
		if r.OK || r.Code != code || !strings.Contains(r.Description, words) {
			t.Errorf("%+v, want %d %q", r, code, words)
		}
	}
	a.want(400, "there is no document in the request", "sendDocument", "chat_id", "7")
	a.want(400, "wrong file identifier", "sendDocument", "chat_id", "7", "document", "nothing")
	a.want(400, "can't use file of type Document as Photo", "sendPhoto", "chat_id", "7", "photo", id)
	a.want(400, "caption is too long", "sendDocument", "chat_id", "7", "document", id, "caption", strings.Repeat("长", 1025))
	a.want(400, "can't parse entities", "sendDocument", "chat_id", "7", "document", id, "caption", "<b>", "parse_mode", "HTML")
	a.want(400, "no text in the message to edit", "editMessageText", "chat_id", "7", "message_id", file, "text", "x")
	a.want(400, "no caption in the message to edit", "editMessageCaption", "chat_id", "7", "message_id", text, "caption", "x")
	a.want(400, "not modified", "editMessageCaption", "chat_id", "7", "message_id", file)
	refused(a.upload("sendDocument", "document", "a", nil, "chat_id", "7"), 400, "file must be non-empty")
	refused(a.upload("sendPhoto", "photo", "a", []byte("words"), "chat_id", "7"), 400, "IMAGE_PROCESS_FAILED")
	refused(a.upload("sendPhoto", "photo", "a", pngOf(t, 5001, 5000), "chat_id", "7"), 400, "PHOTO_INVALID_DIMENSIONS")
	refused(a.upload("sendPhoto", "photo", "a", pngOf(t, 4, 81), "chat_id", "7"), 400, "PHOTO_INVALID_DIMENSIONS")
	refused(a.upload("sendPhoto", "photo", "a", append(slices.Clone(tinyPNG), make([]byte, maxPhoto)...), "chat_id", "7"), 400, "too big for a photo")
	refused(a.upload("sendDocument", "document", "a", make([]byte, maxUpload+1), "chat_id", "7"), 413, "Too Large")
	refused(a.upload("sendDocument", "document", "a", make([]byte, maxBody+1), "chat_id", "7"), 413, "Too Large")
}

func TestTheBotSendsAnAlbum(t *testing.T) {
	srv := New(t)
	a := newAPI(t, srv)
	u := srv.User(7)
	u.Document("")
	id := a.messages()[0].Document.ID
	doc := `{"type":"document","media":"` + id + `","caption":"one"}`
	r := a.upload("sendMediaGroup", "second", "b.pdf", []byte("%PDF"), "chat_id", "7",
		"media", `[`+doc+`,{"type":"document","media":"attach://second"}]`)
	if got := u.Messages(); !r.OK || len(got) != 2 || got[0].Album == "" || got[0].Album != got[1].Album || got[0].Caption != "one" {
		t.Fatalf("%+v: the user sees %+v", r, got)
	}
	for media, words := range map[string]string{
		`{`:             "can't parse media",
		`[` + doc + `]`: "no messages to send",
		`[` + doc + strings.Repeat(","+doc, 10) + `]`:               "too many messages",
		`[` + doc + `,{"type":"photo","media":"x"}]`:                "can't be mixed",
		`[` + doc + `,{"type":"document","media":"attach://gone"}]`: "there is no document",
	} {
		a.want(400, words, "sendMediaGroup", "chat_id", "7", "media", media)
	}
	if got := len(u.Messages()); got != 2 {
		t.Errorf("%d messages, want those of the first album", got)
	}
}

func TestAMessageCanBeDeletedForTwoDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := New(t)
		a := &api{t, PipeURL + "/bot" + Token + "/", &http.Client{Transport: srv.Transport()}}
		u := srv.User(7)
		one, two := fmt.Sprint(u.Say("one")), fmt.Sprint(u.Say("two"))
		time.Sleep(deletable)
		a.ok("deleteMessage", "chat_id", "7", "message_id", one)
		a.want(400, "to delete not found", "deleteMessage", "chat_id", "7", "message_id", one)
		a.want(400, "identifier is not specified", "deleteMessage", "chat_id", "7")
		time.Sleep(time.Second)
		a.want(400, "can't be deleted", "deleteMessage", "chat_id", "7", "message_id", two)
		a.http.CloseIdleConnections()
		srv.Close()
	})
}
