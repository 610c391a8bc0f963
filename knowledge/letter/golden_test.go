package letter_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 8*60*60))

func book(tb testing.TB) *letter.Book {
	tb.Helper()
	p, err := knowledge.Load("")
	if err != nil {
		tb.Fatal(err)
	}
	return p.Letters
}

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, now.Location())
}

// thin is the case of somebody who told little.
var thin = letter.Case{Facts: fact.Facts{"platform_name": "云禾钱包", "amount": "320.50", "currency": "CNY", "status": "processing"}, Now: now}

// full is the case of somebody who told all there is to tell.
func full(kind letter.Kind, lang letter.Lang) letter.Case {
	c := letter.Case{
		Facts: fact.Facts{
			"platform_name": "知识星河", "platform_kind": "content", "account": "personal", "amount": "2480.00", "currency": "CNY",
			"status": "frozen", "error_text": "账户状态异常", "failed_at": "2026-11-06T14:00:00+08:00", "attempts": "4",
			"last_success_at": "2026-10-08T09:30:00+08:00", "identity": "valid", "card_state": "normal", "name_match": "yes",
			"dispute": "violation", "changes": "device", "unknown_activity": "no", "amount_pattern": "larger", "role": "earner",
			"account_hint": "尾号0056", "promised_by": "2026-11-20T00:00:00+08:00", "contacted": "complaint",
		},
		Contacts: []letter.Contact{
			{At: at(9, 15, 20), Channel: "电话客服", Agent: "0627", Promise: "3个工作日内回电"},
			{At: at(17, 10, 5), Channel: "官方工单", Agent: "小何"},
		},
		Evidence: []string{"error_screen", "withdraw_record", "support_chat"},
		Body:     "互联网信息服务投诉平台",
		Now:      now,
	}
	if lang == letter.English {
		c.Facts["platform_name"], c.Facts["error_text"], c.Facts["account_hint"] = "Northgate", "E-4021", "ending 0056"
		c.Contacts[0] = letter.Contact{At: at(9, 15, 20), Channel: "phone", Agent: "0627", Promise: "a call back within 3 days"}
		c.Contacts[1] = letter.Contact{At: at(17, 10, 5), Channel: "ticket", Agent: "Marco"}
		c.Body = "the local 12315 office"
	}
	if kind == letter.FraudReport {
		c.Facts["asked_to_pay"], c.Facts["paid_amount"], c.Facts["paid_at"] = "yes", "800", "2026-11-21T16:30:00+08:00"
	}
	if kind == letter.UnfreezeApplication || kind == letter.LegalNotice {
		c.Facts["account"] = "business"
	}
	return c
}

// Every kind in both languages, out of little and out of much, in all tones
// and short: read them as the one who gets them.
func TestGolden(t *testing.T) {
	alone(t)
	b := book(t)
	for _, kind := range letter.Kinds {
		for _, lang := range []letter.Lang{letter.Chinese, letter.English} {
			var out strings.Builder
			write := func(name string, o letter.Order, c letter.Case) {
				o.Kind, o.Lang = kind, lang
				l := b.Compose(o, c)
				fmt.Fprintf(&out, "==== %s\n%s\n", name, l.Text())
				for _, f := range b.Check(l.Text(), o, c) {
					if f.Degree == letter.Block {
						t.Errorf("%s, %s, %s: %s %q", kind, lang, name, f.ID, f.Quote)
					}
					fmt.Fprintf(&out, "-- %s %s %q\n", f.Degree, f.ID, f.Quote)
				}
				for _, m := range l.Missing {
					fmt.Fprintf(&out, "-- %s\n", m.Say)
				}
				out.WriteByte('\n')
			}
			write("thin", letter.Order{}, thin)
			write("nothing at all", letter.Order{Tone: letter.Firm}, letter.Case{Now: now})
			write("full", letter.Order{}, full(kind, lang))
			write("full, soft and short", letter.Order{Tone: letter.Soft, Short: true}, full(kind, lang))
			write("full, firm", letter.Order{Tone: letter.Firm}, full(kind, lang))
			golden(t, filepath.Join("testdata", string(kind)+"."+string(lang)+".txt"), out.String())
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (run with -update and read it):\n%s", name, diff)
	}
}
