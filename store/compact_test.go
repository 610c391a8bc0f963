package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
)

// secretCase leaves words of a chat in every bucket that can hold any.
func (f *file) secretCase(chat bot.ChatID, word string) {
	f.t.Helper()
	c := aCase()
	c.View.Arg = word
	r := record(1)
	r.Text = word
	queue := []Item{answer(word), answer(word), answer(word)}
	f.commit(Change{
		Chat: chat, Case: &c, Records: []bot.Record{r}, Queue: queue,
		Timers: []Timer{wake(word, noon)}, Jobs: []Job{{Seq: 1, File: bot.FileID(word)}},
	})
	h, _ := f.head(chat)
	f.settle(Settlement{Chat: chat, Item: h.Item.ID, Fate: Delivered, Slot: bot.Slot(word), Shown: 1})
	h, _ = f.head(chat)
	f.settle(Settlement{Chat: chat, Item: h.Item.ID, Fate: Dead, Reason: word})
	f.commit(Change{Chat: chat, Poison: &Poison{Event: "said", Cause: word}})
}

// holds returns how often the file holds word, as it stands on the disk.
func (f *file) holds(word string) int {
	f.t.Helper()
	if f.key.Set() {
		f.t.Skip("an encrypted file never shows a word")
	}
	raw, err := os.ReadFile(f.path)
	if err != nil {
		f.t.Fatal(err)
	}
	return bytes.Count(raw, []byte(word))
}

// tidied opens the file anew and waits until it is compacted.
func (f *file) tidied() {
	f.t.Helper()
	f.reopen()
	f.commit(Change{Chat: 999})
}

// What was erased is not in the file any more after the next start, and all
// else is.
func TestErasedWordsLeaveTheFile(t *testing.T) {
	f := newFile(t)
	const erased, kept = "erased-word", "kept-word"
	for chat := range bot.ChatID(40) {
		f.secretCase(chat, erased)
		f.secretCase(chat+100, kept)
	}
	for chat := range bot.ChatID(40) {
		f.commit(Change{Update: int64(chat + 1), Chat: chat, Erase: true})
	}
	if f.holds(erased) == 0 {
		t.Fatal("the test shows nothing: the words were gone with the erasure")
	}
	if !f.sound().Erased {
		t.Error("the report does not say that the file is to be compacted")
	}
	before := f.dump()
	f.tidied()
	if n := f.holds(erased); n > 0 {
		t.Errorf("the file holds what was erased %d times", n)
	}
	if f.holds(kept) < 40 {
		t.Error("the file lost what was not erased")
	}
	after := f.dump()
	delete(before, "meta/erased")
	same(t, "content", after, before)
	if f.sound().Erased {
		t.Error("the report still says that the file is to be compacted")
	}
	if info, _ := os.Stat(f.path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	if left, _ := filepath.Glob(f.path + ".compact*"); len(left) > 0 {
		t.Errorf("left beside the file: %v", left)
	}
}

// A store that runs on compacts within a day, while others read and write.
func TestErasedWordsLeaveARunningStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t)
		f.secretCase(7, "erased-word")
		f.secretCase(8, "kept-word")
		f.commit(Change{Chat: 7, Erase: true})
		reader := f.hold() // a long reader of before
		time.Sleep(tidyEvery + time.Second)
		synctest.Wait()
		if f.holds("erased-word") > 0 || f.holds("kept-word") == 0 {
			t.Error("the file was not compacted")
		}
		f.commit(Change{Update: 9, Chat: 9, Queue: []Item{answer("written after it")}})
		if f.holds("written after it") == 0 {
			t.Error("what was written after it is not in the file")
		}
		if err := reader.db.View(func(tx *bolt.Tx) error { return nil }); err != nil {
			t.Errorf("a reader of before: %v", err)
		}
		reader.release()
		if err := reader.db.View(func(tx *bolt.Tx) error { return nil }); err == nil {
			t.Error("the old file is still open")
		}
		if _, err := OpenSealed(f.path, everKey); err == nil {
			t.Error("the compacted file is not locked")
		}
		f.reopen()
		if _, ok := f.head(9); !ok {
			t.Error("what was written after it is lost")
		}
	})
}

func TestAFileWithoutErasuresIsNotCompacted(t *testing.T) {
	f := newFile(t)
	f.secretCase(7, "word")
	before, err := os.Stat(f.path)
	if err != nil {
		t.Fatal(err)
	}
	f.tidied()
	after, err := os.Stat(f.path)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("it was: %v", err)
	}
}

// A copy that a process left half-way is thrown away.
func TestHalfACopyIsThrownAway(t *testing.T) {
	f := newFile(t)
	f.secretCase(7, "kept-word")
	f.commit(Change{Chat: 8, Erase: true})
	if err := os.WriteFile(compactPath(f.path), []byte(strings.Repeat("half", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	f.tidied()
	if f.sound().Erased || f.holds("kept-word") == 0 {
		t.Error("the file was not compacted")
	}
	if _, err := os.Stat(compactPath(f.path)); err == nil {
		t.Error("half a copy is left")
	}
}

// Where the copy cannot be made, the file stays as it is, and says so.
func TestWhereNoCopyCanBeMade(t *testing.T) {
	f := newFile(t)
	f.secretCase(7, "erased-word")
	f.secretCase(8, "kept-word")
	f.commit(Change{Chat: 7, Erase: true})
	if err := os.MkdirAll(filepath.Join(compactPath(f.path), "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := f.dump()
	f.tidied()
	if !f.sound().Erased {
		t.Error("the report says that it was compacted")
	}
	same(t, "content", f.dump(), before)
	if err := os.RemoveAll(compactPath(f.path)); err != nil {
		t.Fatal(err)
	}
	f.tidied()
	if f.sound().Erased || f.holds("erased-word") > 0 {
		t.Error("it was not compacted the next time")
	}
}

// A copy that is not what it was made from is found out.
func TestACopyIsCompared(t *testing.T) {
	f := newFile(t)
	f.secretCase(7, "word")
	other := newFile(t)
	other.secretCase(7, "Word")
	a, err := sumOf(f.handle.db)
	if err != nil {
		t.Fatal(err)
	}
	b, err := sumOf(other.handle.db)
	if err != nil || a == b {
		t.Errorf("%x and %x, %v", a, b, err)
	}
}

func BenchmarkCompact(b *testing.B) {
	f := &file{t: b, path: filepath.Join(b.TempDir(), "x.db"), key: everKey}
	f.open()
	defer f.close()
	for chat := range bot.ChatID(10_000) {
		c := aCase()
		f.enqueue(&job{op: mustEncode(b, Change{Chat: chat, Case: &c, Records: []bot.Record{record(1), record(2)}}), done: make(chan struct{})})
	}
	for b.Loop() {
		f.commit(Change{Chat: 1, Erase: true})
		f.tidied()
	}
	info, _ := os.Stat(f.path)
	b.ReportMetric(float64(info.Size())/1e6, "MB")
}

func mustEncode(b *testing.B, c Change) operation {
	e, err := encode(c)
	if err != nil {
		b.Fatal(fmt.Errorf("encode: %w", err))
	}
	return e
}
