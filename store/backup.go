package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// A copy is made in one read transaction, and writing goes on beside it. bbolt
// never writes over a page that a reader may still look at, so nothing is
// locked. What is freed meanwhile is not used again, so the file grows by about
// what is written until the copy is done; only if it outgrew its map, which is
// made far larger than the file (mapSize), would writers have to wait for the
// reader. That is why a copy is made to a disk of this machine in one go, and
// whatever is slow is done with the copy and not with the database: looking
// through it, compressing it, sending it over a network.

// syncedAtOnce is how many bytes of a copy wait in memory for the disk. The
// commits beside it are syncs of the same disk, and each waits for what was
// written before it: with a file of 2 GiB and 16 writers nothing was committed
// for up to 430 ms without such a bound, 190 ms with 4 MiB and 110 ms with 1 MiB,
// where the disk alone took 90 to 130 ms.
const syncedAtOnce = 1 << 20

// Backup writes a consistent copy of the database as it is now to a new file at
// path, for its owner alone, and returns when it is on the disk. told, which may
// be nil, is called now and then with the number of bytes done and to be done. If
// it fails, or ctx is done, there is no file.
func (s *Store) Backup(ctx context.Context, path string, told func(done, total int64)) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	err = s.BackupTo(ctx, f, told)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// BackupTo writes a copy of the database to w, which is brought to the disk as
// it grows if it is a file. A writer that is slow holds back the reuse of pages,
// so beside a running bot w is a file on a disk of this machine.
func (s *Store) BackupTo(ctx context.Context, w io.Writer, told func(done, total int64)) error {
	err := s.view(func(tx *txn) error {
		c := &copier{ctx: ctx, to: w, told: told, total: tx.raw.Size()}
		if _, err := tx.raw.WriteTo(c); err != nil {
			return err
		}
		return c.sync()
	})
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}

// Snapshot writes a consistent copy of the database to a new file at path, as
// Backup does.
func (s *Store) Snapshot(path string) error { return s.Backup(context.Background(), path, nil) }

// copier passes a copy on in pieces.
type copier struct {
	ctx         context.Context
	to          io.Writer
	told        func(done, total int64)
	done, total int64
	unsynced    int64
}

func (c *copier) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.to.Write(p)
	c.done += int64(n)
	if c.unsynced += int64(n); err == nil && c.unsynced >= syncedAtOnce {
		err = c.sync()
	}
	return n, err
}

// sync brings to the disk what is not there yet.
func (c *copier) sync() error {
	c.unsynced = 0
	if c.told != nil {
		c.told(c.done, c.total)
	}
	if f, ok := c.to.(*os.File); ok {
		return f.Sync()
	}
	return nil
}

// Verify opens the database at path, changing nothing in it, and checks it as
// [Store.Check] does. The error says that it cannot be looked into; it is
// [ErrForeign], [ErrNewer], [ErrDamaged] or one of reading. If it is [ErrKey],
// what can be seen without the key was checked. A file of an older format is
// checked as far as it goes.
func Verify(path string, key Key) (Report, error) {
	r := Report{Poison: []Poison{}, Problems: []string{}}
	db, err := openReadOnly(path)
	if err == nil {
		s := &Store{path: path, key: key, handle: &handle{db: db}}
		err = errors.Join(guard(func() error { return s.verify(&r) }), db.Close())
	}
	if err != nil {
		return r, fmt.Errorf("check %s: %w", path, err)
	}
	return r, nil
}

// VerifyCopy is Verify for a copy of the database, which has its key.
func (s *Store) VerifyCopy(path string) (Report, error) { return Verify(path, s.key) }

func (s *Store) verify(r *Report) error {
	if err := s.complete(); err != nil {
		return err
	}
	have, err := s.unlock()
	switch {
	case errors.Is(err, ErrKey):
		return errors.Join(err, s.handle.db.View(func(tx *bolt.Tx) error { return checkStructure(tx, r) }))
	case err != nil:
		return err
	case have == 0:
		return fmt.Errorf("%w: it is empty", ErrForeign)
	}
	if err := refuseNewer(have); err != nil {
		return err
	}
	return s.view(func(tx *txn) error {
		s.tagKey = append([]byte(nil), tx.Bucket(bucketMeta).Get(metaTagKey)...)
		return s.check(tx, r)
	})
}

// openReadOnly opens the bbolt file without changing it.
func openReadOnly(path string) (db *bolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || info.Size() < int64(2*os.Getpagesize()):
		return nil, fmt.Errorf("%w: it is too short, or no file", ErrForeign)
	}
	err = guard(func() (err error) {
		db, err = bolt.Open(path, 0o600, &bolt.Options{
			Timeout: lockWait, ReadOnly: true, PreLoadFreelist: true, FreelistType: bolt.FreelistMapType,
		})
		return err
	})
	return db, explain(path, err)
}

// explain says what an error of opening the file at path means.
func explain(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%w%s: stop it first, or wait until it has ended", ErrLocked, holder(path))
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return fmt.Errorf("%w: %w", ErrForeign, err)
	}
	return err
}
