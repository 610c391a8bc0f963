package main

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/screen"
	"tixianbot/knowledge/triage"
)

// taskDraft is the one task whose cases have no text.
const taskDraft = "draft"

// evalTask is a kind of test question.
type evalTask struct {
	want    func() any // a pointer to what a case wants
	try     func(k *knowledge.Pack, c evalCase) result
	metrics []string
	measure func(results []result, metric string) (value float64, n int)
}

var evalTasks = map[string]evalTask{
	"triage":    {func() any { return new(wantCause) }, tryTriage, []string{"top1", "top3"}, measureRanking},
	"interview": {func() any { return new(wantCause) }, tryInterview, []string{"top1", "top3", "median", "p90"}, measureInterview},
	"topic":     {func() any { return new(wantTopic) }, tryTopic, []string{"top1", "top3", "none_f1"}, measureTopic},
	"extract":   {func() any { return new(wantFacts) }, tryExtract, []string{"precision", "recall"}, measureExtract},
	"safety":    {func() any { return new(wantFlag) }, trySafety, []string{"recall", "fpr"}, measureSafety},
	taskDraft:   {func() any { return new(wantLetter) }, tryDraft, []string{"ratio"}, measureRatio},
	"redact":    {func() any { return new(wantMask) }, tryRedact, []string{"ratio"}, measureRatio},
	"when":      {func() any { return new(wantTime) }, tryWhen, []string{"ratio"}, measureRatio},
}

// result is what became of a case. In JSON the names are for good.
type result struct {
	ID   string          `json:"id"`
	Task string          `json:"task"`
	Pass bool            `json:"pass"`
	Got  any             `json:"got"`
	Want json.RawMessage `json:"want"`

	text     string
	expected string // the answer in one word, "" where there is none such
	place    int    // how far down a ranking what was wanted stands; 0: nowhere
	asked    int    // questions asked
	hits     int    // facts found
	misses   int    // facts not found
	wrong    int    // facts found that are not there
}

// first returns what came out first, in one word.
func (r result) first() string {
	switch got := r.Got.(type) {
	case []string:
		if len(got) > 0 {
			return got[0]
		}
	case played:
		return got.Causes[0]
	case string:
		return got
	}
	return "none"
}

// ranking is the result of a case whose answer is a list.
func ranking(got, want []string) result {
	place := 1 + slices.IndexFunc(got, func(id string) bool { return slices.Contains(want, id) })
	return result{Pass: place == 1, Got: got, expected: strings.Join(want, "|"), place: place}
}

// shownCauses is how many causes of a ranking are printed.
const shownCauses = 3

// causes returns the likeliest causes.
func causes(ranked []triage.Ranked) []string {
	var ids []string
	for _, r := range ranked[:min(shownCauses, len(ranked))] {
		ids = append(ids, r.Cause)
	}
	return ids
}

// know returns c with facts that need not be told.
func know(c bot.Case, facts fact.Facts) bot.Case {
	c = c.Clone()
	if c.Facts == nil {
		c.Facts = map[fact.Name]bot.Known{}
	}
	for name, v := range facts {
		c.Facts[name] = bot.Known{Value: v}
	}
	return c
}

// hear returns what the bot makes of a first message.
func hear(k *knowledge.Pack, c bot.Case, text string, now time.Time) (bot.Case, bot.Effects) {
	return bot.Step(k, c, bot.Input{At: now, Event: bot.Said{Text: text}})
}

// tryTriage ranks the causes after one message and what else is known.
func tryTriage(k *knowledge.Pack, c evalCase) result {
	told, _ := hear(k, bot.Case{}, c.Text, c.Now)
	return ranking(causes(bot.Rank(k, know(told, c.Facts.Facts), c.Now)), c.want.(*wantCause).any())
}

// tryTopic looks for the article that answers a question.
func tryTopic(k *knowledge.Pack, c evalCase) result {
	got := []string{"none"}
	if hits := k.Index.Find(c.Text, 3); k.Index.Knows(hits) {
		got = got[:0]
		for _, h := range hits {
			got = append(got, h.ID)
		}
	}
	return ranking(got, c.want.(*wantTopic).any())
}

// tryExtract compares the facts read from a message with those it tells.
func tryExtract(k *knowledge.Pack, c evalCase) result {
	told, _ := hear(k, bot.Case{}, c.Text, c.Now)
	got, want := told.Values(), c.want.(*wantFacts)
	r := result{Got: got}
	for name, v := range want.Facts {
		spec, _ := fact.Lookup(name)
		read, found := got[name]
		switch {
		case found && spec.Equal(read, v):
			r.hits++
		case found:
			r.misses++
			r.wrong++
		default:
			r.misses++
		}
	}
	for _, name := range want.Absent {
		if _, found := got[name]; found {
			r.wrong++
		}
	}
	r.Pass = r.misses == 0 && r.wrong == 0
	return r
}

// trySafety looks for dangers in a message.
func trySafety(k *knowledge.Pack, c evalCase) result {
	start := bot.Case{}
	if len(c.Facts.Facts) > 0 {
		start = know(bot.Case{Number: 1, Opened: c.Now, Touched: c.Now, Stage: bot.SelfCheck}, c.Facts.Facts)
	}
	_, fx := hear(k, start, c.Text, c.Now)
	got, want := string(fx.Flag), c.want.(*wantFlag).Flag
	if got == "" {
		got = string(screen.None)
	}
	return result{Pass: got == want, Got: got, expected: want}
}

// tryRedact masks a text for those who may not see it all.
func tryRedact(k *knowledge.Pack, c evalCase) result {
	got, want := k.Screen.Share(c.Text), c.want.(*wantMask)
	has := func(s string) bool { return strings.Contains(got, s) }
	lacks := func(s string) bool { return !has(s) }
	return result{Pass: !slices.ContainsFunc(want.Masked, has) && !slices.ContainsFunc(want.Kept, lacks), Got: got}
}
