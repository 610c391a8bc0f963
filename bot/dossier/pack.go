package dossier

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// What Telegram lets a bot send in one file, less what the papers of a usual case
// take, and what is put into a pack in all, in bytes of evidence.
const (
	partSize = 47_000_000
	packSize = 200_000_000
)

// limits are how many bytes of evidence go into one ZIP and into all of a pack.
type limits struct{ part, all int64 }

// state says what became of a piece of evidence.
type state string

// The states; [Gone] and [Large] are the others.
const (
	inPack state = "here"
	masked state = "masked"
	struck state = "struck"
)

// piece is a piece of evidence on its way into the pack.
type piece struct {
	record  bot.Record // with plain texts
	raw     bot.Record // as it is kept
	name    string
	state   state
	part    int // 1 is the first ZIP
	size    int64
	sha     string
	changed bool
	temp    string // where it lies meanwhile
}

// writing is the making of one pack.
type writing struct {
	*story
	raw    Source // texts as they were written
	opt    Options
	pieces []piece
	limits limits
	total  int // pieces of work
	done   int
	result Result
}

func newWriting(k *knowledge.Pack, src Source, opt Options) *writing {
	if src.Zone == nil {
		src.Zone = time.UTC
	}
	return &writing{story: newStory(k, src), raw: src, opt: opt}
}

// step reports that one piece of work is done.
func (w *writing) step() {
	w.done++
	if w.raw.Progress != nil {
		w.raw.Progress(w.done, w.total)
	}
}

// onePage writes the statement alone.
func (w *writing) onePage() error {
	w.total = 2
	pdf, docx, err := OnePage(w.k, w.raw)
	if err != nil {
		return err
	}
	name := fileName(w.say("file.one", "date", w.madeOn()))
	for _, f := range []struct {
		ending string
		data   []byte
	}{{".pdf", pdf}, {".docx", docx}} {
		at := filepath.Join(w.opt.Dir, name+f.ending)
		w.result.Files = append(w.result.Files, at)
		if err := os.WriteFile(at, f.data, 0o600); err != nil {
			return fmt.Errorf("write the one page: %w", err)
		}
		w.step()
	}
	return nil
}

// pack writes the ZIP files.
func (w *writing) pack(ctx context.Context) error {
	temp, err := os.MkdirTemp(w.opt.Dir, ".parts-")
	if err != nil {
		return fmt.Errorf("make a folder for evidence: %w", err)
	}
	defer os.RemoveAll(temp)
	w.list()
	w.total = len(w.pieces) + 1
	if err := w.fetch(ctx, temp); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("make a pack: %w", err)
	}
	papers, err := w.papers()
	if err != nil {
		return err
	}
	if err := w.zips(ctx, papers); err != nil {
		return err
	}
	w.step()
	return nil
}

// list names the evidence and says what is to come along.
func (w *writing) list() {
	raw := make(map[int]bot.Record, len(w.raw.Records))
	for _, r := range w.raw.Records {
		raw[r.Seq] = r
	}
	taken := make(map[string]bool)
	for _, r := range w.exhibits() {
		p := piece{record: r, raw: raw[r.Seq], state: inPack, size: r.Exhibit.Size, sha: r.Exhibit.SHA256, name: w.goodName(r)}
		for n := 2; taken[p.name]; n++ {
			ending := filepath.Ext(p.name)
			p.name = strings.TrimSuffix(w.goodName(r), ending) + "_" + number(n) + ending
		}
		taken[p.name] = true
		switch {
		case !r.Struck.IsZero():
			p.state = struck
		case w.opt.Masked:
			p.state = masked
		}
		w.pieces = append(w.pieces, p)
	}
}

// fetch brings the evidence into a folder, one piece after the other, and says
// in which ZIP each shall be.
func (w *writing) fetch(ctx context.Context, temp string) error {
	part, inPart, all := 1, w.papersWeigh(), int64(0)
	for i := range w.pieces {
		p := &w.pieces[i]
		if p.state == inPack {
			p.temp = filepath.Join(temp, number(i))
			if err := w.fetchOne(ctx, p, w.limits.all-all); err != nil {
				return err
			}
		}
		switch p.state {
		case inPack:
			if inPart+p.size > w.limits.part && inPart > 0 {
				part, inPart = part+1, 0
			}
			p.part, inPart, all = part, inPart+p.size, all+p.size
		case state(Gone), state(Large):
			w.result.Absent = append(w.result.Absent, Absent{Number: p.raw.Exhibit.Number, Name: p.name, Why: Reason(p.state)})
		}
		w.step()
	}
	return nil
}

// papersWeigh estimates how many bytes the papers take in the first ZIP: each
// word stands in several of them, compressed.
func (w *writing) papersWeigh() int64 {
	n := int64(0)
	for _, r := range w.raw.Records {
		n += int64(len(r.Text))
		for _, p := range r.Parts {
			n += int64(len(p.Value))
		}
	}
	return 2 * n
}

// fetchOne brings one piece of evidence of at most room bytes. Only a disk that
// cannot be written and the end of ctx are errors.
func (w *writing) fetchOne(ctx context.Context, p *piece, room int64) error {
	room = min(room, w.limits.part)
	if p.size > room {
		p.state = state(Large)
		return nil
	}
	out, err := os.OpenFile(p.temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep evidence: %w", err)
	}
	defer out.Close()
	n, sum, err := w.copyOne(ctx, p, out, room+1)
	var disk *os.PathError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("fetch evidence: %w", ctx.Err())
	case errors.As(err, &disk):
		return fmt.Errorf("keep evidence: %w", err)
	case errors.Is(err, ErrLarge):
		p.state = state(Large)
	case err != nil:
		p.state = state(Gone)
	case n > room:
		p.state, p.size = state(Large), max(p.size, n)
	default:
		p.changed = p.sha != "" && !strings.EqualFold(p.sha, sum)
		p.size, p.sha = n, sum
	}
	return nil
}

var errNoOpener = errors.New("nothing to fetch files with")

// copyOne copies at most limit bytes of a piece of evidence and hashes them.
func (w *writing) copyOne(ctx context.Context, p *piece, out io.Writer, limit int64) (int64, string, error) {
	if w.raw.Open == nil {
		return 0, "", errNoOpener
	}
	in, err := w.raw.Open(ctx, p.raw.Exhibit.File)
	if err != nil {
		return 0, "", err
	}
	defer in.Close()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, hash), io.LimitReader(patient{ctx, in}, limit))
	return n, hex.EncodeToString(hash.Sum(nil)), err
}

// patient reads until its context is done.
type patient struct {
	ctx context.Context
	in  io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.in.Read(b)
}

// paperFile is a file of the pack that is no evidence.
type paperFile struct {
	name string
	data []byte
	at   time.Time
}

// papers writes everything but the evidence, in the order of the names.
func (w *writing) papers() ([]paperFile, error) {
	var out []paperFile
	var failed error
	add := func(name string, data []byte, err error) {
		if err != nil && failed == nil {
			failed = fmt.Errorf("write %s: %w", name, err)
		}
		out = append(out, paperFile{name, data, w.raw.Now.In(w.zone)})
	}
	summary, err := w.summary(w.opt.Masked, w.contents())
	add(w.say("file.summary"), summary, err)
	timeline, err := workbook(w.timelineTable(), w.factsTable())
	add(w.say("file.timeline"), timeline, err)
	if len(w.pieces) > 0 {
		index, err := workbook(w.indexTable(w.pieces))
		add(w.say("file.evidence")+"/"+w.say("file.index"), index, err)
	}
	var letters []string
	for i, l := range w.src.Letters {
		doc, err := Letter(l.Title, l.Text)
		name := w.say("file.letters") + "/" + w.letterName(i+1, l)
		letters = append(letters, name)
		add(name, doc, err)
	}
	add(w.say("file.talk"), w.talk(), nil)
	if len(w.raw.Reminders) > 0 {
		add(w.say("file.reminders"), w.raw.Reminders, nil)
	}
	data, err := w.caseJSON(w.raw, w.opt.Masked, w.pieces, letters)
	add("case.json", data, err)
	return out, failed
}

func (w *writing) letterName(n int, l Written) string {
	parts := []string{two(n)}
	if !l.SentAt.IsZero() {
		parts = append(parts, l.SentAt.In(w.zone).Format("20060102"))
	}
	return fileName(strings.Join(append(parts, w.label("letter.", cmp.Or(l.Kind, "other"))), "_")) + ".docx"
}

// contents are the lines of the table of contents.
func (w *writing) contents() []string {
	out := []string{w.say("contents.timeline", "file", w.say("file.timeline"), "n", number(len(w.rows)))}
	if n := len(w.pieces); n > 0 {
		id, got := "contents.evidence", 0
		if w.opt.Masked {
			id = "contents.evidence_listed"
		}
		for _, p := range w.pieces {
			if p.state == inPack {
				got++
			}
		}
		out = append(out, w.say(id, "file", w.say("file.evidence"), "n", number(n), "got", number(got), "index", w.say("file.index")))
	}
	if n := len(w.src.Letters); n > 0 {
		out = append(out, w.say("contents.letters", "file", w.say("file.letters"), "n", number(n)))
	}
	out = append(out, w.say("contents.talk", "file", w.say("file.talk"), "n", number(len(w.talks()))))
	if len(w.raw.Reminders) > 0 {
		out = append(out, w.say("contents.reminders", "file", w.say("file.reminders")))
	}
	return append(out, w.say("contents.json", "file", "case.json"))
}

// zips writes the ZIP files: the first with all papers, each with its evidence.
func (w *writing) zips(ctx context.Context, papers []paperFile) error {
	parts := 1
	for _, p := range w.pieces {
		parts = max(parts, p.part)
	}
	id := "file.pack"
	if w.opt.Masked {
		id = "file.pack_masked"
	}
	for n := 1; n <= parts; n++ {
		name := fileName(w.say(id, "date", w.madeOn()))
		if parts > 1 {
			name = fileName(w.say("file.part", "name", name, "n", number(n), "all", number(parts)))
		}
		at := filepath.Join(w.opt.Dir, name+".zip")
		w.result.Files = append(w.result.Files, at)
		if err := w.zip(ctx, at, n, papers); err != nil {
			return fmt.Errorf("write part %d of a pack: %w", n, err)
		}
		papers = nil
	}
	return nil
}

// zip writes one ZIP file, its entries in the order of their names.
func (w *writing) zip(ctx context.Context, at string, part int, papers []paperFile) (err error) {
	out, err := os.OpenFile(at, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	z := zip.NewWriter(out)
	index := w.say("file.evidence") + "/" + w.say("file.index")
	if papers == nil { // a further part: evidence alone
		papers = []paperFile{{name: index}}
	}
	for _, p := range papers {
		if p.data != nil {
			if err := add(z, p.name, p.at, zip.Deflate, bytes.NewReader(p.data)); err != nil {
				return err
			}
		}
		if p.name == index {
			if err := w.addEvidence(ctx, z, part); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

func (w *writing) addEvidence(ctx context.Context, z *zip.Writer, part int) error {
	for _, p := range w.pieces {
		if p.state != inPack || p.part != part {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		in, err := os.Open(p.temp)
		if err != nil {
			return err
		}
		err = add(z, w.say("file.evidence")+"/"+p.name, w.dated(p.raw), zip.Store, in)
		in.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// dated is the time that a file of evidence bears.
func (w *writing) dated(r bot.Record) time.Time {
	if at := happened(r); !at.IsZero() {
		return at.In(w.zone)
	}
	return w.raw.Now.In(w.zone)
}

func add(z *zip.Writer, name string, at time.Time, method uint16, in io.Reader) error {
	out, err := z.CreateHeader(&zip.FileHeader{Name: name, Modified: at, Method: method})
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}
