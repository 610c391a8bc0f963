package dossier

import (
	"slices"
	"strings"
	"testing"

	"tixianbot/bot"
)

// told is a case whose records are as the core writes them.
func told() Source {
	src := small()
	add := func(r bot.Record) {
		r.Seq = len(src.Records) + 1
		r.At, r.ToldAt = day(22, 9, r.Seq), day(22, 9, r.Seq)
		src.Records = append(src.Records, r)
	}
	complaint := "投诉：某某平台账户提现500元，一直在审核\n\n某某平台客服：\n\n请办理。\n2026年11月22日"
	add(bot.Record{Kind: bot.RecordLetter, About: "complaint_email", Parts: []bot.Part{
		part(bot.PartVersion, "complaint_email.zh.firm.full"), part(bot.PartLetter, complaint)}})
	add(bot.Record{Kind: bot.RecordLetter, About: "support_message", Parts: []bot.Part{
		part(bot.PartVersion, "support_message.en.normal.short"), part(bot.PartLetter, "你好，我的提现没到账。\n\n请告诉我原因。")}})
	add(bot.Record{Kind: bot.RecordLetter, About: "follow_up", Struck: day(23, 9, 0), Parts: []bot.Part{
		part(bot.PartVersion, "follow_up.zh.normal.full"), part(bot.PartLetter, "没有真的发出去的跟进函")}})
	add(bot.Record{Kind: bot.RecordDraft, About: "legal_notice", Text: "我写了一半的催告函"})
	add(bot.Record{Kind: bot.RecordNote, Text: "客服说等三天", Parts: []bot.Part{part(bot.PartText, "客服张三丰（13800138000）说等五天")},
		Was: []bot.Was{{At: day(22, 10, 0), Name: "text"}}})
	add(bot.Record{Kind: bot.RecordContact, Text: "客服答应25号办完", Parts: []bot.Part{part(bot.PartDue, "2026-11-25T23:59:00+08:00")}})
	add(bot.Record{Kind: bot.RecordReminder, About: "own", Parts: []bot.Part{part(bot.PartDue, "2026-11-26T10:00:00+08:00"), part(bot.PartNote, "打 13800138000")}})
	return src
}

// TestLettersComeFromTheRecords: what was sent lies in the pack as it was sent;
// what was taken back, and what was only drafted, does not.
func TestLettersComeFromTheRecords(t *testing.T) {
	_, files, names := made(t, told(), Options{})
	var letters []string
	for _, name := range names {
		if strings.HasPrefix(name, "03_") {
			letters = append(letters, name)
		}
	}
	if want := []string{"03_信件/01_20261122_投诉邮件.docx", "03_信件/02_20261122_给客服的话.docx"}; !slices.Equal(letters, want) {
		t.Fatalf("the letters are %q, want %q", letters, want)
	}
	complaint := docxLines(t, files[letters[0]])
	if complaint[0] != "投诉：某某平台账户提现500元，一直在审核" || complaint[1] != "某某平台客服：" {
		t.Errorf("the complaint begins %q", complaint)
	}
	doc, _ := unzip(t, files[letters[0]])
	if !strings.Contains(string(doc["word/document.xml"]), `<w:pStyle w:val="Title"/></w:pPr><w:r><w:t xml:space="preserve">投诉`) {
		t.Error("the complaint has no title")
	}
	if lines := docxLines(t, files[letters[1]]); strings.Join(lines, "|") != "你好，我的提现没到账。||请告诉我原因。" {
		t.Errorf("the words for support are %q", lines)
	}
	shown := everything(t, files)
	if strings.Contains(strings.ReplaceAll(shown, string(files["case.json"]), ""), "写了一半") {
		t.Error("a draft is shown to others")
	}
	if !strings.Contains(string(files["case.json"]), "我写了一半的催告函") || !strings.Contains(string(files["case.json"]), "没有真的发出去的跟进函") {
		t.Error("case.json has lost a letter")
	}
}

// TestRecordsInWords: ids and versions of the core are words in the tables, and
// a corrected entry says what it said before.
func TestRecordsInWords(t *testing.T) {
	_, files, _ := made(t, told(), Options{})
	rows := sheets(t, files["01_时间线.xlsx"])[0].Cells
	find := func(words string) []string {
		i := slices.IndexFunc(rows, func(row []string) bool { return strings.Contains(strings.Join(row, "\t"), words) })
		if i < 0 {
			t.Fatalf("no entry says %q: %q", words, rows)
		}
		return rows[i]
	}
	if row := find("投诉邮件"); row[4] != "发出：投诉邮件" {
		t.Errorf("a letter is told as %q", row[4])
	}
	if row := find("给客服的话"); row[4] != "发出：给客服的话\n英文" {
		t.Errorf("an English letter is told as %q", row[4])
	}
	if row := find("说等五天"); row[3] != "客服张三丰（13800138000）说等五天" || row[10] != "原话：原为「客服说等三天」，2026-11-22 10:00 更正" {
		t.Errorf("a corrected entry says %q, remark %q", row[3], row[10])
	}
	if row := find("25号办完"); row[7] != "期限 2026-11-25" {
		t.Errorf("a promise for a day says %q", row[7])
	}
}

// TestMaskReachesEveryWord: what stands in a part is as personal as the words.
func TestMaskReachesEveryWord(t *testing.T) {
	src := told()
	src.Records[1].Parts[1].Value += "\n电话13800138000"
	_, files, _ := made(t, src, Options{Masked: true})
	if all := everything(t, files); strings.Contains(all, "13800138000") {
		t.Error("a phone number is in the masked pack")
	}
}

// TestFraudSummarySaysWhomItIsFor: bank and police, not the other side; and it
// asks for nothing about money that was not paid.
func TestFraudSummarySaysWhomItIsFor(t *testing.T) {
	src := fraudCase()
	_, files, _ := made(t, src, Options{})
	shown := strings.Join(pdfLines(t, files["00_案情摘要.pdf"])[0], "")
	for _, want := range []string{"交给我的开户银行、公安机关（不交给对方）", "查明已经付出的 3000 元去了哪里"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing in %q", want, shown)
		}
	}
	paid := src.Case.Facts["paid_amount"]
	paid.Value = "0"
	src.Case.Facts["paid_amount"] = paid
	_, files, _ = made(t, src, Options{})
	if shown := strings.Join(pdfLines(t, files["00_案情摘要.pdf"])[0], ""); strings.Contains(shown, "去了哪里") || strings.Contains(shown, "按要求付了") {
		t.Errorf("nothing was paid, and the summary says %q", shown)
	}
}
