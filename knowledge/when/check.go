package when

import (
	"fmt"
	"time"
)

// checkedRules are one of each shape of rule.
var checkedRules = []string{
	"FREQ=DAILY;BYHOUR=9;BYMINUTE=5",
	"FREQ=DAILY;INTERVAL=3;BYHOUR=10;BYMINUTE=0",
	"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=3;BYMINUTE=30",
	"FREQ=WEEKLY;BYDAY=TU,SU;BYHOUR=0;BYMINUTE=0",
	"FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;BYHOUR=23;BYMINUTE=59",
	"FREQ=MONTHLY;BYMONTHDAY=5,-1;BYHOUR=10;BYMINUTE=0",
	"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=31;BYHOUR=12;BYMINUTE=0",
	"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;BYHOUR=10;BYMINUTE=0",
	"FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1;BYHOUR=18;BYMINUTE=0",
}

// Check reports what is shown of moments and rules and is not read as the same
// again, and zones that their own names do not find.
func (p *Planner) Check() []error {
	var errs []error
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for n := 1; n <= 24; n++ {
		at := now.Add(time.Duration(n) * 26 * time.Hour)
		shown := p.Format(at)
		if plan, err := p.Parse(shown, now); err != nil || !plan.At.Equal(at) || plan.Note != "" {
			errs = append(errs, fmt.Errorf("show: %s is read as %s, %q (%v)", shown, plan.At, plan.Note, err))
		}
	}
	for _, text := range checkedRules {
		r, err := ParseRule(text)
		if err != nil {
			return append(errs, err)
		}
		shown := p.FormatRule(r)
		if plan, err := p.Parse(shown, now); err != nil || plan.Every.String() != text || plan.Note != "" {
			errs = append(errs, fmt.Errorf("show: %s is read as %s, %q (%v)", shown, plan.Every, plan.Note, err))
		}
	}
	for _, z := range p.places.Zones {
		if at, err := p.Zone(z.Name); err != nil || at.String() != z.ID {
			errs = append(errs, fmt.Errorf("zones: the name %s does not find %s", z.Name, z.ID))
		}
	}
	return errs
}
