package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tixianbot/store"
)

type backupCmd struct {
	File string `arg:"" placeholder:"FILE" help:"The file to be made; - is the standard output."`
	DB   string `name:"db" placeholder:"FILE" help:"Another database than that of the bot (or, where it never ran, that of chat)."`
}

// Run makes a copy of the database, beside a running bot too. A bot makes the
// copy itself, in its data folder, checks it and sends it over its socket: so it
// need not be able to write where the backup goes, and however slow that place
// is, the database is not held up. The file has its name only when it is whole.
func (cmd backupCmd) Run(ctx context.Context, p *program) error {
	q := inquiry{Command: "backup"}
	if cmd.File == "-" {
		if f, ok := p.out.(*os.File); ok && isTerminal(f) {
			return usageError{errors.New("a backup is not for reading: name a file, or send the output on")}
		}
		return p.look(ctx, q, cmd.DB)
	}
	if _, err := os.Lstat(cmd.File); err == nil {
		return fmt.Errorf("%s is there already, and nothing is written over: name another file", cmd.File)
	}
	report, err := p.backUp(ctx, q, cmd)
	if err != nil {
		return fmt.Errorf("back up to %s: %w", cmd.File, err)
	}
	_, err = fmt.Fprintf(p.out, "%s: whole and checked, format %d, %s\n", cmd.File, report.Format, sizeOf(cmd.File))
	return err
}

// backUp writes the copy under another name, checks it and gives it its own.
func (p *program) backUp(ctx context.Context, q inquiry, cmd backupCmd) (r store.Report, err error) {
	clearParts(cmd.File)
	part, err := os.CreateTemp(filepath.Dir(cmd.File), partName(cmd.File))
	if err != nil {
		return r, err
	}
	defer os.Remove(part.Name())
	reader := *p
	reader.out = part
	err = reader.look(ctx, q, cmd.DB)
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return r, err
	}
	if r, err = p.verify(part.Name()); err != nil {
		return r, err
	}
	return r, store.Move(ctx, part.Name(), cmd.File, nil)
}

// verify looks at a backup that was just made. A tool that has not the key of
// the database sees it from outside only; the bot that made it had the key.
func (p *program) verify(path string) (store.Report, error) {
	key, err := readKey(keyName)
	if err != nil {
		return store.Report{}, err
	}
	r, err := store.Verify(path, key)
	if errors.Is(err, store.ErrKey) {
		err = nil
	}
	if err == nil && len(r.Problems) > 0 {
		err = fmt.Errorf("the copy is damaged (%s); what it was made from may be too: see tixianbot check", r.Problems[0])
	}
	return r, err
}

// look sends a copy of the database to out.
func (backupCmd) look(ctx context.Context, at sight, out, errs io.Writer) error {
	return at.send(ctx, out, &progress{to: errs})
}

// staleAfter is how old a file is that was left half written, rather than being
// written by another process.
const staleAfter = 24 * time.Hour

// partName returns the pattern of the names under which path is written.
func partName(path string) string { return "." + filepath.Base(path) + ".part-*" }

// clearParts removes what processes that were killed left of path.
func clearParts(path string) {
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), partName(path)))
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.Remove(name)
		}
	}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

// sizeOf returns the size of a file as it is printed.
func sizeOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "size unknown"
	}
	return megabytes(info.Size()) + " MiB"
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/(1<<20)) }
