package store

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
)

// The types of this file are the one way to what is in the file: a transaction
// whose buckets seal every value that is put into them and open every value
// that is read. No other file of this package reads or writes a value past
// them, but for what copies whole files (a test keeps it so). A new bucket is
// sealed unless [plain] says otherwise.

// plain reports whether the value of key in bucket is never sealed: update ids,
// the index of what comes due, and what says how the rest is to be read.
func plain(bucket, key []byte) bool {
	switch string(bucket) {
	case "seen", "seenlog", "due":
		return true
	case "meta":
		return bytes.Equal(key, metaFormat) || bytes.Equal(key, metaErased) || bytes.Equal(key, metaSealed)
	}
	return false
}

// txn is a transaction.
type txn struct {
	raw  *bolt.Tx
	seal *seal
}

// Bucket returns a bucket that exists.
func (tx *txn) Bucket(name []byte) *bucket { return &bucket{tx.raw.Bucket(name), name, tx.seal} }

// CreateBucket makes a bucket.
func (tx *txn) CreateBucket(name []byte) error {
	_, err := tx.raw.CreateBucket(name)
	return err
}

// bucket is a bucket in a transaction.
type bucket struct {
	raw  *bolt.Bucket
	name []byte
	seal *seal
}

// unreadable stands for a value that cannot be opened: no decoder takes it.
var unreadable = []byte{0xff}

// open returns a value as it was put in, or unreadable.
func (b *bucket) open(key, stored []byte) []byte {
	if b.seal == nil || stored == nil || plain(b.name, key) {
		return stored
	}
	value, err := b.seal.open(b.name, key, stored)
	if err != nil {
		return unreadable
	}
	return value
}

// Get returns the value of key, nil if there is none. It may be read until the
// transaction ends.
func (b *bucket) Get(key []byte) []byte { return b.open(key, b.raw.Get(key)) }

// Has reports whether there is a value of key, whether or not it can be opened.
func (b *bucket) Has(key []byte) bool { return b.raw.Get(key) != nil }

// Put sets the value of key.
func (b *bucket) Put(key, value []byte) (err error) {
	if b.seal != nil && !plain(b.name, key) {
		if value, err = b.seal.close(b.name, key, value); err != nil {
			return err
		}
	}
	return b.raw.Put(key, value)
}

// Delete takes key away, if it is there.
func (b *bucket) Delete(key []byte) error { return b.raw.Delete(key) }

// NextSequence returns a number that the bucket has never given before.
func (b *bucket) NextSequence() (uint64, error) { return b.raw.NextSequence() }

// Len counts the keys.
func (b *bucket) Len() int { return b.raw.Stats().KeyN }

// growing says that new keys come behind all others.
func (b *bucket) growing() { b.raw.FillPercent = 0.9 }

// ForEach calls f with each key and value.
func (b *bucket) ForEach(f func(k, v []byte) error) error {
	return b.raw.ForEach(func(k, v []byte) error { return f(k, b.open(k, v)) })
}

// Cursor goes over keys and values.
func (b *bucket) Cursor() *cursor { return &cursor{b.raw.Cursor(), b} }

// Keys goes over keys alone and opens no value: all of them are nil.
func (b *bucket) Keys() *cursor { return &cursor{b.raw.Cursor(), nil} }

// cursor goes over a bucket.
type cursor struct {
	raw *bolt.Cursor
	of  *bucket // nil: values are not looked at
}

func (c *cursor) open(k, stored []byte) (key, value []byte) {
	if c.of == nil {
		return k, nil
	}
	return k, c.of.open(k, stored)
}

// First, Last, Next, Prev and Seek are those of bbolt.
func (c *cursor) First() (k, v []byte) { return c.open(c.raw.First()) }

// Last goes to the last key.
func (c *cursor) Last() (k, v []byte) { return c.open(c.raw.Last()) }

// Next goes on by one key.
func (c *cursor) Next() (k, v []byte) { return c.open(c.raw.Next()) }

// Prev goes back by one key.
func (c *cursor) Prev() (k, v []byte) { return c.open(c.raw.Prev()) }

// Seek goes to key, or to the first one behind it.
func (c *cursor) Seek(key []byte) (k, v []byte) { return c.open(c.raw.Seek(key)) }

// Delete takes the present key away.
func (c *cursor) Delete() error { return c.raw.Delete() }
