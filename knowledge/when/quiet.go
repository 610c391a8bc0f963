package when

// Hours returns the hours of the day that a text names, as in 晚上11点到早上7点, in
// minutes since midnight, and whether it names two. An hour without a part of
// the day is that at which the span lies in the night.
func (p *Planner) Hours(text string) (from, to int, ok bool) {
	var clocks []clock
	for _, f := range p.g.Find(p.source(text).s) {
		if f.Kind == Point && (f.clock.said || f.clock.has) {
			clocks = append(clocks, f.clock)
		}
	}
	if len(clocks) != 2 {
		return 0, 0, false
	}
	best := 0
	for _, a := range clocks[0].readings() {
		for _, b := range clocks[1].readings() {
			long := (b - a + day24) % day24
			night := (threeAtNight-a+day24)%day24 < long
			plain := len(clocks[0].readings()) == 1 && len(clocks[1].readings()) == 1
			if long > 0 && (plain || night) && (!ok || long < best) {
				from, to, best, ok = a, b, long, true
			}
		}
	}
	return from, to, ok
}

const (
	day24        = 24 * 60
	threeAtNight = 3 * 60
)

// readings returns what a clock time can mean, in minutes since midnight: an
// hour of up to twelve alone is in the morning or in the evening.
func (c clock) readings() []int {
	h, m := c.time()
	at := (h%24)*60 + m
	if !c.said || c.full || c.has || c.h > 12 {
		return []int{at}
	}
	return []int{at, (at + day24/2) % day24}
}
