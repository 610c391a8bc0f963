package terminal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tixianbot/bot"
)

// KeepIn lets files that the bot sends be put into a folder, which is made when
// the first comes. Without it a file is only named. open opens them.
func (t *Terminal) KeepIn(folder string, open func(path string) (io.ReadCloser, int64, error)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.folder, t.open = folder, open
}

// received puts a file into the folder and returns the line that says where.
func (t *Terminal) received(a bot.Attachment) (string, error) {
	if a.Path == "" {
		return "", nil
	}
	at := clean(a.Name)
	if t.folder != "" {
		var err error
		if at, err = t.keep(a); err != nil {
			return "", &bot.Refusal{Reason: bot.Rejected, Err: fmt.Errorf("keep a file: %w", err)}
		}
	}
	return fmt.Sprintf("⎘ %s (%.1f KB)\n", at, float64(a.Size)/1000), nil
}

// keep copies a file into the folder, under a name that is free there.
func (t *Terminal) keep(a bot.Attachment) (string, error) {
	if err := os.MkdirAll(t.folder, 0o700); err != nil {
		return "", err
	}
	in, _, err := t.open(a.Path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := create(t.folder, filepath.Base(clean(a.Name)))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	return out.Name(), errors.Join(err, out.Close())
}

// create makes a new file whose name is name, or name with a number.
func create(folder, name string) (*os.File, error) {
	ending := filepath.Ext(name)
	for n := 1; ; n++ {
		at := filepath.Join(folder, name)
		if n > 1 {
			at = filepath.Join(folder, fmt.Sprintf("%s_%d%s", strings.TrimSuffix(name, ending), n, ending))
		}
		f, err := os.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
