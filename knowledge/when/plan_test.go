package when_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/calendar"
	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/when"
)

// strict reads content files into v, in order.
func strict(tb testing.TB, v any, names ...string) {
	tb.Helper()
	for _, name := range names {
		data, err := os.ReadFile("../content/zh/" + name)
		if err != nil {
			tb.Fatal(err)
		}
		if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
			tb.Fatalf("%s: %s", name, yaml.FormatError(err, false, true))
		}
	}
}

// words are the content that a planner is made of.
func words(tb testing.TB) (*normal.Table, *calendar.Calendar, when.Planning, when.Places) {
	tb.Helper()
	var typos normal.Rules
	strict(tb, &typos, "normal/typos.yaml")
	variants, err := os.ReadFile("../content/zh/normal/variants.txt")
	if err != nil {
		tb.Fatal(err)
	}
	typos.Variants = string(variants)
	fold, err := normal.New(typos)
	if err != nil {
		tb.Fatal(err)
	}
	var festivals calendar.Festivals
	strict(tb, &festivals, "calendar/festivals.yaml")
	var years [2]calendar.Year
	strict(tb, &years[0], "calendar/2025.yaml")
	strict(tb, &years[1], "calendar/2026.yaml")
	cal, err := calendar.Compile(festivals, years[:]...)
	if err != nil {
		tb.Fatal(err)
	}
	var planning when.Planning
	var places when.Places
	strict(tb, &planning, "when/reminders.yaml")
	strict(tb, &places, "when/zones.yaml")
	return fold, cal, planning, places
}

func planner(tb testing.TB) (*when.Planner, *calendar.Calendar) {
	tb.Helper()
	fold, cal, planning, places := words(tb)
	p, err := when.NewPlanner(fold, grammar(tb), cal, planning, places)
	if err != nil {
		tb.Fatal(err)
	}
	return p, cal
}

// phrase is one line of a round: a phrase, and what it must be read as.
type phrase struct {
	ID, Text string
	Now      time.Time
	Want     struct {
		At    time.Time
		Every string
		Error bool
		Note  *string
	}
}

func (c phrase) right(p *when.Planner) bool {
	plan, err := p.Parse(c.Text, c.Now)
	if err != nil || c.Want.Error {
		return err != nil && c.Want.Error
	}
	same := plan.Every.String() == c.Want.Every && (c.Want.Every != "" || plan.At.Equal(c.Want.At))
	return same && (c.Want.Note == nil || spoken(plan.Note) == spoken(*c.Want.Note))
}

// spoken is a note without the spaces and signs around it.
func spoken(note string) string {
	return strings.TrimFunc(note, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
}

// TestRounds reads the phrases of all rounds. Each round was written, with what
// must come out, before it was run for the first time.
func TestRounds(t *testing.T) {
	p, _ := planner(t)
	for _, c := range phrases(t) {
		if !c.right(p) {
			plan, err := p.Parse(c.Text, c.Now)
			t.Errorf("%s: %s: %s %s %q, %v", c.ID, c.Text, plan.At, plan.Every, plan.Note, err)
		}
	}
}

func TestReasons(t *testing.T) {
	p, _ := planner(t)
	for text, want := range map[string]when.Error{
		"打投诉电话":          {Reason: when.NoTime},
		"过几天再催":          {Reason: when.Vague, Words: "过几天"},
		"改天吧":            {Reason: when.Vague, Words: "改天"},
		"几小时后 看看":        {Reason: when.Vague, Words: "几小时后"},
		"催客服 昨天下午三点":     {Reason: when.Passed, Words: "昨天下午三点", At: monday.AddDate(0, 0, -1).Add(5 * time.Hour)},
		"今天９点":           {Reason: when.Passed, Words: "今天９点", At: monday.Add(-time.Hour)},
		"2月30号 交材料":      {Reason: when.NoSuch, Words: "2月30号"},
		"12月25号周六":       {Reason: when.NoSuch, Words: "12月25号周六"},
		"明天25点":          {Reason: when.NoSuch, Words: "明天25点"},
		"三年后 看看":         {Reason: when.TooFar, Words: "三年后", At: monday.AddDate(3, 0, 0)},
		"2031-01-01":     {Reason: when.TooFar, Words: "2031-01-01", At: time.Date(2031, 1, 1, 10, 0, 0, 0, zone)},
		"明年春节后 回访 明年春节后": {Reason: "", Words: ""},
		"明后天 问":          {Reason: when.Vague, Words: "明后天"},
		"明天或后天 问":        {Reason: when.Several, Words: "明天"},
		"每天9点和21点 看":     {Reason: when.Several, Words: "每天9点"},
		"从12月1号起每天9点":    {Reason: when.Several, Words: "12月1号"},
		"每天三次 看一眼":       {Reason: when.TooOften, Words: "每天三次"},
		"一周两次 问":         {Reason: when.TooOften, Words: "一周两次"},
		"每小时 看一眼":        {Reason: when.TooOften, Words: "每小时"},
	} {
		plan, err := p.Parse(text, monday)
		if want.Reason == "" {
			if err != nil || !plan.Estimate {
				t.Errorf("%s: %+v, %v, want an estimate", text, plan, err)
			}
			continue
		}
		got, ok := errors.AsType[*when.Error](err)
		if !ok || got.Reason != want.Reason || got.Words != want.Words || !got.At.Equal(want.At) {
			t.Errorf("%s: %+v, want %+v", text, err, want)
		}
	}
}

// TestNamed: quiet hours do not move what was named to the minute.
func TestNamed(t *testing.T) {
	p, _ := planner(t)
	for text, want := range map[string]bool{
		"今晚11点半 转账": true, "15:45": true, "2小时后": true, "一刻钟后": true, "明天这个时候": true, "每天23:00": true,
		"明天": false, "今晚": false, "3天后": false, "每晚": false, "3个工作日后": false, "周五下班前": false, "月底": false,
	} {
		if plan, err := p.Parse(text, monday); err != nil || plan.Named != want {
			t.Errorf("%s: named %v, %v", text, plan.Named, err)
		}
	}
}

func TestEstimate(t *testing.T) {
	p, _ := planner(t)
	for text, want := range map[string]bool{
		"3个工作日后": false, "40个工作日后": true, "元旦后第一个工作日": true, "明年春节后第一个工作日": true, "元旦": false, "每个工作日": false, "一个月后": false,
	} {
		if plan, err := p.Parse(text, monday); err != nil || plan.Estimate != want {
			t.Errorf("%s: estimate %v, %v, %v", text, plan.Estimate, plan.At, err)
		}
	}
}
