package main

import (
	"strings"
	"testing"
)

// The letters of the dev set, and what the checker says of those of models.
func TestEvalOfLetters(t *testing.T) {
	unhurried(t)
	got := evaluate(t, devSets+"dev-draft.jsonl", "--min", "draft.ratio=1")
	if got.code != 0 {
		t.Errorf("exit code %d: %s%s", got.code, got.errs, got.out)
	}
}

func TestEvalOfLettersRefuses(t *testing.T) {
	for line, want := range map[string]string{
		`{"task":"draft","id":"x","kind":"poem","facts":{},"want":{}}`:                                           `no letter of the kind "poem"`,
		`{"task":"draft","id":"x","kind":"follow_up","lang":"fr","facts":{},"want":{}}`:                          `the language "fr"`,
		`{"task":"draft","id":"x","kind":"follow_up","facts":{},"want":{"verdict":"accept"}}`:                    "of a reply",
		`{"task":"draft","id":"x","kind":"follow_up","facts":{},"llm":"a","want":{}}`:                            "of a reply",
		`{"task":"draft","id":"x","kind":"follow_up","text":"a","facts":{},"want":{}}`:                           "the kind of a letter",
		`{"task":"draft","id":"x","kind":"follow_up","facts":{"contacts":[{"who":"a"}]},"want":{}}`:              "contacts",
		`{"task":"draft","id":"x","kind":"follow_up","facts":{"shoe":"a"},"want":{}}`:                            `no fact "shoe"`,
		`{"task":"draft","id":"x","kind":"follow_up","facts":{},"llm":"a","want":{"verdict":"perhaps"}}`:         "of a reply",
		`{"task":"triage","id":"x","text":"a","facts":{"contacts":[{"at":"noon"}]},"want":{"cause":"no_cause"}}`: "contacts",
	} {
		got := evaluate(t, set(t, line))
		if got.code != exitFailed || !strings.Contains(got.errs, want) {
			t.Errorf("%s: exit code %d, %q, want %q", line, got.code, got.errs, want)
		}
	}
}

// A number is found however it is written, a word only as it is.
func TestHoldsText(t *testing.T) {
	for _, c := range []struct {
		text, s string
		want    bool
	}{
		{"提现1,280.00元", "1280", true},
		{"提现320.50元", "320.5", true},
		{"提现12800元", "1280.0", false},
		{"提现1280元", "1820", false},
		{"工号A208", "A208", true},
		{"工号a208", "A208", false},
	} {
		if got := holdsText(c.text, c.s); got != c.want {
			t.Errorf("%q in %q: %v", c.s, c.text, got)
		}
	}
}
