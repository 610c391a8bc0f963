package telegram

import (
	"strings"
	"testing"

	"tixianbot/bot"
)

func TestPressesKeepTheirForm(t *testing.T) {
	// These strings are in chats already. A change here breaks old buttons.
	for data, want := range map[string]bot.Press{
		"dAans":                   {Act: "ans"},
		"dH1Gansstatus=reviewing": {Case: 1, Rev: 16, Act: "ans", Arg: "status=reviewing"},
		"gN101cancel":             {Case: 85, Rev: 1, Act: "cancel"},
		"bdfB*mhfB*mhx":           {Case: 1 << 31, Rev: 1 << 31, Act: "x"},
	} {
		if got, err := encodePress(want); err != nil || got != data {
			t.Errorf("encodePress(%+v) = %q, %v, want %q", want, got, err, data)
		}
		if got, err := decodePress(data); err != nil || got != want {
			t.Errorf("decodePress(%q) = %+v, %v, want %+v", data, got, err, want)
		}
	}
}

func TestLargestPressFits(t *testing.T) {
	p := bot.Press{Case: 1 << 31, Rev: 1 << 31, Act: bot.Act(strings.Repeat("a", 12)), Arg: strings.Repeat("~", 40)}
	data, err := encodePress(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) != 64 {
		t.Errorf("the largest press has %d bytes, want exactly Telegram's 64", len(data))
	}
	if back, err := decodePress(data); err != nil || back != p {
		t.Errorf("decodePress = %+v, %v", back, err)
	}
}

func TestPressThatDoesNotFitIsAnError(t *testing.T) {
	valid := bot.Press{Case: 3, Rev: 17, Act: "answer", Arg: "status=failed"}
	if _, err := encodePress(valid); err != nil {
		t.Fatal(err)
	}
	for name, breakIt := range map[string]func(*bot.Press){
		"no act":              func(p *bot.Press) { p.Act = "" },
		"act of 13":           func(p *bot.Press) { p.Act = "abcdefghijklm" },
		"act not ASCII":       func(p *bot.Press) { p.Act = "选" },
		"argument of 41":      func(p *bot.Press) { p.Arg = strings.Repeat("x", 41) },
		"argument not ASCII":  func(p *bot.Press) { p.Arg = "审核中" },
		"argument with break": func(p *bot.Press) { p.Arg = "a\nb" },
		"negative case":       func(p *bot.Press) { p.Case = -1 },
		"huge case":           func(p *bot.Press) { p.Case = 1<<31 + 1 },
		"negative revision":   func(p *bot.Press) { p.Rev = -1 },
		"huge revision":       func(p *bot.Press) { p.Rev = 1<<31 + 1 },
	} {
		p := valid
		breakIt(&p)
		if data, err := encodePress(p); err == nil {
			t.Errorf("%s: encoded as %q", name, data)
		}
	}
}

func TestForeignDataIsGarbled(t *testing.T) {
	for _, data := range []string{
		"", "d", "ans:1", "dA", "dAan", "nA" + strings.Repeat("a", 13), "aA", "zAans", "d~ans",
		"dG0ans",          // a leading zero
		"dg" + "~~~~~ans", // six digits claimed
		"d_" + "~~~~~ans", // above 2^31
		"dAans" + strings.Repeat("x", 41), "dAans审", "dAans\x00", strings.Repeat("d", 65),
	} {
		if p, err := decodePress(data); err == nil {
			t.Errorf("decodePress(%q) = %+v", data, p)
		}
	}
}

func FuzzPressRoundTrip(f *testing.F) {
	f.Add(0, 0, "ans", "")
	f.Add(1<<31, 1<<31, "abcdefghijkl", strings.Repeat("z", 40))
	f.Add(84, 85, "go", "a=b")
	f.Fuzz(func(t *testing.T, number, rev int, act, arg string) {
		p := bot.Press{Case: number, Rev: rev, Act: bot.Act(act), Arg: arg}
		data, err := encodePress(p)
		if err != nil {
			return
		}
		if len(data) > 64 || !printable(data) {
			t.Fatalf("%+v became %q", p, data)
		}
		if back, err := decodePress(data); err != nil || back != p {
			t.Fatalf("%+v became %q became %+v, %v", p, data, back, err)
		}
	})
}

// FuzzPressDecode: every press has one form only, so that what is decoded
// encodes to the same data.
func FuzzPressDecode(f *testing.F) {
	for _, s := range []string{"", "dAans", "dH1Gansstatus=x", "bA?", "d_~~~~~ans", "审核"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		p, err := decodePress(data)
		if err != nil {
			return
		}
		if again, err := encodePress(p); err != nil || again != data {
			t.Fatalf("%q is read as %+v, which is written %q, %v", data, p, again, err)
		}
	})
}
