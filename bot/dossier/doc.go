// Package dossier turns a case into files: the pack that an official
// understands in five minutes, the one-page statement, the picture for a phone,
// a letter as a document.
//
// [Make] writes the pack as ZIP files into a folder; what is in them, in order:
//
//	00_….pdf     one page: who, whom, what for; the facts, the demands, the
//	             timeline as a picture, the table of contents
//	01_….xlsx    the timeline, a row an entry, and the facts on a second sheet
//	02_…/        the evidence under good names, and its index (….xlsx)
//	03_…/        the letters that were sent (….docx), if there are any
//	04_….md      what was said with the platform
//	05_….ics     the reminders, if there are any
//	case.json    everything, for programs; see [caseFile]
//
// [OnePage], [Picture] and [Letter] make one of them alone.
//
// The invariant: no character of the case is lost. Every word of every record
// stands in case.json as it was written; in the files for people it stands as
// it can be shown: what would change how other words are read (control
// characters, overrides of the direction) is a box there, and in drawn files so
// is what the font does not have. Nothing of a case is ever a formula, a tag, a
// mark-up or a path.
//
// The words around the case are content (dossier.yaml). The font is Tixian Sans, a subset of Noto Sans CJK SC under the SIL Open
// Font License; font/make.py makes it.
package dossier

//go:generate python3 font/make.py
