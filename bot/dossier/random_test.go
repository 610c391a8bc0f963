package dossier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge/fact"
)

// dice makes random cases: long names, empty fields, many entries and pictures,
// and every kind of character.
type dice struct{ *rand.Rand }

// letters are what texts are made of, by how harmless they are.
var letters = [][]rune{
	[]rune("提现失败审核中客服答复金额银行卡平台账户，。、：；？！（）「」《》【】"),
	[]rune("abcXYZ0123456789 .,:;?!'\"()[]{}<>&=+-@#$%^*_|\\/~`\n\t"),
	[]rune("體現發現幣種龘㐂𠮷𬭊䶮々〇①★→…—·￥％Ａ１ｶﾅ한글éñüЖΩ"),
	[]rune("😀🇨🇳\u200d\ufe0f\u202e\u202c\u2066\u200f\u00ad\u0301\u0000\u0007\u001b\u0085\u2028\ufffe\uffff\U0001fffe\u0378\ue000\U0010ffffחह"),
}

func (d dice) text(most int) string {
	n := d.IntN(most + 1)
	if d.IntN(4) == 0 {
		n = min(n, 3)
	}
	kinds := letters[:1+d.IntN(len(letters))]
	out := make([]rune, n)
	for i := range out {
		kind := kinds[min(d.IntN(len(kinds)*2), len(kinds)*2-1)%len(kinds)]
		out[i] = kind[d.IntN(len(kind))]
	}
	return string(out)
}

func (d dice) at() time.Time {
	if d.IntN(20) == 0 {
		return time.Time{}
	}
	return day(1, 0, 0).Add(time.Duration(d.IntN(60*24*60)) * time.Minute)
}

func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

var recordKinds = []bot.RecordKind{
	bot.RecordMessage, bot.RecordAnswer, bot.RecordQuestion, bot.RecordNote, bot.RecordContact, bot.RecordStep, bot.RecordStage,
	bot.RecordGap, bot.RecordPasted, bot.RecordCorrection, bot.RecordEvidence, bot.RecordPaid, bot.RecordLetter, bot.RecordReminder, bot.RecordDraft, "unheard",
}

var partNames = []bot.PartName{
	bot.PartChannel, bot.PartAgent, bot.PartSaid, bot.PartPromise, bot.PartDue, bot.PartTicket, bot.PartAmount, bot.PartShows, bot.PartVersion,
	bot.PartText, bot.PartLetter, bot.PartNote, bot.PartRule,
}

func (d dice) record(seq int, pictures *int) bot.Record {
	r := bot.Record{Seq: seq, Kind: pick(d, recordKinds), At: d.at(), ToldAt: d.at(), Rough: d.IntN(5) == 0, Text: d.text(80), About: d.text(8)}
	if d.IntN(30) == 0 {
		r.Text = d.text(4000)
	}
	if d.IntN(10) == 0 {
		r.Struck = day(30, 0, 0)
	}
	for range d.IntN(4) {
		p := bot.Part{Name: pick(d, partNames), Value: d.text(20)}
		if p.Name == bot.PartDue && d.IntN(2) == 0 {
			p.Value = d.at().Format(time.RFC3339)
		}
		r.Parts = append(r.Parts, p)
	}
	for range d.IntN(2) {
		r.Was = append(r.Was, bot.Was{At: d.at(), Name: string(pick(d, append(partNames, "at", "about", "struck"))), Old: d.text(20)})
	}
	if r.Kind == bot.RecordEvidence {
		if *pictures == 60 {
			r.Kind = bot.RecordNote
			return r
		}
		*pictures++
		r.About = pick(d, []string{"error_screen", "support_chat", "other", d.text(5)})
		r.Exhibit = bot.Exhibit{Number: *pictures, Name: d.text(30), File: bot.File{ID: bot.FileID(fmt.Sprint("f", *pictures)), MIME: pick(d, []string{"image/jpeg", "", "application/pdf", "a/b\r\nX: y"})}}
	}
	return r
}

func (d dice) source() Source {
	src := Source{Case: bot.Case{Number: 1 + d.IntN(9), Opened: day(1, 0, 0), Stage: pick(d, []bot.Stage{bot.SelfCheck, bot.Regulator, bot.Resolved, bot.Closed, ""}),
		Facts: make(map[fact.Name]bot.Known)}, Zone: china, Now: day(30, 12, 0)}
	for _, spec := range fact.All() {
		if d.IntN(2) == 0 {
			continue
		}
		k := bot.Known{Quote: d.text(24), Record: d.IntN(9), Approx: d.IntN(4) == 0}
		switch {
		case len(spec.Values) > 0 && d.IntN(5) > 0:
			k.Value = fact.Value(pick(d, spec.Values))
		case spec.Kind == fact.Decimal:
			k.Value = fact.Value(fmt.Sprintf("%d.%02d", d.IntN(1e6), d.IntN(100)))
		case spec.Kind == fact.Instant || spec.Kind == fact.Date:
			k.Value = fact.At(day(1+d.IntN(28), 9, 30))
		case spec.Kind == fact.Text:
			k.Value = fact.Value(strings.TrimSpace(d.text(pick(d, []int{10, 100, 600}))))
		}
		src.Case.Facts[spec.Name] = k
	}
	pictures := 0
	for i := range pick(d, []int{0, 1, 5, 30, 200}) {
		src.Records = append(src.Records, d.record(i+1, &pictures))
	}
	for range d.IntN(3) { // with none, those of the records are taken
		src.Letters = append(src.Letters, Written{Kind: pick(d, []string{"complaint_email", d.text(5)}), Title: d.text(30), Text: d.text(800), SentAt: d.at()})
	}
	src.Open = func(_ context.Context, f bot.File) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("bytes of " + string(f.ID))), nil
	}
	return src
}

// TestNothingIsLost makes packs of random cases, opens every file with other
// readers, and looks for every character of the case.
func TestNothingIsLost(t *testing.T) {
	n := 200
	if testing.Short() {
		n = 12
	}
	for seed := range n {
		d := dice{rand.New(rand.NewPCG(6, uint64(seed)))}
		src := d.source()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			_, files, names := made(t, src, Options{})
			for _, name := range names {
				harmlessPath(t, name)
			}
			jsonHolds(t, src, files)
			timelineHolds(t, src, files)
			indexHolds(t, src, files)
			papersHold(t, src, files)
		})
	}
}

func jsonHolds(t *testing.T, src Source, files map[string][]byte) {
	t.Helper()
	var got struct {
		Entries []struct {
			Text  string
			Parts []struct{ Name, Value string }
			Was   []struct{ Old string }
		}
		Letters []struct{ Title, Text string }
		Facts   map[string]struct{ Value, Quote string }
	}
	if err := json.Unmarshal(files["case.json"], &got); err != nil {
		t.Fatal(err)
	}
	for i, r := range src.Records {
		e := got.Entries[i]
		if e.Text != r.Text {
			t.Errorf("case.json: entry %d says %q, want %q", r.Seq, e.Text, r.Text)
		}
		for j, p := range r.Parts {
			if e.Parts[j].Value != p.Value || e.Parts[j].Name != string(p.Name) {
				t.Errorf("case.json: entry %d: %v, want %v", r.Seq, e.Parts[j], p)
			}
		}
		for j, was := range r.Was {
			if e.Was[j].Old != was.Old {
				t.Errorf("case.json: entry %d was %q, want %q", r.Seq, e.Was[j].Old, was.Old)
			}
		}
	}
	if src.Letters == nil {
		src.Letters = lettersOf(src.Records)
	}
	for i, l := range src.Letters {
		if got.Letters[i].Text != l.Text || got.Letters[i].Title != l.Title {
			t.Errorf("case.json: letter %d is %q", i, got.Letters[i])
		}
	}
	for name, k := range src.Case.Facts {
		if f := got.Facts[string(name)]; f.Value != string(k.Value) || f.Quote != k.Quote {
			t.Errorf("case.json: %s is %q, want %q", name, f, k.Value)
		}
	}
}

// columns joins the rows of a table that belong to one line, whose first keep
// columns are the same.
func columns(rows [][]string, keep int) map[string][]string {
	out := make(map[string][]string)
	for _, row := range rows[1:] {
		have, more := out[row[0]]
		if !more {
			out[row[0]] = slices.Clone(row)
			continue
		}
		for j := keep; j < len(row); j++ {
			have[j] += row[j]
		}
	}
	return out
}

func timelineHolds(t *testing.T, src Source, files map[string][]byte) {
	t.Helper()
	book := sheets(t, files["01_时间线.xlsx"])
	rows := columns(book[0].Cells, 2)
	for _, r := range src.Records {
		if slices.Contains(untold, r.Kind) {
			continue
		}
		row := rows[fmt.Sprint(r.Seq)]
		if row == nil {
			t.Errorf("the timeline has no entry %d", r.Seq)
			continue
		}
		if want := strings.TrimSpace(plain(wordsOf(r))); row[3] != want {
			t.Errorf("the timeline: entry %d says\n%q, want\n%q", r.Seq, row[3], want)
		}
		for _, p := range r.Parts {
			want, at := strings.TrimSpace(plain(p.Value)), map[bot.PartName]int{bot.PartSaid: 4, bot.PartPromise: 7, bot.PartVersion: 4}[p.Name]
			if at > 0 && r.Kind != bot.RecordEvidence && !strings.Contains(row[at], want) {
				t.Errorf("the timeline: entry %d has no %s %q in %q", r.Seq, p.Name, want, row[at])
			}
		}
	}
	facts := columns(book[1].Cells, 1)
	for name, k := range src.Case.Facts {
		spec, _ := fact.Lookup(name)
		row := facts[content(t).FactLabel(name)]
		if spec.Kind == fact.Text && k.Value != "" && (row == nil || row[1] != strings.TrimSpace(plain(string(k.Value)))) {
			t.Errorf("the facts: %s is %q, want %q", name, row, k.Value)
		}
		if row == nil || row[2] != plain(k.Quote) {
			t.Errorf("the facts: the quote of %s is %q, want %q", name, row, k.Quote)
		}
	}
}

func indexHolds(t *testing.T, src Source, files map[string][]byte) {
	t.Helper()
	rows := map[string][]string{}
	if data, ok := files["02_证据/索引.xlsx"]; ok {
		rows = columns(sheets(t, data)[0].Cells, 2)
	}
	for _, r := range src.Records {
		if r.Kind != bot.RecordEvidence {
			continue
		}
		row := rows[fmt.Sprint("证据", r.Exhibit.Number)]
		if row == nil || !strings.Contains(row[4], strings.TrimSpace(plain(wordsOf(r)))) {
			t.Errorf("the index: evidence %d is %q, want %q", r.Exhibit.Number, row, r.Text)
			continue
		}
		if !r.Struck.IsZero() {
			continue
		}
		want := []byte("bytes of " + string(r.Exhibit.ID))
		sum := sha256.Sum256(want)
		if got := files["02_证据/"+row[1]]; !bytes.Equal(got, want) || row[5] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s holds %q with the hash %s", row[1], got, row[5])
		}
	}
}

// papersHold reads the summary, the letters and the talk.
func papersHold(t *testing.T, src Source, files map[string][]byte) {
	t.Helper()
	if pages := pdfLines(t, files["00_案情摘要.pdf"]); len(pages) != 1 || !strings.Contains(strings.Join(pages[0], ""), "不代表任何机关的认定") {
		t.Errorf("the summary has %d pages or no end: %q", len(pages), pages)
	}
	var letters []string
	for name, data := range files {
		if strings.HasPrefix(name, "03_信件/") {
			letters = append(letters, strings.Join(docxLines(t, data), ""))
		}
	}
	if src.Letters == nil {
		src.Letters = lettersOf(src.Records)
	}
	for _, l := range src.Letters {
		want := strings.ReplaceAll(strings.TrimSpace(plain(l.Title)), "\n", "") + strings.ReplaceAll(plain(l.Text), "\n", "")
		if !slices.Contains(letters, want) {
			t.Errorf("no letter says %q; there are %q", want, letters)
		}
	}
	talk := unescapeTalk(string(files["04_沟通记录.md"]))
	for _, r := range src.Records {
		if !slices.Contains([]bot.RecordKind{bot.RecordContact, bot.RecordNote, bot.RecordPasted, bot.RecordLetter}, r.Kind) {
			continue
		}
		for line := range strings.SplitSeq(strings.TrimSpace(plain(wordsOf(r))), "\n") {
			if !strings.Contains(talk, strings.TrimRight(line, " ")) {
				t.Errorf("the talk does not say %q", line)
			}
		}
	}
}

// unescapeTalk takes the backslashes out of Markdown.
func unescapeTalk(text string) string {
	var out strings.Builder
	after := false
	for _, r := range text {
		if r == '\\' && !after {
			after = true
			continue
		}
		after = false
		out.WriteRune(r)
	}
	return out.String()
}

// TestOnePageIsOnePage: whatever is in a case, the statement made of it fits.
func TestOnePageIsOnePage(t *testing.T) {
	n := 40
	if testing.Short() {
		n = 6
	}
	f := newTestFace(t)
	for seed := range n {
		d := dice{rand.New(rand.NewPCG(7, uint64(seed)))}
		pdf, docx, err := OnePage(content(t), d.source())
		if err != nil {
			t.Fatal(seed, err)
		}
		if pages := pdfLines(t, pdf); len(pages) != 1 {
			t.Errorf("case %d: %d pages", seed, len(pages))
		}
		shown, written := unspaced(strings.Join(pdfLines(t, pdf)[0], "")), unspaced(f.drawable(strings.Join(docxLines(t, docx), "")))
		if shown != written {
			t.Errorf("case %d: the PDF says\n%s\nand the docx\n%s", seed, shown, written)
		}
	}
}

// TestNobodyIsInTheMaskedPack: with a phone number and an address in every text
// of a case, none is in any file of the masked pack.
func TestNobodyIsInTheMaskedPack(t *testing.T) {
	n := 40
	if testing.Short() {
		n = 4
	}
	for seed := range n {
		d := dice{rand.New(rand.NewPCG(8, uint64(seed)))}
		src := d.source().with(func(text string) string { return text + " 13800138000，zhang.san@example.com " })
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			_, files, names := made(t, src, Options{Masked: true})
			all := everything(t, files) + strings.Join(names, "\n")
			for _, secret := range []string{"13800138000", "zhang.san@example.com"} {
				if i := strings.Index(all, secret); i >= 0 {
					t.Errorf("%s is in the pack: %q", secret, all[max(0, i-200):min(len(all), i+100)])
				}
			}
		})
	}
}
