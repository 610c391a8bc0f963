package relay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
)

// clerk is a core that orders what it is told to make, and hands it on. "drop"
// takes the order back, "forget" forgets the chat.
func clerk(_ *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
	var fx bot.Effects
	c.Number = 1
	switch e := in.Event.(type) {
	case bot.Said:
		switch e.Text {
		case "drop":
			fx.Drop = []string{"pack"}
		case "forget":
			fx.Forget = true
		default:
			fx.Orders = []bot.Order{{Name: "pack", Kind: bot.OrderPack, Args: e.Text}}
		}
	case bot.Progress:
		fx.Messages = []bot.Message{{Text: fmt.Sprintf("%d of %d", e.Done, e.Total)}}
	case bot.Made:
		if e.Order.Args == "poison" {
			panic("poison")
		}
		if e.Err != "" {
			fx.Messages = []bot.Message{{Text: e.Order.Args + " " + e.Err}}
		}
		for _, f := range e.Files {
			fx.Messages = append(fx.Messages, bot.Message{Text: f.Name, File: f})
		}
	}
	return c, fx
}

// press is a maker that writes one file and one more that nobody wants. The
// words of the order say what goes wrong.
type press struct{ tries map[string]int }

func (p *press) make(ctx context.Context, w Work) (bot.Made, error) {
	p.tries[w.Order.Args]++
	n := p.tries[w.Order.Args]
	switch {
	case w.Order.Args == "clumsy" && n < 3:
		return bot.Made{}, errors.New("slipped")
	case w.Order.Args == "broken":
		panic("broken")
	case w.Order.Args == "stray":
		return bot.Made{Files: []bot.Attachment{{Path: filepath.Join(w.Dir, "..", "else")}}}, nil
	case w.Order.Args == "absent":
		return bot.Made{Files: []bot.Attachment{{Path: "absent"}}}, nil
	case w.Order.Args == "slow":
		for i := range 4 {
			w.Progress(i, 4)
			rest(ctx, 2*time.Second)
		}
	case w.Order.Args == "endless":
		<-ctx.Done()
		return bot.Made{}, ctx.Err()
	}
	for _, name := range []string{"made", "waste"} {
		if err := os.WriteFile(filepath.Join(w.Dir, name), []byte(w.Order.Args), 0o600); err != nil {
			return bot.Made{}, err
		}
	}
	return bot.Made{Files: []bot.Attachment{{Path: "made", Name: w.Order.Args + ".zip"}}}, nil
}

// working makes a world in which p makes packs, two at a time.
func working(p *press, dir string) func(*Config) {
	return func(c *Config) {
		c.Step, c.Dir = clerk, dir
		c.Makers = map[bot.OrderKind]Maker{bot.OrderPack: {AtOnce: 2, Make: p.make}}
	}
}

// lying returns how many folders lie in dir.
func lying(t *testing.T, dir string) int {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(found)
}

func TestAnOrderComesBackAsAFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	in(t, func(t *testing.T) {
		p := &press{map[string]int{}}
		w := newWorld(t, working(p, dir))
		w.commit(w.said(ann, "one"), w.said(bob, "two"))
		w.settle()
		same(t, "ann got", w.messenger.texts(ann), []string{"one.zip"})
		same(t, "bob got", w.messenger.texts(bob), []string{"two.zip"})
		if n := lying(t, dir); n != 0 {
			t.Errorf("%d folders are left", n)
		}
		w.restart(working(p, dir))
		time.Sleep(time.Hour)
		if p.tries["one"] != 1 || p.tries["two"] != 1 || w.check().Orders != 0 {
			t.Errorf("made %v times", p.tries)
		}
	})
}

// What goes wrong while something is made, and what the chat hears of it.
func TestOrdersThatFail(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	for _, c := range []struct {
		what, want string
		tries      int
	}{
		{"clumsy", "clumsy.zip", 3},
		{"broken", "broken failed", 3},
		{"stray", "stray failed", 3},
		{"absent", "absent failed", 3},
		{"endless", "endless failed", 3},
		{"poison", string(bot.NoticeFault), 1},
	} {
		in(t, func(t *testing.T) {
			p := &press{map[string]int{}}
			w := newWorld(t, working(p, dir))
			w.commit(w.said(ann, c.what))
			time.Sleep(time.Hour)
			w.settle()
			same(t, c.what, w.messenger.texts(ann), []string{c.want})
			if p.tries[c.what] != c.tries || w.check().Orders != 0 || lying(t, dir) != 0 {
				t.Errorf("%s: %d tries, %d folders", c.what, p.tries[c.what], lying(t, dir))
			}
		})
	}
}

func TestAnOrderOfAKindThatNobodyMakes(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.Step = clerk })
		w.commit(w.said(ann, "one"))
		w.settle()
		same(t, "ann got", w.messenger.texts(ann), []string{"one failed"})
	})
}

// Slow work says how far it is, every few seconds; quick work does not.
func TestProgress(t *testing.T) {
	dir := t.TempDir()
	in(t, func(t *testing.T) {
		w := newWorld(t, working(&press{map[string]int{}}, dir))
		w.commit(w.said(ann, "slow"))
		time.Sleep(time.Minute)
		w.settle()
		same(t, "ann got", w.messenger.texts(ann), []string{"2 of 4", "slow.zip"})
	})
}

// What is under way when the process ends is made by the next one, and what
// was made and not yet delivered is delivered by it.
func TestOrdersOverARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	in(t, func(t *testing.T) {
		p := &press{map[string]int{}}
		w := newWorld(t, working(p, dir))
		w.commit(w.said(ann, "slow"))
		time.Sleep(time.Second)
		w.messenger.refuse = func(c call, _ int) error { return &bot.Refusal{Reason: bot.Unreachable} }
		w.commit(w.said(bob, "one"))
		w.quiet()
		w.restart(working(p, dir))
		time.Sleep(time.Minute)
		w.settle()
		same(t, "ann got", w.messenger.texts(ann), []string{"2 of 4", "slow.zip"})
		same(t, "bob got", w.messenger.texts(bob), []string{"one.zip"})
		if p.tries["slow"] != 2 || p.tries["one"] != 1 || lying(t, dir) != 0 {
			t.Errorf("made %v times, %d folders are left", p.tries, lying(t, dir))
		}
	})
}

// Work that ends the process each time is given up.
func TestAnOrderThatEndsTheProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	in(t, func(t *testing.T) {
		p := &press{map[string]int{}}
		w := newWorld(t, working(p, dir))
		w.commit(w.said(ann, "slow"))
		for range begunAtMost - 1 {
			time.Sleep(time.Second)
			w.restart(working(p, dir))
		}
		time.Sleep(time.Second)
		w.restart(working(p, dir))
		time.Sleep(time.Minute)
		same(t, "ann got", w.messenger.texts(ann), []string{"slow failed"})
		if p.tries["slow"] != begunAtMost {
			t.Errorf("begun %d times", p.tries["slow"])
		}
	})
}

// An order that was given anew, taken back or forgotten brings nothing.
func TestOrdersThatAreNotWantedAnyMore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	for then, want := range map[string][]string{"drop": nil, "forget": nil, "one": {"one.zip"}} {
		in(t, func(t *testing.T) {
			w := newWorld(t, working(&press{map[string]int{}}, dir))
			w.commit(w.said(ann, "slow"))
			time.Sleep(time.Second)
			w.commit(w.said(ann, then))
			time.Sleep(time.Hour)
			w.settle()
			same(t, "after "+then, w.messenger.texts(ann), want)
			if w.check().Orders != 0 || lying(t, dir) != 0 {
				t.Errorf("after %s: %d folders are left", then, lying(t, dir))
			}
		})
	}
}

// When a chat is forgotten, so is the file on its way to it.
func TestForgettingTakesFilesAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	in(t, func(t *testing.T) {
		w := newWorld(t, working(&press{map[string]int{}}, dir))
		w.messenger.refuse = func(c call, _ int) error { return &bot.Refusal{Reason: bot.Blocked} }
		w.commit(w.said(ann, "one"))
		w.settle()
		if lying(t, dir) != 1 {
			t.Fatalf("%d folders wait", lying(t, dir))
		}
		w.commit(w.said(ann, "forget"))
		w.settle()
		if lying(t, dir) != 0 {
			t.Error("the file is left")
		}
	})
}

// What an earlier process left lying about is removed, and what waits is not.
func TestLeftOversAreRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	in(t, func(t *testing.T) {
		p := &press{map[string]int{}}
		w := newWorld(t, working(p, dir))
		w.messenger.refuse = func(c call, _ int) error { return &bot.Refusal{Reason: bot.Blocked} }
		w.commit(w.said(ann, "one"))
		w.settle()
		w.stop()
		if err := os.MkdirAll(filepath.Join(dir, "order-old", "deep"), 0o700); err != nil {
			t.Fatal(err)
		}
		w.start(working(p, dir))
		w.settle()
		if lying(t, dir) != 1 {
			t.Errorf("%d folders, want the one that waits", lying(t, dir))
		}
	})
}

// Many orders of a kind take their turns, and other chats do not wait for them.
func TestOrdersTakeTurns(t *testing.T) {
	dir := t.TempDir()
	in(t, func(t *testing.T) {
		w := newWorld(t, working(&press{map[string]int{}}, dir))
		for i := range 6 {
			w.commit(w.said(bot.ChatID(i+1), "slow"))
		}
		time.Sleep(time.Second)
		w.commit(w.said(ann, "drop"))
		time.Sleep(9 * time.Second)
		if n := w.Stats().Made; n != 2 {
			t.Errorf("%d were made in the time of one, want 2", n)
		}
		time.Sleep(16 * time.Second)
		if n := w.Stats().Made; n != 6 {
			t.Errorf("%d were made, want 6", n)
		}
	})
}
