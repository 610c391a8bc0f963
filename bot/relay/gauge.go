package relay

import (
	"context"
	"sync"
)

// gauge counts what is under way and tells when nothing is.
type gauge struct {
	mu   sync.Mutex
	n    int
	zero chan struct{} // closed when n comes down to 0; nil if nobody waits
}

func (g *gauge) add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n += n
	if g.n == 0 && g.zero != nil {
		close(g.zero)
		g.zero = nil
	}
}

func (g *gauge) wait(ctx context.Context) error {
	zero := g.empty()
	if zero == nil {
		return nil
	}
	select {
	case <-zero:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// empty returns nil if nothing is under way, and else what is closed then.
func (g *gauge) empty() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.n == 0 {
		return nil
	}
	if g.zero == nil {
		g.zero = make(chan struct{})
	}
	return g.zero
}
