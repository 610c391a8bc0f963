package letter

import (
	"strings"
	"testing"
)

// filling fills templates from a few slots.
func filling(slots map[string]string) *fill {
	f := &fill{
		value: func(s string) (string, bool) { v, ok := slots[s]; return v, ok },
		blank: func(s string) string { return "<" + s + ">" },
	}
	f.holds = func(t test) bool {
		v, ok := slots[t.slot]
		if t.is != nil {
			ok = strings.Contains(","+strings.Join(t.is, ",")+",", ","+v+",") && v != ""
		}
		return ok != t.not
	}
	f.items = func(string) []*fill {
		return []*fill{filling(map[string]string{"at": "1"}), filling(map[string]string{"at": "2"})}
	}
	return f
}

func TestTemplate(t *testing.T) {
	slots := map[string]string{"a": "A", "kind": "x"}
	for in, want := range map[string]string{
		"one {a}":                       "one A",
		"one {b}\ntwo":                  "two", // a line without its value is left out
		"one {b!}":                      "one <b>",
		"one[, {b}][, {a}]":             "one, A",
		"[{b}|{a}|c]":                   "A",
		"[{b}|c]":                       "c",
		"[[{b}|{a}] and|d] e":           "A and e",
		"{?kind=x,y}yes\n{?kind=z}no":   "yes",
		"{?!kind=x}no\n{?!kind=z}yes":   "yes",
		"{?a}known\n{?!b}unknown":       "known\nunknown",
		"{#}. a\n{#}. {b}\n{#}. c":      "1. a\n2. c",
		"{#}. a\nbreak\n{#}. b":         "1. a\nbreak\n1. b",
		"[{b}{#}. no|{#}. yes]\n{#}. z": "1. yes\n2. z",
		"*contacts {#}. at {at}\nend":   "1. at 1\n2. at 2\nend",
		"*contacts at {b}\nend":         "end",
		"a\n\n[{b}]\n\nc\n":             "a\n\nc",
	} {
		p, err := parse(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got := filling(slots).text(p); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	for _, in := range []string{"[a", "a]", "{a", "[a|b", "a|b", "[a]]"} {
		if _, err := parse(in); err == nil {
			t.Errorf("%q is taken", in)
		}
	}
}

// FuzzTemplate reads any text as a template, or says why not.
func FuzzTemplate(f *testing.F) {
	f.Add("[{a}|{b!}] {#} {?a=b,c}\n*contacts {at}")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parse(text)
		if err == nil {
			filling(map[string]string{"a": "A"}).text(p)
		}
	})
}
