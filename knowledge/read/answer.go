package read

import (
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
)

// maxText of an answer in words, in characters.
const maxAnswer = 80

// Answer returns what text says as the answer to the open question about the
// fact name, or false when it is not understood. It knows what short answers
// mean: 没有, 是, 昨天下午, 5000.
func (r *Reader) Answer(name fact.Name, text string, now time.Time) (Found, bool) {
	spec, ok := fact.Lookup(name)
	if !ok || strings.TrimSpace(text) == "" {
		return Found{}, false
	}
	m := r.mask(text, now)
	said := r.stated(name, text, now)
	short := r.answer(name, m, now)
	if spec.Kind == fact.Set && said != nil && short != nil {
		short.Value = fact.Union(said.Value, short.Value)
	}
	for _, f := range []*Found{said, short, r.single(spec, m, now), m.whole(spec)} {
		if f != nil {
			return *f, true
		}
	}
	return Found{}, false
}

// stated returns the fact if text states it by itself.
func (r *Reader) stated(name fact.Name, text string, now time.Time) *Found {
	for _, f := range r.Read(text, now) {
		if f.Name == name {
			return &f
		}
	}
	return nil
}

// answer applies the rules for answers about name.
func (r *Reader) answer(name fact.Name, m *masked, now time.Time) *Found {
	g := r.reading(m, now)
	for i := range r.answers[name] {
		g.apply(&r.answers[name][i])
	}
	for _, f := range g.found() {
		if f.Name == name {
			return &f
		}
	}
	return nil
}

var takeOf = map[fact.Kind]Take{fact.Decimal: TakeMoney, fact.Instant: TakePast, fact.Date: TakeFuture, fact.Count: TakeCount}

// single returns the only value of the right kind that the text holds.
func (r *Reader) single(spec fact.Spec, m *masked, now time.Time) *Found {
	t, ok := takeOf[spec.Kind]
	if !ok {
		return nil
	}
	var found []Found
	for i, c := range m.s {
		k, known := m.at[i]
		if !known || !strings.ContainsRune(takes[t], c) && !(c == runePart && t == TakePast) {
			continue
		}
		e := m.ents[k]
		if v, approx, ok := r.valueOf(e, t, now); ok {
			from, to := m.text.Span(e.start, e.end)
			found = append(found, Found{Name: spec.Name, Value: v, Start: from, End: to, Approx: approx})
		}
	}
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}

// whole takes the whole of a short text for a fact that is text.
func (m *masked) whole(spec fact.Spec) *Found {
	text := strings.TrimSpace(m.orig)
	if spec.Kind != fact.Text || utf8.RuneCountInString(text) > maxAnswer || strings.Contains(text, "\n") {
		return nil
	}
	at := strings.Index(m.orig, text)
	return &Found{Name: spec.Name, Value: factValue(text), Start: at, End: at + len(text)}
}
