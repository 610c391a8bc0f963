package dossier

import (
	"strings"

	"tixianbot/knowledge/fact"
)

// fit is how much of a case is put on the summary, and how large.
type fit struct {
	size   float64
	events int // of the timeline
	lines  int // of one event
	runes  int // of one fact
}

// fits are tried in order until everything stands on one page.
var fits = []fit{
	{10.5, 10, 2, 200}, {10, 10, 2, 160}, {9.5, 9, 2, 120}, {9, 8, 2, 100}, {8.5, 7, 2, 80}, {8, 6, 1, 50}, {7.5, 5, 1, 30}, {7, 3, 1, 16},
}

// summary returns the first page of the pack. contents are the lines of the
// table of contents.
func (s *story) summary(masked bool, contents []string) ([]byte, error) {
	f, err := newFace()
	if err != nil {
		return nil, err
	}
	best := fits[len(fits)-1]
	for _, try := range fits {
		if s.page(&pen{canvas: &blind{}, f: f}, try, masked, contents) <= paperHeight-marginEnd {
			best = try
			break
		}
	}
	p := newPaper(s.say("summary.title"), paperWidth, paperHeight)
	s.page(&pen{canvas: p, f: f}, best, masked, contents)
	return p.bytes()
}

// page draws the summary and returns how far down it goes.
func (s *story) page(p *pen, fit fit, masked bool, contents []string) float64 {
	p.x, p.w, p.y, p.size, p.leading = 48, paperWidth-96, 44, fit.size, 1.45
	s.head(p, masked)
	s.askBox(p)
	if known := s.known(fit.runes); len(known) > 0 {
		p.part(s.say("summary.facts"))
		p.pairs(known, 2)
	}
	p.part(s.say("summary.demands"))
	for _, d := range s.demands() {
		p.write(d, p.size, ink, p.hanging(d))
	}
	rows := s.events(fit.events)
	p.part(s.timelineHead(len(rows)))
	if !s.fraud() { // who demanded money is not climbed up to
		p.ladder(s)
		p.y += p.size * 0.5
	}
	if len(rows) == 0 {
		p.write(s.say("summary.timeline_none"), p.size, grey, 0)
	}
	p.timeline(rows, p.f.width("2026-11-20 15:00", p.size)+p.size*1.2, fit.lines, ellipsis)
	p.part(s.say("summary.contents"))
	for _, line := range contents {
		p.write(line, p.size*0.95, ink, 0)
	}
	return s.foot(p, masked)
}

func (s *story) head(p *pen, masked bool) {
	id := "summary.made"
	if masked {
		id = "summary.made_masked"
	}
	made := p.f.drawable(s.say(id, "date", s.day(s.src.Now), "n", number(s.c.Number)))
	p.text(p.x, p.y+20*rise, 20, ink, p.f.drawable(s.say("summary.title")))
	p.text(p.x+p.w-p.f.width(made, 9), p.y+20*rise, 9, grey, made)
	p.y += 30
	p.rect(p.x, p.y, p.w, 1.5, accent)
	p.y += 8
}

// askBox says who asks whom for what, on a tinted ground, and where money was
// demanded to whom this goes: never to the other side.
func (s *story) askBox(p *pen) {
	rows := s.askers()
	if s.fraud() {
		rows = append([][2]string{{s.say("summary.to"), s.say("summary.to_text")}}, rows...)
	} else {
		rows = append(rows, [2]string{s.say("summary.stage"), s.stage(string(s.c.Stage))})
	}
	top := p.y
	inner := p.inset(8)
	inner.y = top + 5
	probe := *inner
	probe.canvas = &blind{}
	probe.pairs(rows, 1)
	p.rect(p.x, top, p.w, probe.y-top+4, tint)
	inner.pairs(rows, 1)
	p.y = inner.y + 4
}

// inset returns a pen that writes by so much further in.
func (p *pen) inset(by float64) *pen {
	in := *p
	in.x, in.w = p.x+by, p.w-2*by
	return &in
}

func (s *story) askers() [][2]string {
	who := s.say("summary.who_text")
	if hint := s.value(fact.AccountHint); hint != "" {
		who = s.say("summary.with", "one", who, "two", oneLine(hint))
	}
	whom := cut(oneLine(s.value(fact.PlatformName)), 60, s.say("value.cut"))
	if whom == "" {
		whom = s.say("summary.whom_unknown")
	}
	if kind := s.value(fact.PlatformKind); kind != "" {
		whom = s.say("summary.kind", "one", whom, "two", kind)
	}
	what := strings.TrimPrefix(s.demands()[0], s.say("demand.line", "n", "1", "text", ""))
	return [][2]string{{s.say("summary.who"), who}, {s.say("summary.whom"), whom}, {s.say("summary.what"), what}}
}

// known are the names and values of the facts, but for those said above.
func (s *story) known(runes int) [][2]string {
	var out [][2]string
	for _, spec := range fact.All() {
		switch spec.Name {
		case fact.PlatformName, fact.PlatformKind, fact.AccountHint, fact.Currency:
			continue
		}
		if v := s.value(spec.Name); v != "" {
			out = append(out, [2]string{s.k.FactLabel(spec.Name), cut(oneLine(v), runes, s.say("value.cut"))})
		}
	}
	return out
}

func (s *story) timelineHead(shown int) string {
	if all := len(s.rows); all > shown {
		return s.say("summary.timeline_some", "n", number(shown), "all", number(all), "file", s.say("file.timeline"))
	}
	return s.say("summary.timeline")
}

func (s *story) foot(p *pen, masked bool) float64 {
	id := "summary.foot"
	if masked {
		id = "summary.foot_masked"
	}
	p.y += 4
	p.rect(p.x, p.y, p.w, 0.6, pale)
	p.y += 3
	p.write(s.say(id, "zone", s.zoneName(s.src.Now)), 8, grey, 0)
	return p.y
}

// part writes the heading of a part.
func (p *pen) part(text string) {
	p.y += p.size * 0.55
	p.rect(p.x, p.y+p.size*0.22, 3, p.size*1.1, accent)
	keep := p.x
	p.x += 8
	p.write(text, p.size*1.12, accent, 0)
	p.x = keep
	p.y += p.size * 0.15
}

// pairs writes names and values in so many columns: the names grey, in a column
// of their own.
func (p *pen) pairs(rows [][2]string, columns int) {
	gap := p.size * 1.6
	width := (p.w - gap*float64(columns-1)) / float64(columns)
	label := 0.0
	for _, r := range rows {
		label = max(label, p.f.width(p.f.drawable(r[0]), p.size))
	}
	label = min(label+p.size*0.9, width*0.45)
	for i := 0; i < len(rows); {
		n := min(columns, len(rows)-i)
		if n > 1 && (p.tall(rows[i], width-label) || p.tall(rows[i+1], width-label)) {
			n = 1
		}
		cell := width
		if n == 1 {
			cell = p.w
		}
		top, bottom := p.y, p.y
		for j := range n {
			in := *p
			in.y = top
			in.x = p.x + float64(j)*(width+gap)
			in.write(rows[i+j][0], p.size, grey, 0)
			in.y, in.x, in.w = top, in.x+label, cell-label
			in.write(rows[i+j][1], p.size, ink, 0)
			bottom = max(bottom, in.y)
		}
		p.y = bottom
		i += n
	}
}

// tall reports whether a pair needs more than one line in a column.
func (p *pen) tall(r [2]string, width float64) bool {
	return p.f.width(p.f.drawable(r[1]), p.size) > width
}

// madeOn is the day of a pack in the names of its files.
func (s *story) madeOn() string { return s.src.Now.In(s.zone).Format("20060102") }
