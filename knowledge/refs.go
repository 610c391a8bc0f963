package knowledge

import (
	"fmt"
	"regexp"
	"slices"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

// causeIDs are the causes that triage ranks, in the order of the taxonomy.
var causeIDs = []string{
	"identity_expired", "identity_mismatch", "card_changed", "card_invalid", "unusual_login",
	"verification_pending", "repeated_attempts", "unusual_amount", "dormant_account", "over_limit",
	"insufficient_available", "rules_changed", "platform_maintenance", "channel_delay", "local_network",
	"violation_review", "trade_dispute", "service_hold", "business_qualification", "judicial_freeze",
	"account_compromised", "platform_distress", "scam_pay_first",
}

// branchIDs are the dangers that come before everything else, and what is
// said where nothing fits.
var branchIDs = []string{
	"self_harm", "secret_shared", "money_leaving", "scam_recovery", "scam_pay_first", "evade_controls", "first_aid",
}

// stageIDs are the rungs of the ladder, in order.
var stageIDs = []string{
	"self_check", "support", "supervisor", "official_complaint", "regulator", "mediation", "legal", "resolved", "closed",
}

var (
	adviceID = regexp.MustCompile(`^adv-[0-9]{3}$`)
	stepID   = regexp.MustCompile(`^[a-z0-9_]{2,20}$`)
)

// references returns an error for everything that the content names and does
// not have. What it finds would break the bot; what only reads badly is left
// to Lint.
func (p *Pack) references() []error {
	c := &refs{pack: p}
	c.guides("causes", p.causes, causeIDs)
	c.guides("branches", p.branches, branchIDs)
	c.questions()
	c.ladder()
	c.routes()
	c.clocks()
	c.advice()
	c.letters()
	c.evidence()
	for _, id := range sortedKeys(p.articles) {
		c.sources("articles/"+id+".md", p.articles[id].Sources)
	}
	return c.errs
}

type refs struct {
	pack *Pack
	errs []error
}

func (c *refs) bad(where, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: %w", where, fmt.Errorf(format, args...)))
}

func (c *refs) guides(folder string, have map[string]Guide, want []string) {
	for _, id := range want {
		if _, ok := have[id]; !ok {
			c.bad(folder, "no file %s.yaml", id)
		}
	}
	for _, id := range sortedKeys(have) {
		where := folder + "/" + id + ".yaml"
		if !slices.Contains(want, id) {
			c.bad(where, "the taxonomy has no such id")
		}
		c.guide(where, have[id])
	}
}

func (c *refs) guide(where string, g Guide) {
	if g.Name == "" || g.Means == "" || len(g.Do) == 0 {
		c.bad(where, "name, means and do must not be empty")
	}
	seen := make(map[string]bool)
	for _, s := range g.Do {
		if !stepID.MatchString(s.ID) || seen[s.ID] || s.Text == "" {
			c.bad(where, "step %q needs a text and an id of its own of 2 to 20 small letters", s.ID)
		}
		seen[s.ID] = true
	}
	for _, id := range g.See {
		if _, ok := c.pack.articles[id]; !ok {
			c.bad(where, "see: no article %q", id)
		}
	}
	c.sources(where, g.Sources)
}

func (c *refs) sources(where string, ids []string) {
	for _, id := range ids {
		if _, ok := c.pack.sources[id]; !ok && !adviceID.MatchString(id) {
			c.bad(where, "no source %q in sources.yaml", id)
		}
	}
}

func (c *refs) questions() {
	seen := make(map[fact.Name]bool)
	for _, q := range c.pack.Questions {
		where := "questions.yaml: " + string(q.Fact)
		spec, ok := fact.Lookup(q.Fact)
		if !ok || seen[q.Fact] {
			c.bad(where, "no such fact, or asked twice")
			continue
		}
		seen[q.Fact] = true
		if !slices.Contains([]Phase{ForCause, ForFraud, ForRoute}, q.Phase) {
			c.bad(where, "no phase %q", q.Phase)
		}
		c.options(where, spec, q)
		for _, n := range q.When {
			if _, ok := fact.Lookup(n.Fact); !ok {
				c.bad(where, "when: no fact %q", n.Fact)
			}
		}
	}
}

func (c *refs) options(where string, spec fact.Spec, q Question) {
	for _, o := range q.Options {
		if o.Label == "" {
			c.bad(where, "option %q has no label", o.Value)
		}
		if _, err := ParseOption(spec, o.Value); err != nil {
			c.bad(where, "%w", err)
		}
	}
	if spec.Kind == fact.Enum || spec.Kind == fact.Set {
		for _, v := range spec.Values {
			if c.pack.ValueLabel(spec.Name, fact.Value(v)) == "" {
				c.bad("labels.yaml", "no label for %s: %s", spec.Name, v)
			}
		}
	}
}

func (c *refs) ladder() {
	if c.pack.labels.Caveat == "" {
		c.bad("labels.yaml", "caveat must not be empty")
	}
	for _, id := range stageIDs {
		if c.pack.Rung(id).Name == "" {
			c.bad("ladder.yaml", "no rung %q", id)
		}
	}
	for _, r := range c.pack.Ladder {
		c.sources("ladder.yaml: "+r.Stage, r.Sources)
		c.runs("ladder.yaml: "+r.Stage, r.Clocks)
		c.waits("ladder.yaml: "+r.Stage, r.Waits)
	}
}

// waits checks the periods that one waits for on a rung.
func (c *refs) waits(where string, waits []Wait) {
	for _, w := range waits {
		if k, ok := c.pack.Clock(w.Clock); !ok || k.Runs != Forward || k.Whose != Them {
			c.bad(where, "waits: %q is no clock that runs forward for the other side", w.Clock)
		}
		c.values(where, fact.PlatformKind, w.Kinds)
	}
}

func (c *refs) routes() {
	for _, id := range sortedKeys(c.pack.bodies) {
		c.sources("bodies.yaml: "+id, c.pack.bodies[id].Sources)
		c.runs("bodies.yaml: "+id, c.pack.bodies[id].Clocks)
		if to := c.pack.bodies[id].Letter; len(to) > 0 && (to[letter.Chinese] == "" || to[letter.English] == "") {
			c.bad("bodies.yaml: "+id, "letter: an address in zh and in en")
		}
	}
	if n := len(c.pack.routes); n == 0 || len(c.pack.routes[n-1].Kinds)+len(c.pack.routes[n-1].Roles) > 0 {
		c.bad("routes.yaml", "the last route must fit everybody: no kinds, no roles")
	}
	for _, r := range c.pack.routes {
		where := "routes.yaml: " + r.ID
		if len(r.Steps) == 0 {
			c.bad(where, "no steps")
		}
		for _, s := range r.Steps {
			if _, ok := c.pack.bodies[s.Body]; s.Body != "" && !ok {
				c.bad(where, "no body %q in bodies.yaml", s.Body)
			}
		}
		c.values(where, fact.PlatformKind, r.Kinds)
		c.values(where, fact.Role, r.Roles)
		c.sources(where, r.Sources)
		c.runs(where, r.Clocks)
	}
}

func (c *refs) letters() {
	for _, kind := range letter.Kinds {
		f, where := c.pack.Letters.Form(kind), "letters/"+string(kind)+".yaml"
		c.sources(where, f.Sources)
		for _, stage := range append(slices.Clone(f.Stages), f.Moves) {
			if stage != "" && !slices.Contains(stageIDs, stage) {
				c.bad(where, "no stage %q", stage)
			}
		}
	}
}

func (c *refs) values(where string, name fact.Name, values []fact.Value) {
	spec, _ := fact.Lookup(name)
	for _, v := range values {
		if _, err := spec.Parse(string(v)); err != nil {
			c.bad(where, "%w", err)
		}
	}
}
