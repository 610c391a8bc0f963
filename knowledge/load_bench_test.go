package knowledge_test

import (
	"testing"

	"tixianbot/knowledge"
)

// BenchmarkLoad reads and compiles all content: what a start and a reload take
// before anything else.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := knowledge.Load(""); err != nil {
			b.Fatal(err)
		}
	}
}
