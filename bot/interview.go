package bot

import (
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

const (
	// maxQuestions is how many questions are asked before the first answer at most.
	maxQuestions = 8

	// clearByWords is the probability from which the user's own words are so
	// clear that what the screen shows need not be asked first.
	clearByWords = 0.98

	// leavingNow is how long ago a payment is still worth an emergency call:
	// the police stop-payment works within 48 hours (T-22).
	leavingNow = 48 * time.Hour
)

// next returns the fact that is the next worth asking, and whether there is one.
func (t *turn) next() (fact.Name, bool) {
	known := t.c.Values()
	if t.fraud() {
		return t.nextOf(knowledge.ForFraud, known)
	}
	if !t.settled(fact.AskedToPay) {
		return fact.AskedToPay, true
	}
	if t.asked() >= maxQuestions {
		return "", false
	}
	if !t.settled(fact.Status) && Rank(t.k, t.c, t.in.At)[0].P < clearByWords {
		return fact.Status, true
	}
	return t.k.Triage.Next(evidence(t.c, t.in.At), t.askable(known))
}

// nextOf returns the first open question of a phase.
func (t *turn) nextOf(phase knowledge.Phase, known fact.Facts) (fact.Name, bool) {
	for _, q := range t.k.Questions {
		if q.Phase == phase && !t.settled(q.Fact) && q.Holds(known) && !(q.Fact == fact.PaidAt && t.unpaid()) {
			return q.Fact, true
		}
	}
	return "", false
}

// askable returns the open questions that may tell causes apart.
func (t *turn) askable(known fact.Facts) []fact.Name {
	var names []fact.Name
	for _, q := range t.k.Questions {
		if q.Phase == knowledge.ForCause && !t.settled(q.Fact) && q.Holds(known) {
			names = append(names, q.Fact)
		}
	}
	return names
}

// settled reports whether a fact is known, or known not to be known.
func (t *turn) settled(name fact.Name) bool {
	_, ok := t.c.Facts[name]
	return ok
}

// asked returns how many questions about the cause were answered or passed over.
func (t *turn) asked() int {
	n := 0
	for _, name := range t.c.Trail {
		if q, ok := t.k.Question(name); ok && q.Phase == knowledge.ForCause {
			n++
		}
	}
	return n
}

// fraud reports whether money was demanded before a withdrawal.
func (t *turn) fraud() bool { return t.c.Facts[fact.AskedToPay].Value == "yes" }

// leaving reports whether money may be leaving right now: paid on demand within
// 48 hours, or somebody else is in the account.
func (t *turn) leaving() bool {
	if t.c.Facts[fact.UnknownActivity].Value == "yes" {
		return true
	}
	at, ok := t.c.Facts[fact.PaidAt].Value.Time()
	return ok && !t.unpaid() && t.in.At.Sub(at) < leavingNow
}

// unpaid reports whether the user said that nothing was paid.
func (t *turn) unpaid() bool {
	v := t.c.Facts[fact.PaidAmount].Value
	return v != "" && strings.Trim(string(v), "0.") == ""
}

// set makes a fact known and drops the answers that depended on its old value.
func (t *turn) set(name fact.Name, k Known) {
	old, had := t.c.Facts[name]
	t.c.Facts[name] = k
	if had && old.Value == k.Value {
		return
	}
	t.follow(name, k.Value)
	if !had {
		return // nothing that is known rests on a value that is new
	}
	known := t.c.Values()
	for _, q := range t.k.Questions {
		if q.DependsOn(name) && !q.Holds(known) {
			delete(t.c.Facts, q.Fact)
			t.untrail(q.Fact)
		}
	}
}

// follow sets what a new value implies and takes back what it contradicts.
func (t *turn) follow(name fact.Name, v fact.Value) {
	switch {
	case name == fact.Status && v == "pay_first":
		t.set(fact.AskedToPay, Known{Value: "yes", Quote: t.c.Facts[name].Quote, Record: t.c.Facts[name].Record})
	case name == fact.AskedToPay && v != "yes":
		t.unflag("scam_pay_first")
		if t.c.Facts[fact.Status].Value == "pay_first" {
			delete(t.c.Facts, fact.Status)
			t.untrail(fact.Status)
		}
	}
}

// answered puts a fact at the end of the way back.
func (t *turn) answered(name fact.Name) {
	t.untrail(name)
	t.c.Trail = append(t.c.Trail, name)
}

func (t *turn) untrail(name fact.Name) {
	t.c.Trail = slices.DeleteFunc(t.c.Trail, func(n fact.Name) bool { return n == name })
}

// optionValue returns the value of a fact that an option stands for at the
// time of the press: an age such as "24h" becomes a time, roughly.
func (t *turn) optionValue(spec fact.Spec, v fact.Value) (Known, error) {
	if spec.Kind == fact.Instant || spec.Kind == fact.Date {
		if age, err := knowledge.ParseOption(spec, v); err == nil && v != fact.Never {
			return Known{Value: fact.At(t.in.At.Add(-time.Duration(age))), Approx: true}, nil
		}
	}
	value, err := spec.Parse(string(v))
	return Known{Value: value}, err
}
