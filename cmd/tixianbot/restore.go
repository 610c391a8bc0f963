package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"tixianbot/store"
)

type restoreCmd struct {
	File   string `arg:"" placeholder:"FILE" help:"The backup."`
	Replay bool   `name:"replay" help:"Also send the messages, and do the work, that waited when the backup was made."`
}

// Help tells what becomes of what happened since the backup.
func (restoreCmd) Help() string {
	return `The bot must not run. The backup is looked through first, and refused if it is
damaged, of a newer format, or encrypted with another key than TIXIANBOT_KEY. The
database that is there is kept beside the new one, under a name with the date.

What users did since the backup is not in it. Telegram offers only updates that
no bot has confirmed, so those that the old bot had taken in do not come again;
the others are taken in once. What the backup knew of updates it still knows, so
nothing is applied twice. Buttons of messages since the backup are old ones, and
say so. Who erased their data since then must do so again.

Messages that waited in the backup have most likely been sent since, and are
dropped, as is work that was under way, unless --replay is given: then some come
twice. Reminders whose time has passed come at the next start, several of one
chat as one message, those that had come before once more.`
}

// Run puts a backup in the place of the database of the bot.
func (cmd restoreCmd) Run(ctx context.Context, p *program) error {
	key, err := readKey(keyName)
	if err != nil {
		return err
	}
	tell := &progress{to: p.err}
	done, err := store.Restore(ctx, store.Restoring{
		From: cmd.File, To: filepath.Join(p.Data, botFile), Key: key, Replay: cmd.Replay, Now: time.Now(),
		Told: tell.either,
	})
	if errors.Is(err, store.ErrKey) {
		return usageError{fmt.Errorf("%w; nothing was changed", err)}
	}
	if err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	if err := cmd.print(p, done); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

func (cmd restoreCmd) print(p *program, r store.Restored) error {
	asOf := "no update was taken in before"
	if !r.AsOf.IsZero() {
		asOf = "the last update of " + r.AsOf.Format(time.RFC3339)
	}
	_, err := fmt.Fprintf(p.out, "%s is %s now: %d cases, %d entries, %s\n", filepath.Join(p.Data, botFile), cmd.File, r.Cases, r.Records, asOf)
	if r.Aside != "" {
		_, err = fmt.Fprintf(p.out, "the database that was there is %s\n", r.Aside)
	}
	if r.Messages+r.Orders > 0 {
		_, err = fmt.Fprintf(p.out, "dropped: %d messages that waited and %d pieces of work; --replay would have kept them\n", r.Messages, r.Orders)
	}
	if r.Late > 0 {
		_, err = fmt.Fprintf(p.out, "%d reminders and the like are late, and come at the next start\n", r.Late)
	}
	return err
}
