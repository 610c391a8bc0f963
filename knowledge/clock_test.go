package knowledge

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestClocksOfTheLaw holds the numbers of clocks.yaml against the fact sheet.
func TestClocksOfTheLaw(t *testing.T) {
	p := load(t)
	for id, want := range map[string]Clock{
		"samr_decision":      {Unit: WorkingDays, Limit: 7, Whose: Them, Runs: Forward},
		"samr_mediation":     {Unit: CalendarDays, Limit: 60, Whose: Them, Runs: Forward},
		"samr_report":        {Unit: WorkingDays, Limit: 15, Most: 30, Whose: Them, Runs: Forward},
		"odr":                {Unit: WorkingDays, Limit: 10, Whose: Them, Runs: Forward},
		"isc_answer":         {Unit: WorkingDays, Limit: 10, Whose: Them, Runs: Forward},
		"bank_complaint":     {Unit: CalendarDays, Limit: 15, Most: 60, Whose: Them, Runs: Forward},
		"aml_objection":      {Unit: CalendarDays, Limit: 15, Whose: Them, Runs: Forward},
		"telecom":            {Unit: CalendarDays, Limit: 15, Whose: Them, Runs: Forward},
		"civil_claim":        {Unit: Years, Limit: 3, Whose: You, Runs: Forward},
		"samr_too_old":       {Unit: Years, Limit: 3, Whose: You, Runs: Forward},
		"labour_arbitration": {Unit: Years, Limit: 1, Whose: You, Runs: Forward},
		"court_docket":       {Unit: CalendarDays, Limit: 7, Whose: Them, Runs: Forward},
		"small_claims_trial": {Unit: Months, Limit: 2, Most: 3, Whose: Them, Runs: Forward},
		"summary_trial":      {Unit: Months, Limit: 3, Most: 4, Whose: Them, Runs: Forward},
		"order_accept":       {Unit: CalendarDays, Limit: 5, Whose: Them, Runs: Forward},
		"order_issue":        {Unit: CalendarDays, Limit: 15, Whose: Them, Runs: Forward},
		"order_pay":          {Unit: CalendarDays, Limit: 15, Whose: Them, Runs: Forward},
		"preservation":       {Unit: Hours, Limit: 48, Whose: Them, Runs: Forward},
		"sue_after":          {Unit: CalendarDays, Limit: 30, Whose: You, Runs: Forward},
		"stop_payment":       {Unit: Hours, Limit: 48, Whose: Them, Runs: Forward},
		"police_freeze":      {Unit: Months, Limit: 6, Whose: Them, Runs: Forward},
		"police_unfreeze":    {Unit: CalendarDays, Limit: 3, Whose: Them, Runs: Forward},
		"police_refusal":     {Unit: CalendarDays, Limit: 3, Whose: Them, Runs: Forward},
		"police_review":      {Unit: CalendarDays, Limit: 7, Whose: You, Runs: Forward},
		"review_answer":      {Unit: CalendarDays, Limit: 30, Whose: Them, Runs: Forward},
		"rule_notice":        {Unit: CalendarDays, Limit: 7, Whose: Them, Runs: Ahead},
		"rule_notice_major":  {Unit: CalendarDays, Limit: 15, Whose: Them, Runs: Ahead},
		"closing_notice":     {Unit: CalendarDays, Limit: 30, Whose: Them, Runs: Ahead},
		"payment_records":    {Unit: Years, Limit: 3, Whose: Them, Runs: Back},
		"legal_aid":          {Unit: CalendarDays, Limit: 7, Whose: Them, Runs: Forward},
	} {
		k, ok := p.Clock(id)
		got := Clock{Unit: k.Unit, Limit: k.Limit, Most: k.Most, Whose: k.Whose, Runs: k.Runs}
		if !ok || got.Unit != want.Unit || got.Limit != want.Limit || got.Most != want.Most || got.Whose != want.Whose || got.Runs != want.Runs {
			t.Errorf("%s runs %+v, want %+v", id, got, want)
		}
	}
	if n := len(p.Clocks()); n != 30 {
		t.Errorf("%d clocks, 30 are checked here", n)
	}
	if _, ok := p.Clock("pboc_complaint"); ok {
		t.Error("a clock stands there that the fact sheet is not sure of")
	}
}

// TestEveryClockIsNamed looks for a clock that no body, rung or route shows.
func TestEveryClockIsNamed(t *testing.T) {
	p := load(t)
	var named []string
	for _, b := range p.bodies {
		named = append(named, b.Clocks...)
	}
	for _, r := range p.Ladder {
		named = append(named, r.Clocks...)
	}
	for _, r := range p.routes {
		named = append(named, r.Clocks...)
	}
	for _, k := range p.Clocks() {
		if !slices.Contains(named, k.ID) {
			t.Errorf("%s is shown nowhere", k.ID)
		}
	}
}

// TestClockIsRefused breaks one thing of one clock.
func TestClockIsRefused(t *testing.T) {
	alone(t)
	base := embeddedFiles(t)
	for name, c := range map[string]struct{ from, to, want string }{
		"no limit":       {"limit: 7", "limit: 0", "limit must be"},
		"most too small": {"most: 30", "most: 15", "most"},
		"unit unknown":   {"unit: wd", "unit: weeks", `no unit "weeks"`},
		"nobody's":       {"whose: them", "whose: us", "must be them or you"},
		"runs nowhere":   {"runs: forward", "runs: round", "must be forward"},
		"no start":       {"start: 市场监管部门收到你的消费投诉。", "start: \"\"", "must not be empty"},
		"no sources":     {"sources: [T-1, adv-215]", "sources: []", "sources must not be empty"},
		"dead source":    {"sources: [T-1, adv-215]", "sources: [T-99]", `no source "T-99"`},
		"id twice":       {"- id: samr_mediation", "- id: samr_decision", "an id of its own"},
		"name gone":      {"- id: samr_mediation", "- id: samr_mediated", `no clock "samr_mediation"`},
	} {
		t.Run(name, func(t *testing.T) {
			data := string(base["clocks.yaml"].Data)
			if !strings.Contains(data, c.from) {
				t.Fatalf("clocks.yaml does not hold %q", c.from)
			}
			files := copyFiles(base)
			files["clocks.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(data, c.from, c.to, 1))}
			if _, err := Parse(files); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}
