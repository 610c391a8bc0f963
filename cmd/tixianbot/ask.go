package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/terminal"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/screen"
	"tixianbot/knowledge/triage"
)

type askCmd struct {
	Text []string `arg:"" help:"What a user writes first."`
	JSON bool     `name:"json" help:"What was read and thought, as one JSON object, instead of the answer."`
}

const (
	askCauses = 5 // causes shown
	askTopics = 3 // topics shown
)

// Run answers one message of somebody who never wrote before. Nothing is kept.
func (cmd askCmd) Run(ctx context.Context, p *program) error {
	zone, err := p.zone()
	if err != nil {
		return err
	}
	k, err := knowledge.Load(p.Content)
	if err != nil {
		return err
	}
	text, now := strings.Join(cmd.Text, " "), time.Now().In(zone)
	c, fx := bot.Step(k, bot.Case{}, bot.Input{At: now, Event: bot.Said{Text: text}})
	if cmd.JSON {
		return encode(p.out, thought(k, text, now, c, fx))
	}
	page := terminal.New(p.out, now)
	for _, m := range fx.Messages {
		if _, err := page.Send(ctx, terminal.Chat, m, 0, false); err != nil {
			return fmt.Errorf("print the answer: %w", err)
		}
	}
	return nil
}

// thoughts are what `ask --json` prints. The names are for good.
type thoughts struct {
	Facts  fact.Facts     `json:"facts"`
	Causes []thoughtCause `json:"causes"`
	Topics []thoughtTopic `json:"topics"`
	Flag   screen.Flag    `json:"flag"`
	Ask    fact.Name      `json:"ask"`
}

type thoughtCause struct {
	ID      string   `json:"id"`
	P       float64  `json:"p"`
	Because []string `json:"because"`
}

type thoughtTopic struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`
}

func thought(k *knowledge.Pack, text string, now time.Time, c bot.Case, fx bot.Effects) thoughts {
	out := thoughts{
		Facts: c.Values(), Causes: []thoughtCause{}, Topics: []thoughtTopic{},
		Flag: fx.Flag, Ask: fx.Ask,
	}
	if out.Flag == "" {
		out.Flag = screen.None
	}
	for _, r := range bot.Rank(k, c, now)[:askCauses] {
		out.Causes = append(out.Causes, thoughtCause{ID: r.Cause, P: round(r.P), Because: because(c, r)})
	}
	hits := k.Index.Find(text, askTopics)
	if k.Index.Knows(hits) {
		for _, h := range hits {
			out.Topics = append(out.Topics, thoughtTopic{ID: h.ID, Score: round(h.Score)})
		}
	}
	return out
}

// because returns what speaks for a cause: fact=value, or the user's phrase.
func because(c bot.Case, r triage.Ranked) []string {
	out := []string{}
	for _, reason := range r.Because {
		switch {
		case reason.Cue != "":
			out = append(out, "cue:"+reason.Cue)
		case reason.Member != "":
			out = append(out, string(reason.Fact)+"="+reason.Member)
		default:
			out = append(out, string(reason.Fact)+"="+string(c.Facts[reason.Fact].Value))
		}
	}
	return out
}

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }
