package store

import (
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

	metaFormat = []byte("format")
	metaTagKey = []byte("tag-key")
	metaErased = []byte("erased")
)

// ofChats are the buckets whose keys begin with a chat.
var ofChats = [][]byte{
	bucketChats, bucketSlots, bucketCases, bucketRecords, bucketOutbox, bucketDead, bucketPoison, bucketTimers, bucketJobs,
}

// migrations[n] turns a file of format n into one of format n+1. Format 0 is
// the empty file. A migration is never changed once it has been released.
var migrations = []func(*bolt.Tx) error{
	0: createFormat1,
	1: addTimersAndJobs,
}

// migrate brings the file to the newest format, all steps in one transaction.
func migrate(db *bolt.DB) error {
	have := 0
	err := db.View(func(tx *bolt.Tx) (err error) {
		have, err = formatOf(tx)
		return err
	})
	if err != nil {
		return err
	}
	if have > len(migrations) {
		return fmt.Errorf("%w: it has format %d and this program knows formats up to %d: install the newer program again, or restore an older backup",
			ErrNewer, have, len(migrations))
	}
	if have == len(migrations) {
		return nil
	}
	return db.Update(func(tx *bolt.Tx) error { return climb(tx, have) })
}

func climb(tx *bolt.Tx, from int) error {
	for n, step := range migrations[from:] {
		if err := step(tx); err != nil {
			return fmt.Errorf("migrate to format %d: %w", from+n+1, err)
		}
	}
	return tx.Bucket(bucketMeta).Put(metaFormat, []byte(strconv.Itoa(len(migrations))))
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

func createFormat1(tx *bolt.Tx) error {
	names := [][]byte{
		bucketMeta, bucketChats, bucketSlots, bucketCases, bucketRecords, bucketOutbox,
		bucketDead, bucketPoison, bucketSeen, bucketSeenLog,
	}
	for _, name := range names {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	return tx.Bucket(bucketMeta).Put(metaTagKey, key)
}

func addTimersAndJobs(tx *bolt.Tx) error {
	for _, name := range [][]byte{bucketTimers, bucketDue, bucketJobs} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return nil
}
