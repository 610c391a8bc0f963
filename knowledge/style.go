package knowledge

import (
	"regexp"
	"slices"
	"strings"

	"tixianbot/knowledge/markup"
)

// law finds the title of a law in a text.
var law = regexp.MustCompile(`《([^《》]+)》`)

// twice finds lines that say the same again.
func (l *linter) twice(where string, lines []string) {
	seen := make(map[string]bool)
	for _, line := range lines {
		line = strings.TrimSpace(strings.TrimLeft(markup.Text(line), "0123456789.- "))
		if line != "" && seen[line] {
			l.add(FindStyle, true, where, "%q stands there twice", line)
		}
		seen[line] = true
	}
}

// cited finds laws that a text names and none of its sources is.
func (l *linter) cited(where, text string, sources []string) {
	for _, hit := range law.FindAllStringSubmatch(text, -1) {
		if !slices.ContainsFunc(sources, func(id string) bool {
			return strings.Contains(l.pack.sources[id].Title, hit[1])
		}) {
			l.add(FindSource, true, where, "names %s, and none of its sources does", hit[0])
		}
	}
}

// caveat wants a claim whose sources are all of medium confidence to send the
// user to the official page.
func (l *linter) caveat(where string, sources []string, text string) {
	sure := slices.ContainsFunc(sources, func(id string) bool { return l.pack.sources[id].Confidence == "high" })
	if !sure && !strings.Contains(text, l.pack.labels.Caveat) {
		l.add(FindSource, true, where, "rests on sources of medium confidence: send the user to the official page")
	}
}
