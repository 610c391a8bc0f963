package when_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/when"
)

// FuzzParse: whatever is written, a plan lies ahead and not too far, and what
// is shown back is read as the same.
func FuzzParse(f *testing.F) {
	p, cal := planner(f)
	zones := p.Zones()
	for i, s := range []string{
		"明天下午三点 打客服电话", "差十分四点", "每周二和周五上午", "国庆后第一个工作日", "下个月最后一个周五 晚上12点", "in 3 weeks on friday 3pm",
		"2月29号", "2027-02-29", "每3个月的31号 23:59", "99999天后", "1小时20分钟后", "每隔两天", "第400个工作日", "13月1号 25点", "12.25 9.30",
		"每月15号、最后一天 10:00", "one and a half hours later", "年底前 100000000000秒后", "半天后", "明年春节前三天", "a", "每", "0分钟后", "周五(11月27日) 9点到10点",
	} {
		f.Add(s, i*40, uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, hours int, place uint8) {
		id := zones[int(place)%len(zones)].ID
		at, err := when.LoadZone(id)
		if err != nil {
			t.Fatal(err)
		}
		now := monday.Add(time.Duration(hours%20_000) * time.Hour).In(at)
		plan, err := p.Parse(text, now)
		if err != nil {
			if e, ok := errors.AsType[*when.Error](err); !ok || !strings.Contains(text, e.Words) {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		if !plan.At.After(now) || plan.At.After(now.AddDate(2, 0, 0)) || plan.At.Location() != at {
			t.Fatalf("%q at %s is %s", text, now, plan.At)
		}
		if utf8.ValidString(text) && !utf8.ValidString(plan.Note) {
			t.Fatalf("%q: a character of the note is cut: %q", text, plan.Note)
		}
		shownBack(t, p, plan, now)
		if !plan.Every.IsZero() {
			series(t, p, plan, now, cal)
		}
	})
}

// shownBack reads the moment of a plan as it is shown.
func shownBack(t *testing.T, p *when.Planner, plan when.Plan, now time.Time) {
	shown := p.Format(plan.At)
	at := plan.At.Truncate(time.Minute)
	if !at.After(now) {
		return
	}
	again, err := p.Parse(shown, now)
	if err != nil || p.Format(again.At) != shown || again.Note != "" {
		t.Fatalf("%s at %s is read as %s, %q, %v", shown, now, again.At, again.Note, err)
	}
	if twice := at.Add(time.Hour).Format(time.TimeOnly) == at.Format(time.TimeOnly) || at.Add(-time.Hour).Format(time.TimeOnly) == at.Format(time.TimeOnly); !twice && !again.At.Equal(at) {
		t.Fatalf("%s is read as %s, not %s", shown, again.At, at)
	}
}

// FuzzParseRule: what is taken as a rule is stored as it was, and comes.
func FuzzParseRule(f *testing.F) {
	p, cal := planner(f)
	for _, s := range []string{
		"FREQ=DAILY;INTERVAL=3;BYHOUR=10;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=MO,SU;BYHOUR=0;BYMINUTE=59", "FREQ=MONTHLY;BYMONTHDAY=31,-1;BYHOUR=23;BYMINUTE=0",
		"FREQ=MONTHLY;INTERVAL=12;BYDAY=MO;BYSETPOS=-1;BYHOUR=9;BYMINUTE=0",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := when.ParseRule(s)
		if err != nil {
			return
		}
		if r.String() != s || p.FormatRule(r) == "" || r.RRule() == "" {
			t.Fatalf("%q is read as %s", s, r)
		}
		if at := r.Next(monday, monday, cal); !at.IsZero() && !at.After(monday) {
			t.Fatalf("%s comes at %s", s, at)
		}
	})
}

// FuzzZone: what is taken as a zone can be stored.
func FuzzZone(f *testing.F) {
	p, _ := planner(f)
	for _, s := range []string{"UTC+8", "+0530", "东八区", "纽约时间", "GMT -3:30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := p.Zone(s)
		if err != nil {
			return
		}
		if again, err := when.LoadZone(at.String()); err != nil || again.String() != at.String() || p.ZoneName(at) == "" {
			t.Fatalf("%q is %s, loaded as %v, %v", s, at, again, err)
		}
	})
}
