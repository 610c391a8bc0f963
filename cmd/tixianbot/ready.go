package main

import (
	"errors"
	"sync/atomic"

	"tixianbot/store"
)

// watched is the store of a running bot, which knows whether the last attempt
// to write to it succeeded.
type watched struct {
	*store.Store
	failing atomic.Bool
}

// Commit is that of the store.
func (w *watched) Commit(c store.Change) (store.Receipt, error) {
	receipt, err := w.Store.Commit(c)
	w.note(err)
	return receipt, err
}

// Settle is that of the store.
func (w *watched) Settle(c store.Settlement) (next store.Class, err error) {
	next, err = w.Store.Settle(c)
	w.note(err)
	return next, err
}

// note takes in how a write ended. A change that can never be written says
// nothing about others.
func (w *watched) note(err error) {
	if !errors.Is(err, store.ErrInvalid) {
		w.failing.Store(err != nil)
	}
}

// What keeps a bot from answering its users.
var (
	errStoreDown       = errors.New("the database cannot be written")
	errTelegramUnheard = errors.New("Telegram was not reached, or another bot uses the token")
)

// unready returns why users are not being answered, or nil if they are.
func (d deployed) unready() error {
	if d.store.failing.Load() {
		return errStoreDown
	}
	if d.hook != nil {
		return d.hook.Ready()
	}
	if !d.client.Ready() {
		return errTelegramUnheard
	}
	return nil
}
