package triage_test

import (
	"testing"

	"tixianbot/knowledge/triage"
)

func TestContent(t *testing.T) {
	for _, err := range triage.Check(table(t), weights(t)) {
		t.Error(err)
	}
}
