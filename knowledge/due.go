package knowledge

import "time"

// A Due is the end of a period that a law or a rule gives.
type Due struct {
	// End is the last day of the period, at midnight; of a period in hours,
	// the moment. Of a period that runs ahead or back it is the first day.
	End time.Time
	// Most is the same with every extension; the zero time where there is none.
	Most time.Time
	// Estimate says that a day on the way lies past the published table of
	// working days.
	Estimate bool
}

// Due returns when the period k that start set off is over, in the zone of
// start. The day of the start is not counted.
func (p *Pack) Due(k Clock, start time.Time) Due {
	var d Due
	d.End, d.Estimate = p.reckon(k, start, k.Limit)
	if k.Most > 0 {
		var guessed bool
		d.Most, guessed = p.reckon(k, start, k.Most)
		d.Estimate = d.Estimate || guessed
	}
	return d
}

func (p *Pack) reckon(k Clock, start time.Time, n int) (at time.Time, estimate bool) {
	if k.Runs != Forward {
		n = -n
	}
	y, m, d := start.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, start.Location())
	switch k.Unit {
	case Hours:
		return start.Add(time.Duration(n) * time.Hour), false
	case WorkingDays:
		return p.Calendar.AddWorking(day, n)
	case Months:
		day = monthsOn(day, n)
	case Years:
		day = monthsOn(day, 12*n)
	default:
		day = day.AddDate(0, 0, n)
	}
	if k.Runs != Forward {
		return day, false
	}
	return p.worked(day)
}

// worked returns the day, or the first behind it that is no day of rest.
func (p *Pack) worked(day time.Time) (at time.Time, estimate bool) {
	return p.Calendar.AddWorking(day.AddDate(0, 0, -1), 1)
}

// monthsOn keeps the day of the month, or takes the last where there is none.
func monthsOn(day time.Time, n int) time.Time {
	y, m, d := day.Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, day.Location())
	last := first.AddDate(0, 1, -1)
	return first.AddDate(0, 0, min(d, last.Day())-1)
}
