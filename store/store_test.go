package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
	"tixianbot/knowledge/fact"
)

// file is a database of a test: the real one, checked when the test ends.
type file struct {
	*Store
	t    testing.TB
	path string
	key  Key
}

// everKey is the key of every file of the tests when TIXIANBOT_TEST_SEALED is
// set: what holds of a plain file holds of an encrypted one.
var everKey = func() Key {
	if os.Getenv("TIXIANBOT_TEST_SEALED") == "" {
		return Key{}
	}
	return aKey()
}()

func aKey() Key {
	k, err := ParseKey(NewKey())
	if err != nil {
		panic(err)
	}
	return k
}

func newFile(t testing.TB) *file {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "data", "test.db"), key: everKey}
	f.open()
	t.Cleanup(func() {
		f.sound()
		f.close()
	})
	return f
}

func (f *file) open() {
	f.t.Helper()
	s, err := OpenSealed(f.path, f.key)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Store = s
}

func (f *file) close() {
	f.t.Helper()
	if err := f.Close(); err != nil {
		f.t.Fatal(err)
	}
}

func (f *file) reopen() {
	f.t.Helper()
	f.close()
	f.open()
}

// sound fails the test unless the file is consistent and all of it decodes.
func (f *file) sound() Report {
	f.t.Helper()
	r, err := f.Check()
	if err != nil {
		f.t.Fatal(err)
	}
	if len(r.Problems) > 0 {
		f.t.Errorf("problems of the file: %q", r.Problems)
	}
	return r
}

func (f *file) commit(c Change) Receipt {
	f.t.Helper()
	r, err := f.Commit(c)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f *file) settle(z Settlement) (more bool) {
	f.t.Helper()
	next, err := f.Settle(z)
	if err != nil {
		f.t.Fatal(err)
	}
	return next != Nothing
}

func (f *file) load(chat bot.ChatID, recent int) State {
	f.t.Helper()
	st, err := f.Load(chat, 0, newest(recent))
	if err != nil {
		f.t.Fatal(err)
	}
	return st
}

func (f *file) head(chat bot.ChatID) (Head, bool) {
	f.t.Helper()
	h, ok, err := f.Head(chat)
	if err != nil {
		f.t.Fatal(err)
	}
	return h, ok
}

// keysOf returns how many keys each bucket has that begin with chat.
func (f *file) keysOf(chat bot.ChatID) map[string]int {
	f.t.Helper()
	left := map[string]int{}
	err := f.handle.db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, _ []byte) error {
				if string(name) == string(bucketDue) {
					k = k[8:]
				}
				if hasChat(k, chat) {
					left[string(name)]++
				}
				return nil
			})
		})
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return left
}

// put writes a value, as no version of this package would.
func (f *file) put(bucket, key, value []byte) {
	f.t.Helper()
	if err := f.handle.db.Update(func(tx *bolt.Tx) error { return (&txn{tx, f.seal}).Bucket(bucket).Put(key, value) }); err != nil {
		f.t.Fatal(err)
	}
}

var (
	shanghai = time.FixedZone("", 8*3600)
	noon     = time.Date(2026, 3, 14, 12, 0, 0, 0, shanghai)
)

// aCase is a valid case with something in every field.
func aCase() bot.Case {
	return bot.Case{
		Number: 1, Opened: noon, Touched: noon.Add(time.Hour), Stage: bot.Support,
		Facts: map[fact.Name]bot.Known{
			fact.Status:   {Value: "reviewing", Quote: "风控审核中", Record: 1},
			fact.FailedAt: {Value: "2026-03-13T15:00:00+08:00", Quote: "昨天下午三点", Record: 1, Approx: true},
			fact.Province: {Skipped: true},
		},
		Cues: []bot.Cue{{ID: "cue", Quote: "刚换了银行卡"}}, Trail: []fact.Name{fact.Status, fact.Province},
		Seq: 2, Rev: 5, Screen: "review", View: bot.View{Name: "review", Arg: "status"},
		Picked: []string{"card"}, Misses: 1, Ticked: []string{"s1"}, RuledOut: []string{"maintenance"}, Flags: []string{"none"},
	}
}

func record(seq int) bot.Record {
	return bot.Record{Seq: seq, Kind: bot.RecordNote, At: noon, ToldAt: noon.Add(time.Minute), Text: fmt.Sprintf("第%d条", seq), About: "status"}
}

func message(text string) bot.Message {
	return bot.Message{
		Slot: bot.SlotScreen, Replace: true, Text: text,
		Buttons: [][]bot.Button{{{Label: "没有", Press: bot.Press{Case: 1, Rev: 5, Act: "a", Arg: "x"}}}, {}},
	}
}

func answer(text string) Item {
	return Item{ID: ItemID{Class: Answer}, Message: message(text)}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestNewFile(t *testing.T) {
	f := newFile(t)
	same(t, "state of a chat that never wrote", f.load(7, 3), State{})
	for path, want := range map[string]os.FileMode{f.path: 0o600, filepath.Dir(f.path): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode of %s is %o, want %o", filepath.Base(path), got, want)
		}
	}
}

func TestOpenTakesTheFileFromOtherUsers(t *testing.T) {
	f := newFile(t)
	if err := os.Chmod(f.path, 0o644); err != nil {
		t.Fatal(err)
	}
	f.reopen()
	if info, _ := os.Stat(f.path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o after Open", info.Mode().Perm())
	}
}

func TestOpenLocked(t *testing.T) {
	f := newFile(t)
	start := time.Now()
	_, err := OpenSealed(f.path, everKey)
	if !errors.Is(err, ErrLocked) {
		t.Fatalf("second Open: %v, want ErrLocked", err)
	}
	if took := time.Since(start); took > 5*lockWait {
		t.Errorf("second Open took %v", took)
	}
	for _, want := range []string{f.path, fmt.Sprintf("process %d", os.Getpid()), "stop it first"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
}

func TestOpenOtherFiles(t *testing.T) {
	foreign := func(t *testing.T, path string) {
		db, err := bolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		err = db.Update(func(tx *bolt.Tx) error {
			_, err := tx.CreateBucket([]byte("theirs"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want error
	}{
		{"another bolt database", foreign, ErrForeign},
		{"a text", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("text\n", 10_000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, ErrForeign},
		{"a newer format", func(t *testing.T, path string) {
			f := &file{t: t, path: path}
			f.open()
			f.put(bucketMeta, metaFormat, []byte("99"))
			f.close()
		}, ErrNewer},
		{"a file that was cut off", func(t *testing.T, path string) {
			f := &file{t: t, path: path}
			f.open()
			for i := range 200 {
				f.commit(Change{Update: int64(i + 1), Chat: bot.ChatID(i), Queue: []Item{answer(strings.Repeat("长", 1000))}})
			}
			f.close()
			if err := os.Truncate(path, 5*4096); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			tt.make(t, path)
			s, err := OpenSealed(path, everKey)
			if !errors.Is(err, tt.want) {
				t.Errorf("Open: %v, want %v", err, tt.want)
			}
			if err == nil {
				s.Close()
			}
		})
	}
}

func TestNewerFormatIsRefusedWithAClearSentence(t *testing.T) {
	f := newFile(t)
	f.put(bucketMeta, metaFormat, []byte("4"))
	f.close()
	_, err := OpenSealed(f.path, everKey)
	want := "open " + f.path + ": the database was written by a newer tixianbot: it has format 4 and this program knows formats up to 3: " +
		"install the newer program again, or restore an older backup"
	if err == nil || err.Error() != want {
		t.Errorf("Open: %v\nwant %s", err, want)
	}
	db, err := bolt.Open(f.path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Put(metaFormat, []byte("3")) }); err != nil {
		t.Fatal(err)
	}
	db.Close()
	f.open()
}

// A file of format n goes through every migration from n on, and through none twice.
func TestMigrationsRunInOrder(t *testing.T) {
	f := newFile(t)
	f.close()
	saved := migrations
	t.Cleanup(func() { migrations = saved })
	var ran []int
	step := func(n int) func(*txn) error {
		return func(tx *txn) error { ran = append(ran, n); return nil }
	}
	migrations = []func(*txn) error{createFormat1, addTimersAndJobs, addOrders, step(4), step(5)}
	f.open()
	f.reopen()
	same(t, "migrations", ran, []int{4, 5})
	if r, err := f.Check(); err != nil || r.Format != 5 {
		t.Errorf("format %d, %v; want 5", r.Format, err)
	}
}

func TestFailedMigrationLeavesTheFileAsItWas(t *testing.T) {
	f := newFile(t)
	f.close()
	saved := migrations
	migrations = []func(*txn) error{
		createFormat1, addTimersAndJobs,
		func(tx *txn) error { return tx.raw.DeleteBucket(bucketCases) },
		func(tx *txn) error { return errors.New("no") },
	}
	_, err := OpenSealed(f.path, everKey)
	migrations = saved
	if err == nil || !strings.Contains(err.Error(), "migrate to format 4: no") {
		t.Errorf("Open: %v", err)
	}
	f.open()
}

func TestTag(t *testing.T) {
	f, other := newFile(t), newFile(t)
	tag := f.Tag(12345)
	if strings.Contains(tag, "12345") || len(tag) != 12 {
		t.Errorf("tag %q", tag)
	}
	if tag == f.Tag(12346) || tag == other.Tag(12345) {
		t.Error("tags of different chats or databases are equal")
	}
	f.reopen()
	if f.Tag(12345) != tag {
		t.Error("the tag is another one after a restart")
	}
}

func TestClosed(t *testing.T) {
	f := newFile(t)
	f.close()
	if _, err := f.Commit(Change{Update: 1, Chat: 1}); !errors.Is(err, ErrClosed) {
		t.Errorf("Commit: %v", err)
	}
	if _, err := f.Load(1, 0, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Load: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	f.open()
}

// newest is the wish for n records.
func newest(n int) func(bot.Case) bot.Wish {
	return func(bot.Case) bot.Wish { return bot.Wish{Newest: n} }
}

// What is wished is read: older records by number, single ones, other cases.
func TestLoadGrantsWishes(t *testing.T) {
	f := newFile(t)
	for n := 1; n <= 2; n++ {
		c := aCase()
		c.Number = n
		f.commit(Change{Update: int64(n), Chat: 7, Case: &c, Records: []bot.Record{record(1), record(2), record(3), record(4)}})
	}
	st, err := f.Load(7, 0, func(c bot.Case) bot.Wish {
		return bot.Wish{Newest: 2, Before: c.Number + 2, These: []int{1, 9, 4}, Cases: true}
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "before the fourth", []int{st.Recent[0].Seq, st.Recent[1].Seq}, []int{3, 2})
	same(t, "by number", []int{st.These[0].Seq, st.These[1].Seq}, []int{1, 4})
	same(t, "the other case", []int{st.Cases[0].Number, len(st.Cases)}, []int{1, 1})
}
