package letter

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
)

// ownSlots are the slots that are no facts and no parts of the content.
var ownSlots = []string{
	"tone", "short", "overdue", "today", "deadline", "failed_day", "paid_day", "body", "contacts", "evidence",
	"at", "channel", "agent", "promise", // of a contact: the one of the line, else the newest with a promise
}

// Compose writes the letter that o asks for out of what c says.
func (b *Book) Compose(o Order, c Case) Letter {
	o = o.full()
	form := b.forms[o.Kind]
	w := &writer{book: b, tongue: b.tongues[o.Lang], order: o, c: c, contact: c.promised()}
	f := w.fill()
	l := Letter{Title: f.text(form.title[o.Lang]), Body: f.text(form.body[o.Lang])}
	l.Blanks = w.tongue.blanksIn(l.Text())
	l.Missing = form.missing(c)
	return l
}

// full returns o with its defaults.
func (o Order) full() Order {
	if o.Lang == "" {
		o.Lang = Chinese
	}
	if o.Tone == "" {
		o.Tone = Normal
	}
	return o
}

// promised returns the newest contact with a promise, else the newest.
func (c Case) promised() *Contact {
	for i := len(c.Contacts) - 1; i >= 0; i-- {
		if c.Contacts[i].Promise != "" {
			return &c.Contacts[i]
		}
	}
	if n := len(c.Contacts); n > 0 {
		return &c.Contacts[n-1]
	}
	return nil
}

// missing returns what a strong letter of this kind would have and c has not.
func (f form) missing(c Case) []Lack {
	var out []Lack
	for _, n := range f.Needs {
		_, known := c.Facts[n.Fact]
		switch {
		case n.Only != "" && !c.Facts.Is(fact.Account, n.Only):
		case n.Fact != "" && known:
		case n.Evidence != "" && slices.Contains(c.Evidence, n.Evidence):
		case n.Contacts && len(c.Contacts) > 0:
		default:
			out = append(out, Lack{Fact: n.Fact, Evidence: n.Evidence, Say: n.Say})
		}
	}
	return out
}

// writer knows what the slots of one letter are.
type writer struct {
	book    *Book
	tongue  tongue
	order   Order
	c       Case
	contact *Contact // that at, channel, agent and promise are about
	proof   string   // the evidence of the line
	open    []string // the parts being filled
}

func (w *writer) fill() *fill {
	f := &fill{value: w.value, holds: w.holds, items: w.items}
	f.blank = func(slot string) string { return put(w.tongue.Blank, "x", w.label(slot)) }
	return f
}

// label says what a blank asks for.
func (w *writer) label(slot string) string {
	if s := w.tongue.Blanks[slot]; s != "" {
		return s
	}
	return w.tongue.Other
}

// items returns a filling for each contact or kind of evidence.
func (w *writer) items(each string) []*fill {
	var out []*fill
	if each == eachContact {
		for i := range w.c.Contacts {
			one := *w
			one.contact = &w.c.Contacts[i]
			out = append(out, one.fill())
		}
		return out
	}
	for _, kind := range w.c.Evidence {
		one := *w
		one.proof = w.tongue.Evidence[kind]
		out = append(out, one.fill())
	}
	return out
}

// value returns what a slot is.
func (w *writer) value(slot string) (string, bool) {
	s := ""
	switch slot {
	case "at", "channel", "agent", "promise":
		s = w.ofContact(slot)
	case "today", "deadline":
		s = w.day(slot)
	case "failed_day":
		s = w.dayOf(fact.FailedAt)
	case "paid_day":
		s = w.dayOf(fact.PaidAt)
	case "body":
		s = w.c.Body
	case "evidence":
		s = w.proof
	case "contacts":
		if n := len(w.c.Contacts); n > 0 {
			s = strconv.Itoa(n)
		}
	default:
		if _, ok := w.tongue.parts[slot]; ok {
			return w.part(slot)
		}
		s = w.ofFact(fact.Name(slot))
	}
	return s, s != ""
}

func (w *writer) day(slot string) string {
	if w.c.Now.IsZero() {
		return ""
	}
	t := w.c.Now
	if slot == "deadline" {
		t = w.book.deadline(w.order.Kind, t)
	}
	return t.Format(w.tongue.Day)
}

// deadline returns the day by which a letter of today asks for an answer.
func (b *Book) deadline(kind Kind, now time.Time) time.Time {
	return now.AddDate(0, 0, b.forms[kind].Days)
}

func (w *writer) dayOf(name fact.Name) string {
	t, ok := w.c.Facts[name].Time()
	if !ok {
		return ""
	}
	return w.rough(name, t.Format(w.tongue.Day))
}

func (w *writer) rough(name fact.Name, s string) string {
	if slices.Contains(w.c.Approx, name) {
		return put(w.tongue.About, "x", s)
	}
	return s
}

// part fills a part of the content; one that leads back to itself has no value.
func (w *writer) part(slot string) (string, bool) {
	if slices.Contains(w.open, slot) {
		return "", false
	}
	inner := *w
	inner.open = append(slices.Clone(w.open), slot)
	f := inner.fill()
	s := f.text(w.tongue.parts[slot])
	return s, s != ""
}

func (w *writer) ofFact(name fact.Name) string {
	v, ok := w.c.Facts[name]
	if !ok {
		return ""
	}
	spec, _ := fact.Lookup(name)
	switch spec.Kind {
	case fact.Decimal:
		return w.tongue.money(string(v), string(w.c.Facts[fact.Currency]))
	case fact.Instant, fact.Date:
		t, ok := v.Time()
		if !ok {
			return w.tongue.Values[name][v]
		}
		if slices.Contains(w.c.Approx, name) {
			return w.rough(name, t.Format(w.tongue.Day))
		}
		return w.tongue.time(t, spec.Kind == fact.Date)
	case fact.Enum:
		return w.tongue.Values[name][v]
	case fact.Set:
		var out []string
		for _, m := range v.Members() {
			if s := w.tongue.Values[name][fact.Value(m)]; s != "" {
				out = append(out, s)
			}
		}
		return strings.Join(out, w.tongue.List)
	}
	return string(v)
}

// time writes a moment, or a day alone where it is midnight sharp.
func (t tongue) time(at time.Time, day bool) string {
	if day || at.Hour() == 0 && at.Minute() == 0 {
		return at.Format(t.Day)
	}
	return at.Format(t.Moment)
}

func (t tongue) money(n, currency string) string {
	how, ok := t.Money[currency]
	switch {
	case currency == "":
		how = t.Money["none"]
	case !ok:
		how = t.Money["other"]
	}
	return put(how, "n", n, "c", currency)
}

func (w *writer) ofContact(slot string) string {
	if w.contact == nil {
		return ""
	}
	switch slot {
	case "at":
		if w.contact.At.IsZero() {
			return ""
		}
		return w.tongue.time(w.contact.At, false)
	case "channel":
		return strings.TrimSpace(w.contact.Channel)
	case "promise":
		return strings.TrimRight(strings.TrimSpace(w.contact.Promise), stops)
	}
	return w.tongue.agent(strings.TrimSpace(w.contact.Agent))
}

// agent says who it was: a number or a name with the word for what it is.
func (t tongue) agent(name string) string {
	switch {
	case t.nobody.MatchString(name):
		return ""
	case name == "" || t.agentWord.MatchString(name):
		return name
	case strings.ContainsAny(name, "0123456789") && isASCII(name):
		return put(t.AgentNo, "x", name)
	}
	return put(t.AgentAs, "x", name)
}

// holds reports whether a test of a template holds.
func (w *writer) holds(t test) bool {
	return w.has(t) != t.not
}

func (w *writer) has(t test) bool {
	switch t.slot {
	case "tone":
		return slices.Contains(t.is, string(w.order.Tone))
	case "short":
		return w.order.Short
	case "overdue":
		return w.overdue()
	case "evidence":
		return len(w.c.Evidence) > 0 && (t.is == nil || slices.ContainsFunc(t.is, func(e string) bool { return slices.Contains(w.c.Evidence, e) }))
	}
	if t.is == nil {
		_, ok := w.value(t.slot)
		return ok
	}
	v := w.c.Facts[fact.Name(t.slot)]
	return slices.ContainsFunc(t.is, func(s string) bool { return string(v) == s || v.Has(s) })
}

// overdue reports whether the day by which an answer was promised has passed.
func (w *writer) overdue() bool {
	by, ok := w.c.Facts[fact.PromisedBy].Time()
	y, m, d := by.In(w.c.Now.Location()).Date()
	return ok && !w.c.Now.Before(time.Date(y, m, d+1, 0, 0, 0, 0, w.c.Now.Location()))
}

// blanksIn returns what the blanks of a text ask for, each once.
func (t tongue) blanksIn(text string) []string {
	var out []string
	for _, m := range t.blank.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// put fills in pairs of a name and a text.
func put(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}
