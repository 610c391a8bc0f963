package telegramtest

import (
	"encoding/json"
)

// parseKeyboard returns the buttons of a reply_markup. Other keyboards than
// those below a message have none.
func parseKeyboard(raw string) ([][]Button, *answer) {
	if raw == "" {
		return nil, nil
	}
	if !json.Valid([]byte(raw)) {
		return nil, bad("can't parse reply keyboard markup JSON object")
	}
	var markup map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &markup) != nil || markup == nil {
		return nil, bad("object expected as reply markup")
	}
	inline, ok := markup["inline_keyboard"]
	if !ok {
		return nil, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(inline, &list) != nil {
		return nil, bad(`field "inline_keyboard" must be of type Array`)
	}
	return parseRows(list)
}

func parseRows(list []json.RawMessage) (rows [][]Button, a *answer) {
	count := 0
	for _, raw := range list {
		var wires []json.RawMessage
		if json.Unmarshal(raw, &wires) != nil || wires == nil {
			return nil, bad(`field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays`)
		}
		var row []Button
		for _, raw := range wires {
			b, a := parseButton(raw)
			if a != nil {
				return nil, a
			}
			if b.Label == "" {
				continue // it is left out without a word
			}
			row = append(row, b)
			count++
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	if count > maxButtons {
		return nil, bad("reply markup is too long")
	}
	return rows, nil
}

// parseButton reads a button that carries data, or leads to a page.
func parseButton(raw json.RawMessage) (b Button, a *answer) {
	var fields map[string]any
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return b, badButton("InlineKeyboardButton must be an Object")
	}
	label, ok := fields["text"]
	if !ok {
		return b, badButton(`Can't find field "text"`)
	}
	if b.Label, ok = label.(string); !ok {
		return b, badButton(`Field "text" must be of type String`)
	}
	if url, _ := fields["url"].(string); url != "" {
		return b, nil
	}
	switch b.Data, _ = fields["callback_data"].(string); {
	case b.Data == "":
		return b, badButton("Text buttons are unallowed in the inline keyboard")
	case len(b.Data) > maxData:
		return b, bad("BUTTON_DATA_INVALID")
	case b.Label != "" && !anyVisible(b.Label):
		return b, bad("BUTTON_TEXT_INVALID")
	}
	return b, nil
}

func badButton(why string) *answer { return bad("can't parse inline keyboard button: " + why) }
