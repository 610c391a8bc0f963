package bot

import (
	"slices"
	"strings"

	"tixianbot/knowledge/letter"
)

// The versions of letters are records: what the user has made of a letter, and
// what a language model has. What the bot writes out of the facts is no version:
// it is written anew whenever it is looked at, and kept when it is sent.

const viewVersions ViewName = "versions" // the versions of a letter; Arg: its kind

const actVersions Act = "dv" // Arg: kind of the letter

// keptVersions is how many versions a case offers; all of them stay in the record.
const keptVersions = 12

// byModel is the PartWriter of what a language model has worded.
const byModel = "model"

// keepOwn says that the words of this turn are a letter of the user's own, and
// returns the number of the version.
func (t *turn) keepOwn(q request, text string) int {
	t.markWords(RecordDraft, string(q.Kind))
	i := slices.IndexFunc(t.fx.Records, func(r Record) bool { return r.Kind == RecordDraft && strings.Contains(r.Text, text) })
	if i < 0 {
		t.record(RecordDraft, text, string(q.Kind))
		i = len(t.fx.Records) - 1
	}
	r := &t.fx.Records[i]
	r.Parts = []Part{{Name: PartVersion, Value: q.arg()}}
	if r.Text != text { // there are words of the command before it
		from := strings.Index(r.Text, text)
		r.Parts = append(r.Parts, Part{Name: PartLetter, Value: text, From: from, To: from + len(text), In: r.Seq})
	}
	t.keepVersion(r.Seq)
	return r.Seq
}

// keepVersion offers a version from now on.
func (t *turn) keepVersion(seq int) {
	t.c.Versions = append(t.c.Versions, seq)
	t.c.Versions = t.c.Versions[max(0, len(t.c.Versions)-keptVersions):]
}

// version returns the version with the given number, if it is known here.
func (t *turn) version(seq int) (Record, bool) {
	r, ok := t.these(seq)
	for _, added := range t.fx.Records {
		if added.Seq == seq {
			r, ok = added, true
		}
	}
	return r, ok && r.Kind == RecordDraft && r.Part(PartVersion) != ""
}

// versions returns the versions of a kind of letter, the newest first.
func (t *turn) versions(kind letter.Kind) []Record {
	var out []Record
	for _, seq := range slices.Backward(t.c.Versions) {
		if r, ok := t.version(seq); ok && r.About == string(kind) && (!t.fraud() || kind == letter.FraudReport) {
			out = append(out, r)
		}
	}
	return out
}

// letter returns the text of a version.
func (r Record) letter() string {
	if text := r.Part(PartLetter); text != "" {
		return text
	}
	return r.Text
}

// longestTitle is how long the title of a version is at most, in characters.
const longestTitle = 120

// asVersion returns a text as a letter like the one that is written out of the
// facts: with its first line as a title, if that has one.
func asVersion(text string, like letter.Letter) letter.Letter {
	text = strings.TrimSpace(text)
	first, rest, _ := strings.Cut(text, "\n\n")
	if like.Title == "" || rest == "" || strings.Contains(first, "\n") || len([]rune(first)) > longestTitle {
		return letter.Letter{Body: text}
	}
	return letter.Letter{Title: first, Body: strings.TrimSpace(rest)}
}

// writerOf says whose a version is.
func (t *turn) writerOf(r Record) string {
	if r.Part(PartWriter) == byModel {
		return t.say("version.model")
	}
	return t.say("version.own")
}

// showVersions lists the versions of a kind of letter, to go back to one.
func (t *turn) showVersions(kind string) {
	all := t.versions(letter.Kind(kind))
	if len(all) == 0 {
		t.c.View = View{Name: viewDraft}
		t.showDraft()
		return
	}
	var lines []string
	var rows [][]Button
	for i, r := range all {
		n := number(len(all) - i)
		lines = append(lines, t.say("version.line", "n", n, "by", t.writerOf(r), "when", t.clock(r.ToldAt), "text", t.quote(cut(r.letter(), entryLen))))
		rows = append(rows, []Button{{Label: t.say("button.version", "n", n, "by", t.writerOf(r)), Press: Press{Act: actLetter, Arg: number(r.Seq)}}})
	}
	anew := request{Order: letter.Order{Kind: letter.Kind(kind)}}
	rows = append(rows, []Button{t.button("letter_anew", actLetter, anew.arg())}, []Button{t.button("draft_other", actDraft, ""), t.button("leave", actLeave, "")})
	t.screen("versions:"+kind, paragraphs(t.say("version.head", "name", t.k.Letters.Form(letter.Kind(kind)).Name), list(lines), t.say("version.foot")), rows)
}

// kindred is the share of the pairs of characters of a text that stand in a
// letter from which it is taken for a version of the letter.
const kindred = 0.3

// alike reports whether a text looks like a version of a letter.
func alike(of, text string) bool {
	pairs := make(map[[2]rune]bool)
	each := func(s string, use func([2]rune)) {
		var last rune
		for _, c := range s {
			use([2]rune{last, c})
			last = c
		}
	}
	each(of, func(p [2]rune) { pairs[p] = true })
	same, all := 0, 0
	each(text, func(p [2]rune) {
		all++
		if pairs[p] {
			same++
		}
	})
	return float64(same) >= kindred*float64(all)
}
