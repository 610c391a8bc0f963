package store

import (
	"path/filepath"
	"testing"
)

// What is spent on a day stays spent, also for the next process; the next day
// begins anew.
func TestSpend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spent.db")
	for _, step := range []struct {
		day   string
		limit int
		ok    bool
	}{
		{"2026-11-22", 2, true}, {"2026-11-22", 2, true}, {"2026-11-22", 2, false}, {"2026-11-22", 3, true},
		{"2026-11-23", 1, true}, {"2026-11-23", 1, false}, {"2026-11-24", 0, false},
	} {
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		ok, err := s.Spend("wording", step.day, step.limit)
		if err != nil || ok != step.ok {
			t.Errorf("%+v: %v, %v", step, ok, err)
		}
		if other, err := s.Spend("else", step.day, 99); err != nil || !other {
			t.Errorf("one kind uses up another: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Spend("wording", step.day, 9); err == nil {
			t.Error("a closed store takes it")
		}
	}
}
