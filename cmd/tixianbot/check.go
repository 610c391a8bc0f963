package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"tixianbot/store"
)

type checkCmd struct {
	JSON bool   `name:"json" help:"The report as one JSON object."`
	DB   string `name:"db" placeholder:"FILE" help:"Another database than that of the bot (or, where it never ran, that of chat)."`
}

// Run says what is wrong with the database, if anything, beside a running bot too.
func (cmd checkCmd) Run(ctx context.Context, p *program) error {
	return p.look(ctx, inquiry{Command: "check", JSON: cmd.JSON}, cmd.DB)
}

// look reads the whole database.
func (cmd checkCmd) look(_ context.Context, at sight, out, _ io.Writer) error {
	report, err := at.check()
	if err != nil {
		return err
	}
	if err := cmd.print(out, at.path, report); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	if len(report.Problems) > 0 {
		return fmt.Errorf("%s is damaged: keep a copy of it, and go on with the newest backup that this check passes", at.path)
	}
	return nil
}

func (cmd checkCmd) print(out io.Writer, path string, r store.Report) error {
	if cmd.JSON {
		return encode(out, r)
	}
	_, err := fmt.Fprintf(out, "%s, format %d: %d chats, %d cases, %d entries, %d messages waiting, %d dead letters, %d update ids, %d timers, %d files to fetch\n",
		path, r.Format, r.Chats, r.Cases, r.Records, r.Waiting, r.Dead, r.Updates, r.Timers, r.Jobs)
	if r.Key != "" {
		_, err = fmt.Fprintln(out, "encrypted with the key", r.Key)
	}
	if r.Erased {
		_, err = fmt.Fprintln(out, "an erased chat leaves the free pages of the file at the next start, or within a day")
	}
	for _, poison := range r.Poison {
		_, err = fmt.Fprintf(out, "update %d of %s could not be worked on: %s, %s\n%s\n",
			poison.Update, poison.At.Format(time.DateTime), poison.Event, poison.Cause, poison.Stack)
	}
	for _, problem := range r.Problems {
		_, err = fmt.Fprintln(out, "problem:", problem)
	}
	return err
}
