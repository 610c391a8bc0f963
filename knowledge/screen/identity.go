package screen

import (
	"strings"
	"time"
)

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const idChecks = "10x98765432"

// isID reports whether d is an identity number of the mainland: a region, a
// date of birth and a check digit that fit.
func isID(d string) bool {
	if len(d) != 18 || d[0] < '1' || d[0] > '9' || strings.IndexByte(d, 'x') >= 0 && strings.IndexByte(d, 'x') < 17 {
		return false
	}
	if d[6:8] < "18" || d[6:8] > "20" || !date(d[6:14]) {
		return false
	}
	sum := 0
	for i, w := range idWeights {
		sum += w * int(d[i]-'0')
	}
	return idChecks[sum%11] == d[17]
}

func date(d string) bool {
	_, err := time.Parse("20060102", d)
	return err == nil
}

// lettered finds identity numbers that begin with a letter: those of Taiwan by
// their check digit, those of Hong Kong by their form, or either by a label.
func (s *Screen) lettered(in *scan) []hit {
	var out []hit
	f := in.text
	for i := 0; i < len(f); i++ {
		if !letter(f[i]) || i > 0 && (alnum(f[i-1]) || f[i-1] == '-') {
			continue
		}
		n, sure := islander(f[i:])
		if n == 0 || !alone(f, i, i+n) {
			continue
		}
		label := s.labels.of(in, i, i+n)
		if label == labelID || sure && label != labelSerial {
			out = append(out, hit{kind: ID, from: i, to: i + n})
			i += n - 1
		}
	}
	return out
}

// islander returns the length of an identity number of Taiwan or Hong Kong at
// the start of s, or 0, and whether it is one even if nothing calls it so.
func islander(s string) (n int, sure bool) {
	if n := taiwan(s); n > 0 {
		return n, taiwanChecks(s[:n])
	}
	return hongKong(s)
}

// taiwan returns the length of an identity number of Taiwan at the start of s, or 0.
func taiwan(s string) int {
	const length = 10
	if len(s) < length || countDigits(s[1:]) != length-1 || s[1] != '1' && s[1] != '2' && s[1] != '8' && s[1] != '9' {
		return 0
	}
	return length
}

// taiwanLetters are the letters in the order of their numbers, from 10.
const taiwanLetters = "abcdefghjklmnpqrstuvxywzio"

func taiwanChecks(s string) bool {
	region := 10 + strings.IndexByte(taiwanLetters, s[0])
	sum := region/10 + region%10*9
	for i := 1; i < 9; i++ {
		sum += int(s[i]-'0') * (9 - i)
	}
	return (sum+int(s[9]-'0'))%10 == 0
}

// hongKong returns the length of an identity number of Hong Kong at the start
// of s, such as R555357(0), or 0. Without brackets it is not sure to be one.
func hongKong(s string) (n int, sure bool) {
	letters := 1
	if len(s) > 1 && letter(s[1]) {
		letters = 2
	}
	rest := s[letters:]
	switch n := countDigits(rest); {
	case n == 6 && len(rest) >= 9 && rest[6] == '(' && (digit(rest[7]) || rest[7] == 'a') && rest[8] == ')':
		return letters + 9, true
	case n == 6 && len(rest) > 6 && rest[6] == 'a', n == 7:
		return letters + 7, false
	}
	return 0, false
}

// countDigits returns how many digits s begins with.
func countDigits(s string) int {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n
}
