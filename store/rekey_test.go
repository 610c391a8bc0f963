package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// rekey gives the file another key and opens it with that.
func (f *file) rekey(to Key) {
	f.t.Helper()
	f.close()
	done, err := Rekey(f.path, f.key, to, func(int, int) {})
	if err != nil || !done {
		f.t.Fatalf("Rekey: %v, %v", done, err)
	}
	f.key = to
	f.open()
}

// contents returns what the file holds, whatever its key is: all keys with
// names as in a plain file, with their values.
func (f *file) contents() map[string]string {
	f.t.Helper()
	all := map[string]string{}
	err := f.view(func(tx *txn) error {
		return tx.raw.ForEach(func(name []byte, raw *bolt.Bucket) error {
			all[string(name)+" sequence"] = fmt.Sprint(raw.Sequence())
			return tx.Bucket(name).ForEach(func(k, v []byte) error {
				if ofFile(name, k) {
					return nil
				}
				key, err := tx.seal.showKey(name, k)
				all[string(name)+"/"+string(key)] = string(v)
				return err
			})
		})
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return all
}

// A key is put on, changed and taken off, and everything stays and goes on.
func TestRekey(t *testing.T) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db")}
	f.open()
	defer func() { f.sound(); f.close() }()
	for chat := range bot.ChatID(30) {
		f.populate(chat, int64(10*chat+1))
	}
	f.commit(Change{Update: 1000, Chat: 3, Erase: true})
	tag := f.Tag(7)
	want := f.contents()
	one, two := aKey(), aKey()
	for n, key := range []Key{one, two, {}, one} {
		f.rekey(key)
		same(t, "content", f.contents(), want)
		if r := f.sound(); r.Erased || r.Key != key.ID() || f.Tag(7) != tag {
			t.Errorf("step %d: %+v, tag %s", n, r, f.Tag(7))
		}
		if info, _ := os.Stat(f.path); info.Mode().Perm() != 0o600 {
			t.Errorf("mode %o", info.Mode().Perm())
		}
		if left, _ := filepath.Glob(f.path + ".*y"); len(left) > 0 {
			t.Errorf("left beside the file: %v", left)
		}
		chat := bot.ChatID(10 + n)
		f.say(chat, "more") // it goes on
		f.settle(Settlement{Chat: chat, Item: must(f.head(chat)).Item.ID, Fate: Delivered, Slot: bot.SlotScreen, Shown: bot.MessageID(500 + n)})
		f.commit(Change{Chat: chat, Cancel: []TimerID{{Wake, "album"}}})
		want = f.contents()
	}
}

func must(h Head, ok bool) Head {
	if !ok {
		panic("nothing waits")
	}
	return h
}

func TestRekeyThatHasNothingToDoOrMayNot(t *testing.T) {
	f := newSealed(t)
	f.populate(7, 1)
	want := f.dump()
	if _, err := Rekey(f.path, f.key, aKey(), nil); !errors.Is(err, ErrLocked) {
		t.Errorf("beside a running bot: %v, want ErrLocked", err)
	}
	f.close()
	if done, err := Rekey(f.path, aKey(), f.key, nil); err != nil || done {
		t.Errorf("to the key that it has: %v, %v", done, err)
	}
	if _, err := Rekey(f.path, aKey(), aKey(), nil); !errors.Is(err, ErrKey) {
		t.Errorf("with a wrong key: %v, want ErrKey", err)
	}
	f.open()
	same(t, "content", f.dump(), want)
}

// What cannot be decrypted is not thrown away: the file stays as it is.
func TestRekeyOfADamagedFile(t *testing.T) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db"), key: aKey()}
	f.open()
	f.populate(7, 1)
	flipValue(t, f, bucketRecords)
	r, err := f.Check()
	if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "records") || !strings.Contains(r.Problems[0], f.Tag(7)) {
		t.Errorf("problems %q, %v; want one that names the bucket and the chat", r.Problems, err)
	}
	f.close()
	if _, err := Rekey(f.path, f.key, Key{}, func(int, int) {}); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v, want ErrDamaged", err)
	}
	if left, _ := filepath.Glob(f.path + "?*"); len(left) > 0 {
		t.Errorf("left beside the file: %v", left)
	}
	f.open()
	f.close()
}

// flipValue changes one byte in the middle of the first value of a bucket.
func flipValue(t *testing.T, f *file, bucket []byte) {
	t.Helper()
	err := f.handle.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucket)
		k, v := b.Cursor().First()
		broken := bytes.Clone(v)
		broken[len(broken)/2] ^= 1
		return b.Put(bytes.Clone(k), broken)
	})
	if err != nil {
		t.Fatal(err)
	}
}
