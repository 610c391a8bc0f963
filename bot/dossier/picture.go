package dossier

import (
	"cmp"
	"time"

	"tixianbot/knowledge/fact"
)

// The picture in pixels: as wide as a phone, and no higher than twice that, so
// that a messenger does not make it smaller than can be read.
const (
	pictureWidth  = 1080
	pictureHeight = 1920
	pictureMargin = 60
	pictureSize   = 38
	pictureEvents = 10
)

func (s *story) picture() ([]byte, error) {
	f, err := newFace()
	if err != nil {
		return nil, err
	}
	events, height := pictureEvents, 0.0
	for ; ; events-- {
		height = s.sketch(&pen{canvas: &blind{}, f: f}, events)
		if height <= pictureHeight || events <= 3 {
			break
		}
	}
	p := newPicture(pictureWidth, round(height))
	s.sketch(&pen{canvas: p, f: f}, events)
	return p.bytes()
}

// sketch draws the picture with so many events and returns how high it is.
func (s *story) sketch(p *pen, events int) float64 {
	const band = 190
	p.x, p.w, p.size, p.leading = pictureMargin, pictureWidth-2*pictureMargin, pictureSize, 1.5
	p.rect(0, 0, pictureWidth, band, accent)
	p.text(p.x, 84, 54, white, p.f.drawable(s.say("picture.title")))
	p.text(p.x, 148, pictureSize, white, p.subject(s))
	p.y = band + 40
	p.size = 32
	if s.fraud() {
		p.caption(s.say("picture.turn_to"))
		p.size = pictureSize
		lines, checked := s.turnTo()
		for _, line := range lines {
			p.write(line, p.size, ink, p.hanging(line))
			p.y += p.size * 0.3
		}
		p.write(s.say("picture.checked", "date", checked), 28, grey, 0)
	} else {
		p.caption(s.say("picture.stages"))
		p.ladder(s)
	}
	p.size = pictureSize
	p.y += 36
	p.caption(s.say("picture.timeline"))
	rows := s.events(events)
	if len(rows) == 0 {
		p.write(s.say("picture.none"), p.size, grey, 0)
	}
	p.timeline(rows, 0, 3, ellipsis)
	if more := len(s.rows) - len(rows); more > 0 {
		p.write(s.say("picture.more", "n", number(more)), 32, grey, 0)
	}
	p.y += 16
	p.rect(p.x, p.y, p.w, 2, pale)
	p.y += 14
	p.write(s.say("picture.foot", "date", s.src.Now.In(s.zone).Format(time.DateOnly), "n", number(s.c.Number)), 28, grey, 0)
	return p.y + 36
}

// ellipsis ends what is cut in a picture.
const ellipsis = "…"

// subject names the platform, as much of it as there is room for, and the sum.
func (p *pen) subject(s *story) string {
	if s.value(fact.PlatformName) == "" && s.value(fact.PlatformKind) == "" && s.value(fact.Amount) == "" {
		return p.f.drawable(s.say("picture.unknown"))
	}
	platform := cmp.Or(s.value(fact.PlatformName), s.value(fact.PlatformKind))
	amount := p.f.drawable(s.value(fact.Amount))
	if amount != "" && platform != "" {
		amount = p.f.drawable(s.say("picture.amount", "platform", "", "amount", amount))
	}
	return p.short(platform, p.w-p.f.width(amount, p.size), 1, ellipsis)[0] + amount
}

func (p *pen) caption(text string) {
	p.rect(p.x, p.y+pictureSize*0.18, 8, pictureSize*1.05, accent)
	keep := p.x
	p.x += 24
	p.write(text, pictureSize*1.05, accent, 0)
	p.x = keep
	p.y += 14
}
