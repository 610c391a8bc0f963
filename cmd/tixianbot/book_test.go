package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBook writes the book of a few conversations: it holds whole screens, each
// once, and the same ones every time.
func TestBook(t *testing.T) {
	alone(t)
	var pages [2]string
	for i := range pages {
		file := filepath.Join(t.TempDir(), "screens.html")
		if o := command(t, nil, "", "book", "--walks", "4", file); o.code != 0 || !strings.Contains(o.out, "screens in") {
			t.Fatalf("exit code %d: %s%s", o.code, o.out, o.errs)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages[i] = string(text)
	}
	if n := strings.Count(pages[0], "<article>"); n < 50 {
		t.Errorf("%d screens, want at least 50", n)
	}
	if pages[0] != pages[1] {
		t.Error("the book differs from time to time")
	}
	if o := command(t, nil, "", "book", filepath.Join(t.TempDir(), "no", "such", "folder.html")); o.code != exitFailed {
		t.Errorf("a book that cannot be written ends with %d: %s", o.code, o.errs)
	}
}

// alone leaves a long test out of short runs, which are those under the race
// detector: it works in one goroutine, so there is nothing to detect.
func alone(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine alone")
	}
}
