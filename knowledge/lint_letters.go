package knowledge

import (
	"strings"

	"tixianbot/knowledge/letter"
)

// letters checks what the bot says about letters in its own voice, and the
// letters themselves, which speak to a company in the user's.
func (l *linter) letters() {
	for _, kind := range letter.Kinds {
		f, where := l.pack.Letters.Form(kind), "letters/"+string(kind)+".yaml"
		l.text(where+": name", f.Name, longestName)
		for _, n := range f.Needs {
			l.text(where+": needs", n.Say, longestStep)
		}
		l.text(where, f.Use+"\n"+f.To, longestText)
		zh := f.Texts[letter.Chinese]
		l.cited(where, zh.Title+"\n"+zh.Body, f.Sources)
		l.spoken(where, zh.Title+"\n"+zh.Body)
	}
	for id, say := range l.pack.Letters.Sentences() {
		l.text("letters/check.yaml: "+id, say, longestStep)
	}
}

// spoken finds forbidden phrases in a text that speaks in the user's voice.
func (l *linter) spoken(where, text string) {
	text = strings.NewReplacer("[", "", "]", "", "|", "").Replace(text)
	for i, f := range l.pack.Forbidden {
		if hit := l.says(i, text); hit != "" && f.Rule != ruleVoice {
			l.add(FindForbidden, true, where, "%q is forbidden (%s): %s", hit, f.Rule, f.Why)
		}
	}
}
