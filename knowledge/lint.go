package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tixianbot/knowledge/markup"
	"tixianbot/knowledge/triage"
)

// A Finding is something wrong with the content.
type Finding struct {
	Kind  FindingKind `json:"kind"`
	Where string      `json:"where"` // the file, and the entry in it
	Text  string      `json:"text"`  // what is wrong and how to mend it
	Error bool        `json:"error"` // false: a warning
}

// FindingKind says what a finding is about.
type FindingKind string

// The kinds of findings.
const (
	FindMarkup    FindingKind = "markup"    // a mark without its partner
	FindLength    FindingKind = "length"    // longer than a phone shows
	FindForbidden FindingKind = "forbidden" // something the bot never says
	FindStale     FindingKind = "stale"     // a source that must be checked again
	FindSource    FindingKind = "source"    // a claim without a source, or a weak one
	FindRule      FindingKind = "rule"      // an example that its rule does not bear out
	FindStyle     FindingKind = "style"     // the same said twice
	FindAdvice    FindingKind = "advice"    // a row of advice that nothing takes up, or that two lines disagree on
)

// The lengths that a phone shows, in characters.
const (
	longestText   = 900 // an article, a phrase, a guide without evidence and sources
	longestLabel  = 16  // an option's label
	longestName   = 20  // the name of a guide or an article
	longestShort  = 10  // the name of a guide on a button
	longestNote   = 120 // a sentence of a clock
	longestStep   = 120 // a step of a checklist
	nearForbidden = 20  // how far not_near looks, in characters
)

// Lint returns what is wrong with the content on the day of now, errors first.
// Warnings are no reason not to start.
func Lint(p *Pack, now time.Time) []Finding {
	l := &linter{pack: p, now: now}
	l.compileForbidden()
	l.guides("causes", p.causes)
	l.guides("branches", p.branches)
	l.articles()
	l.questions()
	l.tables()
	for _, id := range p.PhraseIDs() {
		l.text("phrases.yaml: "+id, p.phrases[id], longestText)
	}
	for _, id := range sortedKeys(p.papers) {
		l.text(papersFile+": "+id, p.papers[id], longestText)
	}
	l.sources()
	l.clocks()
	l.calendar()
	l.advice()
	l.evidence()
	l.rules()
	l.letters()
	slices.SortStableFunc(l.found, func(a, b Finding) int {
		switch {
		case a.Error == b.Error:
			return 0
		case a.Error:
			return -1
		default:
			return 1
		}
	})
	return l.found
}

type linter struct {
	pack      *Pack
	now       time.Time
	forbidden []*regexp.Regexp // by the index of Pack.Forbidden
	found     []Finding
}

func (l *linter) add(kind FindingKind, isError bool, where, format string, args ...any) {
	l.found = append(l.found, Finding{Kind: kind, Where: where, Text: fmt.Sprintf(format, args...), Error: isError})
}

// text checks one text that users read.
func (l *linter) text(where, text string, longest int) {
	if err := markup.Check(text); err != nil {
		l.add(FindMarkup, true, where, "%v", err)
	}
	words := markup.Text(text)
	if n := utf8.RuneCountInString(words); n > longest {
		l.add(FindLength, false, where, "%d characters, at most %d: cut it", n, longest)
	}
	for i, f := range l.pack.Forbidden {
		if hit := l.says(i, words); hit != "" {
			l.add(FindForbidden, true, where, "%q is forbidden (%s): %s", hit, f.Rule, f.Why)
		}
	}
}

// short checks the length of a part of a text.
func (l *linter) short(where, text string, longest int) {
	if n := utf8.RuneCountInString(markup.Text(text)); n > longest {
		l.add(FindLength, false, where, "%d characters, at most %d: cut it", n, longest)
	}
}

func (l *linter) guides(folder string, guides map[string]Guide) {
	for _, id := range sortedKeys(guides) {
		g, where := guides[id], folder+"/"+id+".yaml"
		l.text(where+": name", g.Name, longestName)
		l.text(where+": short", g.Short, longestShort)
		whole := []string{g.Means, g.Wait, g.Next}
		for _, s := range g.Do {
			whole = append(whole, s.Text)
			l.short(where+": "+s.ID, s.Text, longestStep)
		}
		whole = append(append(whole, g.Tell...), g.Dont...)
		l.text(where, strings.Join(whole, "\n"), longestText)
		l.cited(where, strings.Join(whole, "\n"), g.Sources)
		l.twice(where, append(whole, g.Keep...))
		l.text(where+": keep", strings.Join(g.Keep, "\n"), longestText)
		if !slices.ContainsFunc(g.Sources, func(id string) bool { _, ok := l.pack.sources[id]; return ok }) && folder == "causes" {
			l.add(FindSource, false, where, "no source that a user can look up")
		}
	}
}

func (l *linter) articles() {
	for _, id := range sortedKeys(l.pack.articles) {
		a, where := l.pack.articles[id], "articles/"+id+".md"
		l.text(where+": title", a.Title, longestName)
		l.text(where, a.Text, longestText)
		l.cited(where, a.Text, a.Sources)
		l.twice(where, strings.Split(a.Text, "\n"))
		if len(a.Asked) == 0 {
			l.add(FindRule, true, where, "asked: at least one way in which people ask for it")
		}
	}
}

func (l *linter) questions() {
	for _, q := range l.pack.Questions {
		where := "questions.yaml: " + string(q.Fact)
		l.text(where, strings.Join([]string{q.Ask, q.Why, q.Hint}, "\n"), longestText)
		for _, o := range q.Options {
			l.text(where, o.Label, longestLabel)
		}
	}
}

func (l *linter) tables() {
	for _, r := range l.pack.Ladder {
		whole := strings.Join([]string{r.Name, r.Do, r.Until, r.Alone}, "\n")
		l.text("ladder.yaml: "+r.Stage, whole, longestText)
		l.cited("ladder.yaml: "+r.Stage, whole, r.Sources)
	}
	for _, id := range sortedKeys(l.pack.bodies) {
		b := l.pack.bodies[id]
		whole := strings.Join([]string{b.Name, b.Reach, b.Takes, b.Refuses}, "\n")
		l.text("bodies.yaml: "+id, whole, longestText)
		l.caveat("bodies.yaml: "+id, b.Sources, whole)
	}
	l.unrouted()
	for _, r := range l.pack.routes {
		texts := []string{r.Note}
		for _, s := range r.Steps {
			texts = append(texts, s.Text)
		}
		l.text("routes.yaml: "+r.ID, strings.Join(texts, "\n"), longestText)
		l.cited("routes.yaml: "+r.ID, strings.Join(texts, "\n"), r.Sources)
		l.twice("routes.yaml: "+r.ID, texts)
	}
}

// unrouted finds the bodies that nobody is ever sent to: they stand in no route,
// in no rung of the ladder, and do not say for whom they are.
func (l *linter) unrouted() {
	sent := map[string]bool{}
	for _, r := range l.pack.routes {
		for _, s := range r.Steps {
			sent[s.Body] = true
		}
	}
	for _, id := range sortedKeys(l.pack.bodies) {
		if !sent[id] && l.pack.bodies[id].For == "" {
			l.add(FindRule, false, "bodies.yaml: "+id, "it stands in no route: put it into one, or say with for: who is sent there")
		}
	}
}

// sources finds the sources that are weak or due for a new check.
func (l *linter) sources() {
	for _, id := range sortedKeys(l.pack.sources) {
		s, where := l.pack.sources[id], "sources.yaml: "+id
		l.text(where, s.Title, longestText)
		checked, err := time.Parse(time.DateOnly, s.Checked)
		if err != nil || s.ReviewEvery <= 0 {
			l.add(FindSource, true, where, "checked must be a date like 2026-11-21 and review_every a number of days")
			continue
		}
		if due := checked.AddDate(0, 0, s.ReviewEvery); l.now.After(due) {
			l.add(FindStale, false, where, "was to be checked again by %s", due.Format(time.DateOnly))
		}
		if s.Confidence != "high" && s.Confidence != "medium" {
			l.add(FindSource, true, where, "confidence must be high or medium; a weaker fact stays out")
		}
	}
}

// noticeDue is how long before the table of working days ends the next year's
// must be there.
const noticeDue = 31 * 24 * time.Hour

// calendar looks for the year to come.
func (l *linter) calendar() {
	if end := l.pack.Calendar.Through(); l.now.After(end.Add(-noticeDue)) {
		l.add(FindStale, false, "calendar", "the working days are known to %s: add the year behind it, FORMAT.md says how", end.Format(time.DateOnly))
	}
}

// rules runs the examples of the rules for reading, screening and ranking.
func (l *linter) rules() {
	for where, errs := range map[string][]error{
		"read":        l.pack.Reader.Check(),
		"contact":     l.pack.Contacts.Check(),
		"screen":      l.pack.Screen.Check(),
		"when":        l.pack.Planner.Check(),
		"triage.yaml": triage.Check(l.pack.Fold, l.pack.weights),
		"search.yaml": l.pack.searching.Check(l.pack.docs()),
		"letters":     l.pack.Letters.CheckRules(),
	} {
		for _, err := range errs {
			l.add(FindRule, true, where, "%v", err)
		}
	}
	for _, id := range l.pack.Contacts.Ways() {
		l.text("contact: channel "+id, l.pack.Contacts.Label(id), longestLabel)
	}
}
