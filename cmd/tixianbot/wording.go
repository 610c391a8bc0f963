package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/openai"
	"tixianbot/bot/relay"
)

// wordingsAtOnce is how many requests to the language model are under way at the
// same time at most. Who waits longer than a wording may take gets the letter
// as it is.
const wordingsAtOnce = 16

// spentWording is what requests to the language model are counted under.
const spentWording = "wording"

// model is the language model that words letters. The nil model is none.
type model struct {
	ask interface {
		Draft(context.Context, openai.Draft) (string, error)
	}
	user  int // requests a day for one chat, -1: no limit
	all   int // … in all
	zone  *time.Location
	log   *slog.Logger
	heard func(result string) // hears what came of each request; may be nil
	spend func(what, day string, limit int) (bool, error)
}

// wording returns the language model that the configuration names, nil if none.
func (p *program) wording(log *slog.Logger) (*model, error) {
	if os.Getenv(modelKeyName) == "" && os.Getenv(modelKeyName+"_FILE") == "" {
		return nil, nil
	}
	key, err := secret(modelKeyName)
	if err != nil {
		return nil, err
	}
	user, all, err := p.llmDaily()
	if err != nil {
		return nil, err
	}
	zone, err := p.zone()
	if err != nil {
		return nil, err
	}
	d, err := openai.New(openai.Config{BaseURL: p.OpenAIBaseURL, Key: key, Model: p.OpenAIModel, Insecure: p.InsecureHTTP})
	if err != nil {
		return nil, err
	}
	return &model{ask: d, user: user, all: all, zone: zone, log: log}, nil
}

// count has heard told of what comes of each request.
func (m *model) count(heard func(result string)) {
	if m != nil {
		m.heard = heard
	}
}

func (m *model) tell(result string) {
	if m.heard != nil {
		m.heard(result)
	}
}

// llmDaily returns how many requests a day one user may make, and all together;
// -1 is no limit.
func (c config) llmDaily() (user, all int, err error) {
	first, second, two := strings.Cut(c.LLMDaily, "/")
	if !two {
		second = first
	}
	user, err = strconv.Atoi(strings.TrimSpace(first))
	all, err2 := strconv.Atoi(strings.TrimSpace(second))
	if errors.Join(err, err2) != nil || user < 0 || all < 0 {
		return 0, 0, fmt.Errorf("TIXIANBOT_LLM_DAILY is %q, want requests a day for one user and in all, such as 20/1000", c.LLMDaily)
	}
	if user == 0 {
		user = -1
	}
	if all == 0 {
		all = -1
	}
	return user, all, nil
}

// each returns how many requests a day one chat may make.
func (m *model) each() int {
	if m == nil {
		return 0
	}
	return m.user
}

// spender counts what is used up by the day, for good.
type spender interface {
	Spend(what, day string, limit int) (bool, error)
}

// maker returns what does the orders for wordings, nil where there is no model.
func (m *model) maker(s spender) *relay.Maker {
	if m == nil {
		return nil
	}
	m.spend = s.Spend
	return &relay.Maker{AtOnce: wordingsAtOnce, Time: bot.WordingTime, Make: m.word}
}

// word asks the language model once. What becomes of it is always an answer: a
// wording is not worth a second try that nobody agreed to.
func (m *model) word(ctx context.Context, w relay.Work) (bot.Made, error) {
	var q bot.WordingRequest
	if err := json.Unmarshal([]byte(w.Order.Args), &q); err != nil {
		return bot.Made{Err: bot.ErrMade}, nil
	}
	ctx, cancel := context.WithDeadline(ctx, q.Until)
	defer cancel()
	if ctx.Err() != nil {
		return bot.Made{Err: bot.ErrSlow}, nil
	}
	if m.all >= 0 {
		ok, err := m.spend(spentWording, w.Now.In(m.zone).Format(time.DateOnly), m.all)
		if err != nil {
			return bot.Made{}, err
		}
		if !ok {
			m.tell("spent")
			return bot.Made{Err: bot.ErrSpent}, nil
		}
	}
	begun := time.Now()
	text, err := m.ask.Draft(ctx, openai.Draft{Brief: q.Brief, Letter: q.Letter, Reply: q.Reply, Findings: q.Findings})
	if err != nil {
		return m.failed(err, time.Since(begun)), nil
	}
	m.tell("worded")
	m.log.Info("letter worded", "took", time.Since(begun).Round(time.Millisecond).String(), "again", q.Reply != "")
	return bot.Made{Text: text}, nil
}

// failed logs why there is no wording, which says nothing of a letter, and
// returns what the user is to hear.
func (m *model) failed(err error, took time.Duration) bot.Made {
	var f *openai.Failure
	if !errors.As(err, &f) {
		f = &openai.Failure{Reason: openai.Stopped}
	}
	m.tell(string(f.Reason))
	m.log.Warn("letter not worded", "reason", string(f.Reason), "status", f.Status, "took", took.Round(time.Millisecond).String())
	if f.Reason == openai.Slow {
		return bot.Made{Err: bot.ErrSlow}
	}
	return bot.Made{Err: bot.ErrMade}
}
