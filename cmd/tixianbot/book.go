package main

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/walk"
	"tixianbot/knowledge"
	"tixianbot/knowledge/markup"
)

type bookCmd struct {
	File  string `arg:"" help:"Page to be written, such as screens.html."`
	Walks int    `name:"walks" default:"300" placeholder:"N" help:"Conversations that are had to find the screens."`
}

const (
	// walkSteps is how many things a user does in one conversation.
	walkSteps = 60

	// variants is how many variants of one screen the book shows at most.
	variants = 3

	// progressEvery is how long the command is silent at most.
	progressEvery = 2 * time.Second
)

// Run writes the book of screens: every message with its buttons that random
// users bring the bot to say, on one page to be read through.
func (cmd bookCmd) Run(ctx context.Context, p *program) error {
	k, err := knowledge.Load(p.Content)
	if err != nil {
		return err
	}
	b := &book{seen: make(map[string]int), tried: make(map[string]int)}
	shown := time.Now()
	for seed := range max(cmd.Walks, 1) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b.walk(k, uint64(seed))
		if time.Since(shown) > progressEvery {
			shown = time.Now()
			fmt.Fprintf(p.err, "%d of %d conversations, %d screens\n", seed+1, cmd.Walks, len(b.pages))
		}
	}
	if err := writeNew(cmd.File, b.write); err != nil {
		return fmt.Errorf("write the book: %w", err)
	}
	fmt.Fprintf(p.out, "%d screens in %s\n", len(b.pages), cmd.File)
	return nil
}

// writeNew writes a file that is there whole or not at all.
func writeNew(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".book-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := cmp.Or(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// book gathers screens.
type book struct {
	pages []page
	seen  map[string]int // variants of each screen
	tried map[string]int // buttons of all walks
}

// page is one message as the user saw it.
type page struct {
	Screen string   // its name in the core, "" for a message that stands for itself
	After  string   // what the user did
	Lines  []string // of the message
	Keys   [][]string
}

// The buttons that a part of the walkers looks for: those who go up the ladder
// come to stages that others give up before, and those who have letters worded
// to what is said about that.
var (
	seekers = []bot.Act{"m", "mm", "l"}
	wording = []bot.Act{"dy", "dp", "dl", "dr"}
)

func (b *book) walk(k *knowledge.Pack, seed uint64) {
	begin := time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))
	w := walk.NewWalker(walk.New(k, begin), k.Sayings(), seed)
	w.Albums, w.Wordings = true, 20
	w.Tried = b.tried
	if seed%4 == 0 {
		w.Seeks = seekers
	}
	if seed%8 == 1 {
		w.Seeks = wording
	}
	for range walkSteps {
		w.Step(func(e bot.Event, fx bot.Effects) {
			for _, m := range fx.Messages {
				b.add(w, e, m)
			}
		})
	}
}

// same takes out of a text what differs from case to case: numbers and what is
// quoted.
var same = regexp.MustCompile(`\d+|\x{300c}[^\x{300d}]*\x{300d}`)

// add keeps a message unless one like it is there, or enough of its kind.
func (b *book) add(w *walk.Walker, e bot.Event, m bot.Message) {
	p := page{After: done(w, e), Lines: strings.Split(markup.Text(m.Text), "\n")}
	if m.Slot == bot.SlotScreen {
		p.Screen = w.Case.Screen
	}
	for _, row := range m.Buttons {
		var keys []string
		for _, key := range row {
			keys = append(keys, key.Label)
		}
		p.Keys = append(p.Keys, keys)
	}
	kind := cmp.Or(same.ReplaceAllString(p.Screen, ""), same.ReplaceAllString(p.Lines[0], ""))
	shape := same.ReplaceAllString(fmt.Sprint(p.Lines, p.Keys), "")
	if b.seen["="+shape] > 0 || b.seen[kind] >= variants {
		return
	}
	b.seen["="+shape]++
	b.seen[kind]++
	b.pages = append(b.pages, p)
}

// done says what the user did before a message.
func done(w *walk.Walker, e bot.Event) string {
	switch e := e.(type) {
	case bot.Said:
		if e.Command != "" {
			return strings.TrimSpace("/" + e.Command + " " + e.Text)
		}
		return e.Text
	case bot.Pressed:
		return "[" + w.Press.Label + "]"
	case bot.Woken:
		return "(" + e.Why + ")"
	default:
		return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("(%T)", e), "(bot."))
	}
}

// write writes the page, screens of one name together.
func (b *book) write(out io.Writer) error {
	slices.SortStableFunc(b.pages, func(x, y page) int { return strings.Compare(x.Screen, y.Screen) })
	return bookPage.Execute(out, b.pages)
}

var bookPage = template.Must(template.New("book").Parse(`<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>tixianbot: the book of screens</title>
<style>
body { font: 15px/1.5 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; background: #dfe7ea; color: #1b1f22; margin: 24px }
main { columns: 380px; column-gap: 20px }
article { break-inside: avoid; margin: 0 0 20px; max-width: 400px }
h2 { font: 12px ui-monospace, monospace; color: #4a5a63; margin: 0 0 4px }
.after { background: #d9f4c7; border-radius: 10px; padding: 4px 10px; margin: 0 0 6px 40px; white-space: pre-wrap; overflow-wrap: anywhere }
.text { background: #fff; border-radius: 10px; padding: 8px 12px; white-space: pre-wrap; overflow-wrap: anywhere }
.row { display: flex; gap: 4px; margin-top: 4px }
.row span { flex: 1; background: #7d93a0; color: #fff; border-radius: 8px; padding: 5px 4px; text-align: center; font-size: 14px }
</style>
<h1>The book of screens</h1>
<p>{{len .}} messages that random users brought the bot to say, with what they did before.</p>
<main>{{range .}}
<article>{{with .Screen}}<h2>{{.}}</h2>{{end}}
<div class="after">{{.After}}</div>
<div class="text">{{range $i, $line := .Lines}}{{if $i}}
{{end}}{{$line}}{{end}}</div>{{range .Keys}}
<div class="row">{{range .}}<span>{{.}}</span>{{end}}</div>{{end}}
</article>{{end}}
</main></html>
`))
