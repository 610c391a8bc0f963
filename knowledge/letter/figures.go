package letter

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal/numeral"
)

// known are the figures that a case knows.
type known struct {
	sums     []*big.Rat
	currency string // "" if unknown
	moments  []time.Time
	today    time.Time
	spans    []span   // in the words of the case
	tokens   []string // digits, also with the letters before them
	words    string   // the words of the case, folded
}

// span is a length of time: so many of a unit.
type span struct {
	n    string // the number, as a decimal
	unit string
}

// number returns the count that text is.
func number(text string) (int, error) { return strconv.Atoi(text) }

func (b *Book) knownOf(c Case, o Order) known {
	k := known{currency: string(c.Facts[fact.Currency]), today: c.Now}
	for _, name := range []fact.Name{fact.Amount, fact.PaidAmount} {
		if v, ok := new(big.Rat).SetString(string(c.Facts[name])); ok {
			k.sums = append(k.sums, v)
		}
	}
	for _, name := range []fact.Name{fact.FailedAt, fact.LastSuccessAt, fact.PromisedBy, fact.PaidAt} {
		if t, ok := c.Facts[name].Time(); ok {
			k.moments = append(k.moments, t)
		}
	}
	for _, x := range c.Contacts {
		if !x.At.IsZero() {
			k.moments = append(k.moments, x.At)
		}
	}
	for _, w := range c.words() {
		f := b.fold.Fold(w).String()
		k.words += f + "\n"
		k.tokens = append(k.tokens, digitRun.FindAllString(f, -1)...)
		for _, s := range codeRun.FindAllString(f, -1) {
			k.tokens = append(k.tokens, strings.ReplaceAll(s, "-", ""))
		}
		k.spans = append(k.spans, b.checks.spansIn(f)...)
	}
	return k
}

var (
	digitRun = regexp.MustCompile(`[0-9]+`)
	codeRun  = regexp.MustCompile(`[a-z]+-?[0-9]+`)
)

// spansIn returns the lengths of time that a text names.
func (c *checks) spansIn(f string) []span {
	var out []span
	for i := 0; i < len(f); {
		if n, ok := c.numbers.At(f, i); ok {
			if unit, _ := c.spanUnit(ahead(f[n.End:])); unit != "" {
				out = append(out, span{n.String(), unit})
			}
			i = n.End
			continue
		}
		_, size := utf8.DecodeRuneInString(f[i:])
		i += size
	}
	return out
}

// nearby is how far around a number its neighbours are looked for, in bytes: an
// expression that is tried on all of a long letter costs as much as the letter.
const nearby = 96

// ahead returns the beginning of what stands behind a number.
func ahead(s string) string {
	if len(s) <= nearby {
		return s
	}
	end := nearby
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// behind returns the end of what stands before a number.
func behind(s string) string {
	if len(s) <= nearby {
		return s
	}
	from := len(s) - nearby
	for !utf8.RuneStart(s[from]) {
		from++
	}
	return s[from:]
}

// spanUnit returns the unit of time at the beginning of rest, and its length.
func (c *checks) spanUnit(rest string) (string, int) {
	for _, u := range c.spans {
		if at := u.re.FindStringIndex(rest); at != nil {
			return u.unit, at[1]
		}
	}
	return "", 0
}

// figures checks everything that is counted: dates, hours, sums, counts, numbers.
func (r *reading) figures() {
	for _, re := range r.checks.dates {
		r.each(re, r.date)
	}
	for days, re := range r.checks.relative {
		r.each(re, func(at []int, _ func(string) string) bool { return r.relative(days, at) })
	}
	for _, re := range r.checks.clocks {
		r.each(re, r.clock)
	}
	for n, re := range r.checks.once {
		r.each(re, func(at []int, _ func(string) string) bool { return r.count(n, at[0], at[1]) })
	}
	r.each(r.checks.one["weekdays"], r.weekday)
	r.numbers()
}

// each calls use for every match of re that is not accounted for yet; what use
// takes for its own is accounted for.
func (r *reading) each(re *regexp.Regexp, use func(at []int, group func(string) string) bool) {
	for _, m := range re.FindAllStringSubmatchIndex(r.f, -1) {
		if !r.allFree(m[0], m[1]) || splits(r.f, m[0], m[1]) {
			continue
		}
		group := func(name string) string {
			i := re.SubexpIndex(name)
			if i < 0 || m[2*i] < 0 {
				return ""
			}
			return r.f[m[2*i]:m[2*i+1]]
		}
		if use(m[:2], group) {
			r.account(m[0], m[1])
		}
	}
}

func (r *reading) allFree(from, to int) bool {
	return from < to && !slices.Contains(r.done[from:to], true)
}

// value returns the whole number that text is, in digits or in words, or 0.
func (r *reading) value(text string) int {
	if n, ok := r.checks.numbers.At(text, 0); ok && n.End == len(text) {
		v, _ := n.Int()
		return v
	}
	v, _ := number(text)
	return v
}

// day is a date of which parts may be unknown, 0.
type day struct{ y, m, d int }

func (a day) is(t time.Time) bool {
	return (a.y == 0 || a.y == t.Year()) && (a.m == 0 || a.m == int(t.Month())) && (a.d == 0 || a.d == t.Day())
}

// date checks a date. It takes every match for its own.
func (r *reading) date(at []int, group func(string) string) bool {
	a := day{r.year(group("y")), r.value(group("m")), r.value(group("d"))}
	if mon := group("mon"); mon != "" {
		a.m = 1 + slices.IndexFunc(r.checks.Months, func(p string) bool { return strings.HasPrefix(mon, p) })
	}
	if a.m > 12 || a.d > 31 || a == (day{}) {
		return false
	}
	if !r.dateHolds(a, at) {
		r.add(findDate, Block, at[0], at[1])
	}
	return true
}

// year reads a year in four digits or four Chinese ones.
func (r *reading) year(text string) int {
	n := 0
	for _, c := range text {
		v := r.value(string(c))
		n = 10*n + v
	}
	return n
}

// dateHolds reports whether a date is one of the case, today, or a day by which
// something is asked for.
func (r *reading) dateHolds(a day, at []int) bool {
	if slices.ContainsFunc(r.known.moments, a.is) {
		return true
	}
	today := r.known.today
	if today.IsZero() || a.is(today) || a.is(r.book.deadline(r.order.Kind, today)) {
		return true
	}
	if a.d == 0 && a.m == 0 {
		return a.y == today.Year()
	}
	y := a.y
	if y == 0 {
		y = today.Year()
	}
	t := time.Date(y, time.Month(max(a.m, 1)), max(a.d, 1), 0, 0, 0, 0, today.Location())
	if a.m == 0 {
		t = time.Date(y, today.Month(), a.d, 0, 0, 0, 0, today.Location())
	}
	if a.y == 0 && t.Before(today) && today.Sub(t) > 180*24*time.Hour {
		t = t.AddDate(1, 0, 0)
	}
	ahead := t.After(today) && t.Sub(today) < 400*24*time.Hour
	return ahead && !r.says("told", at[0], at[1], pauses) &&
		(r.says("asking", at[0], at[1], stops) || r.says("lawful", at[0], at[1], stops))
}

// relative checks a day that is counted from the day of the letter.
func (r *reading) relative(days int, at []int) bool {
	want := r.known.today.AddDate(0, 0, days)
	a := day{want.Year(), int(want.Month()), want.Day()}
	if r.known.today.IsZero() || !slices.ContainsFunc(r.known.moments, a.is) {
		r.add(findDate, Block, at[0], at[1])
	}
	return true
}

// clock checks a clock time.
func (r *reading) clock(at []int, group func(string) string) bool {
	h, m := r.value(group("h")), r.value(group("min"))
	if h > 24 || m > 59 {
		return false
	}
	exact := group("min") != "" || group("half") != ""
	if group("half") != "" {
		m = 30
	}
	if h < 12 && group("part") != "" && r.checks.one["pm"].MatchString(group("part")) {
		h += 12
	}
	ok := slices.ContainsFunc(r.known.moments, func(t time.Time) bool {
		return (h == t.Hour() || group("part") == "" && h+12 == t.Hour()) && (m == t.Minute() || !exact)
	})
	if !ok && !r.says("asking", at[0], at[1], pauses) {
		r.add(findDate, Block, at[0], at[1])
	}
	return true
}

// weekday checks a day that is named by the week: one that is asked for, or in
// the words of the case.
func (r *reading) weekday(at []int, _ func(string) string) bool {
	if r.said(at[0]) || !r.says("asking", at[0], at[1], pauses) {
		if !r.within(r.f[at[0]:at[1]]) {
			r.add(findDate, Block, at[0], at[1])
		}
	}
	return true
}

// said reports whether what stands at f[from:] is told as somebody's words.
func (r *reading) said(from int) bool {
	lo, _ := r.clause(from, from, pauses)
	return r.checks.one["reported"].MatchString(r.f[lo:from])
}

// numberAt returns the number at f[i:], in digits, in Chinese or in English words.
func (r *reading) numberAt(i int) (numeral.Number, bool) {
	if n, ok := r.checks.numbers.At(r.f, i); ok {
		return n, true
	}
	if !isLetter(r.f[i]) || i > 0 && isLetter(r.f[i-1]) {
		return numeral.Number{}, false
	}
	word := latinWord.FindString(r.f[i:])
	v, ok := r.checks.Numerals[word]
	return numeral.Number{Value: big.NewRat(int64(v), 1), End: i + len(word), Single: true}, ok
}

// numbers checks the numbers that no date and no clock time has taken.
func (r *reading) numbers() {
	for i := 0; i < len(r.f); {
		_, size := utf8.DecodeRuneInString(r.f[i:])
		n, ok := r.numberAt(i)
		if !ok || !r.allFree(i, n.End) {
			i += size
			continue
		}
		r.number(n, i)
		i = n.End
	}
}

// number checks the number n at f[from:].
func (r *reading) number(n numeral.Number, from int) {
	rest := ahead(r.f[n.End:])
	if code, end := r.money(n, from); end > 0 || code != "" {
		r.sum(n, code, from, max(end, n.End))
		return
	}
	if unit, size := r.checks.spanUnit(rest); unit != "" {
		if !r.spanHolds(n, unit, from, n.End+size) {
			r.add(findSpan, Block, from, n.End+size)
		}
		return
	}
	if r.checks.one["ordinal"].MatchString(behind(r.f[:from])) {
		return
	}
	for _, what := range []string{"times", "people"} {
		if at := r.checks.one[what].FindStringIndex(rest); at != nil {
			v, _ := n.Int()
			r.count(v, from, n.End+at[1])
			return
		}
	}
	if !n.Arabic || r.checks.one["harmless"].MatchString(rest) || r.numbering(from, n.End) {
		return
	}
	r.loose(n, from)
}

// money returns the currency of the number at f[from:], if one stands beside
// it, and where it ends.
func (r *reading) money(n numeral.Number, from int) (string, int) {
	best, end := "", 0
	for _, c := range r.checks.money {
		if at := c.after.FindStringIndex(ahead(r.f[n.End:])); at != nil && n.End+at[1] > end {
			best, end = c.code, n.End+at[1]
		}
	}
	if end > 0 {
		return best, end
	}
	for _, c := range r.checks.money {
		if n.Arabic && c.before.MatchString(behind(r.f[:from])) {
			return c.code, n.End
		}
	}
	ticker := strings.ToLower(r.known.currency)
	rest := strings.TrimLeft(r.f[n.End:], " ")
	if ticker != "" && strings.HasPrefix(rest, ticker) {
		return r.known.currency, len(r.f) - len(rest) + len(ticker)
	}
	return "", 0
}

// sum checks a sum of money.
func (r *reading) sum(n numeral.Number, code string, from, to int) {
	value, more := r.tenths(n.Value, to)
	ok := slices.ContainsFunc(r.known.sums, func(v *big.Rat) bool { return v.Cmp(value) == 0 })
	to += more
	r.sums = append(r.sums, value)
	switch {
	case !ok || n.Rough:
		r.add(findAmount, Block, from, to)
	case code != "" && r.known.currency != "" && code != r.known.currency:
		r.add(findCurrency, Block, from, to)
	}
	r.account(from, to)
}

// tenths adds what stands behind a sum in smaller coins, and says how long that is.
func (r *reading) tenths(sum *big.Rat, to int) (*big.Rat, int) {
	re := r.checks.one["tenths"]
	if m := re.FindStringSubmatch(ahead(r.f[to:])); m != nil {
		jiao, fen := r.value(m[re.SubexpIndex("jiao")]), r.value(m[re.SubexpIndex("fen")])
		return new(big.Rat).Add(sum, big.NewRat(int64(10*jiao+fen), 100)), len(m[0])
	}
	re = r.checks.one["loose_tenths"]
	m := re.FindStringSubmatch(ahead(r.f[to:]))
	if m == nil || !r.checks.one["loose_unit"].MatchString(behind(r.f[:to])) {
		return sum, 0
	}
	jiao := m[re.SubexpIndex("jiao")]
	return new(big.Rat).Add(sum, big.NewRat(int64(r.value(jiao)), 10)), len(jiao)
}

// spanHolds reports whether a length of time is one that the case speaks of,
// one that is asked for, or one that can be counted from the case.
func (r *reading) spanHolds(n numeral.Number, unit string, from, to int) bool {
	switch {
	case slices.Contains(r.known.spans, span{n.String(), unit}):
		return true
	case r.said(from):
		return false
	case r.limits(from, to):
		return true
	}
	v, ok := n.Int()
	if !ok || r.known.today.IsZero() {
		return false
	}
	per := map[string]float64{"hour": 1, "day": 24, "week": 24 * 7, "month": 24 * 30.4, "year": 24 * 365}[unit]
	return slices.ContainsFunc(r.known.moments, func(t time.Time) bool {
		past := r.known.today.Sub(t).Hours() / per
		return past > 0 && float64(v) <= past+1 && float64(v) >= past-1
	})
}

// limits reports whether a length of time is one within which something is
// asked for or announced.
func (r *reading) limits(from, to int) bool {
	lo, _ := r.clause(from, to, pauses)
	bound := strings.ContainsAny(r.f[from:to], "\u5185\u524d") ||
		r.checks.one["limit"].MatchString(r.f[to:]) || r.checks.one["limits"].MatchString(r.f[lo:from])
	for _, what := range []string{"asking", "lawful"} {
		if bound && r.says(what, from, to, stops) || r.says(what, from, to, pauses) && !r.says("past", from, to, pauses) {
			return true
		}
	}
	return false
}

// count checks how often something was tried or talked about.
func (r *reading) count(v, from, to int) bool {
	attempts, err := number(string(r.c.Facts[fact.Attempts]))
	if err != nil {
		attempts = -1
	}
	tries, talks := r.says("tries", from, to, pauses), r.says("talks", from, to, pauses)
	ok := v == attempts || v == len(r.c.Contacts)
	switch {
	case v == 1 && r.f[from] >= utf8.RuneSelf:
		ok = true
	case tries && !talks:
		ok = v == attempts
	case talks && !tries:
		ok = v == len(r.c.Contacts)
	}
	if !ok && !r.says("asking", from, to, pauses) {
		r.add(findCount, Block, from, to)
	}
	return true
}

// numbering reports whether f[from:to] counts the items of a list.
func (r *reading) numbering(from, to int) bool {
	if to-from > 2 {
		return false
	}
	before := strings.TrimRight(r.f[:from], " ")
	starts := before == "" || strings.HasSuffix(before, "\n")
	rest := strings.TrimLeft(r.f[to:], " ")
	closes := rest != "" && (strings.ContainsRune(".):,", rune(rest[0])) || strings.HasPrefix(rest, "\u3001"))
	opens := strings.HasSuffix(before, "(") && strings.HasPrefix(rest, ")")
	return starts && closes || opens || closes && strings.HasPrefix(rest, "\u3001") ||
		closes && strings.HasPrefix(rest, ")") || closes && rest[0] == '.' && strings.ContainsAny(before[max(0, len(before)-3):], " ;\u3002\uff1b:")
}

// longestPlain is the number of digits from which a number needs a reason to
// stand in a letter.
const longestPlain = 2

// loose checks a number that says nothing of what it counts.
func (r *reading) loose(n numeral.Number, from int) {
	digits := r.f[from:n.End]
	if slices.ContainsFunc(r.known.sums, func(v *big.Rat) bool { return v.Cmp(n.Value) == 0 }) {
		r.account(from, n.End)
		return
	}
	if slices.Contains(r.checks.Hotlines, digits) {
		return
	}
	letters := strings.TrimRight(r.f[:from], "-")
	letters = letters[len(strings.TrimRight(letters, "abcdefghijklmnopqrstuvwxyz")):]
	if slices.Contains(r.known.tokens, letters+digits) {
		return
	}
	if len(digits) > longestPlain || letters != "" && len(letters) < 4 || r.checks.one["label_behind"].MatchString(ahead(r.f[n.End:])) || r.checks.one["label"].MatchString(behind(r.f[:from])) {
		r.add(findNumber, Block, from, n.End)
	}
}

// kept finds sums that the letter must name and does not.
func (r *reading) kept() {
	for _, name := range r.book.forms[r.order.Kind].Keeps {
		v, ok := new(big.Rat).SetString(string(r.c.Facts[name]))
		same := func(s *big.Rat) bool { return s.Cmp(v) == 0 }
		if ok && !slices.ContainsFunc(r.sums, same) && !r.checks.has(r.f, v) {
			r.add(findLost, Block, 0, 0)
		}
	}
}

// has reports whether the number v stands somewhere in f.
func (c *checks) has(f string, v *big.Rat) bool {
	for i := 0; i < len(f); {
		_, size := utf8.DecodeRuneInString(f[i:])
		if n, ok := c.numbers.At(f, i); ok {
			if v.Cmp(n.Value) == 0 {
				return true
			}
			size = n.End - i
		}
		i += size
	}
	return false
}
