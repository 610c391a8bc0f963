package bot

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/markup"
	"tixianbot/knowledge/triage"
)

// quoteLen is how much of the user's words is kept with a fact, in characters.
const quoteLen = 24

// say returns a phrase of the content, filled.
func (t *turn) say(id string, args ...string) string { return t.k.Say(id, args...) }

// button returns a button whose label is a phrase.
func (t *turn) button(phrase string, act Act, arg string) Button {
	return Button{Label: t.say("button." + phrase), Press: Press{Act: act, Arg: arg}}
}

func number(n int) string { return strconv.Itoa(n) }

// value returns the words for a fact's value, as markup.
func (t *turn) value(name fact.Name, k Known) string {
	if k.Value == "" {
		return t.say("value.unknown")
	}
	if label := t.k.ValueLabel(name, k.Value); label != "" {
		return label
	}
	spec, _ := fact.Lookup(name)
	switch spec.Kind {
	case fact.Set:
		return t.members(name, k.Value)
	case fact.Decimal:
		return t.money(k.Value)
	case fact.Instant, fact.Date:
		return t.instant(spec, k)
	case fact.Count:
		return t.say("value.times", "n", string(k.Value))
	case fact.Text:
		return t.quote(string(k.Value))
	default:
		return markup.Escape(string(k.Value))
	}
}

func (t *turn) members(name fact.Name, v fact.Value) string {
	var labels []string
	for _, m := range v.Members() {
		labels = append(labels, t.k.ValueLabel(name, fact.Value(m)))
	}
	return strings.Join(labels, t.say("list.comma"))
}

func (t *turn) money(v fact.Value) string {
	currency := t.c.Facts[fact.Currency].Value
	if currency == "" || currency == "CNY" {
		return t.say("value.yuan", "n", string(v))
	}
	return t.say("value.money", "n", string(v), "currency", markup.Escape(string(currency)))
}

func (t *turn) instant(spec fact.Spec, k Known) string {
	at, ok := k.Value.Time()
	if !ok {
		return markup.Escape(string(k.Value))
	}
	text := t.date(at)
	switch {
	case k.Approx:
		return t.say("value.about", "date", text)
	case spec.Kind == fact.Date:
		return text
	default:
		return text + " " + at.In(t.in.At.Location()).Format("15:04")
	}
}

// date returns the day of at in the user's zone, with its weekday.
func (t *turn) date(at time.Time) string {
	at = at.In(t.in.At.Location())
	args := []string{
		"year", number(at.Year()), "month", number(int(at.Month())), "day", number(at.Day()),
		"weekday", t.say("weekday." + number(int(at.Weekday()))),
	}
	if at.Year() != t.in.At.Year() {
		return t.say("date.year", args...)
	}
	return t.say("date.day", args...)
}

// quote returns user text between quotation marks.
func (t *turn) quote(text string) string {
	return t.say("quote", "text", markup.Escape(strings.Join(strings.Fields(text), " ")))
}

// line returns "name: value" of a fact.
func (t *turn) line(name fact.Name, k Known) string {
	return t.say("fact.line", "name", t.k.FactLabel(name), "value", t.value(name, k))
}

// shown are the known facts in the order of the taxonomy, without those that
// are shown as part of another.
func (t *turn) shown(names []fact.Name) []fact.Name {
	var out []fact.Name
	for _, name := range names {
		if _, ok := t.c.Facts[name]; ok && name != fact.Currency {
			out = append(out, name)
		}
	}
	return out
}

// reason returns the words for what speaks for a cause.
func (t *turn) reason(r triage.Reason) string {
	for _, cue := range t.c.Cues {
		if r.Cue != "" && cue.ID == r.Cue {
			return t.say("reason.quote", "quote", t.quote(cue.Quote))
		}
	}
	k, ok := t.c.Facts[r.Fact]
	switch {
	case !ok:
		return ""
	case k.Quote != "":
		return t.say("reason.quote", "quote", t.quote(k.Quote))
	case r.Member != "":
		return t.say("fact.line", "name", t.k.FactLabel(r.Fact), "value", t.k.ValueLabel(r.Fact, fact.Value(r.Member)))
	default:
		return t.line(r.Fact, k)
	}
}

// reasons returns up to n distinct reasons of a cause.
func (t *turn) reasons(r triage.Ranked, n int) []string {
	var out []string
	seen := make(map[string]bool)
	for _, because := range r.Because {
		text := t.reason(because)
		if text == "" || seen[text] || len(out) == n {
			continue
		}
		seen[text] = true
		out = append(out, text)
	}
	return out
}

// clause returns the clause of text around the bytes from..to, cut to quoteLen
// characters without losing them.
func clause(text string, from, to int) string {
	if from < 0 || to > len(text) || from >= to {
		return ""
	}
	start := strings.LastIndexFunc(text[:from], isStop)
	if start < 0 {
		start = 0
	} else {
		_, size := utf8.DecodeRuneInString(text[start:])
		start += size
	}
	end := len(text)
	if i := strings.IndexFunc(text[to:], isStop); i >= 0 {
		end = to + i
	}
	if whole := strings.TrimSpace(text[start:end]); utf8.RuneCountInString(whole) <= quoteLen {
		return whole
	}
	return cut(strings.TrimSpace(text[from:to]), quoteLen)
}

func isStop(r rune) bool { return strings.ContainsRune("\n,;!?，。；！？、…~", r) }

// cut returns the first n characters of s.
func cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}

// list returns items as lines of a list, or nothing.
func list(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "- " + strings.Join(items, "\n- ")
}

// paragraphs joins the texts that are not empty, with an empty line between.
func paragraphs(texts ...string) string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, "\n\n")
}
