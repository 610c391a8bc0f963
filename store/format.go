package store

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

var (
	bucketMeta    = []byte("meta")
	bucketChats   = []byte("chats")
	bucketSlots   = []byte("slots")
	bucketCases   = []byte("cases")
	bucketRecords = []byte("records")
	bucketOutbox  = []byte("outbox")
	bucketDead    = []byte("dead")
	bucketPoison  = []byte("poison")
	bucketSeen    = []byte("seen")
	bucketSeenLog = []byte("seenlog")
	bucketTimers  = []byte("timers")
	bucketDue     = []byte("due")
	bucketJobs    = []byte("jobs")
	bucketOrders  = []byte("orders")

	metaFormat = []byte("format")
	metaTagKey = []byte("tag-key")
	metaErased = []byte("erased")
	metaSealed = []byte("sealed")
)

// ofChats are the buckets whose keys begin with a chat.
var ofChats = [][]byte{
	bucketChats, bucketSlots, bucketCases, bucketRecords, bucketOutbox, bucketDead, bucketPoison, bucketTimers, bucketJobs,
	bucketOrders,
}

// ofChat reports whether the keys of a bucket begin with a chat.
func ofChat(bucket []byte) bool {
	for _, name := range ofChats {
		if bytes.Equal(name, bucket) {
			return true
		}
	}
	return false
}

// migrations[n] turns a file of format n into one of format n+1. Format 0 is
// the empty file. A migration is never changed once it has been released.
var migrations = []func(*txn) error{
	0: createFormat1,
	1: addTimersAndJobs,
	2: addOrders,
}

// migrate brings the file to the newest format, all steps in one transaction.
// The values of a new file are sealed if there is a key.
func (s *Store) migrate() error {
	have, err := s.unlock()
	if err != nil {
		return err
	}
	if err := refuseNewer(have); err != nil || have == len(migrations) {
		return err
	}
	return s.handle.db.Update(func(tx *bolt.Tx) error { return s.climb(tx, have) })
}

// refuseNewer returns an error for a format that this program does not know.
func refuseNewer(have int) error {
	if have <= len(migrations) {
		return nil
	}
	return fmt.Errorf("%w: it has format %d and this program knows formats up to %d: install the newer program again, or restore an older backup",
		ErrNewer, have, len(migrations))
}

// unlock returns the format of the file, 0 for a new one, and makes sure of the
// key of an older one.
func (s *Store) unlock() (have int, err error) {
	err = s.handle.db.View(func(tx *bolt.Tx) (err error) {
		if have, err = formatOf(tx); err != nil || have == 0 || have > len(migrations) {
			return err
		}
		s.seal, err = openSeal(s.key, tx.Bucket(bucketMeta).Get(metaSealed))
		return err
	})
	return have, err
}

func (s *Store) climb(raw *bolt.Tx, from int) error {
	if from == 0 {
		if err := s.begin(raw); err != nil {
			return err
		}
	}
	tx := &txn{raw, s.seal}
	for n, step := range migrations[from:] {
		if err := step(tx); err != nil {
			return fmt.Errorf("migrate to format %d: %w", from+n+1, err)
		}
	}
	return tx.Bucket(bucketMeta).Put(metaFormat, []byte(strconv.Itoa(len(migrations))))
}

// begin makes what says how a new file is to be read.
func (s *Store) begin(tx *bolt.Tx) (err error) {
	meta, err := tx.CreateBucket(bucketMeta)
	if err != nil || !s.key.Set() {
		return err
	}
	var record []byte
	if s.seal, record, err = newSeal(s.key); err != nil {
		return err
	}
	return meta.Put(metaSealed, record)
}

// formatOf returns the number of the file's format, 0 for an empty file.
func formatOf(tx *bolt.Tx) (int, error) {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		if name, _ := tx.Cursor().First(); name != nil {
			return 0, ErrForeign
		}
		return 0, nil
	}
	n, err := strconv.Atoi(string(meta.Get(metaFormat)))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%w: it does not say which format it has", ErrForeign)
	}
	return n, nil
}

func createFormat1(tx *txn) error {
	names := [][]byte{
		bucketChats, bucketSlots, bucketCases, bucketRecords, bucketOutbox, bucketDead,
		bucketPoison, bucketSeen, bucketSeenLog,
	}
	for _, name := range names {
		if err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	return tx.Bucket(bucketMeta).Put(metaTagKey, key)
}

func addTimersAndJobs(tx *txn) error {
	for _, name := range [][]byte{bucketTimers, bucketDue, bucketJobs} {
		if err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return nil
}

func addOrders(tx *txn) error { return tx.CreateBucket(bucketOrders) }
