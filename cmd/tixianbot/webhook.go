package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"

	"tixianbot/bot/telegram"
)

// taken are the paths that are served for monitors.
var taken = []string{"/healthz", "/readyz", "/metrics"}

// webhook returns the webhook that is configured, or nil for polling.
func (p *program) webhook(client *telegram.Client) (*telegram.Webhook, error) {
	if p.WebhookURL == "" {
		if os.Getenv(hookSecretName) != "" || os.Getenv(hookSecretName+"_FILE") != "" {
			return nil, fmt.Errorf("%s is set without TIXIANBOT_WEBHOOK_URL: the bot would poll; set both or neither", hookSecretName)
		}
		return nil, nil
	}
	if p.Listen == "" {
		return nil, errors.New("TIXIANBOT_WEBHOOK_URL is set, but TIXIANBOT_LISTEN is empty: nobody could call the webhook")
	}
	secret, err := secret(hookSecretName)
	if err != nil {
		return nil, fmt.Errorf("a webhook needs a secret: %w", err)
	}
	hook, err := client.Webhook(p.WebhookURL, secret)
	if err != nil {
		return nil, fmt.Errorf("read TIXIANBOT_WEBHOOK_URL and its secret: %w", err)
	}
	if slices.Contains(taken, hook.Path()) {
		return nil, fmt.Errorf("TIXIANBOT_WEBHOOK_URL has the path %s, which answers monitors; choose another", hook.Path())
	}
	return hook, nil
}

// route serves the webhook at its path and leaves everything else to rest.
func route(path string, hook, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			hook.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}
