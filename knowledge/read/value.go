package read

import (
	"math/big"
	"slices"
	"strings"

	"tixianbot/knowledge/normal/numeral"
)

// value returns the value at s[i:] that is no time, if there is one.
func (m *masker) value(s string, i int) (entity, bool) {
	if kind, end, ok := m.platforms.at(s, i); ok {
		return entity{kind: runePlatform, start: i, end: end, platform: factValue(kind)}, true
	}
	if e, ok := m.prefixed(s, i); ok {
		return e, true
	}
	if e, ok := m.token(s, i); ok {
		return e, true
	}
	return m.numbered(s, i)
}

// prefixed reads $1,250 and 人民币28,000元.
func (m *masker) prefixed(s string, i int) (entity, bool) {
	currency, end, ok := m.prefixes.at(s, i)
	if !ok {
		return entity{}, false
	}
	for end < len(s) && s[end] == ' ' {
		end++
	}
	n, ok := m.numbers.At(s, end)
	if !ok || n.Single {
		return entity{}, false
	}
	e := entity{kind: m.kindOf(currency), start: i, end: n.End, number: n, currency: currency, rough: n.Rough}
	if _, after, ok := m.units.at(s, skipSpace(s, n.End)); ok {
		e.end = after
	}
	return e, true
}

// token reads a word of Latin letters and digits, such as wd-4031 or trc20, and
// a run of digits that is too long for a sum.
func (m *masker) token(s string, i int) (entity, bool) {
	if !wordByte(s[i]) || i > 0 && wordByte(s[i-1]) {
		return entity{}, false
	}
	end, lets, digs := i, 0, 0
	for end < len(s) && (wordByte(s[end]) || (s[end] == '-' || s[end] == '_') && end+1 < len(s) && wordByte(s[end+1])) {
		if letter(s[end]) {
			lets++
		} else if digit(s[end]) {
			digs++
		}
		end++
	}
	switch {
	case lets > 0 && digs > 0 && !m.sum(s, i, end):
		return entity{kind: runeCode, start: i, end: end}, true
	case lets == 0 && digs >= 8 && !strings.HasPrefix(s[end:], ".") && !m.unitAt(s, end):
		return entity{kind: runeDigits, start: i, end: end}, true
	}
	return entity{}, false
}

func wordByte(c byte) bool { return letter(c) || digit(c) }

// sum reports whether s[i:end] is a number with its unit, such as 5w or 300usdt.
func (m *masker) sum(s string, i, end int) bool {
	n, ok := m.numbers.At(s, i)
	if !ok {
		return false
	}
	if n.End >= end {
		return true
	}
	_, after, ok := m.units.at(s, n.End)
	return ok && after >= end
}

func (m *masker) unitAt(s string, i int) bool {
	_, _, ok := m.units.at(s, i)
	return ok
}

// numbered reads what begins with a number: a sum, a count, a quantity, a
// percentage or a bare number.
func (m *masker) numbered(s string, i int) (entity, bool) {
	if i > 0 && digit(s[i-1]) {
		return entity{}, false
	}
	n, ok := m.numbers.At(s, i)
	if !ok {
		return entity{}, false
	}
	if _, _, counted := m.plain["counts"].at(s, n.End); m.ordinal(s, i) && (counted || n.Single) {
		return m.nth(s, i, n)
	}
	e := entity{kind: runeNum, start: i, end: n.End, number: n, rough: n.Rough}
	if strings.HasPrefix(s[n.End:], "%") {
		e.kind, e.end = runePercent, n.End+1
		return e, true
	}
	if m.count(s, &e) || m.sumOf(s, &e) {
		return e, true
	}
	if n.Single {
		return entity{}, false
	}
	if _, end, ok := m.plain["measures"].at(s, n.End); ok {
		e.kind, e.end = runeQty, end
	}
	return e, true
}

func (m *masker) count(s string, e *entity) bool {
	_, end, ok := m.plain["counts"].at(s, skipSpace(s, e.end))
	if !ok {
		return false
	}
	e.kind, e.end = runeTimes, end
	return true
}

// nth reads 第三次. The first time, and 这一次, stay words: they count nothing.
func (m *masker) nth(s string, i int, n numeral.Number) (entity, bool) {
	v, whole := n.Int()
	_, end, ok := m.plain["counts"].at(s, n.End)
	if !ok || !whole || v < 2 {
		return entity{kind: runeQty, start: i, end: n.End, number: n}, !n.Single
	}
	return entity{kind: runeNth, start: i, end: end, number: n}, true
}

// ordinal reports whether the number at s[i:] is one of a row: 第一次, 这一次.
func (m *masker) ordinal(s string, i int) bool {
	for _, w := range m.money.Ordinal {
		if strings.HasSuffix(s[:i], w) {
			return true
		}
	}
	return false
}

// sumOf reads the unit behind a number: 500元, 0.5个btc, 9块8, 1.2万.
func (m *masker) sumOf(s string, e *entity) bool {
	if _, _, adverb := m.plain["adverbs"].at(s, e.start); adverb && e.number.Single {
		return false
	}
	at := skipSpace(s, e.end)
	if _, end, ok := m.plain["between"].at(s, at); ok {
		at = skipSpace(s, end)
	}
	currency, end, ok := m.units.at(s, at)
	if !ok {
		return m.myriad(s, e)
	}
	e.kind, e.currency = m.kindOf(currency), currency
	if _, coin, ok := m.plain["coins"].at(s, at); ok && coin == end {
		m.cents(s, e, end)
		return true
	}
	e.end = end
	return true
}

// myriad takes a number whose power is a money word by itself: 1.2万.
func (m *masker) myriad(s string, e *entity) bool {
	for _, w := range m.money.Myriad {
		if strings.Contains(s[e.start:e.end], w) {
			if _, _, other := m.plain["measures"].at(s, e.end); other {
				return false
			}
			e.kind, e.currency = runeMoney, "CNY"
			return true
		}
	}
	return false
}

func (m *masker) kindOf(currency string) rune {
	if slices.Contains(m.money.Crypto, currency) {
		return runeCoin
	}
	return runeMoney
}

// cents adds what stands behind the coin at s[i:]: 8 of 9块8, 75 of 12块75.
func (m *masker) cents(s string, e *entity, i int) {
	e.end = i
	n, ok := m.numbers.At(s, i)
	if !ok {
		return
	}
	v, whole := n.Int()
	if _, _, measure := m.plain["measures"].at(s, n.End); measure || !whole || v > 99 || m.unitAt(s, n.End) {
		return
	}
	if _, _, count := m.plain["counts"].at(s, n.End); count {
		return
	}
	per := int64(10)
	if n.Arabic && n.End-i == 2 {
		per = 100
	} else if v > 9 {
		return
	}
	e.number.Value = new(big.Rat).Add(e.number.Value, big.NewRat(int64(v), per))
	e.end = n.End
}

func skipSpace(s string, i int) int {
	if i < len(s) && s[i] == ' ' {
		return i + 1
	}
	return i
}
