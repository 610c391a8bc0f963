package dossier

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/markup"
)

// words puts a case into words.
type words struct {
	k    *knowledge.Pack
	c    bot.Case
	zone *time.Location
}

func (w words) say(id string, args ...string) string { return w.k.Paper(id, args...) }

// label returns the word for an id of a family, or the id where the content has
// none.
func (w words) label(family, id string) string {
	if text := w.say(family + id); text != family+id {
		return text
	}
	return oneLine(plain(id))
}

// exhibit returns what a kind of evidence is called in this case.
func (w words) exhibit(kind string) string {
	k := w.exhibitKind(kind)
	if w.fraud() && k.Fraud != "" {
		return k.Fraud
	}
	return k.Name
}

// exhibitKind returns a kind of evidence, or the one that fits everything.
func (w words) exhibitKind(id string) knowledge.EvidenceKind {
	k, ok := w.k.Evidence.Kind(id)
	if !ok {
		k, _ = w.k.Evidence.Kind("other")
	}
	return k
}

// channel returns what a way to reach somebody is called.
func (w words) channel(id string) string { return cmp.Or(w.k.Contacts.Label(id), oneLine(plain(id))) }

// seen returns what a thing on a screenshot is called.
func (w words) seen(id string) string { return cmp.Or(w.k.Evidence.Show(id), oneLine(plain(id))) }

func number(n int) string { return strconv.Itoa(n) }

// two returns a number with two digits at least.
func two(n int) string { return fmt.Sprintf("%02d", n) }

// freeText reports whether a fact is what somebody wrote, not one of our ids.
func freeText(name fact.Name) bool {
	spec, ok := fact.Lookup(name)
	return !ok || spec.Kind == fact.Text || spec.Kind == fact.Code
}

func factValue(text string) fact.Value { return fact.Value(text) }

// value returns the words for what is known of a fact; "" if nothing is.
func (w words) value(name fact.Name) string {
	k, ok := w.c.Facts[name]
	if !ok || k.Value == "" {
		return ""
	}
	if label := w.k.ValueLabel(name, k.Value); label != "" {
		return label
	}
	spec, _ := fact.Lookup(name)
	switch spec.Kind {
	case fact.Set:
		var labels []string
		for _, m := range k.Value.Members() {
			labels = append(labels, w.k.ValueLabel(name, fact.Value(m)))
		}
		return strings.Join(labels, w.say("value.comma"))
	case fact.Decimal:
		return w.money(string(k.Value))
	case fact.Instant:
		return w.instant(k)
	case fact.Date:
		at, ok := k.Value.Time()
		if !ok {
			return oneLine(string(k.Value))
		}
		return w.day(at)
	case fact.Count:
		return w.say("value.times", "n", string(k.Value))
	default:
		return strings.TrimSpace(string(k.Value))
	}
}

func (w words) instant(k bot.Known) string {
	at, ok := k.Value.Time()
	switch {
	case !ok:
		return oneLine(string(k.Value))
	case k.Approx:
		return w.say("date.about", "date", w.day(at))
	default:
		return w.say("date.at", "date", w.day(at), "time", at.In(w.zone).Format("15:04"))
	}
}

func (w words) money(n string) string {
	currency := w.c.Facts[fact.Currency].Value
	if currency == "" || currency == "CNY" {
		return w.say("value.yuan", "n", n)
	}
	return w.say("value.money", "n", n, "currency", string(currency))
}

// day returns the date of at in words.
func (w words) day(at time.Time) string {
	at = at.In(w.zone)
	return w.say("date.day", "year", number(at.Year()), "month", number(int(at.Month())), "day", number(at.Day()))
}

// stamp returns a moment in figures that sort, such as 2026-11-20 15:00, or its
// day alone.
func (w words) stamp(at time.Time, rough bool) string {
	switch {
	case at.IsZero():
		return w.say("date.unknown")
	case rough:
		return at.In(w.zone).Format(time.DateOnly)
	default:
		return at.In(w.zone).Format("2006-01-02 15:04")
	}
}

// due returns a moment that is written in RFC 3339 in figures.
func (w words) due(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	local := at.In(w.zone)
	return w.stamp(at, local.Hour() == 23 && local.Minute() == 59) // by the end of a day
}

// dueOf returns when the promise that a record tells of is due. Where the time
// of day is only that of the record, which is not known, it is the day.
func (w words) dueOf(r bot.Record, text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if told := r.At.In(at.Location()); err == nil && r.Rough && told.Hour() == at.Hour() && told.Minute() == at.Minute() {
		return w.stamp(at, true)
	}
	return w.due(text)
}

// zoneName returns the zone as its distance from UTC.
func (w words) zoneName(now time.Time) string { return "UTC" + now.In(w.zone).Format("-07:00") }

// fraud reports whether money was demanded first, so that the files are for
// the bank and the police, not for the platform.
func (w words) fraud() bool {
	return w.c.Facts[fact.AskedToPay].Value == "yes" || w.c.Facts[fact.Status].Value == "pay_first" ||
		w.c.Facts[fact.Role].Value == "victim"
}

// unpaid reports whether nothing was paid of what was demanded.
func (w words) unpaid() bool {
	v := w.c.Facts[fact.PaidAmount].Value
	return v != "" && strings.Trim(string(v), "0.") == ""
}

// turnTo names those whom somebody turns to from whom money was demanded, in
// order, each with how to reach them, and the day on which that was checked.
func (w words) turnTo() (out []string, checked string) {
	for _, step := range w.k.Route(w.c.Facts[fact.PlatformKind].Value, "victim").Steps {
		if b := w.k.Body(step.Body); step.Body != "" && len(out) < 3 {
			reach := w.say("value.pair", "name", b.Name, "value", b.Reach)
			out = append(out, w.say("demand.line", "n", number(len(out)+1), "text", reach))
			for _, id := range b.Sources {
				if src, ok := w.k.Source(id); ok && (checked == "" || src.Checked < checked) {
					checked = src.Checked
				}
			}
		}
	}
	return out, checked
}

// step returns the words of a step of a checklist, whose id is GUIDE.STEP.
func (w words) step(id string) string {
	guide, step, _ := strings.Cut(id, ".")
	for _, g := range []knowledge.Guide{w.k.Cause(guide), w.k.Branch(guide)} {
		for _, s := range g.Do {
			if s.ID == step {
				return oneLine(markup.Text(s.Text))
			}
		}
	}
	return w.say("cell.step", "id", oneLine(plain(id)))
}

// stage returns the name of a rung.
func (w words) stage(id string) string {
	if name := w.k.Rung(id).Name; name != "" {
		return name
	}
	return oneLine(plain(id))
}

// demands are what is asked for, each with its number.
func (w words) demands() []string {
	amount := w.value(fact.Amount)
	var out []string
	add := func(id string, args ...string) {
		out = append(out, w.say("demand.line", "n", number(len(out)+1), "text", w.say(id, args...)))
	}
	if w.c.Stage == bot.Resolved {
		add("demand.none")
		return out
	}
	if w.fraud() {
		add("demand.check")
		add("demand.report")
		if paid := w.value(fact.PaidAmount); paid != "" && !w.unpaid() {
			add("demand.paid", "amount", paid)
		}
		return out
	}
	if amount != "" {
		add("demand.pay", "amount", amount)
	} else {
		add("demand.pay_any")
	}
	add("demand.reason")
	add("demand.answer")
	return out
}
