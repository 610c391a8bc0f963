package store

import (
	"errors"

	"tixianbot/bot"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrLocked is returned by Open when another process has the file.
	ErrLocked = errors.New("another tixianbot has the database open")
	// ErrNewer is returned by Open for a file of a format this program does not know yet.
	ErrNewer = errors.New("the database was written by a newer tixianbot")
	// ErrKey is returned by Open for a file that is encrypted with another key
	// than the one given, or where one of both is missing. Nothing was touched.
	ErrKey = errors.New("the database cannot be opened with this key")
	// ErrForeign is returned by Open for a file that is no database of this bot.
	ErrForeign = errors.New("the file is not a tixianbot database")
	// ErrDamaged says that something in the file cannot be read.
	ErrDamaged = errors.New("the database is damaged")
	// ErrInvalid is returned by Commit for a change that can never be written,
	// as opposed to one that cannot be written now. Nothing of it was.
	ErrInvalid = errors.New("the change cannot be stored")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("the database is closed")
)

// damage is a value that does not decode. Its text names the place, with the
// chat as a tag, and nothing of the value.
type damage struct {
	bucket string
	tag    string
}

func (e *damage) Error() string {
	return "a value of bucket " + e.bucket + ", chat " + e.tag + ", does not decode"
}

func (e *damage) Is(target error) bool { return target == ErrDamaged }

func (s *Store) damaged(bucket string, c bot.ChatID) error {
	return &damage{bucket: bucket, tag: s.Tag(c)}
}
