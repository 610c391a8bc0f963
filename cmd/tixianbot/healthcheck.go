package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

type healthcheckCmd struct{}

// Run asks /healthz of the bot that has the same configuration. It fails if
// nothing answers within five seconds.
func (healthcheckCmd) Run(ctx context.Context, p *program) error {
	address, err := healthAddress(p.Listen)
	if err != nil {
		return usageError{err}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("ask the bot: %w", err)
	}
	direct := http.Client{Transport: &http.Transport{}} // no proxy stands between the bot and itself
	response, err := direct.Do(request)
	if err != nil {
		return fmt.Errorf("ask the bot: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the bot: it answers %s", response.Status)
	}
	return nil
}

// healthAddress returns where a bot that listens at listen answers.
func healthAddress(listen string) (string, error) {
	if listen == "" {
		return "", errors.New("TIXIANBOT_LISTEN is empty: the bot listens nowhere and cannot be asked")
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("read TIXIANBOT_LISTEN: %w", err)
	}
	if port == "0" || port == "" {
		return "", errors.New("TIXIANBOT_LISTEN has port 0: which one was picked is not known here")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // an image may have no list of host names
	}
	at := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/healthz"}
	return at.String(), nil
}
