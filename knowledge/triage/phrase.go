package triage

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// How far the parts of a phrase can stand apart, in characters.
const (
	nearGap = 8  // "…", within one clause
	farGap  = 24 // "……", across commas, within one sentence
)

// phrase is a pattern of words, compiled. As it is written:
//
//	保护期            these characters
//	(新|刚)绑          one of several; (再|) may also be missing
//	换…卡             at most 8 characters between, no comma or stop among them
//	卡……换过          at most 24 characters between, no stop among them
//
// A denial right before it, or right before a part behind a gap, takes it back:
// 没换卡 and 换的不是卡 are no 换…卡. So does a supposition a little before it.
//
// It is matched against folded text, and what it consists of is folded too.
type phrase []part

type part struct {
	alts []string
	gap  int // characters that may stand before this part
}

// parsePhrase compiles a pattern; fold is applied to its words.
func parsePhrase(text string, fold func(string) string) (phrase, error) {
	var p phrase
	gap, whole := 0, text
	for text != "" {
		size, token, err := nextToken(text)
		if err != nil {
			return nil, fmt.Errorf("phrase %q: %w", whole, err)
		}
		text = text[size:]
		if token == nil {
			gap += nearGap
			continue
		}
		for i := range token {
			token[i] = fold(token[i])
		}
		p = append(p, part{token, min(gap, farGap)})
		if gap > nearGap {
			p[len(p)-1].gap = farGap
		}
		gap = 0
	}
	if err := p.check(gap); err != nil {
		return nil, fmt.Errorf("phrase %q: %w", whole, err)
	}
	return p, nil
}

// nextToken returns the length of the first part of text and its alternatives,
// or none for a gap.
func nextToken(text string) (int, []string, error) {
	if strings.HasPrefix(text, "…") {
		return len("…"), nil, nil
	}
	if text[0] == '(' {
		inner, _, ok := strings.Cut(text[1:], ")")
		if !ok || strings.ContainsAny(inner, "(…") {
			return 0, nil, errors.New("a group that does not end, or holds more than words")
		}
		return len(inner) + 2, strings.Split(inner, "|"), nil
	}
	n := strings.IndexAny(text, "(…")
	if n < 0 {
		n = len(text)
	}
	if strings.ContainsAny(text[:n], ")|") {
		return 0, nil, errors.New("a bar or bracket outside of a group")
	}
	return n, []string{text[:n]}, nil
}

func (p phrase) check(gap int) error {
	if len(p) == 0 || p[0].gap > 0 || gap > 0 {
		return errors.New("a phrase begins and ends with words")
	}
	for i, part := range p {
		for _, alt := range part.alts {
			if alt == "" && (i == 0 || part.gap > 0) {
				return errors.New("a phrase begins with words, and words follow a gap")
			}
		}
	}
	return nil
}

// follow returns where p ends if its parts stand in text from the byte at on,
// gaps between them. No part behind a gap may follow a word of d.
func (p phrase) follow(text string, at int, d Denials) (int, bool) {
	if len(p) == 0 {
		return at, true
	}
	from := at
	for gap := p[0].gap; ; gap-- {
		if end, ok := p.here(text, at, d); ok && !d.before(text[from:at]) {
			return end, true
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		if gap == 0 || size == 0 || stops(r, p[0].gap) {
			return 0, false
		}
		at += size
	}
}

// here returns where p ends if it begins right at the byte at.
func (p phrase) here(text string, at int, d Denials) (int, bool) {
	for _, alt := range p[0].alts {
		if strings.HasPrefix(text[at:], alt) {
			if end, ok := p[1:].follow(text, at+len(alt), d); ok {
				return end, true
			}
		}
	}
	return 0, false
}

// stops reports whether no gap of the given width reaches over r.
func stops(r rune, gap int) bool {
	switch r {
	case '。', '!', '?', ';', '\n', '！', '？', '；':
		return true
	case ',', '，', '、', ':', '：':
		return gap == nearGap
	}
	return false
}
