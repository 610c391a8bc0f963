package store

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// canary stands in every text of every type that is kept.
const canary = "kanarienvogel"

// sing sets every text in v to the canary.
func sing(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(canary)
	case reflect.Slice:
		for i := range v.Len() {
			sing(v.Index(i))
		}
	case reflect.Pointer:
		sing(v.Elem())
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			sing(value)
			v.SetMapIndex(key, reflect.Value{})
			v.SetMapIndex(reflect.ValueOf(canary).Convert(key.Type()), value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				sing(v.Field(i))
			}
		}
	}
}

// canaries is a change of a chat with the canary in all that it can say.
func canaries(t *testing.T, chat bot.ChatID) Change {
	c := filled[Change](t)
	sing(reflect.ValueOf(&c).Elem())
	c.Update, c.Chat, c.Erase, c.Presence, c.Keeps, c.Came = 100+int64(chat), chat, false, Here, false, false
	c.Case.Number = 1
	c.Amended, c.Recall, c.Cancel, c.Drop, c.Fires, c.Ends, c.Fills = nil, nil, nil, nil, nil, nil, nil
	for i := range 2 {
		c.Records[i].Seq, c.Jobs[i].Case, c.Jobs[i].Seq, c.Orders[i].Case = i+1, 1, i+1, 1
		c.Queue[i].ID = ItemID{Class: Answer}
		c.Timers[i].ID.Kind = TimerKind(i + 1)
	}
	return c
}

// sings leaves the canary in every bucket.
func (f *file) sings(t *testing.T, chat bot.ChatID) {
	t.Helper()
	c := canaries(t, chat)
	f.commit(c)
	f.commit(Change{Chat: chat, Queue: c.Queue, Amended: []bot.Amended{{Case: 1, Record: c.Records[0]}}})
	for _, fate := range []Fate{Delivered, Dead, Held} {
		h, _ := f.head(chat)
		f.settle(Settlement{Chat: chat, Item: h.Item.ID, Fate: fate, Slot: canary, Shown: 1, Reason: canary, Notice: &bot.Message{Text: canary}})
	}
}

// silent fails the test if the file at path shows any of the values.
func silent(t *testing.T, what, path string, values map[string]string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(raw, []byte(canary)); n > 0 {
		t.Errorf("%s: the canary sings %d times", what, n)
	}
	for place, v := range values {
		bucket, key, _ := strings.Cut(place, "/")
		if !plain([]byte(bucket), []byte(key)) && len(v) > 7 && bytes.Contains(raw, []byte(v)) {
			t.Errorf("%s: a value of bucket %s can be read", what, bucket)
		}
	}
}

// In a plain file the canary sings in every bucket that holds something of a
// case, and in an encrypted one in none, nor in any copy of it, however it came
// to be: written so, compacted, backed up, encrypted later. When the first half
// fails, there is a new bucket, which canaries is to fill.
func TestAnEncryptedFileShowsNoWord(t *testing.T) {
	plainly := &file{t: t, path: filepath.Join(t.TempDir(), "plain.db")}
	plainly.open()
	plainly.sings(t, 7)
	plainly.sings(t, 8)
	values := plainly.contents()
	err := plainly.view(func(tx *txn) error {
		return tx.raw.ForEach(func(name []byte, _ *bolt.Bucket) error {
			loud := false
			for place, v := range values {
				loud = loud || strings.HasPrefix(place, string(name)+"/") && strings.Contains(place+v, canary)
			}
			if silence := strings.Contains("meta seen seenlog", string(name)); loud == silence {
				t.Errorf("in bucket %s of a plain file the canary sings: %v", name, loud)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	plainly.commit(Change{Chat: 8, Erase: true})
	plainly.rekey(aKey())
	silent(t, "encrypted later", plainly.path, values)
	plainly.close()

	f := newSealed(t)
	f.sings(t, 7)
	f.sings(t, 8)
	silent(t, "written so", f.path, values)
	f.sound()
	f.commit(Change{Chat: 8, Erase: true})
	f.tidied()
	silent(t, "compacted", f.path, values)
	if r := f.sound(); r.Erased || r.Cases != 1 {
		t.Errorf("it was not compacted: %+v", r)
	}
	copied := filepath.Join(t.TempDir(), "backup.db")
	if err := f.Snapshot(copied); err != nil {
		t.Fatal(err)
	}
	silent(t, "backed up", copied, values)
	if r, err := f.VerifyCopy(copied); err != nil || len(r.Problems) > 0 {
		t.Errorf("the backup: %q, %v", r.Problems, err)
	}
	f.rekey(aKey())
	silent(t, "with another key", f.path, values)
}

// A file of an older format is moved up and then encrypted, and nothing of it
// can be read any more.
func TestOldFormatsAreEncrypted(t *testing.T) {
	samples, err := filepath.Glob("testdata/format-*.db")
	if err != nil || len(samples) < 2 {
		t.Fatal(samples, err)
	}
	for _, sample := range samples {
		f := openSample(t, sample)
		want := f.contents()
		f.rekey(aKey())
		same(t, sample, f.contents(), want)
		silent(t, sample, f.path, want)
		f.sound()
	}
}

// Which ever value is changed on the disk, by one bit, is found and named by its
// bucket and chat, and nothing is said of what it was.
func TestCheckFindsEveryFlippedValue(t *testing.T) {
	for _, name := range ofChats {
		f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db"), key: aKey()}
		f.open()
		f.sings(t, 7)
		flipValue(t, f, name)
		r, err := f.Check()
		problems := strings.Join(r.Problems, "\n")
		if err != nil || !strings.Contains(problems, "bucket "+string(name)) || !strings.Contains(problems, f.Tag(7)) {
			t.Errorf("bucket %s: problems %q, %v", name, problems, err)
		}
		if strings.Contains(problems, canary) {
			t.Errorf("bucket %s: the report quotes the value: %q", name, problems)
		}
		f.close()
	}
}
