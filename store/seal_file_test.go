package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// made leaves a file with content at path, encrypted.
func (f *file) made(path string, content []byte) {
	f.t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		f.t.Fatal(err)
	}
	if err := f.SealFile(path); err != nil {
		f.t.Fatal(err)
	}
}

// readFile returns what OpenFile gives.
func (f *file) readFile(path string) ([]byte, int64, error) {
	in, size, err := f.OpenFile(path)
	if err != nil {
		return nil, 0, err
	}
	content, err := io.ReadAll(in)
	return content, size, errors.Join(err, in.Close())
}

// A file that was made comes back whole, whatever its length, also after the
// database got another key, and nothing of it can be read meanwhile.
func TestFilesThatWereMade(t *testing.T) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db")}
	f.open()
	defer func() { f.close() }()
	folder := t.TempDir()
	for n, size := range []int{0, 1, 100, pieceLen - 1, pieceLen, pieceLen + 1, 2 * pieceLen, 3*pieceLen + 7} {
		path := filepath.Join(folder, "made")
		want := []byte(strings.Repeat(canary, size/len(canary)+1))[:size]
		f.made(path, want)
		if n%3 == 1 {
			f.rekey(aKey())
		}
		raw, err := os.ReadFile(path)
		if err != nil || bytes.Contains(raw, []byte(canary)) {
			t.Errorf("%d bytes: it can be read, %v", size, err)
		}
		if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
			t.Errorf("mode %o", info.Mode().Perm())
		}
		got, length, err := f.readFile(path)
		if err != nil || !bytes.Equal(got, want) || length != int64(size) {
			t.Errorf("%d bytes came back as %d, %d were told, %v", size, len(got), length, err)
		}
	}
	if all, _ := os.ReadDir(folder); len(all) != 1 {
		t.Errorf("left in the folder: %v", all)
	}
}

// A file that was changed, cut off, or put in the place of another does not
// open, nor does one of another database.
func TestFilesThatWereMadeElsewhere(t *testing.T) {
	f, folder := newFile(t), t.TempDir()
	path, other := filepath.Join(folder, "made"), filepath.Join(folder, "other")
	f.made(path, bytes.Repeat([]byte("0123456789"), pieceLen/4))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	piece := pieceLen + 16
	swapped := bytes.Clone(good)
	copy(swapped[17:], good[17+piece:17+2*piece])
	copy(swapped[17+piece:], good[17:17+piece])
	wrong := map[string][]byte{
		"empty": {}, "its head alone": good[:17], "a piece less": good[:17+piece], "a byte less": good[:len(good)-1],
		"plain": []byte(strings.Repeat("0123456789", 50)), "swapped": swapped, "a byte more": append(bytes.Clone(good), 0),
	}
	for _, at := range []int{0, 1, 16, 17, 17 + pieceLen, len(good) - 1} {
		broken := bytes.Clone(good)
		broken[at] ^= 1
		wrong[fmt.Sprint("changed at ", at)] = broken
	}
	for what, content := range wrong {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := f.readFile(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", what, err)
		}
	}
	if err := os.WriteFile(other, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.readFile(other); !errors.Is(err, ErrDamaged) {
		t.Errorf("in the place of another: %v, want ErrDamaged", err)
	}
	if _, _, err := f.readFile(path + ".gone"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("where there is none: %v", err)
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := newFile(t).readFile(path); !errors.Is(err, ErrDamaged) {
		t.Errorf("of another database: %v, want ErrDamaged", err)
	}
}

func FuzzOpenFile(f *testing.F) {
	s := &file{t: f, path: filepath.Join(f.TempDir(), "x.db")}
	s.open()
	defer s.close()
	path := filepath.Join(f.TempDir(), "made")
	s.made(path, []byte("something"))
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[:len(good)-1])
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, _, err := s.readFile(path); err == nil && !bytes.Equal(raw, good) {
			t.Errorf("%x opens as %q", raw, got)
		}
	})
}
