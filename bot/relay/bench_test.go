package relay

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"tixianbot/bot"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/store"
)

// BenchmarkUpdates counts durable updates a second while so many chats each
// send a message, wait until it is acknowledged and send the next: through the
// relay, with all it keeps and sends, and through a bot that does one db.Batch a
// message, has no outbox, knows no duplicates and sends as it goes.
func BenchmarkUpdates(b *testing.B) {
	for _, work := range []time.Duration{0, 200 * time.Microsecond} {
		for _, chats := range []int{1, 16, 64, 256} {
			name := fmt.Sprintf("work=%v/chats=%d", work, chats)
			b.Run("relay/"+name, func(b *testing.B) { benchmarkRelay(b, chats, work) })
			b.Run("naive/"+name, func(b *testing.B) { benchmarkNaive(b, chats, work) })
		}
	}
}

// busy is a core that takes its time and keeps a case of usual size.
func busy(work time.Duration) func(*knowledge.Pack, bot.Case, bot.Input) (bot.Case, bot.Effects) {
	return func(_ *knowledge.Pack, c bot.Case, in bot.Input) (bot.Case, bot.Effects) {
		for end := time.Now().Add(work); time.Now().Before(end); {
		}
		if c.Number == 0 {
			c = bot.Case{Number: 1, Facts: map[fact.Name]bot.Known{}}
			for _, s := range fact.All()[:12] {
				c.Facts[s.Name] = bot.Known{Value: "reviewing", Quote: strings.Repeat("风", 8), Record: 1}
			}
		}
		c.Seq++
		record := bot.Record{Seq: c.Seq, Kind: bot.RecordMessage, At: in.At, Text: in.Event.(bot.Said).Text}
		row := []bot.Button{{Label: "有", Press: bot.Press{Case: 1, Rev: 1, Act: "a", Arg: "yes"}}, {Label: "没有", Press: bot.Press{Case: 1, Rev: 1, Act: "a", Arg: "no"}}}
		return c, bot.Effects{
			Records:  []bot.Record{record},
			Messages: []bot.Message{{Slot: bot.SlotScreen, Text: strings.Repeat("有人要你先付钱吗？", 10), Buttons: [][]bot.Button{row, row, row}}},
		}
	}
}

// sink is a messenger that takes everything at once.
type sink struct{ n atomic.Int64 }

func (s *sink) Send(context.Context, bot.ChatID, bot.Message, bot.MessageID, bool) (bot.MessageID, error) {
	return bot.MessageID(s.n.Add(1)), nil
}
func (s *sink) Delete(context.Context, bot.ChatID, bot.MessageID) error { return nil }
func (s *sink) Answer(context.Context, string, string) error            { return nil }

var message = strings.Repeat("昨天下午三点提现500元一直显示风控审核中，", 3)

// drive sends b.N messages from so many chats, one at a time in each.
func drive(b *testing.B, chats int, send func(bot.Update)) {
	var id atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for chat := range chats {
		wg.Go(func() {
			for n := id.Add(1); n <= int64(b.N); n = id.Add(1) {
				send(bot.Update{ID: n, Chat: bot.ChatID(chat), At: time.Now(), Event: bot.Said{Text: message}})
			}
		})
	}
	wg.Wait()
}

func benchmarkRelay(b *testing.B, chats int, work time.Duration) {
	s, err := store.Open(filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	r := New(Config{
		Store: s, Sender: &sink{}, Knowledge: func() *knowledge.Pack { return nil },
		Step: busy(work), Wants: func(bot.Case, bot.Event) bot.Wish { return bot.Wish{} }, Tell: tell,
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	drive(b, chats, func(u bot.Update) {
		done := make(chan error, 1)
		r.Accept(u, func(err error) { done <- err })
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
	r.Idle(ctx)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
	cancel()
	<-ended
}

func benchmarkNaive(b *testing.B, chats int, work time.Duration) {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "bench.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	step, sender := busy(work), &sink{}
	drive(b, chats, func(u bot.Update) {
		var fx bot.Effects
		err := db.Batch(func(tx *bolt.Tx) error {
			cases, err := tx.CreateBucketIfNotExists([]byte("cases"))
			if err != nil {
				return err
			}
			key := binary.BigEndian.AppendUint64(nil, uint64(u.Chat))
			var c bot.Case
			if raw := cases.Get(key); raw != nil {
				if err := json.Unmarshal(raw, &c); err != nil {
					return err
				}
			}
			c, fx = step(nil, c, bot.Input{At: u.At, Event: u.Event})
			raw, err := json.Marshal(c)
			if err != nil {
				return err
			}
			if err := cases.Put(key, raw); err != nil {
				return err
			}
			records, err := tx.CreateBucketIfNotExists([]byte("records"))
			if err != nil {
				return err
			}
			if raw, err = json.Marshal(fx.Records[0]); err != nil {
				return err
			}
			return records.Put(binary.BigEndian.AppendUint32(key, uint32(c.Seq)), raw)
		})
		if err != nil {
			b.Error(err)
		}
		for _, m := range fx.Messages {
			sender.Send(context.Background(), u.Chat, m, 0, false)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}
