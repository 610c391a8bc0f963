package relay

import (
	"errors"
	"testing"
	"time"

	"tixianbot/bot"
)

// allowing lets only some chats in.
func allowing(chats ...bot.ChatID) func(*Config) {
	return func(c *Config) { c.Allow = chats }
}

func blocking(chats ...bot.ChatID) func(*Config) {
	return func(c *Config) { c.Block = chats }
}

// Who is not let in is told once, over restarts too, and nothing of what they
// send is kept; the others notice nothing.
func TestWhoIsNotLetInIsToldOnce(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, allowing(bob))
		w.commit(w.said(ann, "密 one"), w.said(ann, "密 two"), w.said(bob, "hello"))
		w.settle()
		same(t, "ann's", w.messenger.texts(ann), []string{string(bot.NoticeRefused)})
		same(t, "bob's", w.messenger.texts(bob), []string{"re hello"})
		w.restart(allowing(bob))
		press := w.update(ann, bot.Pressed{})
		press.Callback = "spin"
		w.commit(w.said(ann, "密 three"), press, w.update(ann, bot.Grouped{}), w.update(ann, bot.Left{}), w.update(ann, bot.Returned{}))
		w.settle()
		same(t, "ann's after a restart", w.messenger.texts(ann), nil)
		same(t, "acknowledged", w.messenger.answered(), []string{"spin: "})
		same(t, "kept", w.records(ann), nil)
		if n := w.Stats().Barred; n != 5 {
			t.Errorf("%d updates were barred, want 5", n)
		}
		w.restart()
		w.commit(w.said(ann, "let in"))
		w.settle()
		same(t, "ann's, let in", w.messenger.texts(ann), []string{"re let in"})
	})
}

// The sentence to somebody who is not let in is committed with the update, so
// that neither a store that fails nor a repetition leads to none, or to two.
func TestTheRefusalIsCommitted(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, allowing(bob))
		w.db.fail(errors.New("disk full"))
		u := w.said(ann, "one")
		if err := w.offer(u); err == nil {
			t.Fatal("acknowledged, though nothing could be written")
		}
		w.settle()
		same(t, "said in the outage", w.messenger.texts(ann), nil)
		w.db.fail(nil)
		w.commit(u, u)
		w.settle()
		same(t, "said", w.messenger.texts(ann), []string{string(bot.NoticeRefused)})
	})
}

// Who is blocked is neither heard nor written to. What they had and what comes
// due meanwhile waits, and is there when the block ends.
func TestABlockedChatIsLeftAlone(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h call"))
		w.restart(plans, blocking(ann))
		press := w.update(ann, bot.Pressed{})
		press.Callback = "spin"
		w.commit(w.said(ann, "in 2h other"), press)
		time.Sleep(24 * time.Hour)
		w.settle()
		same(t, "said to who is blocked", w.messenger.texts(ann), nil)
		same(t, "acknowledged", w.messenger.answered(), nil)
		w.db.fail(errors.New("disk full"))
		w.commit(w.said(ann, "in 3h third")) // needs no disk
		w.settle()
		same(t, "said in an outage", w.messenger.texts(ann), nil)
		w.db.fail(nil)
		w.restart(plans)
		w.settle()
		same(t, "said when the block has ended", w.messenger.texts(ann), []string{"ring call"})
		same(t, "kept", w.records(ann), []string{"call +0s"})
	})
}

// A reminder that was promised comes also to who is no longer let in.
func TestAPromisedReminderComes(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, plans)
		w.commit(w.said(ann, "in 1h call"))
		w.restart(plans, allowing(bob))
		time.Sleep(2 * time.Hour)
		w.settle()
		same(t, "said", w.messenger.texts(ann), []string{"ring call"})
	})
}

// The rate reaches the core, as everything that decides does.
func TestTheRateIsAnInput(t *testing.T) {
	in(t, func(t *testing.T) {
		w := newWorld(t, func(c *Config) { c.UserRate = 2.5 })
		in, _, _, err := w.look(arrival{update: w.said(ann, "one")})
		if err != nil || in.Rate != 2.5 {
			t.Errorf("the core is given %v, %v", in.Rate, err)
		}
	})
}
