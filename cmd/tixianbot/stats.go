package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/store"
)

type statsCmd struct {
	JSON bool   `name:"json" help:"One JSON object."`
	DB   string `name:"db" placeholder:"FILE" help:"Another database than that of the bot."`
}

const (
	// leftAfter is how long a case lies untouched at a question before it counts
	// as left there.
	leftAfter = 72 * time.Hour

	// samples is how many masked samples of a gap are shown.
	samples = 3

	// sampleLen is how much of a sample is shown, in characters.
	sampleLen = 60
)

// Run prints how the cases stand and where the bot could not help, beside a
// running bot too.
func (cmd statsCmd) Run(ctx context.Context, p *program) error {
	return p.look(ctx, inquiry{Command: "stats", JSON: cmd.JSON}, cmd.DB)
}

// look counts and prints. Nothing in it tells whose case it is; what users wrote
// appears only after the share mask.
func (cmd statsCmd) look(ctx context.Context, at sight, out, errs io.Writer) error {
	k, err := at.pack()
	if err != nil {
		return err
	}
	counted := newStats(k, time.Now())
	for entry, err := range at.store.Cases() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fmt.Fprintln(errs, "tixianbot:", err)
			continue
		}
		counted.add(entry)
	}
	if cmd.JSON {
		return encode(out, counted.report())
	}
	return counted.report().print(out)
}

// stats counts cases.
type stats struct {
	k   *knowledge.Pack
	now time.Time

	cases         int
	stages        map[string]int
	causes        map[string]int
	left          map[string]int
	gaps          map[string]*gap
	solved        int
	solvedSeconds []float64
}

// gap is a question that the bot could not answer.
type gap struct {
	count   int
	samples []string
}

func newStats(k *knowledge.Pack, now time.Time) *stats {
	return &stats{
		k: k, now: now,
		stages: map[string]int{}, causes: map[string]int{}, left: map[string]int{}, gaps: map[string]*gap{},
	}
}

func (s *stats) add(e store.Entry) {
	if e.Case.Number == 0 {
		return // a group, or a chat in which nothing was said
	}
	s.cases++
	s.stages[string(e.Case.Stage)]++
	if len(e.Case.Facts) > 0 {
		s.causes[bot.Rank(s.k, e.Case, e.Case.Touched)[0].Cause]++
	}
	if name, ok := strings.CutPrefix(e.Case.Screen, "ask:"); ok && s.now.Sub(e.Case.Touched) > leftAfter {
		s.left[name]++
	}
	s.records(e)
}

// records counts what the timeline of a case tells: when it was solved, and
// what could not be answered.
func (s *stats) records(e store.Entry) {
	var solvedAt time.Time
	for _, r := range e.Records {
		switch {
		case r.Kind == bot.RecordStage && r.About == string(bot.Resolved):
			solvedAt = r.ToldAt
		case r.Kind == bot.RecordQuestion && r.About == "":
			s.gap("no_article", r.Text)
		case r.Kind == bot.RecordGap:
			s.gap(r.About, questionBefore(e.Records, r))
		}
	}
	if e.Case.Stage == bot.Resolved && !solvedAt.IsZero() {
		s.solved++
		s.solvedSeconds = append(s.solvedSeconds, solvedAt.Sub(e.Case.Opened).Seconds())
	}
}

// questionBefore returns the newest question before a record that says that an
// article did not help.
func questionBefore(records []bot.Record, r bot.Record) string {
	for _, q := range slices.Backward(records) {
		if q.Seq < r.Seq && q.Kind == bot.RecordQuestion {
			return q.Text
		}
	}
	return ""
}

func (s *stats) gap(id, text string) {
	g := s.gaps[id]
	if g == nil {
		g = &gap{}
		s.gaps[id] = g
	}
	g.count++
	text = strings.Join(strings.Fields(s.k.Screen.Share(text)), " ")
	if short := []rune(text); len(short) > sampleLen {
		text = string(short[:sampleLen]) + "…"
	}
	if text != "" && len(g.samples) < samples && !slices.Contains(g.samples, text) {
		g.samples = append(g.samples, text)
	}
}

// statsReport is what `stats --json` prints. The names are for good.
type statsReport struct {
	Cases             int         `json:"cases"`
	Stages            []counted   `json:"stages"`
	Causes            []counted   `json:"causes"`
	LeftAt            []counted   `json:"left_at"`
	Solved            int         `json:"solved"`
	SolvedMedianHours float64     `json:"solved_median_hours"`
	Gaps              []gapReport `json:"gaps"`
}

type counted struct {
	ID string `json:"id"`
	N  int    `json:"n"`
}

type gapReport struct {
	counted
	Samples []string `json:"samples"`
}

func (s *stats) report() statsReport {
	r := statsReport{
		Cases: s.cases, Stages: ordered(s.stages), Causes: ordered(s.causes), LeftAt: ordered(s.left),
		Solved: s.solved, Gaps: []gapReport{},
	}
	if n := len(s.solvedSeconds); n > 0 {
		slices.Sort(s.solvedSeconds)
		r.SolvedMedianHours = s.solvedSeconds[n/2] / time.Hour.Seconds()
	}
	counts := make(map[string]int, len(s.gaps))
	for id, g := range s.gaps {
		counts[id] = g.count
	}
	for _, c := range ordered(counts) {
		r.Gaps = append(r.Gaps, gapReport{c, append([]string{}, s.gaps[c.ID].samples...)})
	}
	return r
}

// ordered returns counts, the largest first.
func ordered(m map[string]int) []counted {
	out := []counted{}
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, counted{id, m[id]})
	}
	slices.SortStableFunc(out, func(a, b counted) int { return cmp.Compare(b.N, a.N) })
	return out
}

func (r statsReport) print(w io.Writer) error {
	fmt.Fprintf(w, "cases   %d\nsolved  %d", r.Cases, r.Solved)
	if r.Solved > 0 {
		fmt.Fprintf(w, ", half of them within %.1f h", r.SolvedMedianHours)
	}
	fmt.Fprintln(w)
	for _, part := range []struct {
		title string
		rows  []counted
	}{{"by stage", r.Stages}, {"by cause", r.Causes}, {"left at the question", r.LeftAt}} {
		fmt.Fprintf(w, "\n%s\n", part.title)
		for _, c := range part.rows {
			fmt.Fprintf(w, "  %6d  %s\n", c.N, c.ID)
		}
	}
	fmt.Fprintln(w, "\ngaps: questions without an answer (no_article) and articles that did not help")
	for _, g := range r.Gaps {
		fmt.Fprintf(w, "  %6d  %s\n", g.N, g.ID)
		for _, text := range g.Samples {
			fmt.Fprintf(w, "          %s\n", text)
		}
	}
	return nil
}
