package when_test

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tixianbot/knowledge/when"

	"fmt"
	"testing"
	"time"
)

// on returns days of 2026 and 2027 by month and day.
func on(days ...string) (out []time.Time) {
	for _, d := range days {
		layout := "2006-01-02"
		if len(d) == len("01-02") {
			d = "2026-" + d
		}
		at, err := time.ParseInLocation(layout, d, zone)
		if err != nil {
			panic(err)
		}
		out = append(out, at)
	}
	return out
}

// TestEveryDayWithEveryClock says each way of naming a day with each way of
// naming a clock time, joined and with a note in several ways. A day has the
// dates that it can mean, in order: the first of them that lies ahead counts,
// and none is an error.
func TestEveryDayWithEveryClock(t *testing.T) {
	p, _ := planner(t)
	now := time.Date(2026, 11, 23, 8, 10, 0, 0, zone) // a Monday
	days := map[string][]time.Time{
		"今天": on("11-23"), "明天": on("11-24"), "明日": on("11-24"), "后天": on("11-25"), "後天": on("11-25"), "大后天": on("11-26"), "tomorrow": on("11-24"),
		"周一": on("11-23", "11-30"), "周三": on("11-25"), "星期五": on("11-27"), "礼拜天": on("11-29"), "禮拜日": on("11-29"), "週六": on("11-28"), "周末": on("11-28"), "周5": on("11-27"),
		"本周五": on("11-27"), "这周一": on("11-23"), "这个星期四": on("11-26"), "下周三": on("12-02"), "下週一": on("11-30"), "下个礼拜日": on("12-06"), "下下周二": on("12-08"),
		"Friday": on("11-27"), "next Monday": on("11-30"), "this Thursday": on("11-26"),
		"12月8号": on("12-08"), "12月8日": on("12-08"), "十二月八号": on("12-08"), "12月 8号": on("12-08"), "１２月８号": on("12-08"), "12/8": on("12-08"), "Dec 8": on("12-08"),
		"11月23号": on("11-23", "2027-11-23"), "3月5日": on("2027-03-05"), "2月底": on("2027-02-28"), "12月底": on("12-31"),
		"2026-12-03": on("12-03"), "2026/12/3": on("12-03"), "2026年12月3日": on("12-03"), "2026.12.3": on("12-03"), "二〇二六年十二月三日": on("12-03"), "20261203": on("12-03"),
		"明年1月10号": on("2027-01-10"), "今年12月31日": on("12-31"), "明年二月二十八号": on("2027-02-28"),
		"15号": on("12-15"), "23号": on("11-23", "12-23"), "三十号": on("11-30"), "31日": on("12-31"), "本月28号": on("11-28"), "下个月5号": on("12-05"), "下月十五日": on("12-15"),
		"月底": on("11-30"), "下个月初": on("12-01"), "下月底": on("12-31"), "年底": on("12-31"), "圣诞节": on("12-25"), "元旦": on("2027-01-01"),
		"3天后": on("11-26"), "三天之后": on("11-26"), "过两天": on("11-25"), "十天以后": on("12-03"), "一周后": on("11-30"), "两个星期后": on("12-07"), "半个月后": on("12-08"),
		"一个月后": on("12-23"), "三个月后": on("2027-02-23"), "in 3 days": on("11-26"), "两周后的周五": on("12-11"),
		"3个工作日后": on("11-26"), "五个工作日后": on("11-30"), "下个工作日": on("11-24"), "本月最后一个工作日": on("11-30"), "下个月第一个工作日": on("12-01"), "下周最后一个工作日": on("12-04"),
		"下个月第一个周一": on("12-07"), "这个月最后一天": on("11-30"), "周三(11月25日)": on("11-25"), "12月8日 周二": on("12-08"),
	}
	clocks := map[string]time.Duration{
		"": ten, "早上": 9 * time.Hour, "上午": ten, "中午": 12 * time.Hour, "下午": 15 * time.Hour, "下班前": 17 * time.Hour, "傍晚": 18 * time.Hour, "晚上": 20 * time.Hour,
		"9点": 9 * time.Hour, "九点半": hm(9, 30), "3点": 15 * time.Hour, "三点一刻": hm(15, 15), "6点20": hm(18, 20), "7点05分": hm(7, 5), "12点": 12 * time.Hour, "十一点三刻": hm(11, 45),
		"15点": 15 * time.Hour, "15:30": hm(15, 30), "09:05": hm(9, 5), "3:30": hm(15, 30), "１６：４０": hm(16, 40), "20时30分": hm(20, 30), "二十一点": 21 * time.Hour,
		"下午三点": 15 * time.Hour, "下午 3 点 半": hm(15, 30), "上午十点十分": hm(10, 10), "早上8点": 8 * time.Hour, "早上六点半": hm(6, 30), "中午12点半": hm(12, 30), "中午一点": 13 * time.Hour,
		"晚上9点": 21 * time.Hour, "晚上十点半": hm(22, 30), "晚上12点": 24 * time.Hour, "凌晨两点": 2 * time.Hour, "傍晚六点半": hm(18, 30), "半夜12点": 24 * time.Hour, "零点": 0,
		"差十分四点": hm(15, 50), "差一刻九点": hm(8, 45), "五点差五分": hm(16, 55), "下午兩點": 14 * time.Hour, "早上九點": 9 * time.Hour, "3pm": 15 * time.Hour, "10:30am": hm(10, 30), "8 pm": 20 * time.Hour,
	}
	for day, dates := range days {
		for clock, at := range clocks {
			for _, form := range []string{"%s%s", "%s %s", "%s的%s", "%s %s 打客服电话", "打客服电话 %s %s", "提醒我%s%s打客服电话", "打客服电话,%s,%s"} {
				if clock == "" && form == "%s的%s" || latinIn(day+clock) && (form == "%s%s" || form == "%s的%s" || form == "提醒我%s%s打客服电话") {
					continue
				}
				if digitsMeet(day, clock) && (form == "%s%s" || form == "提醒我%s%s打客服电话") {
					continue
				}
				ahead(t, p, fmt.Sprintf(form, day, clock), now, dates, at)
			}
		}
	}
}

// TestEveryRuleWithEveryClock says each way of saying how often with clock times.
func TestEveryRuleWithEveryClock(t *testing.T) {
	p, _ := planner(t)
	rules := map[string]string{
		"每天": "DAILY", "每日": "DAILY", "天天": "DAILY", "every day": "DAILY", "每3天": "DAILY;INTERVAL=3", "每两天": "DAILY;INTERVAL=2", "每隔一天": "DAILY;INTERVAL=2", "隔天": "DAILY;INTERVAL=2", "每 5 天": "DAILY;INTERVAL=5", "every 3 days": "DAILY;INTERVAL=3",
		"每周一": "WEEKLY;BYDAY=MO", "每週三": "WEEKLY;BYDAY=WE", "每个星期五": "WEEKLY;BYDAY=FR", "每礼拜天": "WEEKLY;BYDAY=SU", "每周日": "WEEKLY;BYDAY=SU", "每逢周四": "WEEKLY;BYDAY=TH", "every Friday": "WEEKLY;BYDAY=FR",
		"每周二和周五": "WEEKLY;BYDAY=TU,FR", "每周一、三、五": "WEEKLY;BYDAY=MO,WE,FR", "每周二四": "WEEKLY;BYDAY=TU,TH", "每周六、周日": "WEEKLY;BYDAY=SA,SU", "every Monday and Thursday": "WEEKLY;BYDAY=MO,TH",
		"每个工作日": "WEEKLY;BYDAY=MO,TU,WE,TH,FR", "每工作日": "WEEKLY;BYDAY=MO,TU,WE,TH,FR", "每周一到周五": "WEEKLY;BYDAY=MO,TU,WE,TH,FR", "工作日每天": "WEEKLY;BYDAY=MO,TU,WE,TH,FR", "周一至周五每天": "WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday": "WEEKLY;BYDAY=MO,TU,WE,TH,FR",
		"每两周的周一": "WEEKLY;INTERVAL=2;BYDAY=MO", "每2个星期周三": "WEEKLY;INTERVAL=2;BYDAY=WE", "隔周周五": "WEEKLY;INTERVAL=2;BYDAY=FR",
		"每月1号": "MONTHLY;BYMONTHDAY=1", "每个月十五号": "MONTHLY;BYMONTHDAY=15", "每月28日": "MONTHLY;BYMONTHDAY=28", "每月底": "MONTHLY;BYMONTHDAY=-1", "每个月最后一天": "MONTHLY;BYMONTHDAY=-1", "每月初": "MONTHLY;BYMONTHDAY=1", "每月1号和15号": "MONTHLY;BYMONTHDAY=1,15",
		"每月第一个工作日": "MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "每月最后一个周五": "MONTHLY;BYDAY=FR;BYSETPOS=-1", "每两个月5号": "MONTHLY;INTERVAL=2;BYMONTHDAY=5", "每季度1号": "MONTHLY;INTERVAL=3;BYMONTHDAY=1", "every month on the 5th": "MONTHLY;BYMONTHDAY=5",
	}
	clocks := map[string]time.Duration{
		"": ten, "早上": hm(9, 0), "下午": hm(15, 0), "下班前": hm(17, 0), "晚上": hm(20, 0), "9点": hm(9, 0), "早上八点半": hm(8, 30), "下午3点": hm(15, 0), "晚上九點": hm(21, 0), "15:30": hm(15, 30), "21点": hm(21, 0),
	}
	for rule, want := range rules {
		for clock, at := range clocks {
			for _, form := range []string{"%s%s", "%s %s", "%s的%s", "%s %s 看到账", "看到账 %s %s", "提醒我%s%s看到账"} {
				joined := form == "%s%s" || form == "%s的%s" || form == "提醒我%s%s看到账"
				if joined && (latinIn(rule) || digitsMeet(rule, clock) || clock == "") {
					continue
				}
				text := fmt.Sprintf(form, rule, clock)
				plan, err := p.Parse(text, monday)
				full := fmt.Sprintf("FREQ=%s;BYHOUR=%d;BYMINUTE=%d", want, int(at.Hours()), int(at.Minutes())%60)
				if err != nil || plan.Every.String() != full || !plan.At.After(monday) || strings.Contains(text, "看到账") != (plan.Note == "看到账") {
					t.Errorf("%s is %s %q (%v), want %s", text, plan.Every, plan.Note, err, full)
				}
			}
		}
	}
}

const ten = 10 * time.Hour

func hm(h, m int) time.Duration { return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute }

func latinIn(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) })
}

// digitsMeet reports whether joining a and b would join two numbers to one.
func digitsMeet(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	return (unicode.IsDigit(last) || last == '月') && b != "" && (unicode.IsDigit(first) || strings.ContainsRune("一三五六七九十二", first))
}

// ahead parses text, which means the clock time of one of the dates.
func ahead(t *testing.T, p *when.Planner, text string, now time.Time, dates []time.Time, clock time.Duration) {
	t.Helper()
	var want time.Time
	for _, d := range dates {
		if at := d.Add(clock); want.IsZero() && at.After(now) {
			want = at
		}
	}
	plan, err := p.Parse(text, now)
	switch {
	case want.IsZero() && err == nil:
		t.Errorf("%s is %s, want an error", text, plan.At)
	case want.IsZero():
	case err != nil || !plan.At.Equal(want) || strings.Contains(text, "打") != (plan.Note == "打客服电话") || !strings.Contains(text, "打") && plan.Note != "":
		t.Errorf("%s is %s %q (%v), want %s", text, plan.At, plan.Note, err, want)
	}
}

// TestEveryNote puts notes that speak of other times and numbers before and
// behind a time.
func TestEveryNote(t *testing.T) {
	p, _ := planner(t)
	times := map[string]time.Time{
		"明天下午三点": on("11-24")[0].Add(hm(15, 0)), "周五": on("11-27")[0].Add(ten), "3个工作日后": on("11-26")[0].Add(ten), "12月8号上午9点半": on("12-08")[0].Add(hm(9, 30)),
		"2小时后": monday.Add(2 * time.Hour), "下周一早上": on("11-30")[0].Add(hm(9, 0)), "月底": on("11-30")[0].Add(ten), "今晚9点": on("11-23")[0].Add(hm(21, 0)), "2026-12-03 15:30": on("12-03")[0].Add(hm(15, 30)),
	}
	notes := []string{
		"问昨天那笔", "查12月1号的流水", "催上周五的工单", "打12345", "给3号客服回电话", "提1.2万试试", "要2000块押金", "核对11:20那单", "看看有没有一点消息", "问3天前提的那笔", "把20号那张截图发过去",
		"打95188转0", "找王经理要说法", "再提500", "查尾号4417", "投诉到12315", "重新提交", "看15号那笔到没到", "跟进工单2026112301", "问为什么还在审核", "check refund status", "call the bank about the 500",
		"问客服答应周三给的答复", "把合同发给法务", "记得带身份证", "转账记录打印两份", "催第3次", "看看一周没到账的那笔", "打给晚上值班的人", "准备一点零钱", "去银行(带卡)", "😀看到账", "問進度",
	}
	for said, at := range times {
		for _, note := range notes {
			for _, text := range []string{said + " " + note, note + " " + said, said + ", " + note, note + "," + said, "提醒我" + said + " " + note} {
				plan, err := p.Parse(text, monday)
				if err != nil || !plan.At.Equal(at) || plan.Note != note {
					t.Errorf("%s is %s %q (%v), want %s", text, plan.At, plan.Note, err, at)
				}
			}
		}
	}
}
