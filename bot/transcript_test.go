package bot_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/markup"
)

var update = flag.Bool("update", false, "write the transcripts anew from what the core says")

// TestTranscripts plays the conversations in testdata. A line of a transcript
// that starts with one of these marks is what the user does; everything else
// is what the bot said, and -update writes it anew.
//
//	> words        a message; "\n" in it is a new line
//	! label        the button of that label, on the newest message that has it
//	!! label       the same, on the oldest message that has it
//	@ kind words   a photo, document, voice … with a caption
//	~ 168h         time passes
//	# words        a remark
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d transcripts, want at least 20 (%v)", len(files), err)
	}
	k := content(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, k, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("-transcript +core:\n%s", diff)
			}
		})
	}
}

// morning is when every transcript begins: a Monday.
var morning = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

// stage is a conversation in progress.
type stage struct {
	t       testing.TB
	k       *knowledge.Pack
	now     time.Time
	c       bot.Case
	log     []bot.Record  // newest first
	sent    []bot.Message // all messages, oldest first; edits replace
	slot    map[bot.Slot]int
	pressed int         // index of the message whose button was pressed
	fx      bot.Effects // of the newest step
	out     strings.Builder
}

func newStage(t testing.TB, k *knowledge.Pack) *stage {
	return &stage{t: t, k: k, now: morning, slot: make(map[bot.Slot]int)}
}

// play runs the user's lines of a transcript and returns the transcript anew.
func play(t *testing.T, k *knowledge.Pack, transcript string) string {
	s := newStage(t, k)
	for line := range strings.SplitSeq(transcript, "\n") {
		mark, rest, _ := strings.Cut(line, " ")
		switch mark {
		case "#":
			s.out.WriteString(line + "\n")
			continue
		case ">", "!", "!!", "@", "~":
			s.out.WriteString("\n" + line + "\n")
		default:
			continue
		}
		switch mark {
		case ">":
			s.say(strings.ReplaceAll(rest, `\n`, "\n"))
		case "!":
			s.press(rest, false)
		case "!!":
			s.press(rest, true)
		case "@":
			kind, caption, _ := strings.Cut(rest, " ")
			s.step(bot.Sent{Kind: bot.FileKind(kind), Caption: caption})
		case "~":
			d, err := time.ParseDuration(rest)
			if err != nil {
				t.Fatal(err)
			}
			s.now = s.now.Add(d)
		}
	}
	return s.out.String()
}

// say sends words, or a command.
func (s *stage) say(text string) {
	if name, rest, ok := strings.Cut(strings.TrimPrefix(text, "/"), " "); strings.HasPrefix(text, "/") {
		_ = ok
		s.step(bot.Said{Command: name, Text: rest})
		return
	}
	s.step(bot.Said{Text: text})
}

// press presses the button of that label on the newest, or the oldest, message.
func (s *stage) press(label string, oldest bool) {
	var found *bot.Press
	for i, m := range s.sent {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Label == label && (found == nil || !oldest) {
					found, s.pressed = &b.Press, i
				}
			}
		}
	}
	if found == nil {
		s.t.Errorf("no button %q", label)
		return
	}
	s.step(bot.Pressed{Press: *found})
}

// step runs one event through the core and keeps what came of it.
func (s *stage) step(e bot.Event) {
	in := bot.Input{At: s.now, Event: e, Recent: s.log[:min(bot.Wants(s.c, e).Newest, len(s.log))]}
	before, _ := json.Marshal(s.c)
	c, fx := bot.Step(s.k, s.c, in)
	if after, _ := json.Marshal(s.c); string(after) != string(before) {
		s.t.Fatalf("Step changed the case it was given:\n%s\n%s", before, after)
	}
	if data, _ := json.Marshal(c); len(empty.ReplaceAll(data, nil)) > 2048 {
		s.t.Errorf("the case has %d bytes: %s", len(data), data)
	}
	s.c, s.fx = c, fx
	for _, r := range fx.Records {
		if r.Seq == 1 {
			s.log = nil // another case
		}
		s.log = append([]bot.Record{r}, s.log...)
		fmt.Fprintf(&s.out, "  + %s %s\n", r.Kind, strings.TrimSpace(r.About+" "+strings.ReplaceAll(r.Text, "\n", " / ")))
	}
	if fx.Forget {
		s.log = nil
		s.out.WriteString("  + forget\n")
	}
	if fx.Delete {
		s.out.WriteString("  + delete the message\n")
	}
	if fx.Toast != "" {
		fmt.Fprintf(&s.out, "  (%s)\n", fx.Toast)
	}
	for _, m := range fx.Messages {
		s.deliver(m)
	}
	s.now = s.now.Add(time.Minute)
}

// empty are the fields that the store leaves out.
var empty = regexp.MustCompile(`"[A-Za-z]+":(false|0|""|null),?`)

// deliver shows a message as a messenger would.
func (s *stage) deliver(m bot.Message) {
	s.fits(m)
	at, known := s.slot[m.Slot]
	edit := m.Slot != "" && m.Replace && known && at == s.pressed
	if edit {
		s.sent[at] = m
		s.out.WriteString("< (edited)\n")
	} else {
		s.slot[m.Slot] = len(s.sent)
		s.sent = append(s.sent, m)
		s.out.WriteString("<\n")
	}
	for line := range strings.SplitSeq(markup.Text(m.Text), "\n") {
		s.out.WriteString(strings.TrimRight("  "+line, " ") + "\n")
	}
	for _, row := range m.Buttons {
		s.out.WriteString(" ")
		for _, b := range row {
			s.out.WriteString(" [" + b.Label + "]")
		}
		s.out.WriteString("\n")
	}
}

// fits checks a message against what Telegram takes and a phone shows.
func (s *stage) fits(m bot.Message) {
	s.t.Helper()
	words := markup.Text(m.Text)
	if n := utf8.RuneCountInString(words); n == 0 || n > 3500 {
		s.t.Errorf("a message of %d characters: %.60q", n, words)
	}
	if strings.Contains(words, "{") || strings.Contains(words, "\n\n\n") {
		s.t.Errorf("a hole in %q", words)
	}
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Label == "" || utf8.RuneCountInString(b.Label) > 24 || len(b.Press.Arg) > 40 {
				s.t.Errorf("button %+v", b)
			}
		}
	}
}
