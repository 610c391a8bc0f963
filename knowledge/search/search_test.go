package search_test

import (
	"testing"
	"time"

	"tixianbot/knowledge/search"
)

func tiny(t testing.TB) *search.Index {
	rules := search.Rules{
		Sure:     0.3,
		Synonyms: []search.Synonym{{As: "手续费", Write: []string{"fee", "扣费"}}},
		Stop:     []string{"请问"},
		Domain:   []string{"手续费|fee", "人工"},
		Away:     []string{"天气"},
		Topics: map[string]search.Topic{
			"fees":  {Strong: []string{"手续费|fee -律师"}},
			"human": {Weak: []string{"人工 转"}},
		},
	}
	return search.Build(loadTable(t), rules, []search.Doc{
		{ID: "fees", Title: "提现手续费", Asked: []string{"手续费怎么收"}, Text: "从到账里扣。"},
		{ID: "human", Title: "怎么转人工", Asked: []string{"机器人怎么转真人"}, Text: "输入人工两个字。"},
		{ID: "empty"},
	})
}

func TestFind(t *testing.T) {
	x := tiny(t)
	cases := []struct{ why, query, want string }{
		{"the words of the title", "手续费怎么收", "fees"},
		{"a synonym", "扣费怎么收", "fees"},
		{"an English word for it", "what is the FEE", "fees"},
		{"traditional characters", "請問怎麼轉人工", "human"},
		{"another subject", "手续费天气", ""},
		{"nothing of ours", "番茄炒蛋", ""},
		{"no words at all", "？！", ""},
		{"nothing", "", ""},
	}
	for _, c := range cases {
		hits, got := x.Find(c.query, 2), ""
		if x.Knows(hits) {
			got = hits[0].ID
		}
		if got != c.want {
			t.Errorf("%s: %q finds %q, want %q (%v)", c.why, c.query, got, c.want, hits)
		}
	}
}

func TestFindGivesTheBestFirstAndNoMoreThanAsked(t *testing.T) {
	x := tiny(t)
	hits := x.Find("怎么转人工，手续费怎么收", 5)
	for i := 1; i < len(hits); i++ {
		if hits[i].Score > hits[i-1].Score {
			t.Errorf("hit %d scores more than the one before: %v", i, hits)
		}
	}
	if got := x.Find("怎么转人工，手续费怎么收", 1); len(got) != 1 {
		t.Errorf("asked for one, got %v", got)
	}
	if got := x.Find("手续费", 0); len(got) != 0 {
		t.Errorf("asked for none, got %v", got)
	}
}

func TestAnIndexOfNothingKnowsNothing(t *testing.T) {
	x := search.Build(loadTable(t), search.Rules{}, nil)
	if hits := x.Find("手续费怎么收", 3); x.Knows(hits) || len(hits) > 0 {
		t.Errorf("found %v", hits)
	}
	if x.IsQuestion("怎么收") {
		t.Error("without rules nothing is a question")
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	rules := search.Rules{
		Topics:   map[string]search.Topic{"nowhere": {}},
		Synonyms: []search.Synonym{{As: "a", Write: []string{"c"}}, {As: "b", Write: []string{"c"}}},
	}
	if errs := rules.Check(nil); len(errs) != 2 {
		t.Errorf("want a topic without an article and a word that stands twice, got %v", errs)
	}
}

func FuzzFind(f *testing.F) {
	x := loadIndex(f)
	for _, s := range []string{"手续费怎么收", "how do i reach a human", "", "\xff\xfe", "人工人工人工"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		hits := x.Find(query, 3)
		if len(hits) > 3 {
			t.Fatalf("%d hits", len(hits))
		}
		for _, h := range hits {
			if !(h.Score > -5 && h.Score < 10) {
				t.Fatalf("score %v of %q", h.Score, query)
			}
		}
		x.IsQuestion(query)
	})
}

// BenchmarkBuild builds the index, which must take less than 100 ms.
func BenchmarkBuild(b *testing.B) {
	table, rules, docs := loadTable(b), loadRules(b), loadDocs(b)
	for b.Loop() {
		search.Build(table, rules, docs)
	}
	if each := b.Elapsed() / time.Duration(b.N); each > 100*time.Millisecond {
		b.Errorf("%v to build the index, want less than 100 ms", each)
	}
}

func BenchmarkFind(b *testing.B) {
	x := loadIndex(b)
	for b.Loop() {
		x.Find("客服口头答应三天，到时候不认账怎么办，工号要不要记", 3)
	}
}
