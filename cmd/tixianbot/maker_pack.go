package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/dossier"
	"tixianbot/bot/relay"
	"tixianbot/knowledge"
)

// Rules for the files of evidence of a pack.
const (
	packTime   = 20 * time.Minute // for one pack
	fileTime   = 3 * time.Minute  // for one file
	fileMost   = 20 << 20         // bytes of a file that a bot is given
	fileTries  = 3                // of one file
	packPauses = 8                // before trying again, in one pack: a messenger that is down is not waited for
)

// packer makes packs and pictures of cases.
type packer struct {
	pack  func() *knowledge.Pack
	files relay.Files   // nil: no file can be had
	pause time.Duration // before a file is tried again, at first
}

// makePack writes the form of the case that is ordered.
func (p packer) makePack(ctx context.Context, w relay.Work) (bot.Made, error) {
	k := p.pack()
	src, err := p.source(k, w)
	if err != nil {
		return bot.Made{}, err
	}
	result, err := dossier.Make(ctx, k, src, dossier.Options{
		Dir: w.Dir, Masked: w.Order.Args == bot.FormMasked, OnePage: w.Order.Args == bot.FormOnePage,
	})
	if err != nil {
		return bot.Made{}, err
	}
	var made bot.Made
	for _, path := range result.Files {
		made.Files = append(made.Files, bot.Attachment{Path: path, Name: filepath.Base(path)})
	}
	for _, a := range result.Absent {
		made.Notes = append(made.Notes, fmt.Sprintf("%s %d %s", a.Why, a.Number, a.Name))
	}
	return made, nil
}

// source returns what a pack is made from.
func (p packer) source(k *knowledge.Pack, w relay.Work) (dossier.Source, error) {
	words := func(text string) string { return text }
	if w.Order.Args == bot.FormMasked {
		words = k.Screen.Share
	}
	calendar, err := calendarOf(k, w, words)
	if err != nil {
		return dossier.Source{}, err
	}
	evidence := &fetch{packer: p, dir: w.Dir, pauses: packPauses}
	return dossier.Source{
		Case: w.Case, Records: w.Records, Zone: w.Zone, Now: w.Now, Reminders: calendar,
		Open: evidence.open, Progress: w.Progress,
	}, nil
}

// makePicture draws the picture of the case.
func (p packer) makePicture(_ context.Context, w relay.Work) (bot.Made, error) {
	data, err := dossier.Picture(p.pack(), dossier.Source{Case: w.Case, Records: w.Records, Zone: w.Zone, Now: w.Now})
	if err != nil {
		return bot.Made{}, err
	}
	made, err := oneFile(w, "case.png", data)
	for i := range made.Files {
		made.Files[i].Photo = true
	}
	return made, err
}

// fetch brings the files of one pack. They come one after the other.
type fetch struct {
	packer
	dir    string
	pauses int // that are left
}

var errNoFile = errors.New("no such file is kept")

// open returns the content of a file once all of it has arrived. What breaks
// off, or cannot be reached, is tried again.
func (f *fetch) open(ctx context.Context, file bot.File) (io.ReadCloser, error) {
	switch {
	case f.files == nil || file.ID == "":
		return nil, errNoFile
	case file.Size > fileMost:
		return nil, dossier.ErrLarge
	}
	for try := 1; ; try++ {
		whole, err := f.download(ctx, file.ID)
		if err == nil {
			return whole, nil
		}
		after, again := f.again(err, try)
		if !again || f.rest(ctx, after) != nil {
			return nil, err
		}
	}
}

// again says after how long a file is to be tried again, if it is.
func (f *fetch) again(err error, try int) (after time.Duration, again bool) {
	var refusal *bot.Refusal
	if !errors.As(err, &refusal) || try == fileTries || f.pauses == 0 {
		return 0, false
	}
	f.pauses--
	switch refusal.Reason {
	case bot.TooFast:
		return max(refusal.After, f.pause), true
	case bot.Unreachable:
		return f.pause << (try - 1), true
	}
	return 0, false
}

func (f *fetch) rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// download puts a file on the disk and returns it from its beginning.
func (f *fetch) download(ctx context.Context, id bot.FileID) (_ io.ReadCloser, err error) {
	ctx, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	in, size, err := f.files.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out, err := os.CreateTemp(f.dir, ".coming-")
	if err != nil {
		return nil, fmt.Errorf("keep a file that comes: %w", err)
	}
	whole := arrived{out}
	n, err := io.Copy(out, in)
	if err == nil && size >= 0 && n != size {
		err = &bot.Refusal{Reason: bot.Unreachable, Err: errors.New("the file was cut off")}
	}
	if err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = whole.Close()
		return nil, err
	}
	return whole, nil
}

// arrived is a file that is gone when it is closed.
type arrived struct{ *os.File }

func (a arrived) Close() error { return errors.Join(a.File.Close(), os.Remove(a.Name())) }

// nearby gives the files that somebody named who talks to the bot in a terminal.
type nearby struct{}

// Open opens the file whose path is its id.
func (nearby) Open(_ context.Context, id bot.FileID) (io.ReadCloser, int64, error) {
	f, err := os.Open(string(id))
	if err != nil {
		return nil, 0, &bot.Refusal{Reason: bot.Rejected, Err: errNoFile}
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > fileMost {
		_ = f.Close()
		return nil, 0, &bot.Refusal{Reason: bot.Rejected, Err: errNoFile}
	}
	return f, info.Size(), nil
}
