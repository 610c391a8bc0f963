package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// newSealed is newFile with a key.
func newSealed(t testing.TB) *file {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "data", "test.db"), key: aKey()}
	f.open()
	t.Cleanup(func() {
		f.sound()
		f.close()
	})
	return f
}

func TestKeysThatAreRefused(t *testing.T) {
	encode := base64.StdEncoding.EncodeToString
	for name, text := range map[string]string{
		"nothing":                    "",
		"a pass-phrase":              "correct horse battery staple",
		"a pass-phrase of 43":        strings.Repeat("correcthorse", 3) + "battery",
		"a pass-phrase in base64":    encode([]byte("correct horse battery staple 123")),
		"a word in base64 and a =":   "correcthorsebatterystaplecorrecthorsebatter=",
		"zeros":                      encode(make([]byte, 32)),
		"a pattern":                  encode(bytes.Repeat([]byte{1, 200, 3, 250}, 8)),
		"31 bytes":                   encode(make([]byte, 31)),
		"33 bytes":                   encode(make([]byte, 33)),
		"hexadecimal digits":         strings.Repeat("0123456789abcdef", 4),
		"a key with something after": NewKey() + "x",
	} {
		if k, err := ParseKey(text); err == nil || k.Set() {
			t.Errorf("%s: %q was taken", name, text)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%s: the error shows it: %v", name, err)
		}
	}
}

func TestAKeyIsNeverPrinted(t *testing.T) {
	text := NewKey()
	k, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		if got := fmt.Sprintf(verb, k); got != "key "+k.ID() {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	if other := aKey(); other.ID() == k.ID() || len(k.ID()) != 2*idLen || (Key{}).ID() != "" {
		t.Errorf("ids %q and %q", k.ID(), other.ID())
	}
}

// What was written under a key is there under that key and no other, and a
// wrong one is known before anything is touched.
func TestAFileOpensWithItsKeyAlone(t *testing.T) {
	f := newSealed(t)
	f.populate(7, 1)
	want := f.dump()
	f.reopen()
	same(t, "content", f.dump(), want)
	f.close()
	before, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]Key{"another key": aKey(), "no key": {}} {
		s, err := OpenSealed(f.path, key)
		if !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), f.key.ID()) {
			t.Errorf("%s: %v, want ErrKey with the id of the right one", name, err)
		}
		if s != nil {
			s.Close()
		}
	}
	after, err := os.ReadFile(f.path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was touched, %v", err)
	}
	if left, _ := filepath.Glob(f.path + "?*"); len(left) > 0 {
		t.Errorf("left beside the file: %v", left)
	}
	f.open()
}

func TestAKeyForAPlainFileIsRefused(t *testing.T) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db")}
	f.open()
	f.populate(7, 1)
	f.close()
	if _, err := OpenSealed(f.path, aKey()); !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), "tixianbot rekey") {
		t.Errorf("%v, want ErrKey that names rekey", err)
	}
}

// A value opens in its place alone, under its key alone, and only whole.
func TestASealedValueOpensInItsPlaceAlone(t *testing.T) {
	s, record, err := newSeal(aKey())
	if err != nil {
		t.Fatal(err)
	}
	key, value := recordKey(7, 1, 2), []byte(`{"text":"x"}`)
	sealed, err := s.close(bucketRecords, key, value)
	if err != nil || len(sealed) != len(value)+sealCost {
		t.Fatalf("%d bytes became %d, %v", len(value), len(sealed), err)
	}
	again, _ := s.close(bucketRecords, key, value)
	if bytes.Equal(sealed, again) {
		t.Error("the same value is sealed the same way twice")
	}
	if got, err := s.open(bucketRecords, key, sealed); err != nil || !bytes.Equal(got, value) {
		t.Fatalf("it opens as %q, %v", got, err)
	}
	for _, place := range []struct{ bucket, key []byte }{
		{bucketJobs, key}, {bucketRecords, recordKey(8, 1, 2)}, {bucketRecords, recordKey(7, 1, 3)}, {bucketMeta, key},
	} {
		if _, err := s.open(place.bucket, place.key, sealed); err == nil {
			t.Errorf("it opens in %s/%x", place.bucket, place.key)
		}
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := s.open(bucketRecords, key, broken); err == nil {
			t.Errorf("it opens with byte %d changed", i)
		}
		if _, err := s.open(bucketRecords, key, sealed[:i]); err == nil {
			t.Errorf("it opens with %d bytes", i)
		}
	}
	for i := range record {
		broken := bytes.Clone(record)
		broken[i] ^= 1
		if _, err := openSeal(aKey(), broken); !errors.Is(err, ErrDamaged) {
			t.Errorf("a record with byte %d changed: %v, want ErrDamaged", i, err)
		}
	}
}

// A plain value in an encrypted file was put there by somebody else.
func TestAPlainValueInAnEncryptedFileIsDamage(t *testing.T) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db"), key: aKey()}
	f.open()
	defer f.close()
	f.populate(7, 1)
	for bucket, value := range map[string]string{"chats": `{"active":1}`, "slots": "12345678"} {
		err := f.handle.db.Update(func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			k, _ := b.Cursor().First()
			return b.Put(bytes.Clone(k), []byte(value))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := f.Check()
	if err != nil || len(r.Problems) != 2 {
		t.Errorf("problems %q, %v; want those of two buckets", r.Problems, err)
	}
	if _, err := f.Load(7, 0, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("Load: %v, want ErrDamaged", err)
	}
	if f.commit(Change{Update: 200, Chat: 7, Erase: true}).Duplicate {
		t.Error("the chat cannot be erased")
	}
	if left := f.keysOf(7); len(left) > 0 {
		t.Errorf("left of the chat: %v", left)
	}
}

// Names look the same in their chat and different elsewhere, and only what was
// hidden is shown.
func TestNamesAreHidden(t *testing.T) {
	s, _, err := newSeal(aKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "a", "screen", "exactly 15 bytes", "exactly 16 bytes", strings.Repeat("x", maxTimerName), "\x00\x01\x00"} {
		once := s.hide(nameOfTimer, 7, name)
		if !bytes.Equal(once, s.hide(nameOfTimer, 7, name)) {
			t.Errorf("%q looks different the second time", name)
		}
		if bytes.Equal(once, s.hide(nameOfTimer, 8, name)) || bytes.Equal(once, s.hide(nameOfSlot, 7, name)) {
			t.Errorf("%q looks the same elsewhere", name)
		}
		if len(name) > 3 && bytes.Contains(once, []byte(name)) || len(once)%nameStep != 0 {
			t.Errorf("%q becomes %x", name, once)
		}
		if got, err := s.show(nameOfTimer, 7, once); err != nil || got != name {
			t.Errorf("%q came back as %q, %v", name, got, err)
		}
		for i := range once {
			broken := bytes.Clone(once)
			broken[i] ^= 1
			if got, err := s.show(nameOfTimer, 7, broken); err == nil {
				t.Errorf("%q, with byte %d changed, shows as %q", name, i, got)
			}
		}
		if _, err := s.show(nameOfTimer, 8, once); err == nil {
			t.Errorf("%q shows in another chat", name)
		}
	}
}

// Whatever is sealed comes back, and nothing else opens.
func FuzzSeal(f *testing.F) {
	s, _, err := newSeal(aKey())
	if err != nil {
		f.Fatal(err)
	}
	good, err := s.close(bucketCases, caseKey(7, 1), zeroCase)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("cases"), caseKey(7, 1), []byte("{}"), good[:len(good)-1])
	f.Add([]byte("meta"), []byte("tag-key"), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, bucket, key, value, other []byte) {
		sealed, err := s.close(bucket, key, value)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.open(bucket, key, sealed); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%x came back as %x, %v", value, got, err)
		}
		if got, err := s.open(bucket, key, other); err == nil {
			t.Errorf("%x, which was never sealed, opens as %x", other, got)
		}
	})
}

// Values go through the types of bucket.go, or they would not be sealed. The
// files named here copy, compare or look at files as a whole, or read what is
// never sealed.
func TestNoFileReadsPastTheSeal(t *testing.T) {
	whole := "bucket.go compact.go rekey.go format.go store.go commit.go check.go backup.go"
	past := regexp.MustCompile(`bolt\.(Bucket|Cursor)\b|\braw\.(Get|Put|Cursor|ForEach)\(`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasSuffix(name, "_test.go"), name == "bucket.go", name == "rekey.go":
		case !strings.Contains(whole, name) && bytes.Contains(text, []byte(`"go.etcd.io/bbolt"`)):
			t.Errorf("%s imports bbolt: use the types of bucket.go", name)
		case name != "compact.go" && past.Match(text):
			t.Errorf("%s: %q goes past the seal", name, past.Find(text))
		}
	}
}
