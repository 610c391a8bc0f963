package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Restoring says what is to be restored.
type Restoring struct {
	From   string // the backup
	To     string // the database in whose place it comes
	Key    Key    // of the backup
	Replay bool   // keep the messages that waited and the work that was ordered
	Now    time.Time

	Told func(what string, done, total int64) // hears what is done and how far it has come, in bytes where total is not 0; may be nil
}

// Restored says what was done.
type Restored struct {
	Report             // of the database as it is now
	AsOf     time.Time // when the last update in it was taken in, zero if there is none
	Aside    string    // where the database is that was there before, "" if there was none
	Messages int       // that waited, and were dropped
	Orders   int       // likewise
	Late     int       // timers whose moment has passed; they come at the next start
}

// Between the backup and now, users did what the restored database does not
// know of, and they still see it in their chats: screens with a revision that
// will come again, entries with a number that will be given again. So that no
// old button acts on something that only has the same number, both go on from
// far above.
const (
	revGap = 1000
	seqGap = 100
)

// casesAtOnce is how many cases are moved on in one transaction.
const casesAtOnce = 2000

// Restore puts the backup in the place of the database, which no process may
// have open. The backup is looked through first; one that is damaged, of a
// newer format or of another key is refused, and nothing has changed then. What
// was there is kept under a name with the date. There is a whole database under
// the name at any moment, the one before or the one restored.
func Restore(ctx context.Context, r Restoring) (out Restored, err error) {
	if sameFile(r.From, r.To) {
		return out, fmt.Errorf("%s is the database itself, and not a backup", r.From)
	}
	present, err := holdPresent(r.To)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, present.Close()) }()
	if out, err = r.replace(ctx); err != nil {
		return out, errors.Join(fmt.Errorf("restore %s: %w", r.From, err), clearRestore(r.To), present.discardNew())
	}
	return out, nil
}

// replace makes the restored database and puts it in its place.
func (r Restoring) replace(ctx context.Context) (out Restored, err error) {
	r.tell("looking the backup through", 0, 0)
	if err := r.soundBackup(); err != nil {
		return out, err
	}
	fresh := restorePath(r.To)
	if err := clearRestore(r.To); err != nil {
		return out, err
	}
	told := func(done, total int64) { r.tell("copied", done, total) }
	if err := copyAcross(ctx, r.From, fresh, told); err != nil {
		return out, err
	}
	if out, err = r.prepare(ctx, fresh); err != nil {
		return out, err
	}
	out.Aside, err = r.swap(fresh)
	return out, err
}

func (r Restoring) tell(what string, done, total int64) {
	if r.Told != nil {
		r.Told(what, done, total)
	}
}

// soundBackup looks the backup through.
func (r Restoring) soundBackup() error {
	report, err := Verify(r.From, r.Key)
	if err == nil && len(report.Problems) > 0 {
		err = fmt.Errorf("%w (%s): take an older backup", ErrDamaged, report.Problems[0])
	}
	return err
}

func sameFile(a, b string) bool {
	infoA, err1 := os.Stat(a)
	infoB, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(infoA, infoB)
}

// restorePath is where the restored database is made. What is found there was
// left by a process that was killed.
func restorePath(path string) string { return path + ".restore" }

func clearRestore(path string) error {
	fresh := restorePath(path)
	return errors.Join(discard(fresh), discard(fresh+".pid"), discard(compactPath(fresh)))
}

// present is the database that is there, which nobody else opens meanwhile.
type present struct {
	io.Closer
	path string
	made bool // there was none
}

// holdPresent takes the lock of the database at path, damaged or not.
func holdPresent(path string) (*present, error) {
	_, err := os.Stat(path)
	p := &present{path: path, made: errors.Is(err, os.ErrNotExist)}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the database: %w", err)
	}
	db, err := openFile(path)
	if err == nil {
		p.Closer = db
		return p, nil
	}
	if errors.Is(err, ErrLocked) {
		return nil, err
	}
	f, err := lockFile(path)
	if err != nil {
		return nil, fmt.Errorf("lock the database: %w", err)
	}
	p.Closer = f
	return p, nil
}

// discardNew removes the file that was made to be locked.
func (p *present) discardNew() error {
	if !p.made {
		return nil
	}
	return discard(p.path)
}

// prepare makes the copy at path what the bot is to go on with, and looks it
// through once more.
func (r Restoring) prepare(ctx context.Context, path string) (out Restored, err error) {
	s, err := OpenSealed(path, r.Key)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if !r.Replay {
		if out.Messages, out.Orders, err = s.dropPending(); err != nil {
			return out, err
		}
	}
	if err := s.moveOn(ctx, r.tell); err != nil {
		return out, err
	}
	r.tell("looking the restored database through", 0, 0)
	b, err := s.Backlog(r.Now)
	if err != nil {
		return out, err
	}
	out.Late = b.Due
	if out.AsOf, err = s.lastUpdate(); err != nil {
		return out, err
	}
	if out.Report, err = s.Check(); err == nil && len(out.Problems) > 0 {
		err = fmt.Errorf("%w (%s)", ErrDamaged, out.Problems[0])
	}
	return out, err
}

// swap puts the database at fresh in the place of the one that is there, which
// gets a second name first: so there is one under the name at any moment.
func (r Restoring) swap(fresh string) (aside string, err error) {
	info, err := os.Stat(r.To)
	if err != nil {
		return "", err
	}
	if info.Size() > 0 {
		aside = r.To + ".before-" + r.Now.UTC().Format("20060102T150405.000Z")
		if os.Link(r.To, aside) != nil { // not every file system has second names
			err = copyAcross(context.Background(), r.To, aside, nil)
		}
	}
	if err == nil {
		err = os.Rename(fresh, r.To)
	}
	if err != nil {
		return "", fmt.Errorf("put the restored database in its place: %w", err)
	}
	syncFolder(filepath.Dir(r.To))
	return aside, nil
}

// dropPending drops what was to be sent and to be made, which it most likely
// was since the backup.
func (s *Store) dropPending() (messages, orders int, err error) {
	d := &dropping{}
	_, err = s.submit(&job{op: d})
	return d.messages, d.orders, err
}

// dropping is the operation of dropPending.
type dropping struct{ messages, orders int }

func (d *dropping) apply(w *writer) (out outcome, err error) {
	if d.messages, err = dropAll(w.outbox); err != nil {
		return out, err
	}
	d.orders, err = dropAll(w.orders)
	return out, err
}

// dropAll deletes all keys of b, which goes on counting where it was.
func dropAll(b *bucket) (n int, err error) {
	var keys [][]byte
	c := b.Keys()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// moveOn has the revisions and entries of all cases go on from far above.
func (s *Store) moveOn(ctx context.Context, told func(what string, done, total int64)) error {
	m := &moving{}
	for done := casesAtOnce; !m.over; done += casesAtOnce {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := s.submit(&job{op: m}); err != nil {
			return err
		}
		told(fmt.Sprintf("preparing the cases, %d are done", done), 0, 0)
	}
	return nil
}

// moving is the operation of moveOn, for some cases at a time.
type moving struct {
	from []byte
	over bool
}

func (m *moving) apply(w *writer) (outcome, error) {
	var entries []entry
	c := w.cases.Cursor()
	k, v := c.Seek(m.from)
	for ; k != nil && len(entries) < casesAtOnce; k, v = c.Next() {
		d, err := movedOn(v)
		if err != nil {
			return outcome{err: err}, nil
		}
		entries = append(entries, entry{append([]byte(nil), k...), d})
	}
	m.from, m.over = append([]byte(nil), k...), k == nil
	return outcome{}, putAll(w.cases, entries)
}

// lastUpdate returns when the last update was taken in.
func (s *Store) lastUpdate() (at time.Time, err error) {
	err = s.view(func(tx *txn) error {
		_, v := tx.Bucket(bucketSeenLog).Cursor().Last()
		if v == nil {
			return nil
		}
		e, err := decodeLogEntry(v)
		at = time.Unix(e.at, 0).UTC()
		return err
	})
	return at, err
}

// movedOn returns a case from which a gap leads to what comes.
func movedOn(v []byte) ([]byte, error) {
	var d diskCase
	if err := json.Unmarshal(v, &d); err != nil {
		return nil, err
	}
	if d.Number == 0 {
		return v, nil // nothing was said in it yet
	}
	d.Rev += revGap
	d.Seq += seqGap
	return json.Marshal(d)
}
