//go:build !(linux || darwin || freebsd)

package store

import (
	"errors"
	"os"
)

// lockFile cannot be done on this system.
func lockFile(path string) (*os.File, error) {
	return nil, errors.New("the database that is there cannot be locked on this system: move it away and try again")
}

// FreeRoom is not known on this system.
func FreeRoom(string) (bytes int64, ok bool) { return 0, false }
