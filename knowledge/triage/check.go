package triage

import (
	"fmt"
	"slices"

	"tixianbot/knowledge/normal"
)

// Check compiles w and runs the examples of its cues. It returns all that is
// wrong, one error each.
func Check(t *normal.Table, w Weights) []error {
	m, err := Compile(t, w)
	if err != nil {
		return []error{err}
	}
	var wrong []error
	for _, cw := range w.Cues {
		if len(cw.Yes) == 0 {
			wrong = append(wrong, fmt.Errorf("cue %s: no example", cw.ID))
		}
		for _, text := range cw.Yes {
			if !m.says(cw.ID, text) {
				wrong = append(wrong, fmt.Errorf("cue %s: not found in its example %q", cw.ID, text))
			}
		}
		for _, text := range cw.No {
			if m.says(cw.ID, text) {
				wrong = append(wrong, fmt.Errorf("cue %s: found in %q", cw.ID, text))
			}
		}
	}
	return wrong
}

func (m *Model) says(id, text string) bool {
	return slices.ContainsFunc(m.Cues(text), func(c Cue) bool { return c.ID == id })
}
