package when_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tixianbot/knowledge/when"
)

func TestZone(t *testing.T) {
	p, _ := planner(t)
	for text, want := range map[string]string{
		"UTC+8": "UTC+08:00", "utc +8": "UTC+08:00", "GMT-3": "UTC-03:00", "+0530": "UTC+05:30", "+05:30": "UTC+05:30", "-3": "UTC-03:00",
		"＋８": "UTC+08:00", "UTC": "UTC+00:00", "gmt": "UTC+00:00", "UTC8": "UTC+08:00", "UTC+14": "UTC+14:00", "−5": "UTC-05:00",
		"东八区": "UTC+08:00", "西五区": "UTC-05:00", "东9区": "UTC+09:00", "東八區": "UTC+08:00", "东十二区": "UTC+12:00", "东八时区": "UTC+08:00",
		"北京时间": "Asia/Shanghai", "上海": "Asia/Shanghai", "北京、上海": "Asia/Shanghai", "东京": "Asia/Tokyo", "日本": "Asia/Tokyo", "日本时间": "Asia/Tokyo", "東京": "Asia/Tokyo",
		"纽约": "America/New_York", "紐約時間": "America/New_York", "New York": "America/New_York", "new  york time": "America/New_York",
		"Europe/London": "Europe/London", "英国。": "Europe/London", "柬埔寨那边": "Asia/Phnom_Penh", "洛杉矶": "America/Los_Angeles", "香港": "Asia/Hong_Kong",
	} {
		at, err := p.Zone(text)
		if err != nil || at.String() != want {
			t.Errorf("%s is %v, %v, want %s", text, at, err, want)
			continue
		}
		again, err := when.LoadZone(at.String())
		if err != nil || again.String() != at.String() {
			t.Errorf("%s is stored as %s and loaded as %v, %v", text, at, again, err)
		}
		_, offset := monday.In(at).Zone()
		if _, same := monday.In(again).Zone(); offset != same {
			t.Errorf("%s is loaded with another offset", at)
		}
	}
	for _, text := range []string{"", "美国", "8", "UTC+15", "UTC-13", "+0507", "东十三区", "火星", "明天", "+", "区", "Local", "../etc"} {
		if at, err := p.Zone(text); !errors.Is(err, when.ErrZone) {
			t.Errorf("%q is %v, %v", text, at, err)
		}
	}
	for _, name := range []string{"", "Local", "Mars/Base", "UTC+99:00"} {
		if at, err := when.LoadZone(name); !errors.Is(err, when.ErrZone) {
			t.Errorf("%q is loaded as %v, %v", name, at, err)
		}
	}
}

// TestZones: every zone of the list is understood by the name it is shown with.
func TestZones(t *testing.T) {
	p, _ := planner(t)
	for _, z := range p.Zones() {
		at, err := p.Zone(z.Name)
		if err != nil || at.String() != z.ID || p.ZoneName(at) != z.Name {
			t.Errorf("%s is %v, %v", z.Name, at, err)
		}
	}
	at, err := p.Zone("+5:30")
	if err != nil || p.ZoneName(at) != "UTC+05:30" {
		t.Errorf("an offset is called %s, %v", p.ZoneName(at), err)
	}
}

// TestZoneOfThePhrase: the day and the clock time are those of the zone of now.
func TestZoneOfThePhrase(t *testing.T) {
	p, _ := planner(t)
	tokyo, err := p.Zone("东京")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 15, 30, 0, 0, time.UTC).In(tokyo) // the 24th in Tokyo
	plan, err := p.Parse("明天上午九点", now)
	if got := plan.At.Format(time.RFC3339); err != nil || got != "2026-11-25T09:00:00+09:00" {
		t.Errorf("tomorrow at nine in Tokyo is %s, %v", got, err)
	}
	if shown := p.Format(plan.At); shown != "2026年11月25日 周三 09:00" {
		t.Errorf("it is shown as %s", shown)
	}
}

// TestPlanningIsRefused breaks one thing of the words at a time.
func TestPlanningIsRefused(t *testing.T) {
	for want, breakIt := range map[string]func(*when.Planning, *when.Places){
		"how a moment is shown":  func(w *when.Planning, _ *when.Places) { w.Show.At = "" },
		"a text is empty":        func(w *when.Planning, _ *when.Places) { w.Show.Months = "" },
		"6 weekdays":             func(w *when.Planning, _ *when.Places) { w.Show.Weekdays = w.Show.Weekdays[1:] },
		"is no day like":         func(w *when.Planning, _ *when.Places) { w.Feasts["圣诞节"] = "25-12" },
		"is no day and part":     func(w *when.Planning, _ *when.Places) { w.Both["明晨"] = [2]string{"明天", "鸡鸣"} },
		"is no part of a day":    func(w *when.Planning, _ *when.Places) { w.Parts[0].To = 0 },
		"no unit":                func(w *when.Planning, _ *when.Places) { w.Units["fortnight"] = []string{"旬"} },
		"differ in length":       func(w *when.Planning, _ *when.Places) { w.Typos["名"] = "明天" },
		"there is no \"decade\"": func(w *when.Planning, _ *when.Places) { w.Each["decade"] = []string{"十年"} },
		"read the rule":          func(w *when.Planning, _ *when.Places) { w.EverySet["天天"] = "DAILY" },
		"is none":                func(_ *when.Planning, z *when.Places) { z.Zones[0].ID = "Asia/Beijing" },
		"is Asia/Hong_Kong and":  func(_ *when.Planning, z *when.Places) { z.Zones[2].Words = []string{"香港"} },
	} {
		fold, cal, w, z := words(t)
		breakIt(&w, &z)
		if _, err := when.NewPlanner(fold, grammar(t), cal, w, z); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

// TestCheck: an editor who changes how a time is shown is told when it is no
// longer read.
func TestCheck(t *testing.T) {
	p, _ := planner(t)
	if errs := p.Check(); len(errs) > 0 {
		t.Errorf("the shipped words: %v", errs)
	}
	for want, breakIt := range map[string]func(*when.Planning){
		"is read as":         func(w *when.Planning) { w.Show.At = "{day}日{month}月{year}年 {clock}" },
		"每星期某天":              func(w *when.Planning) { w.Show.Week = "每星期某天 {clock}" },
		"每月末尾 10:00 is read": func(w *when.Planning) { w.Show.Month = "每月末尾 {clock}" },
	} {
		fold, cal, w, z := words(t)
		breakIt(&w)
		p, err := when.NewPlanner(fold, grammar(t), cal, w, z)
		if err != nil {
			t.Fatal(err)
		}
		if errs := errors.Join(p.Check()...); errs == nil || !strings.Contains(errs.Error(), want) {
			t.Errorf("%v, want %q in it", errs, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	p, _ := planner(b)
	for b.Loop() {
		if _, err := p.Parse("提醒我下周三下午三点半给客服打电话问进度", monday); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	_, cal := planner(b)
	r, err := when.ParseRule("FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=10;BYMINUTE=0")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r.Next(monday, monday, cal)
	}
}
