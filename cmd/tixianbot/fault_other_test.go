//go:build !linux

package main

import "testing"

// limitFiles needs a system that lets one process limit another.
func limitFiles(t *testing.T, _ *running, _ uint64) (release func()) {
	t.Helper()
	t.Skip("a full disk can be played on Linux only")
	return nil
}
