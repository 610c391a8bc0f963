package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"tixianbot/bot"
)

// lockWait is how long Open waits for another process to let go of the file.
const lockWait = time.Second

// Store is an open database. Its methods may be called from many goroutines.
type Store struct {
	path    string
	key     Key
	seal    *seal // nil for a plain file
	tagKey  []byte
	pidFile string
	keep    retention

	handleMu sync.Mutex
	handle   *handle // replaced by the writing goroutine alone

	fresh fresh // items as they were queued

	update func(func(*bolt.Tx) error) error // writes to the file, but in tests

	mu     sync.Mutex
	queue  []*job
	urgent bool      // somebody waits for what is in queue
	coming int       // callers who have said that they will come
	due    time.Time // when what is in queue is written at the latest
	timer  *time.Timer
	closed bool
	wake   chan struct{} // holds a token while queue may not be empty
	ended  chan struct{} // closed when the writing goroutine is done
}

// Open opens the database at path and makes it, and the folder it is in, if
// there is none. It waits a second for another process that has it open; the
// error is then [ErrLocked]. A file of an older format is migrated, a newer one
// refused with [ErrNewer].
func Open(path string) (*Store, error) { return OpenSealed(path, Key{}) }

// OpenSealed is Open for a database that is encrypted with key, or is to be
// made so if there is none. Where key is not that of the file, the error is
// [ErrKey] and nothing was touched.
func OpenSealed(path string, key Key) (*Store, error) {
	s, err := openQuiet(path, key)
	if err != nil {
		return nil, err
	}
	s.leavePID()
	go s.write()
	return s, nil
}

// openQuiet opens the database and does nothing yet by itself.
func openQuiet(path string, key Key) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the database: %w", err)
	}
	db, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &Store{
		path: path, key: key, handle: &handle{db: db}, keep: defaultRetention, pidFile: path + ".pid",
		wake: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	s.timer = time.AfterFunc(longestWait, s.remind)
	s.timer.Stop()
	s.update = func(f func(*bolt.Tx) error) error { return s.handle.db.Update(f) }
	if err := guard(s.prepare); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	_ = os.Remove(compactPath(path))
	_ = os.Remove(rekeyPath(path))
	_ = clearRestore(path)
	return s, nil
}

// guard runs f, which reads pages of the file. That of a page that is damaged
// is a panic of bbolt, and that of one that is cut off a memory fault: both are
// errors here, which are [ErrDamaged].
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w, keep a copy of it and restore a backup: %w", ErrDamaged, panicked(v))
		}
	}()
	return f()
}

// openFile opens the bbolt file.
func openFile(path string) (db *bolt.DB, err error) {
	var opened *os.File
	open := func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
		opened, err = os.OpenFile(name, flag, mode)
		return opened, err
	}
	err = guard(func() (err error) {
		db, err = bolt.Open(path, 0o600, &bolt.Options{
			Timeout: lockWait, InitialMmapSize: mapSize(path), FreelistType: bolt.FreelistMapType, OpenFile: open,
		})
		return err
	})
	if err != nil {
		return nil, explain(path, err)
	}
	if !isAt(opened, path) {
		return nil, errors.Join(fmt.Errorf("%w%s: it was just given a new file", ErrLocked, holder(path)), db.Close())
	}
	narrow(path)
	return db, nil
}

// isAt reports whether the open file f is still the one at path. While this
// process waited for the lock, the one that had it may have put another file in
// its place, by a compaction or a restore: what was opened is then nobody's.
func isAt(f *os.File, path string) bool {
	mine, err := f.Stat()
	there, err2 := os.Stat(path)
	return err == nil && err2 == nil && os.SameFile(mine, there)
}

// mapSize returns how much address space to take at once. A map that is too
// small is made anew while the file grows, for which all readers must have
// ended, and a copy of the whole file is such a reader. On Windows the file
// itself would get that size.
func mapSize(path string) int {
	if runtime.GOOS == "windows" {
		return 0
	}
	size := int64(4) << 30
	if info, err := os.Stat(path); err == nil {
		size = max(size, 2*info.Size())
	}
	return int(min(size, math.MaxInt/4))
}

// narrow takes the file away from other users, as far as that is ours to do.
func narrow(path string) {
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		_ = os.Chmod(path, 0o600)
	}
}

// prepare checks and migrates the file and reads what is needed of it.
func (s *Store) prepare() error {
	if err := s.complete(); err != nil {
		return err
	}
	if err := s.migrate(); err != nil {
		return err
	}
	return s.view(func(tx *txn) error {
		s.tagKey = append([]byte(nil), tx.Bucket(bucketMeta).Get(metaTagKey)...)
		return nil
	})
}

// complete checks that the file is as long as it says itself.
func (s *Store) complete() error {
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	return s.handle.db.View(func(tx *bolt.Tx) error {
		if info.Size() < tx.Size() {
			return fmt.Errorf("%w: %d of %d bytes are left: restore a backup", ErrDamaged, info.Size(), tx.Size())
		}
		return nil
	})
}

// leavePID tells a process that finds the file locked who has it.
func (s *Store) leavePID() {
	_ = os.WriteFile(s.pidFile, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
}

// holder returns " (process 123)" if it is known who has the file.
func holder(path string) string {
	text, err := os.ReadFile(path + ".pid")
	if err != nil {
		return ""
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}

// Close writes what is queued and closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.timer.Stop()
	close(s.wake)
	s.mu.Unlock()
	<-s.ended
	_ = os.Remove(s.pidFile)
	if err := s.handle.db.Close(); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// Tag returns what stands for a chat in logs: a hash under a key that only this
// database has.
func (s *Store) Tag(chat bot.ChatID) string {
	h := hmac.New(sha256.New, s.tagKey)
	h.Write(chatKey(chat))
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// KeyID returns the id of the key that the database is encrypted with, "" if it
// is plain.
func (s *Store) KeyID() string { return s.key.ID() }

// OpenCopy opens a copy of the database with the key of the original.
func (s *Store) OpenCopy(path string) (*Store, error) { return OpenSealed(path, s.key) }

// view runs f in a read transaction.
func (s *Store) view(f func(*txn) error) error {
	h := s.hold()
	defer h.release()
	err := guard(func() error { return h.db.View(func(tx *bolt.Tx) error { return f(&txn{tx, s.seal}) }) })
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
