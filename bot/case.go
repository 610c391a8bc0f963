package bot

import (
	"maps"
	"slices"
	"time"

	"tixianbot/knowledge/fact"
)

// Stage is a rung of the escalation ladder.
type Stage string

// The stages, in order.
const (
	SelfCheck         Stage = "self_check"
	Support           Stage = "support"
	Supervisor        Stage = "supervisor"
	OfficialComplaint Stage = "official_complaint"
	Regulator         Stage = "regulator"
	Mediation         Stage = "mediation"
	Legal             Stage = "legal"
	Resolved          Stage = "resolved"
	Closed            Stage = "closed"
)

// Case is what the bot knows of one stuck withdrawal: facts, counters and what
// is open, under 2 KB. The entries of its timeline are records of their own.
// The zero Case is that of someone who never wrote.
type Case struct {
	Number  int // 1 is the chat's first case; 0 until something was said
	Last    int // number of the chat's newest case; 0: it is this one
	Opened  time.Time
	Touched time.Time
	Stage   Stage
	Since   time.Time  // when it came to that stage; zero: when it was opened
	Before  Stage      // the stage before it was solved, to come back to
	Got     fact.Value // how much of the amount has arrived, "" for nothing

	Facts map[fact.Name]Known
	Cues  []Cue       // telling phrases of the user that point to causes
	Trail []fact.Name // the questions answered, oldest first: the way back

	Seq      int    // number of the newest record
	Entries  int    // how many entries of the timeline stand
	Contacts int    // how many contacts with the platform or an authority were noted
	Paste    Paste  // the pasted conversation whose entries are to be confirmed
	Rev      int    // revision of the screen that is open
	Screen   string // name of the screen that has this revision
	View     View   // what lies over the interview, if anything

	Picked   []string // members picked so far of a question that takes several
	Misses   int      // answers to the open question that were not understood
	Ticked   []string // steps of checklists that are done
	RuledOut []string // causes that did not solve it, in the user's word
	Flags    []string // dangers and frauds met so far, which the bot has warned of

	Exhibits  int            // pieces of evidence numbered so far
	Pieces    map[string]int // those that stand, by kind, and by kind and what is seen on them: "notice", "notice.time"
	Reminders []int          // numbers of the reminders that are to come, and of some that have
	Versions  []int          // numbers of the versions of letters to go back to, oldest first
	Wording   Wording        // the letter that a language model words

	Files string // a filter of the files that came: see sawFile
	Batch Batch  // the pieces that came last
	Use   Use    // of what the chat may have
}

// Paste is a conversation that was pasted or forwarded: the records From..To
// that are of that kind. The zero Paste is none.
type Paste struct {
	From, To int
}

// Wording is the letter that a language model words, and how often the chat has
// asked one.
type Wording struct {
	Letter string    // what names the letter in buttons, "" while none is worded
	Since  time.Time // when the user agreed to it
	Day    string    // of the newest request, as 2006-01-02
	Asked  int       // requests on that day
}

// Known is a fact of a case, or that the user does not know it.
type Known struct {
	Value   fact.Value // "" when the user skipped the question or does not know
	Quote   string     // the user's own words for it, cut to 24 characters; "" for a button
	Record  int        // number of the record it was read from, or 0
	Skipped bool       // passed over, not unknown: may be asked again when it is needed
	Approx  bool       // a rough value from a button such as 昨天, never to be quoted as exact
}

// Cue is a phrase of the user's that points to a cause by itself.
type Cue struct {
	ID    string
	Quote string
}

// View is a screen that lies over the interview until it is left.
type View struct {
	Name ViewName
	Arg  string
}

// ViewName names such a screen; "" is the interview itself.
type ViewName string

// Values returns the facts that are known, without the "don't know"s.
func (c Case) Values() fact.Facts {
	out := make(fact.Facts, len(c.Facts))
	for name, k := range c.Facts {
		if k.Value != "" {
			out[name] = k.Value
		}
	}
	return out
}

// unsure returns the facts that the user was asked for and does not know.
func (c Case) unsure() []fact.Name {
	var names []fact.Name
	for _, s := range fact.All() {
		if k, ok := c.Facts[s.Name]; ok && k.Value == "" && !k.Skipped {
			names = append(names, s.Name)
		}
	}
	return names
}

// The size of a case: what is kept of it takes at most about caseSize bytes,
// since a larger value would take twice the room in the store.
const (
	caseSize     = 1800
	baseSize     = 430 // numbers, times and names of a case
	factSize     = 40  // names and numbers around a fact
	cueSize      = 25  // names around a cue
	stringSize   = 3   // around a string of a list
	pieceSize    = 7   // around the name of a tally of evidence
	reminderSize = 6   // a number of a list
	wordingSize  = 110 // names, times and numbers of a wording
	batchSize    = 110 // names and numbers of a batch of evidence
	useSize      = 130 // of what is used up
	longText     = 100 // characters kept of a fact that is a text
)

// size estimates how many bytes c takes in the store.
func (c Case) size() int {
	n := baseSize + len(c.Screen) + len(c.View.Arg)
	for name, k := range c.Facts {
		n += factSize + len(name) + len(k.Value) + len(k.Quote)
	}
	for _, cue := range c.Cues {
		n += cueSize + len(cue.ID) + len(cue.Quote)
	}
	for _, list := range [][]string{c.Picked, c.Ticked, c.RuledOut, c.Flags} {
		for _, s := range list {
			n += stringSize + len(s)
		}
	}
	for _, name := range c.Trail {
		n += stringSize + len(name)
	}
	for key := range c.Pieces {
		n += pieceSize + len(key)
	}
	n += reminderSize * (len(c.Reminders) + len(c.Versions))
	if c.Wording != (Wording{}) {
		n += wordingSize + len(c.Wording.Letter)
	}
	if c.Use != (Use{}) {
		n += useSize
	}
	if c.Exhibits > 0 {
		n += batchSize + len(c.Files) + len(c.Batch.Album)
	}
	return n
}

// fit drops what can be done without until c is small enough: quotes whose fact
// says as much, the oldest ticks (each is an entry of the timeline as well),
// the newest cues.
func (c *Case) fit() {
	specs := fact.All()
	for i := len(specs) - 1; i >= 0 && c.size() > caseSize; i-- {
		if k, ok := c.Facts[specs[i].Name]; ok {
			k.Quote = ""
			c.Facts[specs[i].Name] = k
		}
	}
	for len(c.Ticked) > 0 && c.size() > caseSize {
		c.Ticked = c.Ticked[1:]
	}
	for len(c.Cues) > 0 && c.size() > caseSize {
		c.Cues = c.Cues[:len(c.Cues)-1]
	}
}

// Clone returns a copy of c that shares nothing with it.
func (c Case) Clone() Case {
	c.Facts = maps.Clone(c.Facts)
	c.Cues = slices.Clone(c.Cues)
	c.Trail = slices.Clone(c.Trail)
	c.Picked = slices.Clone(c.Picked)
	c.Ticked = slices.Clone(c.Ticked)
	c.RuledOut = slices.Clone(c.RuledOut)
	c.Flags = slices.Clone(c.Flags)
	c.Reminders = slices.Clone(c.Reminders)
	c.Versions = slices.Clone(c.Versions)
	c.Pieces = maps.Clone(c.Pieces)
	return c
}
