package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tixianbot/bot"
	"tixianbot/bot/telegram/telegramtest"
	"tixianbot/knowledge"
	"tixianbot/store"
)

// BenchmarkStart starts the bot over the database of a hundred thousand people,
// until it polls, has some of them write, and asks it for everything; plain, and
// encrypted.
//
//	go test ./cmd/tixianbot -run '^$' -bench Start -timeout 30m
func BenchmarkStart(b *testing.B) {
	b.Run("plain", func(b *testing.B) { benchmarkStart(b, "") })
	b.Run("encrypted", func(b *testing.B) { benchmarkStart(b, newKey(b)) })
}

func benchmarkStart(b *testing.B, key string) {
	const people, writing = 100_000, 1000
	folder := b.TempDir()
	size := settle(b, folder, key, people)
	var took time.Duration
	var before, after, own int
	tools := map[string]time.Duration{"cases": 0, "check": 0, "stats": 0}
	for n := int64(1); b.Loop(); n++ {
		srv := telegramtest.New(b)
		srv.Patience(patience)
		srv.Renumber(n << 32) // no update is one of the times before
		began := time.Now()
		run := launch(b, deployment(srv.URL(), folder, keyName+"="+key))
		srv.Wait("the first poll", srv.Polling)
		took, before = time.Since(began), resident(b, run)
		for i := range writing {
			srv.User(int64(i*people/writing + 1)).Say("/log 又打了一次客服")
		}
		srv.WaitConfirmed()
		after, own = resident(b, run), status(b, run, "RssAnon:")
		for name := range tools {
			began := time.Now()
			if got := command(b, []string{"TIXIANBOT_DATA=" + folder}, "", name, "--json"); got.code != 0 {
				b.Errorf("%s: %s", name, got.errs)
			}
			tools[name] = time.Since(began)
		}
		run.stop()
	}
	b.ReportMetric(float64(took.Milliseconds()), "start-ms")
	b.ReportMetric(float64(before)/(1<<20), "resident-MiB")
	b.ReportMetric(float64(after)/(1<<20), "after-1000-updates-MiB")
	b.ReportMetric(float64(own)/(1<<20), "of-that-own-MiB") // the rest are pages of the file, mapped
	for name, took := range tools {
		b.ReportMetric(took.Seconds(), name+"-s")
	}
	b.ReportMetric(float64(size)/people, "bytes/case")
}

// settle fills the database in folder with the cases of so many people, each of
// whom had one of a few conversations, and returns its size. One in a hundred
// waits for a message.
func settle(b *testing.B, folder, key string, people int) int64 {
	b.Helper()
	path := filepath.Join(folder, botFile)
	var k store.Key
	if key != "" {
		k = parsed(b, key)
	}
	s, err := store.OpenSealed(path, k)
	if err != nil {
		b.Fatal(err)
	}
	histories := converse(b)
	const writers = 1024
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := w; i < people; i += writers {
				h := histories[i%len(histories)]
				change := store.Change{
					Update: int64(i + 1), Chat: bot.ChatID(i + 1), Zone: defaultZone, Case: &h.kept, Records: h.records,
				}
				if i%100 == 0 {
					change.Queue = []store.Item{{Message: bot.Message{Text: "一条消息"}}}
				}
				if _, err := s.Commit(change); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// history is what one conversation leaves behind.
type history struct {
	kept    bot.Case
	records []bot.Record
}

// converse has conversations of realistic length with the core: what happened,
// four answers, a side question, entries of the diary.
func converse(b *testing.B) (all []history) {
	b.Helper()
	k, err := knowledge.Load("")
	if err != nil {
		b.Fatal(err)
	}
	for i, first := range []string{
		"昨天下午三点提现500元一直显示风控审核中，上周刚换了银行卡",
		"我在平台卖货，货款8000提不出来，按钮是灰的，客服说账户异常要我等",
		"提现显示成功三天了还没到账，银行说没有收到，金额2300",
		"平台说系统维护，已经一周了，里面有两万多，之前一直正常",
		"提现失败提示实名信息不一致，身份证上个月过期了刚换",
	} {
		h := history{}
		at := time.Date(2026, 11, 1, 9, i, 0, 0, time.FixedZone("CST", 8*60*60))
		for _, said := range []bot.Said{
			{Text: first}, {Text: "没有"}, {Text: "不知道"}, {Text: "个人账户"}, {Text: "截图要包含什么？"},
			{Command: "log", Text: "打了客服电话，工号1024，说三到五个工作日处理完，让我等短信"},
			{Command: "log", Text: "在线客服回复还在审核，没有给时间，也没有说缺什么材料"},
			{Command: "log", Text: "发了投诉邮件，附了截图和流水，自动回复说七个工作日内答复"},
		} {
			at = at.Add(7 * time.Minute)
			var fx bot.Effects
			h.kept, fx = bot.Step(k, h.kept, bot.Input{At: at, Event: said})
			h.records = append(h.records, fx.Records...)
		}
		if len(h.records) < 5 || len(h.kept.Facts) < 3 {
			b.Fatal(fmt.Sprintf("a conversation leaves %d entries and %d facts: that is not a realistic one", len(h.records), len(h.kept.Facts)))
		}
		all = append(all, h)
	}
	return all
}
