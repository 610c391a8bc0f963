package when

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge/calendar"
	"tixianbot/knowledge/normal"
)

// Planning are the words of reminders beside those of moments (Rules), and how
// what was understood is shown back.
type Planning struct {
	// words that join those of Rules, under the same names
	Days   map[string]int       `yaml:"days"`
	Both   map[string][2]string `yaml:"both"`
	Parts  []Part               `yaml:"parts"`
	Names  map[string]int       `yaml:"names"`
	Shifts map[string]int       `yaml:"shifts"`
	Months map[string]int       `yaml:"months"`
	Years  map[string]int       `yaml:"years"`
	Units  map[Unit][]string    `yaml:"units"`

	HalfOf []string `yaml:"half_of"`

	Roughly []string          `yaml:"roughly"` // days that are not sure: 明后天
	Typos   map[string]string `yaml:"typos"`   // 名天: 明天; both of the same length

	Edges     map[string]int    `yaml:"edges"`      // of a month: 月底: -1, 月中: 15
	YearEdges map[string]string `yaml:"year_edges"` // behind a year: 底: 12-31
	Feasts    map[string]string `yaml:"feasts"`     // 圣诞节: 12-25, 年底: 12-31
	Counts    map[string]int    `yaml:"counts"`     // two: 2
	Seconds   []string          `yaml:"seconds"`
	Ahead     []string          `yaml:"ahead"`      // before a length of time: 过, in
	And       []string          `yaml:"and"`        // between lengths, weekdays and days of a month
	To        []string          `yaml:"to"`         // between the first and the last: 到
	Also      []string          `yaml:"also"`       // before a second time: 或, 和, 起
	Times     []string          `yaml:"times"`      // behind how many times: 次
	Same      []string          `yaml:"same"`       // the clock time that it is now: 这个时候
	Vague     []string          `yaml:"vague"`      // words that name no time: 改天
	NoMinute  []string          `yaml:"no_minute"`  // behind a number that is no minute: 3点20块
	NoHour    []string          `yaml:"no_hour"`    // behind 一点 that is no hour: 一点都
	NoWeekday []string          `yaml:"no_weekday"` // behind 周一 that is no weekday: 每周一次
	EndOf     []string          `yaml:"end_of"`     // before a month: end of
	HourAt    []string          `yaml:"hour_at"`    // before a bare hour: at

	Workday  []string       `yaml:"workday"`  // 工作日
	Ordinals map[string]int `yaml:"ordinals"` // 第一个: 1, 最后一个: -1
	Nth      []string       `yaml:"nth"`      // before a number: 第
	Measure  []string       `yaml:"measure"`  // behind it: 个
	NextOne  map[string]int `yaml:"next_one"` // 下个: 1, before 工作日
	First    []string       `yaml:"first"`    // the first working day in a word: 上班第一天
	Whole    []string       `yaml:"whole"`    // behind a holiday: 假期
	Over     []string       `yaml:"over"`     // behind it, once it is over: 后
	Ere      []string       `yaml:"ere"`      // behind it, before it begins: 前
	OverOf   []string       `yaml:"over_of"`  // before it: 过完, after
	EreOf    []string       `yaml:"ere_of"`   // before it: before

	Every    []string            `yaml:"every"`     // 每
	EverySet map[string]string   `yaml:"every_set"` // whole words: 隔天: FREQ=DAILY;INTERVAL=2
	Skip     []string            `yaml:"skip"`      // 每隔, with which one means every other
	Each     map[string][]string `yaml:"each"`      // day, week, month, workday, weekend, quarter, half_year, year, often behind 每
	Other    []string            `yaml:"other"`     // every other
	Once     []string            `yaml:"once"`      // behind 每周: 一次
	Between  []string            `yaml:"between"`   // between two pieces of a time: the

	Command []string `yaml:"command"` // words beside a time that are not of the note: 提醒我
	Lead    []string `yaml:"lead"`    // the same, right before it: 在
	Trail   []string `yaml:"trail"`   // and right behind it: 之前, 左右
	Keep    []string `yaml:"keep"`    // words that only begin like one of trail: 前台
	Silent  []string `yaml:"silent"`  // notes that say nothing: 提醒
	Of      []string `yaml:"of"`      // behind a time that the note is about: 那笔, 的

	Show Show `yaml:"show"`
}

// planWords are the words of Planning, compiled.
type planWords struct {
	counts, ordinals, next                       words[int]
	feasts, yearEdges                            words[day]
	holidays                                     words[calendar.Word]
	sets                                         words[Rule]
	each                                         words[cycle]
	seconds, ahead, and, to, same, vague         words[bool]
	noMinute, noHour, noWeekday, endOf           words[bool]
	workday, first, silent, also, times          words[bool]
	nth, measure, once, between                  words[bool]
	whole, over, ere, overOf, ereOf              words[bool]
	every, skip, other, trail, keep, of, command words[bool]
	lead, hourAt, commands                       []string
}

// NewPlanner compiles w. The grammar g has the words of moments, cal the
// holidays, and fold makes texts comparable.
func NewPlanner(fold *normal.Table, g *Grammar, cal *calendar.Calendar, w Planning, z Places) (*Planner, error) {
	if w.Show.At == "" {
		return nil, errors.New("show: how a moment is shown is missing")
	}
	more, err := Compile(g.rules.and(w), g.numbers)
	if err != nil {
		return nil, err
	}
	p := &Planner{fold: fold, g: more, cal: cal, show: w.Show, places: z, w: planWords{
		counts: table(w.Counts), ordinals: table(w.Ordinals),
		holidays: table(cal.Words()), seconds: list(w.Seconds), ahead: list(w.Ahead), and: list(w.And), to: list(w.To),
		same: list(w.Same), vague: list(w.Vague), noMinute: list(w.NoMinute), noHour: list(w.NoHour), noWeekday: list(w.NoWeekday),
		endOf: list(w.EndOf), workday: list(w.Workday),
		next: table(w.NextOne), first: list(w.First), silent: list(w.Silent), whole: list(w.Whole), over: list(w.Over), ere: list(w.Ere),
		overOf: list(w.OverOf), ereOf: list(w.EreOf), every: list(w.Every), skip: list(w.Skip), other: list(w.Other),
		trail: list(w.Trail), keep: list(w.Keep), of: list(w.Of), command: list(w.Command), lead: w.Lead, commands: w.Command,
		nth: list(w.Nth), measure: list(w.Measure), once: list(w.Once), also: list(w.Also), times: list(w.Times), between: list(w.Between), hourAt: w.HourAt,
	}}
	if err := p.addWords(w); err != nil {
		return nil, err
	}
	if err := p.show.check(); err != nil {
		return nil, err
	}
	return p, p.addZones()
}

// and returns r with the words of w.
func (r Rules) and(w Planning) Rules {
	r.Days, r.Both, r.Names = joint(r.Days, w.Days), joint(r.Both, w.Both), joint(r.Names, w.Names)
	r.MonthEdges = joint(r.MonthEdges, w.Edges)
	r.Shifts, r.Months, r.Years = joint(r.Shifts, w.Shifts), joint(r.Months, w.Months), joint(r.Years, w.Years)
	r.HalfOf = slices.Concat(r.HalfOf, w.HalfOf)
	r.Parts = slices.Concat(r.Parts, w.Parts)
	r.Vague = maps.Clone(r.Vague)
	for _, word := range w.Roughly {
		r.Vague[word] = 0
	}
	units := map[Unit][]string{}
	for _, from := range []map[Unit][]string{r.Units, w.Units} {
		for u, ws := range from {
			units[u] = slices.Concat(units[u], ws)
		}
	}
	r.Units = units
	return r
}

func joint[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return all
}

// dates compiles words for a day of the year.
func dates(from map[string]string) (words[day], error) {
	days := map[string]day{}
	for word, text := range from {
		at, err := time.Parse("01-02", text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no day like 01-02", word, text)
		}
		days[word] = day{kind: date, m: int(at.Month()), d: at.Day()}
	}
	return table(days), nil
}

func (p *Planner) addWords(w Planning) (err error) {
	if p.w.feasts, err = dates(w.Feasts); err != nil {
		return err
	}
	if p.w.yearEdges, err = dates(w.YearEdges); err != nil {
		return err
	}
	pairs := []string{"\n", " "}
	for _, wrong := range slices.Sorted(maps.Keys(w.Typos)) {
		if right := w.Typos[wrong]; len(right) != len(wrong) || wrong == "" {
			return fmt.Errorf("typos: %q and %q differ in length", wrong, right)
		}
		pairs = append(pairs, wrong, w.Typos[wrong])
	}
	p.plain = strings.NewReplacer(pairs...)
	sets := map[string]Rule{}
	for word, text := range w.EverySet {
		r, err := parseParts(text)
		if err != nil {
			return fmt.Errorf("every_set: %w", err)
		}
		sets[word] = r
	}
	each := map[string]cycle{}
	for name, ws := range w.Each {
		c, ok := cycles[name]
		if !ok {
			return fmt.Errorf("each: there is no %q", name)
		}
		for _, word := range ws {
			each[word] = c
		}
	}
	p.w.sets, p.w.each = table(sets), table(each)
	return nil
}
