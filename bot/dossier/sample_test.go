package dossier

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

var show = flag.String("show", "", "write the files of the sample cases below this folder, to be looked at")

var loaded = sync.OnceValues(func() (*knowledge.Pack, error) { return knowledge.Load("") })

func content(t testing.TB) *knowledge.Pack {
	t.Helper()
	k, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var china = time.FixedZone("", 8*3600)

func day(d, hour, minute int) time.Time { return time.Date(2026, 11, d, hour, minute, 0, 0, china) }

func said2(value string) bot.Known { return bot.Known{Value: fact.Value(value)} }

// thin is the case of somebody who has only just begun.
func thin() Source {
	return Source{
		Case: bot.Case{Number: 1, Opened: day(20, 9, 0), Touched: day(20, 9, 0), Stage: bot.SelfCheck},
		Zone: china, Now: day(20, 9, 5),
	}
}

// small is a case after one message.
func small() Source {
	src := thin()
	src.Case.Facts = map[fact.Name]bot.Known{
		fact.Amount: said2("500"), fact.Currency: said2("CNY"), fact.Status: said2("reviewing"), fact.FailedAt: said2("2026-11-19T15:00:00+08:00"),
		fact.Changes: {Value: "card", Quote: "上周刚换了银行卡", Record: 1},
	}
	src.Records = []bot.Record{{Seq: 1, Kind: bot.RecordMessage, At: day(20, 9, 0), ToldAt: day(20, 9, 0),
		Text: "昨天下午三点提现500元，一直显示审核中，上周刚换了银行卡"}}
	return src
}

func part(name bot.PartName, value string) bot.Part { return bot.Part{Name: name, Value: value} }

// full is a case that went on for weeks.
func full() Source {
	src := small()
	src.Now = day(30, 18, 0)
	src.Case.Stage, src.Case.Before = bot.OfficialComplaint, bot.Supervisor
	src.Case.Number = 2
	for name, value := range map[fact.Name]string{
		fact.PlatformName: "某某短视频创作者平台（极速版）", fact.PlatformKind: "content", fact.Account: "personal", fact.Amount: "12680.50",
		fact.ErrorText: "提现失败，收款账户异常，请联系客服处理（错误代码 E1024）", fact.LastSuccessAt: "2026-10-15T11:20:00+08:00",
		fact.Attempts: "4", fact.Identity: "valid", fact.NameMatch: "yes", fact.CardState: "normal", fact.Verification: "none",
		fact.AmountPattern: "larger", fact.Notice: "none", fact.Dispute: "none", fact.Contacted: "supervisor", fact.PromisedBy: "2026-11-27T00:00:00+08:00",
		fact.Role: "earner", fact.Province: "浙江", fact.MainlandEntity: "yes", fact.AccountHint: "尾号4417", fact.AskedToPay: "no",
	} {
		src.Case.Facts[fact.Name(name)] = said2(value)
	}
	src.Case.Cues = []bot.Cue{{ID: "card", Quote: "刚换了银行卡"}}
	add := func(r bot.Record) {
		r.Seq = len(src.Records) + 1
		if r.ToldAt.IsZero() {
			r.ToldAt = r.At
		}
		src.Records = append(src.Records, r)
	}
	add(bot.Record{Kind: bot.RecordAnswer, At: day(20, 9, 2), Text: "没有", About: "asked_to_pay"})
	add(bot.Record{Kind: bot.RecordQuestion, At: day(20, 9, 3), Text: "提现失败钱会丢吗", About: "is_money_safe"})
	add(bot.Record{Kind: bot.RecordStep, At: day(20, 9, 4), About: "card_changed.stop"})
	for i, kind := range []string{"error_screen", "balance_before", "withdraw_record", "support_chat", "bank_statement", "contract"} {
		add(bot.Record{Kind: bot.RecordEvidence, At: day(20, 10+i, 12), About: kind, Text: strings.Repeat("画面里看得到时间和金额。", i%3),
			Parts: []bot.Part{part(bot.PartShows, "time"), part(bot.PartShows, "balance")}, Rough: i == 4,
			Exhibit: bot.Exhibit{Number: i + 1, File: bot.File{ID: bot.FileID(fmt.Sprint("f", i+1)), Size: 20000, MIME: "image/jpeg"}}})
	}
	add(bot.Record{Kind: bot.RecordStage, At: day(20, 16, 30), About: "support"})
	add(bot.Record{Kind: bot.RecordContact, At: day(21, 10, 0), ToldAt: day(21, 10, 30), Text: "今天10点打了客服，工号3721，说三个工作日内答复",
		Parts: []bot.Part{part(bot.PartChannel, "hotline"), part(bot.PartAgent, "3721"), part(bot.PartPromise, "三个工作日内答复"), part(bot.PartDue, "2026-11-26T10:00:00+08:00")}})
	add(bot.Record{Kind: bot.RecordPasted, At: day(23, 14, 5), Text: "客服小李：您好，请问有什么可以帮您？\n我：提现三天没到账\n客服小李：已经为您登记，工单号 20261123008，请耐心等待",
		Parts: []bot.Part{part(bot.PartChannel, "online_chat"), part(bot.PartAgent, "小李"), part(bot.PartTicket, "20261123008"), part(bot.PartSaid, "已经为您登记，请耐心等待")}})
	add(bot.Record{Kind: bot.RecordContact, At: day(26, 15, 40), Text: "又打了一次，说还在审核，没有时间表", Struck: day(26, 16, 0),
		Parts: []bot.Part{part(bot.PartChannel, "hotline"), part(bot.PartSaid, "还在审核，没有时间表")}})
	add(bot.Record{Kind: bot.RecordContact, At: day(26, 15, 45), Text: "打给客服，转到主管，工号8806，说27号之前办完", Was: []bot.Was{{At: day(26, 16, 2), Name: "agent", Old: "8808"}},
		Parts: []bot.Part{part(bot.PartChannel, "hotline"), part(bot.PartAgent, "8806"), part(bot.PartPromise, "27号之前办完"), part(bot.PartDue, "2026-11-27T18:00:00+08:00")}})
	add(bot.Record{Kind: bot.RecordStage, At: day(26, 16, 5), About: "supervisor"})
	add(bot.Record{Kind: bot.RecordStage, At: day(28, 9, 5), About: "official_complaint"})
	add(bot.Record{Kind: bot.RecordLetter, At: day(28, 9, 30), About: "complaint_email"})
	src.Letters = []Written{{Kind: "complaint_email", Title: "关于账户尾号4417提现12680.50元未到账的投诉", SentAt: day(28, 9, 30),
		Text: "平台客服：\n\n2026年11月19日15:00，我提现12680.50元，页面显示审核中，至今没有到账。\n\n2026年11月21日，客服（工号3721）答应三个工作日内答复，没有收到答复。\n\n请在2026年12月5日前书面说明理由，并办理提现。\n\n联系人：【请填写：称呼】\n2026年11月28日"}}
	src.Reminders = []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")
	src.Open = jpegs
	return src
}

// fraudCase is one in which money was demanded first.
func fraudCase() Source {
	src := small()
	for name, value := range map[fact.Name]string{
		fact.PlatformName: "某某财富", fact.PlatformKind: "wealth", fact.AskedToPay: "yes", fact.Status: "pay_first", fact.PaidAmount: "3000",
		fact.PaidAt: "2026-11-19T20:10:00+08:00", fact.Role: "victim", fact.Amount: "86000",
	} {
		src.Case.Facts[name] = said2(value)
	}
	return src
}

// ended is the full case after the money came.
func ended() Source {
	src := full()
	src.Case.Stage, src.Case.Before = bot.Resolved, bot.OfficialComplaint
	src.Records = append(src.Records, bot.Record{Seq: len(src.Records) + 1, Kind: bot.RecordPaid, At: day(30, 11, 0), ToldAt: day(30, 11, 1),
		Text: "到账了，12680.50", Parts: []bot.Part{part(bot.PartAmount, "12680.50")}})
	return src
}

// long is a case of 200 entries and 60 pictures, with everything written at length.
func long() Source {
	src := full()
	at := day(29, 8, 0)
	for i := range 200 {
		r := bot.Record{Seq: len(src.Records) + 1, Kind: bot.RecordContact, At: at.Add(time.Duration(i) * 13 * time.Minute), ToldAt: at.Add(time.Duration(i) * 13 * time.Minute)}
		r.Text = strings.Repeat("今天又联系了一次客服，对方说还在审核，请我等待，没有给出具体日期。", 1+i%9)
		r.Parts = []bot.Part{part(bot.PartChannel, "online_chat"), part(bot.PartAgent, fmt.Sprint(3000+i)), part(bot.PartPromise, "尽快处理")}
		if i%4 == 0 {
			r.Kind, r.About, r.Parts = bot.RecordEvidence, "support_chat", nil
			r.Exhibit = bot.Exhibit{Number: 7 + i/4, File: bot.File{ID: bot.FileID(fmt.Sprint("f", i)), MIME: "image/jpeg"}}
		}
		src.Records = append(src.Records, r)
	}
	src.Case.Facts[fact.PlatformName] = said2(strings.Repeat("很长的平台名称", 12))
	src.Case.Facts[fact.ErrorText] = said2(strings.Repeat("系统繁忙，请稍后再试；", 20))
	return src
}

// odd is a case full of what breaks files.
func odd() Source {
	src := full()
	src.Case.Facts[fact.PlatformName] = said2("=cmd|'/c calc'!A1 <b>&\u202egpj.exe\u202c 😀👨\u200d👩\u200d👧 𠮷𬭊㐂 龘 \u0378\uE000 \x07")
	src.Records[0].Text = "=HYPERLINK(\"http://evil\",\"点我\")\r\n+1-1\n-2\n@SUM(A1)\n\t=1+1\n]]></w:t><script>alert(1)</script>\n../../etc/passwd\n# 标题 *粗* [链](http://a)"
	src.Records[3].Text = "_x0041_ \u2028\u0000\ufffe 𝒳 🇨🇳 ﷽ हिन्दी עברית"
	for i := range src.Records {
		if src.Records[i].Kind == bot.RecordEvidence {
			src.Records[i].Exhibit.Name, src.Records[i].Exhibit.MIME = "../../../张三 13800138000.exe", "application/x-msdownload"
			src.Records[i].About = "../..\\evil\u202e"
		}
	}
	src.Letters[0].Title, src.Letters[0].Kind = "=1+1</w:t>\x00", "../x"
	return src
}

// jpegs opens a small picture for every file, but for the fifth.
func jpegs(_ context.Context, f bot.File) (io.ReadCloser, error) {
	if f.ID == "f5" {
		return nil, errors.New("wrong file_id")
	}
	return io.NopCloser(bytes.NewReader(smallJPEG())), nil
}

var smallJPEG = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 90, 160)), nil)
	return out.Bytes()
})

var samples = map[string]func() Source{
	"thin": thin, "small": small, "full": full, "fraud": fraudCase, "ended": ended, "long": long, "odd": odd, "told": told,
}

// TestShow writes the samples where a person can look at them.
func TestShow(t *testing.T) {
	if *show == "" {
		t.Skip("no -show")
	}
	for name, make := range samples {
		for _, opt := range []Options{{}, {Masked: true}, {OnePage: true}} {
			opt.Dir = filepath.Join(*show, name)
			if _, err := Make(t.Context(), content(t), make(), opt); err != nil {
				t.Fatal(name, err)
			}
		}
		img, err := Picture(content(t), make())
		if err != nil {
			t.Fatal(name, err)
		}
		if err := os.WriteFile(filepath.Join(*show, name, "picture.png"), img, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
