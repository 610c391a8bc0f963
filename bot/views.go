package bot

import (
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/markup"
	"tixianbot/knowledge/read"
)

// command handles a message that starts with a slash.
func (t *turn) command(name, text string, found []read.Found) {
	switch name {
	case "start":
		t.start()
	case "help":
		t.tell(t.say("help"), t.exportKeys(FormFull)...)
		t.show()
	case "case", "status":
		t.caseWords(text)
	case "log":
		t.log(text, found)
	case "draft":
		t.draft(text)
	case "evidence":
		t.showList()
	case "export":
		t.exportWords(text)
	case "remind":
		t.remind(text)
	case "reminders":
		t.c.View = View{Name: viewReminders}
		t.show()
	case "timezone":
		if !t.quietWords(text, false) {
			t.timezone(text)
		}
	case "privacy":
		t.privacy()
	case "delete":
		t.c.View = View{Name: viewDelete}
		t.show()
	case "cancel":
		t.cancel()
	default:
		t.tell(t.say("unknown_command", "name", markup.Escape(cut(name, quoteLen))))
		t.show()
	}
}

// privacy says what is kept, where, how long and who can see it.
func (t *turn) privacy() {
	how := t.say("privacy.forever")
	if t.in.Retention > 0 {
		how = t.say("privacy.retention", "months", number(int(t.in.Retention/(30*24*time.Hour))), "days", number(int(noticeBefore/(24*time.Hour))))
	}
	wording := ""
	if t.in.Wordings != 0 {
		wording = t.say("privacy.wording")
	}
	t.tell(t.say("privacy", "retention", how, "wording", wording), []Button{t.caseless("delete", actDelete)})
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

// caseWords handles /case: another case of the chat, the picture of this one,
// or its card.
func (t *turn) caseWords(text string) {
	if form, ok := t.formIn(text); ok && form == formPicture {
		t.export(form)
		return
	}
	if n := atoi(text); n > 0 && t.goTo(n) {
		return
	}
	t.showCard()
}

// soon does what a button promises that is from before its feature was there,
// and reports whether there is such a feature.
func (t *turn) soon(what string) bool {
	switch what {
	case "draft":
		t.c.View = View{Name: viewDraft}
	case "remind":
		t.c.View = View{Name: viewRemind}
	case "export":
		t.export(FormFull)
		return true
	default:
		return false
	}
	t.show()
	return true
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
	NoticeRefused     Notice = "notice.refused"     // to those whom the operator does not let in
)

// Tell returns the message of a notice.
func Tell(k *knowledge.Pack, n Notice) Message { return Message{Text: k.Say(string(n))} }
