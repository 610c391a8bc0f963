package dossier

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"tixianbot/bot"
)

// crowded is a case of 500 entries and 100 files of 200 KB.
func crowded() Source {
	src := full()
	src.Records = src.Records[:1]
	for i := range 499 {
		r := bot.Record{Seq: i + 2, Kind: bot.RecordContact, At: day(20, 10, i), ToldAt: day(20, 10, i)}
		r.Text = strings.Repeat("打了客服，工号3721，说三个工作日内答复。", 4)
		r.Parts = []bot.Part{part(bot.PartChannel, "hotline"), part(bot.PartAgent, "3721"), part(bot.PartPromise, "三个工作日内答复")}
		if i < 100 {
			r.Kind, r.About, r.Parts = bot.RecordEvidence, "support_chat", nil
			r.Exhibit = bot.Exhibit{Number: i + 1, File: bot.File{ID: bot.FileID(fmt.Sprint(i)), MIME: "image/jpeg", Size: 200_000}}
		}
		src.Records = append(src.Records, r)
	}
	file := bytes.Repeat([]byte("0123456789abcdef"), 200_000/16)
	src.Open = func(context.Context, bot.File) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(file)), nil
	}
	return src
}

// BenchmarkMake makes the pack of a crowded case. It must take less than 5 s and
// 200 MiB.
func BenchmarkMake(b *testing.B) {
	k, src := content(b), crowded()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Make(b.Context(), k, src, Options{Dir: b.TempDir()}); err != nil {
			b.Fatal(err)
		}
	}
	took := b.Elapsed() / time.Duration(b.N)
	most := peak(b, func() { Make(b.Context(), k, src, Options{Dir: b.TempDir()}) })
	b.ReportMetric(most, "MiB-peak")
	if took > 5*time.Second || most > 200 {
		b.Errorf("a pack takes %v and %.0f MiB", took, most)
	}
}

// peak returns how much the heap grew at most while f ran.
func peak(b *testing.B, f func()) float64 {
	b.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, most := m.HeapInuse, m.HeapInuse
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	for tick := time.Tick(2 * time.Millisecond); ; {
		select {
		case <-done:
			return float64(most-before) / (1 << 20)
		case <-tick:
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
}

func BenchmarkPicture(b *testing.B) {
	k, src := content(b), full()
	for b.Loop() {
		if _, err := Picture(k, src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOnePage(b *testing.B) {
	k, src := content(b), full()
	for b.Loop() {
		if _, _, err := OnePage(k, src); err != nil {
			b.Fatal(err)
		}
	}
}
