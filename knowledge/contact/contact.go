// Package contact reads what a user says of a contact with the platform, the
// bank or an authority (when, on which way, with whom, what was said, what was
// promised until when, under which number), takes a pasted conversation apart
// into turns, and proposes what of both is worth keeping.
//
// The words are content: [Rules] hold the ways to reach somebody, the
// expressions that find each part, and those that tell who speaks in a
// conversation. Times and sums are read by packages when and read; what was
// promised in working days is counted by package calendar.
//
// Its one invariant: nothing is read that was not written. Every part, turn and
// proposal is a span of the text that it was given, and between characters; a
// due time lies behind the contact; what a mask left of a secret is no part of
// a number. Texts come here after the store mask of package screen.
package contact

import (
	"slices"
	"time"
)

// Name names a part of a contact.
type Name string

// The parts.
const (
	Channel Name = "channel" // id of a channel
	Agent   Name = "agent"   // staff number or name of who answered, as written
	Said    Name = "said"    // what was said, as written
	Promise Name = "promise" // what was promised, as written
	Due     Name = "due"     // until when: RFC 3339 in the zone of the reader's time
	Ticket  Name = "ticket"  // number of a ticket or complaint, as written
	Amount  Name = "amount"  // a sum as a decimal number
)

// A Part is something that a text says of a contact.
type Part struct {
	Name     Name
	Value    string
	From, To int // bytes of the text that say it
}

// Contact is what a text tells of a contact.
type Contact struct {
	Is    bool      // a contact is told; without one there are no parts
	At    time.Time // when it was; zero if the text does not say
	Rough bool      // At is the day, not the time of day
	Parts []Part    // in the order of the text, what begins at one place by the order of the names
}

// Part returns the value of the first part with a name, or "".
func (c Contact) Part(name Name) string {
	for _, p := range c.Parts {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Read returns what text tells of a contact. at says when it was told and
// carries the user's zone. It never looks past the first 40,000 bytes.
func (r *Reader) Read(text string, at time.Time) Contact {
	g := r.reading(text, at)
	g.look()
	if !g.told() {
		return Contact{}
	}
	c := Contact{Is: true}
	c.At, c.Rough = g.when()
	base := c.At
	if base.IsZero() {
		base = at
	}
	c.Parts = g.parts(base)
	return c
}

// Until reads text as an answer to the question until when something was
// promised: three days, by Friday. It counts from base, which carries the
// user's zone, and returns the time as a part named Due.
func (r *Reader) Until(text string, base time.Time) (Part, bool) {
	g := r.reading(text, base)
	due, s, ok := g.due(g.all(), base)
	if !ok {
		return Part{}, false
	}
	return g.part(Due, due.Format(time.RFC3339), s), true
}

var order = []Name{Channel, Agent, Said, Promise, Due, Ticket, Amount}

// sorted brings parts into order and drops what stands there twice: a
// number, a name, a sum also where it stands at another place.
func sorted(parts []Part) []Part {
	slices.SortStableFunc(parts, func(a, b Part) int {
		if a.From != b.From {
			return a.From - b.From
		}
		return slices.Index(order, a.Name) - slices.Index(order, b.Name)
	})
	seen := map[Part]bool{}
	return slices.DeleteFunc(parts, func(p Part) bool {
		key := p
		if p.Name == Agent || p.Name == Ticket || p.Name == Amount {
			key.From, key.To = 0, 0
		}
		twice := seen[key]
		seen[key] = true
		return twice
	})
}
