package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tixianbot/bot"
	"tixianbot/knowledge/markup"
)

// telling is somebody who has told what happened and asks for a pack.
func telling(t *testing.T) *stage {
	s := newStage(t, content(t))
	s.say("没有，昨天在抖音提现800元没到账，页面显示处理中")
	return s
}

// ordered returns the order that the newest step gave.
func (s *stage) ordered() bot.Order {
	s.t.Helper()
	if len(s.fx.Orders) != 1 {
		s.t.Fatalf("%d orders:\n%s", len(s.fx.Orders), s.out.String())
	}
	o := s.fx.Orders[0]
	o.Case = s.w.Case.Number
	return o
}

// TestFormsByWords: what the words of /export name, and what is typed instead.
func TestFormsByWords(t *testing.T) {
	for words, want := range map[string]string{
		"/export": "pack full", "/export 打码": "pack masked", "/export 打上码的那份": "pack masked", "/export 一页纸": "pack one_page",
		"/export 图": "picture picture", "/case 图": "picture picture", "/export 打包": "pack full", "打包材料": "pack full", "导出": "pack full",
		"打码版": "pack masked", "一页纸": "pack one_page", "/export 随便说说": "", "客服打包票说三天到": "", "/case": "",
	} {
		s := telling(t)
		s.say(words)
		got := ""
		if len(s.fx.Orders) > 0 {
			o := s.ordered()
			got = string(o.Kind) + " " + o.Args
		}
		if got != want {
			t.Errorf("%s orders %q, want %q", words, got, want)
		}
		if n := len(s.w.Case.Reminders); n > 0 {
			t.Errorf("%s sets a reminder", words)
		}
		for _, r := range s.log()[1:] { // what is asked of the bot is no part of the story
			if strings.Contains(words, "打包票") != (r.Kind != bot.RecordQuestion) {
				t.Errorf("%s is kept as %s", words, r.Kind)
			}
		}
	}
}

// TestAPackOfAnotherCase: a pack that is ready when another case is open says
// whose it is, its buttons are of that case, and its progress is not told.
func TestAPackOfAnotherCase(t *testing.T) {
	s := telling(t)
	s.say("/export")
	o := s.ordered()
	s.w.Orders = nil
	s.press("不要了", false)
	if !slices.Equal(s.fx.Drop, []string{o.Name}) {
		t.Errorf("dropped %q, want %q", s.fx.Drop, o.Name)
	}
	s.say("到账了，解决了")
	s.press("全到了：800 元", false)
	s.say("昨天在快手提现100元没到账")
	if s.w.Case.Number != 2 {
		t.Fatalf("case %d is open:\n%s", s.w.Case.Number, s.out.String())
	}
	s.run(bot.Progress{Order: o, Done: 1, Total: 9})
	if len(s.fx.Messages) != 0 {
		t.Errorf("the progress is told: %+v", s.fx.Messages)
	}
	s.run(bot.Made{Order: o, Files: []bot.Attachment{{Path: "a/b.zip", Name: "b.zip"}}})
	head := s.fx.Messages[0]
	if text := markup.Text(head.Text); !strings.Contains(text, "案子 1") {
		t.Errorf("it is not said whose pack it is: %s", text)
	}
	for _, row := range head.Buttons {
		for _, b := range row {
			if b.Press.Case != 1 || b.Press.Rev != 0 {
				t.Errorf("%s is a button of case %d, revision %d", b.Label, b.Press.Case, b.Press.Rev)
			}
		}
	}
}

// TestOldButtonsForWhatWasToCome: buttons of versions that had no packs yet.
func TestOldButtonsForWhatWasToCome(t *testing.T) {
	s := telling(t)
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "soon", Arg: "export"}})
	if o := s.ordered(); o.Kind != bot.OrderPack || o.Args != bot.FormFull {
		t.Errorf("it orders %+v", o)
	}
	s.step(bot.Pressed{Press: bot.Press{Case: 1, Act: "ex", Arg: "of another version"}})
	if len(s.fx.Orders) != 0 || s.fx.Toast == "" {
		t.Errorf("a form that there is not: %+v", s.fx)
	}
}

// TestAbsentEvidenceIsNamed: as many pieces as one reads, whatever the notes of
// the maker hold.
func TestAbsentEvidenceIsNamed(t *testing.T) {
	s := telling(t)
	s.say("/export")
	notes := []string{"", "gone", "odd 1 a.jpg", "gone 1 *a*_[b](http://c).jpg", "large 2 \xff.jpg"}
	for i := range 30 {
		notes = append(notes, fmt.Sprintf("large %d 录屏_%02d.mp4", i+3, i+3))
	}
	s.run(bot.Made{Order: s.ordered(), Files: []bot.Attachment{{Path: "a/b.zip", Name: "b.zip"}}, Notes: notes})
	last := s.fx.Messages[len(s.fx.Messages)-1]
	text := markup.Text(last.Text)
	for _, want := range []string{"有 31 件证据", "*a*_[b](http://c).jpg：文件取不到了", "录屏_11.mp4：太大了", "还有 21 件"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Contains(text, "录屏_12") {
		t.Errorf("too many are named:\n%s", text)
	}
}
