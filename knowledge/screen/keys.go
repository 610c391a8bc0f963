package screen

import (
	"strings"

	"tixianbot/knowledge/normal"
)

// Lengths of private keys as they are written.
const (
	hexKey    = 64 // 32 bytes
	wifShort  = 51 // base58, uncompressed
	wifLong   = 52 // base58, compressed
	xprv      = 111
	minCalled = 20 // of anything that is called a key
)

// keys finds private keys: 64 hexadecimal digits that nothing calls a hash, the
// wallet import format, extended keys, and any long run that is called a key.
// Wallet addresses are shorter, or not hexadecimal, and stay.
func (s *Screen) keys(in *scan, text string, folded normal.Text) []hit {
	var out []hit
	f := in.text
	for i := 0; i < len(f); {
		n := runLength(f[i:])
		if n >= minCalled && s.isKey(in, i, i+n, text, folded) {
			out = append(out, hit{kind: Key, from: i, to: i + n})
		}
		i += max(n, 1)
	}
	return out
}

// runLength returns how many letters and digits s begins with.
func runLength(s string) int {
	n := 0
	for n < len(s) && alnum(s[n]) {
		n++
	}
	return n
}

func (s *Screen) isKey(in *scan, from, to int, text string, folded normal.Text) bool {
	run := in.text[from:to]
	hex := strings.TrimPrefix(run, "0x")
	label := s.labels.of(in, from, from)
	if label == labelHash || label == labelSerial {
		return false
	}
	if len(hex) == hexKey && all(hex, isHex) {
		return true
	}
	if label == labelKey && !(strings.HasPrefix(run, "0x") && len(hex) == 40) && strings.ContainsAny(run, "0123456789") {
		return true
	}
	a, b := folded.Span(from, to)
	return isWIF(text[a:b])
}

func isHex(c byte) bool { return digit(c) || c >= 'a' && c <= 'f' }

func all(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

// isWIF reports whether s, as it was written, has the form of a private key in
// base58. Letters keep their case here: it tells a key from a word.
func isWIF(s string) bool {
	switch {
	case len(s) == wifShort && s[0] == '5', len(s) == wifLong && (s[0] == 'K' || s[0] == 'L'):
	case len(s) == xprv && strings.HasPrefix(s, "xprv"):
	default:
		return false
	}
	return all(s, func(c byte) bool {
		return c != '0' && c != 'O' && c != 'I' && c != 'l' && (digit(c) || letter(c|0x20))
	})
}
