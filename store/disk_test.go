package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tixianbot/bot"
)

// fill sets everything in v to something, so that a field that is not stored
// shows as a difference.
func fill(t *testing.T, v reflect.Value, n *int) {
	*n++
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(noon.Add(time.Duration(*n) * time.Hour)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("值<%d>", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(*n % 256))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), n)
		fill(t, v.Index(1), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, n)
		fill(t, value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	default:
		t.Fatalf("a field of type %v: say here how to fill it, and in disk.go how to store it", v.Type())
	}
}

func filled[T any](t *testing.T) (v T) {
	n := 0
	fill(t, reflect.ValueOf(&v).Elem(), &n)
	return v
}

// Every field of the core's types comes back from the file. When this fails, a
// field was added in package bot: add it to disk.go too.
func TestEveryFieldIsStored(t *testing.T) {
	c := filled[bot.Case](t)
	e, err := encodeCase(7, c)
	if err != nil {
		t.Fatal(err)
	}
	gotCase, err := decodeCase(e.value)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "case", gotCase, c)

	r := filled[bot.Record](t)
	raw, err := json.Marshal(recordToDisk(r))
	if err != nil {
		t.Fatal(err)
	}
	gotRecord, err := decodeRecord(r.Seq, raw)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "record", gotRecord, r)

	it := Item{ID: ItemID{Class: Answer, Seq: 3}, Queued: noon, Message: filled[bot.Message](t), Delete: true, Target: 9, Notice: true}
	raw, err = json.Marshal(itemToDisk(it))
	if err != nil {
		t.Fatal(err)
	}
	gotItem, err := decodeItem(it.ID, raw)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "item", gotItem, it)
}

// The names in the file. A line of this test is never changed, only added to.
func TestNamesOnDiskAreFrozen(t *testing.T) {
	c, it := aCase(), answer("你好")
	it.Queued = noon
	tests := []struct {
		value any
		want  string
	}{
		{caseToDisk(c), `{"number":1,"opened":"2026-03-14T12:00:00+08:00","touched":"2026-03-14T13:00:00+08:00","stage":"support",` +
			`"facts":{"failed_at":{"value":"2026-03-13T15:00:00+08:00","quote":"昨天下午三点","record":1,"approx":true},"province":{"skipped":true},"status":{"value":"reviewing","quote":"风控审核中","record":1}},` +
			`"cues":[{"id":"cue","quote":"刚换了银行卡"}],"trail":["status","province"],"seq":2,"rev":5,"screen":"review","view":"review","view_arg":"status",` +
			`"picked":["card"],"misses":1,"ticked":["s1"],"ruled_out":["maintenance"],"flags":["none"]}`},
		{caseToDisk(bot.Case{}), `{}`},
		{caseToDisk(bot.Case{Exhibits: 3, Pieces: map[string]int{"notice": 2}, Files: "AA", Batch: bot.Batch{First: 2, Last: 3, Again: 4, Refused: 5, Album: "6", Kind: "7", Due: true, Told: true}}), `{"exhibits":3,` +
			`"pieces":{"notice":2},"files":"AA","batch":{"first":2,"last":3,"again":4,"refused":5,"album":"6","kind":"7","due":true,"told":true}}`},
		{recordToDisk(record(3)), `{"kind":"note","at":"2026-03-14T12:00:00+08:00","told_at":"2026-03-14T12:01:00+08:00","text":"第3条","about":"status"}`},
		{itemToDisk(it), `{"queued":"2026-03-14T12:00:00+08:00","slot":"screen","replace":true,"text":"你好",` +
			`"buttons":[[{"label":"没有","case":1,"rev":5,"act":"a","arg":"x"}],[]]}`},
		{itemToDisk(Item{Delete: true, Target: 9, Notice: true}), `{"delete":true,"notice":true,"target":9}`},
		{caseToDisk(bot.Case{Use: bot.Use{Words: 1, Files: 2, Last: 7, Whole: 3, Since: 4, Count: 5, Owed: 6}}), `{"use":{"words":1,"files":2,"last":7,"whole":3,"since":4,"count":5,"owed":6}}`},
		{diskChat{Barred: true}, `{"barred":true}`},
		{diskChat{Active: 1, Zone: "Asia/Shanghai", Gone: true}, `{"active":1,"zone":"Asia/Shanghai","gone":true}`},
		{diskLetter{At: noon, Reason: "rejected", Item: []byte("{}")}, `{"at":"2026-03-14T12:00:00+08:00","reason":"rejected","item":"e30="}`},
		{diskTimer{At: noon}, `{"at":"2026-03-14T12:00:00+08:00"}`},
		{diskJob{File: "x", Queued: noon}, `{"file":"x","queued":"2026-03-14T12:00:00+08:00"}`},
		{diskPoison{At: noon, Event: "said", Cause: "x", Stack: "y"}, `{"at":"2026-03-14T12:00:00+08:00","event":"said","cause":"x","stack":"y"}`},
	}
	for _, tt := range tests {
		raw, err := json.Marshal(tt.value)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, string(raw)); diff != "" {
			t.Errorf("%T (-want +got):\n%s", tt.value, diff)
		}
	}
}

func FuzzDecodeCase(f *testing.F) {
	e, err := encodeCase(1, aCase())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(e.value)
	f.Add([]byte(`{"facts":{"":{}},"cues":[{}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := decodeCase(raw)
		if err != nil {
			return
		}
		again, err := encodeCase(1, c)
		if err != nil {
			return // a number that no key can hold
		}
		back, err := decodeCase(again.value)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(c, back, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the case changed:\n%s", diff)
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	raw, _ := json.Marshal(recordToDisk(record(1)))
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := decodeRecord(1, raw)
		if err != nil {
			return
		}
		again, err := json.Marshal(recordToDisk(r))
		if err != nil {
			return // a time that JSON cannot hold
		}
		back, err := decodeRecord(1, again)
		if err != nil || !cmp.Equal(r, back) {
			t.Errorf("%+v came back as %+v, %v", r, back, err)
		}
	})
}

func FuzzDecodeItem(f *testing.F) {
	raw, _ := json.Marshal(itemToDisk(answer("你好")))
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		id := ItemID{Class: Answer, Seq: 1}
		it, err := decodeItem(id, raw)
		if err != nil {
			return
		}
		again, err := json.Marshal(itemToDisk(it))
		if err != nil {
			return
		}
		back, err := decodeItem(id, again)
		if err != nil || !cmp.Equal(it, back, cmpopts.EquateEmpty()) {
			t.Errorf("%+v came back as %+v, %v", it, back, err)
		}
	})
}

func FuzzDecodeLogEntry(f *testing.F) {
	f.Add(logEntry{at: 1, total: 3, ids: []int64{1, -2, 3}}.encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := decodeLogEntry(raw)
		if err != nil {
			return
		}
		if got := e.encode(); string(got) != string(raw) {
			t.Errorf("%x came back as %x", raw, got)
		}
	})
}

// The values of the other buckets: what can be read can be written and read again.
func FuzzDecodeOthers(f *testing.F) {
	f.Add([]byte(`{"active":1,"zone":"Asia/Shanghai","gone":true}`))
	f.Add([]byte(`{"at":"2026-03-14T12:00:00+08:00","reason":"rejected","item":"e30="}`))
	f.Add([]byte(`{"at":"2026-03-14T12:00:00+08:00","event":"said","cause":"x","stack":"y"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		again(t, raw, decodeChat)
		again(t, raw, decodeLetter)
		again(t, raw, decodePoison)
		again(t, raw, decodeTimer)
		again(t, raw, decodeJob)
	})
}

// again decodes raw, and what it says once more.
func again[T any](t *testing.T, raw []byte, decode func([]byte) (T, error)) {
	t.Helper()
	d, err := decode(raw)
	if err != nil || raw == nil {
		return
	}
	written, err := json.Marshal(d)
	if err != nil {
		return // a time that JSON cannot hold
	}
	back, err := decode(written)
	if err != nil || !cmp.Equal(d, back, cmpopts.EquateEmpty()) {
		t.Errorf("%+v came back as %+v, %v", d, back, err)
	}
}
