package knowledge

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"tixianbot/knowledge/screen"
)

// TestPlainMessagesRaiseNoAlarm: people who only say what happened to their
// withdrawal are not warned of frauds, asked about their life, or told that
// they shared a secret. A false alarm frightens somebody who is worried already,
// and most messages are of this kind; so of a hundred at most one may raise one,
// and none about somebody's life or a secret.
//
// Who trains the screen on some of these texts must not train it on the dev
// sets, which stand for all the others.
func TestPlainMessagesRaiseNoAlarm(t *testing.T) {
	k, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{
		"triage/testdata/texts.jsonl", "triage/testdata/rounds-texts.jsonl", "triage/testdata/rounds-interviews.jsonl",
		"testdata/eval/dev-triage.jsonl", "testdata/eval/dev-interview.jsonl", "testdata/eval/dev-extract.jsonl",
	} {
		n, alarms := 0, 0
		for _, text := range plainTexts(t, file) {
			n++
			flag, span := k.Screen.Flag(text, nil)
			if flag == screen.None {
				continue
			}
			alarms++
			t.Logf("%s: %s, as a whole %v: %s", file, flag, span == [2]int{0, len(text)}, text)
			if flag == screen.SelfHarm || flag == screen.SecretShared {
				t.Errorf("%s: a plain message is taken for %s", file, flag)
			}
		}
		if n < 40 || alarms > 1+n/100 {
			t.Errorf("%s: %d of %d plain messages raise an alarm, want at most one of a hundred", file, alarms, n)
		}
	}
}

// plainTexts returns the messages of a set in which nobody demands money before
// a withdrawal, or pays, and nobody asks to get round a check.
func plainTexts(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var texts []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		line := lines.Text()
		told := strings.Contains(line, "scam") || strings.Contains(line, "account_compromised") || strings.Contains(line, `"asked_to_pay":"yes"`) || strings.Contains(line, "pay_first")
		if !told && c.Text != "" {
			texts = append(texts, c.Text)
		}
	}
	return texts
}
