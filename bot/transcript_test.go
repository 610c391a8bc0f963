package bot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tixianbot/bot"
	"tixianbot/bot/walk"
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
//	@ kind words   a photo, document, voice … with a caption; before the words
//	               there may be album=ID, name=FILE, size=BYTES, mime=TYPE,
//	               file=ID (to send one again), forwarded=24h (so long ago)
//	>> words       a message that the user forwards
//	* words        the user edits the newest message of theirs to these words
//	~ 168h         time passes, and what the bot waits for comes
//	~~ 50h         time passes while the bot does not run
//	x              the user blocks the bot
//	y              … and lets it write again
//	% 5            from here on a language model may be asked so often a day
//	= words        it answers with these words; {letter} stands for what left
//	=! reason      it does not, for a reason
//	& 3/12         how far the oldest order is, which goes on until the next such
//	               line; "failed", or "made" with what comes of it:
//	               file=NAME | photo=NAME | text=WORDS | note=WORDS
//	               (an order that no such line is about ends by itself)
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
var morning = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))

// stage is a conversation in progress.
type stage struct {
	t       testing.TB
	w       *walk.World
	sent    []bot.Message // all messages, oldest first; edits replace
	slot    map[bot.Slot]int
	pressed int         // index of the message whose button was pressed, -1 if none was
	files   int         // sent so far
	blocked bool        // the user has blocked the bot
	held    bool        // the oldest order is at work
	fx      bot.Effects // of the newest step
	out     strings.Builder
}

func newStage(t testing.TB, k *knowledge.Pack) *stage {
	return &stage{t: t, w: walk.New(k, morning), slot: make(map[bot.Slot]int), pressed: -1}
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
		case ">", ">>", "*", "!", "!!", "@", "~", "~~", "x", "y", "=", "=!", "%", "&":
			s.out.WriteString("\n" + line + "\n")
		default:
			continue
		}
		switch mark {
		case ">":
			s.say(strings.ReplaceAll(rest, `\n`, "\n"))
		case ">>":
			words := strings.ReplaceAll(rest, `\n`, "\n")
			s.step(bot.Said{Text: words, Forwarded: true, ForwardedAt: s.w.Now.Add(-time.Hour)})
		case "*":
			s.step(bot.Edited{Text: rest})
		case "!":
			s.press(rest, false)
		case "!!":
			s.press(rest, true)
		case "@":
			s.send(rest)
		case "=", "=!", "%":
			s.model(mark, rest)
		case "&":
			s.work(rest)
		case "~", "~~":
			s.wait(mark, rest)
		case "x":
			s.blocked = true
		case "y":
			s.step(bot.Returned{})
		}
	}
	s.catchUp()
	return s.out.String()
}

// wait lets time pass, as the words behind "~" or "~~" say.
func (s *stage) wait(mark, words string) {
	d, err := time.ParseDuration(words)
	if err != nil {
		s.t.Fatal(err)
	}
	if mark == "~" {
		s.pass(d)
		return
	}
	s.catchUp()
	s.w.Now = s.w.Now.Add(d)
	s.catchUp()
}

// send sends what the words behind "@" say.
func (s *stage) send(words string) {
	kind, caption, _ := strings.Cut(words, " ")
	s.files++
	id := fmt.Sprintf("file%d", s.files)
	e := bot.Sent{Kind: bot.FileKind(kind), File: bot.File{ID: bot.FileID(id), Unique: id, Size: 100_000}}
	for {
		option, rest, _ := strings.Cut(caption, " ")
		name, value, ok := strings.Cut(option, "=")
		if !ok || !s.option(&e, name, value) {
			break
		}
		caption = rest
	}
	e.Caption = strings.ReplaceAll(caption, `\n`, "\n")
	s.step(e)
}

// option sets one thing about what is sent.
func (s *stage) option(e *bot.Sent, name, value string) bool {
	var err error
	switch name {
	case "album":
		e.Album = value
	case "name":
		e.Name = value
	case "mime":
		e.File.MIME = value
	case "file":
		e.File.ID, e.File.Unique = bot.FileID(value), value
	case "size":
		e.File.Size, err = strconv.ParseInt(value, 10, 64)
	case "forwarded":
		var age time.Duration
		age, err = time.ParseDuration(value)
		e.Forwarded, e.ForwardedAt = true, s.w.Now.Add(-age)
	default:
		return false
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return true
}

// work lets an order go on, or end.
func (s *stage) work(words string) {
	if len(s.w.Orders) == 0 {
		s.t.Fatalf("nothing is ordered:\n%s", s.out.String())
	}
	o := s.w.Orders[0]
	how, rest, _ := strings.Cut(words, " ")
	if done, all, ok := strings.Cut(how, "/"); ok {
		p := bot.Progress{Order: o, Since: s.w.Now}
		p.Done, _ = strconv.Atoi(done)
		p.Total, _ = strconv.Atoi(all)
		s.held = true
		s.happen(p)
		return
	}
	s.held = false
	s.w.Orders = s.w.Orders[1:]
	m := bot.Made{Order: o}
	if how == "failed" {
		m.Err = bot.ErrMade
	}
	for word := range strings.SplitSeq(rest, " | ") {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "file", "photo":
			m.Files = append(m.Files, bot.Attachment{Path: "x/" + value, Name: value, Size: 1000, Photo: name == "photo"})
		case "text":
			m.Text = strings.ReplaceAll(value, `\n`, "\n")
		case "note":
			m.Notes = append(m.Notes, value)
		}
	}
	s.happen(m)
}

// burst is how soon the pieces of an album follow each other.
const burst = 100 * time.Millisecond

// catchUp lets what is due happen: wakes, and the hashes of files.
func (s *stage) catchUp() {
	for len(s.w.Fetches) > 0 {
		f := s.w.Fetches[0]
		s.w.Fetches = s.w.Fetches[1:]
		sum := sha256.Sum256([]byte(f.File))
		s.happen(bot.Hashed{Case: f.Case, Seq: f.Seq, SHA256: hex.EncodeToString(sum[:])})
	}
	for !s.held {
		made, ok := s.w.Work()
		if !ok {
			break
		}
		s.happen(made)
	}
	for wake, ok := s.w.Next(s.w.Now); ok; wake, ok = s.w.Next(s.w.Now) {
		s.happen(bot.Woken{Why: wake.Why, Due: wake.At})
	}
}

// model says how often a language model may be asked, or what it answers.
func (s *stage) model(mark, rest string) {
	if mark == "%" {
		s.w.Wordings, s.w.Mute = atoi(s.t, rest), true
		return
	}
	i := slices.IndexFunc(s.w.Orders, func(o bot.Order) bool { return o.Kind == bot.OrderWording })
	if i < 0 {
		s.t.Errorf("nothing was asked of the language model")
		return
	}
	s.w.Now = s.w.Now.Add(8 * time.Second)
	var q bot.WordingRequest
	if err := json.Unmarshal([]byte(s.w.Orders[i].Args), &q); err != nil {
		s.t.Fatal(err)
	}
	if q.Findings != "" {
		fmt.Fprintf(&s.out, "  with: %s\n", strings.ReplaceAll(q.Findings, "\n", " / "))
	}
	m := bot.Made{Order: s.w.Orders[i], Text: strings.ReplaceAll(strings.ReplaceAll(rest, `\n`, "\n"), "{letter}", q.Letter)}
	if mark == "=!" {
		m.Text, m.Err = "", rest
	}
	s.w.Orders = slices.Delete(s.w.Orders, i, i+1)
	s.happen(m)
}

func atoi(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pass lets time pass. What the bot waits for comes when it is due.
func (s *stage) pass(d time.Duration) {
	s.catchUp()
	until := s.w.Now.Add(d)
	for wake, ok := s.w.Next(until); ok; wake, ok = s.w.Next(until) {
		s.happen(bot.Woken{Why: wake.Why, Due: wake.At})
	}
	s.w.Now = until
}

// happen runs an event that is not the user's.
func (s *stage) happen(e bot.Event) {
	fmt.Fprintf(&s.out, "\n  (%s)\n", strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", e), "bot.")))
	pressed := s.pressed
	s.pressed = -1
	s.run(e)
	s.pressed = pressed
}

// keep shows what a step does besides speaking, and keeps it as the store would.
func (s *stage) keep(c bot.Case, fx bot.Effects) {
	for i, r := range fx.Records {
		if want := len(s.w.Logs[c.Number]) + 1 + i; r.Seq != want {
			s.t.Errorf("record %d of case %d, want %d", r.Seq, c.Number, want)
		}
		fmt.Fprintf(&s.out, "  + %s %s\n", r.Kind, described(r))
	}
	for _, a := range fx.Changed {
		there := len(s.w.Logs[c.Number]) + len(fx.Records)
		if a.Case != 0 && a.Case != c.Number {
			there = len(s.w.Logs[a.Case])
		}
		if a.Record.Seq < 1 || a.Record.Seq > there {
			s.t.Fatalf("record %d of case %d is changed, which there is not:\n%s", a.Record.Seq, a.Case, s.out.String())
		}
		fmt.Fprintf(&s.out, "  ± %d %s %s\n", a.Record.Seq, a.Record.Kind, described(a.Record))
	}
	for _, name := range fx.Drop {
		s.held = false
		fmt.Fprintf(&s.out, "  - order %s\n", name)
	}
	for _, o := range fx.Orders {
		fmt.Fprintf(&s.out, "  + order %s: %s %s\n", o.Name, o.Kind, o.Args)
	}
	if fx.Forget {
		s.out.WriteString("  + forget\n")
	}
	s.w.Commit(c, fx)
	s.fx = fx
}

// log returns the records of the active case, oldest first.
func (s *stage) log() []bot.Record { return s.w.Logs[s.w.Case.Number] }

// described returns what a transcript shows of a record.
func described(r bot.Record) string {
	words := []string{r.About, strings.ReplaceAll(r.Text, "\n", " / ")}
	if r.Of > 0 {
		words = append(words, fmt.Sprintf("of %d", r.Of))
	}
	if r.Exhibit.Number > 0 {
		words = append(words, fmt.Sprintf("#%d", r.Exhibit.Number))
	}
	for _, p := range r.Parts {
		words = append(words, string(p.Name)+"="+strings.ReplaceAll(p.Value, "\n", " / "))
	}
	if r.Exhibit.SHA256 != "" {
		words = append(words, "hash")
	}
	if !r.Struck.IsZero() {
		words = append(words, "struck")
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
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
	sent, _ := e.(bot.Sent)
	if sent.Album == "" && !sent.Forwarded {
		s.catchUp()
	}
	if _, ok := e.(bot.Pressed); !ok {
		s.pressed = -1
	}
	s.run(e)
	s.w.Now = s.w.Now.Add(burst)
	if sent.Album == "" && !sent.Forwarded && s.w.Case.Wording.Letter == "" {
		s.w.Now = s.w.Now.Add(time.Minute)
	}
}

// run runs one event through the core, checks what comes of it and does it.
func (s *stage) run(e bot.Event) {
	in := s.w.Input(e)
	records, _ := json.Marshal(in)
	before, _ := json.Marshal(s.w.Case)
	c, fx := bot.Step(s.w.Pack, s.w.Case, in)
	if after, _ := json.Marshal(s.w.Case); string(after) != string(before) {
		s.t.Fatalf("Step changed the case it was given:\n%s\n%s", before, after)
	}
	if after, _ := json.Marshal(in); string(after) != string(records) {
		s.t.Fatalf("Step changed the records it was given:\n%s\n%s", records, after)
	}
	if data, _ := json.Marshal(c); len(empty.ReplaceAll(data, nil)) > 2048 {
		s.t.Errorf("the case has %d bytes: %s", len(data), data)
	}
	s.keep(c, fx)
	if fx.Delete {
		s.out.WriteString("  + delete the message\n")
	}
	if fx.Toast != "" {
		fmt.Fprintf(&s.out, "  (%s)\n", fx.Toast)
	}
	if _, woken := e.(bot.Woken); !woken {
		s.blocked = false
	}
	for _, m := range fx.Messages {
		if s.blocked && m.Rings.Why != "" {
			s.w.Missed = append(s.w.Missed, m.Rings)
			continue
		}
		s.deliver(m)
	}
}

// empty are the fields that the store leaves out.
var empty = regexp.MustCompile(`"[A-Za-z]+":(false|0|""|null),?`)

// deliver shows a message as a messenger would.
func (s *stage) deliver(m bot.Message) {
	s.fits(m)
	at, known := s.slot[m.Slot]
	edit := m.Slot != "" && m.Replace && m.File.Path == "" && known && (s.pressed < 0 || at == s.pressed)
	if edit {
		s.sent[at] = m
		s.out.WriteString("< (edited)\n")
	} else {
		s.slot[m.Slot] = len(s.sent)
		s.sent = append(s.sent, m)
		s.out.WriteString("<\n")
	}
	if m.File.Path != "" {
		fmt.Fprintf(&s.out, "  [file %s]\n", m.File.Name)
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
	if n := len(utf16.Encode([]rune(words))); m.File.Path != "" && n > 1024 {
		s.t.Errorf("a caption of %d characters: %.60q", n, words)
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
