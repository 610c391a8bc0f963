// Package numeral reads numbers that are written in digits, in Chinese words or
// in a mix of both: 2,350 · 1.2万 · 三千五 · 十二万六千 · 5w · 两千多.
//
// Its one invariant: a number that is read has a definite value. Words such as
// 几百 or 大几千, which name none, are no numbers; 两千多 is two thousand, and
// known to be rough. The text must be folded (package normal).
package numeral

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"
)

// Rules are the words of numbers; they are content.
type Rules struct {
	Digits map[string]int   `yaml:"digits"` // 三: 3
	Powers map[string]int64 `yaml:"powers"` // 千: 1000; Latin ones, such as w, only behind digits
	Vague  []string         `yaml:"vague"`  // words before a power that make it no number: 几
	More   []string         `yaml:"more"`   // words behind a number that make it rough: 多
	Rough  []string         `yaml:"rough"`  // words that make a bare power a rough number: 千把
}

// Reader reads numbers. It is never changed.
type Reader struct {
	digits map[rune]int
	powers map[rune]int64
	rules  Rules
}

// New compiles r. Every digit and every power must be one character.
func New(r Rules) (*Reader, error) {
	n := &Reader{digits: map[rune]int{}, powers: map[rune]int64{}, rules: r}
	for w, v := range r.Digits {
		c, size := utf8.DecodeRuneInString(w)
		if size != len(w) || v < 0 || v > 9 {
			return nil, fmt.Errorf("numbers: digit %q: %d is not a digit of one character", w, v)
		}
		n.digits[c] = v
	}
	for w, v := range r.Powers {
		c, size := utf8.DecodeRuneInString(w)
		if size != len(w) || v < 10 {
			return nil, fmt.Errorf("numbers: power %q: %d is not a power of one character", w, v)
		}
		n.powers[c] = v
	}
	return n, nil
}

// A Number is a number found in a text.
type Number struct {
	Value  *big.Rat
	End    int  // where it ends in the text
	Arabic bool // written in digits, maybe with a power behind them
	Plain  bool // a run of digits and nothing else
	Single bool // one Chinese digit, as in 一直
	Rough  bool // 两千多, 二三百
}

// String returns the value as a decimal number, such as 3500 or 0.5.
func (n Number) String() string {
	s := n.Value.FloatString(18)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// Int returns the value as an integer, and whether it is one below a billion.
func (n Number) Int() (int, bool) {
	if !n.Value.IsInt() || !n.Value.Num().IsInt64() || n.Value.Num().Int64() > 999_999_999 {
		return 0, false
	}
	return int(n.Value.Num().Int64()), true
}

// At returns the number that begins at s[i:], and whether one does.
func (r *Reader) At(s string, i int) (Number, bool) {
	c, _ := utf8.DecodeRuneInString(s[i:])
	var n Number
	var ok bool
	switch _, digit := r.digits[c]; {
	case c >= '0' && c <= '9':
		n, ok = r.arabic(s, i)
	case digit:
		n, ok = r.words(s, i)
	case r.powers[c] > 0 && c > utf8.RuneSelf && !endsIn(s[:i], r.rules.Vague):
		n, ok = r.bare(s, i)
	}
	if !ok {
		return Number{}, false
	}
	if w := prefix(s[n.End:], r.rules.More); w != "" && n.End-i > 1 && !n.Single {
		n.Rough = true
		n.End += len(w)
		n.End, n.Value = r.power(s, n.End, n.Value) // 两百多万
	}
	return n, true
}

// maxDigits keeps codes and account numbers from being read as numbers.
const maxDigits = 18

func (r *Reader) arabic(s string, i int) (Number, bool) {
	end := digitsEnd(s, i)
	text := s[i:end]
	for len(text) <= 3 && end+4 <= len(s) && s[end] == ',' && digitsEnd(s, end+1) == end+4 {
		text2, end2 := grouped(s, end)
		text, end = text+text2, end2
		break
	}
	if end+1 < len(s) && s[end] == '.' && isDigit(s[end+1]) {
		e := digitsEnd(s, end+1)
		text, end = text+s[end:e], e
	}
	v, ok := new(big.Rat).SetString(text)
	if !ok || len(text) > maxDigits {
		return Number{}, false
	}
	n := Number{Value: v, End: end, Arabic: true, Plain: true}
	return r.scaled(s, n), true
}

// grouped reads the groups of three digits behind commas from s[i:] on.
func grouped(s string, i int) (string, int) {
	text := ""
	for i+4 <= len(s) && s[i] == ',' && digitsEnd(s, i+1) == i+4 {
		text += s[i+1 : i+4]
		i += 4
	}
	return text, i
}

// scaled adds what stands behind the digits of n: 1.2万, 3万5, 12万6千.
func (r *Reader) scaled(s string, n Number) Number {
	total := new(big.Rat)
	part := n.Value
	for {
		end, unit := r.power(s, n.End, big.NewRat(1, 1))
		if end == n.End {
			n.Value = total.Add(total, part)
			return n
		}
		n.End, n.Plain = end, false
		total.Add(total, new(big.Rat).Mul(part, unit))
		next, ok := r.tail(s, end, unit)
		if !ok {
			n.Value = total
			return n
		}
		n.End, part = next.End, next.Value
	}
}

// tail reads the digits behind a power: the 5 of 3万5 counts thousands, the 6
// of 12万6千 is left for its own power.
func (r *Reader) tail(s string, i int, unit *big.Rat) (Number, bool) {
	c, size := utf8.DecodeRuneInString(s[i:])
	v, ok := r.digits[c]
	end := i + size
	if c >= '0' && c <= '9' {
		end = digitsEnd(s, i)
		parsed, good := new(big.Rat).SetString(s[i:end])
		if !good || end-i > 4 {
			return Number{}, false
		}
		return r.tailOf(s, Number{Value: parsed, End: end}, unit, end-i == 1), true
	}
	if !ok {
		return Number{}, false
	}
	return r.tailOf(s, Number{Value: new(big.Rat).SetInt64(int64(v)), End: end}, unit, true), true
}

func (r *Reader) tailOf(s string, n Number, unit *big.Rat, one bool) Number {
	if end, _ := r.power(s, n.End, n.Value); end == n.End && one && n.Value.Sign() > 0 {
		n.Value.Mul(n.Value, unit).Quo(n.Value, big.NewRat(10, 1))
	}
	return n
}

// power multiplies v by the powers that stand at s[i:], three at most.
func (r *Reader) power(s string, i int, v *big.Rat) (int, *big.Rat) {
	for range 3 {
		c, size := utf8.DecodeRuneInString(s[i:])
		p, ok := r.powers[c]
		if !ok || (size == 1 && letterAt(s, i+1)) {
			return i, v
		}
		v = new(big.Rat).Mul(v, new(big.Rat).SetInt64(p))
		i += size
	}
	return i, v
}

// words reads a number in Chinese words from s[i:], or a run of digits such as 二零二六.
func (r *Reader) words(s string, i int) (Number, bool) {
	if n, ok := r.run(s, i); ok {
		return n, true
	}
	w := wordReader{r: r, s: s, at: i}
	w.read()
	if w.chars == 0 {
		return Number{}, false
	}
	total := w.total + w.section + w.trailing()
	return Number{
		Value:  new(big.Rat).SetInt64(total),
		End:    w.at,
		Single: w.chars == 1,
		Rough:  w.rough,
	}, true
}

// run reads two or more digits, none followed by a power, as they stand: 二零二六.
// Just two of them are a guess: 七八次 is seven or eight times.
func (r *Reader) run(s string, i int) (Number, bool) {
	v, n, end := int64(0), 0, i
	for _, c := range s[i:] {
		d, ok := r.digits[c]
		if !ok || n == 12 {
			break
		}
		v, n, end = v*10+int64(d), n+1, end+utf8.RuneLen(c)
	}
	c, _ := utf8.DecodeRuneInString(s[end:])
	if n < 2 || r.powers[c] > 0 {
		return Number{}, false
	}
	if n == 2 && v >= 10 && v%10 > 0 { // 七八次
		return Number{Value: new(big.Rat).SetInt64(v / 10), End: end, Rough: true}, true
	}
	return Number{Value: new(big.Rat).SetInt64(v), End: end}, true
}

// bare reads a number that begins with a power: 十, 十二万, 百来块, 万把块.
func (r *Reader) bare(s string, i int) (Number, bool) {
	c, size := utf8.DecodeRuneInString(s[i:])
	if p := r.powers[c]; p > 10 {
		if w := prefix(s[i+size:], r.rules.Rough); w != "" {
			return Number{Value: new(big.Rat).SetInt64(p), End: i + size + len(w), Rough: true}, true
		}
		return Number{}, false
	}
	w := wordReader{r: r, s: s, at: i}
	w.digit, w.has = 1, true
	w.read()
	total := w.total + w.section + w.trailing()
	return Number{Value: new(big.Rat).SetInt64(total), End: w.at}, true
}

// wordReader adds up 十二万六千: a section of powers below a myriad, and the total.
type wordReader struct {
	r              *Reader
	s              string
	at, chars      int
	total, section int64
	digit, last    int64 // the digit read last, and the power before it
	has, zero      bool  // a digit waits for its power; a zero stood before it
	rough          bool
}

func (w *wordReader) read() {
	for w.at < len(w.s) && w.total < 1e15 {
		c, size := utf8.DecodeRuneInString(w.s[w.at:])
		if d, ok := w.r.digits[c]; ok {
			if !w.takeDigit(int64(d), size) {
				return
			}
		} else if p, ok := w.r.powers[c]; !ok || size == 1 || !w.takePower(p) {
			return
		}
		w.at += size
		w.chars++
	}
}

// takeDigit takes a digit. Of two digits before one power the first counts: 二三百.
func (w *wordReader) takeDigit(d int64, size int) bool {
	if d == 0 {
		w.zero = true
		return !w.has
	}
	if w.has {
		c, _ := utf8.DecodeRuneInString(w.s[w.at+size:])
		if w.r.powers[c] == 0 {
			return false
		}
		w.rough = true
		return true
	}
	w.digit, w.has = d, true
	return true
}

func (w *wordReader) takePower(p int64) bool {
	switch {
	case p >= 10_000 && (w.has || w.section > 0):
		w.total += (w.section + w.pending()) * p
		w.section = 0
	case p < 10_000 && w.has:
		w.section += w.digit * p
	case p == 10 && w.zero: // 零十
		return false
	default:
		return false
	}
	w.digit, w.has, w.zero, w.last = 0, false, false, p
	return true
}

func (w *wordReader) pending() int64 {
	if w.has {
		return w.digit
	}
	return 0
}

// trailing is what the last digit counts: 五 of 三千五 is hundreds, of 三千零五 ones.
func (w *wordReader) trailing() int64 {
	if !w.has {
		return 0
	}
	if w.last >= 100 && !w.zero {
		return w.digit * w.last / 10
	}
	return w.digit
}

func digitsEnd(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func letterAt(s string, i int) bool { return i < len(s) && s[i] >= 'a' && s[i] <= 'z' }

func prefix(s string, words []string) string {
	best := ""
	for _, w := range words {
		if len(w) > len(best) && strings.HasPrefix(s, w) {
			best = w
		}
	}
	return best
}

func endsIn(s string, words []string) bool {
	for _, w := range words {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}
