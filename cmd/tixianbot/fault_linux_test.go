package main

import (
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// limitFiles lets the bot write no file beyond size bytes, as a disk that is
// full, until release is called.
func limitFiles(t *testing.T, b *running, size uint64) (release func()) {
	t.Helper()
	old := setFileLimit(t, b, size)
	release = sync.OnceFunc(func() { setFileLimit(t, b, old) })
	return release
}

// setFileLimit sets the soft limit of the size of files and returns the one before.
func setFileLimit(t *testing.T, b *running, size uint64) uint64 {
	t.Helper()
	var old unix.Rlimit
	err := unix.Prlimit(b.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &old)
	if err == nil {
		err = unix.Prlimit(b.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: old.Max}, nil)
	}
	if err != nil {
		t.Fatalf("limit the files of the bot: %v", err)
	}
	return old.Cur
}
