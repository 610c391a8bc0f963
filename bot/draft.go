package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

const (
	viewDraft  ViewName = "draft"  // the kinds of letters; Arg: "all", or "" for those that fit
	viewLetter ViewName = "letter" // Arg: kind.language.tone.length
	viewCheck  ViewName = "check"  // the next words are a letter to be checked
)

// The acts of buttons about letters. They stay in chats for years: never change
// one.
const (
	actDraft   Act = "dr" // Arg: "all", or "" for the kinds that fit
	actLetter  Act = "dl" // Arg: kind.language.tone.length
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
		keys = append(keys, Button{Label: f.Name, Press: Press{Act: actLetter, Arg: orderArg(letter.Order{Kind: kind})}})
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

// orderArg writes an order as the argument of a button.
func orderArg(o letter.Order) string {
	length := "full"
	if o.Short {
		length = "short"
	}
	lang, tone := o.Lang, o.Tone
	if lang == "" {
		lang = letter.Chinese
	}
	if tone == "" {
		tone = "normal"
	}
	return strings.Join([]string{string(o.Kind), string(lang), string(tone), length}, ".")
}

// orderOf reads such an argument. A kind that there is not, and a letter to the
// platform where money was demanded, is no order.
func (t *turn) orderOf(arg string) (letter.Order, bool) {
	parts := strings.Split(arg, ".")
	if len(parts) != 4 || !slices.Contains(letter.Kinds, letter.Kind(parts[0])) {
		return letter.Order{}, false
	}
	o := letter.Order{Kind: letter.Kind(parts[0]), Lang: letter.Lang(parts[1]), Short: parts[3] == "short"}
	if tone := letter.Tone(parts[2]); tone == letter.Firm || tone == letter.Soft {
		o.Tone = tone
	}
	if o.Lang != letter.English {
		o.Lang = letter.Chinese
	}
	return o, !t.fraud() || o.Kind == letter.FraudReport
}

// showLetter writes the letter that is open, with what would make it stronger
// and the ways to change it.
func (t *turn) showLetter(arg string) {
	o, ok := t.orderOf(arg)
	if !ok {
		t.c.View = View{Name: viewDraft}
		t.showDraft()
		return
	}
	f := t.k.Letters.Form(o.Kind)
	l := t.k.Letters.Compose(o, t.letterCase(o.Lang))
	text := paragraphs(t.say("letter.head", "name", f.Name, "to", f.To), fenced(l.Text()), t.lacksOf(l), t.say("letter.foot"))
	t.screen("letter:"+arg, text, append(t.lackKeys(l), t.letterKeys(o)...))
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
func (t *turn) lackKeys(l letter.Letter) [][]Button {
	var keys []Button
	for _, lack := range l.Missing {
		if lack.Fact != "" && len(keys) < lacksShown {
			keys = append(keys, Button{Label: cut(t.say("button.tell", "name", t.k.FactLabel(lack.Fact)), longestLabel), Press: Press{Act: actEdit, Arg: string(lack.Fact)}})
		}
	}
	return grid(keys)
}

// letterKeys returns the ways to change a letter and to go on from it.
func (t *turn) letterKeys(o letter.Order) [][]Button {
	var change []Button
	add := func(b Button, o letter.Order) {
		b.Press.Arg = orderArg(o)
		change = append(change, b)
	}
	with := func(f func(*letter.Order)) letter.Order { c := o; f(&c); return c }
	if o.Tone != letter.Firm {
		add(t.button("firmer", actLetter, ""), with(func(c *letter.Order) { c.Tone = letter.Firm }))
	}
	if o.Tone != letter.Soft {
		add(t.button("softer", actLetter, ""), with(func(c *letter.Order) { c.Tone = letter.Soft }))
	}
	if o.Short {
		add(t.button("fuller", actLetter, ""), with(func(c *letter.Order) { c.Short = false }))
	} else {
		add(t.button("shorter", actLetter, ""), with(func(c *letter.Order) { c.Short = true }))
	}
	if o.Lang == letter.English {
		add(t.button("in_chinese", actLetter, ""), with(func(c *letter.Order) { c.Lang = letter.Chinese }))
	} else {
		add(t.button("in_english", actLetter, ""), with(func(c *letter.Order) { c.Lang = letter.English }))
	}
	sent := t.button("letter_sent", actSentIt, orderArg(o))
	return append(grid(change), []Button{sent},
		[]Button{t.button("draft_other", actDraft, ""), t.button("draft_check", actCheckIt, "")},
		[]Button{t.button("case", actCase, ""), t.button("leave", actLeave, "")})
}

// letterCase returns what a letter in a language may say.
func (t *turn) letterCase(lang letter.Lang) letter.Case {
	c := letter.Case{Facts: t.c.Values(), Now: t.in.At}
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
			talk := letter.Contact{At: r.At, Agent: r.Part(PartAgent), Promise: r.Part(PartPromise)}
			if lang != letter.English { // what channels are called is Chinese
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
	for _, s := range t.route().Steps {
		if s.Body != "" {
			c.Body = t.k.Body(s.Body).Name
			break
		}
	}
	return c
}

// draft handles /draft: the letter that the words ask for, a letter to be
// checked, or the choice.
func (t *turn) draft(text string) {
	switch o, named := t.orderIn(text); {
	case t.holds("words.draft_check", text):
		t.c.View = View{Name: viewCheck}
		if _, rest, ok := strings.Cut(text, "\n"); ok && utf8.RuneCountInString(rest) >= shortestLetter {
			t.checkLetter(rest)
			return
		}
	case named:
		t.c.View = View{Name: viewLetter, Arg: orderArg(o)}
	default:
		t.c.View = View{Name: viewDraft}
	}
	t.show()
}

// orderIn returns the letter that words ask for: that which they name, or the
// next one where they only say how it is to be.
func (t *turn) orderIn(text string) (o letter.Order, ok bool) {
	for _, kind := range letter.Kinds {
		if t.holds("words.letter."+string(kind), text) {
			o.Kind, ok = kind, true
			break
		}
	}
	styled := t.styled(&o, text)
	if !ok && styled {
		o.Kind, ok = t.fitting()[0], true
	}
	if t.fraud() {
		o.Kind = letter.FraudReport
	}
	return o, ok
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
	o, ok := t.orderOf(t.c.View.Arg)
	if !ok {
		return false
	}
	if utf8.RuneCountInString(text) >= shortestLetter {
		t.checkAs(o, text)
		return true
	}
	if !t.styled(&o, text) {
		return false
	}
	t.c.View.Arg = orderArg(o)
	t.show()
	return true
}

// shortestLetter is how many characters the words have that are taken for a
// letter.
const shortestLetter = 60

// sentLetter notes that a letter was sent, as it stands, and offers to go up to
// the rung that it belongs to.
func (t *turn) sentLetter(arg string) bool {
	o, ok := t.orderOf(arg)
	if !ok {
		return false
	}
	l := t.k.Letters.Compose(o, t.letterCase(o.Lang))
	t.record(RecordLetter, "", string(o.Kind))
	r := &t.fx.Records[len(t.fx.Records)-1]
	r.Parts = []Part{{Name: PartVersion, Value: arg}, {Name: PartLetter, Value: l.Text()}}
	t.fx.Toast = t.say("toast.noted")
	t.back()
	t.addLead(t.say("letter.sent", "n", number(r.Seq), "name", t.k.Letters.Form(o.Kind).Name))
	if next, ok := t.nextRung(); ok && slices.Contains(t.k.Letters.Form(o.Kind).Stages, next.Stage) && !t.fraud() {
		t.edits = append(t.edits, Button{Label: t.say("button.climb", "name", next.Name), Press: Press{Act: actClimb, Arg: next.Stage}})
	}
	t.show()
	return true
}

// asksLetter reports whether words that are no command ask for a letter: they
// ask to write, and name what.
func (t *turn) asksLetter(text string) bool {
	if t.c.Rev == 0 || !t.holds("words.write", text) {
		return false
	}
	return slices.ContainsFunc(letter.Kinds, func(k letter.Kind) bool { return t.holds("words.letter."+string(k), text) })
}
