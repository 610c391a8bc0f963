package telegram

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
)

// written returns an attachment with the given content.
func written(t *testing.T, name string, data []byte) bot.Attachment {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return bot.Attachment{Path: path, Name: name, Size: int64(len(data))}
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A message with a file arrives with its name, its words, its buttons and every
// byte, also when the server asks for it a second time.
func TestAFileIsSent(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	u.Say("/start")
	data := bytes.Repeat([]byte("证据"), 1<<18)
	m := bot.Message{
		Text: "**证据包**\n共 2 份。", Buttons: [][]bot.Button{{button("看看", "1")}},
		File: written(t, `证据 "包" 1.zip`, data), Replace: true,
	}
	remove := srv.Inject(telegramtest.Fault{Kind: telegramtest.BadGateway, Method: "sendDocument", Times: 1})
	_, err := c.Send(context.Background(), 7, m, 0, false)
	wantRefusal(t, err, bot.Unreachable)
	remove()
	id := mustSend(t, c, 7, m, 3)
	got := u.Last()
	if got.ID != int(id) || got.Caption != "证据包\n共 2 份。" || got.File == nil || got.File.Name != `证据 "包" 1.zip` || !bytes.Equal(got.File.Data, data) {
		t.Fatalf("arrived: %q %+v", got.Caption, got.File)
	}
	if len(got.Buttons) != 1 || got.Buttons[0][0].Label != "看看" {
		t.Errorf("buttons %+v", got.Buttons)
	}
	m.File, m.Text = written(t, "图.png", picture(t)), ""
	m.File.Photo = true
	mustSend(t, c, 7, m, 0)
	if got := u.Last(); got.File == nil || got.File.Kind != "photo" || got.Caption != "" {
		t.Errorf("the picture arrived as %+v", got.File)
	}
}

// What can be wrong with a file, and what it means for the message.
func TestFilesThatAreRefused(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	u := srv.User(7)
	u.Say("/start")
	small := written(t, "a.zip", []byte("x"))
	photo := small
	photo.Photo = true
	gone := bot.Attachment{Path: filepath.Join(t.TempDir(), "secret-name"), Name: "a"}
	huge := written(t, "a.zip", nil)
	if err := os.Truncate(huge.Path, maxUpload+1); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		m    bot.Message
		want bot.Reason
	}{
		{"a file that is not there", bot.Message{File: gone}, bot.Rejected},
		{"a file of more than 50 MB", bot.Message{File: huge}, bot.Rejected},
		{"an empty file", bot.Message{File: written(t, "a", nil)}, bot.Rejected},
		{"a picture that is none", bot.Message{File: photo}, bot.Rejected},
		{"too many words", bot.Message{File: small, Text: strings.Repeat("长", maxCaption+1)}, bot.Rejected},
	} {
		_, err := c.Send(context.Background(), 7, test.m, 0, false)
		if err == nil || strings.Contains(err.Error(), "secret-name") {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		wantRefusal(t, err, test.want)
	}
	u.Block()
	_, err := c.Send(context.Background(), 7, bot.Message{File: small}, 0, false)
	wantRefusal(t, err, bot.Blocked)
}

func TestSignal(t *testing.T) {
	srv := telegramtest.New(t)
	c, _ := newClient(t, srv)
	srv.User(7).Say("/start")
	for _, file := range []bool{false, true} {
		if err := c.Signal(context.Background(), 7, file); err != nil {
			t.Errorf("file %v: %v", file, err)
		}
	}
	wantRefusal(t, c.Signal(context.Background(), 8, true), bot.Rejected)
}
