// Command tixianbot is a Telegram bot for people whose withdrawal is stuck on
// a platform, and the tools of those who run it and write its content.
//
// The package is wiring: one file per sub-command, each a struct with the flags
// of its own and a Run that builds what it needs from the packages below, by
// hand, top to bottom, and stops it in reverse. What all sub-commands share is
// the configuration (config.go) and the program value that Run is given: the
// streams, the context that a signal ends, and the configuration.
//
// The invariant: whatever goes wrong reaches one place, main, which prints one
// line to stderr for the operator and chooses the exit code. What a user reads
// comes from the content and never from here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones must be known in an image that has none

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

// The exit codes.
const (
	exitFailed = 1 // what was asked for could not be done, or a check found an error
	exitUsage  = 2 // the flags or the environment are wrong
)

// cli is the whole command line.
type cli struct {
	config

	Run         runCmd         `cmd:"" help:"Run the bot on Telegram until SIGTERM."`
	Chat        chatCmd        `cmd:"" help:"Talk to the bot in the terminal: no token, no network."`
	Ask         askCmd         `cmd:"" help:"Answer one message on stdout."`
	Cases       casesCmd       `cmd:"" help:"Print every case, of a running bot too."`
	Lint        lintCmd        `cmd:"" help:"Say what is wrong with the content; exit 1 on errors."`
	Check       checkCmd       `cmd:"" help:"Read the whole database and say whether it is sound, beside a running bot too."`
	Backup      backupCmd      `cmd:"" help:"Copy the database to a file and check the copy, beside a running bot too."`
	Restore     restoreCmd     `cmd:"" help:"Put a backup in the place of the database; the bot must not run."`
	Stats       statsCmd       `cmd:"" help:"Count cases by stage and cause, where people leave, and what could not be answered."`
	Book        bookCmd        `cmd:"" help:"Write every screen of the bot to one page, to be read through."`
	Eval        evalCmd        `cmd:"" help:"Try sets of test questions and print how well they were answered."`
	Key         keyCmd         `cmd:"" help:"Make a key for TIXIANBOT_KEY, which encrypts the database."`
	Rekey       rekeyCmd       `cmd:"" help:"Encrypt the database with TIXIANBOT_KEY, change its key, or make it plain; while no bot runs."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask the running bot whether it is alive; exit 1 if it is not."`
}

// program is what a sub-command may touch of the world.
type program struct {
	config
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c, options(ctx, out, errs, func(code int) { exited = code })...)
	if err != nil {
		return complain(errs, exitFailed, err)
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // -h has printed and left
		return exited
	}
	if err != nil {
		return complain(errs, exitUsage, fmt.Errorf("%w (tixianbot -h shows all there is)", err))
	}
	if err := checkEnvironment(command.Selected().Name, os.Environ()); err != nil {
		return complain(errs, exitUsage, err)
	}
	return code(errs, command.Run(&program{config: c.config, in: in, out: out, err: errs}))
}

func options(ctx context.Context, out, errs io.Writer, exit func(int)) []kong.Option {
	return []kong.Option{
		kong.Name("tixianbot"),
		kong.Description(description()),
		kong.Writers(out, errs),
		kong.Exit(exit),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoAppDescFormat: true, FlagsLast: true}),
		kong.ValueFormatter(describe),
		kong.Vars{"zone": defaultZone},
	}
}

// usageError is an error of whoever started the program.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errFound ends a command that has already printed what it found.
var errFound = errors.New("found errors")

// code says what went wrong, if anything, and returns the exit code for it.
func code(errs io.Writer, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFound):
		return exitFailed
	case errors.As(err, &usage):
		return complain(errs, exitUsage, err)
	}
	return complain(errs, exitFailed, err)
}

func complain(errs io.Writer, code int, err error) int {
	fmt.Fprintln(errs, "tixianbot:", err)
	return code
}
