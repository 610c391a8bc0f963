package knowledge

import (
	"slices"
	"testing"

	"tixianbot/knowledge/fact"
)

// TestEvidenceNeeded: what a case needs follows from its facts, and where money
// was demanded first nothing is asked for that only a withdrawal has.
func TestEvidenceNeeded(t *testing.T) {
	p, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		known     fact.Facts
		cause     string
		want, not []string
	}{
		"nothing known": {nil, "", []string{"error_screen", "withdraw_record"}, []string{"bank_statement"}},
		"not arrived":   {fact.Facts{fact.Status: "sent_not_arrived"}, "", []string{"error_screen", "bank_statement"}, nil},
		"by its cause":  {nil, "channel_delay", []string{"bank_statement"}, nil},
		"fraud":         {fact.Facts{fact.AskedToPay: "yes", fact.Status: "frozen"}, "", []string{"support_chat", "bank_statement"}, []string{"withdraw_record", "notice"}},
	} {
		got := p.Evidence.Needed(c.known, c.cause)
		for _, id := range c.want {
			if !slices.Contains(got, id) {
				t.Errorf("%s: %q does not need %s", name, got, id)
			}
		}
		for _, id := range c.not {
			if slices.Contains(got, id) {
				t.Errorf("%s: %q needs %s", name, got, id)
			}
		}
	}
}

// TestEvidenceFileWord: what a piece is called in the name of its file follows
// its caption.
func TestEvidenceFileWord(t *testing.T) {
	p, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for caption, want := range map[string]string{
		"":         "提现状态页面",
		"提現失敗的提示":  "提现失败提示",
		"账户被冻结":    "冻结提示",
		"一直显示审核中啊": "提现状态页面",
	} {
		if got := p.Evidence.FileWord("error_screen", caption); got != want {
			t.Errorf("%q: %q, want %q", caption, got, want)
		}
	}
	if got := p.Evidence.FileWord("gone", ""); got != "其他材料" {
		t.Errorf("a kind that is no more: %q", got)
	}
}
