package store

import (
	"encoding/json"
	"fmt"
)

// metaSpent is followed by what is spent.
const metaSpent = "spent-"

// diskSpent is how much was spent of something on its newest day.
type diskSpent struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

// Spend uses up one of what there is limit of on a day, over all chats, and
// reports whether there was one left. What was spent stays spent, whatever
// happens to the process.
func (s *Store) Spend(what, day string, limit int) (ok bool, err error) {
	out, err := s.submit(&job{op: &spending{[]byte(metaSpent + what), day, limit}})
	if err != nil {
		return false, fmt.Errorf("spend %s: %w", what, err)
	}
	return !out.duplicate, nil
}

// spending is the operation of Spend.
type spending struct {
	key   []byte
	day   string
	limit int
}

func (s *spending) apply(w *writer) (outcome, error) {
	var d diskSpent
	if v := w.meta.Get(s.key); v != nil && json.Unmarshal(v, &d) != nil {
		d = diskSpent{}
	}
	if d.Day != s.day {
		d = diskSpent{Day: s.day}
	}
	if d.N >= s.limit {
		return outcome{duplicate: true}, nil
	}
	d.N++
	return outcome{}, putJSON(w.meta, s.key, d)
}
