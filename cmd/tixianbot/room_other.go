//go:build !(linux || darwin || freebsd)

package main

// freeRoom does not know this system.
func freeRoom(string) (bytes int64, ok bool) { return 0, false }
