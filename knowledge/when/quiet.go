package when

// Hours returns the hours of the day that a text names, as in 晚上11点到早上7点, in
// minutes since midnight, and whether it names two. Where neither hour has a part
// of the day the span lies in the night; where one has, it is the shorter one.
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
	first, last := clocks[0].readings(), clocks[1].readings()
	best, anyNight := day24, len(first) > 1 && len(last) > 1
	for _, a := range first {
		for _, b := range last {
			long := (b - a + day24) % day24
			night := (threeAtNight-a+day24)%day24 < long
			if long > 0 && long < best && (night || !anyNight) {
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
