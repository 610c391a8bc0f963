package store

import (
	"bufio"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Files that were made for a user lie beside the database until a message has
// carried them away. They are encrypted in any case, with a key that is made
// from one that is in the database: so they are as safe as that is, and stay
// what they are when it gets another key.
//
// A file is the version, 16 random bytes that its key is made with, and pieces
// of 64 KiB, each sealed with its number as the nonce and a mark on the last
// one: none can be left out, moved, or cut off the end. The folder and the name
// are associated data: a file does not open in the place of another.

const (
	fileVersion = 1
	fileIDLen   = 16
	pieceLen    = 64 << 10
)

// errFile says that a file does not open. It shows no path.
var errFile = fmt.Errorf("%w: a file that was made cannot be decrypted", ErrDamaged)

// pieces seals and opens the pieces of one file.
type pieces struct {
	aead  cipher.AEAD
	place []byte
	n     uint64
}

func (s *Store) pieces(path string, id []byte) (*pieces, error) {
	key, err := hkdf.Key(sha256.New, s.tagKey, id, "tixianbot file that was made", keyLen)
	if err != nil {
		return nil, err
	}
	aead, err := newFileAEAD(key)
	place := filepath.Base(filepath.Dir(path)) + "/" + filepath.Base(path)
	return &pieces{aead: aead, place: []byte(place)}, err
}

// nonce returns that of the next piece.
func (p *pieces) nonce(last bool) []byte {
	b := make([]byte, p.aead.NonceSize())
	binary.BigEndian.PutUint64(b, p.n)
	p.n++
	if last {
		b[len(b)-1] = 1
	}
	return b
}

// SealFile encrypts a file, which from now on [Store.OpenFile] opens, there
// alone. When it returns, the file is on the disk.
func (s *Store) SealFile(path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	temp := path + ".sealed"
	out, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = s.sealFile(path, in, out)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("encrypt a file: %w", err), os.Remove(temp))
	}
	return nil
}

func (s *Store) sealFile(path string, from io.Reader, to io.Writer) error {
	head := make([]byte, 1+fileIDLen)
	head[0] = fileVersion
	_, _ = rand.Read(head[1:]) // never fails
	p, err := s.pieces(path, head[1:])
	if err != nil {
		return err
	}
	if _, err := to.Write(head); err != nil {
		return err
	}
	in, plain := bufio.NewReaderSize(from, pieceLen), make([]byte, pieceLen)
	for last := false; !last; {
		n, err := io.ReadFull(in, plain)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		_, err = in.Peek(1)
		last = err == io.EOF
		if _, err := to.Write(p.aead.Seal(nil, p.nonce(last), plain[:n], p.place)); err != nil {
			return err
		}
	}
	return nil
}

// OpenFile opens a file that SealFile has encrypted at this path, to be closed,
// and says how long it is. An error while reading is ErrDamaged.
func (s *Store) OpenFile(path string) (io.ReadCloser, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	head := make([]byte, 1+fileIDLen)
	if err == nil {
		_, err = io.ReadFull(f, head)
	}
	var p *pieces
	if err == nil && head[0] == fileVersion {
		p, err = s.pieces(path, head[1:])
	}
	if err != nil || p == nil {
		return nil, 0, errors.Join(errFile, f.Close())
	}
	r := &opening{pieces: p, from: bufio.NewReaderSize(f, pieceLen+p.aead.Overhead()), file: f}
	return r, r.length(info.Size() - int64(len(head))), nil
}

// opening reads a sealed file.
type opening struct {
	*pieces
	from *bufio.Reader
	file io.Closer
	left []byte // opened and not yet read
	done bool
}

// length returns how many bytes so many sealed ones open to.
func (r *opening) length(sealed int64) int64 {
	overhead := int64(r.aead.Overhead())
	piece := pieceLen + overhead
	return max(0, sealed-(sealed+piece-1)/piece*overhead)
}

func (r *opening) Read(b []byte) (int, error) {
	for len(r.left) == 0 {
		if r.done {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.left)
	r.left = r.left[n:]
	return n, nil
}

// next opens the next piece.
func (r *opening) next() error {
	sealed := make([]byte, pieceLen+r.aead.Overhead())
	n, err := io.ReadFull(r.from, sealed)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return errFile
	}
	_, err = r.from.Peek(1)
	r.done = err == io.EOF
	if r.left, err = r.aead.Open(sealed[:0], r.nonce(r.done), sealed[:n], r.place); err != nil {
		r.done, r.left = true, nil
		return errFile
	}
	return nil
}

func (r *opening) Close() error { return r.file.Close() }
