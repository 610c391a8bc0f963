package bot

import (
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge/contact"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/read"
)

// burst is how long after a forwarded message the bot waits for the next one
// before it answers all of them.
const burst = 3 * time.Second

// pasted reports whether words are not the user's own but a conversation that
// was pasted or forwarded.
func (t *turn) pasted(e Said, text string) bool {
	if e.Command != "" || text == "" {
		return false
	}
	return e.Forwarded || t.k.Contacts.IsChat(text)
}

// paste takes a piece of a conversation. Forwarded messages come in bursts:
// they are answered together, when no more come.
func (t *turn) paste(e Said, text string) {
	t.warnOfFacts()
	if t.c.Paste.From == 0 {
		t.c.Paste.From = t.c.Seq
	}
	t.c.Paste.To = t.c.Seq
	t.take(text, t.ofOthers(text))
	if e.Forwarded {
		t.fx.Wakes = append(t.fx.Wakes, Wake{At: t.in.At.Add(burst), Why: wakePaste})
		return
	}
	t.in.These = append(slices.Clone(t.in.These), t.fx.Records...)
	t.pasteComplete()
}

// ofOthers returns what may be believed of words that are not the user's own:
// the platform and what its screen shows, where that is not known yet.
func (t *turn) ofOthers(text string) []read.Found {
	return slices.DeleteFunc(t.k.Reader.Read(text, t.in.At), func(f read.Found) bool {
		may := slices.Contains([]fact.Name{fact.PlatformName, fact.PlatformKind, fact.Status, fact.ErrorText}, f.Name)
		return !may || t.c.Facts[f.Name].Value != "" || f.Value == "pay_first"
	})
}

// pasteComplete shows what was read from the conversation.
func (t *turn) pasteComplete() {
	if t.c.Paste.From == 0 {
		return
	}
	t.c.View = View{Name: viewPaste}
	t.show()
}

// showPaste lists what the conversation tells that is worth an entry, each to
// be taken or not.
func (t *turn) showPaste() {
	count, found := t.proposals()
	if len(found) == 0 {
		t.c.Paste = Paste{}
		t.back()
		t.addLead(t.say("paste.nothing", "n", number(count)))
		t.showCurrent()
		return
	}
	name := "paste:" + number(t.c.Paste.To)
	t.screenOf(name, func() (string, [][]Button) {
		var lines []string
		var picks []Button
		for i, p := range found {
			id := number(i + 1)
			mark, label := "check.open", "button.tick"
			if slices.Contains(t.c.Picked, id) {
				mark, label = "check.done", "button.untick"
			}
			lines = append(lines, t.say(mark, "n", id, "text", t.proposed(p)))
			picks = append(picks, Button{Label: t.say(label, "n", id), Press: Press{Act: actPick, Arg: id}})
		}
		rows := append(rowsOf(picks, ticksPerRow), []Button{t.button("take_all", actTakeAll, "")})
		if len(t.c.Picked) > 0 {
			rows = append(rows, []Button{t.button("take_some", actTakeSome, "")})
		}
		return paragraphs(t.say("paste.head", "n", number(count)), strings.Join(lines, "\n"), t.say("paste.foot")),
			append(rows, []Button{t.button("take_none", actTakeNone, "")})
	})
}

// proposed returns a proposal in one line.
func (t *turn) proposed(r Record) string {
	var lines []string
	for _, p := range r.inOrder() {
		if text := t.partLine(r, p); text != "" {
			lines = append(lines, text)
		}
	}
	return t.say("paste.line", "when", t.moment(r), "what", strings.Join(lines, t.say("list.semicolon")))
}

// proposals returns how many messages of a conversation there are, and the
// entries that they would become, oldest first. What one message tells becomes
// one entry.
func (t *turn) proposals() (int, []Record) {
	var sources []contact.Source
	var of []Record
	for _, r := range t.in.These {
		if r.Kind == RecordPasted {
			at := r.At.In(t.in.At.Location())
			sources = append(sources, contact.Source{Text: r.Text, At: at, Turns: t.k.Contacts.Chat(r.Text, at)})
			of = append(of, r)
		}
	}
	var out []Record
	var last contact.Proposal
	for _, p := range t.k.Contacts.Propose(sources) {
		if p.Kind == contact.KindAmount {
			continue // the case knows what it is about
		}
		src := of[p.Source]
		if len(out) == 0 || p.Source != last.Source || p.Turn != last.Turn {
			out = append(out, proposal(p, src, t.in.At))
		}
		r := &out[len(out)-1]
		for _, q := range p.Parts {
			part := Part{Name: PartName(q.Name), Value: q.Value, From: q.From, To: q.To, In: src.Seq}
			if !slices.Contains(r.Parts, part) {
				r.Parts = append(r.Parts, part)
			}
		}
		last = p
	}
	return len(of), out
}

// proposal returns the entry, yet without parts, that a message of a
// conversation would become.
func proposal(p contact.Proposal, src Record, now time.Time) Record {
	r := Record{Kind: RecordContact, At: p.At, Rough: p.Rough, ToldAt: now, Of: src.Seq}
	if r.At.IsZero() {
		r.At, r.Rough = src.At, src.Rough
	}
	return r
}

// pressPaste handles the buttons under a conversation that was read.
func (t *turn) pressPaste(p Press) bool {
	_, found := t.proposals()
	if t.c.View.Name != viewPaste || len(found) == 0 {
		return false
	}
	all := make([]string, len(found))
	for i := range found {
		all[i] = number(i + 1)
	}
	switch p.Act {
	case actPick:
		if !slices.Contains(all, p.Arg) {
			return false
		}
		t.toggle(p.Arg)
	case actTakeAll:
		t.takeProposals(found, all)
	case actTakeSome:
		t.takeProposals(found, t.c.Picked)
	case actTakeNone:
		t.takeProposals(found, nil)
	default:
		return false
	}
	t.show()
	return true
}

// takeProposals makes entries of the proposals with the given numbers. The
// conversation itself is kept either way.
func (t *turn) takeProposals(found []Record, numbers []string) {
	n := 0
	for i, r := range found {
		if !slices.Contains(numbers, number(i+1)) {
			continue
		}
		n++
		t.c.Seq++
		r.Seq = t.c.Seq
		t.fx.Records = append(t.fx.Records, r)
		t.promised(r)
	}
	if n > 0 {
		t.spoke()
	}
	t.c.Paste, t.c.Picked = Paste{}, nil
	t.back()
	t.addLead(t.say("paste.taken", "n", number(n)))
}

// spoke notes that the user has talked to the platform, unless more is known.
func (t *turn) spoke() {
	if v := t.c.Facts[fact.Contacted].Value; v == "" || v == "none" || v == "bot_only" {
		t.set(fact.Contacted, Known{Value: "agent", Record: t.c.Seq})
	}
}
