// Package when reads times in Chinese and English text.
//
// There are two ways in. A [Grammar] finds the moments and lengths of time
// that an account speaks of: 昨天下午三点, 上周五晚上八点半, 三天前, 周五之前,
// 两年. Text becomes a [Phrase], and only with a now and a direction does a
// phrase become a [Moment]: 周二 is the last Tuesday in a report and the next
// one in a promise. The text must be folded (package normal).
//
// A [Planner] reads what a reminder is asked for: 明天下午三点 打客服电话, 3个工作日后,
// 国庆后第一个工作日, every Monday at 9. It finds the [Plan] in a text of any
// writing, the note apart, or says in an [Error] what is wrong with it; it
// shows a moment and a [Rule] in words that it reads as the same again; and it
// knows time zones by their places.
//
// The one invariant of both: what is not said is not guessed. A phrase keeps
// how exact it is (Grain), a date that does not exist is no moment, a plan
// lies ahead, and the words of the grammars are content, never code.
package when

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge/normal/numeral"
)

// Rules are the words of the grammar.
type Rules struct {
	Days       map[string]int       `yaml:"days"`        // 昨天: -1
	Both       map[string][2]string `yaml:"both"`        // 昨晚: [昨天, 晚上]
	Parts      []Part               `yaml:"parts"`       // parts of a day
	AM         []string             `yaml:"am"`          // behind an hour
	PM         []string             `yaml:"pm"`          //
	Week       []string             `yaml:"week"`        // before the number of a weekday: 周
	Weekdays   map[string]int       `yaml:"weekdays"`    // 一: 1 … 日: 7
	Names      map[string]int       `yaml:"names"`       // friday: 5
	Shifts     map[string]int       `yaml:"shifts"`      // 上: -1, before a week or a month
	Months     map[string]int       `yaml:"months"`      // november: 11
	Years      map[string]int       `yaml:"years"`       // 去年: -1
	MonthEdges map[string]int       `yaml:"month_edges"` // 月底: -1
	Marks      Marks                `yaml:"marks"`
	Units      map[Unit][]string    `yaml:"units"`   // 天
	Half       []string             `yaml:"half"`    // behind a unit or an hour
	HalfOf     []string             `yaml:"half_of"` // before a unit
	Few        map[string]int       `yaml:"few"`     // 几: 3, before a unit
	Vague      map[string]int       `yaml:"vague"`   // 前几天: 3, in days
	Ago        []string             `yaml:"ago"`
	After      []string             `yaml:"after"`
	Within     []string             `yaml:"within"`
	More       []string             `yaml:"more"`       // behind an hour: 一点多
	By         []string             `yaml:"by"`         // behind a moment: 周五之前
	ByBefore   []string             `yaml:"by_before"`  // before it: 最晚周五
	NotBehind  []string             `yaml:"not_behind"` // 号楼: 15号楼 is no day
}

// A Part is a part of the day.
type Part struct {
	Words []string `yaml:"words"`
	Tight []string `yaml:"tight"` // only behind a day or before a clock time: 周五晚, 早8点
	Hour  int      `yaml:"hour"`  // what it means without a clock time
	From  int      `yaml:"from"`  // first hour it may mean
	To    int      `yaml:"to"`    // hour it ends at; past 24 is the next day
}

// Marks are the words behind the numbers of dates and clock times.
type Marks struct {
	Year    []string `yaml:"year"`
	Month   []string `yaml:"month"`
	Day     []string `yaml:"day"`
	Hour    []string `yaml:"hour"`
	Minute  []string `yaml:"minute"`
	Half    []string `yaml:"half"`
	Quarter []string `yaml:"quarter"`
	Sharp   []string `yaml:"sharp"`
	Past    []string `yaml:"past"`
	Short   []string `yaml:"short"` // 差十分四点
	Join    []string `yaml:"join"`  // between the parts of a phrase
}

// Unit is a unit of time.
type Unit string

// The units.
const (
	Minutes  Unit = "minute"
	Hours    Unit = "hour"
	Days     Unit = "day"
	Workdays Unit = "workday"
	Weeks    Unit = "week"
	Months   Unit = "month"
	Years    Unit = "year"
)

// Grammar is compiled Rules. It is never changed and is safe to share.
type Grammar struct {
	rules                                       Rules
	numbers                                     *numeral.Reader
	days, names, shifts, months, years          words[int]
	weekdays, edges, few, vague                 words[int]
	both                                        words[[2]int] // day and index of part
	parts, tight                                words[int]    // index of part
	units                                       words[Unit]
	am, pm, week, half, halfOf, ago, after      words[bool]
	within, by, byBefore, notBehind, more       words[bool]
	year, month, day, hour, minute              words[bool]
	halfHour, quarter, sharp, past, short, join words[bool]
	part                                        []Part
	first                                       map[rune]bool // what a phrase may begin with
}

// Compile compiles r; numbers reads the numbers in phrases.
func Compile(r Rules, numbers *numeral.Reader) (*Grammar, error) {
	g := &Grammar{
		rules: r, numbers: numbers,
		days: table(r.Days), names: table(r.Names), shifts: table(r.Shifts), months: table(r.Months),
		years: table(r.Years), weekdays: table(r.Weekdays), edges: table(r.MonthEdges),
		few: table(r.Few), vague: table(r.Vague),
		am: list(r.AM), pm: list(r.PM), week: list(r.Week), half: list(r.Half), halfOf: list(r.HalfOf),
		ago: list(r.Ago), after: list(r.After), within: list(r.Within), by: list(r.By),
		byBefore: list(r.ByBefore), more: list(r.More), notBehind: list(r.NotBehind),
		year: list(r.Marks.Year), month: list(r.Marks.Month), day: list(r.Marks.Day),
		hour: list(r.Marks.Hour), minute: list(r.Marks.Minute), halfHour: list(r.Marks.Half),
		quarter: list(r.Marks.Quarter), sharp: list(r.Marks.Sharp), past: list(r.Marks.Past),
		short: list(r.Marks.Short), join: list(r.Marks.Join),
		part: r.Parts,
	}
	if err := g.addParts(r); err != nil {
		return nil, err
	}
	if err := g.addUnits(r.Units); err != nil {
		return nil, err
	}
	g.first = g.firsts(r)
	return g, nil
}

func (g *Grammar) addParts(r Rules) error {
	parts, tight := map[string]int{}, map[string]int{}
	for i, p := range r.Parts {
		if p.From < 0 || p.To <= p.From || p.To > 36 {
			return fmt.Errorf("times: part %v: from %d to %d is no part of a day", p.Words, p.From, p.To)
		}
		for _, w := range p.Words {
			parts[w] = i
		}
		for _, w := range p.Tight {
			tight[w] = i
		}
	}
	both := map[string][2]int{}
	for w, pair := range r.Both {
		day, ok := r.Days[pair[0]]
		part, known := parts[pair[1]]
		if !ok || !known {
			return fmt.Errorf("times: %q means %v, which is no day and part of one", w, pair)
		}
		both[w] = [2]int{day, part}
	}
	g.parts, g.tight, g.both = table(parts), table(tight), table(both)
	return nil
}

func (g *Grammar) addUnits(units map[Unit][]string) error {
	all := map[string]Unit{}
	for u, ws := range units {
		switch u {
		case Minutes, Hours, Days, Workdays, Weeks, Months, Years:
		default:
			return fmt.Errorf("times: no unit %q", u)
		}
		for _, w := range ws {
			all[w] = u
		}
	}
	g.units = table(all)
	return nil
}

// firsts returns the characters that a phrase can begin with, digits apart.
func (g *Grammar) firsts(r Rules) map[rune]bool {
	first := map[rune]bool{}
	for _, t := range []words[int]{g.days, g.names, g.shifts, g.months, g.years, g.edges, g.few, g.vague, g.parts, g.tight} {
		for c := range t {
			first[c] = true
		}
	}
	for _, t := range []words[bool]{g.week, g.halfOf, g.byBefore, g.short} {
		for c := range t {
			first[c] = true
		}
	}
	for c := range g.both {
		first[c] = true
	}
	return first
}

// words finds the longest of its words at a place in a text.
type words[T any] map[rune][]entry[T]

type entry[T any] struct {
	word  string
	value T
}

func table[T any](m map[string]T) words[T] {
	t := words[T]{}
	for w, v := range m {
		if w == "" {
			continue
		}
		c, _ := utf8.DecodeRuneInString(w)
		t[c] = append(t[c], entry[T]{w, v})
	}
	for _, es := range t {
		sort.Slice(es, func(i, j int) bool {
			if len(es[i].word) != len(es[j].word) {
				return len(es[i].word) > len(es[j].word)
			}
			return es[i].word < es[j].word
		})
	}
	return t
}

func list(ws []string) words[bool] {
	m := map[string]bool{}
	for _, w := range ws {
		m[w] = true
	}
	return table(m)
}

// at returns the value and the end of the longest word at s[i:]. A word that
// begins or ends in a Latin letter counts only where no such letter touches it.
func (t words[T]) at(s string, i int) (v T, end int, ok bool) {
	c, _ := utf8.DecodeRuneInString(s[i:])
	for _, e := range t[c] {
		end := i + len(e.word)
		if !strings.HasPrefix(s[i:], e.word) || joined(s, i) || joined(s, end) {
			continue
		}
		return e.value, end, true
	}
	return v, i, false
}

// joined reports whether a Latin letter stands on both sides of s[i].
func joined(s string, i int) bool {
	return i > 0 && i < len(s) && latin(s[i-1]) && latin(s[i])
}

func latin(c byte) bool { return c >= 'a' && c <= 'z' }
