package dossier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// Source is what a pack is made from.
type Source struct {
	Case      bot.Case
	Records   []bot.Record   // of the case, oldest first
	Zone      *time.Location // in which times are shown; nil: UTC
	Now       time.Time
	Letters   []Written // the letters that were sent, oldest first; nil: those among Records
	Statement Written   // the letter for a regulator, to be the one page; without Text one is made of the case
	Reminders []byte    // an iCalendar file, or nil

	// Open fetches a piece of evidence. An error leaves it out, ErrLarge because it
	// is too large: the index names it, and the pack still comes. An
	// [*os.PathError] ends the making: the disk is full, or the like. nil fetches
	// nothing.
	Open func(context.Context, bot.File) (io.ReadCloser, error)

	// Progress is told, from one goroutine, how many pieces of the work are
	// done. It must not block for long. It may be nil.
	Progress func(done, total int)
}

// ErrLarge says that a piece of evidence is larger than can be fetched.
var ErrLarge = errors.New("the file is too large")

// Written is a letter.
type Written struct {
	Kind   string // an id of the taxonomy
	Title  string // "" for none
	Text   string
	SentAt time.Time
}

// lettersOf returns the letters among records that stand.
func lettersOf(records []bot.Record) []Written {
	var out []Written
	for _, r := range records {
		text := r.Part(bot.PartLetter)
		if r.Kind != bot.RecordLetter || text == "" || !r.Struck.IsZero() {
			continue
		}
		l := Written{Kind: r.About, Text: text, SentAt: happened(r)}
		if first, rest, ok := strings.Cut(text, "\n\n"); ok && isTitle(first) {
			l.Title, l.Text = first, rest
		}
		out = append(out, l)
	}
	return out
}

// isTitle reports whether the first paragraph of a letter is its title: one
// line, and neither a sentence nor a salutation.
func isTitle(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return !strings.Contains(text, "\n") && !strings.ContainsRune("，。；！？：,.;!?:", last)
}

// Options say what becomes of a source.
type Options struct {
	Dir     string // where the files go: a folder of the caller's for this pack alone, made if missing
	Masked  bool   // for somebody else's eyes: the share mask, and evidence is only listed
	OnePage bool   // the statement alone, as PDF and as docx
}

// Result is what Make has written.
type Result struct {
	Files  []string // paths, in the order in which they are to be handed over
	Absent []Absent // evidence that is in the index and not in the files
}

// Absent is a piece of evidence that could not come along.
type Absent struct {
	Number int    // of the evidence
	Name   string // its good name
	Why    Reason
}

// Reason says why evidence is absent.
type Reason string

// The reasons.
const (
	Gone  Reason = "gone"  // it could not be fetched
	Large Reason = "large" // there was no room left for it
)

// Make writes the files of a case into opt.Dir. It holds no file of evidence in
// memory; what it needs meanwhile lies in a folder of its own there (0700),
// which is gone when it returns. If it returns an error it leaves no file. It
// stops soon after ctx is done.
func Make(ctx context.Context, k *knowledge.Pack, src Source, opt Options) (Result, error) {
	return limits{part: partSize, all: packSize}.make(ctx, k, src, opt)
}

func (l limits) make(ctx context.Context, k *knowledge.Pack, src Source, opt Options) (Result, error) {
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return Result{}, fmt.Errorf("make the folder of a pack: %w", err)
	}
	if src.Letters == nil {
		src.Letters = lettersOf(src.Records)
	}
	if opt.Masked {
		src = src.with(masker(k))
	}
	w := newWriting(k, src, opt)
	w.limits = l
	var err error
	if opt.OnePage {
		err = w.onePage()
	} else {
		err = w.pack(ctx)
	}
	if err != nil {
		for _, name := range w.result.Files {
			os.Remove(name)
		}
		return Result{}, err
	}
	return w.result, nil
}

// OnePage returns the one-page statement of a case.
func OnePage(k *knowledge.Pack, src Source) (pdf, docx []byte, err error) {
	s := newStory(k, src)
	blocks, err := s.statement()
	if err != nil {
		return nil, nil, fmt.Errorf("put a case on one page: %w", err)
	}
	pdf, size, err := typeset(blocks, s.say("one.title"))
	if err != nil {
		return nil, nil, fmt.Errorf("set the one page: %w", err)
	}
	if docx, err = document(blocks, size); err != nil {
		return nil, nil, fmt.Errorf("write the one page: %w", err)
	}
	return pdf, docx, nil
}

// Picture returns the ladder and the timeline of a case as a PNG that can be
// read on a phone.
func Picture(k *knowledge.Pack, src Source) ([]byte, error) {
	out, err := newStory(k, src).picture()
	if err != nil {
		return nil, fmt.Errorf("draw the picture: %w", err)
	}
	return out, nil
}

// Letter returns the text of a letter as a docx; its title, if it has one,
// stands above it.
func Letter(title, text string) ([]byte, error) {
	out, err := document(paragraphsOf(plain(title), plain(text)), letterSize)
	if err != nil {
		return nil, fmt.Errorf("write a letter: %w", err)
	}
	return out, nil
}

// letterSize is the height of the letters of a letter, in points.
const letterSize = 12

// with returns the source with every text that somebody wrote changed by f; ids,
// times and numbers stay.
func (src Source) with(f func(text string) string) Source {
	src.Case = src.Case.Clone()
	for name, known := range src.Case.Facts {
		known.Quote = f(known.Quote)
		if freeText(name) {
			known.Value = factValue(f(string(known.Value)))
		}
		src.Case.Facts[name] = known
	}
	for i := range src.Case.Cues {
		src.Case.Cues[i].Quote = f(src.Case.Cues[i].Quote)
	}
	src.Records = slices.Clone(src.Records)
	for i := range src.Records {
		src.Records[i] = recordWith(src.Records[i], f)
	}
	src.Letters = slices.Clone(src.Letters)
	for i := range src.Letters {
		src.Letters[i] = src.Letters[i].with(f)
	}
	src.Statement = src.Statement.with(f)
	return src
}

func (l Written) with(f func(string) string) Written {
	l.Title, l.Text = f(l.Title), f(l.Text)
	return l
}

func recordWith(r bot.Record, f func(string) string) bot.Record {
	r.Text, r.Exhibit.Name = f(r.Text), f(r.Exhibit.Name)
	r.Parts = slices.Clone(r.Parts)
	for i, p := range r.Parts {
		if said(p.Name) {
			r.Parts[i].Value = f(p.Value)
		}
	}
	r.Was = slices.Clone(r.Was)
	for i, was := range r.Was {
		if said(bot.PartName(was.Name)) {
			r.Was[i].Old = f(was.Old)
		}
	}
	return r
}

// said reports whether a part holds words, not an id, a time or a number. Of a
// part that is not known here it is taken that it does.
func said(name bot.PartName) bool {
	switch name {
	case bot.PartChannel, bot.PartDue, bot.PartRule, bot.PartAmount, bot.PartSince, bot.PartExact, "at", "about", "struck":
		return false
	}
	return true
}

// masker returns the share mask.
func masker(k *knowledge.Pack) func(string) string { return k.Screen.Share }
