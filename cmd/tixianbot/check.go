package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tixianbot/store"
)

type checkCmd struct {
	JSON bool   `name:"json" help:"The report as one JSON object."`
	DB   string `name:"db" placeholder:"FILE" help:"Another database than that of the bot (or, where it never ran, that of chat)."`
}

// Run reads the whole database and says what is wrong with it, if anything.
func (cmd checkCmd) Run(p *program) error {
	path := p.pick(cmd.DB)
	s, err := openExisting(path)
	if err != nil {
		return err
	}
	report, err := s.Check()
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	if err := cmd.print(p.out, path, report); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	if len(report.Problems) > 0 {
		return fmt.Errorf("%s is damaged: keep a copy of it, and go on with the newest backup that this check passes", path)
	}
	return nil
}

func (cmd checkCmd) print(out io.Writer, path string, r store.Report) error {
	if cmd.JSON {
		return encode(out, r)
	}
	_, err := fmt.Fprintf(out, "%s, format %d: %d chats, %d cases, %d entries, %d messages waiting, %d dead letters, %d update ids\n",
		path, r.Format, r.Chats, r.Cases, r.Records, r.Waiting, r.Dead, r.Updates)
	for _, poison := range r.Poison {
		_, err = fmt.Fprintf(out, "update %d of %s could not be worked on: %s, %s\n%s\n",
			poison.Update, poison.At.Format(time.DateTime), poison.Event, poison.Cause, poison.Stack)
	}
	for _, problem := range r.Problems {
		_, err = fmt.Fprintln(out, "problem:", problem)
	}
	return err
}
