package dossier

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf16"
)

// gopdf v0.33.0 writes characters beyond U+FFFF with five digits into the table
// by which a reader copies text; the format wants two surrogates of four. They
// are in many names of persons and places.

var (
	astralRange = regexp.MustCompile(`(<[0-9A-F]{4}><[0-9A-F]{4}>)<([0-9A-F]{5})>`)
	tableStream = regexp.MustCompile(`<<\n/Length (\d+)\n>>\nstream\n/CIDInit (?s:.*?)endstream`)
	xrefTable   = regexp.MustCompile(`(?s)\nxref\n0 \d+\n(.*?)trailer`)
	xrefEntry   = regexp.MustCompile(`(\d{10}) (\d{5} n)`)
	startOfXref = regexp.MustCompile(`startxref\n(\d+)\n`)
)

// mapAstral puts right the characters beyond U+FFFF in the table of a PDF, and
// the offsets of everything behind it.
func mapAstral(pdf []byte) []byte {
	at := tableStream.FindIndex(pdf)
	if at == nil || !astralRange.Match(pdf[at[0]:at[1]]) {
		return pdf
	}
	old := pdf[at[0]:at[1]]
	mended := astralRange.ReplaceAllFunc(old, func(line []byte) []byte {
		m := astralRange.FindSubmatch(line)
		r, _ := strconv.ParseInt(string(m[2]), 16, 32)
		high, low := utf16.EncodeRune(rune(r))
		return fmt.Appendf(nil, "%s<%04X%04X>", m[1], high, low)
	})
	grown := len(mended) - len(old)
	length := tableStream.FindSubmatchIndex(old)
	n, _ := strconv.Atoi(string(old[length[2]:length[3]]))
	header := fmt.Appendf(nil, "%d", n+grown)
	grown += len(header) - (length[3] - length[2])
	mended = bytes.Join([][]byte{mended[:length[2]], header, mended[length[3]:]}, nil)
	tail := shift(pdf[at[1]:], at[0], grown)
	return bytes.Join([][]byte{pdf[:at[0]], mended, tail}, nil)
}

// shift moves the offsets behind a place in the table at the end of a PDF.
func shift(tail []byte, behind, by int) []byte {
	moved := func(digits []byte, form string) []byte {
		n, _ := strconv.Atoi(string(digits))
		if n > behind {
			n += by
		}
		return fmt.Appendf(nil, form, n)
	}
	at := xrefTable.FindSubmatchIndex(tail)
	if at == nil {
		return tail
	}
	table := xrefEntry.ReplaceAllFunc(tail[at[2]:at[3]], func(entry []byte) []byte {
		m := xrefEntry.FindSubmatch(entry)
		return append(moved(m[1], "%010d "), m[2]...)
	})
	end := startOfXref.ReplaceAllFunc(tail[at[3]:], func(line []byte) []byte {
		m := startOfXref.FindSubmatch(line)
		return append(append([]byte("startxref\n"), moved(m[1], "%d")...), '\n')
	})
	return bytes.Join([][]byte{tail[:at[2]], table, end}, nil)
}
