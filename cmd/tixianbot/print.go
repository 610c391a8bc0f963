package main

import (
	"encoding/json"
	"io"
)

// encode prints v as one line of JSON, with every character as it is.
func encode(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
