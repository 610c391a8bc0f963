package contact

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"tixianbot/knowledge/pattern"
)

// Chat is how conversations are written and who speaks in them. All of it are
// expressions over folded text.
type Chat struct {
	Me       []string `yaml:"me"`        // whole names of the user
	Them     []string `yaml:"them"`      // whole names of who answers
	Bot      []string `yaml:"bot"`       // whole names of automata
	NotNames []string `yaml:"not_names"` // whole words that stand before a colon and speak not
	Says     []string `yaml:"says"`      // between a name and its colon
	TheirWay []string `yaml:"their_way"` // how who answers speaks
	MyWay    []string `yaml:"my_way"`    // how the user speaks
	From     []string `yaml:"from"`      // the head of a mail: the group is the sender
	Date     []string `yaml:"date"`      // its date
	Skip     []string `yaml:"skip"`      // the other lines of the head
	Wrote    []string `yaml:"wrote"`     // a line before a quoted mail
}

type chat struct {
	me, them, bot, notNames, says, theirs, mine, from, date, skip, wrote *regexp.Regexp
}

func compileChat(x pattern.Expander, in Chat) (chat, error) {
	var c chat
	for _, e := range []struct {
		name  string
		to    **regexp.Regexp
		from  []string
		frame string
	}{
		{"me", &c.me, in.Me, "^(?:%s)$"},
		{"them", &c.them, in.Them, "^(?:%s)$"},
		{"bot", &c.bot, in.Bot, "^(?:%s)$"},
		{"not_names", &c.notNames, in.NotNames, "^(?:%s)$"},
		{"says", &c.says, in.Says, "(?:%s)$"},
		{"their_way", &c.theirs, in.TheirWay, "(?:%s)"},
		{"my_way", &c.mine, in.MyWay, "(?:%s)"},
		{"from", &c.from, in.From, "^(?:%s)"},
		{"date", &c.date, in.Date, "^(?:%s)"},
		{"skip", &c.skip, in.Skip, "^(?:%s)"},
		{"wrote", &c.wrote, in.Wrote, "(?:%s)"},
	} {
		if len(e.from) == 0 {
			return c, fmt.Errorf("chat: %s is empty", e.name)
		}
		re, err := x.Compile(fmt.Sprintf(e.frame, strings.Join(e.from, "|")))
		if err != nil {
			return c, fmt.Errorf("chat: %s: %w", e.name, err)
		}
		*e.to = re
	}
	return c, nil
}

// role returns whose name a folded name is.
func (c *chat) role(name string) Who {
	name = strings.Trim(name, openers+closers+":@")
	switch {
	case name == "" || c.notNames.MatchString(name):
		return Unknown
	case c.me.MatchString(name):
		return Me
	case c.bot.MatchString(name):
		return Bot
	case c.them.MatchString(name):
		return Them
	default:
		return Unknown
	}
}

// The longest names, in characters.
const (
	longestName  = 16
	longestLatin = 36
)

// mayBeName reports whether a folded text can be a name.
func (c *chat) mayBeName(s string) bool {
	n := utf8.RuneCountInString(s)
	if n == 0 || n > longestLatin || n < 4 && strings.Trim(s, "0123456789") == "" || n > longestName && n < len(s)/2 {
		return false
	}
	if strings.ContainsAny(s, ",:;!?\u3002\u3001\u201c\u201d\u2018\u2019\u300c\u300d\u300e\u300f\"\n") || strings.Contains(s, "//") {
		return false
	}
	return !c.notNames.MatchString(s)
}

// withoutSays returns name without a word of saying at its end.
func (c *chat) withoutSays(name string) string {
	loc := c.says.FindStringIndex(name)
	if loc == nil || loc[0] == 0 {
		return name
	}
	return name[:loc[0]]
}

// writer returns the sender in what stands behind the date of "… wrote:".
func (c *chat) writer(s string) string {
	if loc := c.wrote.FindStringIndex(s); loc != nil {
		s = s[:loc[0]]
	}
	s, _, _ = strings.Cut(s, "<")
	return strings.Trim(s, " ,:\u3001\"")
}

// voice says how much more a folded text sounds like who answers than like the user.
func (c *chat) voice(s string) int {
	return len(c.theirs.FindAllStringIndex(s, 20)) - len(c.mine.FindAllStringIndex(s, 20))
}

// whose says who a folded text sounds like.
func (c *chat) whose(s string) Who {
	switch v := c.voice(s); {
	case v > 0:
		return Them
	case v < 0:
		return Me
	default:
		return Unknown
	}
}

// name says who speaks in each turn: by the names that are known, and else by
// who the others are and how each speaks.
func (t *talk) name() {
	t.close()
	t.preface()
	voices := map[string]int{}
	var known [2]bool // me, them
	for i := range t.turns {
		turn := &t.turns[i]
		turn.Who = t.r.chat.role(t.folded(turn.Name))
		known[0] = known[0] || turn.Who == Me
		known[1] = known[1] || turn.Who == Them
		if turn.Who == Unknown {
			voices[turn.Name] += t.r.chat.voice(t.r.fold.Fold(t.text[turn.From:turn.To]).String())
		}
	}
	for i := range t.turns {
		turn := &t.turns[i]
		switch {
		case turn.Who != Unknown:
		case t.voiced:
			turn.Who = t.r.chat.whose(t.r.fold.Fold(t.text[turn.From:turn.To]).String())
		default:
			turn.Who = guess(turn.Name, voices, known[0], known[1])
		}
	}
}

// guess says who the one with an unknown name is.
func guess(name string, voices map[string]int, me, them bool) Who {
	best, least := 0, 0
	for _, v := range voices {
		best, least = max(best, v), min(least, v)
	}
	v := voices[name]
	switch {
	case me && !them:
		return Them
	case them && !me && (v < best || v <= 1):
		return Me
	case v > 0 && (v == best || me):
		return Them
	case v < 0 || !me && best > least && v < best:
		return Me
	default:
		return Unknown
	}
}

// preface makes a turn of what stands above the first quoted mail: the answer
// to it.
func (t *talk) preface() {
	if t.mails == 0 || len(t.lines) == 0 || len(t.turns) == 0 {
		return
	}
	var first, last *line
	for i := range t.lines {
		l := &t.lines[i]
		if l.mail || l.name != "" && t.speaks(l) {
			break
		}
		if l.skip {
			continue
		}
		if first == nil {
			first = l
		}
		last = l
	}
	if first == nil || last.to > t.turns[0].From {
		return
	}
	from, to := first.from, last.to
	body := strings.TrimSpace(t.text[from:to])
	from += strings.Index(t.text[from:to], body)
	t.turns = append([]Turn{{Who: Unknown, From: from, To: from + len(body)}}, t.turns...)
}
