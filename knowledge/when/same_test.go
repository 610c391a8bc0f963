package when_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
)

// phrases returns the phrases of all rounds and of the dev set.
func phrases(t *testing.T) (all []phrase) {
	t.Helper()
	names, err := filepath.Glob("testdata/rounds/*.jsonl")
	if err != nil || len(names) == 0 {
		t.Fatalf("no rounds: %v", err)
	}
	for _, name := range append(names, "../testdata/eval/dev-when.jsonl") {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var c phrase
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(all, c)
		}
	}
	return all
}

// traditional returns a function that writes the characters of Chinese text
// the other way.
func traditional(t *testing.T) func(string) string {
	t.Helper()
	data, err := os.ReadFile("../content/zh/normal/variants.txt")
	if err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, pair := range strings.Fields(line) {
			if rs := []rune(pair); unicode.Is(unicode.Han, rs[1]) {
				pairs = append(pairs, string(rs[1]), string(rs[0]))
			}
		}
	}
	return strings.NewReplacer(pairs...).Replace
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !unicode.IsLetter(r) {
			return r + 0xfee0
		}
		return r
	}, s)
}

var (
	numberThenHan = regexp.MustCompile(`([0-9])(\p{Han})`)
	hanSpaceHan   = regexp.MustCompile(`(\p{Han}{2}) (\p{Han}{2})`)
	hanThenNumber = regexp.MustCompile(`(\p{Han})([0-9])`)
)

// TestWritingDoesNotMatter: the width of digits and signs, the kind of
// characters and the spaces change nothing of what is read.
func TestWritingDoesNotMatter(t *testing.T) {
	p, _ := planner(t)
	ways := map[string]func(string) string{
		"traditional":           traditional(t),
		"wide":                  wide,
		"wide spaces":           func(s string) string { return strings.ReplaceAll(s, " ", "\u3000") },
		"two spaces":            func(s string) string { return strings.ReplaceAll(s, " ", "  ") },
		"lines":                 func(s string) string { return strings.ReplaceAll(s, " ", "\n") },
		"commas":                func(s string) string { return hanSpaceHan.ReplaceAllString(s, "$1，$2") },
		"space behind numbers":  func(s string) string { return numberThenHan.ReplaceAllString(s, "$1 $2") },
		"space before numbers":  func(s string) string { return hanThenNumber.ReplaceAllString(s, "$1 $2") },
		"spaces around":         func(s string) string { return "  " + s + " " },
		"a full stop":           func(s string) string { return s + "。" },
		"capitals":              strings.ToUpper,
		"zero-width characters": func(s string) string { return "\u200b" + strings.ReplaceAll(s, " ", " \u200d") },
		"spaces around numbers ": func(s string) string {
			return hanThenNumber.ReplaceAllString(numberThenHan.ReplaceAllString(s, "$1 $2"), "$1 $2")
		},
	}
	for _, c := range phrases(t) {
		want, wantErr := p.Parse(c.Text, c.Now)
		for name, way := range ways {
			text := way(c.Text)
			got, err := p.Parse(text, c.Now)
			if (err == nil) != (wantErr == nil) || !got.At.Equal(want.At) || got.Every.String() != want.Every.String() || got.Named != want.Named {
				t.Errorf("%s: %s is read as %s %s (%v), but %s as %s %s (%v)", name, text, got.At, got.Every, err, c.Text, want.At, want.Every, wantErr)
			}
		}
	}
}

// TestEveryLength says lengths of time in all kinds of numbers and units.
func TestEveryLength(t *testing.T) {
	p, cal := planner(t)
	numbers := map[string]int{
		"1": 1, "一": 1, "2": 2, "两": 2, "二": 2, "兩": 2, "3": 3, "三": 3, "４": 4, "五": 5, "6": 6, "七": 7, "10": 10, "十": 10, "12": 12, "十二": 12, "十五": 15, "１８": 18, "二十": 20, "24": 24, "三十": 30,
	}
	after := map[string]func(n int) time.Time{
		"分钟":   func(n int) time.Time { return monday.Add(time.Duration(n) * time.Minute) },
		"小时":   func(n int) time.Time { return monday.Add(time.Duration(n) * time.Hour) },
		"天":    func(n int) time.Time { return monday.AddDate(0, 0, n) },
		"周":    func(n int) time.Time { return monday.AddDate(0, 0, 7*n) },
		"个月":   func(n int) time.Time { return monday.AddDate(0, n, 0) },
		"个工作日": func(n int) time.Time { at, _ := cal.AddWorking(monday, n); return at },
	}
	units := map[string]string{
		"分钟": "分钟", "分鐘": "分钟", "分": "分钟", "小时": "小时", "个小时": "小时", "小時": "小时", "个钟头": "小时", "钟头": "小时", "天": "天", "周": "周", "週": "周", "个星期": "周", "个礼拜": "周", "星期": "周",
		"个月": "个月", "個月": "个月", "个工作日": "个工作日", "工作日": "个工作日", "個工作日": "个工作日",
	}
	for number, n := range numbers {
		for unit, of := range units {
			want := after[of](n)
			for _, form := range []string{"%s%s后", "%s%s以后", "%s%s之後", "%s %s后", "过%s%s", "再过%s%s", "过%s%s后", "%s%s后提醒我", "看到账 %s%s后", "%s%s后 看到账"} {
				text := fmt.Sprintf(form, number, unit)
				plan, err := p.Parse(text, monday)
				if far := want.After(monday.AddDate(2, 0, 0)); far != (err != nil) || !far && !plan.At.Equal(want) {
					t.Errorf("%s is %s (%v), want %s", text, plan.At, err, want)
				}
			}
		}
	}
}
