package dossier

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

// story is a case as the files for people tell it: every text plain, the
// entries in the order in which things happened.
type story struct {
	words
	src  Source // with plain texts
	rows []row
}

// row is one line of the timeline.
type row struct {
	n        int // number of the record, 0 for a fact
	kind     bot.RecordKind
	when     time.Time
	at       string
	step     string // what kind of entry it is, in words
	text     string // the words of the user
	result   string
	channel  string
	agent    string
	promise  string
	ticket   string
	exhibit  int // number of the evidence, 0 for none
	remark   string
	headline string // all of it in a few words
	key      bool   // one of the lines that tell the story
	struck   bool
}

func newStory(k *knowledge.Pack, src Source) *story {
	if src.Zone == nil {
		src.Zone = time.UTC
	}
	src = src.with(plain)
	s := &story{words: words{k: k, c: src.Case, zone: src.Zone}, src: src}
	for _, r := range src.Records {
		if !slices.Contains(untold, r.Kind) {
			s.rows = append(s.rows, s.row(r))
		}
	}
	s.rows = append(s.rows, s.milestones()...)
	slices.SortStableFunc(s.rows, func(a, b row) int {
		return cmp.Or(a.when.Compare(b.when), cmp.Compare(a.n, b.n))
	})
	return s
}

// untold are the kinds of records that are no part of the story: what was asked
// of the bot, and letters that were not sent.
var untold = []bot.RecordKind{bot.RecordQuestion, bot.RecordGap, bot.RecordReminder, bot.RecordDraft}

// row tells one record.
func (s *story) row(r bot.Record) row {
	out := row{
		n: r.Seq, kind: r.Kind, when: happened(r), at: s.stamp(happened(r), r.Rough || r.At.IsZero()), step: s.label("kind.", string(r.Kind)),
		text: strings.TrimSpace(wordsOf(r)), agent: oneLine(r.Part(bot.PartAgent)), ticket: oneLine(r.Part(bot.PartTicket)),
		promise: s.promise(r), result: s.result(r), remark: s.remark(r), struck: !r.Struck.IsZero(),
	}
	if id := r.Part(bot.PartChannel); id != "" {
		out.channel = s.channel(id)
	}
	if r.Kind == bot.RecordEvidence {
		out.exhibit = r.Exhibit.Number
	}
	out.headline = s.headline(out, r)
	out.key = !out.struck && s.isKey(r)
	return out
}

// wordsOf returns the words of a record as they stand now.
func wordsOf(r bot.Record) string { return cmp.Or(r.Part(bot.PartText), r.Text) }

// happened is when something happened, or was told if that is not known.
func happened(r bot.Record) time.Time {
	if r.At.IsZero() {
		return r.ToldAt
	}
	return r.At
}

// isKey reports whether a record is one of those that tell the story.
func (s *story) isKey(r bot.Record) bool {
	switch r.Kind {
	case bot.RecordPaid, bot.RecordLetter, bot.RecordStage:
		return true
	case bot.RecordContact, bot.RecordNote, bot.RecordPasted:
		return r.Part(bot.PartTicket) != "" || r.Part(bot.PartDue) != "" // a number or a day, not "as soon as possible"
	}
	return false
}

func (s *story) promise(r bot.Record) string {
	var out []string
	for _, p := range r.Parts {
		switch p.Name {
		case bot.PartPromise:
			out = append(out, strings.TrimSpace(p.Value))
		case bot.PartDue:
			out = append(out, s.say("cell.due", "at", s.dueOf(r, p.Value)))
		}
	}
	return strings.Join(out, "\n")
}

// result says what came of an entry.
func (s *story) result(r bot.Record) string {
	var out []string
	switch r.Kind {
	case bot.RecordStep:
		out = append(out, s.step(r.About))
	case bot.RecordStage:
		out = append(out, s.say("cell.stage", "name", s.stage(r.About)))
	case bot.RecordEvidence:
		return s.exhibited(r)
	case bot.RecordLetter:
		out = append(out, s.say("letter.sent", "name", s.label("letter.", cmp.Or(r.About, "other"))))
	case bot.RecordCorrection:
		out = append(out, s.say("cell.corrects", "n", number(r.Of)))
	case bot.RecordAnswer:
		if name := s.k.FactLabel(fact.Name(r.About)); name != "" {
			out = append(out, name)
		}
	}
	for _, p := range r.Parts {
		switch p.Name {
		case bot.PartSaid:
			out = append(out, strings.TrimSpace(p.Value))
		case bot.PartVersion:
			if v := s.version(r.About, strings.TrimSpace(p.Value)); v != "" {
				out = append(out, v)
			}
		case bot.PartAmount:
			out = append(out, s.sum(r.Kind, p.Value))
		}
	}
	return strings.Join(out, "\n")
}

// version says of a letter that was sent what is worth saying: its language, if
// that is not Chinese. Its tone and length are nobody's business.
func (s *story) version(kind, value string) string {
	rest, ok := strings.CutPrefix(value, kind+".")
	if !ok {
		return value
	}
	lang, _, _ := strings.Cut(rest, ".")
	if lang == string(letter.Chinese) {
		return ""
	}
	return s.label("version.", lang)
}

// sum says what a sum of an entry is.
func (s *story) sum(kind bot.RecordKind, n string) string {
	if kind == bot.RecordPaid {
		return s.say("cell.paid", "amount", s.money(n))
	}
	return s.say("value.pair", "name", s.label("part.", string(bot.PartAmount)), "value", s.money(n))
}

// exhibited says what kind of evidence a record is of and what is on it.
func (s *story) exhibited(r bot.Record) string {
	kind := s.exhibit(r.About)
	if on := s.ticked(r); on != "" {
		return s.say("summary.with", "one", kind, "two", on)
	}
	return kind
}

// ticked names what is on a piece of evidence.
func (s *story) ticked(r bot.Record) string {
	var out []string
	for _, p := range r.Parts {
		if p.Name == bot.PartShows {
			out = append(out, s.seen(p.Value))
		}
	}
	return strings.Join(out, s.say("value.comma"))
}

// remark says what must be known about an entry: that it is struck out, what
// it was before, that its time is rough, when it was told.
func (s *story) remark(r bot.Record) string {
	var out []string
	if !r.Struck.IsZero() {
		out = append(out, s.say("cell.struck_at", "at", s.stamp(r.Struck, false)))
	}
	for _, was := range r.Was {
		old := s.was(was)
		if old == "" && was.Name == string(bot.PartText) {
			old = strings.TrimSpace(r.Text)
		}
		if old == "" {
			out = append(out, s.say("value.pair", "name", s.label("part.", was.Name), "value", s.say("cell.was_none", "at", s.stamp(was.At, false))))
			continue
		}
		out = append(out, s.say("value.pair", "name", s.label("part.", was.Name), "value",
			s.say("cell.was", "old", s.say("value.quote", "text", old), "at", s.stamp(was.At, false))))
	}
	if r.Of > 0 && r.Kind != bot.RecordCorrection {
		out = append(out, s.say("cell.of", "n", number(r.Of)))
	}
	if r.At.IsZero() {
		out = append(out, s.say("cell.undated"))
	}
	if !r.ToldAt.IsZero() && r.ToldAt.Sub(happened(r)).Abs() >= time.Minute {
		out = append(out, s.say("cell.told", "at", s.stamp(r.ToldAt, false)))
	}
	return strings.Join(out, "\n")
}

// was returns what a corrected part held, in words.
func (s *story) was(was bot.Was) string {
	switch bot.PartName(was.Name) {
	case "at", "struck", bot.PartDue:
		return s.due(was.Old)
	case "about":
		if was.Old != "" {
			return s.exhibit(was.Old)
		}
	case bot.PartChannel:
		if was.Old != "" {
			return s.channel(was.Old)
		}
	}
	return strings.TrimSpace(was.Old)
}

// headline tells a row in a few words.
func (s *story) headline(out row, r bot.Record) string {
	switch r.Kind {
	case bot.RecordEvidence:
		return s.say("value.pair", "name", s.say("evidence.number", "n", number(r.Exhibit.Number)), "value", s.exhibit(r.About))
	case bot.RecordStage, bot.RecordLetter, bot.RecordStep, bot.RecordPaid:
		return s.clauses(out.result)
	case bot.RecordContact:
		with := strings.Join(slices.DeleteFunc([]string{out.channel, out.agent}, func(s string) bool { return s == "" }), s.say("value.comma"))
		name := out.step
		if with != "" {
			name = s.say("summary.with", "one", out.step, "two", with)
		}
		return s.say("value.pair", "name", name, "value", s.clauses(cmp.Or(out.promise, out.result, out.text)))
	case bot.RecordPasted:
		return s.say("value.pair", "name", out.step, "value", s.clauses(cmp.Or(out.promise, out.result, out.text)))
	default:
		return s.say("value.pair", "name", out.step, "value", s.clauses(cmp.Or(out.promise, out.text, out.result)))
	}
}

// clauses puts the lines of a text into one.
func (s *story) clauses(text string) string {
	return oneLine(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }), s.say("value.clause")))
}

// milestones are the moments that the facts name.
func (s *story) milestones() []row {
	var out []row
	add := func(name fact.Name, headline string, details ...string) {
		k := s.c.Facts[name]
		at, ok := k.Value.Time()
		if !ok {
			return
		}
		details = slices.DeleteFunc(details, func(d string) bool { return d == "" })
		r := row{
			when: at, at: s.stamp(at, k.Approx || name == fact.PromisedBy), step: s.say("kind.fact"), key: true,
			result: strings.Join(append([]string{headline}, details...), "\n"), text: k.Quote,
		}
		if k.Approx {
			r.remark = s.say("cell.approx")
		}
		r.headline = strings.Join(append([]string{headline}, details...), s.say("value.clause"))
		out = append(out, r)
	}
	add(fact.LastSuccessAt, s.say("fact.success"))
	add(fact.FailedAt, s.failed(), s.status())
	if !s.unpaid() {
		add(fact.PaidAt, s.paid())
	}
	add(fact.PromisedBy, s.say("fact.promised"))
	return out
}

func (s *story) failed() string {
	if amount := s.value(fact.Amount); amount != "" {
		return s.say("fact.failed_amount", "amount", amount)
	}
	return s.say("fact.failed")
}

func (s *story) status() string {
	if status := s.value(fact.Status); status != "" {
		return s.say("fact.status", "status", status)
	}
	return ""
}

func (s *story) paid() string {
	if amount := s.value(fact.PaidAmount); amount != "" {
		return s.say("fact.paid_amount", "amount", amount)
	}
	return s.say("fact.paid")
}

// telling are the kinds of rows that tell a story, the most telling first, and
// how many of them are enough before others come. The newest of a kind come
// first, or those with the most words.
var telling = []struct {
	enough int
	is     func(row) bool
	words  bool
}{
	{enough: 9, is: func(r row) bool { return r.key && r.n == 0 }},
	{enough: 3, is: func(r row) bool { return r.kind == bot.RecordPaid }},
	{enough: 2, is: func(r row) bool { return r.kind == bot.RecordLetter }},
	{enough: 4, is: func(r row) bool { return r.key && r.kind != bot.RecordStage }},
	{enough: 2, is: func(r row) bool { return r.kind == bot.RecordStage }},
	{enough: 1, is: func(r row) bool { return r.kind == bot.RecordMessage }, words: true},
	{enough: 99, is: func(r row) bool { return r.key }},
	{enough: 99, is: func(r row) bool { return r.kind == bot.RecordContact || r.kind == bot.RecordPasted }},
	{enough: 99, is: func(r row) bool { return r.kind == bot.RecordEvidence }},
	{enough: 99, is: func(r row) bool { return r.kind == bot.RecordMessage || r.kind == bot.RecordNote }},
}

// events picks at most n rows that tell the story best, in order.
func (s *story) events(n int) []row {
	var order []int
	for _, kind := range telling {
		enough := kind.enough
		for _, i := range s.newest(kind.words) {
			if enough > 0 && len(order) < n && !s.rows[i].struck && kind.is(s.rows[i]) && !slices.Contains(order, i) {
				order, enough = append(order, i), enough-1
			}
		}
	}
	slices.Sort(order)
	var out []row
	for _, i := range order {
		out = append(out, s.rows[i])
	}
	return out
}

// newest returns the indexes of the rows, the newest first, or those with the
// most words.
func (s *story) newest(words bool) []int {
	order := make([]int, len(s.rows))
	for i := range order {
		order[i] = len(s.rows) - 1 - i
	}
	if words {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(s.rows[b].text), len(s.rows[a].text)) })
	}
	return order
}

// exhibits are the records of evidence, in the order of their numbers.
func (s *story) exhibits() []bot.Record {
	var out []bot.Record
	for _, r := range s.src.Records {
		if r.Kind == bot.RecordEvidence {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b bot.Record) int { return cmp.Compare(a.Exhibit.Number, b.Exhibit.Number) })
	return out
}

// talks are the rows about what was said with the platform.
func (s *story) talks() []row {
	var out []row
	for _, r := range s.rows {
		switch r.kind {
		case bot.RecordContact, bot.RecordPasted, bot.RecordNote, bot.RecordLetter:
			out = append(out, r)
		}
	}
	return out
}
