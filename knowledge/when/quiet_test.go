package when_test

import (
	"fmt"
	"testing"
)

// Hours are read as people say them; an hour without a part of the day is that
// of the night.
func TestHoursOfADay(t *testing.T) {
	p, _ := planner(t)
	for text, want := range map[string]string{
		"晚上11点到早上7点":         "23:00 07:00",
		"夜里11点到7点别打扰我":       "23:00 07:00",
		"十点到八点不要响":           "22:00 08:00",
		"10点到6点半":            "22:00 06:30",
		"23:00-07:00":        "23:00 07:00",
		"23：30～6：30":         "23:30 06:30",
		"晚上十點半至早上九點":         "22:30 09:00",
		"中午12点到下午2点":         "12:00 14:00",
		"下午1点到3点不要打扰":        "13:00 15:00",
		"凌晨1点到早上9点":          "01:00 09:00",
		"12点到7点":             "00:00 07:00",
		"半夜十二点到早上八点":         "00:00 08:00",
		"11pm to 7am":        "23:00 07:00",
		"from 22:00 to 8:00": "22:00 08:00",
		"晚上10点以后":            "",
		"别吵我":                "",
		"":                   "",
		"8点到8点":              "20:00 08:00",
		"明天下午三点提醒我打客服":       "",
		"晚上9点、10点到早上7点都不要打扰": "",
		"2月30号": "",
		"早上8点到晚上10点之间可以响（免打扰）": "08:00 22:00",
	} {
		from, to, ok := p.Hours(text)
		got := ""
		if ok {
			got = fmt.Sprintf("%02d:%02d %02d:%02d", from/60, from%60, to/60, to%60)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Whatever is written, the hours are those of a day, and not none.
func FuzzHours(f *testing.F) {
	p, _ := planner(f)
	for _, text := range []string{"晚上11点到早上7点", "23:00-07:00", "10点到8点", "11pm to 7am", "25:00-99:99", "半小时后到三天后"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		from, to, ok := p.Hours(text)
		if ok && (from < 0 || to < 0 || from >= 24*60 || to >= 24*60 || from == to) {
			t.Errorf("%q: %d to %d", text, from, to)
		}
	})
}
