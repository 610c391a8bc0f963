package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"

	"tixianbot/bot"
)

// seal encrypts the values of one file, and the names in its keys. A nil seal
// is that of a plain file: it leaves everything as it is.
//
// A value is sealed with AES-256-GCM under a key of its chat, which HKDF makes
// out of the key of the file; what belongs to no chat has a key of its own. The
// nonce is random: 96 bits are safe for 2^32 values under one key, and no chat
// ever has so many. One key for all chats would come near that in a busy year,
// and XChaCha20, whose longer nonce would allow it, is not in the standard
// library and slower where the processor has AES. The bucket and the key that a
// value stands under are associated data: a value that was moved, even to
// another message of the same chat, does not open.
type seal struct {
	id    [idLen]byte // of the key
	prk   []byte      // what all other keys are made from
	own   *chatSeal   // of what belongs to no chat
	names nameSeal
	cache [512]atomic.Pointer[chatSeal] // by chat, where a later one takes the place of an earlier one
}

// chatSeal seals the values of one chat.
type chatSeal struct {
	chat bot.ChatID
	aead cipher.AEAD
}

// A sealed value is the version, the id of the key, the nonce, the encrypted
// text and its tag.
const (
	sealVersion = 1
	idLen       = 4
	headLen     = 1 + idLen
	sealCost    = headLen + 12 + 16 // bytes that a value grows by
)

// The record in meta by which a key is known: version, id of the key, salt of
// the file, what only that key makes of the salt, and a sum of all that, which
// tells a damaged record from a wrong key.
const (
	saltLen   = 16
	checkEnd  = headLen + saltLen + sha256.Size
	recordLen = checkEnd + sha256.Size
)

// newSeal returns a seal for a new file and the record of it.
func newSeal(k Key) (*seal, []byte, error) {
	salt := make([]byte, saltLen)
	_, _ = rand.Read(salt) // never fails
	s, check, err := deriveSeal(k, salt)
	if err != nil {
		return nil, nil, err
	}
	record := append([]byte{sealVersion}, s.id[:]...)
	record = append(append(record, salt...), check...)
	sum := sha256.Sum256(record)
	return s, append(record, sum[:]...), nil
}

// openSeal returns the seal of a file with the given record, nil being that of
// a plain file, once it is sure that k is its key.
func openSeal(k Key, record []byte) (*seal, error) {
	switch {
	case record == nil && !k.Set():
		return nil, nil
	case record == nil:
		return nil, fmt.Errorf("%w: it is not encrypted; run `tixianbot rekey` to encrypt it with TIXIANBOT_KEY, or unset that", ErrKey)
	case !whole(record):
		return nil, fmt.Errorf("%w: the record of its key cannot be read: restore a backup", ErrDamaged)
	case !k.Set():
		return nil, fmt.Errorf("%w: it is encrypted; set TIXIANBOT_KEY to its key, that with the id %x", ErrKey, record[1:headLen])
	case string(record[1:headLen]) != string(k.id()):
		return nil, fmt.Errorf("%w: it is encrypted with the key %x, and TIXIANBOT_KEY is the key %x; set the right one, or see `tixianbot rekey -h`",
			ErrKey, record[1:headLen], k.id())
	}
	s, check, err := deriveSeal(k, record[headLen:headLen+saltLen])
	if err == nil && subtle.ConstantTimeCompare(check, record[headLen+saltLen:checkEnd]) != 1 {
		err = fmt.Errorf("%w: TIXIANBOT_KEY only looks like its key", ErrKey)
	}
	return s, err
}

// whole reports whether a record is as it was written.
func whole(record []byte) bool {
	if len(record) != recordLen || record[0] != sealVersion {
		return false
	}
	sum := sha256.Sum256(record[:checkEnd])
	return string(sum[:]) == string(record[checkEnd:])
}

// deriveSeal makes the seal of the file with the given salt, and what is to
// stand in its record.
func deriveSeal(k Key, salt []byte) (s *seal, check []byte, err error) {
	s = &seal{id: [idLen]byte(k.id())}
	if s.prk, err = hkdf.Extract(sha256.New, k.secret[:], salt); err != nil {
		return nil, nil, err
	}
	var keys [4][]byte
	for i, info := range []string{"tixianbot check", "tixianbot file", "tixianbot names", "tixianbot names tag"} {
		if keys[i], err = s.derive(info); err != nil {
			return nil, nil, err
		}
	}
	aead, err1 := newAEAD(keys[1])
	block, err2 := aes.NewCipher(keys[2])
	s.own, s.names = &chatSeal{aead: aead}, nameSeal{block, keys[3]}
	return s, keys[0], errors.Join(err1, err2)
}

func (s *seal) derive(info string) ([]byte, error) {
	return hkdf.Expand(sha256.New, s.prk, info, keyLen)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func newFileAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// of returns the seal of a chat.
func (s *seal) of(chat bot.ChatID) (*chatSeal, error) {
	place := &s.cache[uint64(chat)%uint64(len(s.cache))]
	if c := place.Load(); c != nil && c.chat == chat {
		return c, nil
	}
	key, err := s.derive("tixianbot chat " + string(chatKey(chat)))
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	c := &chatSeal{chat, aead}
	place.Store(c)
	return c, nil
}

// under returns the seal of what stands under key in bucket.
func (s *seal) under(bucket, key []byte) (*chatSeal, error) {
	if ofChat(bucket) && len(key) >= chatLen {
		return s.of(chatOf(key))
	}
	return s.own, nil
}

// close encrypts the value of key in bucket.
func (s *seal) close(bucket, key, value []byte) ([]byte, error) {
	c, err := s.under(bucket, key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, headLen, len(value)+sealCost)
	out[0] = sealVersion
	copy(out[1:], s.id[:])
	return c.aead.Seal(out, nil, value, s.place(bucket, key)), nil
}

// open decrypts the value of key in bucket. It is errSeal unless it was sealed
// there, with this key, and nothing of it has changed.
func (s *seal) open(bucket, key, sealed []byte) ([]byte, error) {
	if len(sealed) < sealCost || sealed[0] != sealVersion || string(sealed[1:headLen]) != string(s.id[:]) {
		return nil, errSeal
	}
	c, err := s.under(bucket, key)
	if err != nil {
		return nil, err
	}
	value, err := c.aead.Open(make([]byte, 0, len(sealed)-sealCost), nil, sealed[headLen:], s.place(bucket, key))
	if err != nil {
		return nil, errSeal
	}
	return value, nil
}

var errSeal = errors.New("the value cannot be decrypted")

// place is the associated data of the value of key in bucket.
func (s *seal) place(bucket, key []byte) []byte {
	b := make([]byte, 0, 64)
	b = append(append(b, sealVersion), s.id[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(bucket)))
	return append(append(b, bucket...), key...)
}
