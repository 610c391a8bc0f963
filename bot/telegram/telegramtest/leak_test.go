package telegramtest

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestAGoroutineThatIsLeftIsFound(t *testing.T) {
	end := make(chan struct{})
	go func() { <-end }()
	if left := leftOver(20 * time.Millisecond); !strings.Contains(left, "TestAGoroutineThatIsLeftIsFound") {
		t.Errorf("found %q", left)
	}
	close(end)
}

// tests stands for the tests of a package.
type tests func() int

func (f tests) Run() int { return f() }

func TestTestsThatFailedStayFailed(t *testing.T) {
	if code := Main(tests(func() int { return 3 })); code != 3 {
		t.Errorf("exit code %d", code)
	}
}
