package store

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"errors"

	"tixianbot/bot"
)

// Names in keys, those of slots, timers and orders, could tell what a chat is about.
// Under a seal they are encrypted so that a name always looks the same in its
// chat, or it would not be found again: the tag of the name is the beginning of
// what it becomes and the nonce of the rest (as in SIV, RFC 5297). That two
// chats have a timer of the same name cannot be seen, nor how long it is but in
// steps of sixteen.

// nameSeal encrypts names.
type nameSeal struct {
	block cipher.Block
	key   []byte // of the tag
}

// kinds of names: equal ones of different kinds look different.
const (
	nameOfSlot  = 's'
	nameOfTimer = 't'
	nameOfOrder = 'o'
)

// nameStep is what the length of a hidden name is a multiple of, and the
// length of its tag.
const nameStep = 16

var errName = errors.New("key has a name that cannot be decrypted")

// hide returns a name of chat as it stands in keys.
func (s *seal) hide(kind byte, chat bot.ChatID, name string) []byte {
	if s == nil {
		return []byte(name)
	}
	padded := append([]byte(name), 1)
	for len(padded)%nameStep != 0 {
		padded = append(padded, 0)
	}
	out := append(s.names.tag(kind, chat, padded), padded...)
	s.names.turn(out)
	return out
}

// show returns the name that hide made hidden of.
func (s *seal) show(kind byte, chat bot.ChatID, hidden []byte) (string, error) {
	if s == nil {
		return string(hidden), nil
	}
	if len(hidden) < 2*nameStep || len(hidden)%nameStep != 0 {
		return "", errName
	}
	out := bytes.Clone(hidden)
	s.names.turn(out)
	padded := out[nameStep:]
	name := bytes.TrimRight(padded, "\x00")
	if !hmac.Equal(out[:nameStep], s.names.tag(kind, chat, padded)) || len(name) == 0 {
		return "", errName
	}
	return string(name[:len(name)-1]), nil
}

// tag is what only the key makes of a name in its place.
func (n nameSeal) tag(kind byte, chat bot.ChatID, padded []byte) []byte {
	h := hmac.New(sha256.New, n.key)
	h.Write([]byte{kind})
	h.Write(chatKey(chat))
	h.Write(padded)
	return h.Sum(nil)[:nameStep:nameStep]
}

// turn encrypts, or decrypts, what stands behind the tag.
func (n nameSeal) turn(b []byte) {
	cipher.NewCTR(n.block, b[:nameStep]).XORKeyStream(b[nameStep:], b[nameStep:])
}
