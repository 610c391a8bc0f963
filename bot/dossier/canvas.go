package dossier

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"github.com/signintech/gopdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// canvas is something that can be drawn on: a page, a picture, or nothing, to
// measure. Lengths are points or pixels from the upper left corner.
type canvas interface {
	text(x, y, size float64, c color.RGBA, text string) // y of the base line; text as of face.drawable
	rect(x, y, w, h float64, c color.RGBA)
	disc(x, y, radius float64, c color.RGBA)
	turn() // begins the next page
}

// The colours.
var (
	ink    = color.RGBA{0x1F, 0x29, 0x33, 0xFF}
	grey   = color.RGBA{0x5B, 0x67, 0x70, 0xFF} // 5.8:1 on white
	accent = color.RGBA{0x1B, 0x4F, 0x8A, 0xFF}
	amber  = color.RGBA{0xB4, 0x53, 0x09, 0xFF}
	pale   = color.RGBA{0xD5, 0xDD, 0xE5, 0xFF}
	tint   = color.RGBA{0xEE, 0xF3, 0xF8, 0xFF}
	white  = color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
)

// blind draws nothing.
type blind struct{ pages int }

func (*blind) text(_, _, _ float64, _ color.RGBA, _ string) {}
func (*blind) rect(_, _, _, _ float64, _ color.RGBA)        {}
func (*blind) disc(_, _, _ float64, _ color.RGBA)           {}
func (b *blind) turn()                                      { b.pages++ }

// paper is a PDF. The first error stays and is returned by bytes.
type paper struct {
	pdf gopdf.GoPdf
	err error
}

const fontName = "TixianSans"

// newPaper returns a PDF with one empty page of A4.
func newPaper(title string, width, height float64) *paper {
	p := &paper{}
	p.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: width, H: height}})
	p.pdf.SetInfo(gopdf.PdfInfo{Title: title, Creator: maker})
	p.keep(p.pdf.AddTTFFontDataWithOption(fontName, fontData, gopdf.TtfOption{
		OnGlyphNotFoundSubstitute: func(rune) rune { return box },
	}))
	p.turn()
	return p
}

func (p *paper) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *paper) turn() { p.pdf.AddPage() }

func (p *paper) text(x, y, size float64, c color.RGBA, text string) {
	if p.err != nil || text == "" {
		return
	}
	p.keep(p.pdf.SetFont(fontName, "", size))
	p.pdf.SetTextColor(c.R, c.G, c.B)
	p.pdf.SetXY(x, y)
	p.keep(p.pdf.Text(text))
}

func (p *paper) rect(x, y, w, h float64, c color.RGBA) {
	p.pdf.SetFillColor(c.R, c.G, c.B)
	p.pdf.RectFromUpperLeftWithStyle(x, y, w, h, "F")
}

// disc draws a polygon that nobody can tell from a disc.
func (p *paper) disc(x, y, radius float64, c color.RGBA) {
	const corners = 36
	points := make([]gopdf.Point, corners)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		points[i] = gopdf.Point{X: x + radius*cos, Y: y + radius*sin}
	}
	p.pdf.SetFillColor(c.R, c.G, c.B)
	p.pdf.Polygon(points, "F")
}

// bytes returns the file.
func (p *paper) bytes() ([]byte, error) {
	if p.err != nil {
		return nil, p.err
	}
	out, err := p.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return nil, err
	}
	return mapAstral(out), nil
}

// picture is an image.
type picture struct {
	img   *image.RGBA
	faces map[float64]font.Face
	err   error
}

func newPicture(width, height int) *picture {
	p := &picture{img: image.NewRGBA(image.Rect(0, 0, width, height)), faces: make(map[float64]font.Face)}
	p.rect(0, 0, float64(width), float64(height), white)
	return p
}

func (p *picture) turn() {}

func (p *picture) text(x, y, size float64, c color.RGBA, text string) {
	face, err := p.face(size)
	if err != nil {
		p.err = err
		return
	}
	d := font.Drawer{Dst: p.img, Src: image.NewUniform(c), Face: face, Dot: fixed.Point26_6{X: fix(x), Y: fix(y)}}
	d.DrawString(text)
}

func fix(v float64) fixed.Int26_6 { return fixed.Int26_6(math.Round(v * 64)) }

func (p *picture) face(size float64) (font.Face, error) {
	if f, ok := p.faces[size]; ok {
		return f, nil
	}
	parsed, err := parsed()
	if err != nil {
		return nil, err
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err == nil {
		p.faces[size] = f
	}
	return f, err
}

func (p *picture) rect(x, y, w, h float64, c color.RGBA) {
	r := image.Rect(round(x), round(y), round(x+w), round(y+h))
	draw.Draw(p.img, r, image.NewUniform(c), image.Point{}, draw.Over)
}

func round(v float64) int { return int(math.Round(v)) }

func (p *picture) disc(x, y, radius float64, c color.RGBA) {
	left, top, side := round(x-radius)-1, round(y-radius)-1, 2*round(radius)+4
	cx, cy, r := float32(x-float64(left)), float32(y-float64(top)), float32(radius)
	const k = 0.5523 // of a circle drawn with four cubic curves
	v := vector.NewRasterizer(side, side)
	v.MoveTo(cx+r, cy)
	v.CubeTo(cx+r, cy+k*r, cx+k*r, cy+r, cx, cy+r)
	v.CubeTo(cx-k*r, cy+r, cx-r, cy+k*r, cx-r, cy)
	v.CubeTo(cx-r, cy-k*r, cx-k*r, cy-r, cx, cy-r)
	v.CubeTo(cx+k*r, cy-r, cx+r, cy-k*r, cx+r, cy)
	v.ClosePath()
	v.Draw(p.img, image.Rect(left, top, left+side, top+side), image.NewUniform(c), image.Point{})
}

func (p *picture) bytes() ([]byte, error) {
	if p.err != nil {
		return nil, p.err
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, p.img); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
