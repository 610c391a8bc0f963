package dossier

import (
	"image/color"
	"slices"

	"tixianbot/bot"
)

// rungs are the stages of the ladder that one climbs, and the place of the case
// among them: behind the last once it has ended.
func (s *story) rungs() (names []string, here int) {
	here = -1
	stage := s.c.Stage
	if stage == bot.Resolved || stage == bot.Closed {
		stage = s.c.Before
	}
	for _, r := range s.k.Ladder {
		if r.Stage == string(bot.Resolved) || r.Stage == string(bot.Closed) {
			continue
		}
		if r.Stage == string(stage) {
			here = len(names)
		}
		names = append(names, r.Name)
	}
	return names, max(here, 0)
}

// ladder draws the rungs side by side: those behind full, the present one
// large, those ahead pale.
func (p *pen) ladder(s *story) {
	names, here := s.rungs()
	ended := s.c.Stage == bot.Resolved || s.c.Stage == bot.Closed
	step := p.w / float64(len(names))
	radius := p.size * 0.55
	y := p.y + p.size
	for i := range names {
		x := p.x + step*(float64(i)+0.5)
		if i > 0 {
			c := pale
			if i <= here {
				c = accent
			}
			p.rect(x-step, y-p.size*0.07, step, p.size*0.14, c)
		}
	}
	lines := 0
	for i, name := range names {
		x, r, dot, word := p.x+step*(float64(i)+0.5), radius, accent, grey
		switch {
		case i == here && !ended:
			r, dot, word = radius*1.45, amber, ink
		case i > here:
			dot = pale
		}
		p.disc(x, y, r, dot)
		if i > here {
			p.disc(x, y, r*0.62, white)
		}
		lines = max(lines, p.under(x, y+p.size*1.05, step*0.92, name, word))
	}
	p.y = y + p.size*(1.2+1.3*float64(lines))*0.95
	if ended {
		p.y += p.size * 0.6
		p.write(s.say("value.pair", "name", s.say("cell.stage_now"), "value", s.stage(string(s.c.Stage))), p.size, amber, 0)
	}
}

// under writes a name in the middle below a point and returns its lines.
func (p *pen) under(x, y, width float64, name string, c color.RGBA) int {
	size := p.size * 0.92
	lines := p.balanced(p.f.drawable(name), size, width)
	for i, line := range lines {
		p.text(x-p.f.width(line, size)/2, y+size*(rise+1.25*float64(i)), size, c, line)
	}
	return len(lines)
}

// balanced breaks a short text into lines of much the same length.
func (p *pen) balanced(text string, size, width float64) []string {
	lines := p.f.wrap(text, size, width)
	if len(lines) < 2 {
		return lines
	}
	for even := p.f.width(text, size)/float64(len(lines)) + size*0.6; even < width; even += size {
		if again := p.f.wrap(text, size, even); len(again) == len(lines) {
			return again
		}
	}
	return lines
}

// timeline draws events along a line: beside them when, in a column of the
// width dates, or above them where dates is 0. No event takes more than most
// lines.
func (p *pen) timeline(rows []row, dates float64, most int, more string) {
	dot := p.size * 0.32
	axis := p.x + dates + p.size*0.6
	left, width := axis+p.size*0.9, p.x+p.w-axis-p.size*0.9
	var before float64
	for i, r := range rows {
		y := p.y + p.size*rise*0.66
		if i > 0 {
			p.rect(axis-p.size*0.05, before+dot*1.3, p.size*0.1, y-before-dot*2.6, pale)
		}
		before = y
		c := accent
		if r.key {
			c = amber
		}
		p.disc(axis, y, dot, c)
		at := p.f.drawable(r.at)
		if dates > 0 {
			p.text(p.x, p.y+p.size*rise, p.size, grey, at)
		} else {
			p.text(left, p.y+p.size*0.9*rise, p.size*0.9, grey, at)
			p.y += p.size * 1.3
		}
		for _, line := range p.short(r.headline, width, most, more) {
			p.text(left, p.y+p.size*rise, p.size, ink, line)
			p.y += p.size * 1.42
		}
		p.y += p.size * 0.35
		if dates == 0 {
			p.y += p.size * 0.35
		}
	}
}

// short breaks text into at most n lines; more ends what is cut.
func (p *pen) short(text string, width float64, n int, more string) []string {
	lines := p.f.wrap(p.f.drawable(oneLine(text)), p.size, width)
	if len(lines) <= n {
		return lines
	}
	lines = slices.Clone(lines[:n])
	last := []rune(lines[n-1])
	more = p.f.drawable(more)
	for len(last) > 0 && p.f.width(string(last)+more, p.size) > width {
		last = last[:len(last)-1]
	}
	lines[n-1] = string(last) + more
	return lines
}
