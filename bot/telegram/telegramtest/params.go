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

// params are the parameters of a request, those that are not text as JSON, and
// the files that came with it.
type params struct {
	texts map[string]string
	files map[string]upload
}

// upload is a file as it came in a request.
type upload struct {
	name string
	mime string
	data []byte
}

func (p params) get(name string) string { return p.texts[name] }

// readParams reads the three forms in which the Bot API takes parameters.
func readParams(r *http.Request) (params, *answer) {
	p := params{texts: map[string]string{}, files: map[string]upload{}}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return p, &answer{cut: true}
	case len(body) > maxBody:
		return p, refuse(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	}
	for name, values := range r.URL.Query() {
		p.texts[name] = values[0]
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
		return p, bad("can't parse the request")
	}
	for _, v := range p.texts {
		if !utf8.ValidString(v) {
			return p, bad("strings must be encoded in UTF-8")
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
		if string(raw) == "null" || json.Unmarshal(raw, &text) != nil {
			text = string(raw) // null is no absence: most methods refuse it
		}
		p.texts[name] = text
	}
	return nil
}

func (p params) readForm(body []byte) error {
	form, err := url.ParseQuery(string(body))
	for name, values := range form {
		p.texts[name] = values[0]
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
		if part.FileName() != "" {
			p.files[part.FormName()] = upload{part.FileName(), part.Header.Get("Content-Type"), value}
			continue
		}
		p.texts[part.FormName()] = string(value)
	}
}

func (p params) int(name string) int64 {
	n, _ := strconv.ParseInt(p.texts[name], 10, 64)
	return n
}
