package when

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must be known where the system has none
)

// Zone is a time zone that people name by its places.
type Zone struct {
	ID    string   `yaml:"id"`    // of the IANA data base: Asia/Tokyo
	Name  string   `yaml:"name"`  // as shown, and understood
	Words []string `yaml:"words"` // what else people write, in folded text
}

// Places are the zones and the words around the name or the number of one.
type Places struct {
	Zones []Zone   `yaml:"zones"`
	East  []string `yaml:"east"` // 东八区
	West  []string `yaml:"west"`
	Area  []string `yaml:"area"` // 区
	Tail  []string `yaml:"tail"` // 北京时间
}

// ErrZone says that a text names no time zone.
var ErrZone = errors.New("read a time zone: no offset and no known place")

// addZones looks up every zone of the list.
func (p *Planner) addZones() error {
	p.zones = map[string]*time.Location{}
	for _, z := range p.places.Zones {
		at, err := time.LoadLocation(z.ID)
		if err != nil || z.Name == "" {
			return fmt.Errorf("zones: %q with the name %q is none", z.ID, z.Name)
		}
		for _, w := range append(slices.Clone(z.Words), strings.ToLower(z.ID), p.fold.Fold(z.Name).String()) {
			if other := p.zones[w]; other != nil && other.String() != z.ID {
				return fmt.Errorf("zones: %q is %s and %s", w, other, z.ID)
			}
			p.zones[w] = at
		}
	}
	return nil
}

// Zones returns the zones to choose from, in the order of the content.
func (p *Planner) Zones() []Zone { return slices.Clone(p.places.Zones) }

// Zone returns the zone that a text names: UTC+8, +0530, 东八区, 东京, New York.
// Its String is what is stored; [LoadZone] reads it. The error is [ErrZone].
func (p *Planner) Zone(text string) (*time.Location, error) {
	s := strings.Join(strings.Fields(strings.Trim(p.fold.Fold(text).String(), " .,!?\u3002\n")), " ")
	for _, name := range append([]string{s}, withoutTail(s, p.places.Tail)...) {
		if at := p.zones[name]; at != nil {
			return at, nil
		}
		if at, ok := offsetZone(name); ok {
			return at, nil
		}
		if at, ok := p.numberedZone(name); ok {
			return at, nil
		}
	}
	return nil, ErrZone
}

func withoutTail(s string, tails []string) []string {
	var out []string
	for _, t := range tails {
		if name, ok := strings.CutSuffix(s, t); ok {
			out = append(out, strings.TrimSpace(name))
		}
	}
	return out
}

var offsetForm = regexp.MustCompile(`^(?:(utc|gmt) ?)?([+-])? ?([0-9]{1,2})(?::?([0-9]{2}))?$`)

// offsetZone reads UTC+8, GMT-3, +0530, utc.
func offsetZone(s string) (*time.Location, bool) {
	if s == "utc" || s == "gmt" {
		return fixed(0), true
	}
	m := offsetForm.FindStringSubmatch(strings.ReplaceAll(s, "\u2212", "-"))
	if m == nil || m[1] == "" && m[2] == "" {
		return nil, false
	}
	hours, err := strconv.Atoi(m[3])
	minutes, _ := strconv.Atoi("0" + m[4])
	offset := hours*60 + minutes
	if m[2] == "-" {
		offset = -offset
	}
	if err != nil || minutes > 59 || minutes%15 != 0 || offset < -12*60 || offset > 14*60 {
		return nil, false
	}
	return fixed(offset), true
}

// fixed returns the zone so many minutes east of Greenwich.
func fixed(offset int) *time.Location {
	sign, n := '+', offset
	if n < 0 {
		sign, n = '-', -n
	}
	return time.FixedZone(fmt.Sprintf("UTC%c%02d:%02d", sign, n/60, n%60), offset*60)
}

// numberedZone reads 东八区.
func (p *Planner) numberedZone(s string) (*time.Location, bool) {
	for sign, names := range map[int][]string{1: p.places.East, -1: p.places.West} {
		for _, name := range names {
			rest, ok := strings.CutPrefix(s, name)
			n, found := p.g.numbers.At(rest, 0)
			if !ok || !found || !slices.Contains(p.places.Area, rest[n.End:]) {
				continue
			}
			if hours, whole := n.Int(); whole && hours <= 12 {
				return fixed(sign * hours * 60), true
			}
		}
	}
	return nil, false
}

// ZoneName returns the name of a zone as users see it: 东京, UTC+05:30.
func (p *Planner) ZoneName(at *time.Location) string {
	for _, z := range p.places.Zones {
		if z.ID == at.String() {
			return z.Name
		}
	}
	return at.String()
}

// LoadZone returns the zone whose String was stored.
func LoadZone(name string) (*time.Location, error) {
	if at, ok := offsetZone(strings.ToLower(name)); ok {
		return at, nil
	}
	at, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("load the time zone %q: %w", name, ErrZone)
	}
	return at, nil
}
