//go:build linux || darwin || freebsd

package main

import "golang.org/x/sys/unix"

// freeRoom returns how many bytes may still be written in folder.
func freeRoom(folder string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
