package dossier

import (
	"bytes"
	"image/png"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tixianbot/bot"
)

func newTestFace(t testing.TB) *face {
	t.Helper()
	f, err := newFace()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFontHolds: every character of GB 2312, the rarer ones of the table of
// general standard characters, and every sign that our own sentences use.
func TestFontHolds(t *testing.T) {
	f := newTestFace(t)
	want := "㑇㛃㤘䂮䜣䲠䶮𠅤𡎚𣗋𤩽𥔲𦈡𧿹𨐈𩽾𪨰𫄧𫇭𫍯𫓧𫖯𫚕𫞩𫟹𫢸𫮃𫵷𬃊𬇕𬍛𬒔𬕂𬘓𬙂𬜬𬟁𬣙𬤊𬨂𬩽𬬩𬭊𬭚𬭤𬭳𬮱𬯀𬱖𬳵𬶋𬶟𬷕𬸘𬹼𬺈𬺓阈浏茜—·…￥％①★→□"
	for _, id := range content(t).PaperIDs() {
		want += content(t).Paper(id)
	}
	for row := 16; row <= 87; row++ { // the Han characters of GB 2312
		for cell := 1; cell <= 94; cell++ {
			want += gb2312(t, byte(row), byte(cell))
		}
	}
	n := 0
	for _, r := range want {
		if _, ok := f.advance(r); !ok && r != '\n' && r != '{' {
			t.Errorf("the font lacks %c %U", r, r)
		}
		n++
	}
	if n < 6763 {
		t.Errorf("only %d characters were tried", n)
	}
}

func TestDrawable(t *testing.T) {
	f := newTestFace(t)
	for text, want := range map[string]string{
		"提现 500 元":           "提现 500 元",
		"👨\u200d👩\u200d👧 一家": "□□□ 一家",
		"❤\ufe0f":            f.drawable("❤"),
		"名\t字\u2003空":        "名 字 空",
		"\ue000\u0378 𬭊":     "□□ 𬭊",
		"一\n二":               "一\n二",
	} {
		if got := f.drawable(text); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"一\r\n二\r三\u2028四": "一\n二\n三\n四",
		"a\u202eb\u2066c":  "a□b□c",
		"\x00\x07\ttab":    "□□\ttab",
		"\ufffe\U000e0041": "□□",
		"好\u200d的😀":        "好\u200d的😀",
		"=1+1":             "=1+1",
	} {
		if got := plain(text); got != want {
			t.Errorf("plain(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestFileName(t *testing.T) {
	for text, want := range map[string]string{
		"20261120_1500_提现失败提示_03": "20261120_1500_提现失败提示_03",
		"../../etc/passwd":        "etc_passwd",
		`C:\con|<>"?*`:            "C_con",
		"a\u202egpj.exe":          "a_gpj_exe",
		"...":                     "_",
		"":                        "_",
		strings.Repeat("长", 300):  strings.Repeat("长", longestName),
	} {
		if got := fileName(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestGoodNames: nothing that a double click would run.
func TestGoodNames(t *testing.T) {
	w := words{k: content(t), zone: china}
	for _, test := range []struct{ mime, name, want string }{
		{"", "", "20261120_1500_客服聊天_03.jpg"},
		{"image/png", "张三.jpg", "20261120_1500_客服聊天_03.png"},
		{"", "聊天.PDF", "20261120_1500_客服聊天_03.pdf"},
		{"application/x-msdownload", "a.exe", "20261120_1500_客服聊天_03.bin"},
		{"", "a.tar.gz/../../x", "20261120_1500_客服聊天_03.bin"},
	} {
		r := bot.Record{Kind: bot.RecordEvidence, At: day(20, 15, 0), About: "support_chat",
			Exhibit: bot.Exhibit{Number: 3, Name: test.name, File: bot.File{MIME: test.mime}}}
		if got := w.goodName(r); got != test.want {
			t.Errorf("%q of the type %q is called %q, want %q", test.name, test.mime, got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	f := newTestFace(t)
	for _, test := range []struct {
		text  string
		chars float64 // width in ems
		want  string
	}{
		{"今天又联系了一次客服，对方说还在审核。", 10, "今天又联系了一次客|服，对方说还在审核。"},
		{"他说（还在审核）", 3, "他说|（还在|审核）"},
		{"一二三四五六七八九十甲", 10, "一二三四五六七八九|十甲"}, // no lone character
		{"the withdrawal failed", 6, "the|withdrawal|failed"},
		{"aaaaaaaaaaaaaaaaaaaaaaaa", 4, "aaaaaaa|aaaaaaa|aaaaaaa|aaa"},
		{"一\n\n二", 5, "一||二"},
		{"", 5, ""},
	} {
		if got := strings.Join(f.wrap(test.text, 10, test.chars*10+0.01), "|"); got != test.want {
			t.Errorf("%q is broken into %q, want %q", test.text, got, test.want)
		}
	}
}

// FuzzWrap: no line is too wide, and nothing but spaces at line ends is lost.
func FuzzWrap(f *testing.F) {
	f.Add("今天又联系了一次客服，（对方）说：still in review……没有日期。", 7.0)
	f.Add("=cmd|' /C calc'!A0 😀\u202e  a", 1.0)
	f.Fuzz(func(t *testing.T, text string, chars float64) {
		if !(chars >= 1.2 && chars < 200) || len(text) > 2000 {
			return
		}
		face := newTestFace(t)
		text = face.drawable(plain(text))
		lines := face.wrap(text, 10, chars*10)
		for _, line := range lines {
			if w := face.width(line, 10); w > chars*10+0.001 && utf8.RuneCountInString(line) > 1 {
				t.Errorf("%q is %.2f wide, more than %.2f", line, w, chars*10)
			}
		}
		if got, want := unspaced(strings.Join(lines, "")), unspaced(text); got != want {
			t.Errorf("%q became %q", want, got)
		}
	})
}

func unspaced(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// FuzzTexts: whatever a text holds, what becomes of it is plain, a safe name, a
// cell in pieces, Markdown that says the same.
func FuzzTexts(f *testing.F) {
	f.Add("=cmd|'/c calc'!A1\r\n<b>&\u202e 1. 提现 # a *b* _x0041_")
	f.Add("    # x\n 12) y\n\t- z")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		p := plain(text)
		if plain(p) != p || strings.ContainsFunc(p, harmful) {
			t.Errorf("plain(%q) is %q", text, p)
		}
		harmlessPath(t, fileName(text)+".jpg")
		if got := strings.Join(slabs(p, 20), ""); got != p {
			t.Errorf("the pieces of %q are %q", p, got)
		}
		for line := range strings.SplitSeq(p, "\n") {
			if got := unescapeTalk(escape(line)); got != line {
				t.Errorf("%q in Markdown says %q", line, got)
			}
		}
		if _, err := Letter(text, text); err != nil {
			t.Error(err)
		}
	})
}

func TestEscapeLeavesNoMark(t *testing.T) {
	for line, want := range map[string]string{
		"# 标题":           `\# 标题`,
		"  - 项":          `  \- 项`,
		"1. 先":           `1\. 先`,
		"12) 先":          `12\) 先`,
		"金额 1.5 万":       "金额 1.5 万",
		"*粗* [a](b) <i>": `\*粗\* \[a\](b) \<i\>`,
		"a_b|c`d~e&f":    "a\\_b\\|c\\`d\\~e\\&f",
	} {
		if got := escape(line); got != want {
			t.Errorf("%q becomes %q, want %q", line, got, want)
		}
	}
}

// TestLetter: a paragraph a line, blanks marked, tabs kept.
func TestLetter(t *testing.T) {
	doc, err := Letter("标题", "第一行\n\n\t第二行 <b>&\n【请填写：姓名】先生")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := docxLines(t, doc), []string{"标题", "第一行", "", "\t第二行 <b>&", "【请填写：姓名】先生"}; !slices.Equal(got, want) {
		t.Errorf("the letter says %q, want %q", got, want)
	}
	files, _ := unzip(t, doc)
	if n := strings.Count(string(files["word/document.xml"]), "w:highlight"); n != 1 {
		t.Errorf("%d blanks are marked", n)
	}
}

// TestHeadings: what is set as the heading of a part, and what is not.
func TestHeadings(t *testing.T) {
	text := "某某客服：\n\n我的钱没到账，\n请查一下。\n\n一、事实\n昨天提现。\n\n1. 甲\n\n附件：\n2. 乙\n\n投诉人：某某\n今天"
	want := []style{title, body, body, body, body, heading, body, body, item, heading, item, body, body, body}
	var got []style
	for _, b := range paragraphsOf("标题", text) {
		got = append(got, b.style)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the styles are %v, want %v", got, want)
	}
}

// TestWhoSignsIsNoHeading: the last lines of a letter.
func TestWhoSignsIsNoHeading(t *testing.T) {
	for text, want := range map[string]style{
		"某某客服：\n\n请办理。\n\n账户持有人\n2026年11月22日":                        body,
		"To whom\n\nPlease.\n\nThe account holder\n22 November 2026": body,
		"某某客服：\n\n请办理。\n\n附件：\n1. 截图":                                heading,
		"To whom\n\nPlease.\n\nAttachments:\n1. a picture":           heading,
	} {
		blocks := paragraphsOf("", text)
		if got := blocks[len(blocks)-2]; got.style != want {
			t.Errorf("%q is of the style %v, want %v", got.text, got.style, want)
		}
	}
}

// TestTables: what the sheets are besides their texts.
func TestTables(t *testing.T) {
	_, files, _ := made(t, long(), Options{})
	for _, name := range []string{"01_时间线.xlsx", "02_证据/索引.xlsx"} {
		book, _ := unzip(t, files[name])
		sheet, workbook := string(book["xl/worksheets/sheet1.xml"]), string(book["xl/workbook.xml"])
		for _, want := range []string{`state="frozen"`, `<autoFilter ref="$A$1:`, `orientation="landscape"`, `fitToWidth="1"`, `fitToPage="true"`} {
			if !strings.Contains(sheet, want) && !strings.Contains(sheet, strings.ReplaceAll(want, "true", "1")) {
				t.Errorf("%s: no %s", name, want)
			}
		}
		for _, want := range []string{"_xlnm.Print_Area", "_xlnm.Print_Titles"} {
			if !strings.Contains(workbook, want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
	}
}

func TestPicture(t *testing.T) {
	for name, make := range samples {
		data, err := Picture(content(t), make())
		if err != nil {
			t.Fatal(name, err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(name, err)
		}
		if size := img.Bounds(); size.Dx() != pictureWidth || size.Dy() > pictureHeight || size.Dy() < 400 {
			t.Errorf("%s: the picture is %v", name, size)
		}
		if len(data) > 600_000 {
			t.Errorf("%s: the picture has %d bytes", name, len(data))
		}
	}
}

// TestOtherReaders asks the tools that are installed whether they can read what
// was made.
func TestOtherReaders(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("no pdftotext here")
	}
	_, files, _ := made(t, odd(), Options{})
	at := t.TempDir() + "/a.pdf"
	if err := os.WriteFile(at, files["00_案情摘要.pdf"], 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, at, "-").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "𠮷𬭊□ 龘") || strings.Contains(string(out), "rror") {
		t.Errorf("pdftotext: %v\n%s", err, out)
	}
}

// gb2312 returns a character of GB 2312 by its row and cell, "" for none.
func gb2312(t testing.TB, row, cell byte) string {
	t.Helper()
	out, err := simplifiedchinese.HZGB2312.NewDecoder().String("~{" + string([]byte{row + 0x20, cell + 0x20}) + "~}")
	if err != nil || strings.ContainsRune(out, utf8.RuneError) {
		return ""
	}
	return out
}
