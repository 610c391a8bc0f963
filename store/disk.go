package store

import (
	"encoding/json"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge/fact"
)

// The types of this file are what is in the file. A name is never changed and
// never used again for something else; a new field is absent in old files. A
// change that this cannot express is a new format with a migration.

type diskChat struct {
	Active int    `json:"active,omitempty"`
	Zone   string `json:"zone,omitempty"`
	Quiet  string `json:"quiet,omitempty"`
	Gone   bool   `json:"gone,omitempty"`
	Barred bool   `json:"barred,omitempty"` // it was told that it is not let in
}

type diskCase struct {
	Number   int                  `json:"number,omitempty"`
	Opened   time.Time            `json:"opened,omitzero"`
	Touched  time.Time            `json:"touched,omitzero"`
	Stage    string               `json:"stage,omitempty"`
	Before   string               `json:"before,omitempty"`
	Last     int                  `json:"last,omitempty"`
	Since    time.Time            `json:"since,omitzero"`
	Got      string               `json:"got,omitempty"`
	Facts    map[string]diskKnown `json:"facts,omitempty"`
	Cues     []diskCue            `json:"cues,omitempty"`
	Trail    []string             `json:"trail,omitempty"`
	Seq      int                  `json:"seq,omitempty"`
	Rev      int                  `json:"rev,omitempty"`
	Screen   string               `json:"screen,omitempty"`
	View     string               `json:"view,omitempty"`
	ViewArg  string               `json:"view_arg,omitempty"`
	Picked   []string             `json:"picked,omitempty"`
	Misses   int                  `json:"misses,omitempty"`
	Ticked   []string             `json:"ticked,omitempty"`
	RuledOut []string             `json:"ruled_out,omitempty"`
	Flags    []string             `json:"flags,omitempty"`
	Exhibits int                  `json:"exhibits,omitempty"`
	Pieces   map[string]int       `json:"pieces,omitempty"`
	Files    string               `json:"files,omitempty"`
	Batch    diskBatch            `json:"batch,omitzero"`
	Use      diskUse              `json:"use,omitzero"`
	Remind   []int                `json:"reminders,omitempty"`
	Versions []int                `json:"versions,omitempty"`
	Wording  diskWording          `json:"wording,omitzero"`
	Entries  int                  `json:"entries,omitempty"`
	Contacts int                  `json:"contacts,omitempty"`
	PasteA   int                  `json:"paste_from,omitempty"`
	PasteB   int                  `json:"paste_to,omitempty"`
}

type diskKnown struct {
	Value   string `json:"value,omitempty"`
	Quote   string `json:"quote,omitempty"`
	Record  int    `json:"record,omitempty"`
	Skipped bool   `json:"skipped,omitempty"`
	Approx  bool   `json:"approx,omitempty"`
}

type diskBatch struct {
	First   int    `json:"first,omitempty"`
	Last    int    `json:"last,omitempty"`
	Again   int    `json:"again,omitempty"`
	Refused int    `json:"refused,omitempty"`
	Album   string `json:"album,omitempty"`
	Kind    string `json:"kind,omitempty"`
	Due     bool   `json:"due,omitempty"`
	Told    bool   `json:"told,omitempty"`
}

type diskWording struct {
	Letter string    `json:"letter,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	Day    string    `json:"day,omitempty"`
	Asked  int       `json:"asked,omitempty"`
}

type diskUse struct {
	Words int   `json:"words,omitempty"`
	Files int   `json:"files,omitempty"`
	Last  int64 `json:"last,omitempty"`  // Unix milliseconds
	Whole int64 `json:"whole,omitempty"` // the same
	Since int64 `json:"since,omitempty"` // the same
	Count int   `json:"count,omitempty"`
	Owed  int   `json:"owed,omitempty"`
}

type diskCue struct {
	ID    string `json:"id"`
	Quote string `json:"quote,omitempty"`
}

type diskRecord struct {
	Kind    string     `json:"kind"`
	At      time.Time  `json:"at,omitzero"`
	Rough   bool       `json:"rough,omitempty"`
	ToldAt  time.Time  `json:"told_at,omitzero"`
	Text    string     `json:"text,omitempty"`
	About   string     `json:"about,omitempty"`
	Of      int        `json:"of,omitempty"`
	Message int        `json:"message,omitempty"`
	Parts   []diskPart `json:"parts,omitempty"`
	File    *diskFile  `json:"file,omitempty"`
	Struck  time.Time  `json:"struck,omitzero"`
	Was     []diskWas  `json:"was,omitempty"`
}

type diskPart struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	From  int    `json:"from,omitempty"`
	To    int    `json:"to,omitempty"`
	In    int    `json:"in,omitempty"`
}

type diskFile struct {
	ID     string `json:"id"`
	Unique string `json:"unique,omitempty"`
	Name   string `json:"name,omitempty"`
	MIME   string `json:"mime,omitempty"`
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	Number int    `json:"number,omitempty"`
}

type diskWas struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"`
	Old  string    `json:"old,omitempty"`
}

type diskItem struct {
	Delete  bool           `json:"delete,omitempty"`
	Notice  bool           `json:"notice,omitempty"`
	Target  int            `json:"target,omitempty"`
	Pressed int            `json:"pressed,omitempty"`
	Queued  time.Time      `json:"queued,omitzero"`
	Why     string         `json:"why,omitempty"`
	Due     time.Time      `json:"due,omitzero"`
	Slot    string         `json:"slot,omitempty"`
	Replace bool           `json:"replace,omitempty"`
	Text    string         `json:"text,omitempty"`
	Buttons [][]diskButton `json:"buttons,omitempty"`
	File    diskAttachment `json:"file,omitzero"`
}

type diskAttachment struct {
	Path  string `json:"path,omitempty"`
	Name  string `json:"name,omitempty"`
	Size  int64  `json:"size,omitempty"`
	Photo bool   `json:"photo,omitempty"`
}

type diskButton struct {
	Label string `json:"label"`
	Case  int    `json:"case,omitempty"`
	Rev   int    `json:"rev,omitempty"`
	Act   string `json:"act,omitempty"`
	Arg   string `json:"arg,omitempty"`
}

// diskLetter is a dead letter. The item is kept as it was, readable or not.
type diskLetter struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Item   []byte    `json:"item"`
}

type diskPoison struct {
	At    time.Time `json:"at"`
	Event string    `json:"event"`
	Cause string    `json:"cause,omitempty"`
	Stack string    `json:"stack,omitempty"`
}

func caseToDisk(c bot.Case) diskCase {
	d := diskCase{
		Number: c.Number, Opened: c.Opened, Touched: c.Touched, Stage: string(c.Stage), Before: string(c.Before),
		Trail: recast[string](c.Trail), Seq: c.Seq, Rev: c.Rev, Screen: c.Screen,
		View: string(c.View.Name), ViewArg: c.View.Arg,
		Picked: c.Picked, Misses: c.Misses, Ticked: c.Ticked, RuledOut: c.RuledOut, Flags: c.Flags,
		Exhibits: c.Exhibits, Pieces: c.Pieces, Files: c.Files, Batch: diskBatch(c.Batch), Use: diskUse(c.Use), Remind: c.Reminders,
		Versions: c.Versions, Wording: diskWording(c.Wording),
		Last: c.Last, Since: c.Since, Got: string(c.Got), Entries: c.Entries, Contacts: c.Contacts, PasteA: c.Paste.From, PasteB: c.Paste.To,
	}
	for _, cue := range c.Cues {
		d.Cues = append(d.Cues, diskCue(cue))
	}
	if len(c.Facts) > 0 {
		d.Facts = make(map[string]diskKnown, len(c.Facts))
	}
	for name, k := range c.Facts {
		d.Facts[string(name)] = diskKnown{Value: string(k.Value), Quote: k.Quote, Record: k.Record, Skipped: k.Skipped, Approx: k.Approx}
	}
	return d
}

func (d diskCase) toBot() bot.Case {
	c := bot.Case{
		Number: d.Number, Opened: d.Opened, Touched: d.Touched, Stage: bot.Stage(d.Stage), Before: bot.Stage(d.Before),
		Trail: recast[fact.Name](d.Trail), Seq: d.Seq, Rev: d.Rev, Screen: d.Screen,
		View:   bot.View{Name: bot.ViewName(d.View), Arg: d.ViewArg},
		Picked: d.Picked, Misses: d.Misses, Ticked: d.Ticked, RuledOut: d.RuledOut, Flags: d.Flags,
		Exhibits: d.Exhibits, Pieces: d.Pieces, Files: d.Files, Batch: bot.Batch(d.Batch), Use: bot.Use(d.Use), Reminders: d.Remind,
		Versions: d.Versions, Wording: bot.Wording(d.Wording),
		Last: d.Last, Since: d.Since, Got: fact.Value(d.Got), Entries: d.Entries, Contacts: d.Contacts, Paste: bot.Paste{From: d.PasteA, To: d.PasteB},
	}
	for _, cue := range d.Cues {
		c.Cues = append(c.Cues, bot.Cue(cue))
	}
	if len(d.Facts) > 0 {
		c.Facts = make(map[fact.Name]bot.Known, len(d.Facts))
	}
	for name, k := range d.Facts {
		c.Facts[fact.Name(name)] = bot.Known{Value: fact.Value(k.Value), Quote: k.Quote, Record: k.Record, Skipped: k.Skipped, Approx: k.Approx}
	}
	return c
}

func recordToDisk(r bot.Record) diskRecord {
	d := diskRecord{
		Kind: string(r.Kind), At: r.At, Rough: r.Rough, ToldAt: r.ToldAt, Text: r.Text, About: r.About,
		Of: r.Of, Message: int(r.Message), Struck: r.Struck,
	}
	for _, p := range r.Parts {
		d.Parts = append(d.Parts, diskPart{Name: string(p.Name), Value: p.Value, From: p.From, To: p.To, In: p.In})
	}
	if x := r.Exhibit; x != (bot.Exhibit{}) {
		d.File = &diskFile{
			ID: string(x.ID), Unique: x.Unique, Name: x.Name, MIME: x.MIME, Size: x.Size, SHA256: x.SHA256, Number: x.Number,
		}
	}
	for _, w := range r.Was {
		d.Was = append(d.Was, diskWas(w))
	}
	return d
}

func (d diskRecord) toBot(seq int) bot.Record {
	r := bot.Record{
		Seq: seq, Kind: bot.RecordKind(d.Kind), At: d.At, Rough: d.Rough, ToldAt: d.ToldAt, Text: d.Text, About: d.About,
		Of: d.Of, Message: bot.MessageID(d.Message), Struck: d.Struck,
	}
	for _, p := range d.Parts {
		r.Parts = append(r.Parts, bot.Part{Name: bot.PartName(p.Name), Value: p.Value, From: p.From, To: p.To, In: p.In})
	}
	if f := d.File; f != nil {
		r.Exhibit = bot.Exhibit{
			File: bot.File{ID: bot.FileID(f.ID), Unique: f.Unique, Size: f.Size, MIME: f.MIME},
			Name: f.Name, SHA256: f.SHA256, Number: f.Number,
		}
	}
	for _, w := range d.Was {
		r.Was = append(r.Was, bot.Was(w))
	}
	return r
}

func itemToDisk(it Item) diskItem {
	d := diskItem{
		Delete: it.Delete, Notice: it.Notice, Target: int(it.Target), Pressed: int(it.Pressed), Queued: it.Queued,
		Why: it.Message.Rings.Why, Due: it.Message.Rings.Due,
		Slot: string(it.Message.Slot), Replace: it.Message.Replace, Text: it.Message.Text,
		File: diskAttachment(it.Message.File),
	}
	for _, row := range it.Message.Buttons {
		keys := make([]diskButton, len(row))
		for i, b := range row {
			keys[i] = diskButton{Label: b.Label, Case: b.Press.Case, Rev: b.Press.Rev, Act: string(b.Press.Act), Arg: b.Press.Arg}
		}
		d.Buttons = append(d.Buttons, keys)
	}
	return d
}

func (d diskItem) toItem(id ItemID) Item {
	it := Item{
		ID: id, Delete: d.Delete, Notice: d.Notice, Target: bot.MessageID(d.Target), Pressed: bot.MessageID(d.Pressed), Queued: d.Queued,
		Message: bot.Message{
			Slot: bot.Slot(d.Slot), Replace: d.Replace, Text: d.Text,
			Rings: bot.Woken{Why: d.Why, Due: d.Due}, File: bot.Attachment(d.File),
		},
	}
	for _, row := range d.Buttons {
		keys := make([]bot.Button, len(row))
		for i, b := range row {
			keys[i] = bot.Button{Label: b.Label, Press: bot.Press{Case: b.Case, Rev: b.Rev, Act: bot.Act(b.Act), Arg: b.Arg}}
		}
		it.Message.Buttons = append(it.Message.Buttons, keys)
	}
	return it
}

// recast returns the strings of list as strings of another type.
func recast[T, S ~string](list []S) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i, s := range list {
		out[i] = T(s)
	}
	return out
}

func decodeChat(v []byte) (d diskChat, err error) {
	if v == nil {
		return diskChat{}, nil
	}
	err = json.Unmarshal(v, &d)
	return d, err
}

func decodeCase(v []byte) (bot.Case, error) {
	var d diskCase
	err := json.Unmarshal(v, &d)
	return d.toBot(), err
}

func decodeRecord(seq int, v []byte) (bot.Record, error) {
	var d diskRecord
	err := json.Unmarshal(v, &d)
	return d.toBot(seq), err
}

func decodeItem(id ItemID, v []byte) (Item, error) {
	var d diskItem
	err := json.Unmarshal(v, &d)
	return d.toItem(id), err
}
