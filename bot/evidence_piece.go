package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/markup"
)

const (
	// asPaper stands for a kind where the user says that a picture shows an
	// identity paper: it is not kept.
	asPaper = "paper"

	// maxWas is how many corrections of one piece are kept.
	maxWas = 20

	// hashShown is how many characters of a hash are shown.
	hashShown = 12

	// What Was names that is no part of a record.
	partAt     = "at"
	partAbout  = "about"
	partStruck = "struck"

	viewTaken ViewName = "taken" // Arg: number of the record of which the next words say when it was taken
)

// tellExhibits sends a message about evidence: in place after a press on the
// last such message, else as a new one.
func (t *turn) tellExhibits(text string, keys [][]Button) {
	t.fx.Messages = append(t.fx.Messages, Message{Slot: SlotAlbum, Replace: t.pressed, Text: text, Buttons: t.stamp(keys)})
}

// tellNew says what was kept of a piece that just came. Before the first of a
// case it says what to cover up.
func (t *turn) tellNew(r Record) {
	if r.Exhibit.Number == 1 && !t.pressed {
		t.tell(t.say("evidence.cover"))
	}
	t.showPiece(r, t.say("evidence.kept", "n", number(r.Exhibit.Number)), true)
}

// tellAgain says that a file came before, and takes it back in where it was
// struck out.
func (t *turn) tellAgain(r Record) {
	head := t.say("evidence.again", "n", number(r.Exhibit.Number))
	if !r.Struck.IsZero() {
		r = t.strike(r, time.Time{})
		head = t.say("evidence.restored", "n", number(r.Exhibit.Number))
	}
	t.showPiece(r, head, false)
}

// showPiece shows one piece, with boxes to tick what is seen on it where that
// is asked.
func (t *turn) showPiece(r Record, head string, ticks bool) {
	k, _ := t.k.Evidence.Kind(r.About)
	asks := len(k.Shows) > 0 && r.Struck.IsZero()
	text := paragraphs("**"+head+"**", t.pieceText(r))
	var keys [][]Button
	if asks && ticks {
		text = paragraphs(text, t.say("evidence.tick"))
		keys = t.tickBoxes(r)
	}
	keys = append(keys, t.pieceKeys(r, asks && !ticks)...)
	t.tellExhibits(text, append(keys, t.wayOn(r)...))
}

// pieceText says what is known of a piece.
func (t *turn) pieceText(r Record) string {
	if r.Exhibit.ID == "" {
		return t.say("evidence.gone")
	}
	lines := []string{t.say("evidence.name", "name", t.fileName(r)), t.kindLine(r), t.timeLine(r)}
	if words := r.words(); words != "" {
		lines = append(lines, t.say("evidence.said", "text", t.quote(cut(words, 2*quoteLen))))
	}
	if shows := t.showsOf(r); len(shows) > 0 {
		lines = append(lines, t.say("evidence.shows", "shows", strings.Join(shows, t.say("list.comma"))))
	}
	switch {
	case r.Exhibit.SHA256 != "":
		lines = append(lines, t.say("evidence.hash", "hash", markup.Escape(cut(r.Exhibit.SHA256, hashShown))))
	case r.Exhibit.Size > maxFetched:
		lines = append(lines, t.say("evidence.large"))
	}
	if !r.Struck.IsZero() {
		lines = append(lines, t.say("evidence.struck"))
	}
	return list(lines)
}

func (t *turn) fileName(r Record) string {
	return "`" + ExhibitName(t.k, r, t.in.At.Location()) + "`"
}

func (t *turn) kindLine(r Record) string {
	k, _ := t.k.Evidence.Kind(r.About)
	if t.guessed {
		return t.say("evidence.kind_guessed", "kind", t.kindName(r.About))
	}
	if r.About == noKind {
		return t.say("evidence.kind_open")
	}
	return t.say("evidence.kind", "kind", t.kindName(r.About), "proves", k.Proves)
}

// kindName returns what a kind is called in this case.
func (t *turn) kindName(id string) string {
	k, ok := t.k.Evidence.Kind(id)
	if !ok {
		k, _ = t.k.Evidence.Kind(noKind)
	}
	if t.fraud() && k.Fraud != "" {
		return k.Fraud
	}
	return k.Name
}

// timeLine says when a picture was taken, or that this is not known.
func (t *turn) timeLine(r Record) string {
	when := t.date(r.At)
	if !r.Rough {
		when += " " + r.At.In(t.in.At.Location()).Format("15:04")
	}
	if r.At.Equal(r.ToldAt) {
		return t.say("evidence.at_told", "time", when)
	}
	return t.say("evidence.at", "time", when)
}

// showsOf returns what is seen on a picture, in the user's word.
func (t *turn) showsOf(r Record) []string {
	var names []string
	for _, s := range t.k.Evidence.Shows {
		if shows(r, s.ID) {
			names = append(names, s.Name)
		}
	}
	return names
}

func shows(r Record, id string) bool {
	return slices.ContainsFunc(r.Parts, func(p Part) bool { return p.Name == PartShows && p.Value == id })
}

// tickBoxes returns a button for each thing that can be seen on a screenshot.
func (t *turn) tickBoxes(r Record) [][]Button {
	var buttons []Button
	for _, s := range t.k.Evidence.Shows {
		label := t.say("button.exhibit_open", "name", s.Name)
		if shows(r, s.ID) {
			label = t.say("button.exhibit_seen", "name", s.Name)
		}
		buttons = append(buttons, Button{Label: label, Press: Press{Act: actSeen, Arg: number(r.Seq) + "=" + s.ID}})
	}
	return grid(buttons)
}

// pieceKeys returns what can be done with a piece.
func (t *turn) pieceKeys(r Record, tick bool) [][]Button {
	seq := number(r.Seq)
	switch {
	case r.Exhibit.ID == "":
		return nil
	case !r.Struck.IsZero():
		return [][]Button{{t.button("exhibit_restore", actUnstrike, seq)}}
	}
	keys := [][]Button{{t.button("exhibit_kind", actKind, seq), t.button("exhibit_time", actTaken, seq)}}
	last := []Button{t.button("exhibit_strike", actStrike, seq)}
	if tick {
		last = append(last, t.button("exhibit_tick", actBoxes, seq))
	}
	return append(keys, last)
}

// wayOn returns the ways on from a piece.
func (t *turn) wayOn(r Record) [][]Button {
	var keys [][]Button
	pieces := t.pieces()
	if i := slices.IndexFunc(pieces, func(p Record) bool { return p.Seq == r.Seq }); i >= 0 && len(pieces) > 1 {
		var row []Button
		if i > 0 {
			row = append(row, t.button("exhibit_before", actPiece, number(pieces[i-1].Seq)))
		}
		if i < len(pieces)-1 {
			row = append(row, t.button("exhibit_next", actPiece, number(pieces[i+1].Seq)))
		}
		keys = append(keys, row)
	}
	return append(keys,
		[]Button{t.button("exhibit_list", actList, ""), t.button("exhibit_lack", actLack, "")},
		[]Button{t.button("exhibit_leave", actResume, "")})
}

// askKind asks what a piece is.
func (t *turn) askKind(r Record) {
	seq := number(r.Seq)
	var buttons []Button
	for _, k := range t.k.Evidence.Kinds {
		buttons = append(buttons, Button{Label: t.kindName(k.ID), Press: Press{Act: actSetKind, Arg: seq + "=" + k.ID}})
	}
	buttons = append(buttons, Button{Label: t.say("button.exhibit_paper"), Press: Press{Act: actSetKind, Arg: seq + "=" + asPaper}})
	keys := append(grid(buttons), []Button{t.button("exhibit_back", actPiece, seq)})
	t.tellExhibits(t.say("evidence.which", "n", number(r.Exhibit.Number), "name", t.fileName(r)), keys)
}

// setKind corrects the kind of a piece.
func (t *turn) setKind(r Record, kind string) Record {
	if kind == asPaper {
		return t.forgetFile(r)
	}
	if _, ok := t.k.Evidence.Kind(kind); !ok || kind == r.About || r.Exhibit.ID == "" {
		return r
	}
	t.count(r, -1)
	r.was(t.in.At, partAbout, r.About)
	r.About = kind
	t.count(r, 1)
	return t.amend(r)
}

// forgetFile takes the file of an identity paper out of its record. The number
// stays taken, struck out.
func (t *turn) forgetFile(r Record) Record {
	if r.Struck.IsZero() {
		t.count(r, -1)
		t.c.Entries--
		r.Struck = t.in.At
	}
	r.About = noKind
	r.Exhibit = Exhibit{Number: r.Exhibit.Number}
	return t.amend(r)
}

// strike strikes a record out, or takes it back in at the zero time.
func (t *turn) strike(r Record, at time.Time) Record {
	if r.Struck.IsZero() == at.IsZero() || r.Kind == RecordEvidence && r.Exhibit.ID == "" {
		return r
	}
	t.count(r, -1)
	stands := -1
	if at.IsZero() {
		r.was(t.in.At, partStruck, r.Struck.Format(time.RFC3339))
		stands = 1
	}
	t.c.Entries += stands
	if r.Kind == RecordContact {
		t.c.Contacts += stands
	}
	r.Struck = at
	t.count(r, 1)
	return t.amend(r)
}

// toggleSeen notes that something is seen on a picture, or is not after all.
func (t *turn) toggleSeen(r Record, id string) Record {
	if t.k.Evidence.Show(id) == "" || !r.Struck.IsZero() {
		return r
	}
	t.count(r, -1)
	if shows(r, id) {
		r.Parts = slices.DeleteFunc(slices.Clone(r.Parts), func(p Part) bool { return p.Name == PartShows && p.Value == id })
	} else {
		r.Parts = append(slices.Clone(r.Parts), Part{Name: PartShows, Value: id})
	}
	t.count(r, 1)
	return t.amend(r)
}

// setTaken corrects when a picture was taken.
func (t *turn) setTaken(r Record, at time.Time, rough bool) Record {
	if r.Exhibit.ID == "" || r.At.Equal(at) && r.Rough == rough {
		return r
	}
	r.was(t.in.At, partAt, r.At.Format(time.RFC3339))
	r.At, r.Rough = at, rough
	return t.amend(r)
}

// amend writes a record over the one that there is.
func (t *turn) amend(r Record) Record {
	t.change(r)
	return r
}

// was notes what a record held before a correction.
func (r *Record) was(at time.Time, name, old string) {
	if len(r.Was) < maxWas {
		r.Was = append(slices.Clone(r.Was), Was{At: at, Name: name, Old: old})
	}
}

// count adds a piece that stands to the tallies of the case, or takes it away.
func (t *turn) count(r Record, n int) {
	if !r.Struck.IsZero() || r.Kind != RecordEvidence {
		return
	}
	if t.c.Pieces == nil {
		t.c.Pieces = make(map[string]int)
	}
	keys := []string{r.About}
	k, _ := t.k.Evidence.Kind(r.About)
	for _, p := range r.Parts {
		if p.Name == PartShows && slices.Contains(k.Shows, p.Value) {
			keys = append(keys, r.About+"."+p.Value)
		}
	}
	for _, key := range keys {
		if t.c.Pieces[key] += n; t.c.Pieces[key] <= 0 {
			delete(t.c.Pieces, key)
		}
	}
}

// showTaken asks when a picture was taken.
func (t *turn) showTaken() {
	seq := t.c.View.Arg
	var days []Button
	for n, label := range []string{"button.exhibit_today", "button.exhibit_yesterday", "button.exhibit_earlier"} {
		days = append(days, Button{Label: t.say(label), Press: Press{Act: actTakenOn, Arg: seq + "=" + number(n)}})
	}
	t.screen("taken", t.say("evidence.when"), append(grid(days), []Button{t.button("leave", actLeave, "")}))
}

// takenWords corrects the time of a picture by words, and reports whether they
// say one. Words that say something else are left to be read as such.
func (t *turn) takenWords(text string) bool {
	seq, _ := strconv.Atoi(t.c.View.Arg)
	r, ok := t.piece(seq)
	at, rough, said := t.momentIn(text)
	if !ok || !said {
		t.back()
		if ok {
			t.addLead(t.say("evidence.when_miss"))
		}
		return false
	}
	for i := range t.fx.Records {
		t.fx.Records[i].Kind, t.fx.Records[i].Of = RecordCorrection, seq
	}
	t.back()
	r = t.setTaken(r, at, rough)
	t.showPiece(r, t.say("evidence.retimed", "n", number(r.Exhibit.Number)), false)
	t.show()
	return true
}

// piece returns a piece of evidence that was asked for.
func (t *turn) piece(seq int) (Record, bool) {
	for _, r := range slices.Concat(t.in.These, t.in.Recent) {
		if r.Seq == seq && r.Kind == RecordEvidence {
			return r, true
		}
	}
	return Record{}, false
}

// extensions are the endings of files by their types.
var extensions = map[string]string{
	"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/heic": "heic",
	"application/pdf": "pdf", "text/plain": "txt", "text/csv": "csv", "application/zip": "zip", "video/mp4": "mp4",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       "xlsx",
}

// ExhibitName returns a good name for the file of a piece of evidence, such as
// 20261120_1500_提现失败提示_03.jpg: when it was taken in zone, what it is, its
// number, and nothing that the user wrote.
func ExhibitName(k *knowledge.Pack, r Record, zone *time.Location) string {
	at := r.At.In(zone)
	stamp := at.Format("20060102_1504")
	if r.Rough {
		stamp = at.Format("20060102")
	}
	n := number(r.Exhibit.Number)
	if len(n) < 2 {
		n = "0" + n
	}
	return stamp + "_" + k.Evidence.FileWord(r.About, r.words()) + "_" + n + "." + extension(r.Exhibit)
}

// extension returns the ending of a file: by its type, by its own name, or that
// of a photo.
func extension(x Exhibit) string {
	if ext, ok := extensions[x.MIME]; ok {
		return ext
	}
	_, ext, _ := strings.Cut(x.Name[max(strings.LastIndexByte(x.Name, '.'), 0):], ".")
	odd := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	switch ext = strings.ToLower(ext); {
	case ext != "" && len(ext) <= 5 && !strings.ContainsFunc(ext, odd):
		return ext
	case x.Name == "" && (x.MIME == "" || strings.HasPrefix(x.MIME, "image/")):
		return "jpg"
	default:
		return "bin"
	}
}
