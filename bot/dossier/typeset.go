package dossier

import (
	"image/color"
	"strings"
)

// style says what a block of a document is.
type style int

const (
	body    style = iota
	title         // in the middle, large
	heading       // of a part
	item          // of a list: its second line stands under the first's words
)

// block is a paragraph of a document. Both kinds of documents, the PDF and the
// docx, are set from blocks.
type block struct {
	style style
	text  string
}

// A4 in points, and its margins.
const (
	paperWidth  = 595.28
	paperHeight = 841.89
	marginX     = 56
	marginTop   = 52
	marginEnd   = 48
)

// pen writes text downwards on a canvas.
type pen struct {
	canvas
	f       *face
	x, w    float64 // left edge and width of what is written
	y       float64 // how far down it is
	end     float64 // the lowest y; beyond it a new page begins, unless 0
	size    float64
	leading float64 // height of a line in ems
}

// write writes text in lines and returns how many they are. indent is how far
// the lines after the first stand in.
func (p *pen) write(text string, size float64, c color.RGBA, indent float64) int {
	lines := p.lines(text, size, indent)
	for i, line := range lines {
		p.room(size)
		x := p.x
		if i > 0 {
			x += indent
		}
		p.text(x, p.y+size*rise, size, c, line)
		p.y += size * p.leading
	}
	return len(lines)
}

// rise is how far the base line is below the top of a line, in ems.
const rise = 1.05

// lines breaks a text whose lines after the first stand in.
func (p *pen) lines(text string, size, indent float64) []string {
	text = p.f.drawable(text)
	if indent == 0 {
		return p.f.wrap(text, size, p.w)
	}
	first := p.f.wrap(text, size, p.w)
	if len(first) < 2 {
		return first
	}
	var rest string
	if cut := strings.TrimPrefix(text, first[0]); cut != text {
		rest = strings.TrimLeft(cut, " \n")
	}
	return append(first[:1], p.f.wrap(rest, size, p.w-indent)...)
}

// room turns the page if there is no room for a line.
func (p *pen) room(size float64) {
	if p.end > 0 && p.y+size*p.leading > p.end {
		p.turn()
		p.y = marginTop
	}
}

// typeset returns blocks as a PDF, on one page if that can be read, and how high
// its letters are.
func typeset(blocks []block, name string) (pdf []byte, size float64, err error) {
	f, err := newFace()
	if err != nil {
		return nil, 0, err
	}
	_, size = fitting(blocks, f)
	paper := newPaper(name, paperWidth, paperHeight)
	set(blocks, &pen{canvas: paper, f: f, size: size})
	pdf, err = paper.bytes()
	return pdf, size, err
}

// fitting reports whether blocks fit on one page, and in which size; if they do
// not, in which size they are set on several.
func fitting(blocks []block, f *face) (bool, float64) {
	const largest, smallest = 11.5, 9
	for size := largest; size >= smallest; size -= 0.5 {
		var b blind
		set(blocks, &pen{canvas: &b, f: f, size: size})
		if b.pages == 0 {
			return true, size
		}
	}
	return false, 10.5
}

// set writes blocks from the top of a page.
func set(blocks []block, p *pen) {
	p.x, p.w, p.y, p.end, p.leading = marginX, paperWidth-2*marginX, marginTop, paperHeight-marginEnd, 1.6
	for _, b := range blocks {
		p.block(b)
	}
}

func (p *pen) block(b block) {
	switch b.style {
	case title:
		size := p.size * 1.7
		if p.f.width(p.f.drawable(b.text), size) > p.w {
			size = p.size * 1.3
		}
		p.centred(b.text, size)
		p.y += p.size * 0.6
	case heading:
		p.y += p.size * 0.5
		p.room(p.size * 2.5) // a heading does not stand alone at the end of a page
		p.write(b.text, p.size*1.08, accent, 0)
		p.y += p.size * 0.1
	case item:
		p.write(b.text, p.size, ink, p.hanging(b.text))
	default:
		p.write(b.text, p.size, ink, 0)
	}
}

// hanging returns how far the second line of an item stands in: under the word
// behind its number.
func (p *pen) hanging(text string) float64 {
	if i := strings.IndexAny(text, " \u3000"); i > 0 && i <= 6 {
		head := text[:i+len(string([]rune(text[i:])[0]))]
		return p.f.width(p.f.drawable(head), p.size)
	}
	return 0
}

func (p *pen) centred(text string, size float64) {
	for _, line := range p.balanced(p.f.drawable(text), size, p.w) {
		p.room(size)
		p.text(p.x+(p.w-p.f.width(line, size))/2, p.y+size*rise, size, ink, line)
		p.y += size * p.leading
	}
}
