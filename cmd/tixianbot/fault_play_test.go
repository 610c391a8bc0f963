package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/knowledge"
)

// A play is a bot that runs, with people who write to it and press its buttons
// while things go wrong, and who remember what they did.
type play struct {
	t      *testing.T
	srv    *telegramtest.Server
	folder string
	bot    *running
	people []*person
	random *rand.Rand
	tokens int         // given out so far
	deaths []time.Time // when each bot was dead that was killed
	env    []string    // of the bot, beside what it always has
	key    string      // of the database, "" if it is plain
	hook   bool        // the bot is called instead of polling
	strict bool        // nothing but the deaths makes a message come again
}

// people is how many chats a play has.
const people = 16

// opening is what each begins with: it leads to a checklist, each step of which
// has a button that ticks it and unticks it again.
const opening = "昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡"

// newPlay starts a bot, which polls or is called, with people before their
// checklists. Everything went well so far.
func newPlay(t *testing.T, seed uint64, hook bool) *play {
	p := &play{t: t, hook: hook, srv: telegramtest.New(t), folder: t.TempDir(), random: rand.New(rand.NewPCG(seed, 4))}
	p.srv.Seed(seed)
	p.srv.Patience(patience)
	p.srv.RetryPosts(20 * time.Millisecond)
	p.start()
	for i := range people {
		p.people = append(p.people, &person{User: p.srv.User(int64(i + 1)), on: make([]int, steps)})
	}
	p.each(func(u *person) { u.Say(opening) })
	p.each(func(u *person) { u.WaitMessages(1); u.Press("没有") })
	p.each(func(u *person) { p.srv.Wait("a checklist", u.settled) })
	p.srv.WaitConfirmed()
	return p
}

// start starts the bot, or the next one after it has ended.
func (p *play) start() {
	env := append(slices.Clone(p.env), keyName+"="+p.key)
	if p.hook {
		p.bot = startHooked(p.t, p.srv, p.folder, env...)
		return
	}
	p.bot = start(p.t, p.srv, p.folder, env...)
}

func (p *play) each(do func(u *person)) {
	for _, u := range p.people {
		do(u)
	}
}

// person is someone who writes to the bot.
type person struct {
	*telegramtest.User
	said    []string // tokens, in the order in which they were sent
	presses int      // buttons pressed so far
	on      []int    // of each step, how often it was ticked
	anew    int      // how often the checklist was asked for anew
}

// steps is how many steps of the checklist are pressed.
const steps = 4

// log sends a token to be kept.
func (p *play) log(u *person) {
	p.tokens++
	token := fmt.Sprintf("token-%d-%d", p.tokens, p.random.Uint32())
	u.said = append(u.said, token)
	u.Say("/log " + token)
}

// press ticks the next step, or unticks it, if the checklist shows what came of
// the press before: until then its buttons are old ones.
func (p *play) press(u *person) {
	if !u.settled() {
		return
	}
	step := u.presses % steps
	label := fmt.Sprintf("☐ %d", step+1)
	if u.ticked(step, u.presses) {
		label = fmt.Sprintf("☑ %d", step+1)
	} else {
		u.on[step]++
	}
	u.presses++
	u.Press(label)
}

// ticked returns whether a step stands ticked after n presses.
func (u *person) ticked(step, n int) bool {
	times := n / steps
	if step < n%steps {
		times++
	}
	return times%2 == 1
}

// settled reports whether the newest checklist shows all presses made.
func (u *person) settled() bool {
	shown, ok := u.checklist()
	if !ok {
		return false
	}
	for step := range steps {
		mark := "☐"
		if u.ticked(step, u.presses) {
			mark = "☑"
		}
		if !slices.Contains(shown.Labels(), fmt.Sprintf("%s %d", mark, step+1)) {
			return false
		}
	}
	return true
}

// checklist returns the newest message with buttons that tick.
func (u *person) checklist() (telegramtest.Message, bool) {
	for _, m := range slices.Backward(u.Messages()) {
		if isChecklist(m) {
			return m, true
		}
	}
	return telegramtest.Message{}, false
}

func isChecklist(m telegramtest.Message) bool {
	return slices.ContainsFunc(m.Labels(), func(label string) bool { return label == "☐ 1" || label == "☑ 1" })
}

// round has everybody write twice, with a press between if they can.
func (p *play) round() {
	p.each(func(u *person) { p.log(u); p.press(u); p.log(u) })
}

// receipt is the answer to a token. Entries are numbered, so no two have the same.
var receipt = regexp.MustCompile(`记好了，第 \d+ 条`)

// receipts returns how often each different receipt is shown.
func (u *person) receipts() map[string]int {
	all := map[string]int{}
	for _, m := range u.Messages() {
		if found := receipt.FindString(m.Text); found != "" {
			all[found]++
		}
	}
	return all
}

// answered reports whether everything said so far has its answer.
func (u *person) answered() bool { return len(u.receipts()) >= len(u.said) && u.settled() }

// quiet waits until all is answered and confirmed, and reports whether it is.
func (p *play) quiet() bool {
	return p.srv.Within(patience, func() bool {
		return !slices.ContainsFunc(p.people, func(u *person) bool { return !u.answered() }) && len(p.srv.Pending()) == 0
	})
}

// toll is what faults cost.
type toll struct {
	times, updates                          int
	updatesLost, twice, messagesLost, again int
	worst                                   int // messages that came again in one chat
}

func (a toll) plus(b toll) toll {
	return toll{
		a.times + b.times, a.updates + b.updates,
		a.updatesLost + b.updatesLost, a.twice + b.twice, a.messagesLost + b.messagesLost, a.again + b.again,
		max(a.worst, b.worst),
	}
}

// end waits for what is still to come, stops the bot and counts.
func (p *play) end(times int) toll {
	p.t.Helper()
	if !p.quiet() {
		p.t.Errorf("not everything is answered and confirmed after %v; %d updates are pending\n%s", patience, len(p.srv.Pending()), p.bot.dump())
	}
	p.bot.stop()
	if got := command(p.t, []string{"TIXIANBOT_DATA=" + p.folder, keyName + "=" + p.key}, "", "check"); got.code != 0 {
		p.t.Errorf("check: %s%s", got.out, got.errs)
	}
	total := toll{times: times}
	kept := map[int64]printedCase{}
	for _, c := range cases(p.t, p.folder, keyName+"="+p.key) {
		kept[int64(c.Chat)] = c
	}
	for i, u := range p.people {
		p.count(&total, u, kept[int64(i+1)])
	}
	return total
}

// count adds what became of the updates and messages of one person.
func (p *play) count(total *toll, u *person, c printedCase) {
	total.updates += len(u.said) + u.presses
	tokens, ticks := timeline(c)
	for _, token := range u.said {
		total.add(count(tokens, token), 1)
	}
	if !slices.Equal(tokens, u.said) {
		p.t.Errorf("chat %d: the entries are not those that were sent, in order: %q", c.Chat, tokens)
	}
	if !u.inOrder() {
		p.t.Errorf("chat %d: the answers are not in order", c.Chat)
	}
	for step, on := range u.on {
		total.add(ticks[step], on)
	}
	if !u.settled() {
		total.messagesLost++
	}
	if p.strict {
		p.atMostOneADeath(u)
	}
	repeated := 0
	for _, n := range u.receipts() {
		repeated += n - 1
	}
	total.messagesLost += max(0, len(u.said)-len(u.receipts()))
	repeated += p.checklists(u) - 1 - u.anew
	total.again += repeated
	total.worst = max(total.worst, repeated)
}

// atMostOneADeath fails the test if more than one message of a person was on its
// way at a death, or if one came again without any: of each that came again, the
// bot that had sent it before died then.
func (p *play) atMostOneADeath(u *person) {
	last, open := map[string]int{}, map[int]int{} // by message: which bot sent it; by bot: how many came again
	for _, m := range u.Messages() {
		name := receipt.FindString(m.Text)
		if isChecklist(m) {
			name = "the checklist"
		}
		if name == "" {
			continue
		}
		now := p.deathsBefore(m.Date)
		if before, again := last[name]; again {
			if open[before]++; open[before] > 1 || before == now {
				p.t.Errorf("%s came again: bot %d sent it, then bot %d; of those of bot %d that is the %d.", name, before, now, before, open[before])
			}
		}
		last[name] = now
	}
}

// deathsBefore returns how many bots were dead at the time at.
func (p *play) deathsBefore(at time.Time) int {
	n := 0
	for n < len(p.deaths) && p.deaths[n].Before(at) {
		n++
	}
	return n
}

// add counts an update that should stand in the timeline want times.
func (total *toll) add(got, want int) {
	total.updatesLost += max(0, want-got)
	total.twice += max(0, got-want)
}

// checklists returns how many messages hold a checklist; one does, which is
// edited, unless it was asked for anew.
func (p *play) checklists(u *person) int {
	n := 0
	for _, m := range u.Messages() {
		if isChecklist(m) {
			n++
		}
	}
	return n
}

// timeline returns the tokens of a case in order, and how often each step was
// ticked.
func timeline(c printedCase) (tokens []string, ticks map[int]int) {
	ticks = map[int]int{}
	order := content().Cause("card_changed").Do // the checklist to which the opening leads
	for _, r := range c.Timeline {
		switch r.Kind {
		case bot.RecordNote:
			tokens = append(tokens, r.Text)
		case bot.RecordStep:
			_, id, _ := strings.Cut(r.About, ".")
			ticks[slices.IndexFunc(order, func(s knowledge.Step) bool { return s.ID == id })]++
		}
	}
	return tokens, ticks
}

// content is what the bot says.
var content = sync.OnceValue(func() *knowledge.Pack {
	k, err := knowledge.Load("")
	if err != nil {
		panic(err)
	}
	return k
})

// inOrder reports whether the receipts came in the order of their entries, no
// matter how often each.
func (u *person) inOrder() bool {
	last := 0
	seen := map[int]bool{}
	for _, m := range u.Messages() {
		n := 0
		if _, err := fmt.Sscanf(receipt.FindString(m.Text), "记好了，第 %d 条", &n); err != nil || seen[n] {
			continue
		}
		if n < last {
			return false
		}
		seen[n], last = true, n
	}
	return true
}

// sleepless is how long a round may take before the next one begins anyhow.
const sleepless = 10 * time.Second

// settle waits a while for the answers to a round.
func (p *play) settle() {
	p.srv.Within(sleepless, func() bool {
		return !slices.ContainsFunc(p.people, func(u *person) bool { return !u.answered() })
	})
}
