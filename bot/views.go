package bot

import (
	"strings"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/markup"
)

// soonCommands are the commands whose features come later; what to do in the
// meantime is said in content.
var soonCommands = map[string]string{
	"draft": "draft", "remind": "remind", "reminders": "remind",
	"timezone": "timezone", "export": "export",
}

// command handles a message that starts with a slash.
func (t *turn) command(name, text string) {
	switch name {
	case "start":
		t.start()
	case "help":
		t.tell(t.say("help"))
		t.show()
	case "case", "status":
		t.showCard()
	case "log":
		t.log(text)
	case "evidence":
		t.showList()
	case "privacy":
		t.tell(t.say("privacy"), []Button{t.caseless("delete", actDelete)})
	case "delete":
		t.c.View = View{Name: viewDelete}
		t.show()
	case "cancel":
		t.cancel()
	default:
		if what, ok := soonCommands[name]; ok {
			t.soon(what)
			return
		}
		t.tell(t.say("unknown_command", "name", markup.Escape(cut(name, quoteLen))))
		t.show()
	}
}

// caseless returns a button outside the open screen that goes with the present
// revision.
func (t *turn) caseless(phrase string, act Act) Button {
	b := t.button(phrase, act, "")
	b.Press.Case, b.Press.Rev = t.c.Number, t.c.Rev
	return b
}

// start greets, says what the bot is and is not, and asks or resumes.
func (t *turn) start() {
	t.fresh = true
	if t.c.View.Name != viewAnswer && t.c.View.Name != viewCause {
		t.back()
	}
	if t.c.Rev == 0 {
		t.tell(t.say("welcome"))
	} else if t.lead == "" {
		t.addLead(t.say("welcome.back"))
	}
	t.show()
}

// log adds one entry to the timeline: the record was made with the words.
func (t *turn) log(text string) {
	if text == "" {
		t.c.View = View{Name: viewNote}
		t.show()
		return
	}
	t.tell(t.say("log.done", "n", number(t.c.Seq)), t.stamp([][]Button{{t.button("case", actCase, "")}})[0])
}

// cancel leaves what is open; from the interview itself it stops until the
// user writes again.
func (t *turn) cancel() {
	if t.c.View.Name != "" && t.c.View.Name != viewPaused {
		t.back()
		t.addLead(t.say("cancelled"))
		t.show()
		return
	}
	t.c.View = View{Name: viewPaused}
	t.show()
}

func (t *turn) showPaused() {
	t.screen("paused", t.say("paused"), [][]Button{
		{t.button("resume", actLeave, ""), t.button("case", actCase, "")},
		{t.button("delete", actDelete, "")},
	})
}

// soon says that a feature comes later and what to do until then.
func (t *turn) soon(what string) {
	id := "soon." + what
	if what == "draft" && t.fraud() {
		id = "soon.draft_fraud"
	}
	if _, ok := t.k.Phrase(id); !ok {
		t.stale()
		return
	}
	t.pressed = false
	t.tell(t.say(id))
}

func (t *turn) showNote() {
	t.screen("note", t.say("note.ask"), [][]Button{{t.button("leave", actLeave, "")}})
}

func (t *turn) showDelete() {
	t.screen("delete", t.say("delete.ask"), [][]Button{
		{t.button("erase", actErase, "")}, {t.button("keep", actLeave, "")},
	})
}

// erase forgets the chat. What is said afterwards belongs to no case.
func (t *turn) erase() {
	t.c = Case{}
	t.fx = Effects{Forget: true, Toast: t.say("toast.erased")}
	t.tell(t.say("delete.done"))
}

func (t *turn) showResolved() {
	t.screen("resolved", t.say("resolved"), [][]Button{
		{t.button("reopen", actReopen, ""), t.button("new_case", actNewCase, "")},
		{t.button("case", actCase, "")},
	})
}

// showCard sends the case as one text. It stands beside the open screen.
func (t *turn) showCard() {
	t.pressed = false
	var lines []string
	for _, s := range fact.All() {
		if k, ok := t.c.Facts[s.Name]; ok && s.Name != fact.Currency && k.Value != "" {
			lines = append(lines, t.line(s.Name, k))
		}
	}
	facts := t.say("card.nothing")
	if len(lines) > 0 {
		facts = t.say("card.facts") + "\n" + list(lines)
	}
	head := t.say("card.head", "n", number(t.c.Number), "date", t.date(t.c.Opened))
	t.tell(paragraphs(head, t.rungs(), facts, t.entries(), t.cardNext()), t.cardKeys()...)
}

func (t *turn) cardKeys() [][]Button {
	return t.stamp([][]Button{
		{t.button("resume", actLeave, ""), t.button("review", actReview, "")},
		{t.button("ladder", actLadder, ""), t.button("note", actNote, "")},
	})
}

// cardNext says what comes next in a case.
func (t *turn) cardNext() string {
	if t.c.Stage == Resolved || t.c.Stage == Closed {
		return ""
	}
	if name, ok := t.next(); ok {
		q, _ := t.k.Question(name)
		return t.say("card.question", "question", q.Ask)
	}
	if t.fraud() {
		return t.say("card.cause", "cause", t.k.Branch("scam_pay_first").Name)
	}
	if ranked := t.candidates(); len(ranked) > 0 && ranked[0].P >= unclear {
		return t.say("card.cause", "cause", t.k.Cause(ranked[0].Cause).Name)
	}
	return t.say("card.cause", "cause", t.k.Branch("first_aid").Name)
}

// entries returns the newest entries of the timeline.
func (t *turn) entries() string {
	var lines []string
	for _, r := range t.in.Recent {
		if r.Text != "" {
			lines = append(lines, t.say("card.entry", "date", t.date(r.ToldAt), "text", t.quote(cut(r.Text, 2*quoteLen))))
		}
	}
	return paragraphs(t.say("card.entries", "n", number(t.c.Seq)), strings.Join(lines, "\n"))
}

// rungs draws the ladder in one line with the present rung marked.
func (t *turn) rungs() string {
	var names []string
	for _, r := range t.k.Ladder {
		if r.Stage == string(Resolved) || r.Stage == string(Closed) {
			continue
		}
		name := r.Name
		if r.Stage == string(t.c.Stage) {
			name = t.say("ladder.here", "name", r.Name)
		}
		names = append(names, name)
	}
	line := strings.Join(names, t.say("ladder.arrow"))
	if t.c.Stage == Resolved || t.c.Stage == Closed {
		return t.say("ladder.ended", "name", t.k.Rung(string(t.c.Stage)).Name)
	}
	return line
}

// showLadder says where the case stands and what the next rung is.
func (t *turn) showLadder() {
	if t.fraud() {
		t.c.View = View{Name: viewRoute}
		t.showRoute()
		return
	}
	here := t.k.Rung(string(t.c.Stage))
	text := paragraphs(t.say("ladder.head"), t.rungs(), t.section("ladder.do", here.Do), t.section("ladder.until", here.Until))
	var keys [][]Button
	if next, ok := t.nextRung(); ok {
		text = paragraphs(text, t.say("ladder.next", "name", next.Name, "do", next.Do), t.sources(append(here.Sources, next.Sources...)))
		keys = append(keys, []Button{{Label: t.say("button.climb", "name", next.Name), Press: Press{Act: actClimb, Arg: next.Stage}}})
	}
	if key := t.clockKey("ladder"); key != nil {
		keys = append(keys, key)
	}
	keys = append(keys, []Button{t.button("route", actRoute, ""), t.button("note", actNote, "")},
		[]Button{t.button("solved", actSolved, ""), t.button("leave", actLeave, "")})
	t.screen("ladder:"+string(t.c.Stage), text, keys)
}

// nextRung returns the rung above the present one, if there is one.
func (t *turn) nextRung() (knowledge.Rung, bool) {
	for i, r := range t.k.Ladder {
		ended := t.k.Ladder[min(i+1, len(t.k.Ladder)-1)].Stage
		if r.Stage == string(t.c.Stage) && ended != string(Resolved) && ended != string(Closed) {
			return t.k.Ladder[i+1], true
		}
	}
	return knowledge.Rung{}, false
}

// climb moves the case one rung up, by the user's word.
func (t *turn) climb(s Stage) {
	if next, ok := t.nextRung(); ok && next.Stage == string(s) {
		t.setStage(s)
		t.c.View = View{Name: viewLadder}
	}
}

// showRoute says where to go outside the platform. What only the route needs
// is asked first.
func (t *turn) showRoute() {
	for _, name := range t.routeFacts() {
		if !t.settled(name) {
			t.showQuestion(name)
			return
		}
	}
	r := t.route()
	var steps []string
	for i, s := range r.Steps {
		steps = append(steps, number(i+1)+". "+t.routeStep(s))
	}
	text := paragraphs(t.say("route.head"), strings.Join(steps, "\n"), r.Note, t.say("route.foot"), t.sources(r.Sources))
	keys := [][]Button{{t.button("leave", actLeave, "")}}
	if !t.fraud() {
		keys = [][]Button{{t.button("ladder", actLadder, ""), t.button("leave", actLeave, "")}}
	}
	if key := t.clockKey("route"); key != nil {
		keys = append([][]Button{key}, keys...)
	}
	t.screen("route", text, keys)
}

// route returns where to go outside the platform in this case.
func (t *turn) route() knowledge.Route {
	kind, role := t.c.Facts[fact.PlatformKind].Value, t.c.Facts[fact.Role].Value
	if t.fraud() {
		role = "victim"
	}
	return t.k.Route(kind, role)
}

func (t *turn) routeStep(s knowledge.RouteStep) string {
	if s.Body == "" {
		return s.Text
	}
	b := t.k.Body(s.Body)
	return t.say("route.step", "name", b.Name, "reach", b.Reach, "text", s.Text, "takes", b.Takes, "refuses", b.Refuses)
}

// read sends an article that the user asked for by a button.
func (t *turn) read(topic string) bool {
	if _, ok := t.k.Article(topic); !ok {
		return false
	}
	t.pressed = false
	t.tellArticle(topic)
	return true
}

func (t *turn) edited(e Edited) {
	_, secrets := t.k.Screen.Mask(e.Text)
	if len(secrets) > 0 {
		t.fx.Delete = true
		t.tell(t.say("secret.masked"))
		return
	}
	if t.c.Number > 0 {
		t.wake()
		t.tell(t.say("edited"))
	}
}

func (t *turn) returned() {
	if t.c.Number == 0 {
		return
	}
	t.addLead(t.say("returned"))
	t.c.Touched = t.in.At
	t.show()
}

// grouped says once, in a group, that the bot works in private chats only.
func (t *turn) grouped() {
	if t.c.View.Name != viewGroup {
		t.c.View = View{Name: viewGroup}
		t.tell(t.say("group"))
	}
}

// Notice names a sentence that is said outside of any case.
type Notice string

// The notices.
const (
	NoticeFault       Notice = "notice.fault"       // an update that could not be worked on
	NoticeStoreDown   Notice = "notice.store_down"  // nothing can be kept at the moment
	NoticeUndelivered Notice = "notice.undelivered" // an answer that the messenger would not take
)

// Tell returns the message of a notice.
func Tell(k *knowledge.Pack, n Notice) Message { return Message{Text: k.Say(string(n))} }
