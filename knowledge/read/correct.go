package read

import (
	"strings"
	"time"
	"unicode/utf8"
)

// maxCorrections bounds the self-corrections of one text.
const maxCorrections = 5

// correct applies self-corrections among values: what follows 不对，是 replaces
// the value of its kind before it.
func (r *Reader) correct(m *masked, now time.Time) {
	for n := 0; r.oops != nil && n < maxCorrections && r.correctOne(m, now); n++ {
	}
}

func (r *Reader) correctOne(m *masked, now time.Time) bool {
	for _, loc := range r.oops.FindAllStringIndex(m.s, maxMatches) {
		next, ok := m.entityAfter(loc[1])
		if !ok {
			continue
		}
		if prev, ok := m.entityBefore(loc[0], m.ents[m.at[next]].kind); ok {
			m.replace(prev, next, now)
			m.cut(loc[0], next+utf8.RuneLen(runeDead))
			return true
		}
	}
	return false
}

// entityAfter returns where the first value stands within a few characters of i.
func (m *masked) entityAfter(i int) (int, bool) {
	for k, c := range m.s[i:min(len(m.s), i+24)] {
		if c >= '\ue000' && c < termBase {
			_, ok := m.at[i+k]
			return i + k, ok
		}
		if strings.ContainsRune("\u3002\n", c) {
			break
		}
	}
	return 0, false
}

func (m *masked) entityBefore(i int, kind rune) (int, bool) {
	best, ok := -1, false
	for at, k := range m.at {
		if at < i && at > best && at > i-160 && family(m.ents[k].kind) == family(kind) {
			best, ok = at, true
		}
	}
	return best, ok
}

// family returns one kind for all kinds that may correct each other.
func family(kind rune) rune {
	switch kind {
	case runeTime, runeOld, runeLately, runeFuture, runeBy, runePart:
		return runeTime
	case runeMoney, runeCoin, runeNum:
		return runeMoney
	}
	return kind
}

// replace lets the value at prev be that at next, and takes that out.
func (m *masked) replace(prev, next int, now time.Time) {
	old, new := &m.ents[m.at[prev]], m.ents[m.at[next]]
	switch family(old.kind) {
	case runeTime:
		p := old.phrase.With(new.phrase)
		kind := moment(p, now).kind
		*old = entity{kind: kind, start: new.start, end: new.end, phrase: p}
	case runeMoney:
		if new.currency == "" {
			new.currency, new.kind = old.currency, old.kind
		}
		*old = new
	default:
		*old = new
	}
	m.put(prev, old.kind)
}

// cut takes the text from i to j, and a comma before it, out of the masked text.
func (m *masked) cut(i, j int) {
	if i > 0 && m.s[i-1] == ',' {
		i--
	}
	m.s = m.s[:i] + m.s[j:]
	m.from = append(m.from[:i:i], m.from[j:]...)
	m.to = append(m.to[:i:i], m.to[j:]...)
	at := make(map[int]int, len(m.at))
	for k, e := range m.at {
		switch {
		case k < i:
			at[k] = e
		case k >= j:
			at[k-(j-i)] = e
		}
	}
	m.at, m.quotes = at, nil
	m.findQuotes()
}

// put writes the character c, three bytes as all of its kind, at i.
func (m *masked) put(i int, c rune) {
	m.s = m.s[:i] + string(c) + m.s[i+utf8.RuneLen(c):]
}
