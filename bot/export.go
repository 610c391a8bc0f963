package bot

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge/markup"
)

// The acts of buttons about what goes out of the house. They stay in chats for
// years: never change one.
const (
	actExport   Act = "ex" // Arg: a form
	actUnexport Act = "xx" // Arg: the same; it is not wanted after all
)

var exportActs = []Act{actExport, actUnexport}

// The forms in which a case goes out. The first three are the Args of an
// [OrderPack], the last is an [OrderPicture].
const (
	FormFull    = "full"     // everything, with the files of the evidence
	FormMasked  = "masked"   // under the share mask; evidence is only listed
	FormOnePage = "one_page" // the statement for a regulator alone
	formPicture = "picture"
)

// forms are all of them, in the order in which words are searched for them.
var forms = []string{FormMasked, FormOnePage, formPicture, FormFull}

// absentShown is how many pieces of evidence are named that did not come along.
const absentShown = 10

// slotOf returns the slot of the message that tells how far a form is.
func slotOf(form string) Slot { return Slot("export." + form) }

// orderedAs returns the name of the order for a form of the open case.
func (t *turn) orderedAs(form string) string { return "export." + form + "." + number(t.c.Number) }

// formIn returns the form that words ask for, and whether they ask for one; no
// words ask for the full one.
func (t *turn) formIn(text string) (form string, ok bool) {
	for _, form := range forms[:len(forms)-1] {
		if t.holds("words.export."+form, text) {
			return form, true
		}
	}
	return FormFull, text == "" || t.means("words.export", text)
}

// asksExport reports whether words that are no command ask for one of the forms.
func (t *turn) asksExport(text string) bool { return t.c.Rev > 0 && t.means("words.export", text) }

// exportWords handles words that ask for a form, such as those of /export: the
// form that they name, or the choice. They are no part of the story.
func (t *turn) exportWords(text string) {
	t.markWish(text, "export")
	if form, ok := t.formIn(text); ok {
		t.export(form)
		return
	}
	t.tell(t.say("export.which"), t.exportKeys(FormFull, FormMasked, FormOnePage, formPicture)...)
}

// export orders a form and says what it will hold and which way it comes.
func (t *turn) export(form string) {
	if t.bare() {
		t.tell(t.say("export.empty"))
		t.show()
		return
	}
	o := Order{Name: t.orderedAs(form), Kind: OrderPack, Args: form}
	if form == formPicture {
		o.Kind = OrderPicture
	}
	t.fx.Orders = append(t.fx.Orders, o)
	t.tellExport(form, t.pressed, t.contentsOf(form), t.stopKeys(form))
}

// bare reports whether the case holds nothing that could be handed to anybody.
func (t *turn) bare() bool {
	return len(t.c.Values()) == 0 && t.c.Exhibits == 0 && t.c.Contacts == 0
}

// contentsOf says what a form holds and that it goes through the messenger.
func (t *turn) contentsOf(form string) string {
	evidence, fraud := "", ""
	if n := t.standing(); n > 0 {
		evidence = t.say("export.evidence", "n", number(n))
	}
	if t.fraud() && (form == FormFull || form == FormOnePage) {
		fraud = t.say("export.fraud")
	}
	return paragraphs(t.say("export."+form, "evidence", evidence), fraud)
}

// tellExport says how a form is getting on, in the slot of its own.
func (t *turn) tellExport(form string, replace bool, text string, keys [][]Button) {
	t.pressed = false
	t.fx.Messages = append(t.fx.Messages, Message{Slot: slotOf(form), Replace: replace, Text: text, Buttons: keys})
}

// exportKeys returns a button for each of the forms.
func (t *turn) exportKeys(forms ...string) [][]Button {
	var keys []Button
	for _, form := range forms {
		keys = append(keys, t.button("export_"+form, actExport, form))
	}
	return t.stamp(grid(keys))
}

// stopKeys returns a button by which a form is not wanted after all.
func (t *turn) stopKeys(form string) [][]Button {
	return t.stamp([][]Button{{t.button("export_stop", actUnexport, form)}})
}

// pressExport handles the buttons about what goes out of the house.
func (t *turn) pressExport(p Press) bool {
	if !slices.Contains(exportActs, p.Act) || !slices.Contains(forms, p.Arg) {
		return false
	}
	if p.Act == actExport {
		t.export(p.Arg)
		return true
	}
	t.fx.Drop = append(t.fx.Drop, t.orderedAs(p.Arg))
	t.tellExport(p.Arg, t.pressed, t.say("export.stopped"), t.exportKeys(p.Arg))
	return true
}

// exporting tells how far a form is.
func (t *turn) exporting(p Progress) {
	form := formOf(p.Order)
	if p.Done >= p.Total || p.Order.Case != t.c.Number {
		return
	}
	text := paragraphs(t.contentsOf(form), t.say("export.progress", "done", number(p.Done), "all", number(p.Total)))
	t.tellExport(form, true, text, t.stopKeys(form))
}

// formOf returns the form that an order asks for.
func formOf(o Order) string {
	if o.Kind == OrderPicture {
		return formPicture
	}
	return o.Args
}

// exported hands over what was made, and names what could not come along.
func (t *turn) exported(m Made) {
	form := formOf(m.Order)
	if m.Err != "" || len(m.Files) == 0 {
		t.tellExport(form, true, t.say("export.failed"), t.casedAs(m.Order.Case, t.exportKeys(form)))
		return
	}
	others := slices.DeleteFunc(slices.Clone(forms), func(f string) bool { return f == form })
	t.tellExport(form, true, t.say("export.done", "n", number(m.Order.Case)), t.casedAs(m.Order.Case, t.exportKeys(others...)))
	for i, f := range m.Files {
		t.fx.Messages = append(t.fx.Messages, Message{Text: t.captionOf(form, f.Name, i, len(m.Files)), File: f})
	}
	t.tellAbsent(m.Notes)
}

// casedAs returns buttons that belong to the case n, which need not be open.
func (t *turn) casedAs(n int, rows [][]Button) [][]Button {
	for _, row := range rows {
		for i := range row {
			row[i].Press.Case = n
		}
	}
	return rows
}

// captionOf says what a file is and what to do with it.
func (t *turn) captionOf(form, name string, i, all int) string {
	switch {
	case form == FormOnePage && path.Ext(name) == ".docx":
		return t.say("export.caption.word")
	case form == FormFull && i > 0:
		return t.say("export.caption.part", "n", number(i+1), "all", number(all))
	}
	return t.say("export.caption." + form)
}

// tellAbsent names the pieces of evidence that did not come along. A note of the
// maker is why, the number of the piece and its name.
func (t *turn) tellAbsent(notes []string) {
	var lines []string
	for _, note := range notes {
		why, rest, _ := strings.Cut(note, " ")
		n, name, _ := strings.Cut(rest, " ")
		if phrase, ok := t.k.Phrase("export.absent." + why); ok && phrase != "" && name != "" && utf8.ValidString(name) {
			lines = append(lines, t.say("export.absent."+why, "n", n, "name", markup.Escape(name)))
		}
	}
	if len(lines) == 0 {
		return
	}
	head, more := t.say("export.absent_head", "n", number(len(lines))), ""
	if n := len(lines); n > absentShown {
		lines, more = lines[:absentShown], t.say("export.absent_more", "n", number(n-absentShown))
	}
	t.tell(paragraphs(head, list(lines), more))
}
