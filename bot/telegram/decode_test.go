package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot"
)

var (
	testMe  = account{ID: 9, Username: "Some_Bot"}
	testNow = time.Unix(1_800_000_000, 0).UTC()
	sentAt  = time.Unix(1_700_000_000, 0).UTC()
)

// Parts of updates, to be put together as Telegram does.
const (
	inPrivate = `"message_id":5,"date":1700000000,"chat":{"id":7,"type":"private"},"from":{"id":7,"is_bot":false}`
	inGroup   = `"message_id":5,"date":1700000000,"chat":{"id":-7,"type":"supergroup"},"from":{"id":7,"is_bot":false}`
)

// decode reads one update as Poll does, in a batch.
func decode(raw []byte, me account, now time.Time) (bot.Update, error) {
	batch, err := readBatch(200, append(append([]byte(`{"ok":true,"result":[`), raw...), "]}"...))
	if err != nil || len(batch) != 1 {
		return bot.Update{}, errors.Join(err, errNoID)
	}
	return batch[0].decode(me, now)
}

func message(fields string) string { return `"message":{` + inPrivate + `,` + fields + `}` }

func group(fields string) string { return `"message":{` + inGroup + `,` + fields + `}` }

func member(kind, was, is string) string {
	return `"my_chat_member":{"chat":{"id":7,"type":"` + kind + `"},"from":{"id":7},"date":1700000000,` +
		`"old_chat_member":{"status":"` + was + `"},"new_chat_member":{"status":"` + is + `"}}`
}

func TestMessagesBecomeEvents(t *testing.T) {
	for _, test := range []struct {
		name, fields string
		want         bot.Event
	}{
		{"a text as it is", message(`"text":" 提现  失败\n了 "`), bot.Said{Text: " 提现  失败\n了 "}},
		{"a command", message(`"text":"/start"`), bot.Said{Command: "start"}},
		{"a command with words", message(`"text":"/LOG   今天 打了客服 "`), bot.Said{Command: "log", Text: "今天 打了客服"}},
		{"a command over two lines", message(`"text":"/log\n今天\n打了客服"`), bot.Said{Command: "log", Text: "今天\n打了客服"}},
		{"a command with the bot's name", message(`"text":"/log@Some_Bot 打了"`), bot.Said{Command: "log", Text: "打了"}},
		{"Chinese behind it without a space", message(`"text":"/log今天打了"`), bot.Said{Command: "log", Text: "今天打了"}},
		{"a path is no command", message(`"text":"/usr/bin"`), bot.Said{Text: "/usr/bin"}},
		{"a number is no command", message(`"text":"/500元"`), bot.Said{Text: "/500元"}},
		{"a slash alone", message(`"text":"/"`), bot.Said{Text: "/"}},
		{"a forwarded text", message(`"text":"先交税","forward_origin":{"type":"of the future"}`), bot.Said{Text: "先交税", Forwarded: true}},
		{"a forwarded text with its date", message(`"text":"先交税","forward_origin":{"type":"user","date":1700000000}`), bot.Said{Text: "先交税", Forwarded: true, ForwardedAt: sentAt}},
		{"a forward of an odd date", message(`"text":"先交税","forward_origin":{"date":"yesterday"}`), bot.Said{Text: "先交税", Forwarded: true}},
		{"a forwarded command is none", message(`"text":"/delete","forward_origin":{}`), bot.Said{Text: "/delete", Forwarded: true}},
		{"a text with an unknown union", message(`"text":"在","reply_markup":7,"entities":[{"type":"new"}],"external_reply":{"origin":{"type":"?"}}`), bot.Said{Text: "在"}},
		{"a photo", message(`"photo":[{"file_id":"x"}],"caption":"截图"`), bot.Sent{Kind: bot.Photo, Caption: "截图", File: bot.File{ID: "x"}}},
		{"the largest size of a photo", message(`"photo":[{"file_id":"s","width":9,"height":9},{"file_id":"l","file_unique_id":"u","width":90,"height":90,"file_size":1000},{"file_id":"m","width":30,"height":30}]`),
			bot.Sent{Kind: bot.Photo, File: bot.File{ID: "l", Unique: "u", Size: 1000}}},
		{"one of an album", message(`"photo":[{"file_id":"x"}],"media_group_id":"1234"`), bot.Sent{Kind: bot.Photo, Album: "1234", File: bot.File{ID: "x"}}},
		{"a photo of no size", message(`"photo":[]`), bot.Sent{Kind: bot.Photo}},
		{"files of another form", message(`"document":["x"],"caption":"流水"`), bot.Sent{Kind: bot.Document, Caption: "流水"}},
		{"a photo of another form", message(`"photo":"x","caption":"截图"`), bot.Sent{Kind: bot.Photo, Caption: "截图"}},
		{"a forwarded photo", message(`"photo":[],"forward_origin":{"date":1700000000}`), bot.Sent{Kind: bot.Photo, Forwarded: true, ForwardedAt: sentAt}},
		{"a file with all that is said of it", message(`"document":{"file_id":"d","file_unique_id":"u","file_name":"流水.pdf","mime_type":"application/pdf","file_size":5000000000}`),
			bot.Sent{Kind: bot.Document, Name: "流水.pdf", File: bot.File{ID: "d", Unique: "u", Size: 5_000_000_000, MIME: "application/pdf"}}},
		{"a file", message(`"document":{"file_id":"x"},"caption":"流水"`), bot.Sent{Kind: bot.Document, Caption: "流水", File: bot.File{ID: "x"}}},
		{"an animation is no file", message(`"animation":{},"document":{}`), bot.Sent{Kind: bot.Other}},
		{"a voice message", message(`"voice":{}`), bot.Sent{Kind: bot.Voice}},
		{"a sticker", message(`"sticker":{}`), bot.Sent{Kind: bot.Sticker}},
		{"a video", message(`"video":{},"caption":"录屏"`), bot.Sent{Kind: bot.Other, Caption: "录屏"}},
		{"a place", message(`"location":{"latitude":1}`), bot.Sent{Kind: bot.Other}},
		{"a service message", message(`"pinned_message":{"message_id":1}`), bot.Ignored{}},
		{"a message of the future", message(`"hologram":{}`), bot.Ignored{}},
		{"a group that talks", group(`"text":"大家好"`), bot.Ignored{}},
		{"a command in a group", group(`"text":"/help"`), bot.Grouped{}},
		{"our command in a group", group(`"text":"/help@some_bot"`), bot.Grouped{}},
		{"another bot's command", group(`"text":"/help@other_bot"`), bot.Ignored{}},
		{"our name in a group", group(`"text":"请问@SOME_BOT，"`), bot.Grouped{}},
		{"a longer name than ours", group(`"text":"@some_bot2 在吗"`), bot.Ignored{}},
		{"our name under a photo", group(`"photo":[],"caption":"@some_bot"`), bot.Grouped{}},
		{"an answer to us", group(`"text":"谢谢","reply_to_message":{"from":{"id":9}}`), bot.Grouped{}},
		{"an answer to somebody", group(`"text":"谢谢","reply_to_message":{"from":{"id":8}}`), bot.Ignored{}},
		{"somebody joins", group(`"new_chat_members":[{"id":9}]`), bot.Ignored{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := decode([]byte(`{"update_id":42,`+test.fields+`}`), testMe, testNow)
			want := bot.Update{ID: 42, Chat: 7, Message: 5, At: sentAt, Event: test.want}
			if bytes.Contains([]byte(test.fields), []byte("supergroup")) {
				want.Chat = -7
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}

func TestOtherUpdatesBecomeEvents(t *testing.T) {
	press := bot.Press{Case: 1, Rev: 16, Act: "ans", Arg: "status=x"}
	data, err := encodePress(press)
	if err != nil {
		t.Fatal(err)
	}
	query := func(data, message string) string {
		return `"callback_query":{"id":"cb","from":{"id":7},"data":"` + data + `"` + message + `}`
	}
	for _, test := range []struct {
		name, fields string
		want         bot.Update
	}{
		{"a press", query(data, `,"message":{`+inPrivate+`}`),
			bot.Update{Chat: 7, Message: 5, Callback: "cb", At: testNow, Event: bot.Pressed{Press: press}}},
		{"a press on a message that is gone", query(data, `,"message":{"message_id":5,"date":0,"chat":{"id":7,"type":"private"}}`),
			bot.Update{Chat: 7, Message: 5, Callback: "cb", At: testNow, Event: bot.Pressed{Press: press}}},
		{"a press without a message", query(data, ``),
			bot.Update{Chat: 7, Callback: "cb", At: testNow, Event: bot.Pressed{Press: press}}},
		{"a press we never made", query("ans:1", `,"message":{`+inPrivate+`}`),
			bot.Update{Chat: 7, Message: 5, Callback: "cb", At: testNow, Event: bot.Garbled{}}},
		{"a press in a group", query(data, `,"message":{`+inGroup+`}`),
			bot.Update{Chat: -7, Message: 5, Callback: "cb", At: testNow, Event: bot.Ignored{}}},
		{"a changed text", `"edited_message":{` + inPrivate + `,"edit_date":1700000000,"text":"500元"}`,
			bot.Update{Chat: 7, Message: 5, At: sentAt, Event: bot.Edited{Text: "500元"}}},
		{"a changed caption", `"edited_message":{` + inPrivate + `,"edit_date":1700000000,"caption":"图"}`,
			bot.Update{Chat: 7, Message: 5, At: sentAt, Event: bot.Edited{Text: "图"}}},
		{"a place that moves", `"edited_message":{` + inPrivate + `,"edit_date":1700000000,"location":{}}`,
			bot.Update{Chat: 7, Message: 5, At: sentAt, Event: bot.Ignored{}}},
		{"blocked", member("private", "member", "kicked"), bot.Update{Chat: 7, At: sentAt, Event: bot.Left{}}},
		{"unblocked", member("private", "kicked", "member"), bot.Update{Chat: 7, At: sentAt, Event: bot.Returned{}}},
		{"added to a group", member("group", "left", "member"), bot.Update{Chat: 7, At: sentAt, Event: bot.Grouped{}}},
		{"added to a channel", member("channel", "left", "administrator"), bot.Update{Chat: 7, At: sentAt, Event: bot.Grouped{}}},
		{"promoted in a group", member("group", "member", "administrator"), bot.Update{Chat: 7, At: sentAt, Event: bot.Ignored{}}},
		{"removed from a group", member("group", "administrator", "left"), bot.Update{Chat: 7, At: sentAt, Event: bot.Left{}}},
		{"a kind we did not ask for", `"poll":{"id":"1"}`, bot.Update{At: testNow, Event: bot.Ignored{}}},
		{"a kind of the future", `"thought":{"x":[1]}`, bot.Update{At: testNow, Event: bot.Ignored{}}},
		{"nothing at all", `"message":null`, bot.Update{At: testNow, Event: bot.Ignored{}}},
		{"a message of a wrong form", `"message":[1,2]`, bot.Update{At: testNow, Event: bot.Ignored{}}},
		{"a text of a wrong form", message(`"text":7`), bot.Update{At: testNow, Event: bot.Ignored{}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := decode([]byte(`{"update_id":42,`+test.fields+`}`), testMe, testNow)
			test.want.ID = 42
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}

// One update that has a form of its own does not keep the others from being read.
func TestAnOddUpdateAmongOthers(t *testing.T) {
	batch, err := readBatch(200, []byte(`{"ok":true,"result":[{"update_id":1,`+message(`"text":"一"`)+`},`+
		`{"update_id":2,"message":{"message_id":"odd"}},7,{"update_id":3,`+message(`"text":"三"`)+`}]}`))
	if err != nil {
		t.Fatal(err)
	}
	updates, err := decodeAll(batch, testMe, testNow)
	var got []bot.Event
	for _, u := range updates {
		got = append(got, u.Event)
	}
	if diff := cmp.Diff([]bot.Event{bot.Said{Text: "一"}, bot.Ignored{}, bot.Said{Text: "三"}}, got); diff != "" || !errors.Is(err, errNoID) {
		t.Error(diff, err)
	}
}

func TestAnUpdateWithoutAnIDCannotBeConfirmed(t *testing.T) {
	for _, raw := range []string{``, `7`, `[]`, `{}`, `{"update_id":null}`, `{"update_id":"7"}`, `{"message":{}}`} {
		if u, err := decode([]byte(raw), testMe, testNow); err == nil {
			t.Errorf("decode(%s) = %+v", raw, u)
		}
	}
}

// FuzzDecode: whatever follows an id, there is exactly one event, with the id.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{message(`"text":"/log@x y"`), group(`"text":"@some_bot"`), member("private", "member", "kicked"),
		`"callback_query":{"data":"dAans","message":{"chat":{}}}`, `"edited_message":{}`, `"message":{"text":"/"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, fields []byte) {
		raw := append(append([]byte(`{"update_id":42,`), fields...), '}')
		if !json.Valid(raw) || bytes.Contains(bytes.ToLower(fields), []byte("pdate_")) || bytes.Contains(fields, []byte(`\u`)) || bytes.Contains(fields, []byte("ſ")) {
			return // the id must be the one above
		}
		u, err := decode(raw, testMe, testNow)
		if err != nil || u.ID != 42 || u.Event == nil || u.At.IsZero() {
			t.Fatalf("decode(%s) = %+v, %v", raw, u, err)
		}
	})
}
