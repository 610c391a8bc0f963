package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"tixianbot/bot"
)

// chatLen is the length of the chat id that begins the keys of a chat.
const chatLen = 8

var errKey = errors.New("key has the wrong length")

// appendSigned appends a number so that negative ones sort before the others.
func appendSigned(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)^1<<63)
}

func signed(b []byte) int64 { return int64(binary.BigEndian.Uint64(b) ^ 1<<63) }

func chatKey(c bot.ChatID) []byte {
	return appendSigned(make([]byte, 0, chatLen), int64(c))
}

func parseChatKey(k []byte) (bot.ChatID, error) {
	if len(k) != chatLen {
		return 0, errKey
	}
	return bot.ChatID(signed(k)), nil
}

// chatOf returns the chat that a key of at least eight bytes begins with.
func chatOf(k []byte) bot.ChatID { return bot.ChatID(signed(k[:chatLen])) }

func (s *seal) slotKey(c bot.ChatID, slot bot.Slot) []byte {
	return append(chatKey(c), s.hide(nameOfSlot, c, string(slot))...)
}

func (s *seal) parseSlotKey(k []byte) (bot.ChatID, bot.Slot, error) {
	if len(k) <= chatLen {
		return 0, "", errKey
	}
	name, err := s.show(nameOfSlot, chatOf(k), k[chatLen:])
	return chatOf(k), bot.Slot(name), err
}

func caseKey(c bot.ChatID, number int) []byte {
	k := appendSigned(make([]byte, 0, chatLen+4), int64(c))
	return binary.BigEndian.AppendUint32(k, uint32(number))
}

func parseCaseKey(k []byte) (bot.ChatID, int, error) {
	if len(k) != chatLen+4 {
		return 0, 0, errKey
	}
	return chatOf(k), int(binary.BigEndian.Uint32(k[chatLen:])), nil
}

func recordKey(c bot.ChatID, number, seq int) []byte {
	k := appendSigned(make([]byte, 0, chatLen+8), int64(c))
	k = binary.BigEndian.AppendUint32(k, uint32(number))
	return binary.BigEndian.AppendUint32(k, uint32(seq))
}

func parseRecordKey(k []byte) (c bot.ChatID, number, seq int, err error) {
	if len(k) != chatLen+8 {
		return 0, 0, 0, errKey
	}
	number = int(binary.BigEndian.Uint32(k[chatLen:]))
	seq = int(binary.BigEndian.Uint32(k[chatLen+4:]))
	return chatOf(k), number, seq, nil
}

// fits reports whether n can stand in a key as four bytes.
func fits(n int) bool { return n >= 0 && int64(n) <= math.MaxUint32 }

func itemKey(c bot.ChatID, id ItemID) []byte {
	k := appendSigned(make([]byte, 0, chatLen+9), int64(c))
	k = append(k, byte(id.Class))
	return binary.BigEndian.AppendUint64(k, id.Seq)
}

func parseItemKey(k []byte) (bot.ChatID, ItemID, error) {
	if len(k) != chatLen+9 {
		return 0, ItemID{}, errKey
	}
	return chatOf(k), ItemID{Class: Class(k[chatLen]), Seq: binary.BigEndian.Uint64(k[chatLen+1:])}, nil
}

func poisonKey(c bot.ChatID, update int64) []byte {
	return appendSigned(chatKey(c), update)
}

func parsePoisonKey(k []byte) (bot.ChatID, int64, error) {
	if len(k) != chatLen+8 {
		return 0, 0, errKey
	}
	return chatOf(k), signed(k[chatLen:]), nil
}

func seenKey(update int64) []byte { return appendSigned(make([]byte, 0, 8), update) }

func parseSeenKey(k []byte) (int64, error) {
	if len(k) != 8 {
		return 0, errKey
	}
	return signed(k), nil
}

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// after returns the smallest key that is greater than every key beginning with
// the chat c, or nil if there is none.
func after(c bot.ChatID) []byte {
	if c == math.MaxInt64 {
		return nil
	}
	return chatKey(c + 1)
}

// encodeID and decodeID write the message id of a slot.
func encodeID(id bot.MessageID) []byte { return appendSigned(nil, int64(id)) }

func decodeID(v []byte) (bot.MessageID, error) {
	if len(v) != 8 {
		return 0, fmt.Errorf("message id of %d bytes", len(v))
	}
	return bot.MessageID(signed(v)), nil
}

func hasChat(k []byte, c bot.ChatID) bool { return bytes.HasPrefix(k, chatKey(c)) }
