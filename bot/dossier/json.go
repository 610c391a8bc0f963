package dossier

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode"

	"tixianbot/bot"
	"tixianbot/knowledge/fact"
)

// caseFormat is the number of the format of case.json. A field is never renamed
// and never used again for something else; new ones may come.
const caseFormat = 1

// caseFile is case.json: all that is kept of a case but for what only the
// conversation needs (screens, buttons, the ids by which the messenger knows
// messages and files) and the bot's own warnings. Times are RFC 3339. A field
// that has nothing to say is left out. Texts stand as they were written, under
// the share mask where masked is true.
type caseFile struct {
	Format    int                 `json:"format"`
	Made      time.Time           `json:"made"`
	Masked    bool                `json:"masked"`
	Zone      string              `json:"zone"`       // in which the files for people show times, such as UTC+08:00
	Case      int                 `json:"case"`       // 1 is the first of the user
	Opened    time.Time           `json:"opened"`     // when the user first told of it
	Touched   time.Time           `json:"touched"`    // when something last changed
	Stage     string              `json:"stage"`      // rung of the ladder: self_check, support, supervisor, official_complaint, regulator, mediation, legal, resolved, closed
	StageName string              `json:"stage_name"` // in words
	Before    string              `json:"stage_before,omitempty"`
	Facts     map[string]fileFact `json:"facts"`   // by the names of the taxonomy
	Entries   []fileEntry         `json:"entries"` // oldest first, the struck ones too
	Evidence  []filePiece         `json:"evidence"`
	Letters   []fileLetter        `json:"letters"`
	Cues      []fileCue           `json:"cues,omitempty"`      // telling phrases of the user
	Done      []string            `json:"done,omitempty"`      // steps of checklists: GUIDE.STEP
	RuledOut  []string            `json:"ruled_out,omitempty"` // causes that it was not
}

// fileFact is a fact.
type fileFact struct {
	Label   string `json:"label"`             // what it is called
	Value   string `json:"value,omitempty"`   // members of a set between commas; without it the user does not know
	Quote   string `json:"quote,omitempty"`   // the user's words for it
	Entry   int    `json:"entry,omitempty"`   // the entry it was read from
	Approx  bool   `json:"approx,omitempty"`  // a rough value
	Skipped bool   `json:"skipped,omitempty"` // asked and passed over
}

// fileEntry is an entry of the timeline.
type fileEntry struct {
	N        int        `json:"n"`
	Kind     string     `json:"kind"` // message, answer, question, note, contact, step, stage, gap, pasted, correction, evidence, paid, letter, draft, reminder
	KindName string     `json:"kind_name"`
	At       *time.Time `json:"at,omitempty"`    // when it happened
	Rough    bool       `json:"rough,omitempty"` // at is the day only
	Told     *time.Time `json:"told,omitempty"`  // when the user told it
	Text     string     `json:"text,omitempty"`  // the user's words
	About    string     `json:"about,omitempty"` // id of what it is about: a fact, a step, a stage, a kind of evidence or letter
	Of       int        `json:"of,omitempty"`    // the entry it was read from or corrects
	Parts    []filePart `json:"parts,omitempty"`
	Evidence int        `json:"evidence,omitempty"` // number of the evidence
	Struck   *time.Time `json:"struck,omitempty"`   // when the user struck it out
	Was      []fileWas  `json:"was,omitempty"`      // what was corrected, oldest first
}

// filePart is what was read from the words, as it stands now.
type filePart struct {
	Name  string `json:"name"` // channel, agent, said, promise, due, rule, note, ticket, amount, shows, text, letter, version, writer
	Value string `json:"value"`
	In    int    `json:"in,omitempty"`   // the bytes from..to of the text of this entry;
	From  int    `json:"from,omitempty"` // left out where a button said it, and under the mask
	To    int    `json:"to,omitempty"`
}

// fileWas is what stood there before a correction.
type fileWas struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"` // a part, "at" or "about"
	Old  string    `json:"old,omitempty"`
}

// filePiece is a piece of evidence.
type filePiece struct {
	Number  int    `json:"number"`
	Entry   int    `json:"entry"`
	File    string `json:"file"`            // its name in the pack
	Named   string `json:"named,omitempty"` // as the sender named it
	MIME    string `json:"mime,omitempty"`
	Size    int64  `json:"size,omitempty"` // bytes
	SHA256  string `json:"sha256,omitempty"`
	State   string `json:"state"`             // here, masked, struck, gone, large
	Part    int    `json:"part,omitempty"`    // which ZIP it is in, where there are several
	Changed bool   `json:"changed,omitempty"` // it is not what was hashed on arrival
}

type fileLetter struct {
	Kind  string    `json:"kind"`
	Title string    `json:"title,omitempty"`
	Text  string    `json:"text"`
	Sent  time.Time `json:"sent"`
	File  string    `json:"file"`
}

type fileCue struct {
	ID    string `json:"id"`
	Quote string `json:"quote,omitempty"`
}

// caseJSON returns case.json. src holds the texts as they were written.
func (s *story) caseJSON(src Source, masked bool, pieces []piece, letters []string) ([]byte, error) {
	c := src.Case
	out := caseFile{
		Format: caseFormat, Made: src.Now, Masked: masked, Zone: s.zoneName(src.Now), Case: c.Number, Opened: c.Opened, Touched: c.Touched,
		Stage: string(c.Stage), StageName: s.stage(string(c.Stage)), Before: string(c.Before),
		Facts: s.fileFacts(c.Facts), Entries: []fileEntry{}, Evidence: []filePiece{}, Letters: []fileLetter{},
		Done: c.Ticked, RuledOut: c.RuledOut,
	}
	for _, r := range src.Records {
		out.Entries = append(out.Entries, s.fileEntry(r, masked))
	}
	for _, p := range pieces {
		x := p.raw.Exhibit
		out.Evidence = append(out.Evidence, filePiece{
			Number: x.Number, Entry: p.raw.Seq, File: p.name, Named: x.Name, MIME: x.MIME, Size: p.size, SHA256: p.sha,
			State: string(p.state), Part: p.part, Changed: p.changed,
		})
	}
	for i, l := range src.Letters {
		out.Letters = append(out.Letters, fileLetter{Kind: l.Kind, Title: l.Title, Text: l.Text, Sent: l.SentAt, File: letters[i]})
	}
	for _, cue := range c.Cues {
		out.Cues = append(out.Cues, fileCue(cue))
	}
	return encode(out)
}

func (s *story) fileFacts(facts map[fact.Name]bot.Known) map[string]fileFact {
	out := make(map[string]fileFact, len(facts))
	for name, k := range facts {
		out[string(name)] = fileFact{
			Label: s.k.FactLabel(name), Value: string(k.Value), Quote: k.Quote, Entry: k.Record, Approx: k.Approx, Skipped: k.Skipped,
		}
	}
	return out
}

func (s *story) fileEntry(r bot.Record, masked bool) fileEntry {
	e := fileEntry{
		N: r.Seq, Kind: string(r.Kind), KindName: s.label("kind.", string(r.Kind)), At: moment(r.At), Rough: r.Rough, Told: moment(r.ToldAt),
		Text: r.Text, About: r.About, Of: r.Of, Evidence: r.Exhibit.Number, Struck: moment(r.Struck),
	}
	for _, p := range r.Parts {
		part := filePart{Name: string(p.Name), Value: p.Value}
		if !masked {
			part.In, part.From, part.To = p.In, p.From, p.To
		}
		e.Parts = append(e.Parts, part)
	}
	for _, was := range r.Was {
		e.Was = append(e.Was, fileWas(was))
	}
	return e
}

func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// encode writes v as JSON in which nothing is hidden: what a viewer would not
// show, or would let turn other words around, stands as an escape.
func encode(v any) ([]byte, error) {
	var raw bytes.Buffer
	e := json.NewEncoder(&raw)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode case.json: %w", err)
	}
	var out bytes.Buffer
	for _, r := range raw.String() {
		if r != '\n' && r < 0x10000 && (harmful(r) || unicode.Is(unicode.Cf, r)) {
			fmt.Fprintf(&out, `\u%04x`, r)
			continue
		}
		out.WriteRune(r)
	}
	return out.Bytes(), nil
}
