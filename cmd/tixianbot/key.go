package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"tixianbot/store"
)

const (
	keyName    = "TIXIANBOT_KEY"
	oldKeyName = "TIXIANBOT_OLD_KEY"
)

type keyCmd struct{}

// Run prints a new key, and nothing else on stdout, so that it can be kept in
// a file.
func (keyCmd) Run(p *program) error {
	text := store.NewKey()
	key, err := store.ParseKey(text)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.out, text); err != nil {
		return fmt.Errorf("print the key: %w", err)
	}
	_, err = fmt.Fprintf(p.err, "the key with the id %s, for %s; what is encrypted with it is lost without it: keep a copy away from the data and the backups\n", key.ID(), keyName)
	return err
}

// readKey returns the key that is set under name or name_FILE, none where neither is.
func readKey(name string) (store.Key, error) {
	if os.Getenv(name) == "" && os.Getenv(name+"_FILE") == "" {
		return store.Key{}, nil
	}
	text, err := secret(name)
	if err != nil {
		return store.Key{}, usageError{err}
	}
	key, err := store.ParseKey(text)
	if err != nil {
		return store.Key{}, usageError{fmt.Errorf("%s: %w", name, err)}
	}
	return key, nil
}

// openDatabase opens a database with the key of the environment.
func openDatabase(path string) (*store.Store, error) {
	key, err := readKey(keyName)
	if err != nil {
		return nil, err
	}
	s, err := store.OpenSealed(path, key)
	if errors.Is(err, store.ErrKey) {
		err = usageError{err}
	}
	return s, err
}

// warnOfPlain says that the database is not encrypted, if it is not.
func warnOfPlain(s *store.Store, log *slog.Logger) {
	if id := s.KeyID(); id != "" {
		log.Info("the database is encrypted", "key", id)
		return
	}
	log.Warn("the database is not encrypted: whoever gets at the disk can read the cases; see `tixianbot key`")
}
