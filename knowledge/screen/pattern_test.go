package screen

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// sample expressions of every shape that the analysis tells apart, and texts
// that touch their edges.
var (
	shapes = []string{
		"解冻金", "解冻(?:金|费)", "(?:先|得)?交(?:钱|费)", "先[^,。]{0,4}交", "[^能]从.{0,3}扣", "(?:^|[^a-z])ps(?:图|$)",
		`\bpay\b`, `pay\w*\b`, "(?:交|付)+了?", "(?:让|叫)*交", "a|ab|abc", "ab?c?", "[先后再]{2,3}交", "交$", "^先", "(?i)pay",
		"(?:[一二三]|十)(?:万|千)+", "(?P<secret>[0-9]{4,8})码", "码(?:是|:)?(?P<secret>[0-9]{4,8})", "", "交?",
	}
	shapeTexts = []string{
		"", "先交解冻费", "要先交钱先交钱", "得交费,再交", "不能从里面扣", "我从他那扣", "ps图", "会ps", "apps", "pay", "repay pay paying",
		"让叫让交交付了", "abcabab", "先后再交", "交", "三千万", "验证码:123456", "123456码", "码是12345678901", "交先交\n先交", "PAY",
	}
)

// TestPatternFindsWhatItsExpressionFinds: looking up strings first and trying
// only where a match can begin changes nothing.
func TestPatternFindsWhatItsExpressionFinds(t *testing.T) {
	for _, shape := range shapes {
		lex := newLexicon()
		p, err := newPattern(lex, shape)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range shapeTexts {
			compare(t, p, lex.scan(text))
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, text := range shapeTexts {
		f.Add(text)
	}
	lex := newLexicon()
	var all []*pattern
	for _, shape := range shapes {
		p, err := newPattern(lex, shape)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, p)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := lex.scan(strings.ToValidUTF8(text, "?"))
		for _, p := range all {
			compare(t, p, s)
		}
	})
}

// TestContentPatternsFindWhatTheirExpressionsFind does the same with every
// pattern of the content.
func TestContentPatternsFindWhatTheirExpressionsFind(t *testing.T) {
	c := contentPatterns(t)
	data, err := os.ReadFile("testdata/safety-round1.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		s := c.lex.scan(strings.ToLower(line))
		for _, p := range c.compiled {
			compare(t, p, s)
		}
	}
}

// compare holds what p finds in s against its expression.
func compare(t *testing.T, p *pattern, s *scan) {
	t.Helper()
	re := p.anywhere()
	want := re.FindAllStringIndex(s.text, -1)
	var got [][]int
	for from, to := range p.all(s, 0, len(s.text)) {
		got = append(got, []int{from, to})
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("%.80s in %q: %v, want %v", p.source, s.text, got, want)
	}
	if got := p.somewhere(s); got != (want != nil) {
		t.Fatalf("%.80s in %q: %v", p.source, s.text, got)
	}
	if want, got := re.FindStringSubmatchIndex(s.text), p.groups(s, 0, len(s.text)); !slices.Equal(got, want) {
		t.Fatalf("%.80s in %q: groups %v, want %v", p.source, s.text, got, want)
	}
	comparePart(t, p, s, re)
}

// comparePart looks at the middle third alone.
func comparePart(t *testing.T, p *pattern, s *scan, re *regexp.Regexp) {
	t.Helper()
	lo := ahead(s.text, 0, len(s.text)/9)
	hi := back(s.text, len(s.text), len(s.text)/9)
	if lo >= hi {
		return
	}
	if got, want := p.in(s, lo, hi), re.MatchString(s.text[lo:hi]); got != want {
		t.Fatalf("%.80s in %q: %v", p.source, s.text[lo:hi], got)
	}
}

// contentPatterns compiles the rules of the content.
func contentPatterns(t *testing.T) *compiler {
	t.Helper()
	files, err := filepath.Glob("../content/zh/screen/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	all := make([]Rules, len(files))
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(data, &all[i]); err != nil {
			t.Fatal(err)
		}
	}
	words, err := merge(all)
	if err != nil {
		t.Fatal(err)
	}
	c := &compiler{words: words, lex: newLexicon(), compiled: map[string]*pattern{}}
	s := &Screen{flags: map[Flag][]rule{}}
	seen := map[string]bool{}
	for _, file := range all {
		if err := s.add(c, file, seen); err != nil {
			t.Fatal(err)
		}
	}
	return c
}
