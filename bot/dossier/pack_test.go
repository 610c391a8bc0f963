package dossier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge/fact"
)

// made makes a pack and returns the files in all its ZIPs and their names.
func made(t testing.TB, src Source, opt Options) (Result, map[string][]byte, []string) {
	t.Helper()
	opt.Dir = t.TempDir()
	result, err := Make(t.Context(), content(t), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	var names []string
	for _, at := range result.Files {
		data, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		some, in := unzip(t, data)
		maps.Copy(files, some)
		names = append(names, in...)
	}
	left, err := os.ReadDir(opt.Dir)
	if err != nil || len(left) != len(result.Files) {
		t.Errorf("there are %d files and folders (%v), want the %d of the result", len(left), err, len(result.Files))
	}
	return result, files, names
}

func TestPackHoldsInOrder(t *testing.T) {
	result, _, names := made(t, full(), Options{})
	want := []string{
		"00_案情摘要.pdf", "01_时间线.xlsx", "02_证据/索引.xlsx",
		"02_证据/20261120_1012_提现状态页面_01.jpg", "02_证据/20261120_1112_提现前余额_02.jpg", "02_证据/20261120_1212_提现记录_03.jpg",
		"02_证据/20261120_1312_客服聊天_04.jpg", "02_证据/20261120_1512_协议条款_06.jpg",
		"03_信件/01_20261128_投诉邮件.docx", "04_沟通记录.md", "05_提醒.ics", "case.json",
	}
	if !slices.Equal(names, want) {
		t.Errorf("the pack holds\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	if base := filepath.Base(result.Files[0]); base != "提现材料_20261130.zip" {
		t.Errorf("the pack is called %s", base)
	}
	if len(result.Absent) != 1 || result.Absent[0] != (Absent{5, "20261120_银行流水_05.jpg", Gone}) {
		t.Errorf("absent: %v", result.Absent)
	}
}

func TestThinPackLeavesOutWhatThereIsNot(t *testing.T) {
	_, files, names := made(t, thin(), Options{})
	if want := []string{"00_案情摘要.pdf", "01_时间线.xlsx", "04_沟通记录.md", "case.json"}; !slices.Equal(names, want) {
		t.Errorf("the pack holds %q, want %q", names, want)
	}
	if len(pdfLines(t, files["00_案情摘要.pdf"])) != 1 {
		t.Error("the summary is not one page")
	}
}

func TestMaskedPackListsEvidenceAndHidesPeople(t *testing.T) {
	src := full()
	src.Records[0].Text = "我叫张三丰，手机13800138000，邮箱zhang.san@example.com，提现500元"
	src.Letters[0].Text = "联系人：张三丰，电话13800138000"
	src.Open = func(context.Context, bot.File) (io.ReadCloser, error) {
		t.Error("a file is fetched")
		return nil, io.EOF
	}
	_, files, names := made(t, src, Options{Masked: true})
	for _, name := range names {
		if strings.HasSuffix(name, ".jpg") {
			t.Errorf("%s came along", name)
		}
	}
	index := sheets(t, files["02_证据/索引.xlsx"])[0]
	if len(index.Cells) != 7 || index.Cells[1][7] != "打码版不放文件" {
		t.Errorf("the index does not list the evidence: %q", index.Cells)
	}
	all := everything(t, files)
	for _, secret := range []string{"13800138000", "zhang.san@example.com"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is in the masked pack", secret)
		}
	}
	for _, kept := range []string{"3721", "12680.50", "20261123008", "尾号4417"} {
		if !strings.Contains(all, kept) {
			t.Errorf("%s is not in the masked pack", kept)
		}
	}
}

// everything returns all text of the files of a pack.
func everything(t testing.TB, files map[string][]byte) string {
	t.Helper()
	var out strings.Builder
	for name, data := range files {
		switch filepath.Ext(name) {
		case ".pdf":
			for _, lines := range pdfLines(t, data) {
				out.WriteString(strings.Join(lines, "\n"))
			}
		case ".xlsx":
			for _, s := range sheets(t, data) {
				for _, row := range s.Cells {
					out.WriteString(strings.Join(row, "\t") + "\n")
				}
			}
		case ".docx":
			out.WriteString(strings.Join(docxLines(t, data), "\n"))
		default:
			out.Write(data)
		}
	}
	return out.String()
}

func TestStruckEvidenceStaysAtHome(t *testing.T) {
	src := full()
	at := slices.IndexFunc(src.Records, func(r bot.Record) bool { return r.Exhibit.Number == 2 })
	src.Records[at].Struck = day(21, 9, 0)
	_, files, names := made(t, src, Options{})
	if slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, "_02.jpg") }) {
		t.Error("a picture that was struck out came along")
	}
	if row := sheets(t, files["02_证据/索引.xlsx"])[0].Cells[2]; row[0] != "证据2" || row[7] != "已划掉，没有放入" {
		t.Errorf("the index says %q", row)
	}
	if !strings.Contains(string(files["case.json"]), `"struck": "2026-11-21T09:00:00+08:00"`) {
		t.Error("case.json does not say that it was struck out")
	}
}

func TestStruckAndCorrectedEntriesAreMarked(t *testing.T) {
	_, files, _ := made(t, full(), Options{})
	rows := sheets(t, files["01_时间线.xlsx"])[0].Cells
	for _, row := range rows {
		switch row[0] {
		case "14":
			if !strings.HasPrefix(row[10], "2026-11-26 16:00 划掉，不作依据") {
				t.Errorf("a struck entry is marked %q", row[10])
			}
		case "15":
			if row[6] != "8806" || row[10] != "工号：原为「8808」，2026-11-26 16:02 更正" {
				t.Errorf("a corrected entry shows %q, %q", row[6], row[10])
			}
		}
	}
	talk := string(files["04_沟通记录.md"])
	if !strings.Contains(talk, "**这一条已划掉，不作依据**\n\n- 渠道：客服电话\n- 对方说：还在审核，没有时间表\n") {
		t.Errorf("the talk does not mark what was struck out:\n%s", talk)
	}
	for _, lines := range pdfLines(t, files["00_案情摘要.pdf"]) {
		if strings.Contains(strings.Join(lines, ""), "没有时间表") {
			t.Error("the summary tells what was struck out")
		}
	}
}

func TestChangedFileIsNamed(t *testing.T) {
	src := full()
	at := slices.IndexFunc(src.Records, func(r bot.Record) bool { return r.Exhibit.Number == 1 })
	src.Records[at].Exhibit.SHA256 = strings.Repeat("0", 64)
	_, files, _ := made(t, src, Options{})
	index := sheets(t, files["02_证据/索引.xlsx"])[0].Cells
	sum := sha256.Sum256(smallJPEG())
	if index[1][5] != hex.EncodeToString(sum[:]) || index[1][7] != "在本包\n和收到时的校验值不一样" {
		t.Errorf("the index says %q", index[1])
	}
}

// heavy opens files of so many bytes.
func heavy(sizes map[bot.FileID]int64) func(context.Context, bot.File) (io.ReadCloser, error) {
	return func(_ context.Context, f bot.File) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zeros{}, sizes[f.ID])), nil
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestLargePackIsSplit: more evidence than fits into one ZIP makes a second one,
// and what is beyond all of them, or by itself larger than one, is named. It
// counts in kilobytes where Make counts in megabytes.
func TestLargePackIsSplit(t *testing.T) {
	src := small()
	sizes := make(map[bot.FileID]int64)
	for i := range 12 {
		id := bot.FileID(fmt.Sprint(i))
		sizes[id] = 19_000
		x := bot.Exhibit{Number: i + 1, File: bot.File{ID: id, MIME: "image/png", Size: sizes[id]}}
		if i == 3 {
			sizes[id], x.Size = 60_000, 0 // the messenger does not say how large it is
		}
		src.Records = append(src.Records, bot.Record{Seq: i + 2, Kind: bot.RecordEvidence, At: day(20, 10, i), ToldAt: day(20, 10, i), About: "other", Exhibit: x})
	}
	src.Open = heavy(sizes)
	result, err := limits{part: partSize / 1000, all: packSize / 1000}.make(t.Context(), content(t), src, Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Files) != 5 || filepath.Base(result.Files[1]) != "提现材料_20261120_第2包共5包.zip" {
		t.Fatalf("the pack is %q", result.Files)
	}
	files := make(map[string][]byte)
	for i, at := range result.Files {
		data, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		some, _ := unzip(t, data)
		maps.Copy(files, some)
		if most := partSize/1000 + 1000; i > 0 && len(data) > most {
			t.Errorf("%s has %d bytes, more than %d", at, len(data), most)
		}
	}
	var absent []int
	for _, a := range result.Absent {
		absent = append(absent, a.Number)
		if a.Why != Large {
			t.Errorf("evidence %d is absent because it is %s", a.Number, a.Why)
		}
	}
	if !slices.Equal(absent, []int{4, 12}) {
		t.Errorf("absent: %v", absent)
	}
	index := sheets(t, files["02_证据/索引.xlsx"])[0].Cells
	if index[1][7] != "在本包" || index[3][7] != "在第 2 包" || index[12][7] != "总量太大，没有放入，请单独提供" {
		t.Errorf("the index says %q, %q, %q", index[1][7], index[3][7], index[12][7])
	}
}

// TestManyWordsLeaveRoom: where the papers are heavy, the evidence that would make
// the first ZIP too large for the messenger goes into a second one.
func TestManyWordsLeaveRoom(t *testing.T) {
	src := small()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		text := make([]rune, 100)
		for j := range text {
			text[j] = rune(0x4e00 + random.IntN(0x5000)) // nothing that could be compressed well
		}
		src.Records = append(src.Records, bot.Record{Seq: i + 2, Kind: bot.RecordNote, At: day(20, 10, i), ToldAt: day(20, 10, i), Text: string(text)})
	}
	src.Records = append(src.Records, bot.Record{Seq: 102, Kind: bot.RecordEvidence, At: day(21, 10, 0), ToldAt: day(21, 10, 0), About: "other",
		Exhibit: bot.Exhibit{Number: 1, File: bot.File{ID: "a", Size: 90_000}}})
	src.Open = heavy(map[bot.FileID]int64{"a": 90_000})
	result, err := limits{part: 100_000, all: 1_000_000}.make(t.Context(), content(t), src, Options{Dir: t.TempDir()})
	if err != nil || len(result.Files) != 2 || len(result.Absent) != 0 {
		t.Fatalf("%+v, %v", result, err)
	}
}

// TestTheEndOfTheContext stops the making within a file and leaves nothing.
func TestTheEndOfTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	src := full()
	src.Open = func(context.Context, bot.File) (io.ReadCloser, error) {
		cancel()
		return io.NopCloser(zeros{}), nil
	}
	dir := t.TempDir()
	_, err := Make(ctx, content(t), src, Options{Dir: dir})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Make returns %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%s is left", left[0].Name())
	}
}

func TestAFileThatBreaksOffIsGone(t *testing.T) {
	src := full()
	src.Open = func(_ context.Context, f bot.File) (io.ReadCloser, error) {
		if f.ID == "f2" {
			return io.NopCloser(io.MultiReader(strings.NewReader("half"), broken{})), nil
		}
		return jpegs(t.Context(), f)
	}
	result, _, names := made(t, src, Options{})
	if len(result.Absent) != 2 || result.Absent[0].Number != 2 || result.Absent[0].Why != Gone {
		t.Errorf("absent: %v", result.Absent)
	}
	if slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(n, "_02.jpg") }) {
		t.Error("half a file came along")
	}
}

// TestAFullDiskIsNoLostFile: nothing is said to be gone because there was no
// room for it.
func TestAFullDiskIsNoLostFile(t *testing.T) {
	src, full := full(), &os.PathError{Op: "write", Path: "x", Err: errors.New("no space left on device")}
	src.Open = func(context.Context, bot.File) (io.ReadCloser, error) { return nil, fmt.Errorf("keep: %w", full) }
	dir := t.TempDir()
	if _, err := Make(t.Context(), content(t), src, Options{Dir: dir}); !errors.Is(err, full) || len(entries(t, dir)) > 0 {
		t.Errorf("Make returns %v and leaves %q", err, entries(t, dir))
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestFoldersAreForTheUserAlone(t *testing.T) {
	src, dir := full(), filepath.Join(t.TempDir(), "export")
	src.Open = func(ctx context.Context, f bot.File) (io.ReadCloser, error) {
		for _, at := range []string{dir, filepath.Join(dir, entries(t, dir)[0])} {
			if info, err := os.Stat(at); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("%s: %v, %v", at, info.Mode(), err)
			}
		}
		return jpegs(ctx, f)
	}
	result, err := Make(t.Context(), content(t), src, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(result.Files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the pack: %v, %v", info.Mode(), err)
	}
}

func entries(t testing.TB, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestProgressCountsToTheEnd(t *testing.T) {
	src := full()
	var told []string
	src.Progress = func(done, total int) { told = append(told, fmt.Sprint(done, "/", total)) }
	made(t, src, Options{})
	if len(told) != 7 || told[0] != "1/7" || told[6] != "7/7" {
		t.Errorf("progress: %q", told)
	}
}

func TestOnePageAlone(t *testing.T) {
	dir := t.TempDir()
	result, err := Make(t.Context(), content(t), full(), Options{Dir: dir, OnePage: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := entries(t, dir); len(result.Files) != 2 || !slices.Equal(got, []string{"一页纸情况说明_20261130.docx", "一页纸情况说明_20261130.pdf"}) {
		t.Errorf("the files are %q", got)
	}
	pdf, docx, err := OnePage(content(t), full())
	if err != nil {
		t.Fatal(err)
	}
	pages := pdfLines(t, pdf)
	if len(pages) != 1 {
		t.Errorf("the one page has %d", len(pages))
	}
	shown, written := strings.Join(pages[0], ""), strings.Join(docxLines(t, docx), "")
	for _, want := range []string{"致：互联网信息服务投诉平台", "账户尾号4417", "12680.50元", "E1024", "通过客服电话联系工号3721", "三个工作日内答复", "2026年11月27日", "银行流水", "【请填写"} {
		if !strings.Contains(shown, want) || !strings.Contains(written, want) {
			t.Errorf("%q is missing in the PDF (%t) or the docx (%t)", want, !strings.Contains(shown, want), !strings.Contains(written, want))
		}
	}
	if strings.Contains(shown+written, "没有时间表") {
		t.Error("the one page tells what was struck out")
	}
}

// TestStatementIsTheOnePage: a letter that was written for the regulator is set
// as it is, on as many pages as it needs.
func TestStatementIsTheOnePage(t *testing.T) {
	src := full()
	src.Statement = Written{Kind: "regulator_complaint", Title: "投诉书", Text: "请求：办理提现。\n\n" + strings.Repeat("事实与经过。", 900)}
	pdf, docx, err := OnePage(content(t), src)
	if err != nil {
		t.Fatal(err)
	}
	pages := pdfLines(t, pdf)
	want := "投诉书" + strings.ReplaceAll(src.Statement.Text, "\n", "")
	if got := strings.Join(slices.Concat(pages...), ""); got != want {
		t.Errorf("the PDF has %d characters of %d", len(got), len(want))
	}
	if len(pages) < 2 {
		t.Error("a long letter is on one page: that cannot be read")
	}
	if got := strings.Join(docxLines(t, docx), ""); got != want {
		t.Errorf("the docx has %d characters of %d", len(got), len(want))
	}
}

func TestFraudIsForBankAndPolice(t *testing.T) {
	pdf, _, err := OnePage(content(t), fraudCase())
	if err != nil {
		t.Fatal(err)
	}
	shown := strings.Join(pdfLines(t, pdf)[0], "")
	for _, want := range []string{"我的开户银行、公安机关", "止付", "受案回执", "3000元", "收款账号：【请填写"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(shown, "督促被投诉方") {
		t.Error("the platform is asked to pay")
	}
}

// TestCaseJSON: the file says all of the case and can be read without us.
func TestCaseJSON(t *testing.T) {
	src := odd()
	_, files, _ := made(t, src, Options{})
	raw := files["case.json"]
	if bytes.ContainsAny(raw, "\u202e\u202c\x07") {
		t.Error("something hidden stands there as it is")
	}
	var got struct {
		Format  int
		Facts   map[string]struct{ Value, Quote string }
		Entries []struct {
			N    int
			Text string
			At   time.Time
		}
		Evidence []struct{ File, Named, SHA256, State string }
		Letters  []struct{ Title, Text string }
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != 1 || len(got.Entries) != len(src.Records) || len(got.Evidence) != 6 || len(got.Letters) != 1 {
		t.Fatalf("format %d, %d entries, %d pieces, %d letters", got.Format, len(got.Entries), len(got.Evidence), len(got.Letters))
	}
	for i, e := range got.Entries {
		if e.Text != src.Records[i].Text || e.N != src.Records[i].Seq || !e.At.Equal(src.Records[i].At) {
			t.Errorf("entry %d says %q, want %q", e.N, e.Text, src.Records[i].Text)
		}
	}
	for name, k := range src.Case.Facts {
		if f := got.Facts[string(name)]; f.Value != string(k.Value) || f.Quote != k.Quote {
			t.Errorf("%s is %q", name, f)
		}
	}
	if got.Letters[0].Title != src.Letters[0].Title || got.Evidence[0].Named != "../../../张三 13800138000.exe" {
		t.Errorf("a letter is called %q, a file %q", got.Letters[0].Title, got.Evidence[0].Named)
	}
	if _, ok := got.Facts[string(fact.PlatformName)]; !ok {
		t.Error("no name of the platform")
	}
}

// TestOddCaseIsHarmless: what would break or mislead stands there as text.
func TestOddCaseIsHarmless(t *testing.T) {
	_, files, names := made(t, odd(), Options{})
	for _, name := range names {
		harmlessPath(t, name)
		if strings.Contains(name, "张三") || strings.Contains(name, "13800138000") || strings.HasSuffix(name, ".exe") {
			t.Errorf("%q tells who, or would run", name)
		}
	}
	if pages := pdfLines(t, files["00_案情摘要.pdf"]); !strings.Contains(strings.Join(pages[0], ""), "=cmd|'/c calc'!A1 <b>&□gpj.exe□ □□□□ 𠮷𬭊□ 龘 □□ □") {
		t.Errorf("the summary shows %q", pages[0])
	}
	row := sheets(t, files["01_时间线.xlsx"])[0].Cells[3]
	if want := "=HYPERLINK(\"http://evil\",\"点我\")\n+1-1\n-2\n@SUM(A1)\n\t=1+1\n]]></w:t><script>alert(1)</script>\n../../etc/passwd\n# 标题 *粗* [链](http://a)"; row[3] != want {
		t.Errorf("the timeline says %q", row[3])
	}
	if got := docxLines(t, files["03_信件/01_20261128_x.docx"]); got[0] != "=1+1</w:t>□" {
		t.Errorf("the letter is called %q", got[0])
	}
}
