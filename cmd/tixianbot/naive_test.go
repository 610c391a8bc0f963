package main

import (
	"context"
	bytewise "encoding/binary" // binary is the program under test
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/markup"
)

// The bot that benchmarks compare with: what one writes in an afternoon on the
// same libraries, and the same core. It takes updates as the client library
// hands them out, acknowledged before they are handled, writes each with one
// db.Batch, knows no duplicates, has no order and no outbox, and sends as it
// goes. What it says is what ours says, words and buttons.

const (
	// roleName says in which role a process of the test binary is started.
	roleName  = "TIXIANBOT_TEST_ROLE"
	roleNaive = "naive"
	roleOurs  = "profiled" // tixianbot run, with a CPU profile to the file of profileName

	profileName = "TIXIANBOT_TEST_PROFILE"
)

// enact is the process in a role, and returns its exit code.
func enact(role string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var err error
	switch role {
	case roleNaive:
		err = profiled(func() error { return runNaive(ctx) })
	case roleOurs:
		err = profiled(func() error {
			if code := run(ctx, []string{"run"}, os.Stdin, os.Stdout, os.Stderr); code != 0 {
				return fmt.Errorf("exit code %d", code)
			}
			return nil
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// profiled runs f, with a CPU profile if one is wanted.
func profiled(f func() error) error {
	name := os.Getenv(profileName)
	if name == "" {
		return f()
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}

type naive struct {
	db   *bolt.DB
	k    *knowledge.Pack
	zone *time.Location
}

var (
	naiveCases   = []byte("cases")
	naiveRecords = []byte("records")
)

func runNaive(ctx context.Context) error {
	k, err := knowledge.Load("")
	if err != nil {
		return err
	}
	folder := os.Getenv("TIXIANBOT_DATA")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	db, err := bolt.Open(filepath.Join(folder, botFile), 0o600, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error {
		if _, err := tx.CreateBucketIfNotExists(naiveCases); err != nil {
			return err
		}
		_, err := tx.CreateBucketIfNotExists(naiveRecords)
		return err
	})
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return err
	}
	n := &naive{db, k, zone}
	client, err := tg.New(os.Getenv(tokenName), tg.WithServerURL(os.Getenv("TELEGRAM_API_URL")), tg.WithDefaultHandler(n.handle))
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, `{"msg":"started"}`)
	client.Start(ctx)
	return nil
}

// handle takes one message.
func (n *naive) handle(ctx context.Context, client *tg.Bot, update *models.Update) {
	m := update.Message
	if m == nil {
		return
	}
	fx, err := n.keep(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	for _, answer := range fx.Messages {
		if _, err := client.SendMessage(ctx, naiveParams(m.Chat.ID, answer)); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// naiveParams is an answer as the client library takes it.
func naiveParams(chat int64, m bot.Message) *tg.SendMessageParams {
	off := true
	p := &tg.SendMessageParams{
		ChatID: chat, Text: naiveHTML(m.Text), ParseMode: models.ParseModeHTML,
		LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: &off},
	}
	var rows [][]models.InlineKeyboardButton
	for _, row := range m.Buttons {
		var keys []models.InlineKeyboardButton
		for _, b := range row {
			data := fmt.Sprintf("%d:%d:%s:%s", b.Press.Case, b.Press.Rev, b.Press.Act, b.Press.Arg)
			keys = append(keys, models.InlineKeyboardButton{Text: b.Label, CallbackData: data})
		}
		rows = append(rows, keys)
	}
	if rows != nil {
		p.ReplyMarkup = &models.InlineKeyboardMarkup{InlineKeyboard: rows}
	}
	return p
}

// naiveHTML turns the mark-up that the load's answers have into Telegram's.
func naiveHTML(text string) string {
	var b strings.Builder
	for i, line := range markup.Parse(text) {
		if i > 0 {
			b.WriteByte('\n')
		}
		if line.Marker != "" {
			b.WriteString(line.Marker + " ")
		}
		for _, span := range line.Spans {
			text := html.EscapeString(span.Text)
			if span.Style == markup.Bold || line.Kind == markup.Heading {
				text = "<b>" + text + "</b>"
			}
			b.WriteString(text)
		}
	}
	return b.String()
}

// keep loads the case, runs the core outside of any transaction, as is faster,
// and writes the case and its records.
func (n *naive) keep(m *models.Message) (fx bot.Effects, err error) {
	key := bytewise.BigEndian.AppendUint64(nil, uint64(m.Chat.ID))
	var c bot.Case
	err = n.db.View(func(tx *bolt.Tx) error {
		if raw := tx.Bucket(naiveCases).Get(key); raw != nil {
			return json.Unmarshal(raw, &c)
		}
		return nil
	})
	if err != nil {
		return fx, err
	}
	said := bot.Said{Text: m.Text}
	if command, rest, ok := strings.Cut(m.Text, " "); ok && strings.HasPrefix(command, "/") {
		said = bot.Said{Command: command[1:], Text: rest}
	}
	c, fx = bot.Step(n.k, c, bot.Input{At: time.Unix(int64(m.Date), 0).In(n.zone), Event: said})
	raw, err := json.Marshal(c)
	if err != nil {
		return fx, err
	}
	return fx, n.db.Batch(func(tx *bolt.Tx) error {
		if err := tx.Bucket(naiveCases).Put(key, raw); err != nil {
			return err
		}
		for _, r := range fx.Records {
			raw, err := json.Marshal(r)
			if err != nil {
				return err
			}
			if err := tx.Bucket(naiveRecords).Put(bytewise.BigEndian.AppendUint32(key[:8:8], uint32(r.Seq)), raw); err != nil {
				return err
			}
		}
		return nil
	})
}
