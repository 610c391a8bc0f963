package bot

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"tixianbot/knowledge/letter"
)

// A better wording, by a language model: the user sees what would leave and says
// yes to that, for one letter. What leaves is the letter with a token for every
// fact (letter.Veil); what stands behind the tokens is found again from the case
// when the reply comes, and never travels. A reply that the checker rejects is
// asked for once more, and dropped if it is no better. Whatever happens, the
// letter that the bot has written itself is there.

const (
	viewPolish  ViewName = "polish"  // what would leave; Arg: what names the letter, "/", the sum of what is shown
	viewWording ViewName = "wording" // a wording is waited for; Arg: what names the letter
)

// The acts of buttons about wordings.
const (
	actPolish Act = "dp" // Arg: as of actLetter; show what would leave
	actAgree  Act = "dy" // Arg: the sum of what was shown
	actNoWait Act = "dz" // the user does not want to wait
)

const (
	wordingOrder = "wording" // the name of the order: a chat has one
	wakeWorded   = "wording" // the wording has taken too long
)

const (
	// WordingTime is how long a wording takes at most, both requests together.
	WordingTime = 45 * time.Second

	// wordingPatience is when the user gets the letter as it was, though nothing
	// was heard of the wording.
	wordingPatience = WordingTime + 5*time.Second

	// secondTry is how much time a second request needs to be worth it.
	secondTry = 5 * time.Second
)

// Why a wording came to nothing, in Made.Err besides [ErrMade]; the phrases
// polish.not.REASON say it.
const (
	ErrSpent = "spent" // all requests of the day, of all chats together, are used up
	ErrSlow  = "slow"  // nothing came in time

	notChanged  = "changed"  // the case is not any more what it was
	notRejected = "rejected" // the checker rejected it
)

// WordingRequest is what the maker of [OrderWording] needs: Order.Args in JSON.
// Nothing in it says who or what the letter is about.
type WordingRequest struct {
	Brief    string    `json:"brief"`              // what the language model is told
	Letter   string    `json:"letter"`             // the letter, with tokens
	Reply    string    `json:"reply,omitempty"`    // of a second request: what came of the first
	Findings string    `json:"findings,omitempty"` // what was wrong with it
	Until    time.Time `json:"until"`              // when the wording is given up
}

// askPolish shows what would leave.
func (t *turn) askPolish(arg string) {
	t.c.View = View{Name: viewPolish, Arg: arg}
	t.show()
}

// polishing is a letter as it may leave.
type polishing struct {
	document
	veil  letter.Veil
	brief string // what the language model is told with it
}

// sum names what is shown in a button, so that a yes is to that and nothing else.
func (p polishing) sum() string {
	h := fnv.New64a()
	h.Write([]byte(p.arg() + "\n" + p.brief + "\n" + p.veil.Text)) // never fails
	return fmt.Sprintf("%016x", h.Sum64())
}

// polishing returns the letter that arg names as it may leave, if it is one that
// may be worded.
func (t *turn) polishing(arg string, at time.Time) (polishing, bool) {
	d, ok := t.document(arg, at)
	if !ok || letter.Blocked(d.found) {
		return polishing{}, false
	}
	v, err := t.k.Letters.Veil(d.Text(), t.letterCase(d.request, at))
	return polishing{document: d, veil: v, brief: t.k.Letters.Brief(d.Order)}, err == nil
}

// showPolish shows exactly what would leave, and asks.
func (t *turn) showPolish(arg string) {
	arg, _, _ = strings.Cut(arg, "/")
	p, ok := t.polishing(arg, t.in.At)
	back := t.button("back_letter", actLetter, arg)
	switch {
	case t.in.Wordings == 0 || !ok:
		t.addLead(t.say("polish.cannot"))
		t.c.View = View{Name: viewLetter, Arg: arg}
		t.showLetter(arg)
	case t.left() == 0:
		t.screen("spent:"+arg, t.say("polish.not.spent"), [][]Button{{back}})
	default:
		t.c.View.Arg = arg + "/" + p.sum()
		agree := t.button("agree", actAgree, p.sum())
		text := paragraphs(t.say("polish.ask"), fenced(p.veil.Text), t.say("polish.brief"), fenced(p.brief), t.say("polish.terms"))
		t.screen("polish:"+arg, text, [][]Button{{agree}, {back}})
	}
}

// left returns how many requests the chat may still make today; less than 0 is
// no limit.
func (t *turn) left() int {
	if t.in.Wordings < 0 || t.c.Wording.Day != t.today() {
		return t.in.Wordings
	}
	return max(0, t.in.Wordings-t.c.Wording.Asked)
}

// tally returns how often a language model was asked, without what it words: the
// requests of a day are counted over all cases of a chat.
func (w Wording) tally() Wording { return Wording{Day: w.Day, Asked: w.Asked} }

// with returns w with the tally of another case of the chat, if that is higher.
func (w Wording) with(o Wording) Wording {
	if o.Day > w.Day || o.Day == w.Day && o.Asked > w.Asked {
		w.Day, w.Asked = o.Day, o.Asked
	}
	return w
}

func (t *turn) today() string { return t.in.At.Format(time.DateOnly) }

// agreed sends the letter that was shown, if it is still the same.
func (t *turn) agreed(sum string) bool {
	if t.c.View.Name != viewPolish || t.in.Wordings == 0 {
		return false
	}
	arg, shown, _ := strings.Cut(t.c.View.Arg, "/")
	p, ok := t.polishing(arg, t.in.At)
	switch {
	case t.left() == 0:
		t.show()
		return true
	case !ok || sum != shown || sum != p.sum():
		t.addLead(t.say("polish.other"))
		t.show()
		return true
	}
	t.c.Wording.Letter, t.c.Wording.Since = arg, t.in.At
	t.order(WordingRequest{Brief: p.brief, Letter: p.veil.Text})
	t.fx.Wakes = append(t.fx.Wakes, Wake{At: t.in.At.Add(wordingPatience), Why: wakeWorded})
	t.c.View = View{Name: viewWording, Arg: arg}
	t.show()
	return true
}

// order asks for a wording and counts the request.
func (t *turn) order(q WordingRequest) {
	if t.c.Wording.Day != t.today() {
		t.c.Wording.Day, t.c.Wording.Asked = t.today(), 0
	}
	t.c.Wording.Asked++
	q.Until = t.c.Wording.Since.Add(WordingTime)
	args, err := json.Marshal(q)
	if err != nil {
		panic(fmt.Sprintf("a request as JSON: %v", err)) // strings and times of this century always are
	}
	t.fx.Orders = append(t.fx.Orders, Order{Name: wordingOrder, Kind: OrderWording, Args: string(args)})
}

// showWording says that a wording is under way.
func (t *turn) showWording(arg string) {
	if t.c.Wording.Letter == "" {
		t.c.View = View{Name: viewLetter, Arg: arg}
		t.showLetter(arg)
		return
	}
	t.screen("wording:"+arg, t.say("polish.busy"), [][]Button{{t.button("no_wait", actNoWait, "")}})
}

// noWait gives a wording up.
func (t *turn) noWait() bool {
	if t.c.View.Name != viewWording {
		return false
	}
	t.c.View = View{Name: viewLetter, Arg: t.c.View.Arg}
	t.endWording()
	t.fx.Drop = append(t.fx.Drop, wordingOrder)
	t.show()
	return true
}

// endWording forgets the wording that is waited for.
func (t *turn) endWording() {
	t.c.Wording.Letter = ""
	t.fx.Unwake = append(t.fx.Unwake, wakeWorded)
}

// worded takes in what a language model has written, or that it has not.
func (t *turn) worded(m Made) {
	var q WordingRequest
	if m.Order.Case != t.c.Number {
		t.tell(t.say("polish.elsewhere", "n", number(m.Order.Case)))
		return
	}
	if t.c.Wording.Letter == "" || json.Unmarshal([]byte(m.Order.Args), &q) != nil {
		return // it was given up
	}
	p, ok := t.polishing(t.c.Wording.Letter, t.c.Wording.Since.In(t.in.At.Location()))
	switch {
	case m.Err == ErrSpent || m.Err == ErrSlow:
		t.unworded(m.Err)
	case m.Err != "":
		t.unworded(ErrMade)
	case !ok || p.veil.Text != q.Letter:
		t.unworded(notChanged)
	default:
		t.judge(p, q, m.Text)
	}
}

// judge keeps a wording that passes the checker as a version. One that does not
// is asked for once more, with what is wrong with it.
func (t *turn) judge(p polishing, q WordingRequest, reply string) {
	mended := t.k.Letters.Mend(reply)
	text := strings.TrimSpace(p.veil.Lift(mended))
	found := append(t.k.Letters.Swapped(p.veil, mended), t.k.Letters.Check(text, p.Order, t.letterCase(p.request, t.c.Wording.Since.In(t.in.At.Location())))...)
	again := q.Reply == "" && t.left() != 0 && t.in.At.Before(q.Until.Add(-secondTry))
	switch {
	case !letter.Blocked(found):
		t.keepWording(p, text)
	case again:
		q.Reply, q.Findings = reply, t.k.Letters.Objections(p.Order, found)
		t.order(q)
	default:
		t.unworded(notRejected)
	}
}

// keepWording keeps a wording as a version and shows it.
func (t *turn) keepWording(p polishing, text string) {
	seq := t.record(RecordDraft, "", string(p.Kind))
	t.fx.Records[len(t.fx.Records)-1].Parts = []Part{
		{Name: PartVersion, Value: p.request.arg()}, {Name: PartLetter, Value: text}, {Name: PartWriter, Value: byModel},
	}
	t.keepVersion(seq)
	t.endWording()
	t.afterWording(t.say("polish.done"), number(seq))
}

// unworded says that nothing came of a wording; the letter is as it was.
func (t *turn) unworded(why string) {
	arg := t.c.Wording.Letter
	t.endWording()
	t.afterWording(t.say("polish.not."+why), arg)
}

// afterWording shows a letter to somebody who waits for it, and tells of it
// whoever is busy with something else.
func (t *turn) afterWording(what, arg string) {
	if t.c.View.Name == viewWording {
		t.c.View = View{Name: viewLetter, Arg: arg}
		t.addLead(what)
		t.show()
		return
	}
	t.tell(what, t.stamp([][]Button{{t.button("open_letter", actLetter, arg)}})...)
}

// wordingLate gives a letter to somebody who has waited for a wording for long.
func (t *turn) wordingLate() {
	if t.c.Wording.Letter == "" || t.in.At.Before(t.c.Wording.Since.Add(WordingTime)) {
		return
	}
	t.fx.Drop = append(t.fx.Drop, wordingOrder)
	t.unworded(ErrSlow)
}

// polishWords takes a yes that is typed to what is shown, and reports whether it was one.
func (t *turn) polishWords(text string) bool {
	_, shown, _ := strings.Cut(t.c.View.Arg, "/")
	switch {
	case t.means("words.agree", text):
		return t.agreed(shown)
	case t.means("words.no", text):
		arg, _, _ := strings.Cut(t.c.View.Arg, "/")
		t.c.View = View{Name: viewLetter, Arg: arg}
		t.show()
		return true
	}
	return false
}
