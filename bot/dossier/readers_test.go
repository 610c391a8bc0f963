package dossier

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// The readers of this file know nothing of how the files are written: they read
// ZIP, SpreadsheetML, WordprocessingML and PDF as their formats say.

// unzip returns the files of a ZIP and their names in order.
func unzip(t testing.TB, data []byte) (files map[string][]byte, names []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files = make(map[string][]byte)
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if files[f.Name] != nil {
			t.Errorf("%s stands there twice", f.Name)
		}
		files[f.Name] = data
		names = append(names, f.Name)
	}
	return files, names
}

// decode reads XML strictly.
func decode(t testing.TB, name string, data []byte, v any) {
	t.Helper()
	if err := xml.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// spread is a sheet as its file says it.
type spread struct {
	Name  string
	Cells [][]string
	XML   string
}

type xlsxText struct {
	T    string `xml:"t"`
	Runs []struct {
		T string `xml:"t"`
	} `xml:"r"`
}

func (x xlsxText) String() string {
	out := x.T
	for _, r := range x.Runs {
		out += r.T
	}
	return unescapeCell(out)
}

var cellEscape = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescapeCell undoes the escapes that texts of cells have.
func unescapeCell(text string) string {
	return cellEscape.ReplaceAllStringFunc(text, func(m string) string {
		n, _ := strconv.ParseUint(m[2:6], 16, 16)
		return string(rune(n))
	})
}

// sheets reads an xlsx and fails if a cell is a formula.
func sheets(t testing.TB, data []byte) []spread {
	t.Helper()
	files, _ := unzip(t, data)
	var shared struct {
		SI []xlsxText `xml:"si"`
	}
	if data, ok := files["xl/sharedStrings.xml"]; ok {
		decode(t, "sharedStrings.xml", data, &shared)
	}
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
		} `xml:"sheets>sheet"`
	}
	decode(t, "workbook.xml", files["xl/workbook.xml"], &book)
	var out []spread
	for i, s := range book.Sheets {
		file := fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)
		var sheet struct {
			Rows []struct {
				R     int `xml:"r,attr"`
				Cells []struct {
					Ref     string    `xml:"r,attr"`
					Type    string    `xml:"t,attr"`
					Formula *string   `xml:"f"`
					Value   string    `xml:"v"`
					Inline  *xlsxText `xml:"is"`
				} `xml:"c"`
			} `xml:"sheetData>row"`
		}
		decode(t, file, files[file], &sheet)
		now := spread{Name: s.Name, XML: string(files[file])}
		for _, r := range sheet.Rows {
			for len(now.Cells) < r.R {
				now.Cells = append(now.Cells, nil)
			}
			row := make([]string, 16)
			for _, c := range r.Cells {
				if c.Formula != nil {
					t.Errorf("%s %s is a formula", s.Name, c.Ref)
				}
				text := c.Value
				switch {
				case c.Type == "s":
					n, err := strconv.Atoi(c.Value)
					if err != nil {
						t.Fatal(err)
					}
					text = shared.SI[n].String()
				case c.Inline != nil:
					text = c.Inline.String()
				}
				row[c.Ref[0]-'A'] = text
			}
			now.Cells[r.R-1] = row
		}
		out = append(out, now)
	}
	return out
}

// docxLines returns the paragraphs of a docx.
func docxLines(t testing.TB, data []byte) []string {
	t.Helper()
	files, _ := unzip(t, data)
	for name, data := range files {
		if err := wellFormed(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var out []string
	d := xml.NewDecoder(bytes.NewReader(files["word/document.xml"]))
	inText := false
	for {
		tok, err := d.Token()
		if err != nil {
			break
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch tok.Name.Local {
			case "p":
				out = append(out, "")
			case "t":
				inText = true
			case "tab":
				out[len(out)-1] += "\t"
			}
		case xml.EndElement:
			inText = inText && tok.Name.Local != "t"
		case xml.CharData:
			if inText {
				out[len(out)-1] += string(tok)
			}
		}
	}
	return out
}

func wellFormed(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// pdfFile is a PDF as its table of objects says it.
type pdfFile struct {
	objects map[int][]byte
	pages   []int
}

var (
	pdfStart  = regexp.MustCompile(`startxref\s+(\d+)\s+%%EOF\s*$`)
	pdfXref   = regexp.MustCompile(`^xref\n0 (\d+)\n`)
	pdfStream = regexp.MustCompile(`(?s)^(.*?)\nstream\r?\n`)
	pdfLength = regexp.MustCompile(`/Length (\d+)`)
	pdfRef    = regexp.MustCompile(`(\d+) 0 R`)
	pdfRange  = regexp.MustCompile(`<([0-9A-F]{4})><([0-9A-F]{4})><([0-9A-F]+)>`)
	pdfShow   = regexp.MustCompile(`\[((?:<[0-9A-F]*>|-?[0-9.]+)*)\] TJ`)
	pdfHex    = regexp.MustCompile(`<([0-9A-F]*)>`)
	pdfKids   = regexp.MustCompile(`(?s)/Contents \[?\s*((?:\d+ 0 R\s*)+)`)
)

// openPDF finds every object where the table of the file says it is.
func openPDF(t testing.TB, data []byte) pdfFile {
	t.Helper()
	m := pdfStart.FindSubmatch(data)
	if m == nil {
		t.Fatal("no end of a PDF")
	}
	at, _ := strconv.Atoi(string(m[1]))
	table := data[at:]
	head := pdfXref.FindSubmatch(table)
	if head == nil {
		t.Fatalf("no table at %d: %.20q", at, table)
	}
	n, _ := strconv.Atoi(string(head[1]))
	lines := strings.Split(string(table[len(head[0]):]), "\n")
	p := pdfFile{objects: make(map[int][]byte)}
	for id := 1; id < n; id++ {
		offset, _ := strconv.Atoi(lines[id][:10])
		start := fmt.Sprintf("%d 0 obj\n", id)
		if !bytes.HasPrefix(data[offset:], []byte(start)) {
			t.Fatalf("object %d is not at %d", id, offset)
		}
		p.objects[id] = data[offset+len(start):]
		if o := p.objects[id]; bytes.Contains(o[:bytes.Index(o, []byte("endobj"))], []byte("/Type /Page\n")) {
			p.pages = append(p.pages, id)
		}
	}
	return p
}

// stream returns what the stream of an object holds.
func (p pdfFile) stream(t testing.TB, id int) []byte {
	t.Helper()
	o := p.objects[id]
	head := pdfStream.Find(o)
	length := pdfLength.FindSubmatch(head)
	if head == nil || length == nil {
		t.Fatalf("object %d has no stream", id)
	}
	n, _ := strconv.Atoi(string(length[1]))
	data := o[len(head) : len(head)+n]
	if !bytes.HasPrefix(bytes.TrimLeft(o[len(head)+n:], "\r\n"), []byte("endstream")) {
		t.Fatalf("the stream of object %d is longer than it says", id)
	}
	if !bytes.Contains(head, []byte("/FlateDecode")) {
		return data
	}
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// letters returns what the glyphs of the font of a PDF mean.
func (p pdfFile) letters(t testing.TB) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for id, o := range p.objects {
		if end := bytes.Index(o, []byte("endobj")); !bytes.Contains(o[:end], []byte("begincmap")) {
			continue
		}
		for _, m := range pdfRange.FindAllSubmatch(p.stream(t, id), -1) {
			if string(m[1]) != string(m[2]) || len(m[3])%4 != 0 {
				t.Fatalf("a line that cannot be read: %s", m[0])
			}
			raw, _ := hex.DecodeString(string(m[3]))
			var units []uint16
			for i := 0; i < len(raw); i += 2 {
				units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
			}
			out[string(m[1])] = string(utf16.Decode(units))
		}
	}
	return out
}

// pdfLines returns what is shown on each page, piece by piece.
func pdfLines(t testing.TB, data []byte) [][]string {
	t.Helper()
	p := openPDF(t, data)
	letters := p.letters(t)
	var out [][]string
	for _, id := range p.pages {
		var lines []string
		o := p.objects[id]
		for _, ref := range pdfRef.FindAllSubmatch(pdfKids.FindSubmatch(o[:bytes.Index(o, []byte("endobj"))])[1], -1) {
			n, _ := strconv.Atoi(string(ref[1]))
			for _, show := range pdfShow.FindAllSubmatch(p.stream(t, n), -1) {
				lines = append(lines, shown(t, show[1], letters))
			}
		}
		out = append(out, lines)
	}
	return out
}

func shown(t testing.TB, show []byte, letters map[string]string) string {
	t.Helper()
	var out strings.Builder
	for _, m := range pdfHex.FindAllSubmatch(show, -1) {
		for i := 0; i+4 <= len(m[1]); i += 4 {
			letter, ok := letters[string(m[1][i:i+4])]
			if !ok {
				t.Fatalf("glyph %s means nothing", m[1][i:i+4])
			}
			out.WriteString(letter)
		}
	}
	return out.String()
}

// harmlessPath fails if a name of a ZIP could leave the folder it is unpacked in.
func harmlessPath(t testing.TB, name string) {
	t.Helper()
	if path.Clean(name) != name || path.IsAbs(name) || strings.Contains(name, "..") || strings.ContainsAny(name, `\:*?"<>|`) || strings.Count(name, "/") > 1 {
		t.Errorf("%q is no name for a file", name)
	}
	for _, r := range name {
		if harmful(r) || r == '\n' || r == '\t' {
			t.Errorf("%q holds %U", name, r)
		}
	}
}
