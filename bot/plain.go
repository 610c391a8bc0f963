package bot

import (
	"strings"
	"unicode"
)

// plainly takes out of all that is said what is not shown, or shows something
// else than is there: control characters, marks that turn the direction of
// writing, zero-width characters. They come with the words of users, which are
// kept as they were written; quoted, they would tear the bot's own sentences
// apart, or hide something in them.
func (t *turn) plainly() {
	t.fx.Toast = plain(t.fx.Toast)
	for i := range t.fx.Messages {
		m := &t.fx.Messages[i]
		m.Text = plain(m.Text)
		for _, row := range m.Buttons {
			for j := range row {
				row[j].Label = plain(row[j].Label)
			}
		}
	}
}

// plain returns s without what is not shown.
func plain(s string) string {
	if !strings.ContainsFunc(s, unshown) && !strings.ContainsRune(s, joiner) {
		return strings.ToValidUTF8(s, "")
	}
	var last rune
	return strings.Map(func(r rune) rune {
		before := last
		last = r
		if r == joiner && !pictured(before) || unshown(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// joiner makes one picture of two.
const joiner = '\u200d'

// pictured reports whether r may be a part of a picture that goes on.
func pictured(r rune) bool {
	return r >= 0x1f000 || r == '\ufe0f' || r >= 0x2600 && r < 0x27c0
}

// unshown is asked of every character that is said, nearly all of which are
// plain Latin or Chinese.
func unshown(r rune) bool {
	if r >= ' ' && r < 0x7f || r >= 0x2e80 && r < 0xd800 {
		return false
	}
	return r != '\n' && r != joiner && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
