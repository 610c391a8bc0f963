package bot_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"tixianbot/bot"
	"tixianbot/bot/walk"
	"tixianbot/knowledge"
)

// TestWalksReachEverything has users who say what the content knows people to
// say. Together they come to every question and every option of it, to every
// cause, danger, article and stage: nothing was written that nobody ever sees.
func TestWalksReachEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine alone")
	}
	k := content(t)
	words := k.Sayings()
	left := everything(k)
	steps, tried := 0, make(map[string]int)
	for seed := uint64(0); len(left) > 0 && seed < walksToReach(); seed++ {
		w := walk.NewWalker(walk.New(k, morning), words, seed)
		w.Tried = tried
		if seed%4 == 0 {
			w.Seeks = []bot.Act{"m", "mm", "l"} // somebody who goes up the ladder
		}
		for range 60 {
			w.Step(func(e bot.Event, fx bot.Effects) { reached(left, w, e, fx) })
			steps++
		}
	}
	t.Logf("everything after %d steps", steps)
	for _, what := range slices.Sorted(maps.Keys(left)) {
		t.Errorf("not reached: %s", what)
	}
}

func walksToReach() uint64 {
	if os.Getenv("TIXIANBOT_TEST_LONG") != "" {
		return 10_000
	}
	return 2_000
}

// everything returns what is to be reached.
func everything(k *knowledge.Pack) map[string]bool {
	all := make(map[string]bool)
	for _, q := range k.Questions {
		all["question "+string(q.Fact)] = true
		for _, o := range q.Options {
			all["option "+string(q.Fact)+"="+string(o.Value)] = true
		}
	}
	for _, id := range k.CauseIDs() {
		all["cause "+id] = true
	}
	for _, r := range k.Ladder {
		all["stage "+r.Stage] = true
	}
	return all
}

// reached takes what an event came to off what is left.
func reached(left map[string]bool, w *walk.Walker, e bot.Event, fx bot.Effects) {
	if fx.Ask != "" {
		delete(left, "question "+string(fx.Ask))
	}
	if p, ok := e.(bot.Pressed); ok && (p.Press.Act == "a" || p.Press.Act == "t") {
		delete(left, "option "+p.Press.Arg)
	}
	if id, ok := strings.CutPrefix(w.Case.Screen, "do:"); ok {
		delete(left, "cause "+id)
	}
	if w.Case.Screen == "fraud" {
		delete(left, "cause scam_pay_first")
	}
	delete(left, "stage "+string(w.Case.Stage))
}
