package dossier

import (
	"path"
	"slices"
	"strings"

	"tixianbot/bot"
)

// endings are the endings that a file of evidence may have in a pack: nothing
// that a double click would run. Any other becomes .bin.
var endings = strings.Fields(`.jpg .jpeg .png .webp .gif .heic .bmp .tif .tiff .mp4 .mov .mp3 .ogg .m4a .amr .wav
	.pdf .txt .csv .eml .doc .docx .xls .xlsx .zip .rar .7z`)

// goodName returns the name of a piece of evidence in a pack: the one that the
// user was shown, safe for every system.
func (w words) goodName(r bot.Record) string {
	name := bot.ExhibitName(w.k, r, w.zone)
	ending := path.Ext(name)
	name = fileName(strings.TrimSuffix(name, ending))
	if !slices.Contains(endings, ending) {
		ending = ".bin"
	}
	return name + ending
}
