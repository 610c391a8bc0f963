package letter

import (
	"fmt"
	"strconv"
	"strings"
)

// A template is a text in which
//
//	{slot}            is the value of a slot; without one the group around it fails
//	{slot!}           is the value of a slot, or a visible blank
//	{?fact=a,b}       is nothing, and fails unless the fact has one of the values
//	{?!fact=a}        the other way round; {?fact} and {?!fact}: known or not
//	{#}               counts the lines that begin with it
//	[one|other]       is the first of its alternatives that does not fail, or nothing
//
// A line that fails, or of which nothing is left, is left out. A line that
// begins with *contacts or *evidence stands there once for each of them.
type template []line

// line is one line of a template.
type line struct {
	each   string // "contacts", "evidence" or ""
	pieces []piece
	empty  bool // the line is empty in the template
}

// piece is a part of a line; one of its fields says which.
type piece struct {
	text  string
	slot  string
	blank bool // with slot: a blank where there is no value
	test  *test
	count bool
	alts  [][]piece // with group
	group bool
}

// test is a condition on a slot.
type test struct {
	slot string
	is   []string // none: that it is known
	not  bool
}

// parse reads a template.
func parse(text string) (template, error) {
	var t template
	for n, s := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		var l line
		for _, each := range []string{eachContact, eachEvidence} {
			if rest, ok := strings.CutPrefix(s, "*"+each+" "); ok {
				l.each, s = each, rest
			}
		}
		p := parser{rest: s}
		l.pieces, l.empty = p.pieces(""), s == ""
		if p.err == nil && p.rest != "" {
			p.err = fmt.Errorf("%q closes nothing", p.rest[:1])
		}
		if p.err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, p.err)
		}
		t = append(t, l)
	}
	return t, nil
}

// The lists that a line can stand for.
const (
	eachContact  = "contacts"
	eachEvidence = "evidence"
)

type parser struct {
	rest string
	err  error
}

// pieces reads until one of the bytes of stop, which it leaves.
func (p *parser) pieces(stop string) []piece {
	var out []piece
	for p.rest != "" && p.err == nil {
		i := strings.IndexAny(p.rest, "{[|]")
		if i < 0 {
			i = len(p.rest)
		}
		if i > 0 {
			out = append(out, piece{text: p.rest[:i]})
			p.rest = p.rest[i:]
			continue
		}
		switch c := p.rest[0]; {
		case strings.IndexByte(stop, c) >= 0:
			return out
		case c == '{':
			out = append(out, p.brace())
		case c == '[':
			out = append(out, p.alternatives())
		default:
			return out
		}
	}
	return out
}

func (p *parser) brace() piece {
	inner, rest, ok := strings.Cut(p.rest[1:], "}")
	if !ok {
		p.err = fmt.Errorf("%q is not closed", p.rest)
		return piece{}
	}
	p.rest = rest
	switch {
	case inner == "#":
		return piece{count: true}
	case strings.HasPrefix(inner, "?"):
		t := &test{}
		inner, t.not = strings.CutPrefix(inner[1:], "!")
		name, values, some := strings.Cut(inner, "=")
		t.slot = name
		if some {
			t.is = strings.Split(values, ",")
		}
		return piece{test: t}
	default:
		slot, blank := strings.CutSuffix(inner, "!")
		return piece{slot: slot, blank: blank}
	}
}

func (p *parser) alternatives() piece {
	out := piece{group: true}
	for first := true; first || strings.HasPrefix(p.rest, "|"); first = false {
		p.rest = p.rest[1:]
		out.alts = append(out.alts, p.pieces("|]"))
	}
	if !strings.HasPrefix(p.rest, "]") {
		p.err = fmt.Errorf("a [ is not closed")
		return out
	}
	p.rest = p.rest[1:]
	return out
}

// slots calls use for every slot that the template names.
func (t template) slots(use func(name string)) {
	for _, l := range t {
		walk(l.pieces, use)
	}
}

func walk(pieces []piece, use func(string)) {
	for _, p := range pieces {
		if p.slot != "" {
			use(p.slot)
		}
		if p.test != nil {
			use(p.test.slot)
		}
		for _, alt := range p.alts {
			walk(alt, use)
		}
	}
}

// fill is one filling of templates: what the slots are, and how far it has counted.
type fill struct {
	value  func(slot string) (string, bool)
	holds  func(t test) bool
	blank  func(slot string) string // what stands in the place of a slot without a value
	items  func(each string) []*fill
	number int
	counts bool // the line has used its number
}

// text fills a template.
func (f *fill) text(t template) string {
	var lines []string
	for _, l := range t {
		fills := []*fill{f}
		if l.each != "" {
			fills = f.items(l.each)
		}
		for _, g := range fills {
			g.number, g.counts = f.number, false
			s, ok := g.line(l)
			if !ok {
				continue
			}
			lines = append(lines, s)
			if f.number++; !g.counts {
				f.number = 0
			}
		}
	}
	return tidy(lines)
}

// line fills one line and reports whether it stands.
func (f *fill) line(l line) (string, bool) {
	s, ok := f.pieces(l.pieces)
	return s, ok && (l.empty || strings.TrimSpace(s) != "")
}

func (f *fill) pieces(pieces []piece) (string, bool) {
	var b strings.Builder
	for _, p := range pieces {
		s, ok := f.piece(p)
		if !ok {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

func (f *fill) piece(p piece) (string, bool) {
	switch {
	case p.test != nil:
		return "", f.holds(*p.test)
	case p.count:
		f.counts = true
		return strconv.Itoa(f.number + 1), true
	case p.group:
		return f.first(p.alts), true
	case p.slot == "":
		return p.text, true
	}
	if s, ok := f.value(p.slot); ok {
		return s, true
	}
	if !p.blank {
		return "", false
	}
	return f.blank(p.slot), true
}

// first returns the first alternative that does not fail, or nothing.
func (f *fill) first(alts [][]piece) string {
	for _, alt := range alts {
		if s, ok := f.pieces(alt); ok {
			return s
		}
	}
	return ""
}

// tidy joins lines, with at most one empty line between two others.
func tidy(lines []string) string {
	var out []string
	for _, s := range lines {
		s = strings.TrimRight(s, " ")
		if s == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, s)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
