package screen

import "strings"

// group is a run of digits in folded text; an x that ends an identity number
// belongs to it.
type group struct{ from, to int }

// groups finds the runs of digit groups: groups that only a space, a hyphen, a
// point or the like keeps apart, as people write long numbers. Groups that
// touch letters or a mask are none.
func groups(f string) [][]group {
	var runs [][]group
	var run []group
	end := -1 // where the run ends
	for i := 0; i < len(f); {
		if !digit(f[i]) {
			i++
			continue
		}
		g := group{i, i}
		for g.to < len(f) && digit(f[g.to]) {
			g.to++
		}
		if g.to < len(f) && f[g.to] == 'x' && (g.to+1 == len(f) || !alnum(f[g.to+1])) {
			g.to++
		}
		if len(run) > 0 && !separates(f[end:g.from]) {
			runs, run = append(runs, run), nil
		}
		if free(f, g) {
			run = append(run, g)
			end = g.to
		} else if len(run) > 0 {
			runs, run = append(runs, run), nil
		}
		i = g.to
	}
	if len(run) > 0 {
		runs = append(runs, run)
	}
	return runs
}

// separates reports whether s is what people put between the groups of a number.
func separates(s string) bool {
	switch s {
	case " ", "-", ".", "·", "_", "–", "—", "  ", " - ", "•":
		return true
	}
	return false
}

// free reports whether the group does not belong to a word such as WD-20261120.
func free(f string, g group) bool {
	before, behind := f[:g.from], f[g.to:]
	if strings.HasSuffix(before, hiddenRune) || strings.HasPrefix(behind, hiddenRune) ||
		strings.HasSuffix(before, "*") || strings.HasPrefix(behind, "*") {
		return false
	}
	if behind != "" && alnum(behind[0]) {
		return false
	}
	if n := len(before); n > 0 && letter(before[n-1]) || n > 1 && before[n-1] == '-' && letter(before[n-2]) {
		return false
	}
	return true
}

// number is a number made of groups that follow each other.
type number struct {
	digits   string // with a final x, if there is one
	from, to int
	groups   int
}

func assemble(f string, run []group) number {
	var b strings.Builder
	for _, g := range run {
		b.WriteString(f[g.from:g.to])
	}
	return number{b.String(), run[0].from, run[len(run)-1].to, len(run)}
}

// maxGroups bounds how many groups make one number.
const maxGroups = 8

// numbers finds identity numbers, cards and, for sharing, phones among the
// numbers of f.
func (s *Screen) numbers(in *scan, share bool) []hit {
	var out []hit
	for _, run := range groups(in.text) {
		for i := 0; i < len(run); {
			h, n := s.read(in, run[i:], share)
			if n == 0 {
				i++
				continue
			}
			out = append(out, h)
			i += n
		}
	}
	return append(out, s.lettered(in)...)
}

// read tries the numbers that begin with the first group of run, the longest
// first, and returns what it is and of how many groups.
func (s *Screen) read(in *scan, run []group, share bool) (hit, int) {
	label := s.labels.of(in, run[0].from, run[len(run)-1].to)
	for n := min(len(run), maxGroups); n > 0; n-- {
		num := assemble(in.text, run[:n])
		if kind, keep := classify(num, label, share); kind != "" {
			return hit{kind: kind, from: num.from, to: num.to, keep: keep}, n
		}
	}
	return hit{}, 0
}

// lastFour is how many digits of a card or identity number stay.
const lastFour = 4

// classify says what a number is, given what the words before it call it.
func classify(n number, label label, share bool) (Kind, int) {
	switch {
	case isID(n.digits), label == labelID && idLike(n):
		return ID, lastFour
	case isCard(n) && label != labelSerial, label == labelCard && cardLike(n):
		return Card, lastFour
	case share && isPhone(n, label):
		return Phone, 0
	}
	return "", 0
}

// idLike reports whether a number that is called an identity number has the
// length of one, with a wrong digit or not.
func idLike(n number) bool {
	return len(n.digits) == 18 || len(n.digits) == 15 || n.groups == 1 && (len(n.digits) == 17 || len(n.digits) == 16 || len(n.digits) == 19)
}

// cardLike reports whether a number that is called a card or an account could
// be one, with a wrong digit or not.
func cardLike(n number) bool {
	if strings.HasSuffix(n.digits, "x") {
		return false
	}
	if n.groups == 1 {
		return len(n.digits) >= 12 && len(n.digits) <= 23 && !mobile(n.digits)
	}
	return len(n.digits) >= 14 && len(n.digits) <= 19 && n.groups >= 3
}

// isCard reports whether the digits are those of a bank card: a prefix that is
// issued, a length that fits it and the check digit of Luhn. A number in groups
// of four, and one as UnionPay issues most, is taken for a card even if the
// check digit is wrong: people make mistakes when they copy.
func isCard(n number) bool {
	d := n.digits
	if strings.HasSuffix(d, "x") || !issued(d) {
		return false
	}
	usual := n.groups >= 4 && n.groups <= 5 && len(d) >= 16 || strings.HasPrefix(d, "62") && (len(d) == 16 || len(d) == 19)
	return usual || luhn(d)
}

// issued reports whether a card can begin like d and have its length.
func issued(d string) bool {
	n := len(d)
	switch {
	case n < 13:
		return false
	case strings.HasPrefix(d, "62"), strings.HasPrefix(d, "60"), strings.HasPrefix(d, "81"):
		return n >= 16 && n <= 19
	case d[0] == '4':
		return n == 16 || n == 13 || n == 19
	case d[0] == '5' && d[1] >= '1' && d[1] <= '8', strings.HasPrefix(d, "35"):
		return n == 16
	case d[0] == '9' && (d[1] == '5' || d[1] == '4' || d[1] == '9'):
		return n == 16 || n == 19
	case strings.HasPrefix(d, "34"), strings.HasPrefix(d, "37"):
		return n == 15
	case d[0] == '2':
		return n == 16 && d[:4] >= "2221" && d[:4] <= "2720"
	}
	return false
}

// luhn reports whether the last digit checks the others.
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		x := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum%10 == 0
}

// mobile reports whether d is a mobile number of the mainland.
func mobile(d string) bool {
	return len(d) == 11 && d[0] == '1' && d[1] >= '3'
}

// isPhone reports whether a number is the phone of a person. Short numbers,
// 400 and 800 numbers and what is called a hotline are none.
func isPhone(n number, label label) bool {
	d := n.digits
	if strings.HasSuffix(d, "x") || label == labelSerial {
		return false
	}
	if mobile(d) || len(d) == 13 && strings.HasPrefix(d, "86") && mobile(d[2:]) ||
		len(d) == 14 && strings.HasPrefix(d, "086") && mobile(d[3:]) ||
		len(d) == 15 && strings.HasPrefix(d, "0086") && mobile(d[4:]) {
		return true
	}
	if label == labelHotline || label == labelCard || label == labelID || service(d) {
		return false
	}
	if len(d) == 10 && strings.HasPrefix(d, "09") || len(d) == 12 && strings.HasPrefix(d, "886") {
		return true
	}
	return label == labelPhone && len(d) >= 7 && len(d) <= 15 && !isDate(n)
}

// isDate reports whether a number is a date such as 2026-11-20.
func isDate(n number) bool {
	return n.groups == 3 && len(n.digits) <= 8 && (strings.HasPrefix(n.digits, "20") || strings.HasPrefix(n.digits, "19"))
}

// service reports whether d is the number of a service: 400-…, 800-…, 95588,
// 12315, 10086.
func service(d string) bool {
	return len(d) == 10 && (strings.HasPrefix(d, "400") || strings.HasPrefix(d, "800")) ||
		len(d) <= 8 && (strings.HasPrefix(d, "95") || strings.HasPrefix(d, "96") || strings.HasPrefix(d, "12") || strings.HasPrefix(d, "10"))
}
