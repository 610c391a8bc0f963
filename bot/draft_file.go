package bot

import (
	"encoding/json"
	"fmt"
)

const actFile Act = "dw" // Arg: as of actLetter; the letter as a file

// letterOrder is the name of the order for a letter as a file.
const letterOrder = "letter"

// LetterFile is what the maker of [OrderLetter] needs: Order.Args in JSON.
type LetterFile struct {
	Name  string `json:"name"` // of the file, with its ending
	Title string `json:"title,omitempty"`
	Text  string `json:"text"`
}

// letterFile orders a letter as a file.
func (t *turn) letterFile(arg string) bool {
	d, ok := t.document(arg, t.in.At)
	if !ok {
		return false
	}
	name := t.say("letter.file_name", "name", t.k.Letters.Form(d.Kind).Name, "date", t.in.At.Format("2006-01-02"))
	args, err := json.Marshal(LetterFile{Name: name, Title: d.Title, Text: d.Body})
	if err != nil {
		panic(fmt.Sprintf("a letter as JSON: %v", err)) // strings always are
	}
	t.fx.Orders = append(t.fx.Orders, Order{Name: letterOrder, Kind: OrderLetter, Args: string(args)})
	t.fx.Toast = t.say("toast.making")
	return true
}

// letterMade sends the file that was made.
func (t *turn) letterMade(m Made) {
	if m.Err != "" || len(m.Files) == 0 {
		t.tell(t.say("letter.no_file"), t.stamp([][]Button{{t.button("show_again", actShow, "")}})...)
		return
	}
	t.fx.Messages = append(t.fx.Messages, Message{Text: t.say("letter.file"), File: m.Files[0]})
}
