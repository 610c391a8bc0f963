package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/read"
	"tixianbot/knowledge/screen"
)

// said handles a text message: dangers first, then what it asks or tells.
func (t *turn) said(e Said) {
	raw := strings.TrimSpace(e.Text)
	text, secrets := t.k.Screen.Mask(raw)
	var found []read.Found
	pasted := t.pasted(e, text)
	if !pasted && (e.Command == "" || e.Command == "log") {
		found = t.k.Reader.Read(text, t.in.At)
	}
	if t.ended() && len(found) > 0 && t.c.View.Name == "" && e.Command == "" {
		t.openNext()
	}
	t.wake()
	if text != "" && e.Command != "case" && e.Command != "status" {
		t.record(t.kindOf(e), text, "")
		t.markKind(e, pasted)
	}
	t.foreign = pasted
	flag := t.heed(raw, found, len(secrets) > 0)
	if flag != screen.SelfHarm && flag != screen.SecretShared {
		t.readContacts(e, text)
	}
	switch {
	case e.Command != "":
		if e.Command != "log" {
			t.warnOfFacts()
		}
		t.command(e.Command, text, found)
	case pasted:
		t.paste(e, text)
	default:
		t.words(text, found, flag)
	}
}

// markKind says of the record of words whether they are a conversation that was
// pasted.
func (t *turn) markKind(e Said, pasted bool) {
	if !pasted {
		return
	}
	r := &t.fx.Records[len(t.fx.Records)-1]
	r.Kind = RecordPasted
	if !e.ForwardedAt.IsZero() {
		r.At = e.ForwardedAt
	}
}

// readContacts reads a contact with the platform from the user's own words.
func (t *turn) readContacts(e Said, text string) {
	if text == "" || t.foreign || len(t.fx.Records) == 0 {
		return
	}
	switch {
	case e.Command == "log" || e.Command == "" && t.c.View.Name == viewNote:
		t.told(text, true)
	case e.Command == "" && (t.c.View.Name == "" || t.c.View.Name == viewLetter && !t.isLetter(text)):
		t.told(text, false)
	}
}

// heed says what comes before everything else in the words of the user and
// returns the flag that they raise; pasted says that they hold a secret. The
// record of the words is there already.
func (t *turn) heed(raw string, found []read.Found, pasted bool) screen.Flag {
	flag, span := t.k.Screen.Flag(raw, t.c.Values())
	if pasted {
		t.fx.Delete = true
		if flag != screen.SelfHarm {
			flag = screen.SecretShared
		}
	}
	if flag == screen.ScamPayFirst && says(found, fact.AskedToPay, "no") {
		flag = screen.None
	}
	t.fx.Flag = flag
	if !pasted && likeness(raw, span) && !says(found, fact.AskedToPay, "yes") {
		if !t.foreign {
			t.wonder(flag)
		}
		flag = screen.None
	}
	t.warn(flag, raw, span, pasted)
	return flag
}

// says reports whether a fact was read with the given value.
func says(found []read.Found, name fact.Name, v fact.Value) bool {
	return slices.ContainsFunc(found, func(f read.Found) bool { return f.Name == name && f.Value == v })
}

// kindOf returns what kind of record the words of a message become.
func (t *turn) kindOf(e Said) RecordKind {
	switch {
	case e.Command == "log":
		return RecordNote
	case e.Command == "remind" || e.Command == "reminders" || e.Command == "timezone":
		return RecordReminder
	case e.Command == "" && t.c.View.Name == viewNote:
		return RecordNote
	default:
		return RecordMessage
	}
}

// words handles words that are no command.
func (t *turn) words(text string, found []read.Found, flag screen.Flag) {
	switch {
	case text == "":
		t.notUnderstood(text)
		return
	case t.c.View.Name == viewNote:
		t.back()
		t.log(text, found)
		t.show()
		return
	case t.c.View.Name == viewPart:
		t.correct(text)
		return
	case t.c.View.Name == viewPaid && t.gotSome(text),
		t.c.View.Name == viewLetter && t.letterWords(text), t.c.View.Name == viewPolish && t.polishWords(text):
		return
	case t.c.View.Name == viewCheck && utf8.RuneCountInString(text) >= shortestLetter:
		t.checkLetter(text)
		return
	case flag == screen.None && t.reminderWords(text, len(found) > 0):
		return
	case t.asksExport(text):
		t.exportWords(text)
		return
	case t.asksLetter(text):
		t.draft(text)
		return
	}
	if t.c.View.Name == viewTaken && t.takenWords(text) || t.saysButton(text) {
		return
	}
	asked := t.openFact()
	if t.c.View.Name == viewPaused || t.c.View.Name == viewDelete {
		t.back()
	}
	article := ""
	if flag == screen.None {
		article = t.articleFor(text)
	}
	if article != "" {
		found = t.unknownOnly(found)
	}
	changed := t.take(text, found)
	if article == "" && (asked != "" || flag == screen.None) {
		changed = append(changed, t.takeAnswers(asked, text, found)...)
	}
	if t.took(asked, changed) {
		t.markWords(RecordAnswer, string(asked))
		if t.c.View.Name == viewEdit {
			t.back()
		} else {
			t.answered(asked)
		}
	}
	_, contact := t.contactOfTurn()
	came := t.answerCame(text)
	understood := came || len(changed) > 0 || flag != screen.None || article != "" || contact
	t.reply(text, article, changed, understood)
}

// saysButton does what a button does when its words are typed, such as 不知道
// to an open question, and reports whether it did.
func (t *turn) saysButton(text string) bool {
	asked := t.openFact()
	switch {
	case asked != "" && t.means("words.unsure", text):
		t.markWords(RecordAnswer, string(asked))
		t.answer(asked, Known{})
	case asked != "" && t.means("words.skip", text):
		t.markWords(RecordAnswer, string(asked))
		t.answer(asked, Known{Skipped: true})
	case asked != "" && t.means("words.back", text):
		t.goBack()
	case t.c.Rev > 0 && t.means("words.solved", text):
		t.markWords(RecordMessage, "")
		t.arrived()
	default:
		return false
	}
	t.fx.Toast = ""
	t.show()
	return true
}

// means reports whether the words are one of those that a phrase lists.
func (t *turn) means(phrase, text string) bool {
	folded := strings.Trim(t.k.Fold.Fold(text).String(), " ,.!?~。，！？…")
	for _, one := range strings.Split(t.say(phrase), "|") {
		if folded == t.k.Fold.Fold(one).String() {
			return true
		}
	}
	return false
}

// answers reports whether the fact was among those read.
func answers(found []read.Found, name fact.Name) bool {
	for _, f := range found {
		if f.Name == name {
			return true
		}
	}
	return false
}

func (t *turn) took(asked fact.Name, changed []fact.Name) bool {
	for _, name := range changed {
		if name == asked && asked != "" {
			return true
		}
	}
	return false
}

// reply sends what follows from words: an article, the facts read back, and
// the screen that is open.
func (t *turn) reply(text, article string, changed []fact.Name, understood bool) {
	t.warnOfFacts()
	if article != "" {
		t.markWords(RecordQuestion, article)
		t.tellArticle(article)
	}
	if !understood {
		t.notUnderstood(text)
		return
	}
	if len(changed) > 0 && (t.c.View.Name == viewCause || t.c.View.Name == viewAnswer) {
		t.back()
	}
	r, contact := t.contactOfTurn()
	if contact {
		t.promised(r)
	}
	t.readBack(changed)
	if contact {
		t.readContact(r)
	}
	t.show()
}

// readContact says that the words were noted as a contact too.
func (t *turn) readContact(r Record) {
	t.addLead(t.say("told.contact", "n", number(r.Seq)))
	t.edits = append(t.edits, Button{Label: t.say("button.entry", "n", number(r.Seq)), Press: Press{Act: actEntry, Arg: number(r.Seq)}})
	t.edits = append(t.edits, t.remindDue(r)...)
}

// markWords says what the user's words of this turn turned out to be.
func (t *turn) markWords(kind RecordKind, about string) {
	for i := range t.fx.Records {
		if r := t.fx.Records[i]; r.Text != "" && r.Kind != RecordContact && r.Kind != RecordPasted {
			t.fx.Records[i].Kind, t.fx.Records[i].About = kind, about
		}
	}
}

// longestWish is how many characters the words have at most that only ask for
// something; longer ones tell something too.
const longestWish = 20

// markWish says that short words of this turn only ask the bot for something:
// they are no part of the story.
func (t *turn) markWish(text, about string) {
	if utf8.RuneCountInString(text) <= longestWish {
		t.markWords(RecordQuestion, about)
	}
}

// articleFor returns the topic of the article that answers a side question, or "".
func (t *turn) articleFor(text string) string {
	if !t.k.Index.IsQuestion(text) {
		return ""
	}
	hits := t.k.Index.Find(text, 1)
	if !t.k.Index.Knows(hits) {
		return ""
	}
	return hits[0].ID
}

// tellArticle sends an article, with a way to say that it did not help.
func (t *turn) tellArticle(id string) {
	a, _ := t.k.Article(id)
	t.tell(paragraphs("# "+a.Title, a.Text, t.sources(a.Sources)),
		t.stamp([][]Button{{t.button("unhelped", actUnhelped, id)}})[0])
}

// take keeps the facts and the telling phrases read from words and returns the
// names of the facts that are new or changed.
func (t *turn) take(text string, found []read.Found) []fact.Name {
	var changed []fact.Name
	for _, f := range found {
		if t.keep(text, f) {
			changed = append(changed, f.Name)
		}
	}
	for _, cue := range t.k.Triage.Cues(text) {
		t.addCue(Cue{ID: cue.ID, Quote: clause(text, cue.Start, cue.End)})
	}
	return changed
}

// unknownOnly returns what was found of facts that are not known yet: a side
// question tells something now and then, but it takes nothing back.
func (t *turn) unknownOnly(found []read.Found) []read.Found {
	return slices.DeleteFunc(slices.Clone(found), func(f read.Found) bool { return t.c.Facts[f.Name].Value != "" })
}

// takeAnswers keeps what the words answer: the open question, or, where money
// was demanded, what is still to be known about paying.
func (t *turn) takeAnswers(asked fact.Name, text string, found []read.Found) []fact.Name {
	if asked != "" {
		if answers(found, asked) {
			return nil
		}
		return t.takeAnswer(asked, text)
	}
	var changed []fact.Name
	warned := t.fraud() && slices.Contains(t.c.Flags, "scam_pay_first")
	for _, q := range t.k.Questions {
		if q.Phase == knowledge.ForFraud && warned && t.c.Facts[q.Fact].Value == "" && !answers(found, q.Fact) {
			changed = append(changed, t.takeAnswer(q.Fact, text)...)
		}
	}
	return changed
}

// takeAnswer keeps words as the answer to the open question, if they are one.
func (t *turn) takeAnswer(asked fact.Name, text string) []fact.Name {
	if k, ok := t.optionNamed(asked, text); ok {
		t.set(asked, Known{Value: k.Value, Approx: k.Approx, Quote: cut(text, quoteLen), Record: t.c.Seq})
		return []fact.Name{asked}
	}
	f, ok := t.k.Reader.Answer(asked, text, t.in.At)
	if !ok || f.Value == "pay_first" || !t.keep(text, f) {
		return nil // that money was demanded is read from what was said, never guessed from an answer
	}
	return []fact.Name{f.Name}
}

// optionNamed returns the value of the option whose label the words are.
func (t *turn) optionNamed(asked fact.Name, text string) (Known, bool) {
	q, _ := t.k.Question(asked)
	spec, _ := fact.Lookup(asked)
	folded := t.k.Fold.Fold(text).String()
	for _, o := range q.Options {
		if t.k.Fold.Fold(o.Label).String() == folded {
			k, err := t.optionValue(spec, o.Value)
			return k, err == nil
		}
	}
	return Known{}, false
}

// keep sets a fact that was read and reports whether that told anything new.
func (t *turn) keep(text string, f read.Found) bool {
	value := f.Value
	old, had := t.c.Facts[f.Name]
	spec, _ := fact.Lookup(f.Name)
	if spec.Kind == fact.Text {
		value = fact.Value(cut(string(value), longText))
	}
	if spec.Kind == fact.Set && had && t.openFact() != f.Name && t.c.View.Name != viewEdit {
		value = fact.Union(old.Value, value)
	}
	if had && old.Value == value && f.Name != t.openFact() {
		return false
	}
	t.set(f.Name, Known{Value: value, Quote: clause(text, f.Start, f.End), Record: t.c.Seq, Approx: f.Approx})
	return true
}

// maxCues bounds what is kept of telling phrases.
const maxCues = 8

func (t *turn) addCue(c Cue) {
	for _, have := range t.c.Cues {
		if have.ID == c.ID {
			return
		}
	}
	if len(t.c.Cues) < maxCues {
		t.c.Cues = append(t.c.Cues, c)
	}
}

// notUnderstood explains once what is wanted; the second time it offers a way out.
func (t *turn) notUnderstood(text string) {
	if t.c.Rev == 0 {
		t.addLead(t.say("hello"))
		t.show()
		return
	}
	if t.holds("words.complain", text) && !t.fraud() {
		t.c.View = View{Name: viewLadder}
		t.show()
		return
	}
	if t.k.Index.IsQuestion(text) {
		t.markWords(RecordQuestion, "")
		t.addLead(t.say("question.unknown"))
		t.show()
		return
	}
	t.misunderstood()
}

func (t *turn) misunderstood() {
	if t.fresh { // back after a while: where things stood is answer enough
		t.show()
		return
	}
	misses := t.c.Misses + 1
	name := t.openFact()
	switch _, ok := t.k.Question(name); {
	case ok && misses == 1:
		t.addLead(t.say("miss.once"))
	case ok:
		t.addLead(t.say("miss.again", "unsure", t.say("button.unsure"), "skip", t.say("button.skip")))
	default:
		t.addLead(t.say("miss.noted"))
	}
	t.show()
	t.c.Misses = misses
}
