package bot

import (
	"cmp"
	"encoding/base64"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/read"
	"tixianbot/knowledge/screen"
	"tixianbot/knowledge/when"
)

const (
	// maxFetched is how many bytes a file may have whose hash is taken: no more
	// can be fetched.
	maxFetched = 20 << 20

	// noKind is the kind of evidence that fits everything.
	noKind = "other"

	// oldest is how long ago a picture may be of which the caption says so. A
	// date further back is more likely one that is still to come: 客服说11月30日到账.
	oldest = 300 * 24 * time.Hour

	// filesSought is how many of the newest records are looked through for a
	// file that may have come before.
	filesSought = 5000
)

// sent answers pictures, files and everything else that is no text.
func (t *turn) sent(e Sent) {
	switch {
	case e.Kind != Photo && e.Kind != Document:
		t.unseen(e, "sent.caption", "sent."+string(e.Kind))
	case e.File.ID == "":
		t.unseen(e, "sent.lost", "sent.lost")
	default:
		t.sentFile(e)
	}
}

// unseen answers what cannot be kept: it says so and looks at the words with it.
func (t *turn) unseen(e Sent, captioned, alone string) {
	if e.Caption != "" {
		t.addLead(t.say(captioned))
		t.said(Said{Text: e.Caption})
		return
	}
	t.wake()
	t.addLead(t.say(alone))
	t.show()
}

// sentFile keeps a picture or a file as evidence, unless it shows an identity
// paper or came before. What comes as an album, or forwarded with others, is
// answered in one message, when it is complete.
func (t *turn) sentFile(e Sent) {
	raw := strings.TrimSpace(e.Caption)
	text, secrets := t.k.Screen.Mask(raw)
	found := t.k.Reader.Read(text, t.in.At)
	if t.ended() && len(found) > 0 && t.c.View.Name == "" && !t.c.Batch.Due {
		t.openNext()
		t.in.Recent = nil // the records of the case before
	}
	t.wake()
	t.join(e)
	paper := t.isPaper(e)
	answer := t.receive(e, text, found, paper)
	flag := t.heed(raw, found, len(secrets) > 0)
	var changed []fact.Name
	if !paper {
		changed = t.takeCaption(text, found, flag)
	}
	t.warnOfFacts()
	if t.c.Batch.Due {
		t.awaitAlbum()
		if t.lead != "" { // the screen that it would open comes later
			t.tell(t.lead)
			t.lead = ""
		}
		return
	}
	t.c.Batch.Told = true
	answer()
	t.goOn(changed, flag != screen.None)
}

// receive keeps a picture or a file, unless it shows a paper or came before,
// and returns what answers it where it came alone.
func (t *turn) receive(e Sent, text string, found []read.Found, paper bool) (answer func()) {
	old, again := t.twice(e.File)
	switch {
	case paper:
		t.c.Batch.Refused++
		t.keepWords(text)
		return func() { t.tell(t.say("evidence.paper")) }
	case again:
		t.c.Batch.Again++
		t.keepWords(text)
		return func() { t.tellAgain(old) }
	default:
		r := t.keepFile(e, text, found)
		return func() { t.tellNew(r) }
	}
}

// keepWords keeps a caption whose picture is not kept.
func (t *turn) keepWords(text string) {
	if text != "" {
		t.record(RecordMessage, text, "")
	}
}

// keepFile makes a record of a picture or a file and asks for its hash.
func (t *turn) keepFile(e Sent, text string, found []read.Found) Record {
	t.c.Exhibits++
	seq := t.record(RecordEvidence, text, t.kindOfFile(e, text, found))
	r := &t.fx.Records[len(t.fx.Records)-1]
	name, _ := t.k.Screen.Mask(e.Name)
	r.At, r.Rough = t.taken(e, text)
	r.Message = t.in.Message
	r.Exhibit = Exhibit{File: e.File, Name: name, Number: t.c.Exhibits}
	t.c.sawFile(e.File.Unique)
	t.count(*r, 1)
	if b := &t.c.Batch; b.First == 0 {
		b.First = seq
	}
	t.c.Batch.Last = seq
	if e.File.Size <= maxFetched {
		t.fx.Fetch = append(t.fx.Fetch, Fetch{Seq: seq, File: e.File.ID})
	}
	return *r
}

// kindOfFile guesses what kind of evidence a piece is: by its caption and the
// facts that it tells, by its name, by the caption of its album. A single picture without a word is taken
// for what is missing next.
func (t *turn) kindOfFile(e Sent, text string, found []read.Found) string {
	if kind := cmp.Or(t.k.Evidence.Guess(text), kindByFacts(found), t.k.Evidence.Guess(e.Name)); kind != "" {
		t.c.Batch.Kind = kind
		return kind
	}
	switch b := t.c.Batch; {
	case b.Kind != "":
		return b.Kind
	case b.Due || e.Kind != Photo && !strings.HasPrefix(e.File.MIME, "image/"):
		return noKind
	}
	for _, kind := range t.lacking() {
		if k, _ := t.k.Evidence.Kind(kind); len(k.Shows) > 0 {
			t.guessed = true
			return kind
		}
	}
	return noKind
}

// kindByFacts returns the kind of evidence that shows a fact its caption tells,
// or "".
func kindByFacts(found []read.Found) string {
	for _, by := range []struct {
		name fact.Name
		kind string
	}{
		{fact.PaidAmount, "bank_statement"}, {fact.PaidAt, "bank_statement"}, {fact.LastSuccessAt, "past_success"},
		{fact.AskedToPay, "error_screen"}, {fact.Status, "error_screen"}, {fact.ErrorText, "error_screen"},
	} {
		if answers(found, by.name) {
			return by.kind
		}
	}
	return ""
}

// taken returns when a picture was taken, as far as its caption or the message
// that was forwarded says so: else it is the time at which it came.
func (t *turn) taken(e Sent, text string) (at time.Time, rough bool) {
	if at, rough, ok := t.momentIn(text); ok && t.in.At.Sub(at) <= oldest {
		return at, rough
	}
	if !e.ForwardedAt.IsZero() && e.ForwardedAt.Before(t.in.At) {
		return e.ForwardedAt, false
	}
	return t.in.At, false
}

// momentIn returns the first moment of the past that words name.
func (t *turn) momentIn(text string) (at time.Time, rough, ok bool) {
	for _, p := range t.k.Reader.Times().Find(t.k.Fold.Fold(text).String()) {
		if p.By || !p.HasDay() && !p.HasClock() {
			continue
		}
		if m, ok := p.Past(t.in.At); ok && m.Grain <= when.Day {
			return m.At, m.Grain != when.Minute, true
		}
	}
	return time.Time{}, false, false
}

// isPaper reports whether a file says of itself that it shows an identity paper.
func (t *turn) isPaper(e Sent) bool {
	return t.k.Evidence.IsPaper(e.Caption) || t.k.Evidence.IsPaper(e.Name)
}

// takeCaption takes the facts that a caption tells and answers what it asks. To
// the open question it is an answer only where it says the very thing: 截图1 is no number of attempts.
func (t *turn) takeCaption(text string, found []read.Found, flag screen.Flag) []fact.Name {
	if text == "" {
		return nil
	}
	if flag == screen.None && t.k.Index.IsQuestion(text) {
		if article := t.articleFor(text); article != "" {
			t.tellArticle(article)
		} else {
			t.tell(t.say("evidence.unread"))
		}
		found = t.unknownOnly(found)
	}
	asked := t.openFact()
	changed := t.take(text, found)
	if t.took(asked, changed) {
		if t.c.View.Name == viewEdit {
			t.back()
		} else {
			t.answered(asked)
		}
	}
	return changed
}

// goOn shows what is open after evidence came: an open question again, and
// whatever follows from what its caption told.
func (t *turn) goOn(changed []fact.Name, flagged bool) {
	if len(changed) > 0 || flagged {
		switch t.c.View.Name {
		case viewEdit, viewNote, viewTaken, viewRoute:
		default:
			t.back()
		}
	}
	t.readBack(changed)
	if len(changed) > 0 || flagged || t.lead != "" || t.c.Rev == 0 || t.openFact() != "" {
		t.show()
	}
}

// twice returns the record of a file that came before.
func (t *turn) twice(f File) (Record, bool) {
	for _, r := range t.in.Recent {
		if f.Unique != "" && r.Kind == RecordEvidence && r.Exhibit.Unique == f.Unique {
			return r, true
		}
	}
	return Record{}, false
}

// hashed notes the hash of a file.
func (t *turn) hashed(e Hashed) {
	r := t.in.Record
	if r.Seq == 0 || r.Exhibit.ID == "" || e.Err || e.SHA256 == "" || r.Exhibit.SHA256 == e.SHA256 {
		return
	}
	r.Exhibit.SHA256 = e.SHA256
	t.fx.Changed = append(t.fx.Changed, Amended{Case: e.Case, Record: r})
}

// filterSize is how many bytes the filter of the files that came has.
const filterSize = 64

// sawFile notes that a file came. It is kept as a Bloom filter, three bits of
// 512 for each file, so that the records need only be looked through for a
// file that very likely came before.
func (c *Case) sawFile(unique string) {
	if unique == "" {
		return
	}
	bits := c.filter()
	for _, n := range bitsOf(unique) {
		bits[n/8] |= 1 << (n % 8)
	}
	c.Files = base64.RawStdEncoding.EncodeToString(bits)
}

// mayHave reports whether a file may have come before. It never says no to one
// that did.
func (c Case) mayHave(unique string) bool {
	if unique == "" || c.Files == "" {
		return false
	}
	bits := c.filter()
	for _, n := range bitsOf(unique) {
		if bits[n/8]&(1<<(n%8)) == 0 {
			return false
		}
	}
	return true
}

func (c Case) filter() []byte {
	bits, err := base64.RawStdEncoding.DecodeString(c.Files)
	if err != nil || len(bits) != filterSize {
		return make([]byte, filterSize)
	}
	return bits
}

func bitsOf(unique string) [3]uint64 {
	h := fnv.New64a()
	h.Write([]byte(unique))
	n := h.Sum64()
	const all = filterSize * 8
	return [3]uint64{n % all, n >> 9 % all, n >> 18 % all}
}

// wantsForFile returns what Step looks at when a file comes: the records, if
// it may have come before.
func wantsForFile(c Case, e Sent) Wish {
	if c.mayHave(e.File.Unique) {
		return Wish{Newest: filesSought}
	}
	return Wish{}
}

// wantsForWords returns what Step looks at when words come: the piece that they
// say the time of.
func wantsForWords(c Case, e Said) Wish {
	if e.Command == "evidence" {
		return Wish{Newest: listScanned}
	}
	if seq, err := strconv.Atoi(c.View.Arg); err == nil && c.View.Name == viewTaken {
		return Wish{These: []int{seq}}
	}
	return Wish{}
}

// wantsForWake returns what Step looks at at a wake.
func wantsForWake(c Case, e Woken) Wish {
	if e.Why == wakeAlbum && c.Batch.Due {
		return wantsSpan(c.Batch.First, c.Batch.Last)
	}
	return Wish{}
}
