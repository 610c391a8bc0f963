package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// keyboard has two rows: 没有 and 有, then 不知道.
var keyboard = [][]bot.Button{
	{{Label: "没有", Press: bot.Press{Case: 1, Rev: 2, Act: "a", Arg: "no"}}, {Label: "有", Press: bot.Press{Case: 1, Rev: 2, Act: "a", Arg: "yes"}}},
	{{Label: "☐ 不知道", Press: bot.Press{Case: 1, Rev: 2, Act: "skip"}}},
}

// screen is a terminal that prints into a buffer.
func screen() (*Terminal, *bytes.Buffer) {
	var out bytes.Buffer
	return New(&out, noon), &out
}

func send(t *testing.T, term *Terminal, m bot.Message, replace bot.MessageID) bot.MessageID {
	t.Helper()
	id, err := term.Send(t.Context(), Chat, m, replace, false)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestMessagesAreShownAsTheyAreInAMessenger(t *testing.T) {
	term, out := screen()
	id := send(t, term, bot.Message{
		Text:    "# 先看这里\n\n- **不要**再提交\n1. 截图 `E1024`\n> 你说的\n[规定](https://example.org/a)\n```\n可以复制\n```\n",
		Buttons: keyboard,
	}, 0)
	send(t, term, bot.Message{Text: "改过的话"}, id)
	if err := term.Answer(t.Context(), "press", "好了"); err != nil {
		t.Fatal(err)
	}
	if err := term.Answer(t.Context(), "press", ""); err != nil {
		t.Fatal(err)
	}
	if err := term.Delete(t.Context(), Chat, 7); err != nil {
		t.Fatal(err)
	}
	want := `
▌先看这里

• 不要再提交
1. 截图 E1024
│ 你说的
规定 <https://example.org/a>
    可以复制
  1) 没有   2) 有
  3) ☐ 不知道

↻ 改过的话
· 好了
⌫
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestNothingThatWasTypedSteersTheTerminal(t *testing.T) {
	term, out := screen()
	send(t, term, bot.Message{Text: "a\x1b[2Jb\x07", Buttons: [][]bot.Button{{{Label: "c\x1b[0m\nd"}}}}, 0)
	if want := "\na[2Jb\n  1) c[0md\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out, want)
	}
}

func TestALineIsAnEvent(t *testing.T) {
	for _, test := range []struct {
		line string
		want bot.Event
	}{
		{"提现一直审核中", bot.Said{Text: "提现一直审核中"}},
		{"  两边的空格  \n", bot.Said{Text: "两边的空格"}},
		{"/LOG@some_bot  今天 打了客服 ", bot.Said{Command: "log", Text: "今天 打了客服"}},
		{"/start", bot.Said{Command: "start"}},
		{"/ 只是斜线", bot.Said{Text: "/ 只是斜线"}},
		{"!没有", bot.Pressed{Press: keyboard[0][0].Press}},
		{"! 有 ", bot.Pressed{Press: keyboard[0][1].Press}},
		{"!2", bot.Pressed{Press: keyboard[0][1].Press}},
		{"!不知道", bot.Pressed{Press: keyboard[1][0].Press}},
		{"!!太气人了", bot.Said{Text: "!!太气人了"}},
		{"!", bot.Said{Text: "!"}},
		{"@screens/失败.PNG", bot.Sent{Kind: bot.Photo, File: bot.File{ID: "screens/失败.PNG", Unique: "screens/失败.PNG"}}},
		{"@a/合同.pdf 我们的 合同", bot.Sent{Kind: bot.Document, Caption: "我们的 合同", Name: "合同.pdf", File: bot.File{ID: "a/合同.pdf", Unique: "a/合同.pdf"}}},
		{"@语音.ogg", bot.Sent{Kind: bot.Voice, File: bot.File{ID: "语音.ogg", Unique: "语音.ogg"}}},
		{"@ 他说的", bot.Said{Text: "@ 他说的"}},
		{`\!没有`, bot.Said{Text: "!没有"}},
		{`\别的`, bot.Said{Text: `\别的`}},
		{"坏的\xff字节", bot.Said{Text: "坏的\uFFFD字节"}},
	} {
		term, _ := screen()
		send(t, term, bot.Message{Text: "问题", Buttons: keyboard}, 0)
		u, err := term.Read(test.line, noon)
		if err != nil {
			t.Errorf("Read(%q): %v", test.line, err)
			continue
		}
		if diff := cmp.Diff(test.want, u.Event); diff != "" {
			t.Errorf("Read(%q): %s", test.line, diff)
		}
	}
}

func TestAPressNamesItsMessageAndIsAcknowledged(t *testing.T) {
	term, _ := screen()
	id := send(t, term, bot.Message{Text: "问题", Buttons: keyboard}, 0)
	u, err := term.Read("!没有", noon)
	if err != nil || u.Message != id || u.Callback == "" || u.Chat != Chat || !u.At.Equal(noon) {
		t.Errorf("Read = %+v, %v; want a press on message %d", u, err, id)
	}
	said, _ := term.Read("没有", noon)
	if said.ID <= u.ID || said.Callback != "" {
		t.Errorf("the next update is %+v, want a later id and no callback", said)
	}
}

func TestAnOldKeyboardCanStillBePressed(t *testing.T) {
	term, _ := screen()
	old := send(t, term, bot.Message{Text: "旧", Buttons: [][]bot.Button{{{Label: "没有", Press: bot.Press{Rev: 1}}, {Label: "返回", Press: bot.Press{Rev: 1, Act: "back"}}}}}, 0)
	send(t, term, bot.Message{Text: "新", Buttons: keyboard}, 0)

	if u, _ := term.Read("!没有", noon); u.Event.(bot.Pressed).Press.Rev != 2 {
		t.Error("a label on two keyboards pressed the old one")
	}
	if u, _ := term.Read("!返回", noon); u.Message != old {
		t.Error("a label of the old keyboard alone did not press it")
	}
	send(t, term, bot.Message{Text: "改过"}, old)
	if u, err := term.Read("!返回", noon); err == nil {
		t.Errorf("a button that was edited away gave %+v", u)
	}
}

func TestAMissingButtonIsNamedWithThoseThereAre(t *testing.T) {
	term, _ := screen()
	if _, err := term.Read("!没有", noon); err == nil || !strings.Contains(err.Error(), "no button to press") {
		t.Errorf("without a keyboard: %v", err)
	}
	send(t, term, bot.Message{Text: "问题", Buttons: keyboard}, 0)
	for _, line := range []string{"!也许", "!0", "!4", "!☐"} {
		if _, err := term.Read(line, noon); err == nil || !strings.Contains(err.Error(), "1 没有, 2 有, 3 ☐ 不知道") {
			t.Errorf("Read(%q): %v", line, err)
		}
	}
}

func TestAMessageOfAnEarlierRunIsSentAnew(t *testing.T) {
	earlier, _ := screen()
	id := send(t, earlier, bot.Message{Text: "旧"}, 0)
	later := New(io.Discard, noon.Add(time.Minute))
	_, err := later.Send(t.Context(), Chat, bot.Message{Text: "新"}, id, false)
	var refusal *bot.Refusal
	if !errors.As(err, &refusal) || refusal.Reason != bot.CannotEdit {
		t.Errorf("replacing a message of an earlier run: %v", err)
	}
}

// TestAnswersComeBeforeTheNextLine is the invariant of the package: the
// answers of a line stand between it and the next.
func TestAnswersComeBeforeTheNextLine(t *testing.T) {
	term, out := screen()
	script := "一\n\n!没有\n!也许\n没有换行的末行"
	err := term.Converse(t.Context(), strings.NewReader(script), Style{Echo: true, Prompt: "$ "}, func(ctx context.Context, u bot.Update) error {
		_, err := term.Send(ctx, Chat, bot.Message{Text: "答", Buttons: [][]bot.Button{{{Label: "没有"}}}}, 0, false)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `$ 
> 一

答
  1) 没有
$ $ 
> !没有

答
  1) 没有
$ 
> !也许
? there is no button "也许"; there are: 1 没有
$ 
> 没有换行的末行

答
  1) 没有
$ `
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

// TestAToastComesFirst: it is acknowledged beside the messages, in whatever
// order, and a script must read the same each time.
func TestAToastComesFirst(t *testing.T) {
	term, out := screen()
	err := term.Converse(t.Context(), strings.NewReader("一\n"), Style{}, func(ctx context.Context, u bot.Update) error {
		_, err1 := term.Send(ctx, Chat, bot.Message{Text: "答"}, 0, false)
		return errors.Join(err1, term.Answer(ctx, "press", "好了"), term.Delete(ctx, Chat, u.Message))
	})
	if want := "· 好了\n\n答\n⌫\n"; err != nil || out.String() != want {
		t.Errorf("printed %q (%v), want %q", out, err, want)
	}
}

func TestAConversationEndsWithItsContext(t *testing.T) {
	term, _ := screen()
	ctx, stop := context.WithCancel(t.Context())
	in, typing := io.Pipe()
	defer typing.Close()
	go func() { _, _ = io.WriteString(typing, "一\n") }()
	err := term.Converse(ctx, in, Style{}, func(context.Context, bot.Update) error {
		stop()
		return nil
	})
	if err != nil {
		t.Errorf("a conversation that was stopped: %v", err)
	}
}

func TestAConversationSaysWhatBrokeIt(t *testing.T) {
	broken := errors.New("broken")
	term, _ := screen()
	in := io.MultiReader(strings.NewReader("一\n"), failing{broken})
	lines := 0
	err := term.Converse(t.Context(), in, Style{}, func(context.Context, bot.Update) error { lines++; return nil })
	if !errors.Is(err, broken) || lines != 1 {
		t.Errorf("after %d lines: %v, want 1 and %v", lines, err, broken)
	}
	err = term.Converse(t.Context(), strings.NewReader("一\n二\n"), Style{}, func(context.Context, bot.Update) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("a line that could not be kept: %v", err)
	}
	shut := New(shutWriter{}, noon)
	if err := shut.Converse(t.Context(), strings.NewReader("一\n"), Style{Echo: true}, nil); err == nil {
		t.Error("printing to a closed screen is no error")
	}
	var refusal *bot.Refusal
	if err := shut.Answer(t.Context(), "press", "好"); !errors.As(err, &refusal) {
		t.Errorf("a toast on a closed screen: %v", err)
	}
}

type failing struct{ err error }

func (r failing) Read([]byte) (int, error) { return 0, r.err }

type shutWriter struct{}

func (shutWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// FuzzRead: whatever is typed is an event or a sentence, and words that begin
// with no sign come through as they are.
func FuzzRead(f *testing.F) {
	for _, line := range []string{"提现", "!1", "/log x", "@a.png", `\!`, "!", "/", "@", "\xff", "/@", "! "} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		term, _ := screen()
		if _, err := term.Send(t.Context(), Chat, bot.Message{Text: "问题", Buttons: keyboard}, 0, false); err != nil {
			t.Fatal(err)
		}
		u, err := term.Read(line, noon)
		if (u.Event == nil) == (err == nil) {
			t.Fatalf("Read(%q) = %+v, %v", line, u, err)
		}
		words := strings.TrimSpace(strings.ToValidUTF8(line, "\uFFFD"))
		if strings.TrimLeft(words, `!@/\`) != words {
			return
		}
		if u.Event != (bot.Said{Text: words}) {
			t.Fatalf("Read(%q) = %#v", line, u.Event)
		}
	})
}

// FuzzRender: no message can hold a control character that reaches the screen.
func FuzzRender(f *testing.F) {
	f.Add("# a\n- b `c` [d](https://e.example)\n```\n\x1b[0m\n```")
	f.Fuzz(func(t *testing.T, text string) {
		out := render(bot.Message{Text: text, Buttons: [][]bot.Button{{{Label: text}}}}, "", true)
		if i := strings.IndexFunc(out, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }); i >= 0 {
			t.Fatalf("%q at %d of %q", out[i], i, out)
		}
	})
}

// TestFilesAreKept: the screen says where a file was put; a second one of the
// same name does not write over the first, and no name leads out of the folder.
func TestFilesAreKept(t *testing.T) {
	term, out := screen()
	made := filepath.Join(t.TempDir(), "made")
	if err := os.WriteFile(made, []byte("zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := bot.Message{Text: "先看 00_案情摘要", File: bot.Attachment{Path: made, Name: "材料.zip", Size: 1234}}
	send(t, term, m, 0)
	folder := filepath.Join(t.TempDir(), "received")
	term.KeepIn(folder, fromDisk)
	send(t, term, m, 0)
	send(t, term, m, 0)
	m.File.Name = "../../x\x1b[2J.sh"
	send(t, term, m, 0)
	want := "\n⎘ 材料.zip (1.2 KB)\n先看 00_案情摘要\n"
	for _, name := range []string{"材料.zip", "材料_2.zip", "x[2J.sh"} {
		at := filepath.Join(folder, name)
		want += "\n⎘ " + at + " (1.2 KB)\n先看 00_案情摘要\n"
		if data, err := os.ReadFile(at); err != nil || string(data) != "zip" {
			t.Errorf("%s holds %q, %v", at, data, err)
		}
	}
	if out.String() != want {
		t.Errorf("the screen shows\n%s\nwant\n%s", out, want)
	}
	m.File.Path = made + ".gone"
	var refusal *bot.Refusal
	if _, err := term.Send(t.Context(), Chat, m, 0, false); !errors.As(err, &refusal) || refusal.Reason != bot.Rejected {
		t.Errorf("a file that is not there: %v", err)
	}
}

func fromDisk(path string) (io.ReadCloser, int64, error) {
	f, err := os.Open(path)
	return f, 0, err
}
