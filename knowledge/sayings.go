package knowledge

import (
	"maps"
	"slices"

	"tixianbot/knowledge/screen"
)

// Sayings returns things that people say, out of the examples of the content:
// of each cause, of each danger, questions to the articles. They are for walks
// through the bot; nothing is read by them. The order is always the same.
func (p *Pack) Sayings() []string {
	var all []string
	for _, cause := range sortedKeys(p.weights.Voices.Of) {
		all = append(all, p.weights.Voices.Of[cause]...)
	}
	for _, id := range sortedKeys(p.articles) {
		all = append(all, p.articles[id].Asked...)
	}
	return append(all, p.alarms...)
}

// someAlarms is how many examples of each danger are among the sayings.
const someAlarms = 12

// alarming returns the first examples of each danger.
func alarming(rules []screen.Rules) []string {
	of := make(map[screen.Flag][]string)
	for _, r := range rules {
		for flag, texts := range r.Examples {
			if flag != screen.None {
				of[flag] = append(of[flag], texts...)
			}
		}
	}
	var all []string
	for _, flag := range slices.Sorted(maps.Keys(of)) {
		all = append(all, of[flag][:min(someAlarms, len(of[flag]))]...)
	}
	return all
}
