package dossier

import (
	"cmp"
	"fmt"
	"strings"

	"tixianbot/bot"
	"tixianbot/knowledge/fact"
)

func (s *story) column(id string, width float64) column {
	return column{s.say("col." + id), width, id == "n"}
}

// timelineTable is the timeline, a line an entry, the struck ones too.
func (s *story) timelineTable() table {
	t := table{name: s.say("sheet.timeline"), footer: s.say("sheet.page"), keep: 2, columns: []column{
		s.column("n", 8), s.column("at", 18), s.column("kind", 13), s.column("text", 40), s.column("result", 26), s.column("channel", 11),
		s.column("agent", 10), s.column("promise", 22), s.column("ticket", 15), s.column("evidence", 9), s.column("remark", 30),
	}}
	for _, r := range s.rows {
		n, exhibit := "", ""
		if r.n > 0 {
			n = number(r.n)
		}
		if r.exhibit > 0 {
			exhibit = s.say("evidence.number", "n", number(r.exhibit))
		}
		t.lines = append(t.lines, line{
			cells:  []string{n, r.at, r.step, r.text, r.result, r.channel, r.agent, r.promise, r.ticket, exhibit, r.remark},
			key:    r.key,
			struck: r.struck,
		})
	}
	return t
}

// factsTable is everything that is known, in full.
func (s *story) factsTable() table {
	t := table{name: s.say("sheet.facts"), footer: s.say("sheet.page"), upright: true, keep: 1, columns: []column{
		s.column("fact", 16), s.column("value", 46), s.column("quote", 32), s.column("remark", 16),
	}}
	t.lines = append(t.lines, line{cells: []string{s.say("cell.stage_now"), s.stage(string(s.c.Stage)), "", ""}})
	for _, spec := range fact.All() {
		k, ok := s.c.Facts[spec.Name]
		if !ok || k.Skipped && k.Value == "" {
			continue
		}
		remark := ""
		switch {
		case k.Value == "":
			remark = s.say("cell.unsure")
		case k.Approx:
			remark = s.say("cell.approx")
		}
		t.lines = append(t.lines, line{cells: []string{cmp.Or(s.k.FactLabel(spec.Name), string(spec.Name)), s.value(spec.Name), k.Quote, remark}})
	}
	return t
}

// indexTable lists the evidence, with what became of each piece.
func (s *story) indexTable(pieces []piece) table {
	t := table{name: s.say("sheet.index"), footer: s.say("sheet.page"), keep: 2, columns: []column{
		s.column("evidence", 9), s.column("file", 40), s.column("type", 15), s.column("at", 18), s.column("shows", 40),
		s.column("sha", 36), s.column("size", 9), s.column("state", 26),
	}}
	for _, p := range pieces {
		t.lines = append(t.lines, line{
			cells: []string{
				s.say("evidence.number", "n", number(p.record.Exhibit.Number)), p.name,
				s.exhibit(p.record.About),
				s.stamp(happened(p.record), p.record.Rough || p.record.At.IsZero()),
				s.shows(p.record), p.sha, s.size(p.size), s.state(p),
			},
			struck: !p.record.Struck.IsZero(),
		})
	}
	return t
}

// shows says what a piece of evidence shows: the caption, what was ticked.
func (s *story) shows(r bot.Record) string {
	return strings.TrimSpace(strings.TrimSpace(wordsOf(r)) + "\n" + s.ticked(r))
}

func (s *story) size(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n < 1000:
		return s.say("size.bytes", "n", fmt.Sprint(n))
	case n < 1_000_000:
		return s.say("size.kilo", "n", fmt.Sprintf("%.0f", float64(n)/1000))
	default:
		return s.say("size.mega", "n", fmt.Sprintf("%.1f", float64(n)/1_000_000))
	}
}

// state says where a piece of evidence is, or why it is not there.
func (s *story) state(p piece) string {
	var out []string
	switch {
	case p.state == inPack && p.part <= 1:
		out = append(out, s.say("state.here"))
	case p.state == inPack:
		out = append(out, s.say("state.part", "n", number(p.part)))
	default:
		out = append(out, s.say("state."+string(p.state)))
	}
	if p.changed {
		out = append(out, s.say("state.changed"))
	}
	return strings.Join(out, "\n")
}
