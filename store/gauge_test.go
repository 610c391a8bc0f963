package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tixianbot/bot"
)

func TestBacklog(t *testing.T) {
	f := newFile(t)
	now := time.Now()
	if b, err := f.Backlog(now); err != nil || b != (Backlog{}) {
		t.Errorf("of an empty file: %+v, %v", b, err)
	}
	c := aCase()
	f.commit(Change{Chat: 9, Case: &c, Queue: []Item{answer("1")}, Timers: []Timer{wake("a", now.Add(-time.Hour)), wake("b", now.Add(-time.Minute)), wake("c", now.Add(time.Hour))}})
	f.commit(Change{Chat: 3, Case: &c, Queue: []Item{answer("2"), answer("3")}})
	f.commit(Change{Chat: 5, Case: &c, Queue: []Item{answer("4"), answer("5")}})
	h, _ := f.head(5)
	f.settle(Settlement{Chat: 5, Item: h.Item.ID, Fate: Dead, Reason: "rejected"})
	f.commit(Change{Chat: 5, Presence: Gone})
	oldest, _ := f.head(9)
	later := oldest.Item.Queued.Add(time.Minute)
	b, err := f.Backlog(later)
	want := Backlog{Waiting: 3, Oldest: time.Minute, Held: 1, Dead: 1, Due: 2, Late: b.Late}
	if err != nil || b != want || b.Late < time.Hour {
		t.Errorf("%+v, %v; want %+v", b, err, want)
	}
}

func TestSizeOfTheFile(t *testing.T) {
	f := newFile(t)
	f.fat(2)
	info, err := os.Stat(f.path)
	if err != nil {
		t.Fatal(err)
	}
	before, err := f.Size()
	if err != nil || before.File != info.Size() || before.File < 2<<20 {
		t.Errorf("%+v, %v; the file has %d bytes", before, err, info.Size())
	}
	f.commit(Change{Chat: 1, Erase: true})
	if after, err := f.Size(); err != nil || after.Free < before.Free+1<<20 {
		t.Errorf("after half of it was erased: %+v, %v", after, err)
	}
}

// CasesAlone goes over all cases over many pages, and past one that cannot be read.
func TestCasesAlone(t *testing.T) {
	f := newFile(t)
	const n = 9*pageSize + 1
	for chat := range n {
		f.commit(Change{Chat: bot.ChatID(chat), Case: &bot.Case{Number: 1, Seq: chat + 1}})
	}
	f.put(bucketCases, caseKey(7, 1), []byte("no case"))
	seen := map[int]bool{}
	for c, err := range f.CasesAlone() {
		if err != nil || seen[c.Seq] {
			t.Fatalf("%+v, %v", c, err)
		}
		seen[c.Seq] = true
	}
	if len(seen) != n-1 || seen[8] {
		t.Errorf("%d cases were seen, want all %d but that one", len(seen), n)
	}
	f.put(bucketCases, caseKey(7, 1), []byte("{}"))
	for range f.CasesAlone() {
		break
	}
}

// A file is moved to another disk by way of a name of its own, so that its own
// name is only ever that of a whole file; the way is the same without a disk.
func TestAFileIsCopiedAcross(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "from"), filepath.Join(folder, "to")
	if err := os.WriteFile(from, make([]byte, 3<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	var done, total int64
	if err := copyAcross(t.Context(), from, to, func(a, b int64) { done, total = a, b }); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(to)
	if err != nil || info.Size() != 3<<20 || info.Mode().Perm() != 0o600 || done != total || total != 3<<20 {
		t.Errorf("%v, %v; told of %d of %d", info, err, done, total)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := copyAcross(ctx, from, to, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if err := Move(t.Context(), from, filepath.Join(folder, "none", "to"), nil); err == nil {
		t.Error("moved to a folder that is not there")
	}
	if _, err := os.Stat(from); err != nil {
		t.Errorf("a file that could not be moved is gone: %v", err)
	}
	if err := Move(t.Context(), from, to, nil); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("there are %v", left)
	}
}
