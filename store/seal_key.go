package store

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// keyLen is the length of a key in bytes.
const keyLen = 32

// Key is what a database is encrypted with: 32 random bytes. The zero Key is
// none, that of a plain database. Printing a Key shows its id alone.
type Key struct {
	secret [keyLen]byte
	set    bool
}

// NewKey returns a new key as it is written down, in base64.
func NewKey() string {
	var secret [keyLen]byte
	_, _ = rand.Read(secret[:]) // never fails
	return base64.StdEncoding.EncodeToString(secret[:])
}

// errNoKey says what a key is. It shows nothing of what was given for one.
var errNoKey = errors.New("it is not a key, which is 32 random bytes in base64 as `tixianbot key` makes them; a pass-phrase is not taken")

// ParseKey reads a key as [NewKey] writes it. What may have been thought up by
// a person is refused: too much can be found by trying.
func ParseKey(text string) (Key, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != keyLen || guessable(raw) {
		return Key{}, errNoKey
	}
	return Key{[keyLen]byte(raw), true}, nil
}

// guessable reports whether raw is text, or has little in it. Of random bytes
// fewer than one in 10^13 are.
func guessable(raw []byte) bool {
	different, text := map[byte]bool{}, true
	for _, b := range raw {
		different[b] = true
		text = text && (b >= ' ' && b <= '~' || b == '\n')
	}
	return text || len(different) < keyLen/2
}

// Set reports whether k is a key, rather than none.
func (k Key) Set() bool { return k.set }

// ID returns what names the key without telling anything of it, "" for none.
func (k Key) ID() string {
	if !k.set {
		return ""
	}
	return hex.EncodeToString(k.id())
}

func (k Key) id() []byte {
	id, err := hkdf.Key(sha256.New, k.secret[:], nil, "tixianbot key id", idLen)
	if err != nil {
		panic(err) // only a length that is too great is an error
	}
	return id
}

// Format writes the id, whatever the verb is.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "key "+k.ID()) }
