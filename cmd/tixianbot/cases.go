package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/store"
)

type casesCmd struct {
	JSON bool   `name:"json" help:"One JSON object a line, with everything that is kept."`
	Chat int64  `name:"chat" placeholder:"ID" help:"Only the cases of this chat."`
	DB   string `name:"db" placeholder:"FILE" help:"Another database than that of the bot (or, where it never ran, that of chat)."`
}

// Run prints every case of the database, beside a running bot too.
func (cmd casesCmd) Run(ctx context.Context, p *program) error {
	return p.look(ctx, inquiry{Command: "cases", JSON: cmd.JSON, Chat: cmd.Chat}, cmd.DB)
}

// look prints the cases. One that cannot be read is named on stderr, and the
// others are printed all the same.
func (cmd casesCmd) look(ctx context.Context, at sight, out, errs io.Writer) error {
	var broken error
	pack := sync.OnceValues(at.pack)
	for entry, err := range cmd.entries(at.store) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fmt.Fprintln(errs, "tixianbot:", err)
			broken = errFound
			continue
		}
		if entry.Case.Number == 0 && len(entry.Records) == 0 {
			continue // a chat in which nothing was said yet
		}
		if err := cmd.write(out, entry, pack); err != nil {
			return fmt.Errorf("print the cases: %w", err)
		}
	}
	return broken
}

func (cmd casesCmd) entries(s *store.Store) iter.Seq2[store.Entry, error] {
	if cmd.Chat != 0 {
		return s.CasesOf(bot.ChatID(cmd.Chat))
	}
	return s.Cases()
}

func (cmd casesCmd) write(out io.Writer, e store.Entry, pack func() (*knowledge.Pack, error)) error {
	if cmd.JSON {
		evidence, err := printedEvidence(e, pack)
		if err != nil {
			return err
		}
		c := printed(e)
		c.Evidence = evidence
		return encode(out, c)
	}
	_, err := fmt.Fprintf(out, "chat %d  case %d  %s  opened %s  %d facts  %d entries\n",
		e.Chat, e.Case.Number, e.Case.Stage, e.Case.Opened.Format(time.DateTime), len(e.Case.Values()), len(e.Records))
	return err
}

// printedCase is a case as `cases --json` prints it. The names are for good.
type printedCase struct {
	Chat      bot.ChatID      `json:"chat"`
	Case      int             `json:"case"`
	Active    bool            `json:"active"`
	Stage     bot.Stage       `json:"stage"`
	Opened    time.Time       `json:"opened"`
	Touched   time.Time       `json:"touched"`
	Facts     fact.Facts      `json:"facts"`
	Timeline  []printedRecord `json:"timeline"`
	Evidence  []printedPiece  `json:"evidence"`
	Reminders []printedAlarm  `json:"reminders"`
}

// printedAlarm is a reminder that is to come. Its note is a piece of the text of
// an entry, or stands there where the words do not hold it in one piece.
type printedAlarm struct {
	Seq   int          `json:"seq"`
	Due   string       `json:"due,omitempty"`   // RFC 3339
	Every string       `json:"every,omitempty"` // as in RFC 5545, for one that comes again
	For   string       `json:"for"`             // own, promise, period, tomorrow
	Note  *printedPart `json:"note,omitempty"`
}

// printedPiece is a piece of evidence. Its caption stands in the timeline, under
// the same number.
type printedPiece struct {
	Seq    int       `json:"seq"`
	Number int       `json:"number"`
	Kind   string    `json:"kind"`
	Name   string    `json:"name"` // as the bot names it, "" where the file was not kept
	At     time.Time `json:"at"`
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"` // "" while unknown
	Shows  []string  `json:"shows"`
	Struck bool      `json:"struck"`
}

type printedRecord struct {
	Seq    int            `json:"seq"`
	At     time.Time      `json:"at"`
	Rough  bool           `json:"rough,omitempty"` // at is the day, not the time of day
	ToldAt time.Time      `json:"told_at"`
	Kind   bot.RecordKind `json:"kind"`
	Text   string         `json:"text"`
	About  string         `json:"about,omitempty"`
	Of     int            `json:"of,omitempty"` // the record that this one corrects, or was read from
	Parts  []printedPart  `json:"parts,omitempty"`
	Struck *time.Time     `json:"struck,omitempty"`
	Was    []printedWas   `json:"was,omitempty"`
}

// printedPart is what was read from the words of a record: the bytes from..to of
// the text of the record in. Value stands there where the words do not say it
// in so many letters: a time, a channel, what a button said.
type printedPart struct {
	Name  bot.PartName `json:"name"`
	Value string       `json:"value,omitempty"`
	In    int          `json:"in,omitempty"`
	From  int          `json:"from,omitempty"`
	To    int          `json:"to,omitempty"`
}

// printedWas is what a correction took the place of.
type printedWas struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"`
	Old  string    `json:"old,omitempty"`
}

func printed(e store.Entry) printedCase {
	c := printedCase{
		Chat: e.Chat, Case: e.Case.Number, Active: e.Active, Stage: e.Case.Stage,
		Opened: e.Case.Opened, Touched: e.Case.Touched, Facts: e.Case.Values(),
		Timeline: []printedRecord{}, Reminders: []printedAlarm{},
	}
	texts := make(map[int]string, len(e.Records))
	for _, r := range e.Records {
		texts[r.Seq] = r.Text
	}
	for _, r := range e.Records {
		c.Timeline = append(c.Timeline, printRecord(r, texts))
		if r.Kind == bot.RecordReminder && r.Struck.IsZero() && slices.Contains(e.Case.Reminders, r.Seq) {
			c.Reminders = append(c.Reminders, printAlarm(r, texts))
		}
	}
	return c
}

func printAlarm(r bot.Record, texts map[int]string) printedAlarm {
	a := printedAlarm{Seq: r.Seq, Due: r.Part(bot.PartDue), Every: r.Part(bot.PartRule), For: r.About}
	if a.Every != "" {
		a.Due = ""
	}
	for _, p := range r.Parts {
		if p.Name == bot.PartNote {
			q := printPart(p, texts)
			a.Note = &q
		}
	}
	return a
}

// printPart leaves out the value of a part that its words spell out.
func printPart(part bot.Part, texts map[int]string) printedPart {
	q := printedPart{Name: part.Name, Value: part.Value, In: part.In, From: part.From, To: part.To}
	if text := texts[part.In]; part.From < part.To && part.To <= len(text) && text[part.From:part.To] == part.Value {
		q.Value = ""
	}
	return q
}

// printedEvidence returns the pieces of evidence of a case, named in the words of
// the content, which is only asked for where there is evidence.
func printedEvidence(e store.Entry, pack func() (*knowledge.Pack, error)) ([]printedPiece, error) {
	pieces := []printedPiece{}
	for _, r := range e.Records {
		if r.Kind != bot.RecordEvidence {
			continue
		}
		k, err := pack()
		if err != nil {
			return nil, err
		}
		zone, err := bot.LoadZone(e.Zone)
		if e.Zone == "" || err != nil {
			zone = r.At.Location()
		}
		pieces = append(pieces, printPiece(k, r, zone))
	}
	return pieces, nil
}

func printPiece(k *knowledge.Pack, r bot.Record, zone *time.Location) printedPiece {
	p := printedPiece{
		Seq: r.Seq, Number: r.Exhibit.Number, Kind: r.About, At: r.At,
		Size: r.Exhibit.Size, SHA256: r.Exhibit.SHA256, Shows: []string{}, Struck: !r.Struck.IsZero(),
	}
	if r.Exhibit.ID != "" {
		p.Name = bot.ExhibitName(k, r, zone)
	}
	for _, part := range r.Parts {
		if part.Name == bot.PartShows {
			p.Shows = append(p.Shows, part.Value)
		}
	}
	return p
}

func printRecord(r bot.Record, texts map[int]string) printedRecord {
	p := printedRecord{
		Seq: r.Seq, At: r.At, Rough: r.Rough, ToldAt: r.ToldAt, Kind: r.Kind, Text: r.Text, About: r.About, Of: r.Of,
	}
	for _, part := range r.Parts {
		p.Parts = append(p.Parts, printPart(part, texts))
	}
	if !r.Struck.IsZero() {
		p.Struck = &r.Struck
	}
	for _, w := range r.Was {
		was := printedWas(w)
		if w.Name == string(bot.PartText) {
			was.Old = "" // it stands in the record of its own
		}
		p.Was = append(p.Was, was)
	}
	return p
}
