package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
)

func TestCheckCounts(t *testing.T) {
	f := newFile(t)
	f.populate(7, 1)
	f.populate(-8, 10)
	r := f.sound()
	poison := Poison{Event: "said", At: noon, Cause: "boom", Stack: "f x.go:1\n"}
	first, second := poison, poison
	first.Update, second.Update = 11, 2
	same(t, "report", r, Report{
		Format: 3, Key: everKey.ID(), Chats: 2, Cases: 2, Records: 4, Waiting: 2, Dead: 2, Updates: 4, Timers: 2, Jobs: 2, Orders: 2, Poison: []Poison{first, second},
	})
}

// Whatever bucket is damaged, the report names it, with the chat as a tag.
func TestCheckFindsDamage(t *testing.T) {
	secret := []byte(`{"number":"私密`)
	for _, bucket := range slices.Concat(ofChats, [][]byte{bucketSeenLog}) {
		for what, at := range map[string]struct{ key, value []byte }{
			"a value": {slices.Concat(chatKey(7), make([]byte, keyRest[string(bucket)])), secret},
			"a key":   {[]byte("odd key"), []byte("{}")},
		} {
			t.Run(string(bucket)+"/"+what, func(t *testing.T) {
				f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db"), key: everKey}
				f.open()
				defer f.close()
				f.populate(7, 1)
				f.put(bucket, at.key, at.value)
				r, err := f.Check()
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Problems) == 0 || !strings.Contains(r.Problems[0], "bucket "+string(bucket)) {
					t.Fatalf("problems %q, want one of bucket %s", r.Problems, bucket)
				}
				if strings.Contains(r.Problems[0], "私密") {
					t.Errorf("the report quotes the value: %q", r.Problems[0])
				}
			})
		}
	}
}

// keyRest is how long the keys of each bucket are after the chat.
var keyRest = map[string]int{"slots": 3, "cases": 4, "records": 8, "outbox": 9, "dead": 9, "poison": 8, "timers": 2, "jobs": 8, "orders": 4}

func TestDamageOfOneChatIsItsOwn(t *testing.T) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db"), key: everKey}
	f.open()
	defer f.close()
	f.populate(7, 1)
	f.populate(8, 11)
	for _, broken := range []struct{ bucket, key []byte }{
		{bucketChats, chatKey(7)}, {bucketCases, caseKey(7, 1)}, {bucketRecords, recordKey(7, 1, 2)},
	} {
		good := []byte(f.dump()[string(broken.bucket)+"/"+string(broken.key)])
		f.put(broken.bucket, broken.key, []byte("{"))
		if _, err := f.Load(7, 0, newest(5)); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), f.Tag(7)) {
			t.Errorf("%s: Load: %v, want ErrDamaged with the tag of the chat", broken.bucket, err)
		}
		if _, err := f.Load(8, 0, newest(5)); err != nil {
			t.Errorf("%s: Load of another chat: %v", broken.bucket, err)
		}
		f.commit(Change{Update: 100 + int64(len(broken.key)), Chat: 7, Poison: &Poison{Event: "said"}, Queue: []Item{answer("x")}})
		f.put(broken.bucket, broken.key, good)
	}
	f.put(bucketChats, chatKey(7), []byte("{"))
	if _, err := f.Commit(Change{Update: 200, Chat: 7, Presence: Here}); !errors.Is(err, ErrDamaged) {
		t.Errorf("Commit: %v, want ErrDamaged", err)
	}
	if f.commit(Change{Update: 200, Chat: 7, Erase: true}).Duplicate {
		t.Error("the failed change counts as written")
	}
	f.sound()
}

func TestCases(t *testing.T) {
	f := newFile(t)
	const chats = 3*pageSize + 1
	for i := range chats {
		c := bot.Case{Number: 1, Misses: i}
		f.commit(Change{Chat: bot.ChatID(i - 50), Case: &c, Records: []bot.Record{record(1), record(2)}})
	}
	i := 0
	for e, err := range f.Cases() {
		if err != nil {
			t.Fatal(err)
		}
		if e.Chat != bot.ChatID(i-50) || e.Case.Misses != i || len(e.Records) != 2 || !e.Active {
			t.Errorf("entry %d is %+v", i, e)
		}
		f.commit(Change{Chat: 1000, Records: nil}) // writing goes on meanwhile
		i++
	}
	if i != chats {
		t.Errorf("%d cases, want %d", i, chats)
	}
	for range f.Cases() {
		break // and the loop may end early
	}
	for e := range f.CasesOf(12345) {
		t.Errorf("case %+v of a chat that never wrote", e)
	}
}

func TestCasesGoOnAfterADamagedOne(t *testing.T) {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "x.db"), key: everKey}
	f.open()
	defer f.close()
	f.populate(7, 1)
	f.populate(8, 11)
	f.populate(9, 21)
	f.put(bucketRecords, recordKey(8, 1, 1), []byte("{"))
	var chats []bot.ChatID
	for e, err := range f.Cases() {
		chats = append(chats, e.Chat)
		if (err != nil) != (e.Chat == 8) || (err != nil && !errors.Is(err, ErrDamaged)) {
			t.Errorf("chat %d: %v", e.Chat, err)
		}
		if e.Chat == 8 && len(e.Records) != 1 {
			t.Errorf("%d records of the damaged case, want the one that can be read", len(e.Records))
		}
	}
	same(t, "chats", chats, []bot.ChatID{7, 8, 9})
}

// The samples are files as the releases wrote them. None is ever made again: a
// version that cannot read it cannot read its users' files.
const (
	sample1 = "testdata/format-1.db"
	sample2 = "testdata/format-2.db"
	sample3 = "testdata/format-3.db"
)

// openSample opens a copy of a sample.
func openSample(t *testing.T, path string) *file {
	f := &file{t: t, path: filepath.Join(t.TempDir(), "old.db")}
	copyFile(t, path, f.path)
	f.open()
	t.Cleanup(f.close)
	return f
}

func TestSampleOfFormat3Opens(t *testing.T) {
	f := openSample(t, sample3)
	r := f.sound()
	if r.Chats != 1 || r.Cases != 1 || r.Records != 2 || r.Waiting != 1 || r.Orders != 1 {
		t.Errorf("report %+v", r)
	}
	orders, err := f.Orders()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "orders", orders, []Order{{Order: bot.Order{Name: "pack", Kind: bot.OrderPack, Case: 1, Args: "masked"}, Chat: 7, Given: noon}})
	h, _ := f.head(7)
	same(t, "message", h.Item.Message, message("3"))
}

func TestSampleOfFormat2Opens(t *testing.T) {
	f := openSample(t, sample2)
	r := f.sound()
	if r.Chats != 1 || r.Cases != 1 || r.Records != 2 || r.Timers != 2 || r.Jobs != 1 || r.Erased {
		t.Errorf("report %+v", r)
	}
	due, next, err := f.Due(noon, 9)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "due", due, []Timer{{Chat: 7, ID: TimerID{Wake, "album"}, At: noon.UTC()}})
	same(t, "next", next, noon.Add(time.Hour).UTC())
	jobs, err := f.Jobs()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "jobs", jobs, []Job{{Chat: 7, Case: 1, Seq: 2, File: "file-2", Queued: noon}})
}

func TestSampleOfFormat1Opens(t *testing.T) {
	f := openSample(t, sample1)
	r := f.sound()
	if r.Chats != 2 || r.Cases != 3 || r.Records != 4 || r.Waiting != 2 || r.Dead != 1 || r.Updates != 5 || len(r.Poison) != 1 {
		t.Errorf("report %+v", r)
	}
	st, err := f.Load(7, 0, newest(9))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "state", st, State{Zone: "Asia/Shanghai", Case: aCase(), Recent: []bot.Record{record(2), record(1)}})
	h, _ := f.head(7)
	same(t, "message", h.Item.Message, message("3"))
	if h.Shown != 100 {
		t.Errorf("the slot names message %d", h.Shown)
	}
	if st, _ := f.Load(8, 0, newest(9)); !st.Gone || st.Case.Number != 2 {
		t.Errorf("state of the second chat %+v", st)
	}
	if got := f.Tag(7); got != "189080eb9e85" {
		t.Errorf("tag %q", got)
	}
	for id := int64(1); id <= 5; id++ {
		if !f.commit(Change{Update: id, Chat: 7}).Duplicate {
			t.Errorf("update %d was forgotten", id)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// Example of what a chat leaves in the counts of a report.
func ExampleStore_Check() {
	dir, _ := os.MkdirTemp("", "store")
	defer os.RemoveAll(dir)
	s, err := Open(filepath.Join(dir, "bot.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	_, err = s.Commit(Change{
		Update: 1, Chat: 42, Case: &bot.Case{Number: 1, Seq: 1},
		Records: []bot.Record{{Seq: 1, Kind: bot.RecordMessage, Text: "提现一直在审核"}},
		Queue:   []Item{{ID: ItemID{Class: Answer}, Message: bot.Message{Text: "有人要你先付钱吗？"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := s.Check()
	fmt.Println(r.Cases, "case,", r.Records, "record,", r.Waiting, "message waits,", len(r.Problems), "problems", err)
	// Output: 1 case, 1 record, 1 message waits, 0 problems <nil>
}
