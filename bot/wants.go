package bot

import (
	"slices"
	"strings"
)

// Wants returns what Step looks at besides c when e happens: what the screen
// that is open shows, and what the event is about.
func Wants(c Case, e Event) Wish {
	w := c.View.wish(c)
	switch e := e.(type) {
	case Said:
		if e.Command == "case" || e.Command == "status" {
			w.Newest, w.Before, w.Cases = recentCarded, 0, true
		}
		if e.Command == "draft" || e.Command == "" && c.Contacts > 0 && len(e.Text) < longestAsk {
			w = w.and(wantsLetter(c, ""))
		}
		if e.Forwarded {
			w.These = append(w.These, c.Paste.records()...)
		}
		w = w.and(wantsForWords(c, e))
	case Sent:
		w = w.and(wantsForFile(c, e))
	case Edited:
		return Wish{Newest: recentEdited}
	case Made:
		if e.Order.Kind == OrderWording {
			w = w.and(wantsLetter(c, c.Wording.Letter))
		}
	case Woken:
		if e.Why == wakeWorded {
			w = w.and(wantsLetter(c, c.Wording.Letter))
		}
		w.These = append(w.These, c.Paste.records()...)
		w.Cases = true
		w = w.and(wantsForWake(c, e))
	case Pressed:
		w = w.and(e.Press.wish(c))
		if slices.Contains(exhibitActs, e.Press.Act) {
			w = w.and(wantsExhibits(c, e.Press))
		}
	}
	return w.wantsReminders(c, e)
}

const (
	// recentShown is how many of the newest entries the case card shows.
	recentShown = 3

	// recentCarded is how many records are read for them: not every record is an
	// entry.
	recentCarded = 12

	// recentSearched is how far back the question is looked for that an article
	// did not answer.
	recentSearched = 40

	// recentEdited is how far back the record is looked for whose message was
	// edited. Telegram lets messages be edited for two days.
	recentEdited = 300

	// longestAsk is how many bytes the words have at most that may ask for a
	// letter.
	longestAsk = 200

	// longestPaste is how many messages of a pasted conversation are read.
	longestPaste = 100
)

// wish returns what the view shows.
func (v View) wish(c Case) Wish {
	switch v.Name {
	case viewLog:
		return Wish{Newest: historyRead, Before: atoi(v.Arg)}
	case viewEntry, viewPart:
		n, _, _ := strings.Cut(v.Arg, ".")
		return Wish{These: []int{atoi(n)}}
	case viewConfirm, viewRetime, viewReminder:
		return Wish{These: append(slices.Clone(c.Reminders), atoi(v.Arg))}
	case viewReminders:
		return Wish{These: slices.Clone(c.Reminders), Reminders: true}
	case viewPaste:
		return Wish{These: c.Paste.records()}
	case viewCases:
		return Wish{Cases: true}
	case viewLetter, viewCheck, viewDraft, viewVersions, viewPolish, viewWording:
		return wantsLetter(c, v.Arg)
	}
	return Wish{}
}

// wish returns what the screen shows that the press opens.
func (p Press) wish(c Case) Wish {
	switch p.Act {
	case actCase:
		return Wish{Newest: recentCarded}
	case actUnhelped:
		return Wish{Newest: recentSearched}
	case actLog:
		return View{Name: viewLog, Arg: p.Arg}.wish(c)
	case actEntry, actPart, actNoPart, actChannel, actStrikeEntry:
		return View{Name: viewEntry, Arg: p.Arg}.wish(c)
	case actAmend:
		n, by, _ := strings.Cut(p.Arg, ".")
		return Wish{These: []int{atoi(n), atoi(by)}}
	case actCases, actSwitch:
		return Wish{Cases: true}
	case actLetter, actSentIt, actFile, actVersions, actPolish, actAgree:
		return wantsLetter(c, p.Arg)
	case actUnsent:
		return wantsLetter(c, p.Arg).and(Wish{These: c.Reminders})
	}
	return Wish{}
}

// and returns a wish for what both wish for. The records that o wishes for
// take the place of those of w.
func (w Wish) and(o Wish) Wish {
	if o.Newest > 0 {
		w.Newest, w.Before = o.Newest, o.Before
	}
	w.These = append(w.These, o.These...)
	w.Cases, w.Reminders = w.Cases || o.Cases, w.Reminders || o.Reminders
	return w
}

// records returns the numbers of the records of a pasted conversation, of a
// long one the newest.
func (p Paste) records() []int {
	var out []int
	for n := max(p.From, p.To-longestPaste+1); p.From > 0 && n <= p.To; n++ {
		out = append(out, n)
	}
	return out
}
