package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/letter"
)

// evalFacts are the facts of a test question. Those of a letter may also say
// what was talked about with the platform.
type evalFacts struct {
	fact.Facts
	contacts []letter.Contact
}

// UnmarshalJSON reads facts and contacts strictly.
func (f *evalFacts) UnmarshalJSON(data []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	if raw, ok := all["contacts"]; ok {
		var told []struct {
			At      time.Time `json:"at"`
			Channel string    `json:"channel"`
			Agent   string    `json:"agent"`
			Promise string    `json:"promise"`
		}
		if err := strictly(raw, &told); err != nil {
			return fmt.Errorf("contacts: %w", err)
		}
		for _, c := range told {
			f.contacts = append(f.contacts, letter.Contact(c))
		}
		delete(all, "contacts")
	}
	rest, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return json.Unmarshal(rest, &f.Facts)
}

// What a letter must have and must not, and what the checker says of a reply.
type wantLetter struct {
	Contains []string `json:"contains"`
	Lacks    []string `json:"lacks"`
	Verdict  string   `json:"verdict"` // accept or reject, with llm only
}

const (
	verdictAccept = "accept"
	verdictReject = "reject"
)

// checkDraft reports what is wrong with a question about a letter.
func checkDraft(c evalCase) error {
	verdict := c.want.(*wantLetter).Verdict
	switch {
	case !slices.Contains(letter.Kinds, letter.Kind(c.Kind)):
		return fmt.Errorf("no letter of the kind %q", c.Kind)
	case c.Lang != "" && c.Lang != string(letter.Chinese) && c.Lang != string(letter.English):
		return fmt.Errorf("no letters in the language %q", c.Lang)
	case (c.LLM == "") != (verdict == "") || verdict != "" && verdict != verdictAccept && verdict != verdictReject:
		return errors.New("a verdict, accept or reject, is wanted of a reply and of nothing else")
	}
	return nil
}

// tryDraft writes a letter, or checks one that a model is said to have written.
func tryDraft(k *knowledge.Pack, c evalCase) result {
	want := c.want.(*wantLetter)
	about := letter.Case{Facts: c.Facts.Facts, Contacts: c.Facts.contacts, Now: c.Now}
	order := letter.Order{Kind: letter.Kind(c.Kind), Lang: letter.Lang(c.Lang)}
	text := c.LLM
	if text == "" {
		text = k.Letters.Compose(order, about).Text()
	}
	findings := k.Letters.Check(text, order, about)
	verdict := verdictAccept
	if letter.Blocked(findings) {
		verdict = verdictReject
	}
	r := result{expected: want.Verdict, Pass: verdict == orElse(want.Verdict, verdictAccept)}
	for _, s := range want.Contains {
		r.Pass = r.Pass && holdsText(text, s)
	}
	for _, s := range want.Lacks {
		r.Pass = r.Pass && !strings.Contains(text, s)
	}
	r.Got = draftGot(text, verdict, findings)
	return r
}

// draftGot says in a line or a few what came out.
func draftGot(text, verdict string, findings []letter.Finding) string {
	var b strings.Builder
	b.WriteString(verdict)
	for _, f := range findings {
		if f.Degree == letter.Block {
			fmt.Fprintf(&b, " %s %q", f.ID, f.Quote)
		}
	}
	b.WriteString(": ")
	b.WriteString(text)
	return b.String()
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

var (
	wholeNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	someNumber  = regexp.MustCompile(`[0-9][0-9,]*(\.[0-9]+)?`)
)

// holdsText reports whether text contains s, or, where s is a number, one of
// the same value, with or without separators and trailing zeros.
func holdsText(text, s string) bool {
	if strings.Contains(text, s) || !wholeNumber.MatchString(s) {
		return strings.Contains(text, s)
	}
	want, _ := new(big.Rat).SetString(s)
	return slices.ContainsFunc(someNumber.FindAllString(text, -1), func(n string) bool {
		have, ok := new(big.Rat).SetString(strings.ReplaceAll(n, ",", ""))
		return ok && have.Cmp(want) == 0
	})
}
