package telegramtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// params are the parameters of a request, those that are not text as JSON.
type params map[string]string

// readParams reads the three forms in which the Bot API takes parameters.
func readParams(r *http.Request) (params, *answer) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, &answer{cut: true}
	}
	p := params{}
	for name, values := range r.URL.Query() {
		p[name] = values[0]
	}
	kind, args, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
	case kind == "application/json":
		err = p.readJSON(body)
	case kind == "multipart/form-data":
		err = p.readMultipart(body, args["boundary"])
	case kind == "application/x-www-form-urlencoded":
		err = p.readForm(body)
	}
	if err != nil {
		return nil, bad("can't parse the request")
	}
	for _, v := range p {
		if !utf8.ValidString(v) {
			return nil, bad("strings must be encoded in UTF-8")
		}
	}
	return p, nil
}

func (p params) readJSON(body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return err
	}
	for name, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		p[name] = text
	}
	return nil
}

func (p params) readForm(body []byte) error {
	form, err := url.ParseQuery(string(body))
	for name, values := range form {
		p[name] = values[0]
	}
	return err
}

func (p params) readMultipart(body []byte, boundary string) error {
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		p[part.FormName()] = string(value)
	}
}

func (p params) int(name string) int64 {
	n, _ := strconv.ParseInt(p[name], 10, 64)
	return n
}
