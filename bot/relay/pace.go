package relay

import "time"

// rate is how often something may happen: once every interval in the long run,
// and burst times at once after a pause. An interval of 0 is no limit.
type rate struct {
	interval time.Duration
	burst    int
}

func perSecond(n float64, burst int) rate {
	if n <= 0 {
		return rate{}
	}
	return rate{interval: time.Duration(float64(time.Second) / n), burst: burst}
}

// pace keeps to a rate. It is the time at which the allowance would be whole
// again, so the zero pace has all of it.
type pace struct{ whole time.Time }

// next returns the first moment, now or later, when it may happen again.
func (p pace) next(r rate, now time.Time) time.Time {
	at := p.whole.Add(-time.Duration(r.burst-1) * r.interval)
	if r.interval == 0 || at.Before(now) {
		return now
	}
	return at
}

// take notes that it happens now.
func (p *pace) take(r rate, now time.Time) {
	if p.whole.Before(now) {
		p.whole = now
	}
	p.whole = p.whole.Add(r.interval)
}

// full reports whether nothing is left to be remembered.
func (p pace) full(now time.Time) bool { return !p.whole.After(now) }
