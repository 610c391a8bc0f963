package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tixianbot/bot"
)

// damages are what can become of a page of the file.
var damages = []struct {
	name   string
	damage func(page []byte)
}{
	{"zeros", func(page []byte) { clear(page) }},
	{"flipped", func(page []byte) { flip(page, 0xff) }},
	{"header flipped", func(page []byte) { flip(page[:16], 0x55) }},
	{"shifted", func(page []byte) { copy(page, page[8:]) }},
}

func flip(bytes []byte, mask byte) {
	for i := range bytes {
		bytes[i] ^= mask
	}
}

// Whichever page is damaged, and however, nothing panics, and either Open or
// Check says that the file is damaged, or nothing that it holds has changed.
// What a page holds in the middle of a text has no sum to be checked by.
func TestDamagedPages(t *testing.T) {
	f := newFile(t)
	for i := range 60 {
		c := bot.Case{Number: 1, Seq: 1}
		long := bot.Record{Seq: 1, Kind: bot.RecordNote, Text: strings.Repeat("长", 100)}
		f.commit(Change{Update: int64(i + 1), Chat: bot.ChatID(i), Case: &c, Records: []bot.Record{long}, Queue: []Item{answer("x")}})
	}
	want := f.dump()
	f.close()
	raw, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	f.open()
	size := os.Getpagesize()
	for at := 0; at < len(bytes.TrimRight(raw, "\x00")); at += size {
		for _, d := range damages {
			broken := bytes.Clone(raw)
			d.damage(broken[at : at+size])
			t.Run(fmt.Sprintf("page %d %s", at/size, d.name), func(t *testing.T) { noticed(t, broken, want) })
		}
	}
}

// noticed opens a damaged file and uses it.
func noticed(t *testing.T, raw []byte, want map[string]string) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db"), key: everKey}
	if err := os.WriteFile(f.path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := OpenSealed(f.path, everKey)
	if err != nil {
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) {
			t.Errorf("Open: %v, want ErrDamaged", err)
		}
		return
	}
	f.Store = s
	r, err := f.Check()
	if err == nil && len(r.Problems) == 0 {
		same(t, "contents", f.dump(), want)
	}
	use(t, f.Store)
	f.Close()
}

// use calls all that a running bot calls. None of it may panic.
func use(t *testing.T, s *Store) {
	_, err := s.Waiting()
	check := func(err error) {
		t.Helper()
		if err != nil && !errors.Is(err, ErrDamaged) && !strings.Contains(err.Error(), "write to the database") {
			t.Errorf("%v, want ErrDamaged", err)
		}
	}
	check(err)
	for chat := range bot.ChatID(60) {
		_, err := s.Load(chat, 0, newest(3))
		check(err)
		h, ok, err := s.Head(chat)
		check(err)
		if ok && err == nil && chat < 3 {
			_, err = s.Settle(Settlement{Chat: chat, Item: h.Item.ID, Fate: Delivered})
			check(err)
		}
	}
	_, err = s.Commit(Change{Update: 1000, Chat: 7, Presence: Here, Queue: []Item{answer("y")}})
	check(err)
	for _, err := range s.Cases() {
		check(err)
	}
}
