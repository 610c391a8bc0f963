package store

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// rekeyPath is where Rekey makes the copy. One that is found there was left by
// a process that ended before it was whole.
func rekeyPath(path string) string { return path + ".rekey" }

// Rekey makes the database at path, which nobody else has open, one that is
// encrypted with the key to, and plain if that is none. It had the key from, or
// none. All of it is copied to a new file, compared and brought to the disk,
// and only then takes the name of the old one, so that at any moment there is
// one of both under it, and nothing of the old one in the new one's free pages.
// tell is called now and then with how many of all entries were copied. Where
// the database has the key to already, nothing is done, and done is false.
func Rekey(path string, from, to Key, tell func(copied, all int)) (done bool, err error) {
	s, err := openQuiet(path, to)
	if err == nil {
		return false, s.handle.db.Close()
	}
	if !errors.Is(err, ErrKey) {
		return false, err
	}
	if s, err = openQuiet(path, from); err != nil {
		return false, err
	}
	err = guard(func() error { return s.rekey(to, tell) })
	if err != nil {
		_ = os.Remove(rekeyPath(path))
		err = fmt.Errorf("give the database another key: %w", err)
	}
	return err == nil, errors.Join(err, s.handle.db.Close())
}

func (s *Store) rekey(to Key, tell func(copied, all int)) (err error) {
	temp := rekeyPath(s.path)
	_ = os.Remove(temp)
	db, err := openFile(temp)
	if err != nil {
		return err
	}
	fresh := &Store{path: temp, key: to, handle: &handle{db: db}}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.NoSync = true // until all is there
	if err := fresh.fillFrom(s, tell); err != nil {
		return err
	}
	db.NoSync = false
	if err := db.Sync(); err != nil {
		return err
	}
	if err := fresh.compare(s); err != nil {
		return err
	}
	// Both files are locked, so no process can come between.
	if err := os.Rename(temp, s.path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(s.path))
	return nil
}

// fillFrom copies what is in old, opened there and sealed here.
func (s *Store) fillFrom(old *Store, tell func(copied, all int)) error {
	if err := s.handle.db.Update(s.begin); err != nil {
		return err
	}
	return old.view(func(from *txn) error {
		r := rewriting{from: from, to: s, tell: tell}
		err := from.raw.ForEach(func(name []byte, b *bolt.Bucket) error {
			r.all += b.Stats().KeyN
			return nil
		})
		if err != nil {
			return err
		}
		return from.raw.ForEach(func(name []byte, b *bolt.Bucket) error {
			if err := r.bucket(name, b.Sequence()); err != nil {
				return fmt.Errorf("bucket %s: %w", name, err)
			}
			return nil
		})
	})
}

// rewriting is the copying of one file into another of another key.
type rewriting struct {
	from        *txn
	to          *Store
	tell        func(copied, all int)
	copied, all int
}

// bucket copies a bucket, some of it in each transaction.
func (r *rewriting) bucket(name []byte, sequence uint64) error {
	c := r.from.Bucket(name).Cursor()
	k, v := c.First()
	for first := true; first || k != nil; first = false {
		err := r.to.handle.db.Update(func(tx *bolt.Tx) error {
			raw, err := tx.CreateBucketIfNotExists(name)
			if err != nil {
				return err
			}
			raw.FillPercent = 0.9 // the keys come in order
			to := &bucket{raw, name, r.to.seal}
			for size := 0; k != nil && size < copiedAtOnce; k, v = c.Next() {
				if err := r.entry(to, k, v); err != nil {
					return err
				}
				size += len(k) + len(v)
			}
			return raw.SetSequence(sequence)
		})
		if err != nil {
			return err
		}
		r.tell(r.copied, r.all)
	}
	return nil
}

// entry copies an entry.
func (r *rewriting) entry(to *bucket, k, v []byte) error {
	r.copied++
	if ofFile(to.name, k) {
		return nil
	}
	plainKey, err := r.from.seal.showKey(to.name, k)
	if err != nil || bytes.Equal(v, unreadable) {
		return fmt.Errorf("%w: an entry cannot be decrypted; `tixianbot check` says of which chat", ErrDamaged)
	}
	return to.Put(to.seal.hideKey(to.name, plainKey), v)
}

// ofFile reports whether an entry is about the file that it stands in, rather
// than about what the file holds.
func ofFile(bucket, key []byte) bool {
	return bytes.Equal(bucket, bucketMeta) && (bytes.Equal(key, metaSealed) || bytes.Equal(key, metaErased))
}

// compare reads all of both files and finds out whether they hold the same.
func (s *Store) compare(old *Store) error {
	want, err := old.content()
	if err != nil {
		return err
	}
	have, err := s.content()
	if err != nil {
		return err
	}
	if have != want {
		return errors.New("the copy is not what it was made from")
	}
	return sound(s.handle.db)
}

// content returns a hash over all that the file holds, whatever its key is. It
// is a sum over the entries, because hidden names sort in another order.
func (s *Store) content() (sum uint64, err error) {
	add := func(parts ...[]byte) {
		var h maphash.Hash
		h.SetSeed(sumSeed)
		for _, part := range parts {
			fmt.Fprintf(&h, "%d ", len(part))
			_, _ = h.Write(part)
		}
		sum += h.Sum64()
	}
	err = s.view(func(tx *txn) error {
		return tx.raw.ForEach(func(name []byte, b *bolt.Bucket) error {
			add(name, seqKey(b.Sequence()))
			return tx.Bucket(name).ForEach(func(k, v []byte) error {
				if ofFile(name, k) {
					return nil
				}
				key, err := tx.seal.showKey(name, k)
				add(name, key, v)
				return err
			})
		})
	})
	return sum, err
}

// nameIn says where in a key the chat and the name of something of it begin.
type nameIn struct {
	chat, name int
	kind       byte
}

// namesIn are the buckets whose keys have names.
var namesIn = map[string]nameIn{
	"slots":  {0, chatLen, nameOfSlot},
	"timers": {0, chatLen + 1, nameOfTimer},
	"orders": {0, chatLen, nameOfOrder},
	"due":    {8, 8 + chatLen + 1, nameOfTimer},
}

// split returns the parts of a key in a bucket whose keys have names.
func (n nameIn) split(key []byte) (before []byte, chat bot.ChatID, name []byte) {
	return key[:n.name:n.name], chatOf(key[n.chat:]), key[n.name:]
}

// showKey returns a key as it stands in a plain file.
func (s *seal) showKey(bucket, key []byte) ([]byte, error) {
	n, ok := namesIn[string(bucket)]
	if s == nil || !ok {
		return key, nil
	}
	if len(key) < n.name {
		return nil, errKey
	}
	before, chat, hidden := n.split(key)
	name, err := s.show(n.kind, chat, hidden)
	return append(before, name...), err
}

// hideKey returns a key of a plain file as it stands in this one.
func (s *seal) hideKey(bucket, key []byte) []byte {
	n, ok := namesIn[string(bucket)]
	if s == nil || !ok || len(key) < n.name {
		return key
	}
	before, chat, name := n.split(key)
	return append(before, s.hide(n.kind, chat, string(name))...)
}
