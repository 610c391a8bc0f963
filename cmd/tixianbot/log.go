package main

import (
	"fmt"
	"log/slog"
	"os"
)

// logger returns the log of run. It goes to the standard error, for whatever
// runs the bot to keep: a line is a JSON object, or text for somebody who looks
// on. What stands in it are kinds, ids of updates, durations and tags of chats,
// and nothing that tells who wrote or what.
func (p *program) logger() (*slog.Logger, error) {
	form := p.Log
	if form == "auto" {
		form = "json"
		if f, ok := p.err.(*os.File); ok && isTerminal(f) {
			form = "text"
		}
	}
	switch form {
	case "json":
		return slog.New(slog.NewJSONHandler(p.err, nil)), nil
	case "text":
		return slog.New(slog.NewTextHandler(p.err, nil)), nil
	}
	return nil, fmt.Errorf("TIXIANBOT_LOG is %q, want auto, json or text", p.Log)
}
