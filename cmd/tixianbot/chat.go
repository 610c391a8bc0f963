package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/relay"
	"tixianbot/bot/terminal"
)

type chatCmd struct {
	Fresh bool `name:"fresh" help:"Begin with an empty database that is thrown away at the end."`
	Echo  bool `name:"echo" help:"Print the lines that are read, so that the output is a transcript."`
}

const chatHelp = `Write as you would to the bot. !label or !3 presses a button, @name.png sends a
file, /start begins, Ctrl-D ends. Where the bot puts a file stands behind ⎘.
`

// Run is a conversation: a line is a message, and the end of the input ends it.
func (cmd chatCmd) Run(ctx context.Context, p *program) error {
	zone, err := p.zone()
	if err != nil {
		return err
	}
	shelf, err := openShelf(p.Content)
	if err != nil {
		return err
	}
	folder, remove, err := cmd.folder(p.Data)
	if err != nil {
		return err
	}
	defer remove()
	db, err := openDatabase(filepath.Join(folder, chatFile))
	if err != nil {
		return err
	}
	screen := terminal.New(p.out, time.Now())
	received, tidy, err := cmd.received(p.Data)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	defer tidy()
	screen.KeepIn(received, db.OpenFile)
	r := relay.New(relay.Config{
		Store: db, Sender: screen, Knowledge: shelf.pack, Zone: zone,
		Makers: makers(shelf.pack, nearby{}, nil), Dir: filepath.Join(folder, madeFolder),
		Log: slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	return errors.Join(cmd.converse(ctx, p, screen, r), db.Close())
}

// folder returns where the database lives, and what to do when it is closed.
func (cmd chatCmd) folder(data string) (string, func(), error) {
	if !cmd.Fresh {
		return data, func() {}, nil
	}
	folder, err := os.MkdirTemp("", "tixianbot-chat-")
	if err != nil {
		return "", nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return folder, func() { _ = os.RemoveAll(folder) }, nil
}

// receivedFolder is where the files are put that the bot sends, in the data folder.
const receivedFolder = "received"

// received returns where the files are put that the bot sends, and what to do
// when no more come. They stay, also where the database does not.
func (cmd chatCmd) received(data string) (string, func(), error) {
	if !cmd.Fresh {
		return filepath.Join(data, receivedFolder), func() {}, nil
	}
	folder, err := os.MkdirTemp("", "tixianbot-received-")
	if err != nil {
		return "", nil, fmt.Errorf("make a folder for files: %w", err)
	}
	return folder, func() { _ = os.Remove(folder) }, nil // if nothing has come
}

// converse lets the lines through the relay, each with all it brings about
// before the next.
func (cmd chatCmd) converse(ctx context.Context, p *program, screen *terminal.Terminal, r *relay.Relay) error {
	sending, stop := context.WithCancel(context.Background())
	defer stop()
	sent := make(chan error, 1)
	go func() { sent <- r.Run(sending) }()
	err := screen.Converse(ctx, p.in, cmd.style(p), func(ctx context.Context, u bot.Update) error {
		kept := make(chan error, 1)
		r.Accept(u, func(err error) { kept <- err })
		if err := <-kept; err != nil {
			return fmt.Errorf("keep the message: %w", err)
		}
		return r.Idle(ctx)
	})
	if ctx.Err() != nil {
		err = nil // the person has had enough
	}
	stop()
	return errors.Join(err, <-sent)
}

func (cmd chatCmd) style(p *program) terminal.Style {
	if !interactive(p.in) {
		return terminal.Style{Echo: cmd.Echo}
	}
	fmt.Fprint(p.err, chatHelp)
	return terminal.Style{Prompt: "> "}
}

// interactive reports whether a person types: the input is a device that is
// not the empty one.
func interactive(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
