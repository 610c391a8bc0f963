package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// endpoint serves what monitors ask: /healthz says that the process works,
// /readyz that users are being answered, /metrics what is counted; and the
// webhook, if there is one.
type endpoint struct {
	server http.Server
	ended  chan struct{}
}

// listen starts to serve h at address, "" being nowhere. The address that was
// taken is logged.
func listen(address string, h http.Handler, log *slog.Logger) (*endpoint, error) {
	e := &endpoint{ended: make(chan struct{})}
	if address == "" {
		close(e.ended)
		return e, nil
	}
	socket, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen at TIXIANBOT_LISTEN: %w", err)
	}
	log.Info("listening", "address", socket.Addr().String())
	limit(&e.server, h)
	go func() {
		defer close(e.ended)
		if err := e.server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the listener ended", "error", err)
		}
	}()
	return e, nil
}

// limit has the server serve h, and cut off clients that send or read slowly.
// Connections that do nothing are kept for a while: a proxy that uses one which
// has just been closed would answer for the bot that it is gone.
func limit(server *http.Server, h http.Handler) {
	server.Handler = h
	server.ReadHeaderTimeout = 5 * time.Second
	server.ReadTimeout = 10 * time.Second
	server.WriteTimeout = 10 * time.Second
	server.IdleTimeout = 2 * time.Minute
	server.MaxHeaderBytes = 16 << 10
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
}

// handler answers monitors; unready returns why users are not being answered, or
// nil, and metrics serves what is counted.
func handler(unready func() error, metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := unready(); err != nil {
			http.Error(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ready\n")
	})
	mux.Handle("GET /metrics", metrics)
	return mux
}

// close stops serving, and waits for answers on their way for as long as ctx allows.
func (e *endpoint) close(ctx context.Context) {
	if err := e.server.Shutdown(ctx); err != nil {
		_ = e.server.Close()
	}
	<-e.ended
}
