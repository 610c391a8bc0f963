package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tixianbot/bot/telegram/telegramtest"
)

const webhookHeading = "### By webhook, behind a proxy"

// TestTheProxyOfTheReadme: the address that the README gives the bot is the one
// that its proxy passes on to where the bot listens; and through a proxy that
// does what is written there, with TLS, Telegram reaches the bot, and nothing else does.
func TestTheProxyOfTheReadme(t *testing.T) {
	unhurried(t)
	shell, caddy := blocks(t, webhookHeading, "sh")[0], blocks(t, webhookHeading, "caddyfile")[0]
	known(t, shell)
	at, err := url.Parse(part(t, `TIXIANBOT_WEBHOOK_URL=(\S+)`, shell))
	if err != nil {
		t.Fatal(err)
	}
	host, path := part(t, `(?m)^(\S+) \{$`, caddy), part(t, `handle (/\S+) \{`, caddy)
	if at.Scheme != "https" || at.Host != host || at.Path != path {
		t.Errorf("the proxy serves https://%s%s, the bot is at %v", host, path, at)
	}
	upstream := part(t, `reverse_proxy (\S+)`, caddy)
	if want := byName(t, "TIXIANBOT_LISTEN"); upstream != want || !strings.Contains(shell, want) {
		t.Errorf("the proxy passes on to %s, the bot listens at %s", upstream, want)
	}
	secret := filepath.Join(t.TempDir(), "webhook-secret")
	if err := os.WriteFile(secret, []byte(hex.EncodeToString(make([]byte, 32))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	srv := telegramtest.New(t)
	srv.Patience(patience)
	b := start(t, srv, t.TempDir(), "TIXIANBOT_WEBHOOK_URL="+at.String(), "TIXIANBOT_WEBHOOK_SECRET_FILE="+secret)
	proxy := passing(t, path, b.address)
	srv.Proxy(proxy)
	srv.User(7).Say("/log one")
	srv.User(7).WaitText("记好了")
	for _, other := range []string{"/", "/metrics", "/readyz", path + "/more"} {
		r, err := http.NewRequest(http.MethodGet, "https://"+host+other, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := proxy.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s is open to everybody: %d", other, response.StatusCode)
		}
	}
	b.stop()
}

// part returns what the group of an expression matches in text.
func part(t *testing.T, expr, text string) string {
	t.Helper()
	found := regexp.MustCompile(expr).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in\n%s", expr, text)
	}
	return found[1]
}

// byName returns the default of a setting.
func byName(t *testing.T, name string) string {
	t.Helper()
	for _, s := range settings() {
		if s.env == name {
			return s.value
		}
	}
	t.Fatalf("there is no %s", name)
	return ""
}

// passing returns the way through a proxy that takes TLS off and passes one path
// on to address.
func passing(t *testing.T, path, address string) http.RoundTripper {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(path, httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address}))
	front := httptest.NewTLSServer(mux)
	t.Cleanup(front.Close)
	roots := x509.NewCertPool()
	roots.AddCert(front.Certificate())
	var d net.Dialer
	return &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, "tcp", front.Listener.Addr().String())
		},
		TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"}, // the name in the certificate of httptest
	}
}
