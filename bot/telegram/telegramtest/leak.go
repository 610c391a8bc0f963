package telegramtest

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"
)

// Main runs the tests of a package, as its TestMain does, and returns the exit
// code. Tests that went well fail all the same if goroutines of theirs are left
// a while after the last of them has ended.
func Main(m interface{ Run() int }) int {
	code := m.Run()
	if code != 0 {
		return code
	}
	http.DefaultClient.CloseIdleConnections()
	if left := leftOver(leakPatience); left != "" {
		fmt.Fprintf(os.Stderr, "FAIL: goroutines are left after the tests:\n\n%s\n", left)
		return 1
	}
	return 0
}

// leakPatience is how long goroutines may take to see that all is over.
const leakPatience = 5 * time.Second

// leftOver returns the stacks of the goroutines that are left of the tests, "" as
// soon as there are none.
func leftOver(patience time.Duration) string {
	over := time.After(patience)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		left := strangers()
		if left == "" {
			return ""
		}
		select {
		case <-over:
			return left
		case <-again.C:
		}
	}
}

// residents are functions of goroutines that live as long as a test process.
var residents = []string{
	"testing.(*M).", "testing.runFuzzing(", "testing.runFuzzTests(", "os/signal.signal_recv", "os/signal.loop",
	"runtime.ensureSigM", "runtime/pprof.", "runtime/trace.", "internal/fuzz.",
}

// strangers returns the stacks of all goroutines but this one and the residents.
func strangers() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var left []string
	for i, stack := range bytes.Split(buf, []byte("\n\n")) {
		if i == 0 || resident(string(stack)) {
			continue
		}
		left = append(left, string(stack))
	}
	return strings.Join(left, "\n\n")
}

func resident(stack string) bool {
	for _, name := range residents {
		if strings.Contains(stack, name) {
			return true
		}
	}
	return false
}
