package dossier

import (
	"strings"
	"unicode"

	"tixianbot/bot"
)

// talk returns what was said with the platform, as Markdown.
func (s *story) talk() []byte {
	var out strings.Builder
	out.WriteString("# " + s.say("talk.title") + "\n\n" + s.say("talk.intro", "n", number(s.c.Number)) + "\n")
	talks := s.talks()
	if len(talks) == 0 {
		out.WriteString("\n" + s.say("talk.none") + "\n")
	}
	for i, r := range talks {
		s.tellTalk(&out, i+1, r)
	}
	return []byte(out.String())
}

func (s *story) tellTalk(out *strings.Builder, n int, r row) {
	out.WriteString("\n## " + s.say("talk.entry", "n", number(n), "at", r.at, "what", r.step) + "\n\n")
	if r.struck {
		out.WriteString("**" + s.say("talk.struck") + "**\n\n")
	}
	result := "col.result"
	if r.kind == bot.RecordContact || r.kind == bot.RecordPasted {
		result = "part.said"
	}
	for _, f := range []struct{ id, text string }{
		{"part.channel", r.channel}, {"part.agent", r.agent}, {result, r.result}, {"part.promise", s.clauses(r.promise)},
		{"part.ticket", r.ticket}, {"col.remark", r.remark}, {"talk.text", r.text},
	} {
		if f.text == "" {
			continue
		}
		if !strings.Contains(f.text, "\n") && f.id != "talk.text" {
			out.WriteString("- " + s.say("value.pair", "name", s.say(f.id), "value", escape(f.text)) + "\n")
			continue
		}
		out.WriteString("- " + s.say("value.pair", "name", s.say(f.id), "value", "") + "\n")
		for line := range strings.SplitSeq(f.text, "\n") {
			out.WriteString(strings.TrimRight("  > "+escape(line), " ") + "  \n")
		}
	}
}

// escape returns one line of text such that Markdown shows it as it is: a
// backslash before every sign that could mean something.
func escape(line string) string {
	var out strings.Builder
	for i, r := range line {
		before := strings.TrimLeftFunc(line[:i], unicode.IsSpace)
		digits := before != "" && strings.TrimLeftFunc(before, unicode.IsDigit) == ""
		switch {
		case strings.ContainsRune("\\`*_[]<>|~&", r):
			out.WriteByte('\\')
		case before == "" && strings.ContainsRune("#-+=", r):
			out.WriteByte('\\')
		case digits && (r == '.' || r == ')'):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
