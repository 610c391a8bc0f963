package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tixianbot/store"
)

// The databases in the data folder.
const (
	botFile  = "tixianbot.db" // of run
	chatFile = "chat.db"      // of chat
)

// lockWait is how long run waits for another process to let go of its database,
// such as the one that it replaces.
const lockWait = 15 * time.Second

// openPatiently opens the database at path, and waits while another process has it.
func openPatiently(ctx context.Context, path string) (*store.Store, error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	for {
		s, err := openDatabase(path)
		if !errors.Is(err, store.ErrLocked) || ctx.Err() != nil {
			return s, err
		}
	}
}

// pick returns the database that a tool looks at: the one that was named, else
// that of the bot, or that of chat where the bot has never run.
func (c config) pick(named string) string {
	ours := filepath.Join(c.Data, botFile)
	if named != "" {
		return named
	}
	if _, err := os.Stat(ours); errors.Is(err, fs.ErrNotExist) {
		chat := filepath.Join(c.Data, chatFile)
		if _, err := os.Stat(chat); err == nil {
			return chat
		}
	}
	return ours
}
