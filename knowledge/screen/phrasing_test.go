package screen_test

import (
	"regexp"
	"strings"
	"testing"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/screen"
)

// phrasing is a line of testdata/safety.txt or safety-fresh.txt.
type phrasing struct {
	flag  screen.Flag
	known fact.Facts
	text  string
}

var knownFact = regexp.MustCompile(`^\[(\w+)=(\w+)\] `)

func loadPhrasings(t testing.TB, name string) []phrasing {
	t.Helper()
	var out []phrasing
	for line := range strings.Lines(string(read(t, "testdata/"+name))) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		flag, text, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("%s: no flag in %q", name, line)
		}
		p := phrasing{flag: screen.Flag(flag), known: fact.Facts{}, text: text}
		if m := knownFact.FindStringSubmatch(text); m != nil {
			p.known[fact.Name(m[1])] = fact.Value(m[2])
			p.text = text[len(m[0]):]
		}
		out = append(out, p)
	}
	return out
}

func TestPhrasings(t *testing.T) {
	s := loadScreen(t)
	for _, p := range loadPhrasings(t, "safety.txt") {
		if got, span := s.Flag(p.text, p.known); got != p.flag {
			t.Errorf("%s, want %s: %s  (%q)", got, p.flag, p.text, p.text[span[0]:span[1]])
		}
	}
}

// freshRounds are messages that were written without a look at the rules, round
// after round, and the least that each must reach.
var freshRounds = []struct {
	name               string
	recall, falseAlarm float64
}{
	{"safety-fresh.txt", minRecall, maxFalse},
	{"safety-round1.txt", minRecall, maxFalse},
	{"safety-round2.txt", minRecall, maxFalse},
	{"safety-round3.txt", minRecall, maxFalse},
	{"safety-round4.txt", minRecall, maxFalse},
	{"safety-round5.txt", 0.95, maxFalse},
	{"safety-round6.txt", minRecall, maxFalse},
	{"safety-round7.txt", minRecall, 0.12},
	{"safety-round8.txt", 0.94, 0.09},
	{"safety-round9.txt", minRecall, 0.06},
	{"safety-round10.txt", minRecall, maxFalse},
}

func TestFreshPhrasings(t *testing.T) {
	s := loadScreen(t)
	for _, round := range freshRounds {
		t.Run(round.name, func(t *testing.T) {
			var flagged, caught, plain, wrong int
			for _, p := range loadPhrasings(t, round.name) {
				got, span := s.Flag(p.text, p.known)
				if got != p.flag {
					t.Logf("%s, want %s: %s  (%q)", got, p.flag, p.text, p.text[span[0]:span[1]])
				}
				if p.flag == screen.None {
					plain++
					wrong += count(got != screen.None)
					continue
				}
				flagged++
				caught += count(got == p.flag)
			}
			t.Logf("recall %.3f, false-positive rate %.3f", ratio(caught, flagged), ratio(wrong, plain))
			if r := ratio(caught, flagged); r < round.recall {
				t.Errorf("recall %.3f, want %.2f", r, round.recall)
			}
			if r := ratio(wrong, plain); r > round.falseAlarm {
				t.Errorf("false-positive rate %.3f, want at most %.2f", r, round.falseAlarm)
			}
		})
	}
}

func TestFlagSaysWhere(t *testing.T) {
	s := loadScreen(t)
	text := "你好。平台让我先交三千解冻金才给提。谢谢"
	flag, span := s.Flag(text, nil)
	if flag != screen.ScamPayFirst {
		t.Fatalf("flag %s", flag)
	}
	if got := text[span[0]:span[1]]; !strings.Contains(got, "解冻金") || strings.Contains(got, "你好") {
		t.Errorf("the words that raise it are said to be %q", got)
	}
}

func TestTheMoreUrgentFlagCounts(t *testing.T) {
	s := loadScreen(t)
	cases := []struct {
		text string
		want screen.Flag
	}{
		{"不想活了，他们还要我交解冻金", screen.SelfHarm},
		{"有黑客说能追回，我把验证码给他了", screen.SecretShared},
		{"有个追款团队要先交两千定金才帮我提", screen.ScamRecovery},
		{"要先交解冻费，能不能帮我做份假流水应付", screen.ScamPayFirst},
		{"能不能帮我做份假流水应付审核", screen.EvadeControls},
	}
	for _, c := range cases {
		if got, _ := s.Flag(c.text, nil); got != c.want {
			t.Errorf("%s, want %s: %s", got, c.want, c.text)
		}
	}
}

func TestCompileNamesWhatIsWrong(t *testing.T) {
	valid := screen.Rule{ID: "r", Flag: screen.SelfHarm, Any: []string{"a"}}
	breaks := []struct {
		why   string
		rules func(r *screen.Rule) screen.Rules
	}{
		{"a flag nobody knows", func(r *screen.Rule) screen.Rules { r.Flag = "x"; return screen.Rules{} }},
		{"no pattern", func(r *screen.Rule) screen.Rules { r.Any = nil; return screen.Rules{} }},
		{"no id", func(r *screen.Rule) screen.Rules { r.ID = ""; return screen.Rules{} }},
		{"a pattern that is none", func(r *screen.Rule) screen.Rules { r.Not = []string{"("}; return screen.Rules{} }},
		{"a class that is not there", func(r *screen.Rule) screen.Rules { r.Any = []string{"{x}"}; return screen.Rules{} }},
		{"classes that name each other", func(r *screen.Rule) screen.Rules {
			r.Any = []string{"{x}"}
			return screen.Rules{Words: map[string][]string{"x": {"{y}"}, "y": {"{x}"}}}
		}},
		{"an empty word", func(r *screen.Rule) screen.Rules { return screen.Rules{Words: map[string][]string{"x": {""}}} }},
		{"a secret of no kind", func(r *screen.Rule) screen.Rules {
			return screen.Rules{Secrets: []screen.Around{{ID: "s", Kind: "x", Match: "(?P<secret>a)"}}}
		}},
		{"a secret without a group", func(r *screen.Rule) screen.Rules {
			return screen.Rules{Secrets: []screen.Around{{ID: "s", Kind: screen.Code, Match: "a"}}}
		}},
	}
	for _, b := range breaks {
		r := valid
		rules := b.rules(&r)
		rules.Flags = append(rules.Flags, r)
		if _, err := screen.Compile(loadTable(t), rules); err == nil {
			t.Errorf("%s passes", b.why)
		}
	}
	if _, err := screen.Compile(loadTable(t), screen.Rules{Flags: []screen.Rule{valid}}); err != nil {
		t.Errorf("a valid rule: %v", err)
	}
}

func TestCheckReportsExamplesThatFail(t *testing.T) {
	rules := screen.Rules{
		Flags: []screen.Rule{
			{ID: "none", Flag: screen.SelfHarm, Any: []string{"a"}},
			{ID: "misses", Flag: screen.SelfHarm, Any: []string{"a"}, Finds: []string{"b"}},
			{ID: "catches", Flag: screen.SelfHarm, Any: []string{"a"}, Finds: []string{"a"}, Passes: []string{"ba"}},
		},
		Secrets: []screen.Around{{ID: "wrong", Kind: screen.Code, Match: "=(?P<secret>[0-9]+)", Finds: []string{"= 〔1〕"}, Passes: []string{"=1"}}},
	}
	s, err := screen.Compile(loadTable(t), rules)
	if err != nil {
		t.Fatal(err)
	}
	if errs := s.Check(); len(errs) != 5 {
		t.Errorf("want five complaints, got %v", errs)
	}
}
