package dossier

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"tixianbot/bot"
)

// endings are the endings of files by their type. What is not here, and nothing
// that a double click would run, keeps no ending of its own.
var endings = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif", "image/heic": ".heic", "image/bmp": ".bmp",
	"video/mp4": ".mp4", "video/quicktime": ".mov", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/mp4": ".m4a", "audio/amr": ".amr",
	"audio/x-wav": ".wav", "application/pdf": ".pdf", "text/plain": ".txt", "text/csv": ".csv", "message/rfc822": ".eml",
	"application/msword": ".doc", "application/vnd.ms-excel": ".xls", "application/zip": ".zip", "application/vnd.rar": ".rar",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       ".xlsx",
}

// known reports whether an ending is one of endings, or another way to write one.
func known(ending string) bool {
	if slices.Contains([]string{".jpeg", ".tif", ".tiff", ".7z"}, ending) {
		return true
	}
	for _, e := range endings {
		if e == ending {
			return true
		}
	}
	return false
}

// ending returns the ending of the name of a piece of evidence.
func ending(x bot.Exhibit) string {
	mime, _, _ := strings.Cut(strings.ToLower(x.MIME), ";")
	if e, ok := endings[strings.TrimSpace(mime)]; ok {
		return e
	}
	if own := strings.ToLower(path.Ext(x.Name)); known(own) {
		return own
	}
	if x.MIME == "" && x.Name == "" { // a photo: the messenger keeps all of them so
		return ".jpg"
	}
	return ".bin"
}

// goodName returns the name of a piece of evidence: when, what, which number,
// and nothing that tells who.
func (w words) goodName(r bot.Record) string {
	at := happened(r).In(w.zone)
	parts := []string{at.Format("20060102"), at.Format("1504")}
	switch {
	case happened(r).IsZero():
		parts = nil
	case r.Rough || r.At.IsZero():
		parts = parts[:1]
	}
	parts = append(parts, cut(w.label("evidence.", cmp.Or(r.About, "other")), longestName/2, ""), two(r.Exhibit.Number))
	return fileName(strings.Join(parts, "_")) + ending(r.Exhibit)
}
