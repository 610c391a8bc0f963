package dossier

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// The libraries for docx cannot name a font for Chinese, without which Word
// takes whatever it finds; a letter is four small files.

const (
	docxTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`

	docxRels = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

	docxPartRels = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`

	docxStyles = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="SimSun" w:cs="Times New Roman"/>` +
		`<w:sz w:val="SIZE"/><w:szCs w:val="SIZE"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="LINE" w:lineRule="exact"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
		`<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/>` +
		`<w:pPr><w:keepNext/><w:spacing w:after="160" w:line="TOP" w:lineRule="exact"/><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="TITLE"/><w:szCs w:val="TITLE"/></w:rPr></w:style>` +
		`<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>` +
		`<w:pPr><w:keepNext/><w:spacing w:before="120"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style></w:styles>`

	docxHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`

	docxTail = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1000" w:right="1120" w:bottom="900" w:left="1120" ` +
		`w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`
)

// docxShape is what a style is in Word: properties of the paragraph. INDENT is
// the width of a number with its dot and space.
var docxShape = map[style]string{
	body:    ``,
	title:   `<w:pPr><w:pStyle w:val="Title"/></w:pPr>`,
	heading: `<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>`,
	item:    `<w:pPr><w:ind w:left="INDENT" w:hanging="INDENT"/></w:pPr>`,
}

// document returns blocks as a docx, in letters of so many points.
func document(blocks []block, size float64) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", docxTypes},
		{"_rels/.rels", docxRels},
		{"word/_rels/document.xml.rels", docxPartRels},
		{"word/styles.xml", docxLook(size)},
		{"word/document.xml", docxHead + paragraphs(blocks, size) + docxTail},
	} {
		w, err := z.Create(part.name)
		if err != nil {
			return nil, fmt.Errorf("add %s: %w", part.name, err)
		}
		if _, err := w.Write([]byte(part.text)); err != nil {
			return nil, fmt.Errorf("add %s: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// docxLook returns the styles of a document whose letters are so many points
// high. Its lines have a fixed height, so that it has as many pages with one
// font as with another.
func docxLook(size float64) string {
	const larger = 1.35 // the title
	return strings.NewReplacer(
		"SIZE", number(round(2*size)), "LINE", number(round(20*size*docxLeading)),
		"TITLE", number(round(2*size*larger)), "TOP", number(round(20*size*larger*docxLeading)),
	).Replace(docxStyles)
}

const docxLeading = 1.6 // height of a line in ems

func paragraphs(blocks []block, size float64) string {
	var out strings.Builder
	indent := number(round(20 * size))
	for _, b := range blocks {
		for line := range strings.SplitSeq(b.text, "\n") {
			out.WriteString("<w:p>" + strings.ReplaceAll(docxShape[b.style], "INDENT", indent))
			for _, run := range blanks(line) {
				out.WriteString(run)
			}
			out.WriteString("</w:p>")
		}
	}
	return out.String()
}

// blanks returns a line as runs; what is still to be filled in is marked.
func blanks(line string) []string {
	const plainRun, marked = `<w:r>`, `<w:r><w:rPr><w:highlight w:val="yellow"/></w:rPr>`
	var runs []string
	for line != "" {
		from, to := strings.Index(line, "【"), -1
		if from >= 0 {
			to = strings.Index(line[from:], "】")
		}
		if from < 0 || to < 0 {
			return append(runs, run(plainRun, line))
		}
		to += from + len("】")
		if from > 0 {
			runs = append(runs, run(plainRun, line[:from]))
		}
		runs = append(runs, run(marked, line[from:to]))
		line = line[to:]
	}
	return runs
}

func run(open, text string) string {
	var escaped strings.Builder
	for i, part := range strings.Split(text, "\t") {
		if i > 0 {
			escaped.WriteString(`</w:t><w:tab/><w:t xml:space="preserve">`)
		}
		xml.EscapeText(&escaped, []byte(part)) // a strings.Builder does not fail
	}
	return open + `<w:t xml:space="preserve">` + escaped.String() + `</w:t></w:r>`
}
