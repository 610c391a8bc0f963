package store

import (
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
)

// tidyEvery is how often a running store looks whether there is something to
// compact. What was erased is gone from the disk after that long.
const tidyEvery = 24 * time.Hour

// copiedAtOnce is how many bytes a compaction copies in one transaction.
const copiedAtOnce = 4 << 20

// handle is an open file and how many readers it has. It is closed when it has
// been replaced and the last of them is through.
type handle struct {
	db *bolt.DB

	mu       sync.Mutex
	readers  int
	replaced bool
}

// hold returns the file as it is now, to be released.
func (s *Store) hold() *handle {
	s.handleMu.Lock()
	defer s.handleMu.Unlock()
	h := s.handle
	h.mu.Lock()
	defer h.mu.Unlock()
	h.readers++
	return h
}

func (h *handle) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.readers--
	h.closeUnused()
}

// replace makes db the file of all readers and writers to come.
func (s *Store) replace(db *bolt.DB) {
	s.handleMu.Lock()
	old := s.handle
	s.handle = &handle{db: db}
	s.handleMu.Unlock()
	old.mu.Lock()
	defer old.mu.Unlock()
	old.replaced = true
	old.closeUnused()
}

func (h *handle) closeUnused() {
	if h.replaced && h.readers == 0 {
		_ = h.db.Close() // it is not the file any more
	}
}

// tidy compacts the file if a chat was erased since that was last done. What is
// to be written waits meanwhile; reading goes on. What goes wrong leaves the
// file as it was, for the next time, and is to be seen in [Report.Erased].
func (s *Store) tidy() {
	db := s.handle.db // replaced by this goroutine alone
	erased := false
	err := guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			erased = tx.Bucket(bucketMeta).Get(metaErased) != nil
			return nil
		})
	})
	if err != nil || !erased {
		return
	}
	fresh, err := compact(db, s.path)
	if err == nil {
		s.replace(fresh)
	}
}

// compactPath is where the copy is made. One that is found there was left by a
// process that ended before it was whole.
func compactPath(path string) string { return path + ".compact" }

// compact puts a copy of db without free pages in its place, at path, and
// returns it, open and locked. db stays open, and locks nothing any more.
func compact(db *bolt.DB, path string) (fresh *bolt.DB, err error) {
	temp := compactPath(path)
	_ = os.Remove(temp)
	fresh, err = openFile(temp)
	if err != nil {
		return nil, fmt.Errorf("compact the database: %w", err)
	}
	err = guard(func() error { return copyWhole(fresh, db) })
	if err == nil {
		// Both files are locked while one takes the name of the other, so no
		// process can come between. Windows does not allow it: there the file
		// stays as it is.
		err = os.Rename(temp, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("compact the database: %w", err), fresh.Close(), os.Remove(temp))
	}
	syncFolder(filepath.Dir(path))
	return fresh, nil
}

// copyWhole copies what is in db to fresh, brings it to the disk and compares.
func copyWhole(fresh, db *bolt.DB) error {
	fresh.NoSync = true
	defer func() { fresh.NoSync = false }()
	if err := bolt.Compact(fresh, db, copiedAtOnce); err != nil {
		return err
	}
	want, err := sumOf(db)
	if err != nil {
		return err
	}
	got, err := sumOf(fresh)
	if err != nil {
		return err
	}
	if got != want {
		return errors.New("the copy is not what it was made from")
	}
	if err := sound(fresh); err != nil {
		return err
	}
	if err := fresh.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Delete(metaErased) }); err != nil {
		return err
	}
	return fresh.Sync()
}

var sumSeed = maphash.MakeSeed()

// sumOf returns a hash over all names, keys, values and sequences in db.
func sumOf(db *bolt.DB) (uint64, error) {
	var h maphash.Hash
	h.SetSeed(sumSeed)
	err := db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			fmt.Fprintf(&h, "%s %d\n", name, b.Sequence())
			return b.ForEach(func(k, v []byte) error {
				fmt.Fprintf(&h, "%d %d\n", len(k), len(v))
				_, _ = h.Write(k)
				_, _ = h.Write(v)
				return nil
			})
		})
	})
	return h.Sum64(), err
}

// sound looks at the structure of a file that nothing else uses.
func sound(db *bolt.DB) error {
	return db.View(func(tx *bolt.Tx) (err error) {
		for problem := range tx.Check() {
			err = problem // and on, or what sends them is left behind
		}
		return err
	})
}
