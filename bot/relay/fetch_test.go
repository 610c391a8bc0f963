package relay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// archive is a Files that counts what is fetched. fail, if set, may refuse.
type archive struct {
	fail func(id bot.FileID, tries int) error

	mu    sync.Mutex
	tries map[bot.FileID]int
}

func newArchive() *archive { return &archive{tries: map[bot.FileID]int{}} }

func (a *archive) Open(_ context.Context, id bot.FileID) (io.ReadCloser, int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tries[id]++
	if a.fail != nil {
		if err := a.fail(id, a.tries[id]); err != nil {
			return nil, 0, err
		}
	}
	text := "content of " + string(id)
	size := int64(len(text))
	if id == "cut" && a.tries[id] < 3 {
		text = text[:5]
	}
	if id == "huge" {
		return io.NopCloser(io.LimitReader(zeros{}, maxFetch+2)), maxFetch + 2, nil
	}
	return io.NopCloser(strings.NewReader(text)), size, nil
}

func (a *archive) tried(id bot.FileID) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tries[id]
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func hashOf(id string) string {
	sum := sha256.Sum256([]byte("content of " + id))
	return hex.EncodeToString(sum[:])
}

// keeper is a core that keeps each photo as a record, wants its hash, and
// writes it into the record. A text opens another case or forgets all.
func keeper(_ *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
	var fx bot.Effects
	c.Number = max(c.Number, 1)
	switch e := in.Event.(type) {
	case bot.Said:
		fx.Forget = e.Text == "forget"
		if e.Text == "another case" {
			c = bot.Case{Number: c.Number + 1}
		}
	case bot.Sent:
		c.Seq++
		fx.Records = []bot.Record{{Seq: c.Seq, Kind: bot.RecordNote, At: in.At, Text: string(e.File.ID)}}
		fx.Fetch = []bot.Fetch{{Seq: c.Seq, File: e.File.ID}}
	case bot.Hashed:
		if in.Record.Seq != e.Seq {
			panic("another record than that which was asked for")
		}
		r := in.Record
		r.About = e.SHA256
		if e.Err {
			r.About = "gone"
		}
		fx.Changed = []bot.Amended{{Case: e.Case, Record: r}}
		fx.Messages = []bot.Message{{Text: "hashed " + r.Text}}
	}
	return c, fx
}

// keeping makes a world whose files are those of a.
func keeping(a *archive) func(*Config) {
	return func(c *Config) { c.Step, c.Files = keeper, a }
}

func (w *world) photo(chat bot.ChatID, id string) bot.Update {
	return w.update(chat, bot.Sent{Kind: bot.Photo, File: bot.File{ID: bot.FileID(id)}})
}

// hashes returns of each record of a chat its file and hash, oldest first.
func (w *world) hashes(chat bot.ChatID) (out []string) {
	w.t.Helper()
	for e, err := range w.db.CasesOf(chat) {
		if err != nil {
			w.t.Fatal(err)
		}
		for _, r := range e.Records {
			out = append(out, fmt.Sprintf("%d %s %s", e.Case.Number, r.Text, r.About))
		}
	}
	return out
}

func TestAFileIsHashedOnce(t *testing.T) {
	in(t, func(t *testing.T) {
		a := newArchive()
		w := newWorld(t, keeping(a))
		w.commit(w.photo(ann, "one"), w.photo(ann, "two"), w.photo(bob, "three"))
		w.settle()
		same(t, "ann's", w.hashes(ann), []string{"1 one " + hashOf("one"), "1 two " + hashOf("two")})
		same(t, "bob's", w.hashes(bob), []string{"1 three " + hashOf("three")})
		w.restart(keeping(a))
		time.Sleep(24 * time.Hour)
		for _, id := range []bot.FileID{"one", "two", "three"} {
			if n := a.tried(id); n != 1 {
				t.Errorf("%s was fetched %d times", id, n)
			}
		}
		if r := w.check(); r.Jobs != 0 {
			t.Errorf("%d files are left to be fetched", r.Jobs)
		}
	})
}

// What keeps a file from being fetched, and what comes of it.
func TestFilesThatAreHardToGet(t *testing.T) {
	in(t, func(t *testing.T) {
		a := newArchive()
		a.fail = func(id bot.FileID, tries int) error {
			switch {
			case id == "slow" && tries < 5:
				return &bot.Refusal{Reason: bot.Unreachable}
			case id == "fast" && tries == 1:
				return &bot.Refusal{Reason: bot.TooFast, After: time.Minute}
			case id == "odd" && tries == 1:
				return errors.New("something else")
			case id == "gone":
				return &bot.Refusal{Reason: bot.Rejected}
			case id == "never":
				return &bot.Refusal{Reason: bot.Unreachable}
			case id == "bomb":
				panic("boom")
			}
			return nil
		}
		w := newWorld(t, keeping(a))
		ids := []string{"slow", "fast", "odd", "gone", "never", "bomb", "cut", "huge"}
		for _, id := range ids {
			w.commit(w.photo(ann, id))
		}
		time.Sleep(giveUpTime / 2)
		w.settle()
		got := w.hashes(ann)
		want := []string{
			"1 slow " + hashOf("slow"), "1 fast " + hashOf("fast"), "1 odd " + hashOf("odd"), "1 gone gone",
			"1 never ", "1 bomb gone", "1 cut " + hashOf("cut"), "1 huge gone",
		}
		same(t, "after half a day", got, want)
		time.Sleep(giveUpTime)
		w.settle()
		want[4] = "1 never gone"
		same(t, "in the end", w.hashes(ann), want)
		if n := a.tried("gone"); n != 1 {
			t.Errorf("a file that is gone was asked for %d times", n)
		}
	})
}

// A file whose process ended before it was fetched is fetched by the next.
func TestAFileSurvivesARestart(t *testing.T) {
	in(t, func(t *testing.T) {
		a := newArchive()
		a.fail = func(bot.FileID, int) error { return &bot.Refusal{Reason: bot.Unreachable} }
		w := newWorld(t, keeping(a))
		w.commit(w.photo(ann, "one"))
		time.Sleep(time.Hour)
		w.stop()
		a.fail = nil
		w.start(keeping(a))
		w.settle()
		same(t, "records", w.hashes(ann), []string{"1 one " + hashOf("one")})
	})
}

// The hash of a file is committed when the store can write again, and the file
// is not fetched a second time for it.
func TestAHashOutlivesAnOutage(t *testing.T) {
	in(t, func(t *testing.T) {
		a := newArchive()
		w := newWorld(t, keeping(a))
		full := errors.New("disk full")
		a.fail = func(bot.FileID, int) error { w.db.fail(full); return nil }
		w.commit(w.photo(ann, "one"))
		time.Sleep(time.Hour)
		w.settle()
		same(t, "meanwhile", w.hashes(ann), []string{"1 one "})
		w.db.fail(nil)
		time.Sleep(2 * longPause)
		w.settle()
		same(t, "records", w.hashes(ann), []string{"1 one " + hashOf("one")})
		if n := a.tried("one"); n != 1 {
			t.Errorf("it was fetched %d times", n)
		}
	})
}

func TestAHashOfAnEarlierCase(t *testing.T) {
	in(t, func(t *testing.T) {
		a := newArchive()
		a.fail = func(_ bot.FileID, tries int) error {
			if tries == 1 {
				return &bot.Refusal{Reason: bot.Unreachable}
			}
			return nil
		}
		w := newWorld(t, keeping(a))
		w.commit(w.photo(ann, "one"), w.said(ann, "another case"), w.photo(ann, "two"))
		time.Sleep(time.Hour)
		w.settle()
		same(t, "records", w.hashes(ann), []string{"1 one " + hashOf("one"), "2 two " + hashOf("two")})
		if st, _ := w.db.Load(ann, 0, nil); st.Case.Number != 2 {
			t.Errorf("case %d is active", st.Case.Number)
		}
	})
}

func TestAFileOfAChatThatWasErased(t *testing.T) {
	in(t, func(t *testing.T) {
		a := newArchive()
		a.fail = func(bot.FileID, int) error { return &bot.Refusal{Reason: bot.Unreachable} }
		w := newWorld(t, keeping(a))
		w.commit(w.photo(ann, "one"), w.said(ann, "forget"))
		w.settle()
		a.fail = nil
		tried := a.tried("one")
		time.Sleep(time.Hour)
		w.settle()
		if r := w.check(); r.Cases+r.Records+r.Jobs != 0 || a.tried("one") > tried {
			t.Errorf("report %+v; it was fetched %d times", r, a.tried("one"))
		}
		same(t, "said", w.messenger.texts(ann), nil)
	})
}

// Without a way to get files, each is found not to be had.
func TestWithoutFiles(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Step = keeper })
		w.commit(w.photo(ann, "one"))
		if err := w.Idle(context.Background()); err != nil {
			t.Fatal(err)
		}
		same(t, "records", w.hashes(ann), []string{"1 one gone"})
	})
}

// both is a core that plans and keeps.
func both(k *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
	switch in.Event.(type) {
	case bot.Sent, bot.Hashed:
		return keeper(k, c, in)
	}
	return planner(k, c, in)
}

// Whatever write is the last of a process, in the end each wake has come once
// and each file has its hash once.
func TestDeathAtAnyWriteOfWhatIsToCome(t *testing.T) {
	in(t, func(t *testing.T) {
		a := newArchive()
		set := func(c *Config) { c.Step, c.Files = both, a }
		w := newWorld(t, set)
		dir := t.TempDir()
		var mu sync.Mutex
		var files []string
		w.db.wrote = func() {
			mu.Lock()
			defer mu.Unlock()
			name := filepath.Join(dir, fmt.Sprint(len(files), ".db"))
			if err := w.db.Snapshot(name); err != nil {
				t.Error(err)
			}
			files = append(files, name)
		}
		w.commit(w.said(ann, "in 1h one, in 2h two"), w.photo(ann, "x"), w.photo(ann, "y"))
		time.Sleep(90 * time.Minute)
		w.commit(w.said(ann, "in 3h two, in 10m three"), w.photo(ann, "z"))
		time.Sleep(12 * time.Hour)
		w.settle()
		want := []string{"one", "three", "two", "x " + hashOf("x"), "y " + hashOf("y"), "z " + hashOf("z")}
		for i, file := range files {
			later := worldAt(t, file, set)
			if i < 3 { // the photos and plans that had not come by then
				later.commit(later.said(ann, "in 1h one"), later.photo(ann, "x"), later.photo(ann, "y"))
			}
			time.Sleep(12 * time.Hour)
			later.settle()
			got := later.outcomes(ann)
			for _, o := range got {
				if !slices.Contains(want, o) {
					t.Errorf("death %d: %q", i, o)
				}
			}
			for _, o := range []string{"one", "x " + hashOf("x"), "y " + hashOf("y")} {
				if i >= 3 && !slices.Contains(got, o) {
					t.Errorf("death %d: %q did not come", i, o)
				}
			}
			if unique := slices.Compact(slices.Clone(got)); i >= 3 && len(unique) != len(got) {
				t.Errorf("death %d: something came twice: %q", i, got)
			}
			if r := later.check(); r.Timers+r.Jobs != 0 {
				t.Errorf("death %d: %d timers and %d files are left", i, r.Timers, r.Jobs)
			}
			if i == len(files)-1 {
				same(t, "in the end", got, want)
			}
		}
		if len(files) < 12 {
			t.Errorf("%d deaths were tried", len(files))
		}
	})
}

// outcomes returns, sorted, what came of the plans and files of a chat: the
// names of wakes, without how late they came, and files with their hashes.
func (w *world) outcomes(chat bot.ChatID) (out []string) {
	for _, line := range w.hashes(chat) {
		_, line, _ = strings.Cut(line, " ")
		if name, _, late := strings.Cut(line, " +"); late {
			line = name
		}
		out = append(out, strings.TrimSpace(line))
	}
	slices.Sort(out)
	return out
}
