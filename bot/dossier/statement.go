package dossier

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tixianbot/bot"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

// portion is how much of a case is put on the one page.
type portion struct {
	talks int
	runes int // of a text
}

// portions are tried in order until everything stands on one page.
var portions = []portion{{6, 100}, {5, 60}, {3, 40}, {2, 20}}

// statement returns the one page: the letter that was given for it, or the one
// that the letters of the content make of the case, with as much of it as there
// is room for.
func (s *story) statement() ([]block, error) {
	if given := s.src.Statement; given.Text != "" {
		return paragraphsOf(given.Title, given.Text), nil
	}
	f, err := newFace()
	if err != nil {
		return nil, err
	}
	kind := letter.RegulatorComplaint
	if s.fraud() {
		kind = letter.FraudReport
	}
	var out []block
	for _, p := range portions {
		l := s.k.Letters.Compose(letter.Order{Kind: kind}, s.letterCase(p))
		out = paragraphsOf(l.Title, l.Body)
		if fits, _ := fitting(out, f); fits {
			break
		}
	}
	return out, nil
}

// letterCase is what a letter may say of the case.
func (s *story) letterCase(p portion) letter.Case {
	c := letter.Case{Facts: s.c.Values(), Body: s.receiver(), Now: s.src.Now.In(s.zone)}
	if s.unpaid() {
		delete(c.Facts, fact.PaidAmount)
		delete(c.Facts, fact.PaidAt)
	}
	for _, name := range c.Facts.Names() {
		if freeText(name) {
			c.Facts[name] = fact.Value(upTo(p.runes, string(c.Facts[name])))
		}
		if s.c.Facts[name].Approx {
			c.Approx = append(c.Approx, name)
		}
	}
	for _, r := range s.src.Records {
		switch {
		case !r.Struck.IsZero():
		case r.Kind == bot.RecordContact:
			c.Contacts = append(c.Contacts, s.letterContact(r, p))
		case r.Kind == bot.RecordEvidence:
			if kind := s.exhibitKind(r.About).ID; !slices.Contains(c.Evidence, kind) {
				c.Evidence = append(c.Evidence, kind)
			}
		}
	}
	slices.SortStableFunc(c.Contacts, func(a, b letter.Contact) int { return a.At.Compare(b.At) })
	c.Contacts = c.Contacts[max(0, len(c.Contacts)-p.talks):]
	return c
}

func (s *story) letterContact(r bot.Record, p portion) letter.Contact {
	c := letter.Contact{At: r.Moment(s.zone), Agent: upTo(p.runes, r.Part(bot.PartAgent)), Promise: upTo(p.runes, r.Part(bot.PartPromise))}
	if id := r.Part(bot.PartChannel); id != "" {
		c.Channel = upTo(p.runes, s.channel(id))
	}
	return c
}

// upTo returns at most n characters of text in one line.
func upTo(n int, text string) string { return cut(oneLine(text), n, ellipsis) }

// receiver is the first body of the route that takes a complaint.
func (s *story) receiver() string {
	for _, b := range s.k.Receivers(s.k.Route(s.c.Facts[fact.PlatformKind].Value, s.c.Facts[fact.Role].Value)) {
		return b.Letter[letter.Chinese]
	}
	return ""
}

// longestHeading is how long the heading of a part of a letter is at most.
const longestHeading = 26

// paragraphsOf returns the blocks of a letter: a paragraph a line. A short line
// with nothing before it and more behind it is the heading of a part.
func paragraphsOf(name, text string) []block {
	var out []block
	if name = strings.TrimSpace(name); name != "" {
		out = append(out, block{title, name})
	}
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, line := range lines {
		switch {
		case line == "" && heads(lines, i+1): // a heading brings its own distance
		case heads(lines, i):
			out = append(out, block{heading, line})
		case numbered(line):
			out = append(out, block{item, line})
		default:
			out = append(out, block{body, line})
		}
	}
	return out
}

// heads reports whether a line is the heading of a part: short, not a sentence,
// nothing before it and more behind it. What a letter ends with is who signs.
func heads(lines []string, i int) bool {
	if i < 1 || i+1 >= len(lines) || lines[i] == "" || lines[i] != strings.TrimSpace(lines[i]) || lines[i-1] != "" || lines[i+1] == "" {
		return false
	}
	label, rest, labelled := strings.Cut(strings.Replace(lines[i], ":", "：", 1), "：")
	if !labelled && !slices.Contains(lines[i:], "") {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(lines[i])
	return rest == "" && utf8.RuneCountInString(label) <= longestHeading && !strings.ContainsRune("，。；！？,.;!?", last)
}

// numbered reports whether a line begins with a number and a dot.
func numbered(line string) bool {
	digits := strings.TrimLeft(line, "0123456789")
	return len(digits) < len(line) && strings.HasPrefix(digits, ". ")
}
