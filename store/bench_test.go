package store

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"tixianbot/bot"
)

// BenchmarkOpen opens a file with 100,000 cases and looks for what is to be
// sent in it, as a start of the bot does.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "large.db")
	populateMany(b, path, 100_000)
	for b.Loop() {
		s, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		chats, err := s.Waiting()
		if err != nil || len(chats) != 1000 {
			b.Fatalf("%d chats wait, %v; want 1000", len(chats), err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MiB")
}

// populateMany makes a file with n chats of one case and two records each, one
// in a hundred of which has something to be sent.
func populateMany(b *testing.B, path string, n int) {
	b.Helper()
	s, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const writers = 512
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < n; i += writers {
				c := aCase()
				change := Change{Update: int64(i + 1), Chat: bot.ChatID(i) * 7919, Case: &c, Records: []bot.Record{record(1), record(2)}, Zone: "Asia/Shanghai"}
				if i%100 == 0 {
					change.Queue = []Item{answer("x")}
				}
				if _, err := s.Commit(change); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkSeal seals and opens a value of 2 KB, of a chat whose key is at hand
// and of one whose key has to be made.
func BenchmarkSeal(b *testing.B) {
	s, _, err := newSeal(aKey())
	if err != nil {
		b.Fatal(err)
	}
	value := bytes.Repeat([]byte("0123456789abcdef"), 128)
	for name, chats := range map[string]int{"one chat": 1, "many chats": 100_000} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				key := caseKey(bot.ChatID(n%chats), 1)
				sealed, err := s.close(bucketCases, key, value)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.open(bucketCases, key, sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRekey changes the key of a file with 100,000 cases.
func BenchmarkRekey(b *testing.B) {
	path := filepath.Join(b.TempDir(), "large.db")
	populateMany(b, path, 100_000)
	var from Key
	for b.Loop() {
		to := aKey()
		if _, err := Rekey(path, from, to, func(int, int) {}); err != nil {
			b.Fatal(err)
		}
		from = to
	}
	if info, err := os.Stat(path); err == nil {
		b.ReportMetric(float64(info.Size())/1e6, "MB")
	}
}
