package bot

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
)

// checkAfter is how long after the money came the bot asks again, if the user
// wants it to.
const checkAfter = 7 * 24 * time.Hour

// The argument of actGot that is no amount.
const (
	gotAll = "all" // everything has arrived
	gotFee = "fee" // what is missing is a fee that the user agrees with
)

// arrived asks how much has arrived.
func (t *turn) arrived() { t.c.View = View{Name: viewPaid} }

// showPaid asks how much has arrived.
func (t *turn) showPaid() {
	rest := t.missing()
	var rows [][]Button
	head := t.say("paid.ask")
	if rest != "" {
		head = paragraphs(head, t.say("paid.rest", "amount", t.money(rest)))
		rows = append(rows, []Button{{Label: cut(t.say("button.got_all", "amount", plainMoney(t.money(rest))), longestLabel), Press: Press{Act: actGot, Arg: gotAll}}})
	} else {
		rows = append(rows, []Button{t.button("got_enough", actGot, gotAll)})
	}
	t.screen("paid", paragraphs(head, t.say("paid.hint")), append(rows, []Button{t.button("not_yet", actLeave, "")}))
}

// longestLabel is how long the label of a button may be, in characters.
const longestLabel = 24

// plainMoney takes the markup out of an amount for a label.
func plainMoney(text string) string { return strings.ReplaceAll(text, `\`, "") }

// rest returns how much of the amount has not arrived, "" if that is not known.
func (t *turn) rest() fact.Value {
	whole, ok := decimal(t.c.Facts[fact.Amount].Value)
	if !ok {
		return ""
	}
	got, _ := decimal(t.c.Got)
	return amount(whole.Sub(whole, got))
}

// missing is the same, and "" where nothing is missing: a case that was solved
// can be open again.
func (t *turn) missing() fact.Value {
	if rest := t.rest(); rest != "0" {
		return rest
	}
	return ""
}

// decimal returns the number that v is; zero and false if it is none.
func decimal(v fact.Value) (*big.Rat, bool) {
	n, ok := new(big.Rat).SetString(string(v))
	if !ok {
		return new(big.Rat), false
	}
	return n, true
}

// amount writes a number as a fact: at most eight decimals, no zeros behind
// them, nothing below zero.
func amount(n *big.Rat) fact.Value {
	if n.Sign() <= 0 {
		return "0"
	}
	text := n.FloatString(8)
	return fact.Value(strings.TrimSuffix(strings.TrimRight(text, "0"), "."))
}

// got handles the button that says how much has arrived.
func (t *turn) got(arg string) bool {
	rest := t.missing()
	switch {
	case arg == gotFee:
		t.setStage(Resolved)
		t.back()
	case arg != gotAll:
		return false
	case rest == "":
		t.record(RecordPaid, "", "")
		t.setStage(Resolved)
		t.back()
	default:
		t.paid(rest, Part{Name: PartAmount, Value: string(rest)})
	}
	return true
}

// gotSome takes words as the amount that has arrived, if they name one.
func (t *turn) gotSome(text string) bool {
	f, ok := t.k.Reader.Answer(fact.Amount, text, t.in.At)
	if n, isNumber := decimal(f.Value); !ok || !isNumber || n.Sign() <= 0 {
		return false
	}
	t.markWords(RecordPaid, "")
	r := &t.fx.Records[len(t.fx.Records)-1]
	t.paid(f.Value, Part{Name: PartAmount, Value: string(f.Value), From: f.Start, To: f.End, In: r.Seq})
	t.show()
	return true
}

// paid notes an amount that arrived. What is missing keeps the case open.
func (t *turn) paid(v fact.Value, p Part) {
	if n := len(t.fx.Records); n == 0 || t.fx.Records[n-1].Kind != RecordPaid {
		t.record(RecordPaid, "", "")
	}
	r := &t.fx.Records[len(t.fx.Records)-1]
	r.Parts = append(r.Parts, p)
	before, _ := decimal(t.c.Got)
	now, _ := decimal(v)
	t.c.Got = amount(before.Add(before, now))
	rest := t.rest()
	if rest == "" || rest == "0" {
		t.setStage(Resolved)
		t.back()
		t.addLead(t.tooMuch())
		return
	}
	t.c.View = View{Name: viewPartly}
}

// tooMuch says that more arrived than was expected, or nothing.
func (t *turn) tooMuch() string {
	whole, ok := decimal(t.c.Facts[fact.Amount].Value)
	got, _ := decimal(t.c.Got)
	if !ok || got.Cmp(whole) <= 0 {
		return ""
	}
	return t.say("paid.more", "got", t.money(t.c.Got), "amount", t.money(t.c.Facts[fact.Amount].Value))
}

// showPartly says what is missing and keeps it open.
func (t *turn) showPartly() {
	rest := t.rest()
	if rest == "" || rest == "0" || t.ended() {
		t.back()
		t.showCurrent()
		return
	}
	text := t.say("paid.partly", "got", t.money(t.c.Got), "amount", t.money(t.c.Facts[fact.Amount].Value), "rest", t.money(rest))
	t.screen("partly", text, [][]Button{
		{t.button("rest_open", actLeave, "")},
		{t.button("rest_fee", actGot, gotFee)},
		{t.button("got_more", actSolved, ""), t.button("case", actCase, "")},
	})
}

// ended reports whether the case is solved or closed.
func (t *turn) ended() bool { return t.c.Stage == Resolved || t.c.Stage == Closed }

// showResolved is the screen of a case that is solved.
func (t *turn) showResolved() {
	if t.c.Stage == Closed {
		t.screen("closed", t.say("closed"), [][]Button{
			{t.button("reopen_closed", actReopen, ""), t.button("new_case", actNewCase, "")},
			{t.button("case", actCase, "")},
		})
		return
	}
	t.screen("resolved", t.say("resolved"), [][]Button{
		{t.button("check_again", actCheck, ""), t.button("prevent", actPrevent, "")},
		{t.button("close", actClose, "")},
		{t.button("reopen", actReopen, ""), t.button("new_case", actNewCase, "")},
		{t.button("case", actCase, "")},
	})
}

// checkLater asks again in a week, since the user wants that.
func (t *turn) checkLater() {
	p, ok := t.offer(reasonCheck)
	if !ok || t.lookAt(reasonCheck) {
		return
	}
	p = t.hush(p)
	t.record(RecordReminder, "", reasonCheck)
	r := &t.fx.Records[len(t.fx.Records)-1]
	r.Parts = timeParts(p)
	t.prune()
	t.aim(*r)
	t.addLead(t.say("check.set", "date", t.date(p.At)))
}

// check asks whether all is well with a case that was solved a week ago. It is
// for wakes from when that was no reminder yet.
func (t *turn) check(n int) {
	switch {
	case n == t.c.Number && t.c.Stage == Resolved:
		t.tell(t.say("check.ask", "n", number(n)), t.stamp([][]Button{
			{t.button("all_well", actClose, ""), t.button("again_stuck", actReopen, "")},
		})...)
	case n != t.c.Number && slices.ContainsFunc(t.in.Cases, func(c Case) bool { return c.Number == n && c.Stage == Resolved }):
		t.tell(t.say("check.ask", "n", number(n)), t.stamp([][]Button{{t.caseButton(n)}})...)
	}
}

// preventing are the articles of the prevention plan.
var preventing = []string{"prevent_small_test", "prevent_records", "prevent_spread", "prevent_security", "prevent_checkup", "prevent_warning_signs"}
