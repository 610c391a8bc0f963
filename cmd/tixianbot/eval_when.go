package main

import (
	"errors"
	"strings"
	"unicode"

	"tixianbot/knowledge"
	"tixianbot/knowledge/when"
)

// setFor is what the argument of /remind was understood as, as it is printed.
type setFor struct {
	At    string `json:"at,omitempty"`
	Every string `json:"every,omitempty"`
	Error string `json:"error,omitempty"`
	Note  string `json:"note,omitempty"`
}

// tryWhen reads the argument of /remind.
func tryWhen(k *knowledge.Pack, c evalCase) result {
	plan, err := k.Planner.Parse(c.Text, c.Now)
	want := c.want.(*wantTime)
	if err != nil {
		return result{Pass: want.Error, Got: setFor{Error: reasonOf(err)}}
	}
	got := setFor{At: plan.At.Format("2006-01-02T15:04:05Z07:00"), Every: plan.Every.String(), Note: plan.Note}
	right := !want.Error && got.Every == want.Every
	if want.Every == "" {
		right = right && plan.At.Equal(want.At)
	}
	if want.Note != nil {
		right = right && bare(plan.Note) == bare(*want.Note)
	}
	return result{Pass: right, Got: got}
}

func reasonOf(err error) string {
	if e, ok := errors.AsType[*when.Error](err); ok {
		return string(e.Reason)
	}
	return err.Error()
}

// bare leaves the words of a note, without the spaces and signs around them.
func bare(note string) string {
	return strings.TrimFunc(note, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
}
