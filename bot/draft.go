package bot

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

const (
	viewDraft  ViewName = "draft"  // the kinds of letters; Arg: "all", or "" for those that fit
	viewLetter ViewName = "letter" // Arg: kind.language.tone.length, also with .receiver, or the number of a version
	viewCheck  ViewName = "check"  // the next words are a letter to be checked
)

// The acts of buttons about letters. They stay in chats for years: never change
// one.
const (
	actDraft   Act = "dr" // Arg: "all", or "" for the kinds that fit
	actLetter  Act = "dl" // Arg: kind.language.tone.length, also with .receiver, or the number of a version
	actSentIt  Act = "ds" // Arg: the same; the user has sent it
	actCheckIt Act = "dc" // check a letter of the user's own
)

// lettersRead is how many of the newest records are read for a letter: its
// contacts are among them.
const lettersRead = 80

// lacksShown is how many things that are missing are named under a letter.
const lacksShown = 3

// showDraft offers the kinds of letters: those that fit the stage, or all.
func (t *turn) showDraft() {
	kinds := t.fitting()
	all := t.c.View.Arg == "all" && !t.fraud()
	if all {
		kinds = slices.DeleteFunc(slices.Clone(letter.Kinds), func(k letter.Kind) bool { return k == letter.FraudReport })
	}
	var lines []string
	var keys []Button
	for i, kind := range kinds {
		f := t.k.Letters.Form(kind)
		line := t.say("draft.line", "name", f.Name, "use", f.Use)
		if i == 0 && !all {
			line = t.say("draft.next", "line", line)
		}
		lines = append(lines, line)
		keys = append(keys, Button{Label: f.Name, Press: Press{Act: actLetter, Arg: request{Order: letter.Order{Kind: kind}}.arg()}})
	}
	head := t.say("draft.head")
	if t.fraud() {
		head = t.say("draft.fraud")
	}
	rows := grid(keys)
	if !all && !t.fraud() {
		rows = append(rows, []Button{t.button("draft_all", actDraft, "all")})
	}
	rows = append(rows, []Button{t.button("draft_check", actCheckIt, ""), t.button("leave", actLeave, "")})
	t.screen("draft:"+t.c.View.Arg, paragraphs(head, list(lines), t.say("draft.foot")), rows)
}

// fitting returns the kinds of letters that fit the case, the next one first.
func (t *turn) fitting() []letter.Kind {
	if t.fraud() {
		return []letter.Kind{letter.FraudReport}
	}
	stage := t.c.Stage
	if t.ended() {
		stage = t.c.Before
	}
	fits := slices.DeleteFunc(t.k.Letters.Fits(string(stage)), func(k letter.Kind) bool {
		return k == letter.FraudReport || k == letter.AMLObjection && t.c.Facts[fact.AmountPattern].Value == ""
	})
	if by, ok := t.promise(); ok && !t.in.At.Before(endOfDay(by)) && slices.Contains(fits, letter.FollowUp) {
		fits = append([]letter.Kind{letter.FollowUp}, slices.DeleteFunc(fits, func(k letter.Kind) bool { return k == letter.FollowUp })...)
	}
	if len(fits) == 0 {
		fits = []letter.Kind{letter.SupportMessage}
	}
	return fits
}

// request is a letter that is asked for.
type request struct {
	letter.Order
	To int // of a complaint: which of the bodies that take it, from 0
}

// arg writes a request as the argument of a button.
func (q request) arg() string {
	length := "full"
	if q.Short {
		length = "short"
	}
	lang, tone := q.Lang, q.Tone
	if lang == "" {
		lang = letter.Chinese
	}
	if tone == "" {
		tone = letter.Normal
	}
	parts := []string{string(q.Kind), string(lang), string(tone), length}
	if q.To > 0 {
		parts = append(parts, number(q.To))
	}
	return strings.Join(parts, ".")
}

// requestOf reads such an argument. A kind that there is not, and a letter to
// the platform where money was demanded, is no request.
func (t *turn) requestOf(arg string) (request, bool) {
	parts := strings.Split(arg, ".")
	if len(parts) < 4 || !slices.Contains(letter.Kinds, letter.Kind(parts[0])) {
		return request{}, false
	}
	q := request{Order: letter.Order{Kind: letter.Kind(parts[0]), Lang: letter.Lang(parts[1]), Short: parts[3] == "short"}}
	if tone := letter.Tone(parts[2]); tone == letter.Firm || tone == letter.Soft {
		q.Tone = tone
	}
	if q.Lang != letter.English {
		q.Lang = letter.Chinese
	}
	if len(parts) > 4 {
		q.To = atoi(parts[4])
	}
	return q, !t.fraud() || q.Kind == letter.FraudReport
}

// document is a letter: one that is written out of the facts, or a version that
// is kept.
type document struct {
	request
	letter.Letter
	from  Record           // the version that it is; Seq is 0 for none
	found []letter.Finding // what speaks against a version
}

// arg returns what names the document in buttons.
func (d document) arg() string {
	if d.from.Seq > 0 {
		return number(d.from.Seq)
	}
	return d.request.arg()
}

// document returns the letter that arg names, as it is at a moment.
func (t *turn) document(arg string, at time.Time) (document, bool) {
	var d document
	if seq := atoi(arg); seq > 0 {
		r, ok := t.version(seq)
		if !ok {
			return d, false
		}
		d.from, arg = r, r.Part(PartVersion)
	}
	q, ok := t.requestOf(arg)
	if !ok {
		return d, false
	}
	d.request = q
	c := t.letterCase(q, at)
	d.Letter = t.k.Letters.Compose(q.Order, c)
	if d.from.Seq > 0 {
		d.Letter = asVersion(d.from.letter(), d.Letter)
		d.found = t.k.Letters.Check(d.Text(), q.Order, c)
	}
	return d, true
}

// showLetter writes the letter that is open, with what would make it stronger
// and the ways to change it.
func (t *turn) showLetter(arg string) {
	d, ok := t.document(arg, t.in.At)
	if !ok {
		t.c.View = View{Name: viewDraft}
		t.showDraft()
		return
	}
	f := t.k.Letters.Form(d.Kind)
	head := t.say("letter.head", "name", f.Name, "to", f.To)
	beside := paragraphs(t.lacksOf(d.Letter), t.unheard(d.request))
	if d.from.Seq > 0 {
		head = t.say("letter.version", "name", f.Name, "by", t.writerOf(d.from), "when", t.clock(d.from.ToldAt))
		beside = t.findings(d.found)
	}
	text := paragraphs(head, fenced(cut(d.Text(), letterShown)), beside, t.say("letter.foot"))
	t.screen("letter:"+arg, text, append(t.lackKeys(d), t.letterKeys(d)...))
}

// letterShown is how much of a letter is shown, in characters. Only one of the
// user's own is longer.
const letterShown = 2600

// unheard says that nobody takes a complaint, where that is so.
func (t *turn) unheard(q request) string {
	if q.Kind != letter.RegulatorComplaint || len(t.receivers()) > 0 {
		return ""
	}
	return paragraphs(t.say("letter.nobody"), t.route().Note)
}

// fenced returns a text in a block that can be copied.
func fenced(text string) string {
	return "```\n" + strings.ReplaceAll(strings.TrimSpace(text), "```", "'''") + "\n```"
}

// lacksOf says what would make a letter stronger, and that blanks are left.
func (t *turn) lacksOf(l letter.Letter) string {
	var lines []string
	for _, lack := range l.Missing[:min(len(l.Missing), lacksShown)] {
		lines = append(lines, lack.Say)
	}
	blanks := ""
	if len(l.Blanks) > 0 {
		blanks = t.say("letter.blanks", "n", number(len(l.Blanks)))
	}
	return paragraphs(t.titled("letter.lacks", lines), blanks)
}

// lackKeys returns a button for each fact that a letter lacks.
func (t *turn) lackKeys(d document) [][]Button {
	var keys []Button
	for _, lack := range d.Missing {
		if d.from.Seq > 0 {
			break // a version stays as it is
		}
		if lack.Fact != "" && len(keys) < lacksShown {
			keys = append(keys, Button{Label: cut(t.say("button.tell", "name", t.k.FactLabel(lack.Fact)), longestLabel), Press: Press{Act: actEdit, Arg: string(lack.Fact)}})
		}
	}
	return grid(keys)
}

// letterKeys returns the ways to change a letter and to go on from it.
func (t *turn) letterKeys(d document) [][]Button {
	rows := grid(t.styleKeys(d))
	rows = append(rows, t.receiverKeys(d)...)
	if t.in.Wordings != 0 && !letter.Blocked(d.found) {
		rows = append(rows, []Button{t.button("polish", actPolish, d.arg())})
	}
	rows = append(rows, []Button{t.button("letter_sent", actSentIt, d.arg()), t.button("letter_file", actFile, d.arg())})
	if n := len(t.versions(d.Kind)); n > 0 {
		rows = append(rows, []Button{{Label: t.say("button.versions", "n", number(n)), Press: Press{Act: actVersions, Arg: string(d.Kind)}}})
	}
	return append(rows,
		[]Button{t.button("draft_other", actDraft, ""), t.button("draft_check", actCheckIt, "")},
		[]Button{t.button("case", actCase, ""), t.button("leave", actLeave, "")})
}

// styleKeys returns the ways to have a letter written otherwise out of the facts.
func (t *turn) styleKeys(d document) []Button {
	if d.from.Seq > 0 {
		return []Button{t.button("letter_anew", actLetter, d.request.arg())}
	}
	var keys []Button
	add := func(phrase Button, change func(*request)) {
		q := d.request
		change(&q)
		phrase.Press.Arg = q.arg()
		keys = append(keys, phrase)
	}
	if d.Tone != letter.Firm {
		add(t.button("firmer", actLetter, ""), func(q *request) { q.Tone = letter.Firm })
	}
	if d.Tone != letter.Soft {
		add(t.button("softer", actLetter, ""), func(q *request) { q.Tone = letter.Soft })
	}
	if d.Short {
		add(t.button("fuller", actLetter, ""), func(q *request) { q.Short = false })
	} else {
		add(t.button("shorter", actLetter, ""), func(q *request) { q.Short = true })
	}
	if d.Lang == letter.English {
		add(t.button("in_chinese", actLetter, ""), func(q *request) { q.Lang = letter.Chinese })
	} else {
		add(t.button("in_english", actLetter, ""), func(q *request) { q.Lang = letter.English })
	}
	return keys
}

// receivers returns the bodies of the route that take a complaint, in its order.
func (t *turn) receivers() []knowledge.Body {
	if t.fraud() {
		return nil
	}
	return t.k.Receivers(t.route())
}

// receiverKeys returns the other bodies that a complaint may be for.
func (t *turn) receiverKeys(d document) [][]Button {
	if d.Kind != letter.RegulatorComplaint || d.from.Seq > 0 {
		return nil
	}
	var rows [][]Button
	for i, b := range t.receivers() {
		if i != d.To {
			q := d.request
			q.To = i
			label := cut(t.say("button.letter_to", "name", b.Letter[letter.Chinese]), longestLabel)
			rows = append(rows, []Button{{Label: label, Press: Press{Act: actLetter, Arg: q.arg()}}})
		}
	}
	return rows
}

// letterCase returns what a letter may say at a moment.
func (t *turn) letterCase(q request, at time.Time) letter.Case {
	c := letter.Case{Facts: t.c.Values(), Now: at}
	if t.unpaid() {
		delete(c.Facts, fact.PaidAmount)
		delete(c.Facts, fact.PaidAt)
	}
	for name, k := range t.c.Facts {
		if k.Approx {
			c.Approx = append(c.Approx, name)
		}
	}
	slices.Sort(c.Approx)
	for _, r := range slices.Backward(t.in.Recent) {
		if r.Kind == RecordContact && r.Struck.IsZero() {
			talk := letter.Contact{At: r.Moment(at.Location()), Agent: r.Part(PartAgent), Promise: r.Part(PartPromise)}
			if q.Lang != letter.English { // what channels are called is Chinese
				talk.Channel = t.k.Contacts.Label(r.Part(PartChannel))
			}
			c.Contacts = append(c.Contacts, talk)
		}
	}
	for kind := range t.c.Pieces {
		if !strings.Contains(kind, ".") {
			c.Evidence = append(c.Evidence, kind)
		}
	}
	slices.Sort(c.Evidence)
	if all := t.receivers(); q.To < len(all) {
		c.Body = all[q.To].Letter[q.Lang]
	}
	return c
}

// draft handles /draft: the letter that the words ask for, a letter to be
// checked, or the choice.
func (t *turn) draft(text string) {
	t.markWish(text, "draft")
	switch q, named := t.requestIn(text); {
	case t.holds("words.draft_check", text):
		t.c.View = View{Name: viewCheck}
		if _, rest, ok := strings.Cut(text, "\n"); ok && utf8.RuneCountInString(rest) >= shortestLetter {
			t.checkLetter(rest)
			return
		}
	case named:
		t.c.View = View{Name: viewLetter, Arg: q.arg()}
	default:
		t.c.View = View{Name: viewDraft}
	}
	t.show()
}

// requestIn returns the letter that words ask for: that which they name, or the
// next one where they only say how it is to be.
func (t *turn) requestIn(text string) (q request, ok bool) {
	for _, kind := range letter.Kinds {
		if t.holds("words.letter."+string(kind), text) {
			q.Kind, ok = kind, true
			break
		}
	}
	styled := t.styled(&q.Order, text)
	if !ok && styled {
		q.Kind, ok = t.fitting()[0], true
	}
	if t.fraud() {
		q.Kind = letter.FraudReport
	}
	return q, ok
}

// styled sets how words want a letter to be and reports whether they say so.
func (t *turn) styled(o *letter.Order, text string) bool {
	was := *o
	switch {
	case t.holds("words.firmer", text):
		o.Tone = letter.Firm
	case t.holds("words.softer", text):
		o.Tone = letter.Soft
	}
	switch {
	case t.holds("words.in_english", text):
		o.Lang = letter.English
	case t.holds("words.in_chinese", text):
		o.Lang = letter.Chinese
	}
	switch {
	case t.holds("words.shorter", text):
		o.Short = true
	case t.holds("words.fuller", text):
		o.Short = false
	}
	return *o != was
}

// holds reports whether one of the words that a phrase lists stands in text.
func (t *turn) holds(phrase, text string) bool {
	folded := t.k.Fold.Fold(text).String()
	for _, one := range strings.Split(t.say(phrase), "|") {
		if strings.Contains(folded, t.k.Fold.Fold(one).String()) {
			return true
		}
	}
	return false
}

// letterWords handles words while a letter is open: how it is to be, or the
// letter as the user has changed it. It reports whether they were either.
func (t *turn) letterWords(text string) bool {
	d, ok := t.document(t.c.View.Arg, t.in.At)
	if !ok {
		return false
	}
	if utf8.RuneCountInString(text) >= shortestLetter {
		if t.isLetter(text) {
			t.checkAs(d.request, text)
			return true
		}
		return false // somebody tells how it went on
	}
	if t.in.Wordings != 0 && t.holds("words.polish", text) {
		t.markWish(text, "draft")
		t.askPolish(d.arg())
		return true
	}
	if !t.styled(&d.Order, text) {
		return false
	}
	t.markWish(text, "draft")
	t.c.View.Arg = d.request.arg()
	t.show()
	return true
}

// isLetter reports whether words are a version of the letter that is open, and
// not an account of how it went on.
func (t *turn) isLetter(text string) bool {
	d, ok := t.document(t.c.View.Arg, t.in.At)
	return ok && utf8.RuneCountInString(text) >= shortestLetter && (t.k.Letters.Begins(text) || alike(d.Text(), text))
}

// shortestLetter is how many characters the words have that are taken for a
// letter.
const shortestLetter = 60

// asksLetter reports whether words that are no command ask for a letter: they
// ask to write, and name what.
func (t *turn) asksLetter(text string) bool {
	if t.c.Rev == 0 || !t.holds("words.write", text) {
		return false
	}
	return slices.ContainsFunc(letter.Kinds, func(k letter.Kind) bool { return t.holds("words.letter."+string(k), text) })
}

// pressLetter handles the buttons about letters.
func (t *turn) pressLetter(p Press) bool {
	switch p.Act {
	case actDraft:
		t.c.View = View{Name: viewDraft, Arg: p.Arg}
	case actLetter:
		t.c.View = View{Name: viewLetter, Arg: p.Arg}
	case actCheckIt:
		t.c.View = View{Name: viewCheck}
	case actVersions:
		t.c.View = View{Name: viewVersions, Arg: p.Arg}
	case actPolish:
		t.c.View = View{Name: viewPolish, Arg: p.Arg}
	case actFile:
		return t.letterFile(p.Arg)
	case actSentIt:
		return t.sentLetter(p.Arg)
	case actUnsent:
		return t.unsent(p.Arg)
	case actAgree:
		return t.agreed(p.Arg)
	case actNoWait:
		return t.noWait()
	default:
		return false
	}
	t.show()
	return true
}

// wantsLetter returns what Step looks at for a letter: contacts, the versions,
// and the record that arg begins with.
func wantsLetter(c Case, arg string) Wish {
	n, _, _ := strings.Cut(strings.ReplaceAll(arg, "/", "."), ".")
	return Wish{Newest: lettersRead, These: append(slices.Clone(c.Versions), atoi(n))}
}
