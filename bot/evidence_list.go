package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The acts of buttons about evidence. Each names the record or the records
// that it changes and what they become, so that none grows old.
const (
	actKind      Act = "vk" // Arg: record; ask what kind it is
	actSetKind   Act = "vs" // Arg: record=kind
	actKindOfAll Act = "va" // Arg: first-last; ask what kind all are
	actSetAll    Act = "vb" // Arg: first-last=kind
	actBatch     Act = "vw" // Arg: first-last; what came together
	actPiece     Act = "vp" // Arg: record
	actBoxes     Act = "vo" // Arg: record; what is seen on it, to be ticked
	actSeen      Act = "vh" // Arg: record=thing seen
	actTaken     Act = "vt" // Arg: record; ask when it was taken
	actTakenOn   Act = "vy" // Arg: record=days ago
	actStrike    Act = "vd" // Arg: record
	actUnstrike  Act = "vu" // Arg: record
	actLack      Act = "vm" // what is missing
	actList      Act = "vl" // Arg: only records before this one, "" for the newest
	actResume    Act = "vx" // the open screen again
)

var exhibitActs = []Act{
	actKind, actSetKind, actKindOfAll, actSetAll, actBatch, actPiece, actBoxes, actSeen, actTaken, actTakenOn,
	actStrike, actUnstrike, actLack, actList, actResume,
}

const (
	// listShown is how many pieces stand on a page of the list, and listScanned
	// how many records are looked through for them.
	listShown   = 8
	listScanned = 60

	// numbersPerRow is how many pieces a row of buttons opens.
	numbersPerRow = 4
)

// wantsExhibits returns what Step looks at for a button about evidence.
func wantsExhibits(c Case, p Press) Wish {
	arg, _, _ := strings.Cut(p.Arg, "=")
	switch p.Act {
	case actLack, actResume:
		return Wish{}
	case actList:
		before, _ := strconv.Atoi(arg)
		return Wish{Newest: listScanned, Before: max(before, 0)}
	case actKindOfAll, actSetAll, actBatch:
		return wantsSpan(span(arg))
	}
	seq, err := strconv.Atoi(arg)
	if err != nil || seq <= 0 {
		return Wish{}
	}
	w := Wish{}
	if b := c.Batch; seq >= b.First && seq <= b.Last {
		w = wantsSpan(b.First, b.Last)
	}
	w.These = []int{seq}
	return w
}

func wantsSpan(first, last int) Wish {
	if first == 0 {
		return Wish{}
	}
	return Wish{Newest: last - first + 1, Before: last + 1}
}

// pressExhibit handles the buttons about evidence.
func (t *turn) pressExhibit(p Press) bool {
	arg, value, _ := strings.Cut(p.Arg, "=")
	switch p.Act {
	case actLack:
		t.showLacking()
		return true
	case actList:
		t.showList()
		return true
	case actResume:
		t.pressed, t.fresh = false, true
		t.show()
		return true
	case actKindOfAll, actSetAll, actBatch:
		return t.pressBatch(p.Act, arg, value)
	}
	seq, _ := strconv.Atoi(arg)
	if !slices.Contains(exhibitActs, p.Act) {
		return false
	}
	r, ok := t.piece(seq)
	if ok {
		t.pressPiece(p.Act, r, value)
	}
	return ok
}

// pressPiece handles the buttons of one piece.
func (t *turn) pressPiece(act Act, r Record, value string) {
	head := t.say("evidence.piece", "n", number(r.Exhibit.Number))
	fresh := r.Seq >= t.c.Batch.First && r.Seq <= t.c.Batch.Last && len(r.Parts) == 0
	switch act {
	case actKind:
		t.askKind(r)
		return
	case actSetKind:
		t.showPiece(t.setKind(r, value), head, fresh)
		if value == asPaper {
			t.tell(t.say("evidence.paper"))
		}
	case actPiece:
		t.showPiece(r, head, fresh && t.c.Batch.First < t.c.Batch.Last)
	case actBoxes:
		t.showPiece(r, head, true)
	case actSeen:
		t.showPiece(t.toggleSeen(r, value), head, true)
	case actTaken:
		t.c.View = View{Name: viewTaken, Arg: number(r.Seq)}
		t.show()
		return
	case actTakenOn:
		if days, err := strconv.Atoi(value); err == nil && days >= 0 {
			r = t.setTaken(r, t.in.At.AddDate(0, 0, -days), true)
		}
		t.showPiece(r, head, false)
		if t.c.View.Name == viewTaken {
			t.back()
			t.show()
		}
	case actStrike:
		t.showPiece(t.strike(r, t.in.At), head, false)
	case actUnstrike:
		t.showPiece(t.strike(r, time.Time{}), head, false)
	}
	if len(t.fx.Changed) > 0 {
		t.fx.Toast = t.say("toast.noted")
	}
}

// pressBatch handles the buttons of what came together.
func (t *turn) pressBatch(act Act, arg, kind string) bool {
	first, last := span(arg)
	var pieces []Record
	for _, r := range t.in.Recent {
		if r.Kind == RecordEvidence && r.Seq >= first && r.Seq <= last {
			pieces = append(pieces, r)
		}
	}
	if len(pieces) == 0 {
		return false
	}
	slices.Reverse(pieces)
	switch act {
	case actKindOfAll:
		t.askKindOfAll(pieces)
	case actSetAll:
		t.setAll(pieces, kind)
	default:
		t.showBatch(pieces)
	}
	return true
}

// showList shows a page of the evidence, the newest first, and what is missing.
func (t *turn) showList() {
	if t.c.Exhibits == 0 {
		t.tellExhibits(paragraphs(t.say("evidence.none"), t.say("evidence.cover"), t.lackText()), t.listKeys(nil))
		return
	}
	page, older := t.page()
	var rows []string
	for _, r := range page {
		rows = append(rows, t.row(r))
	}
	text := paragraphs(t.say("evidence.list", "n", number(t.standing())), strings.Join(rows, "\n"), t.lackText())
	keys := t.pageKeys(page)
	if older > 0 {
		keys = append(keys, []Button{t.button("exhibit_older", actList, number(older))})
	}
	t.tellExhibits(text, t.listKeys(keys))
}

// page returns the pieces of a page, and the number before which the next one
// begins, 0 if this is the last.
func (t *turn) page() (pieces []Record, older int) {
	for _, r := range t.in.Recent {
		if r.Kind != RecordEvidence {
			continue
		}
		if pieces = append(pieces, r); len(pieces) == listShown {
			break
		}
	}
	switch n := len(t.in.Recent); {
	case len(pieces) == listShown && pieces[listShown-1].Exhibit.Number > 1:
		return pieces, pieces[listShown-1].Seq
	case n == listScanned && len(pieces) < listShown && t.in.Recent[n-1].Seq > 1:
		return pieces, t.in.Recent[n-1].Seq
	default:
		return pieces, 0
	}
}

// row returns the line of a piece in the list.
func (t *turn) row(r Record) string {
	n := number(r.Exhibit.Number)
	switch {
	case r.Exhibit.ID == "":
		return t.say("evidence.row_gone", "n", n)
	case !r.Struck.IsZero():
		return t.say("evidence.row_struck", "n", n, "name", t.fileName(r))
	default:
		return t.say("evidence.row", "n", n, "name", t.fileName(r))
	}
}

// pageKeys returns a button for each piece of a page.
func (t *turn) pageKeys(pieces []Record) [][]Button {
	var rows [][]Button
	for _, r := range pieces {
		if r.Exhibit.ID == "" {
			continue
		}
		if n := len(rows); n == 0 || len(rows[n-1]) == numbersPerRow {
			rows = append(rows, nil)
		}
		b := Button{Label: t.say("button.exhibit_open_one", "n", number(r.Exhibit.Number)), Press: Press{Act: actPiece, Arg: number(r.Seq)}}
		rows[len(rows)-1] = append(rows[len(rows)-1], b)
	}
	return rows
}

// listKeys returns the buttons under the list and under what is missing.
func (t *turn) listKeys(keys [][]Button) [][]Button {
	var reading []Button
	for _, id := range []string{"screenshot_evidence", "file_naming"} {
		if a, ok := t.k.Article(id); ok {
			reading = append(reading, Button{Label: t.say("button.read", "title", a.Title), Press: Press{Act: actRead, Arg: id}})
		}
	}
	last := []Button{t.button("exhibit_leave", actResume, "")}
	if t.standing() > 0 {
		last = append(last, t.button("export_full", actExport, FormFull))
	}
	return append(append(keys, grid(reading)...), last)
}
