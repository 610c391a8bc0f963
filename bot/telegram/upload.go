package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"strconv"

	"tixianbot/bot"
)

// What the Bot API takes.
const (
	maxUpload  = 50 << 20 // bytes of a file
	maxCaption = 1024     // UTF-16 units of the words beside it
)

// upload sends a message with a file.
func (c *Client) upload(ctx context.Context, chat bot.ChatID, m bot.Message, keys *keyboard, plain bool) (bot.MessageID, error) {
	parts := split(layout(m.Text), maxCaption)
	if len(parts) > 1 {
		return 0, &bot.Refusal{Reason: bot.Rejected, Err: errors.New("telegram: the words beside a file are too long")}
	}
	method, field := "sendDocument", "document"
	if m.File.Photo {
		method, field = "sendPhoto", "photo"
	}
	f := form{open: c.openFile, path: m.File.Path, field: field, name: m.File.Name}
	f.text("chat_id", strconv.FormatInt(int64(chat), 10))
	if len(parts) == 1 {
		b := newBody(parts[0], plain)
		f.text("caption", b.text)
		f.text("parse_mode", b.mode)
	}
	if keys != nil {
		markup, err := json.Marshal(keys)
		if err != nil {
			return 0, &bot.Refusal{Reason: bot.Rejected, Err: err}
		}
		f.text("reply_markup", string(markup))
	}
	return c.sendForm(ctx, method, f)
}

func (c *Client) sendForm(ctx context.Context, method string, f form) (bot.MessageID, error) {
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	req, err := f.request(ctx, c.base+method)
	if err != nil {
		return 0, &bot.Refusal{Reason: bot.Rejected, Err: err}
	}
	var sent struct {
		ID bot.MessageID `json:"message_id"`
	}
	resp, answer, err := c.wire.exchange(req)
	if err == nil {
		err = judge(resp.StatusCode, answer, &sent)
	}
	if err := c.refuseText(err, false); err != nil {
		return 0, err
	}
	return sent.ID, nil
}

// OpenFilesWith has files to be sent, which are read from the disk otherwise,
// opened with open, which says how long they are. It is called before anything
// is sent.
func (c *Client) OpenFilesWith(open func(path string) (io.ReadCloser, int64, error)) {
	c.openFile = open
}

// fromDisk opens a file that lies on the disk as it is to be sent.
func fromDisk(path string) (io.ReadCloser, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// form is a multipart form with one file, which is read while it is sent.
type form struct {
	open              func(path string) (io.ReadCloser, int64, error)
	path, field, name string
	texts             [][2]string
}

// text adds a field, unless it is empty.
func (f *form) text(name, value string) {
	if value != "" {
		f.texts = append(f.texts, [2]string{name, value})
	}
}

// request returns the request that posts the form. No error of it shows a path.
func (f form) request(ctx context.Context, address string) (*http.Request, error) {
	head, tail, kind, err := f.frame()
	if err != nil {
		return nil, err
	}
	var size int64
	body := func() (io.ReadCloser, error) {
		file, length, err := f.open(f.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, errors.New("telegram: the file to be sent is not there")
		case err != nil:
			return nil, errors.New("telegram: the file to be sent cannot be read")
		case length > maxUpload:
			_ = file.Close()
			return nil, fmt.Errorf("telegram: a file of %d bytes is too large to be sent", length)
		}
		size = length
		return struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(head), file, bytes.NewReader(tail)), file}, nil
	}
	first, err := body()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, first)
	if err != nil {
		_ = first.Close()
		return nil, errors.New("telegram: the API address cannot be used")
	}
	req.ContentLength, req.GetBody = int64(len(head))+size+int64(len(tail)), body
	req.Header.Set("Content-Type", kind)
	return req, nil
}

// frame returns what stands before and behind the content of the file, and the
// content type of all.
func (f form) frame() (head, tail []byte, kind string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, t := range f.texts {
		if err := w.WriteField(t[0], t[1]); err != nil {
			return nil, nil, "", fmt.Errorf("write a form: %w", err)
		}
	}
	if _, err := w.CreateFormFile(f.field, f.name); err != nil {
		return nil, nil, "", fmt.Errorf("write a form: %w", err)
	}
	cut := b.Len()
	if err := w.Close(); err != nil {
		return nil, nil, "", fmt.Errorf("write a form: %w", err)
	}
	return b.Bytes()[:cut:cut], b.Bytes()[cut:], w.FormDataContentType(), nil
}

// Signal shows in a chat, for some seconds, that the bot is writing or, with
// file, that it is making a file. Every error is a [*bot.Refusal].
func (c *Client) Signal(ctx context.Context, chat bot.ChatID, file bool) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	action := "typing"
	if file {
		action = "upload_document"
	}
	err := c.call(ctx, "sendChatAction", struct {
		Chat   bot.ChatID `json:"chat_id"`
		Action string     `json:"action"`
	}{chat, action}, new(present))
	return refuse(err, false)
}
