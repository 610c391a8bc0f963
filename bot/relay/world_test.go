package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// world is a relay over a real database, with a messenger and a core that are
// easy to watch. It must be made in a bubble of synctest, which fails the test
// if a goroutine is left at its end.
type world struct {
	*Relay
	t         *testing.T
	db        *flaky
	path      string
	messenger *messenger
	log       *strings.Builder
	end       context.CancelFunc
	ended     chan error
	updates   int64 // the last id given out
}

// in runs a test in a bubble.
func in(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

// newWorld returns a running world. set changes its configuration.
func newWorld(t *testing.T, set ...func(*Config)) *world {
	return worldAt(t, filepath.Join(t.TempDir(), "test.db"), set...)
}

func worldAt(t *testing.T, path string, set ...func(*Config)) *world {
	w := &world{t: t, path: path}
	w.start(set...)
	t.Cleanup(func() {
		w.check()
		w.stop()
	})
	return w
}

func (w *world) start(set ...func(*Config)) {
	w.t.Helper()
	s, err := store.Open(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.db, w.messenger, w.log = &flaky{Store: s}, newMessenger(w.t), &strings.Builder{}
	c := Config{
		Store: w.db, Sender: w.messenger, Knowledge: func() *knowledge.Pack { return nil },
		Step: echo, Wants: func(bot.Case, bot.Event) bot.Wish { return bot.Wish{} }, Tell: tell,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range set {
		f(&c)
	}
	w.Relay = New(c)
	var ctx context.Context
	ctx, w.end = context.WithCancel(context.Background())
	w.ended = make(chan error, 1)
	go func() { w.ended <- w.Run(ctx) }()
}

// stop ends the relay and closes the file.
func (w *world) stop() {
	w.t.Helper()
	w.end()
	if err := <-w.ended; err != nil {
		w.t.Errorf("Run: %v", err)
	}
	if err := w.db.Close(); err != nil {
		w.t.Error(err)
	}
	if w.db.coming != 0 {
		w.t.Errorf("%d changes more were announced than came or were taken back", w.db.coming)
	}
	for _, personal := range []string{"700700700", "800800800", "密"} {
		if strings.Contains(w.log.String(), personal) {
			w.t.Errorf("the log holds %q:\n%s", personal, w.log)
		}
	}
}

func (w *world) restart(set ...func(*Config)) {
	w.t.Helper()
	w.stop()
	w.start(set...)
}

// check fails the test unless the file is sound, and returns what is in it.
func (w *world) check() store.Report {
	w.t.Helper()
	r, err := w.db.Check()
	if err != nil {
		w.t.Fatal(err)
	}
	if len(r.Problems) > 0 {
		w.t.Errorf("problems of the file: %q", r.Problems)
	}
	return r
}

// Two chats whose ids must not appear in a log.
const (
	ann = bot.ChatID(700700700)
	bob = bot.ChatID(800800800)
)

// said returns an update with a fresh id.
func (w *world) said(chat bot.ChatID, text string) bot.Update {
	return w.update(chat, bot.Said{Text: text})
}

func (w *world) update(chat bot.ChatID, e bot.Event) bot.Update {
	w.updates++
	return bot.Update{ID: w.updates, Chat: chat, Message: bot.MessageID(500 + w.updates), At: time.Now(), Event: e}
}

// offer accepts u and waits until it is acknowledged or refused.
func (w *world) offer(u bot.Update) error {
	done := make(chan error, 1)
	w.Accept(u, func(err error) { done <- err })
	return <-done
}

// commit offers u, which must go well.
func (w *world) commit(us ...bot.Update) {
	w.t.Helper()
	for _, u := range us {
		if err := w.offer(u); err != nil {
			w.t.Fatalf("update %d: %v", u.ID, err)
		}
	}
}

// quiet waits until nothing happens any more without time going on.
func (w *world) quiet() { synctest.Wait() }

// settle waits until there is nothing left to do at this moment, and what was
// delivered is noted as well, which may take some milliseconds.
func (w *world) settle() {
	synctest.Wait()
	time.Sleep(10 * time.Millisecond)
	synctest.Wait()
}

// records returns the texts of the records of a chat's active case, oldest first.
func (w *world) records(chat bot.ChatID) (texts []string) {
	w.t.Helper()
	for e, err := range w.db.CasesOf(chat) {
		if err != nil {
			w.t.Fatal(err)
		}
		for _, r := range e.Records {
			texts = append(texts, r.Text)
		}
	}
	return texts
}

// echo is a core that keeps what is said as a record and says it back. A text
// may ask for more: "edit …" replaces the screen, "many n" says n things.
func echo(_ *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
	var fx bot.Effects
	c.Number = 1
	switch e := in.Event.(type) {
	case bot.Said:
		c.Seq++
		fx.Records = []bot.Record{{Seq: c.Seq, Kind: bot.RecordNote, At: in.At, Text: e.Text}}
		fx.Messages = replies(e.Text)
	case bot.Pressed:
		fx.Toast = "toast " + e.Press.Arg
		fx.Messages = []bot.Message{{Slot: bot.SlotScreen, Replace: true, Text: "pressed " + e.Press.Arg}}
	default:
		return c, fx
	}
	return c, fx
}

func replies(text string) []bot.Message {
	if rest, ok := strings.CutPrefix(text, "edit "); ok {
		return []bot.Message{{Slot: bot.SlotScreen, Replace: true, Text: "re " + rest}}
	}
	n := 1
	if _, err := fmt.Sscanf(text, "many %d", &n); err == nil {
		var ms []bot.Message
		for i := range n {
			ms = append(ms, bot.Message{Text: fmt.Sprint("re ", i+1)})
		}
		return ms
	}
	return []bot.Message{{Slot: bot.SlotScreen, Text: "re " + text}}
}

func tell(_ *knowledge.Pack, n bot.Notice) bot.Message { return bot.Message{Text: string(n)} }

// call is something that the messenger was asked for.
type call struct {
	at   time.Time
	chat bot.ChatID
	text string // what stands there now: the text, "~" before it if plain
	edit bot.MessageID
	gone bot.MessageID // a message that was to be deleted
}

// messenger is a Sender that notes what it delivers. refuse, if set, may refuse
// a call instead; it is asked with what would be noted.
type messenger struct {
	t      *testing.T
	refuse func(c call, tries int) error

	mu       sync.Mutex
	calls    []call
	tries    int
	inFlight map[bot.ChatID]bool
	toasts   []string
	lastID   bot.MessageID
}

func newMessenger(t *testing.T) *messenger {
	return &messenger{t: t, inFlight: map[bot.ChatID]bool{}, lastID: 100}
}

func (m *messenger) Send(_ context.Context, chat bot.ChatID, msg bot.Message, replace bot.MessageID, plain bool) (bot.MessageID, error) {
	c := call{at: time.Now(), chat: chat, text: msg.Text, edit: replace}
	if plain {
		c.text = "~" + c.text
	}
	return m.do(c)
}

func (m *messenger) Delete(_ context.Context, chat bot.ChatID, id bot.MessageID) error {
	_, err := m.do(call{at: time.Now(), chat: chat, gone: id})
	return err
}

func (m *messenger) Answer(_ context.Context, callback, toast string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.toasts = append(m.toasts, callback+": "+toast)
	if callback == "too old" {
		return &bot.Refusal{Reason: bot.Rejected, Err: errors.New("query is too old")}
	}
	return nil
}

func (m *messenger) do(c call) (bot.MessageID, error) {
	m.enter(c.chat)
	defer m.leave(c.chat)
	if refuse, tries := m.rule(); refuse != nil {
		if err := refuse(c, tries); err != nil {
			return 0, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls = append(m.calls, c)
	if c.edit != 0 {
		return c.edit, nil
	}
	m.lastID++
	return m.lastID, nil
}

// rule returns what may refuse a call, and which try it is.
func (m *messenger) rule() (func(call, int) error, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		m.tries++
	}
	return m.refuse, m.tries
}

// refuseFromNow sets refuse while messages may be on their way.
func (m *messenger) refuseFromNow(refuse func(call, int) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = refuse
}

func (m *messenger) enter(chat bot.ChatID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inFlight[chat] {
		m.t.Error("two messages of one chat in flight")
	}
	m.inFlight[chat] = true
}

func (m *messenger) leave(chat bot.ChatID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inFlight[chat] = false
}

// texts returns what was delivered in a chat, in order: "102:text" is message
// 102 edited, "-102" deleted.
func (m *messenger) texts(chat bot.ChatID) (texts []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.calls {
		switch {
		case c.chat != chat:
		case c.gone != 0:
			texts = append(texts, fmt.Sprint("-", c.gone))
		case c.edit != 0:
			texts = append(texts, fmt.Sprint(c.edit, ":", c.text))
		default:
			texts = append(texts, c.text)
		}
	}
	return texts
}

// times returns when messages were delivered, from the first on.
func (m *messenger) times() (at []time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.calls {
		at = append(at, c.at.Sub(m.calls[0].at))
	}
	return at
}

func (m *messenger) answered() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(slices.Values(m.toasts))
}

// flaky is a store that can be told to fail, and to report each write.
type flaky struct {
	*store.Store
	mu      sync.Mutex
	failing error
	wrote   func() // called after each write
	coming  int    // changes that were announced and have not come
}

func (f *flaky) Coming(n int) {
	f.mu.Lock()
	f.coming += n
	f.mu.Unlock()
	f.Store.Coming(n)
}

// came notes that the change has come.
func (f *flaky) came(c store.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.Came {
		f.coming--
	}
}

func (f *flaky) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failing = err
}

func (f *flaky) state() (error, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failing, f.wrote
}

func (f *flaky) Commit(c store.Change) (store.Receipt, error) {
	f.came(c)
	err, wrote := f.state()
	if err != nil {
		if c.Came {
			f.Store.Coming(-1)
		}
		return store.Receipt{}, err
	}
	r, err := f.Store.Commit(c)
	if wrote != nil {
		wrote()
	}
	return r, err
}

func (f *flaky) Settle(z store.Settlement) (store.Class, error) {
	err, wrote := f.state()
	if err != nil {
		return store.Nothing, err
	}
	next, err := f.Store.Settle(z)
	if wrote != nil {
		wrote()
	}
	return next, err
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
