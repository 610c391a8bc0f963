package screen

import (
	"fmt"
	"unicode/utf8"

	"tixianbot/knowledge/normal"
)

// digits are the characters that spell a digit, in the content a list of ten:
// those of 0 first.
type digits map[rune]string

// leastSpelled is how many digits in a row a number that is spelled out has at
// least: fewer are a count, a year, a saying.
const leastSpelled = 6

func (d digits) add(lists []string) error {
	if len(lists) != 0 && len(lists) != 10 {
		return fmt.Errorf("screen: digits: %d lists, want ten", len(lists))
	}
	for value, list := range lists {
		for _, r := range list {
			d[r] = string(rune('0' + value))
		}
	}
	return nil
}

// spell returns text with the numbers that are spelled out digit by digit
// written in digits, so that a phone or a card that somebody wrote in words is
// found as any other.
func (d digits) spell(text normal.Text) normal.Text {
	s := text.String()
	within := d.runs(s)
	if len(within) == 0 {
		return text
	}
	return text.Replace(func(i int) (int, string) {
		for len(within) > 0 && i >= within[0].to {
			within = within[1:]
		}
		if len(within) == 0 || i < within[0].from {
			return 0, ""
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if to, ok := d[r]; ok {
			return size, to
		}
		return 0, ""
	})
}

// runs returns where numbers are spelled out: digits of either kind in a row,
// groups of them apart as in a number that is long.
func (d digits) runs(s string) []group {
	var out []group
	run, count, spelled := group{}, 0, 0
	end := func() {
		if count >= leastSpelled && spelled > 1 {
			out = append(out, run)
		}
		count, spelled = 0, 0
	}
	for i, r := range s {
		_, word := d[r]
		switch {
		case word || r >= '0' && r <= '9':
			if count == 0 {
				run.from = i
			}
			count++
			if word {
				spelled++
			}
			run.to = i + utf8.RuneLen(r)
		case count > 0 && run.to == i && separates(string(r)):
		default:
			end()
		}
	}
	end()
	return out
}
