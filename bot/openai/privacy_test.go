package openai_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tixianbot/bot/openai"
	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

// personal is a case full of what must not leave, and the list of it.
type personal struct {
	c     letter.Case
	items []string
}

// invent makes the n-th synthetic case.
func invent(n int) personal {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	digits := func(k int) string {
		var b strings.Builder
		for range k {
			b.WriteByte(byte('1' + r.IntN(9)))
		}
		return b.String()
	}
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	zone := time.FixedZone("", 8*60*60)
	day := func() time.Time {
		return time.Date(2026, time.Month(1+r.IntN(11)), 1+r.IntN(28), 1+r.IntN(22), r.IntN(60), 0, 0, zone)
	}
	name := pick("王建国", "李秀英", "张伟", "欧阳娜娜", "陈晓东")
	phone, card, mail := "13"+digits(9), "62170012"+digits(11), "u"+digits(5)+"@example.com"
	platform, agent, hint := pick("云禾", "拾光", "Lumen", "北岸")+digits(3), pick("A", "K", "")+digits(4), "尾号"+digits(4)
	amount, paid := digits(5)+"."+digits(2), digits(4)
	errorText := fmt.Sprintf("账户%s异常，请联系%s（%s）", card, name, phone)
	promise := fmt.Sprintf("%s经理会在%s前打%s", name, "3天", phone)
	failed, told, paidAt := day(), day(), day()
	p := personal{items: []string{name, phone, card, mail, platform, agent, hint, amount, paid, card[15:], digits(0) + hint[len("尾号"):]}}
	p.c = letter.Case{
		Facts: fact.Facts{
			"platform_name": fact.Value(platform), "amount": fact.Value(amount), "currency": fact.Value(pick("CNY", "USD")),
			"status": fact.Value(pick("frozen", "reviewing", "failed")), "error_text": fact.Value(errorText), "account_hint": fact.Value(hint),
			"failed_at": fact.At(failed), "paid_at": fact.At(paidAt), "paid_amount": fact.Value(paid), "attempts": "3",
		},
		Contacts: []letter.Contact{{At: told, Channel: "邮件" + mail, Agent: agent, Promise: promise}},
		Now:      time.Date(2026, 11, 23, 10, 0, 0, 0, zone),
	}
	for _, t := range []time.Time{failed, told, paidAt} {
		p.items = append(p.items, t.Format("2006年1月2日"), t.Format("2 January 2006"), t.Format("15:04"))
	}
	return p
}

// hostile is what models do to tokens.
var hostile = []*strings.Replacer{
	strings.NewReplacer(),
	strings.NewReplacer("[[", "[", "]]", "]"),
	strings.NewReplacer("[[", "【", "]]", "】"),
	strings.NewReplacer("[[", "「", "]]", "」"),
	strings.NewReplacer("[[", " [[ ", "]]", " ]] "),
	strings.NewReplacer("[[", "", "]]", ""),
	strings.NewReplacer("[[ZX", "[[zx ", "]]", "]]"),
	strings.NewReplacer("[[ZX", "［［ＺＸ", "]]", "］］"),
	strings.NewReplacer("[[", "**[[", "]]", "]]**"),
	strings.NewReplacer("[[ZX", "{ZX-", "]]", "}"),
	strings.NewReplacer("[[ZX", "<ZX_", "]]", ">"),
	strings.NewReplacer("[[", "`", "]]", "`"),
}

// Nothing of two hundred cases stands in what a server gets, and everything is
// back in the letter afterwards, whatever the model does to the tokens.
func TestNothingPersonalLeaves(t *testing.T) {
	p, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	var body, reply string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body = string(data)
		var in struct{ Messages []struct{ Content string } }
		if err := json.Unmarshal(data, &in); err != nil {
			t.Error(err)
		}
		reply = in.Messages[1].Content
		out, err := json.Marshal(map[string]any{"choices": []any{map[string]any{"message": map[string]string{
			"role": "assistant", "content": hostile[len(body)%len(hostile)].Replace(reply),
		}}}})
		if err != nil {
			t.Error(err)
		}
		w.Write(out)
	}))
	defer server.Close()
	d, err := openai.New(openai.Config{BaseURL: server.URL, Key: "k", Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 200 {
		who := invent(n)
		o := letter.Order{Kind: letter.Kinds[n%len(letter.Kinds)], Lang: []letter.Lang{letter.Chinese, letter.English}[n/11%2]}
		text := p.Letters.Compose(o, who.c).Text()
		if n%3 == 0 { // the user's own words, added by hand
			text += fmt.Sprintf("\n本人%s，手机%s，卡号%s，邮箱%s，于%s付了%s元。", who.items[0], who.items[1], who.items[2], who.items[3], "三月五日", "两千三百")
		}
		v, err := p.Letters.Veil(text, who.c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Draft(t.Context(), openai.Draft{Brief: p.Letters.Brief(o), Letter: v.Text})
		if err != nil {
			t.Fatal(err)
		}
		leaves := func(request string) {
			for _, item := range append(who.items, "三月五日", "两千三百") {
				if item != "" && strings.Contains(body, item) {
					t.Errorf("case %d, %s request: %q leaves", n, request, item)
				}
			}
		}
		leaves("first")
		lifted := v.Lift(got)
		if squeeze(lifted) != squeeze(text) {
			t.Errorf("case %d, %d: the letter comes back as\n%s\nwant\n%s", n, len(body)%len(hostile), lifted, text)
		}
		if n%2 > 0 {
			continue
		}
		// What is wrong with a reply is said without the words of the letter.
		found := p.Letters.Check(lifted+"\n"+strings.Join(who.items, "，"), o, letter.Case{Now: who.c.Now})
		if !letter.Blocked(found) {
			t.Fatalf("case %d: nothing speaks against a letter full of what the case does not know", n)
		}
		if _, err := d.Draft(t.Context(), openai.Draft{Brief: p.Letters.Brief(o), Letter: v.Text, Reply: got, Findings: p.Letters.Objections(o, found)}); err != nil {
			t.Fatal(err)
		}
		leaves("second")
	}
}

// squeeze takes out spaces and formatting, which a model may add around tokens.
func squeeze(s string) string { return strings.NewReplacer(" ", "", "*", "").Replace(s) }
