package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tixianbot/store"
)

type rekeyCmd struct {
	DB string `name:"db" placeholder:"FILE" help:"Another database, such as a backup, instead of those in the data folder."`
}

// Help tells how the keys are given.
func (rekeyCmd) Help() string {
	return `Afterwards the database has the key in TIXIANBOT_KEY, or none where that is not
set. The key that it had before, if it had one, stands in TIXIANBOT_OLD_KEY.

  encrypt a plain database     TIXIANBOT_KEY=new
  change the key               TIXIANBOT_KEY=new TIXIANBOT_OLD_KEY=old
  make it plain again          TIXIANBOT_OLD_KEY=old

No bot may run on it. All of it is copied to a new file, compared, and put in
the place of the old one, for which there must be room; a process that ends
before that leaves the old one as it was. Backups keep the key that they had.`
}

// Run gives the databases the key of the environment.
func (cmd rekeyCmd) Run(p *program) error {
	to, err1 := readKey(keyName)
	from, err2 := readKey(oldKeyName)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if from.Set() && from == to {
		return usageError{fmt.Errorf("%s and %s are the same key; the first is the one to have from now on", keyName, oldKeyName)}
	}
	paths, err := cmd.databases(p.Data)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := rekey(path, from, to, p.out, p.err); err != nil {
			return err
		}
		tellOfOthers(path, p.err)
	}
	return nil
}

// tellOfOthers names the older databases that lie beside one.
func tellOfOthers(path string, errs io.Writer) {
	others, _ := filepath.Glob(path + ".before-*")
	for _, other := range others {
		fmt.Fprintf(errs, "%s, which a restore set aside, keeps the key that it had, or none: see --db, or delete it\n", other)
	}
}

// databases returns the files to be given another key.
func (cmd rekeyCmd) databases(folder string) (paths []string, err error) {
	candidates := []string{filepath.Join(folder, botFile), filepath.Join(folder, chatFile)}
	if cmd.DB != "" {
		candidates = []string{cmd.DB}
	}
	for _, path := range candidates {
		if _, err := os.Stat(path); err == nil {
			paths = append(paths, path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("look for the database: %w", err)
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("there is no database at %s", candidates[0])
	}
	return paths, nil
}

// rekey gives one database another key and says what came of it.
func rekey(path string, from, to store.Key, out, errs io.Writer) error {
	done, err := store.Rekey(path, from, to, tellCopied(path, errs))
	if errors.Is(err, store.ErrKey) {
		return usageError{fmt.Errorf("%w (here %s is the key that it has, and %s the one that it gets)", err, oldKeyName, keyName)}
	}
	if err != nil {
		return err
	}
	state := "is plain"
	if to.Set() {
		state = "is encrypted with the key " + to.ID()
	}
	if !done {
		state += " already"
	}
	if _, err := fmt.Fprintf(out, "%s %s\n", path, state); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// tellCopied returns what prints once a second how far the copying is.
func tellCopied(path string, errs io.Writer) func(copied, all int) {
	told := time.Now()
	return func(copied, all int) {
		if time.Since(told) < time.Second {
			return
		}
		told = time.Now()
		fmt.Fprintf(errs, "%s: %d of %d entries copied\n", path, copied, all)
	}
}
