package main

import (
	"context"
	"log/slog"
	"os"
	"sync/atomic"

	"tixianbot/knowledge"
)

// shelf holds the content that the bot works with at the moment.
type shelf struct {
	overlay string // folder that overlays the built-in content, or ""
	now     atomic.Pointer[knowledge.Pack]
}

// openShelf reads the content for the first time.
func openShelf(overlay string) (*shelf, error) {
	s := &shelf{overlay: overlay}
	return s, s.read()
}

// read reads the content anew. If anything is wrong with it, the last good
// content stays.
func (s *shelf) read() error {
	pack, err := knowledge.Load(s.overlay)
	if err != nil {
		return err
	}
	go pack.Screen.Prepare() // the first message should not wait for it
	s.now.Store(pack)
	return nil
}

// pack returns the content as it is now.
func (s *shelf) pack() *knowledge.Pack { return s.now.Load() }

// follow reads the content anew whenever it is told to, until ctx is done, and
// puts a token into read, which has room for one, when it has.
func (s *shelf) follow(ctx context.Context, again <-chan os.Signal, read chan<- struct{}, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-again:
		}
		if err := s.read(); err != nil {
			log.Error("content refused, the last good content stays", "error", err)
			continue
		}
		log.Info("content read")
		select {
		case read <- struct{}{}:
		default: // there is one already
		}
	}
}
