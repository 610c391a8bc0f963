package contact_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/contact"
)

// TestRead shows every part of one account with the words it rests on.
func TestRead(t *testing.T) {
	const text = "今天10点打了客服，工号3721，说三个工作日内答复，编号 TS20261123009，涉及5000元"
	c := reader.Read(text, told)
	if want := time.Date(2026, 11, 23, 10, 0, 0, 0, told.Location()); !c.Is || !c.At.Equal(want) || c.Rough {
		t.Errorf("at %v, rough %v", c.At, c.Rough)
	}
	var got []string
	for _, p := range c.Parts {
		got = append(got, fmt.Sprintf("%s %s 〔%s〕", p.Name, p.Value, text[p.From:p.To]))
	}
	want := []string{
		"channel hotline 〔打了客服〕",
		"agent 3721 〔3721〕",
		"said 三个工作日内答复，编号 TS20261123009，涉及5000元 〔三个工作日内答复，编号 TS20261123009，涉及5000元〕",
		"promise 三个工作日内答复 〔三个工作日内答复〕",
		"due 2026-11-26T23:59:00+08:00 〔三个工作日内〕",
		"ticket TS20261123009 〔TS20261123009〕",
		"amount 5000 〔5000元〕",
	}
	// what they said ends where the user's own words go on
	want[2] = "said 三个工作日内答复 〔三个工作日内答复〕"
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestUntil answers the question until when, told on a Monday afternoon.
func TestUntil(t *testing.T) {
	for text, want := range map[string]string{
		"三天内":       "11-26T23:59",
		"48小时":      "11-25T15:30",
		"周五":        "11-27T23:59",
		"12月1日":     "12-01T23:59",
		"三个工作日":     "11-26T23:59",
		"下周三下午3点":   "12-02T15:00",
		"月底前":       "11-30T23:59",
		"明天上午":      "11-24T12:00",
		"今天下班前":     "11-23T17:00",
		"T+1":       "11-24T23:59",
		"元旦前":       "12-31T23:59",
		"本周内":       "11-29T23:59",
		"by Friday": "11-27T23:59",
		"5-7个工作日":   "12-02T23:59",
		"没说":        "",
		"昨天":        "",
	} {
		p, ok := reader.Until(text, told)
		got := ""
		if ok {
			at, err := time.Parse(time.RFC3339, p.Value)
			if err != nil {
				t.Fatal(err)
			}
			got = written(at.In(told.Location()), false)
		}
		if got != want {
			t.Errorf("%s: until %q, want %q", text, got, want)
		}
	}
}

// TestChannels: every channel has a label, and no label comes twice.
func TestChannels(t *testing.T) {
	seen := map[string]string{}
	for _, id := range reader.Ways() {
		label := reader.Label(id)
		if label == "" || seen[label] != "" {
			t.Errorf("channel %s is called %q like %s", id, label, seen[label])
		}
		seen[label] = id
	}
	if len(seen) < 15 || reader.Label("nobody") != "" {
		t.Errorf("%d channels; an unknown one is called %q", len(seen), reader.Label("nobody"))
	}
}

// TestWhatAMaskLeftIsNoNumber: the last four of a card are no ticket.
func TestWhatAMaskLeftIsNoNumber(t *testing.T) {
	for _, text := range []string{"打了客服，工单号●●●●4417", "客服说编号4417●●●●", "问了客服，工号●●●●0911"} {
		c := reader.Read(text, told)
		if c.Part(contact.Ticket) != "" || c.Part(contact.Agent) != "" {
			t.Errorf("%s gives %v", text, c.Parts)
		}
	}
}

// TestALongBurst: of forty forwarded messages the promises and numbers come
// first, twelve in all, in the order of time, each once.
func TestALongBurst(t *testing.T) {
	var sources []contact.Source
	for i := range 40 {
		text := fmt.Sprintf("您好，工单号TS2026112300%d，预计%d个工作日内处理完毕，请耐心等待", i%20, i%20+1)
		at := told.Add(time.Duration(i) * time.Minute)
		sources = append(sources, contact.Source{Text: text, At: at, Turns: reader.Chat(text, at)})
	}
	all := reader.Propose(sources)
	if len(all) != 12 {
		t.Fatalf("%d proposals", len(all))
	}
	seen := map[string]bool{}
	for i, p := range all {
		if p.Kind != contact.KindPromise && p.Kind != contact.KindTicket || seen[p.Value] {
			t.Errorf("proposal %d is %s %q", i, p.Kind, p.Value)
		}
		seen[p.Value] = true
		if i > 0 && p.Source < all[i-1].Source {
			t.Errorf("proposal %d stands before %d in time", i, i-1)
		}
	}
}

func inside(t *testing.T, text, what string, from, to int) {
	t.Helper()
	if from < 0 || to < from || to > len(text) || !utf8.RuneStart(at(text, from)) || !utf8.RuneStart(at(text, to)) {
		t.Fatalf("%s: bytes %d to %d of %d", what, from, to, len(text))
	}
}

func at(s string, i int) byte {
	if i == len(s) {
		return 0
	}
	return s[i]
}

func checkParts(t *testing.T, text string, parts []contact.Part, base time.Time) {
	t.Helper()
	for _, p := range parts {
		inside(t, text, string(p.Name), p.From, p.To)
		switch p.Name {
		case contact.Due:
			due, err := time.Parse(time.RFC3339, p.Value)
			if err != nil || due.Before(base.Truncate(time.Second)) {
				t.Fatalf("due %s is not behind %s: %v", p.Value, base, err)
			}
		case contact.Channel, contact.Amount:
		case contact.Agent, contact.Ticket:
			if strings.Contains(p.Value, "●") {
				t.Fatalf("%s %q holds what a mask left", p.Name, p.Value)
			}
			fallthrough
		default:
			if p.Value != text[p.From:p.To] || p.Value == "" {
				t.Fatalf("%s %q is not what stands there: %q", p.Name, p.Value, text[p.From:p.To])
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, l := range lines(f, "lines-round1.txt") {
		f.Add(l.text)
	}
	f.Add("客服说●●●●4417，工单号●●●●\x80编号\xff")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			text = strings.ToValidUTF8(text, "?")
		}
		c := reader.Read(text, told)
		if !c.Is && (len(c.Parts) > 0 || !c.At.IsZero()) || c.At.After(told) {
			t.Fatalf("%+v", c)
		}
		base := c.At
		if base.IsZero() {
			base = told
		}
		checkParts(t, text, c.Parts, base)
		checkProposals(t, []contact.Source{{Text: text, At: told, Contact: c}})
	})
}

func FuzzChat(f *testing.F) {
	for _, p := range chats(f, "chats-round1.txt") {
		f.Add(p.text)
	}
	f.Add("客服：●●●●\r\n我\r\n\r\n10:03\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			text = strings.ToValidUTF8(text, "?")
		}
		turns := reader.Chat(text, told)
		if reader.IsChat(text) && len(turns) == 0 {
			t.Fatal("a conversation without turns")
		}
		end := 0
		for _, turn := range turns {
			inside(t, text, "turn", turn.From, turn.To)
			if turn.From < end || turn.From == turn.To {
				t.Fatalf("turns overlap or are empty: %+v", turns)
			}
			end = turn.To
			if turn.Who == "" || !strings.Contains(text, turn.Name) {
				t.Fatalf("turn %+v", turn)
			}
		}
		checkProposals(t, []contact.Source{{Text: text, At: told, Turns: turns}})
	})
}

func checkProposals(t *testing.T, sources []contact.Source) {
	t.Helper()
	all := reader.Propose(sources)
	if len(all) > 12 {
		t.Fatalf("%d proposals", len(all))
	}
	for _, p := range all {
		text := sources[p.Source].Text
		inside(t, text, string(p.Kind), p.From, p.To)
		base := p.At
		if base.IsZero() {
			base = sources[p.Source].At
		}
		checkParts(t, text, p.Parts, base)
	}
}

func BenchmarkRead(b *testing.B) {
	for name, text := range map[string]string{
		"usual": "今天10点打了客服，工号3721，说三个工作日内答复",
		"full":  "昨晚八点多给他们打电话，接电话的是王经理，答应月底之前把8000块全部结清，工单号 TS20261122007，说补完材料24小时内审核",
		"long":  strings.Repeat("昨天下午三点打的客服电话，一个姓李的客服接的，说系统升级，让我等48小时。", 40),
		"nasty": strings.Repeat("客服说", 1300),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				reader.Read(text, told)
			}
		})
	}
}

func BenchmarkChat(b *testing.B) {
	text := strings.Repeat("客服小美 2026/11/20 10:03:12\n您好，这边看到您的提现在审核，预计3个工作日内到账\n阿强 2026/11/20 10:04:01\n我提现5000一直没到，你们到底什么时候处理\n", 15)
	b.Run("lines60", func(b *testing.B) {
		for b.Loop() {
			reader.Propose([]contact.Source{{Text: text, At: told, Turns: reader.Chat(text, told)}})
		}
	})
	b.Run("nasty", func(b *testing.B) {
		nasty := strings.Repeat("我:", 2000)
		for b.Loop() {
			reader.Chat(nasty, told)
		}
	})
}
