package store

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
)

// partSuffix ends the names of files that are still being written. One that is
// found was left by a process that was killed.
const partSuffix = ".part"

// Move gives the file from the name to, on another disk too, where it is copied,
// brought to that disk and read back before it takes the name. A file that has
// the name is replaced. If it fails, from is still there and nothing else is.
func Move(ctx context.Context, from, to string, told func(done, total int64)) error {
	if os.Rename(from, to) == nil {
		syncFolder(filepath.Dir(to))
		return nil
	}
	part := to + partSuffix
	err := copyAcross(ctx, from, part, told)
	if err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		return errors.Join(err, discard(part))
	}
	syncFolder(filepath.Dir(to))
	return os.Remove(from)
}

// copyAcross copies the file from to a file at to, for its owner alone, brings it
// to the disk and compares.
func copyAcross(ctx context.Context, from, to string, told func(done, total int64)) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	c := &copier{ctx: ctx, to: out, told: told, total: info.Size()}
	if _, err = io.Copy(c, in); err == nil {
		err = c.sync()
	}
	if err == nil {
		err = equal(in, out)
	}
	return errors.Join(err, out.Close())
}

// equal compares two files.
func equal(a, b *os.File) error {
	_, err1 := a.Seek(0, io.SeekStart)
	_, err2 := b.Seek(0, io.SeekStart)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	sumA, err1 := sumOfAll(a)
	sumB, err2 := sumOfAll(b)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if sumA != sumB {
		return fmt.Errorf("%s is not what was written to it", b.Name())
	}
	return nil
}

// sumOfAll returns a hash of what is left to read of r.
func sumOfAll(r io.Reader) (uint64, error) {
	var h maphash.Hash
	h.SetSeed(sumSeed)
	_, err := io.Copy(&h, r)
	return h.Sum64(), err
}

// discard removes a file that may be there.
func discard(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder makes a new name in a folder last. Not every system can.
func syncFolder(path string) {
	dir, err := os.Open(path)
	if err != nil {
		return
	}
	defer dir.Close()
	_ = dir.Sync()
}
