package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
)

func wake(name string, at time.Time) Timer { return Timer{ID: TimerID{Wake, name}, At: at} }

// of returns the timer as it is in a chat.
func (t Timer) of(chat bot.ChatID) Timer {
	t.Chat, t.At = chat, t.At.UTC()
	return t
}

func (f *file) due(now time.Time, limit int) ([]Timer, time.Time) {
	f.t.Helper()
	due, next, err := f.Due(now, limit)
	if err != nil {
		f.t.Fatal(err)
	}
	return due, next
}

func TestTimersComeDueInOrderAfterReopening(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Update: 1, Chat: 7, Timers: []Timer{wake("late", noon.Add(time.Hour)), wake("soon", noon)}})
	f.commit(Change{Update: 2, Chat: -8, Timers: []Timer{wake("first", noon.Add(-time.Second))}})
	f.reopen()
	due, next := f.due(noon.Add(-time.Minute), 9)
	same(t, "due before any", due, []Timer{})
	same(t, "next", next, noon.Add(-time.Second).UTC())
	due, next = f.due(noon, 9)
	same(t, "due at noon", due, []Timer{wake("first", noon.Add(-time.Second)).of(-8), wake("soon", noon).of(7)})
	same(t, "next", next, noon.Add(time.Hour).UTC())
	due, next = f.due(noon, 1)
	same(t, "the first", due, []Timer{wake("first", noon.Add(-time.Second)).of(-8)})
	same(t, "next", next, noon.UTC())
	due, next = f.due(noon.Add(time.Hour), 9)
	if len(due) != 3 || !next.IsZero() {
		t.Errorf("%v, then %v", due, next)
	}
}

func TestATimerNeverComesEarly(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Timers: []Timer{wake("x", noon.Add(time.Nanosecond))}})
	if due, _ := f.due(noon, 9); len(due) > 0 {
		t.Errorf("due a nanosecond early: %v", due)
	}
	if due, _ := f.due(noon.Add(time.Millisecond), 9); len(due) != 1 {
		t.Error("not due a millisecond later")
	}
}

func TestSettingATimerAgainMovesIt(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Timers: []Timer{wake("x", noon), wake("y", noon)}})
	f.commit(Change{Chat: 7, Timers: []Timer{wake("x", noon.Add(-time.Hour))}})
	f.commit(Change{Chat: 8, Timers: []Timer{wake("x", noon)}}) // another chat's is another
	due, _ := f.due(noon, 9)
	same(t, "due", due, []Timer{wake("x", noon.Add(-time.Hour)).of(7), wake("y", noon).of(7), wake("x", noon).of(8)})
	f.commit(Change{Chat: 7, Cancel: []TimerID{{Wake, "x"}, {Wake, "never set"}}, Timers: []Timer{wake("y", noon.Add(time.Hour))}})
	due, next := f.due(noon, 9)
	same(t, "due", due, []Timer{wake("x", noon).of(8)})
	same(t, "next", next, noon.Add(time.Hour).UTC())
	f.sound()
}

// What a timer causes and its end are one change.
func TestATimerFiresOnce(t *testing.T) {
	f := newFile(t)
	c := bot.Case{Number: 1, Seq: 1}
	f.commit(Change{Chat: 7, Timers: []Timer{wake("x", noon)}})
	due, _ := f.due(noon, 1)
	fired := due[0]
	if ok, err := f.Stands(fired); !ok || err != nil {
		t.Fatalf("it stands: %v, %v", ok, err)
	}
	if f.commit(Change{Chat: 7, Case: &c, Records: []bot.Record{record(1)}, Fires: &fired}).Duplicate {
		t.Error("the first firing is called a duplicate")
	}
	c.Seq = 2
	if !f.commit(Change{Chat: 7, Case: &c, Records: []bot.Record{record(2)}, Fires: &fired}).Duplicate {
		t.Error("the second firing is not called a duplicate")
	}
	if st := f.load(7, 9); len(st.Recent) != 1 || st.Case.Seq != 1 {
		t.Errorf("state %+v", st)
	}
	if ok, _ := f.Stands(fired); ok {
		t.Error("it stands after it has fired")
	}
}

func TestATimerThatWasMovedDoesNotFireAtItsOldMoment(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Timers: []Timer{wake("x", noon)}})
	old := wake("x", noon).of(7)
	f.commit(Change{Chat: 7, Timers: []Timer{wake("x", noon.Add(time.Hour))}})
	if ok, _ := f.Stands(old); ok || !f.commit(Change{Chat: 7, Fires: &old}).Duplicate {
		t.Error("it fired")
	}
	if _, next := f.due(noon, 9); !next.Equal(noon.Add(time.Hour)) {
		t.Errorf("next is %v", next)
	}
}

// A timer may set itself again in the change that it causes.
func TestATimerSetsItselfAgain(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Timers: []Timer{wake("x", noon)}})
	fired := wake("x", noon).of(7)
	f.commit(Change{Chat: 7, Fires: &fired, Timers: []Timer{wake("x", noon.Add(time.Hour))}})
	due, next := f.due(noon, 9)
	if len(due) != 0 || !next.Equal(noon.Add(time.Hour)) {
		t.Errorf("%v, then %v", due, next)
	}
}

func TestTimersThatCannotBeKept(t *testing.T) {
	f := newFile(t)
	for what, c := range map[string]Change{
		"no name":                    {Timers: []Timer{wake("", noon)}},
		"a long name":                {Timers: []Timer{wake(strings.Repeat("x", 65), noon)}},
		"a far year":                 {Timers: []Timer{wake("x", noon.AddDate(9000, 0, 0))}},
		"cancels no name":            {Cancel: []TimerID{{Wake, ""}}},
		"a file of no case":          {Jobs: []Job{{Seq: 1, File: "x"}}},
		"a record that is not there": {Amended: []bot.Amended{{Case: 1, Record: record(1)}}},
		"a record of no case":        {Amended: []bot.Amended{{Record: record(1)}}},
	} {
		if _, err := f.Commit(c); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", what, err)
		}
	}
}

func TestTheIndexIsChecked(t *testing.T) {
	f := newFile(t)
	f.commit(Change{Chat: 7, Timers: []Timer{wake("x", noon)}})
	stray := dueKey(5, f.seal.timerKey(8, TimerID{Wake, "stray"}))
	f.put(bucketDue, stray, []byte{1})
	r, err := f.Check()
	if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "bucket due") {
		t.Errorf("problems %q, %v", r.Problems, err)
	}
	// Setting and cancelling it heals the index.
	f.commit(Change{Chat: 8, Timers: []Timer{wake("stray", time.UnixMilli(5))}})
	f.commit(Change{Chat: 8, Cancel: []TimerID{{Wake, "stray"}}})
	// So does cancelling one whose value cannot be read.
	f.put(bucketTimers, f.seal.timerKey(7, TimerID{Wake, "x"}), []byte("{"))
	f.commit(Change{Chat: 7, Erase: true})
}

func TestAFileIsFetchedOnce(t *testing.T) {
	f := newFile(t)
	c := aCase()
	f.commit(Change{Chat: 7, Case: &c, Records: []bot.Record{record(1), record(2)}, Jobs: []Job{{Seq: 2, File: "f", Queued: noon}}})
	f.reopen()
	jobs, err := f.Jobs()
	if err != nil || len(jobs) != 1 {
		t.Fatalf("jobs %v, %v", jobs, err)
	}
	r, ok, err := f.Pending(jobs[0])
	if !ok || err != nil {
		t.Fatalf("pending: %v, %v", ok, err)
	}
	same(t, "its record", r, record(2))
	r.Text = "with its hash"
	if f.commit(Change{Chat: 7, Case: &c, Amended: []bot.Amended{{Record: r}}, Ends: &jobs[0]}).Duplicate {
		t.Error("the end is called a duplicate")
	}
	if !f.commit(Change{Chat: 7, Case: &c, Ends: &jobs[0]}).Duplicate {
		t.Error("the second end is not called a duplicate")
	}
	same(t, "records", f.load(7, 9).Recent, []bot.Record{r, record(1)})
	if _, ok, _ := f.Pending(jobs[0]); ok {
		t.Error("it is still to be done")
	}
}

// A record of an earlier case can be amended without that case becoming active.
func TestAmendingAnEarlierCase(t *testing.T) {
	f := newFile(t)
	one, two := aCase(), bot.Case{Number: 2}
	f.commit(Change{Chat: 7, Case: &one, Records: []bot.Record{record(1)}, Jobs: []Job{{Seq: 1, File: "f"}}})
	f.commit(Change{Chat: 7, Case: &two})
	r := record(1)
	r.Text = "amended"
	f.commit(Change{Chat: 7, Case: &two, Amended: []bot.Amended{{Case: 1, Record: r}}, Ends: &Job{Chat: 7, Case: 1, Seq: 1, File: "f"}})
	for e := range f.CasesOf(7) {
		if e.Active != (e.Case.Number == 2) {
			t.Errorf("case %d is active: %v", e.Case.Number, e.Active)
		}
		if e.Case.Number == 1 {
			same(t, "records", e.Records, []bot.Record{r})
		}
	}
}

func FuzzDecodeTimer(f *testing.F) {
	f.Add([]byte(`{"at":"2026-03-14T12:00:00+08:00"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if d, err := decodeTimer(raw); err == nil && len(raw) > 0 {
			if key := dueKey(moment(d.At), plainFile.timerKey(1, TimerID{Wake, "x"})); len(key) != 18 {
				t.Errorf("the key of %v has %d bytes", d.At, len(key))
			}
		}
	})
}

func FuzzDecodeJob(f *testing.F) {
	f.Add([]byte(`{"file":"x","queued":"2026-03-14T12:00:00+08:00"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if d, err := decodeJob(raw); err == nil {
			if d.Queued.Year() > 9999 {
				t.Errorf("queued %v", d.Queued)
			}
		}
	})
}
