package dossier

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// fontData is Tixian Sans: see font/OFL.txt and font/make.py.
//
//go:embed font/tixian-sans.ttf
var fontData []byte

var parsed = sync.OnceValues(func() (*sfnt.Font, error) { return sfnt.Parse(fontData) })

// face measures text. It is for one goroutine.
type face struct {
	font     *sfnt.Font
	buffer   sfnt.Buffer
	advances map[rune]float64 // in ems; less than 0: no such glyph
}

func newFace() (*face, error) {
	f, err := parsed()
	if err != nil {
		return nil, err
	}
	return &face{font: f, advances: make(map[rune]float64)}, nil
}

// advance returns the width of a character in ems, and whether the font has it.
func (f *face) advance(r rune) (float64, bool) {
	if a, ok := f.advances[r]; ok {
		return a, a >= 0
	}
	a := -1.0
	if index, err := f.font.GlyphIndex(&f.buffer, r); err == nil && index != 0 {
		const em = 1000
		if w, err := f.font.GlyphAdvance(&f.buffer, index, fixed.I(em), font.HintingNone); err == nil {
			a = float64(w) / 64 / em
		}
	}
	f.advances[r] = a
	return a, a >= 0
}

// drawable returns text as the font can draw it: what it does not have is a
// box, what nobody sees anyway is left out.
func (f *face) drawable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || unicode.Is(unicode.Zs, r) && r != '\u3000':
			return ' '
		case unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		if _, ok := f.advance(r); !ok {
			return box
		}
		return r
	}, text)
}

// width returns how wide drawable text is at a size.
func (f *face) width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		if a, ok := f.advance(r); ok {
			sum += a
		}
	}
	return sum * size
}
