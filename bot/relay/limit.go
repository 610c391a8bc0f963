package relay

import (
	"tixianbot/bot"
	"tixianbot/store"
)

// Who is let in is decided here, in front of the core: it is about persons and
// not about cases, and of those who are not let in nothing is to be kept. How
// fast one who is let in gets answers is decided in the core, which keeps count
// in the case: see [bot.Use].

// gate says whose updates are worked on.
type gate struct {
	allow map[bot.ChatID]bool // empty: everybody
	block map[bot.ChatID]bool
}

func newGate(c Config) gate { return gate{setOf(c.Allow), setOf(c.Block)} }

func setOf(chats []bot.ChatID) map[bot.ChatID]bool {
	set := make(map[bot.ChatID]bool, len(chats))
	for _, chat := range chats {
		set[chat] = true
	}
	return set
}

// blocks reports whether chat is neither heard nor written to.
func (g gate) blocks(chat bot.ChatID) bool { return g.block[chat] }

// bars reports whether chat is not worked for.
func (g gate) bars(chat bot.ChatID) bool {
	return g.block[chat] || len(g.allow) > 0 && !g.allow[chat]
}

// bar takes an update of somebody who is not let in, and reports whether it is
// one. Of a blocked chat nothing is even written: its update has no effect that
// could come twice. Others are told once, which is noted with the update. What
// the bot had promised to one of them before, a reminder say, still comes.
func (r *Relay) bar(a arrival) (res result, barred bool, err error) {
	u := a.update
	if a.timer != nil || a.job != nil || a.order != nil || !r.gate.bars(u.Chat) {
		return res, false, nil
	}
	res.barred = true
	if r.gate.blocks(u.Chat) {
		return res, true, nil
	}
	st, err := r.cfg.Store.Load(u.Chat, u.ID, nil)
	if err != nil || st.Seen {
		return res, true, err
	}
	c := store.Change{Update: u.ID, Chat: u.Chat, Presence: presence(u.Event)}
	if addressed(u.Event) && !st.Barred {
		c.Bar = true
		if m, ok := r.notice(bot.NoticeRefused); ok {
			c.Queue = []store.Item{{ID: store.ItemID{Class: store.Answer}, Message: m}}
		}
	}
	if !c.Bar && (c.Presence == store.Gone) == st.Gone {
		return res, true, nil // it says nothing new
	}
	res.Receipt, err = r.cfg.Store.Commit(c)
	return res, true, err
}
