package store

import (
	"errors"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"tixianbot/bot"
)

// Report is what Check found.
type Report struct {
	Format   int      `json:"format"`
	Key      string   `json:"key"` // id of the key that it is encrypted with, "" if it is plain
	Chats    int      `json:"chats"`
	Cases    int      `json:"cases"`
	Records  int      `json:"records"`
	Waiting  int      `json:"waiting"`      // messages to be sent
	Dead     int      `json:"dead_letters"` // messages that could not be sent
	Updates  int      `json:"updates"`      // update ids that are remembered
	Timers   int      `json:"timers"`       // what comes due some time
	Jobs     int      `json:"jobs"`         // files to be fetched
	Orders   int      `json:"orders"`       // work that is under way or to be done
	Erased   bool     `json:"erased"`       // a chat was erased, and the file not compacted since
	Poison   []Poison `json:"poison"`
	Problems []string `json:"problems"` // chats as tags; empty: the file is sound
}

// maxProblems is how many problems of one kind a report lists.
const maxProblems = 20

// Check reads the whole file: its structure, and that every key and value in it
// decodes. Writing waits meanwhile. The error is about the checking; what is
// wrong with the file is in the report.
func (s *Store) Check() (Report, error) {
	r := Report{Poison: []Poison{}, Problems: []string{}}
	// A look at the structure compares pages with the list of free ones, which
	// belongs to the writer: it is sound only while nothing is written.
	h := s.hold()
	defer h.release()
	raw, err := h.db.Begin(true)
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		err = ErrClosed
	}
	if err != nil {
		return r, fmt.Errorf("check the database: %w", err)
	}
	defer raw.Rollback()
	if err := s.check(&txn{raw, s.seal}, &r); err != nil {
		return r, fmt.Errorf("check the database: %w", err)
	}
	return r, nil
}

// check fills in r. A read beyond the end of the file, which is a memory fault,
// becomes a problem like the others.
func (s *Store) check(tx *txn, r *Report) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if v := recover(); v != nil {
			r.Problems = append(r.Problems, "the structure cannot be read: "+panicked(v).Error())
		}
	}()
	r.Key = s.KeyID()
	if err := checkStructure(tx.raw, r); err != nil {
		return err
	}
	for _, c := range s.checkers(r) {
		switch {
		case tx.raw.Bucket(c.bucket) != nil:
			c.run(tx, r)
		case r.Format == len(migrations): // an older one has not all of them
			r.Problems = append(r.Problems, fmt.Sprintf("bucket %s is missing", c.bucket))
		}
	}
	r.Erased = tx.Bucket(bucketMeta).Has(metaErased)
	if tx.raw.Bucket(bucketTimers) != nil && tx.raw.Bucket(bucketDue) != nil {
		checkDue(tx, r)
	}
	return nil
}

// checkStructure looks at how the pages of the file hang together, and at its
// format.
func checkStructure(tx *bolt.Tx, r *Report) (err error) {
	n := 0
	for problem := range tx.Check() {
		if n++; n <= maxProblems {
			r.Problems = append(r.Problems, "structure: "+problem.Error())
		}
	}
	r.Format, err = formatOf(tx)
	return err
}

// checkDue compares the index with the timers.
func checkDue(tx *txn, r *Report) {
	timers, due := tx.Bucket(bucketTimers).Cursor(), tx.Bucket(bucketDue)
	found := 0
	for k, v := timers.First(); k != nil; k, v = timers.Next() {
		if d, err := decodeTimer(v); err == nil && due.Has(dueKey(moment(d.At), k)) {
			found++
		}
	}
	if entries := due.Len(); found != r.Timers || entries != found {
		r.Problems = append(r.Problems, fmt.Sprintf("bucket due: %d entries for %d timers, %d of which they name", entries, r.Timers, found))
	}
}

// checker reads one bucket.
type checker struct {
	bucket []byte
	count  *int
	read   func(k, v []byte) error
	tag    func(bot.ChatID) string // nil for a bucket without chats
}

func (c checker) run(tx *txn, r *Report) {
	bad := 0
	cursor := tx.Bucket(c.bucket).Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if c.count != nil {
			*c.count++
		}
		if c.read(k, v) == nil {
			continue
		}
		if bad++; bad <= maxProblems {
			r.Problems = append(r.Problems, c.problem(k))
		}
	}
	if bad > maxProblems {
		r.Problems = append(r.Problems, fmt.Sprintf("bucket %s: %d more that do not decode", c.bucket, bad-maxProblems))
	}
}

func (c checker) problem(k []byte) string {
	if c.tag == nil || len(k) < chatLen {
		return fmt.Sprintf("bucket %s: an entry does not decode", c.bucket)
	}
	return fmt.Sprintf("bucket %s: an entry of chat %s does not decode", c.bucket, c.tag(chatOf(k)))
}

func (s *Store) checkers(r *Report) []checker {
	return []checker{
		{bucketChats, &r.Chats, readChat, s.Tag},
		{bucketSlots, nil, s.readSlot, s.Tag},
		{bucketCases, &r.Cases, readCase, s.Tag},
		{bucketRecords, &r.Records, readRecord, s.Tag},
		{bucketOutbox, &r.Waiting, readItem, s.Tag},
		{bucketDead, &r.Dead, readLetter, s.Tag},
		{bucketPoison, nil, r.readPoison, s.Tag},
		{bucketTimers, &r.Timers, s.readTimer, s.Tag},
		{bucketDue, nil, s.readDue, nil},
		{bucketJobs, &r.Jobs, readJob, s.Tag},
		{bucketOrders, &r.Orders, s.readOrder, s.Tag},
		{bucketSeen, &r.Updates, readSeen, nil},
		{bucketSeenLog, nil, readSeenLog, nil},
	}
}

func readChat(k, v []byte) error {
	_, err1 := parseChatKey(k)
	_, err2 := decodeChat(v)
	return errors.Join(err1, err2)
}

func (s *Store) readSlot(k, v []byte) error {
	_, _, err1 := s.seal.parseSlotKey(k)
	_, err2 := decodeID(v)
	return errors.Join(err1, err2)
}

func readCase(k, v []byte) error {
	_, _, err1 := parseCaseKey(k)
	_, err2 := decodeCase(v)
	return errors.Join(err1, err2)
}

func readRecord(k, v []byte) error {
	_, _, seq, err1 := parseRecordKey(k)
	_, err2 := decodeRecord(seq, v)
	return errors.Join(err1, err2)
}

func readItem(k, v []byte) error {
	_, id, err1 := parseItemKey(k)
	_, err2 := decodeItem(id, v)
	return errors.Join(err1, err2)
}

func readLetter(k, v []byte) error {
	_, _, err1 := parseItemKey(k)
	_, err2 := decodeLetter(v)
	return errors.Join(err1, err2)
}

func (r *Report) readPoison(k, v []byte) error {
	_, update, err := parsePoisonKey(k)
	if err != nil {
		return err
	}
	d, err := decodePoison(v)
	if err != nil {
		return err
	}
	r.Poison = append(r.Poison, Poison{Update: update, At: d.At, Event: d.Event, Cause: d.Cause, Stack: d.Stack})
	return nil
}

func (s *Store) readTimer(k, v []byte) error {
	_, _, err1 := s.seal.parseTimerKey(k)
	_, err2 := decodeTimer(v)
	return errors.Join(err1, err2)
}

func (s *Store) readDue(k, _ []byte) error {
	_, err := s.seal.parseDueKey(k)
	return err
}

func readJob(k, v []byte) error {
	_, _, _, err1 := parseRecordKey(k)
	_, err2 := decodeJob(v)
	return errors.Join(err1, err2)
}

func (s *Store) readOrder(k, v []byte) error {
	_, _, err1 := s.seal.parseOrderKey(k)
	_, err2 := decodeOrder(v)
	return errors.Join(err1, err2)
}

func readSeen(k, _ []byte) error {
	_, err := parseSeenKey(k)
	return err
}

func readSeenLog(k, v []byte) error {
	if len(k) != 8 {
		return errKey
	}
	_, err := decodeLogEntry(v)
	return err
}
