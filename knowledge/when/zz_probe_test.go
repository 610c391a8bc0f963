package when_test

import (
	"bufio"
	"fmt"
	"os"
	"testing"
)

func TestProbe(t *testing.T) {
	p, _ := planner(t)
	f, err := os.Open(os.Getenv("PROBE"))
	if err != nil {
		t.Skip()
	}
	s := bufio.NewScanner(f)
	for s.Scan() {
		plan, err := p.Parse(s.Text(), monday)
		if err != nil {
			fmt.Printf("%-40s ERR %v\n", s.Text(), err)
			continue
		}
		fmt.Printf("%-40s %s %s [%s] named=%v est=%v\n", s.Text(), plan.At.Format("2006-01-02 Mon 15:04"), plan.Every, plan.Note, plan.Named, plan.Estimate)
	}
}
