package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/dossier"
	"tixianbot/bot/relay"
	"tixianbot/knowledge"
)

// madeFolder is where files are made that go out to users, in the data folder.
const madeFolder = "made"

// makers returns who does the work that the core orders, by the content of the
// moment. files gives the evidence, or is nil; wording is nil where there is no
// language model.
func makers(pack func() *knowledge.Pack, files relay.Files, wording *relay.Maker) map[bot.OrderKind]relay.Maker {
	p := packer{pack: pack, files: files, pause: time.Second}
	all := map[bot.OrderKind]relay.Maker{
		bot.OrderLetter:   {AtOnce: 2, Make: makeLetter},
		bot.OrderPack:     {AtOnce: 2, Time: packTime, Make: p.makePack},
		bot.OrderPicture:  {AtOnce: 2, Make: p.makePicture},
		bot.OrderCalendar: {AtOnce: 2, Make: p.makeCalendar},
	}
	if wording != nil {
		all[bot.OrderWording] = *wording
	}
	return all
}

// makeLetter writes a letter as a docx.
func makeLetter(_ context.Context, w relay.Work) (bot.Made, error) {
	var l bot.LetterFile
	if err := json.Unmarshal([]byte(w.Order.Args), &l); err != nil {
		return bot.Made{}, fmt.Errorf("read the order of a letter: %w", err)
	}
	data, err := dossier.Letter(l.Title, l.Text)
	if err != nil {
		return bot.Made{}, err
	}
	return oneFile(w, l.Name, data)
}

// oneFile keeps the one file that was made for an order.
func oneFile(w relay.Work, name string, data []byte) (bot.Made, error) {
	path := filepath.Join(w.Dir, "made")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return bot.Made{}, fmt.Errorf("write what was made: %w", err)
	}
	return bot.Made{Files: []bot.Attachment{{Path: path, Name: name}}}, nil
}
