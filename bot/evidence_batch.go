package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
)

const (
	// wakeAlbum is the wake at which an album is taken to be complete: its
	// pieces come one by one, and nothing says which is the last.
	wakeAlbum = "album"

	// albumPause is how long after its newest piece that is.
	albumPause = 2 * time.Second

	// namesShown is how many pieces the answer to an album names.
	namesShown = 10
)

// Batch is the pieces of evidence that came last and are told in one message:
// an album, some that were forwarded together, or a single one.
type Batch struct {
	First   int    // number of the record of the first piece that was kept, 0 if none was
	Last    int    // and of the last
	Again   int    // pieces that had come before
	Refused int    // pieces that show an identity paper
	Album   string // the album that the newest belongs to, or ""
	Kind    string // the kind that its caption names, or ""
	Due     bool   // it waits for more pieces, and its wake is set
	Told    bool   // there is a message about it
}

// join makes a piece part of the batch that still waits, or whose album it
// belongs to, or begins a new one.
func (t *turn) join(e Sent) {
	b := &t.c.Batch
	if !b.Due && (e.Album == "" || e.Album != b.Album) {
		*b = Batch{}
	}
	if e.Album != b.Album {
		b.Album, b.Kind = e.Album, ""
	}
	b.Due = b.Due || e.Album != "" || e.Forwarded
}

// awaitAlbum sets the wake at which a batch that waits is complete, also one
// that was left waiting when the user went over to another case.
func (t *turn) awaitAlbum() {
	if t.c.Batch.Due {
		t.fx.Wakes = append(t.fx.Wakes, Wake{At: t.in.At.Add(albumPause), Why: wakeAlbum})
	}
}

// tellBatch says what was kept of a batch, in one message. What comes late is
// added to that message.
func (t *turn) tellBatch() {
	b := &t.c.Batch
	if !b.Due {
		return
	}
	late := b.Told
	b.Due, b.Told, t.pressed = false, true, late
	pieces := t.pieces()
	switch {
	case len(pieces) == 1 && b.Again+b.Refused == 0:
		t.tellNew(pieces[0])
	default:
		if !late && len(pieces) > 0 && pieces[0].Exhibit.Number == 1 {
			t.tell(t.say("evidence.cover"))
		}
		t.showBatch(pieces)
	}
	t.pressed = false
	if !late {
		t.goOn(t.factsOf(b.First, b.Last), false)
	}
}

// pieces returns the pieces of the batch, oldest first, as far as they were
// asked for.
func (t *turn) pieces() []Record {
	var out []Record
	for _, r := range t.in.Recent {
		if r.Kind == RecordEvidence && r.Seq >= t.c.Batch.First && r.Seq <= t.c.Batch.Last {
			out = append(out, r)
		}
	}
	slices.Reverse(out)
	return out
}

// factsOf returns the facts that were read from the words of some records.
func (t *turn) factsOf(first, last int) []fact.Name {
	var names []fact.Name
	for _, s := range fact.All() {
		if k := t.c.Facts[s.Name]; first > 0 && k.Record >= first && k.Record <= last {
			names = append(names, s.Name)
		}
	}
	return names
}

// showBatch shows what a batch holds and what can be done with all of it.
func (t *turn) showBatch(pieces []Record) {
	var keys [][]Button
	if len(pieces) > 0 {
		span := number(t.c.Batch.First) + "-" + number(t.c.Batch.Last)
		keys = append(keys, []Button{t.button("exhibit_all", actKindOfAll, span), t.button("exhibit_each", actPiece, number(pieces[0].Seq))})
	}
	keys = append(keys, []Button{t.button("exhibit_lack", actLack, ""), t.button("exhibit_leave", actResume, "")})
	t.tellExhibits(t.batchText(pieces), keys)
}

func (t *turn) batchText(pieces []Record) string {
	var names []string
	var large int
	for i, r := range pieces {
		if i < namesShown {
			names = append(names, t.say("evidence.row", "n", number(r.Exhibit.Number), "name", t.fileName(r)))
		}
		if r.Exhibit.Size > maxFetched {
			large++
		}
	}
	list := strings.Join(names, "\n")
	if more := len(pieces) - namesShown; more > 0 {
		list += "\n" + t.say("evidence.more", "n", number(more))
	}
	head := ""
	if len(pieces) > 0 {
		head = t.say("evidence.album", "n", number(len(pieces)))
	}
	b := t.c.Batch
	return paragraphs(head, list, t.kindsLine(pieces),
		t.counted("evidence.album_large", large), t.counted("evidence.album_again", b.Again), t.counted("evidence.album_paper", b.Refused))
}

// counted says a phrase with a number, unless that is 0.
func (t *turn) counted(phrase string, n int) string {
	if n == 0 {
		return ""
	}
	return strings.ReplaceAll(t.say(phrase), "{n}", number(n))
}

// kindsLine says what the pieces of a batch were taken for.
func (t *turn) kindsLine(pieces []Record) string {
	var names []string
	for _, r := range pieces {
		if name := t.kindName(r.About); r.About != noKind && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch {
	case len(pieces) == 0:
		return ""
	case len(names) == 0:
		return t.say("evidence.unsorted")
	default:
		return t.say("evidence.sorted", "kinds", strings.Join(names, t.say("list.comma")))
	}
}

// askKindOfAll asks what all pieces of a batch are.
func (t *turn) askKindOfAll(pieces []Record) {
	span := number(pieces[0].Seq) + "-" + number(pieces[len(pieces)-1].Seq)
	var buttons []Button
	for _, k := range t.k.Evidence.Kinds {
		buttons = append(buttons, Button{Label: t.kindName(k.ID), Press: Press{Act: actSetAll, Arg: span + "=" + k.ID}})
	}
	keys := append(grid(buttons), []Button{t.button("exhibit_back", actBatch, span)})
	t.tellExhibits(t.say("evidence.which_all", "n", number(len(pieces))), keys)
}

// setAll makes all pieces of a batch pieces of a kind.
func (t *turn) setAll(pieces []Record, kind string) {
	for i := range pieces {
		pieces[i] = t.setKind(pieces[i], kind)
	}
	if pieces[0].Seq == t.c.Batch.First {
		t.c.Batch.Kind = kind // of those that come late too
	}
	t.fx.Toast = t.say("toast.noted")
	t.showBatch(pieces)
}

// span reads "first-last" of the argument of a button.
func span(arg string) (first, last int) {
	a, b, _ := strings.Cut(arg, "-")
	first, _ = strconv.Atoi(a)
	last, _ = strconv.Atoi(b)
	if first <= 0 || last < first {
		return 0, 0
	}
	return first, last
}
