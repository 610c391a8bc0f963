package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// socketFile is the socket in the data folder on which the running bot answers
// the tools. Whoever may open it may read everything, so it is for the owner of
// the process alone.
const socketFile = "tixianbot.sock"

const (
	// longestAddress is how long the path of a socket may be on every system.
	longestAddress = 100

	// makingPrefix and copyPrefix begin the names of folders in the data folder
	// that do not outlive what they are for, unless the process is killed.
	makingPrefix = ".socket-"
	copyPrefix   = ".copy-"
)

// listenIn makes the socket of folder anew, in the place of one that a killed
// process may have left, and listens there. Only who has the lock of the
// database may do so.
//
// It is made in a folder of its own and then moved, so that nobody else can open
// it before it is narrowed to the owner.
func listenIn(folder string) (l *net.UnixListener, err error) {
	clearLeftovers(folder)
	making, err := os.MkdirTemp(folder, makingPrefix)
	if err != nil {
		return nil, fmt.Errorf("make the socket: %w", err)
	}
	defer os.RemoveAll(making)
	address := filepath.Join(making, socketFile)
	err = inFolder(address, func(short string) error {
		l, err = net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make the socket: %w", err)
	}
	l.SetUnlinkOnClose(false) // it is removed under the name it has then
	if err := errors.Join(os.Chmod(address, 0o600), os.Rename(address, filepath.Join(folder, socketFile))); err != nil {
		return nil, fmt.Errorf("make the socket: %w", errors.Join(err, l.Close()))
	}
	return l, nil
}

// clearLeftovers removes what a killed process left in folder.
func clearLeftovers(folder string) {
	_ = os.Remove(filepath.Join(folder, socketFile))
	for _, prefix := range []string{makingPrefix, copyPrefix} {
		left, _ := filepath.Glob(filepath.Join(folder, prefix+"*"))
		for _, name := range left {
			_ = os.RemoveAll(name)
		}
	}
}

// errNoBot says that no bot answers on the socket of a folder.
var errNoBot = errors.New("no bot runs on this data folder")

// dialIn connects to the bot that runs on folder. The error is errNoBot if there
// is none; a socket that a killed one left counts as none.
func dialIn(ctx context.Context, folder string) (conn net.Conn, err error) {
	address := filepath.Join(folder, socketFile)
	if _, err := os.Stat(address); errors.Is(err, fs.ErrNotExist) {
		return nil, errNoBot
	}
	err = inFolder(address, func(short string) error {
		var dialer net.Dialer
		conn, err = dialer.DialContext(ctx, "unix", short)
		return err
	})
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, errors.New("the running bot belongs to another user: ask it as that user, or as root")
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", errNoBot, err)
	}
	return conn, nil
}

// inFolder calls f with a path of the file address that is short enough for the
// address of a socket. Where the whole path is not, the working folder of the
// process is for that moment the one that the file is in.
func inFolder(address string, f func(short string) error) error {
	if len(address) <= longestAddress {
		return f(address)
	}
	here, err := os.Open(".")
	if err != nil {
		return err
	}
	defer here.Close()
	if err := os.Chdir(filepath.Dir(address)); err != nil {
		return err
	}
	return errors.Join(f(filepath.Base(address)), here.Chdir())
}
