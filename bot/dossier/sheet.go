package dossier

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// column is one column of a table: what stands above it and how wide it is, in
// half-width characters.
type column struct {
	name  string
	width float64
	count bool // its cells are numbers
}

// line is one line of a table; its cells are texts, never formulas.
type line struct {
	cells  []string
	key    bool // highlighted
	struck bool // crossed out
}

// table is one sheet.
type table struct {
	name    string
	columns []column
	lines   []line
	footer  string
	upright bool // printed on upright paper: few columns, many lines
	keep    int  // so many columns stand again where a line is continued, so that sorting keeps it together
}

// maker is whom files name as their author.
const maker = "tixianbot"

const (
	sheetFont  = "Microsoft YaHei"
	lineHeight = 16.0 // of a line in a cell, in points
	cellLines  = 24   // lines that a row may hold: Excel shows no row higher than 409 points
)

// workbook returns tables as an xlsx, a sheet each: the heading frozen, a
// filter, what belongs on one width of paper printed on it.
func workbook(tables ...table) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetDocProps(&excelize.DocProperties{Creator: maker, LastModifiedBy: maker, Title: tables[0].name}); err != nil {
		return nil, err
	}
	styles, err := newStyles(f)
	if err != nil {
		return nil, err
	}
	for i, t := range tables {
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), t.name)
		} else {
			_, err = f.NewSheet(t.name)
		}
		if err != nil {
			return nil, fmt.Errorf("add sheet %d: %w", i+1, err)
		}
		if err := t.write(f, styles); err != nil {
			return nil, fmt.Errorf("write sheet %d: %w", i+1, err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	return out.Bytes(), nil
}

// styles are the ids of the looks of cells.
type styles struct{ head, usual, key, struck, remark int }

func newStyles(f *excelize.File) (s styles, err error) {
	edge := func(color string) []excelize.Border {
		var out []excelize.Border
		for _, side := range []string{"left", "right", "top", "bottom"} {
			out = append(out, excelize.Border{Type: side, Color: color, Style: 1})
		}
		return out
	}
	look := func(font excelize.Font, fill, across string) int {
		font.Family = sheetFont
		style := &excelize.Style{
			Font: &font, Border: edge("C9D2DA"), NumFmt: 49, // 49: text
			Alignment: &excelize.Alignment{Horizontal: across, Vertical: "top", WrapText: true},
		}
		if fill != "" {
			style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		}
		id, e := f.NewStyle(style)
		if err == nil {
			err = e
		}
		return id
	}
	s.head = look(excelize.Font{Bold: true, Size: 10.5, Color: "FFFFFF"}, "1B4F8A", "center")
	s.usual = look(excelize.Font{Size: 10, Color: "1F2933"}, "", "left")
	s.key = look(excelize.Font{Size: 10, Color: "1F2933"}, "FFF1D6", "left")
	s.struck = look(excelize.Font{Size: 10, Color: "5B6770", Strike: true}, "", "left")
	s.remark = look(excelize.Font{Size: 10, Color: "5B6770"}, "", "left")
	return s, err
}

func (t table) write(f *excelize.File, s styles) error {
	lines := t.split()
	end := len(lines) + 1
	for _, step := range []func() error{
		func() error { return t.heading(f, s) },
		func() error { return t.body(f, s, lines) },
		func() error {
			return f.SetPanes(t.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
		},
		func() error { return f.AutoFilter(t.name, fmt.Sprintf("A1:%s%d", t.last(), end), nil) },
		func() error { return t.print(f, fmt.Sprintf("$%s$%d", t.last(), end)) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (t table) heading(f *excelize.File, s styles) error {
	for i, c := range t.columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(t.name, letter, letter, c.width); err != nil {
			return err
		}
		if err := f.SetCellStr(t.name, letter+"1", c.name); err != nil {
			return err
		}
		if err := f.SetCellStyle(t.name, letter+"1", letter+"1", s.head); err != nil {
			return err
		}
	}
	return f.SetRowHeight(t.name, 1, lineHeight+6)
}

func (t table) body(f *excelize.File, s styles, lines []line) error {
	for i, l := range lines {
		if err := t.row(f, s, i+2, l); err != nil {
			return err
		}
	}
	return nil
}

func (t table) row(f *excelize.File, s styles, n int, l line) error {
	cells, most := make([]any, len(l.cells)), 1
	for j, text := range l.cells {
		cells[j] = text
		if v, err := strconv.Atoi(text); err == nil && t.columns[j].count {
			cells[j] = v
		}
		most = max(most, len(cellRows(text, t.columns[j].width)))
	}
	first, last := fmt.Sprintf("A%d", n), fmt.Sprintf("%s%d", t.last(), n)
	if err := f.SetSheetRow(t.name, first, &cells); err != nil {
		return err
	}
	if err := f.SetCellStyle(t.name, first, last, s.look(l)); err != nil {
		return err
	}
	if l.struck { // why it is struck can be read
		if err := f.SetCellStyle(t.name, last, last, s.remark); err != nil {
			return err
		}
	}
	return f.SetRowHeight(t.name, n, float64(most)*lineHeight+4)
}

func (s styles) look(l line) int {
	switch {
	case l.struck:
		return s.struck
	case l.key:
		return s.key
	}
	return s.usual
}

// last returns the letter of the last column.
func (t table) last() string {
	letter, _ := excelize.ColumnNumberToName(len(t.columns)) // fails for no number of columns that a table has
	return letter
}

// print sets what is printed and how: across the page, the heading on each.
func (t table) print(f *excelize.File, end string) error {
	name := "'" + strings.ReplaceAll(t.name, "'", "''") + "'!"
	for _, d := range []excelize.DefinedName{
		{Name: "_xlnm.Print_Area", RefersTo: name + "$A$1:" + end, Scope: t.name},
		{Name: "_xlnm.Print_Titles", RefersTo: name + "$1:$1", Scope: t.name},
	} {
		if err := f.SetDefinedName(&d); err != nil {
			return err
		}
	}
	across, a4, one, none, yes := "landscape", 9, 1, 0, true
	if t.upright {
		across = "portrait"
	}
	if err := f.SetPageLayout(t.name, &excelize.PageLayoutOptions{Orientation: &across, Size: &a4, FitToWidth: &one, FitToHeight: &none}); err != nil {
		return err
	}
	if err := f.SetSheetProps(t.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	edge, foot := 0.4, 0.6
	if err := f.SetPageMargins(t.name, &excelize.PageLayoutMarginsOptions{Left: &edge, Right: &edge, Top: &edge, Bottom: &foot, Footer: &edge}); err != nil {
		return err
	}
	return f.SetHeaderFooter(t.name, &excelize.HeaderFooterOptions{OddFooter: "&C" + t.footer})
}

// split returns the lines of the table, those with a cell that is too long for
// a row continued in further rows.
func (t table) split() []line {
	var out []line
	for _, l := range t.lines {
		pieces, most := make([][]string, len(l.cells)), 1
		for j, text := range l.cells {
			pieces[j] = slabs(text, t.columns[j].width)
			most = max(most, len(pieces[j]))
		}
		for i := range most {
			next := line{cells: make([]string, len(l.cells)), key: l.key, struck: l.struck}
			for j := range pieces {
				switch {
				case i < len(pieces[j]):
					next.cells[j] = pieces[j][i]
				case j < t.keep:
					next.cells[j] = l.cells[j]
				}
			}
			out = append(out, next)
		}
	}
	return out
}

// slabs cuts a text into pieces that each fit into a row; together they are the text.
func slabs(text string, width float64) []string {
	rows := cellRows(text, width)
	var out []string
	for len(rows) > cellLines {
		out = append(out, strings.Join(rows[:cellLines], ""))
		rows = rows[cellLines:]
	}
	return append(out, strings.Join(rows, ""))
}

// cellRows cuts a text into the lines in which a cell of a width shows it, each
// with the line end that it has in the text; together they are the text.
func cellRows(text string, width float64) []string {
	var out []string
	room := width - 1.8 // the edges, and fonts that are wider than ours
	for _, paragraph := range strings.SplitAfter(text, "\n") {
		now, used := "", 0.0
		for _, u := range cellUnits(paragraph, room) {
			w := cellWidth(strings.TrimRight(u, " \n"))
			if used+w > room && now != "" {
				out, now, used = append(out, now), "", 0
			}
			now += u
			used += cellWidth(u)
		}
		if now != "" || len(out) == 0 {
			out = append(out, now)
		}
	}
	return out
}

// cellUnits cuts a line into what a cell does not break, or not if it can help.
func cellUnits(text string, room float64) []string {
	var out []string
	for _, u := range units(text) {
		if cellWidth(u) <= room {
			out = append(out, u)
			continue
		}
		for _, r := range u {
			out = append(out, string(r))
		}
	}
	return out
}

// cellWidth estimates how wide a text is in a cell, in half-width characters.
func cellWidth(text string) float64 {
	sum := 0.0
	for _, r := range text {
		switch {
		case r == '\n':
		case wide(r) || r > 0x2000:
			sum += 2.05
		case r <= '9':
			sum++
		default:
			sum += 1.1
		}
	}
	return sum
}
