package main

import (
	"maps"
	"slices"

	"tixianbot/knowledge/screen"
)

// metric is one figure of a task. In JSON the names are for good.
type metric struct {
	Task   string  `json:"task"`
	Metric string  `json:"metric"`
	Value  float64 `json:"value"`
	N      int     `json:"n"` // cases (or facts) that it is about
}

// measure returns the metrics of all tasks that were tried, by name. One that
// is about no case is left out.
func measure(results []result) []metric {
	byTask := map[string][]result{}
	for _, r := range results {
		byTask[r.Task] = append(byTask[r.Task], r)
	}
	var out []metric
	for _, name := range slices.Sorted(maps.Keys(byTask)) {
		task := evalTasks[name]
		for _, what := range task.metrics {
			if value, n := task.measure(byTask[name], what); n > 0 {
				out = append(out, metric{name, what, value, n})
			}
		}
	}
	return out
}

// share returns the part of results that pass, and of how many.
func share(results []result, pass func(result) bool) (float64, int) {
	n := 0
	for _, r := range results {
		if pass(r) {
			n++
		}
	}
	return float64(n) / float64(max(len(results), 1)), len(results)
}

func within(places int) func(result) bool {
	return func(r result) bool { return r.place >= 1 && r.place <= places }
}

func measureRanking(results []result, metric string) (float64, int) {
	if metric == "top1" {
		return share(results, within(1))
	}
	return share(results, within(3))
}

func measureRatio(results []result, _ string) (float64, int) {
	return share(results, func(r result) bool { return r.Pass })
}

func measureInterview(results []result, metric string) (float64, int) {
	switch metric {
	case "median":
		return atShare(results, 0.5), len(results)
	case "p90":
		return atShare(results, 0.9), len(results)
	}
	return measureRanking(results, metric)
}

// atShare returns the number of questions that the given share of the
// interviews does not exceed.
func atShare(results []result, share float64) float64 {
	var asked []int
	for _, r := range results {
		asked = append(asked, r.asked)
	}
	slices.Sort(asked)
	i := int(share*float64(len(asked)) + 0.999999)
	return float64(asked[max(i, 1)-1])
}

// none is the topic of a question that nothing answers.
const none = "none"

func measureTopic(results []result, metric string) (float64, int) {
	if metric == "none_f1" {
		return noneF1(results)
	}
	var answered []result
	for _, r := range results {
		if r.expected != none {
			answered = append(answered, r)
		}
	}
	return measureRanking(answered, metric)
}

// noneF1 returns how well questions that nothing answers are told from others:
// the harmonic mean of precision and recall.
func noneF1(results []result) (float64, int) {
	both, wanted, got := 0, 0, 0
	for _, r := range results {
		if r.expected == none {
			wanted++
		}
		if r.first() == none {
			got++
		}
		if r.expected == none && r.first() == none {
			both++
		}
	}
	return 2 * float64(both) / float64(max(wanted+got, 1)), wanted
}

func measureExtract(results []result, metric string) (float64, int) {
	hits, others := 0, 0
	for _, r := range results {
		hits += r.hits
		if metric == "recall" {
			others += r.misses
		} else {
			others += r.wrong
		}
	}
	return float64(hits) / float64(max(hits+others, 1)), hits + others
}

func measureSafety(results []result, metric string) (float64, int) {
	var flagged, plain []result
	for _, r := range results {
		if r.expected == string(screen.None) {
			plain = append(plain, r)
		} else {
			flagged = append(flagged, r)
		}
	}
	if metric == "recall" {
		return share(flagged, func(r result) bool { return r.Pass })
	}
	return share(plain, func(r result) bool { return !r.Pass })
}
