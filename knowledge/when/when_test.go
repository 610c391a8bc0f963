package when_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/normal/numeral"
	"tixianbot/knowledge/when"
)

func grammar(tb testing.TB) *when.Grammar {
	tb.Helper()
	var words struct {
		Times   when.Rules    `yaml:"times"`
		Numbers numeral.Rules `yaml:"numbers"`
	}
	for _, name := range []string{"times.yaml", "numbers.yaml"} {
		data, err := os.ReadFile("../content/zh/read/" + name)
		if err != nil {
			tb.Fatal(err)
		}
		if err := yaml.UnmarshalWithOptions(data, &words, yaml.Strict()); err != nil {
			tb.Fatal(yaml.FormatError(err, false, true))
		}
	}
	n, err := numeral.New(words.Numbers)
	if err != nil {
		tb.Fatal(err)
	}
	g, err := when.Compile(words.Times, n)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

var zone = time.FixedZone("", 8*3600)

// monday is Monday, 23 November 2026, 10:00.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, zone)

const layout = "2006-01-02 15:04"

func TestPast(t *testing.T) {
	g := grammar(t)
	for in, want := range map[string]string{
		"昨天下午三点":              "2026-11-22 15:00",
		"昨天下午 4 点":            "2026-11-22 16:00",
		"11 月 18 日 9 点 40 分":  "2026-11-18 09:40",
		"2026 年 11 月 19 日":    "2026-11-19 10:00",
		"昨天":                  "2026-11-22 10:00",
		"昨晚":                  "2026-11-22 20:00",
		"昨晚十一点":               "2026-11-22 23:00",
		"昨晚12点":               "2026-11-23 00:00",
		"昨天半夜":                "2026-11-23 00:00",
		"今天凌晨两点":              "2026-11-23 02:00",
		"今早8点":                "2026-11-23 08:00",
		"前天晚上九点":              "2026-11-21 21:00",
		"大前天中午":               "2026-11-20 12:00",
		"上周五晚上八点半":            "2026-11-20 20:30",
		"上周五":                 "2026-11-20 10:00",
		"上礼拜天":                "2026-11-22 10:00",
		"上上周三下午":              "2026-11-11 15:00",
		"上个星期二的晚上7点":          "2026-11-17 19:00",
		"周二晚上七点":              "2026-11-17 19:00",
		"周一早上九点":              "2026-11-23 09:00",
		"本周一":                 "2026-11-23 10:00",
		"11月18日 09:40":        "2026-11-18 09:40",
		"11月18日":              "2026-11-18 10:00",
		"十一月十八号下午四点二十":        "2026-11-18 16:20",
		"12月3号":               "2025-12-03 10:00",
		"2026-11-18":          "2026-11-18 10:00",
		"2026/11/18 21:05:33": "2026-11-18 21:05",
		"2026-11-18t09:40":    "2026-11-18 09:40",
		"2026年11月8日下午3点15分":   "2026-11-08 15:15",
		"11.18晚上8点":           "2026-11-18 20:00",
		"11/20":               "2026-11-20 10:00",
		"15号":                 "2026-11-15 10:00",
		"30号":                 "2026-10-30 10:00",
		"31号":                 "2026-10-31 10:00",
		"三天前":                 "2026-11-20 10:00",
		"3天前的下午五点":            "2026-11-20 17:00",
		"两个小时前":               "2026-11-23 08:00",
		"半小时前":                "2026-11-23 09:30",
		"一个半小时前":              "2026-11-23 08:30",
		"半年前":                 "2026-05-23 10:00",
		"两个月前":                "2026-09-23 10:00",
		"一周前":                 "2026-11-16 10:00",
		"去年":                  "2025-01-01 10:00",
		"去年11月":               "2025-11-01 10:00",
		"去年11月3号":             "2025-11-03 10:00",
		"上个月5号":               "2026-10-05 10:00",
		"上月底":                 "2026-10-31 10:00",
		"月初":                  "2026-11-01 10:00",
		"下午四点二十":              "2026-11-22 16:20",
		"4点20":                "2026-11-22 16:20",
		"九点":                  "2026-11-23 09:00",
		"差十分四点":               "2026-11-22 15:50",
		"三点一刻":                "2026-11-22 15:15",
		"半夜一点多":               "2026-11-23 01:00",
		"晚八点":                 "2026-11-22 20:00",
		"早8点":                 "2026-11-23 08:00",
		"yesterday":           "2026-11-22 10:00",
		"yesterday at 3pm":    "2026-11-22 15:00",
		"at 3:30pm yesterday": "2026-11-22 15:30",
		"last friday":         "2026-11-20 10:00",
		"last friday 9pm":     "2026-11-20 21:00",
		"3 days ago":          "2026-11-20 10:00",
		"2 hours ago":         "2026-11-23 08:00",
		"nov 18":              "2026-11-18 10:00",
		"november 18th, 2025": "2025-11-18 10:00",
		"this morning":        "2026-11-23 10:00",
		"2月29号":               "2024-02-29 10:00",
		"中午1点":                "2026-11-22 13:00",
		"上周六大概下午2点":           "2026-11-21 14:00",
	} {
		check(t, g, in, want, when.Phrase.Past)
	}
}

func TestFuture(t *testing.T) {
	g := grammar(t)
	for in, want := range map[string]string{
		"周五之前":      "2026-11-27 10:00",
		"11/26 前":   "2026-11-26 10:00",
		"11月30号前":   "2026-11-30 10:00",
		"最晚26号":     "2026-11-26 10:00",
		"5号":        "2026-12-05 10:00",
		"下周三上午":     "2026-12-02 10:00",
		"本周五下班前":    "2026-11-27 17:00",
		"明天":        "2026-11-24 10:00",
		"后天晚上":      "2026-11-25 20:00",
		"三天后":       "2026-11-26 10:00",
		"48小时后":     "2026-11-25 10:00",
		"月底":        "2026-11-30 10:00",
		"周一":        "2026-11-23 10:00",
		"1月3号":      "2027-01-03 10:00",
		"by friday": "2026-11-27 10:00",
	} {
		check(t, g, in, want, when.Phrase.Future)
	}
}

func check(t *testing.T, g *when.Grammar, in, want string, resolve func(when.Phrase, time.Time) (when.Moment, bool)) {
	t.Helper()
	ps := g.Find(in)
	if len(ps) != 1 {
		t.Errorf("%q: %d phrases, want one", in, len(ps))
		return
	}
	m, ok := resolve(ps[0], monday)
	if got := m.At.Format(layout); !ok || got != want {
		t.Errorf("%q is %s (%v), want %s", in, got, ok, want)
	}
	if p := ps[0]; in[p.Start:p.End] != in {
		t.Errorf("%q: only %q was read", in, in[p.Start:p.End])
	}
}

func TestPhrasesInSentences(t *testing.T) {
	g := grammar(t)
	for in, want := range map[string]string{
		"昨天下午三点提现500元一直显示,上周刚换了银行卡": "昨天下午三点|上周",
		"公告里写22号到25号系统维护":           "22号|25号",
		"有一点问题,快一点":                 "",
		"住15号楼":                     "",
		"审核五天了,两年没登":                "五天|两年",
		"三个工作日内处理":                  "三个工作日内",
		"提了3500,试了4次":               "",
		"那个号早停机了":                   "",
		"2月30号2026":                 "2月30号",
		"错误码50031":                  "",
		"比率11.18":                   "",
	} {
		var got []string
		for _, p := range g.Find(in) {
			got = append(got, in[p.Start:p.End])
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: found %q, want %q", in, s, want)
		}
	}
}

func TestGrain(t *testing.T) {
	g := grammar(t)
	for in, want := range map[string]when.Grain{
		"昨天下午三点": when.Minute, "昨天下午": when.PartOf, "昨天": when.Day, "上周": when.Week, "上个月": when.Month, "去年": when.Year,
		"三天前": when.Day, "两小时前": when.Minute, "前几天": when.Week, "三个月前": when.Month,
	} {
		m, ok := g.Find(in)[0].Past(monday)
		if !ok || m.Grain != want {
			t.Errorf("%q has grain %d, want %d", in, m.Grain, want)
		}
	}
}

func TestNoDate(t *testing.T) {
	g := grammar(t)
	for _, in := range []string{"2月30号", "2026年11月31日"} {
		if m, ok := g.Find(in)[0].Past(monday); ok {
			t.Errorf("%q is %s, want no moment", in, m.At)
		}
	}
}

func TestLengths(t *testing.T) {
	g := grammar(t)
	for in, want := range map[string]float64{"五天": 5, "两年": 730, "半个月": 15, "一个礼拜": 7, "两年半": 912.5, "24小时": 1, "半年": 182.5} {
		p := g.Find(in)[0]
		if p.Kind != when.Length || p.Days() != want {
			t.Errorf("%q lasts %v days (kind %d), want %v", in, p.Days(), p.Kind, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"昨天下午三点", "2026-11-18t09:40", "差十分四点", "最晚周五之前", "11.26晚", "去年11月底", "99999年", "31号 2月31号"} {
		f.Add(s)
	}
	g := grammar(f)
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, p := range g.Find(s) {
			if p.Start < end || p.End <= p.Start || p.End > len(s) {
				t.Fatalf("phrase from %d to %d behind %d in %q", p.Start, p.End, end, s)
			}
			end = p.End
			if m, ok := p.Past(monday); ok && m.At.IsZero() {
				t.Fatalf("%q: the zero time", s[p.Start:p.End])
			}
			p.Future(monday)
		}
	})
}
