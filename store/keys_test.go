package store

import (
	"bytes"
	"cmp"
	"math"
	"sync"
	"testing"

	"tixianbot/bot"
)

// plainFile is the seal of a file that is not encrypted, sealedFile that of one
// that is.
var (
	plainFile  *seal
	sealedFile = sync.OnceValue(func() *seal {
		s, _, err := newSeal(aKey())
		if err != nil {
			panic(err)
		}
		return s
	})
)

// Keys come back as what they were made of, and sort as that does.
func FuzzKeys(f *testing.F) {
	f.Add(int64(-5), int64(7), uint32(1), uint32(2), uint32(3), uint32(4), "screen")
	f.Add(int64(math.MinInt64), int64(math.MaxInt64), uint32(0), uint32(math.MaxUint32), uint32(1), uint32(0), "")
	f.Fuzz(func(t *testing.T, chatA, chatB int64, numberA, numberB, seqA, seqB uint32, slot string) {
		a, b := bot.ChatID(chatA), bot.ChatID(chatB)
		if got, err := parseChatKey(chatKey(a)); err != nil || got != a {
			t.Errorf("chat %d came back as %d, %v", a, got, err)
		}
		if c, n, err := parseCaseKey(caseKey(a, int(numberA))); err != nil || c != a || n != int(numberA) {
			t.Errorf("case key came back as %d/%d, %v", c, n, err)
		}
		if c, n, s, err := parseRecordKey(recordKey(a, int(numberA), int(seqA))); err != nil || c != a || n != int(numberA) || s != int(seqA) {
			t.Errorf("record key came back as %d/%d/%d, %v", c, n, s, err)
		}
		id := ItemID{Class: Class(numberA), Seq: uint64(chatB)}
		if c, got, err := parseItemKey(itemKey(a, id)); err != nil || c != a || got != id {
			t.Errorf("item key came back as %d/%v, %v", c, got, err)
		}
		if c, u, err := parsePoisonKey(poisonKey(a, chatB)); err != nil || c != a || u != chatB {
			t.Errorf("poison key came back as %d/%d, %v", c, u, err)
		}
		if u, err := parseSeenKey(seenKey(chatB)); err != nil || u != chatB {
			t.Errorf("update id came back as %d, %v", u, err)
		}
		for _, s := range []*seal{plainFile, sealedFile()} {
			keysWithNames(t, s, a, uint8(numberA), chatB%(1<<52), slot)
		}
		want := cmp.Or(cmp.Compare(a, b), cmp.Compare(numberA, numberB), cmp.Compare(seqA, seqB))
		if got := bytes.Compare(recordKey(a, int(numberA), int(seqA)), recordKey(b, int(numberB), int(seqB))); got != want {
			t.Errorf("record keys compare as %d, want %d", got, want)
		}
		if next := after(a); next != nil && bytes.Compare(itemKey(a, ItemID{math.MaxUint8, math.MaxUint64}), next) >= 0 {
			t.Error("a key of the chat sorts after it")
		}
	})
}

// keysWithNames tries the keys that have a name.
func keysWithNames(t *testing.T, s *seal, a bot.ChatID, kind uint8, ms int64, name string) {
	t.Helper()
	if name == "" {
		return
	}
	if c, slot, err := s.parseSlotKey(s.slotKey(a, bot.Slot(name))); err != nil || c != a || slot != bot.Slot(name) {
		t.Errorf("slot key came back as %d/%q, %v", c, slot, err)
	}
	if c, order, err := s.parseOrderKey(s.orderKey(a, name)); err != nil || c != a || order != name {
		t.Errorf("order key came back as %d/%q, %v", c, order, err)
	}
	timer := s.timerKey(a, TimerID{Kind: TimerKind(kind), Name: name})
	if c, id, err := s.parseTimerKey(timer); err != nil || c != a || id.Name != name || id.Kind != TimerKind(kind) {
		t.Errorf("timer key came back as %d/%v, %v", c, id, err)
	}
	if got, err := s.parseDueKey(dueKey(ms, timer)); err != nil || got.Chat != a || got.ID.Name != name || moment(got.At) != ms {
		t.Errorf("key of the index came back as %v, %v", got, err)
	}
}

// No key makes a parser fail in another way than with an error.
func FuzzParseKeys(f *testing.F) {
	f.Add([]byte("12345678901234567"))
	f.Fuzz(func(t *testing.T, k []byte) {
		if c, n, s, err := parseRecordKey(k); err == nil && !bytes.Equal(recordKey(c, n, s), k) {
			t.Errorf("record key %x came back different", k)
		}
		if c, n, err := parseCaseKey(k); err == nil && !bytes.Equal(caseKey(c, n), k) {
			t.Errorf("case key %x came back different", k)
		}
		if c, id, err := parseItemKey(k); err == nil && !bytes.Equal(itemKey(c, id), k) {
			t.Errorf("item key %x came back different", k)
		}
		for _, s := range []*seal{plainFile, sealedFile()} {
			parsedNames(t, s, k)
		}
		if c, u, err := parsePoisonKey(k); err == nil && !bytes.Equal(poisonKey(c, u), k) {
			t.Errorf("poison key %x came back different", k)
		}
		if id, err := decodeID(k); err == nil && !bytes.Equal(encodeID(id), k) {
			t.Errorf("message id %x came back different", k)
		}
	})
}

// parsedNames tries a key as one of those that have a name.
func parsedNames(t *testing.T, s *seal, k []byte) {
	t.Helper()
	if c, slot, err := s.parseSlotKey(k); err == nil && !bytes.Equal(s.slotKey(c, slot), k) {
		t.Errorf("slot key %x came back different", k)
	}
	if c, order, err := s.parseOrderKey(k); err == nil && !bytes.Equal(s.orderKey(c, order), k) {
		t.Errorf("order key %x came back different", k)
	}
	if c, id, err := s.parseTimerKey(k); err == nil && !bytes.Equal(s.timerKey(c, id), k) {
		t.Errorf("timer key %x came back different", k)
	}
	if due, err := s.parseDueKey(k); err == nil && !bytes.Equal(dueKey(signed(k), s.timerKey(due.Chat, due.ID)), k) {
		t.Errorf("key of the index %x came back different", k)
	}
}
