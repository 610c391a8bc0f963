package telegramtest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Entity is a styled part of a text, with offset and length in UTF-16 units.
type Entity struct {
	Type   string // such as "bold", "code", "text_link"
	Offset int
	Length int
	URL    string // of a text_link
}

// tags are the tags of the HTML parse mode and the entities they make.
var tags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
	"span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
	"tg-emoji": "custom_emoji",
}

// ParseHTML parses a text in the HTML parse mode and returns what is shown of
// it, trimmed, and its entities in the order of their ends. Its errors are
// worded as Telegram's.
func ParseHTML(source string) (string, []Entity, error) {
	p := htmlParser{source: source}
	for p.at < len(p.source) {
		if err := p.next(); err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, fmt.Errorf("Can't find end tag corresponding to start tag %q", p.open[n-1].name)
	}
	text, entities := p.trimmed()
	return text, entities, nil
}

type htmlParser struct {
	source   string
	at       int
	text     strings.Builder
	units    int
	open     []openTag
	entities []Entity
}

type openTag struct {
	name   string
	offset int
	url    string
}

func (p *htmlParser) next() error {
	rest := p.source[p.at:]
	switch {
	case strings.HasPrefix(rest, "</"):
		return p.endTag()
	case rest[0] == '<':
		return p.startTag()
	case rest[0] == '&':
		r, n := charReference(rest)
		p.at += n
		p.write(r)
	default:
		r, n := utf8.DecodeRuneInString(rest)
		p.at += n
		p.write(r)
	}
	return nil
}

func (p *htmlParser) write(r rune) {
	for _, r := range keep(r) {
		p.text.WriteRune(r)
		p.units += utf16Len(r)
	}
}

// charReference decodes a reference at the start of s; what is none is an ampersand.
func charReference(s string) (rune, int) {
	for name, r := range map[string]rune{"&lt;": '<', "&gt;": '>', "&amp;": '&', "&quot;": '"'} {
		if strings.HasPrefix(s, name) {
			return r, len(name)
		}
	}
	if end := strings.IndexByte(s, ';'); strings.HasPrefix(s, "&#") && end > 0 {
		digits, base := s[2:end], 10
		if strings.HasPrefix(digits, "x") {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseUint(digits, base, 32); err == nil && n > 0 && n <= unicode.MaxRune {
			return rune(n), end + 1
		}
	}
	return '&', 1
}

func (p *htmlParser) endTag() error {
	begin := p.at
	end := strings.IndexByte(p.source[begin:], '>')
	if end < 0 {
		return fmt.Errorf("Unclosed end tag at byte offset %d", begin)
	}
	name := strings.ToLower(strings.TrimSpace(p.source[begin+2 : begin+end]))
	p.at = begin + end + 1
	if len(p.open) == 0 {
		return fmt.Errorf("Unexpected end tag at byte offset %d", begin)
	}
	tag := p.open[len(p.open)-1]
	if name != "" && name != tag.name {
		return fmt.Errorf(`Unmatched end tag at byte offset %d, expected "</%s>", found "</%s>"`, begin, tag.name, name)
	}
	p.open = p.open[:len(p.open)-1]
	if length := p.units - tag.offset; length > 0 && !(tag.name == "a" && tag.url == "") {
		p.entities = append(p.entities, Entity{tags[tag.name], tag.offset, length, tag.url})
	}
	return nil
}

func (p *htmlParser) startTag() error {
	begin := p.at
	p.at++
	name := strings.ToLower(p.until(" \t\n\r>"))
	if p.at >= len(p.source) {
		return fmt.Errorf("Unclosed start tag at byte offset %d", begin)
	}
	if _, ok := tags[name]; !ok {
		return fmt.Errorf("Unsupported start tag %q at byte offset %d", name, begin)
	}
	attrs, err := p.attributes(name, begin)
	if err != nil {
		return err
	}
	if name == "span" && attrs["class"] != "tg-spoiler" {
		return fmt.Errorf(`Tag "span" must have class "tg-spoiler" at byte offset %d`, begin)
	}
	p.open = append(p.open, openTag{name, p.units, attrs["href"]})
	return nil
}

// until consumes up to one of the stop characters and returns what it consumed.
func (p *htmlParser) until(stop string) string {
	n := strings.IndexAny(p.source[p.at:], stop)
	if n < 0 {
		n = len(p.source) - p.at
	}
	word := p.source[p.at : p.at+n]
	p.at += n
	return word
}

// attributes consumes the rest of a start tag.
func (p *htmlParser) attributes(tag string, begin int) (map[string]string, error) {
	attrs := map[string]string{}
	for {
		for p.at < len(p.source) && strings.IndexByte(" \t\n\r", p.source[p.at]) >= 0 {
			p.at++
		}
		if p.at >= len(p.source) {
			return nil, fmt.Errorf("Unclosed start tag %q at byte offset %d", tag, begin)
		}
		if p.source[p.at] == '>' {
			p.at++
			return attrs, nil
		}
		name := p.until(" \t\n\r=>/\"'")
		if name == "" {
			return nil, fmt.Errorf("Empty attribute name in the tag %q at byte offset %d", tag, begin)
		}
		value, err := p.value()
		if err != nil {
			return nil, fmt.Errorf("%w in the tag %q at byte offset %d", err, tag, begin)
		}
		attrs[strings.ToLower(name)] = value
	}
}

// value consumes an attribute's value, if there is one.
func (p *htmlParser) value() (string, error) {
	if p.at >= len(p.source) || p.source[p.at] != '=' {
		return "", nil
	}
	p.at++
	if p.at >= len(p.source) {
		return "", errors.New("Unclosed attribute value")
	}
	quote := p.source[p.at]
	if quote != '"' && quote != '\'' {
		return p.until(" \t\n\r>"), nil
	}
	p.at++
	value := p.until(string(quote))
	if p.at >= len(p.source) {
		return "", errors.New("Unclosed attribute value")
	}
	p.at++
	return unescape(value), nil
}

func unescape(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == '&' {
			r, n = charReference(s)
		}
		b.WriteRune(r)
		s = s[n:]
	}
	return b.String()
}

// trimmed returns the text without white space around it, and the entities of what is left.
func (p *htmlParser) trimmed() (string, []Entity) {
	full := p.text.String()
	text := strings.TrimSpace(full)
	shift := units(full[:len(full)-len(strings.TrimLeftFunc(full, unicode.IsSpace))])
	length := units(text)
	var kept []Entity
	for _, e := range p.entities {
		end := min(e.Offset+e.Length-shift, length)
		e.Offset = max(e.Offset-shift, 0)
		if e.Length = end - e.Offset; e.Length > 0 {
			kept = append(kept, e)
		}
	}
	return text, slices.Clip(kept)
}

// keep is what Telegram keeps of a character: control characters become spaces;
// carriage returns, line separators and direction overrides disappear.
func keep(r rune) []rune {
	switch {
	case r == '\r', r >= 0x2028 && r <= 0x202E:
		return nil
	case r < ' ' && r != '\n', r == 0x7F:
		return []rune{' '}
	}
	return []rune{r}
}

// shown is what is shown of a text without a parse mode.
func shown(text string) string {
	var b strings.Builder
	for _, r := range text {
		for _, r := range keep(r) {
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// anyVisible reports whether there is anything to see in text.
func anyVisible(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && r != 0x2800 && r != 0x3164
	})
}

func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16Len(r)
	}
	return n
}

func utf16Len(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
