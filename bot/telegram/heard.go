package telegram

import (
	"net/http"
	"path"
	"strings"
)

// counted is a transport that tells of every answer. It names the method alone:
// the rest of an address holds the token.
type counted struct {
	http.RoundTripper
	heard func(method string, status int)
}

func (c counted) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(r)
	status := 0
	if err == nil {
		status = resp.StatusCode
	}
	c.heard(methodOf(r.URL.Path), status)
	return resp, err
}

// methodOf returns the method that a request calls, "file" for one that
// downloads a file.
func methodOf(p string) string {
	if strings.Contains(p, "/file/bot") {
		return "file"
	}
	return path.Base(p)
}
