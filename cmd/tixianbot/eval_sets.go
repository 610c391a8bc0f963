package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
)

// evalCase is one line of a set of test questions.
type evalCase struct {
	Task  string          `json:"task"`
	ID    string          `json:"id"`
	Text  string          `json:"text"`
	Now   time.Time       `json:"now"`
	Facts evalFacts       `json:"facts"`
	Kind  string          `json:"kind"` // of a letter
	Lang  string          `json:"lang"` // of a letter
	LLM   string          `json:"llm"`  // a letter to be checked
	Want  json.RawMessage `json:"want"`

	want any // Want, decoded as the task has it
}

// evalNow is the time of cases that name none.
var evalNow = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 8*60*60))

// What a case can want, by task.
type (
	wantCause struct {
		Cause  string   `json:"cause"`
		Causes []string `json:"causes"` // any of them
	}
	wantTopic struct {
		Topic  string   `json:"topic"` // or "none"
		Topics []string `json:"topics"`
	}
	wantFacts struct {
		Facts  fact.Facts  `json:"facts"`
		Absent []fact.Name `json:"absent"`
	}
	wantFlag struct {
		Flag string `json:"flag"`
	}
	wantMask struct {
		Masked []string `json:"masked"`
		Kept   []string `json:"kept"`
	}
	wantTime struct {
		At    time.Time `json:"at"`
		Every string    `json:"every"` // as an RRULE
		Error bool      `json:"error"` // no time that can be set
		Note  *string   `json:"note"`  // nil: any
	}
)

func (w wantCause) any() []string { return oneOrMore(w.Cause, w.Causes) }
func (w wantTopic) any() []string { return oneOrMore(w.Topic, w.Topics) }

func oneOrMore(one string, more []string) []string {
	if one != "" {
		return append([]string{one}, more...)
	}
	return more
}

// readCases reads a file of test questions. An unknown key or task is an error
// that names the line.
func readCases(name string) ([]evalCase, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the test questions: %w", err)
	}
	defer f.Close()
	var cases []evalCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		c, err := parseCase(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", name, n, err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return cases, nil
}

// parseCase reads one line.
func parseCase(line []byte) (evalCase, error) {
	var head struct {
		Task string `json:"task"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return evalCase{}, err
	}
	task, ok := evalTasks[head.Task]
	if !ok {
		return evalCase{}, fmt.Errorf("the task %q cannot be tried; those that can are %s",
			head.Task, strings.Join(slices.Sorted(maps.Keys(evalTasks)), ", "))
	}
	var c evalCase
	if err := strictly(line, &c); err != nil {
		return evalCase{}, err
	}
	if c.ID == "" || (c.Text == "") != (head.Task == taskDraft) || len(c.Want) == 0 {
		return evalCase{}, errors.New("a case has an id, a text (or the kind of a letter) and what is wanted")
	}
	if c.Now.IsZero() {
		c.Now = evalNow
	}
	want := task.want()
	if err := strictly(c.Want, want); err != nil {
		return evalCase{}, fmt.Errorf("want: %w", err)
	}
	c.want = want
	if head.Task == taskDraft {
		return c, checkDraft(c)
	}
	return c, nil
}

// strictly decodes one JSON value into v; unknown keys and a rest are errors.
func strictly(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind the object")
	}
	return nil
}
