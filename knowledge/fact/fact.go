// Package fact is the vocabulary of a case: the names of the facts that a case
// can know, the form of their values, and how two values compare.
//
// The ids are stable. They are stored in cases, printed by the tools and
// counted in metrics, so a name or an enum value is never renamed, only added.
// A fact that is absent is unknown; there is no value that means "unknown".
package fact

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Name identifies a fact, such as "status" or "amount".
type Name string

// The facts of a case.
const (
	PlatformName    Name = "platform_name"
	PlatformKind    Name = "platform_kind"
	Account         Name = "account"
	Amount          Name = "amount"
	Currency        Name = "currency"
	Status          Name = "status"
	ErrorText       Name = "error_text"
	FailedAt        Name = "failed_at"
	LastSuccessAt   Name = "last_success_at"
	Attempts        Name = "attempts"
	Changes         Name = "changes"
	Identity        Name = "identity"
	NameMatch       Name = "name_match"
	CardState       Name = "card_state"
	Verification    Name = "verification"
	AmountPattern   Name = "amount_pattern"
	Notice          Name = "notice"
	Dispute         Name = "dispute"
	Network         Name = "network"
	Dormant         Name = "dormant"
	UnknownActivity Name = "unknown_activity"
	AskedToPay      Name = "asked_to_pay"
	WarningSigns    Name = "warning_signs"
	Contacted       Name = "contacted"
	PromisedBy      Name = "promised_by"
	Role            Name = "role"
	Province        Name = "province"
	MainlandEntity  Name = "mainland_entity"
	PaidAmount      Name = "paid_amount"
	PaidAt          Name = "paid_at"
	AccountHint     Name = "account_hint"
)

// None is the member of a set, or the value of an enum, that says "asked, and there is none".
const None = "none"

// Never is the value of [LastSuccessAt] of someone who has never withdrawn successfully.
const Never = "never"

// Kind is the form of a fact's values.
type Kind int

// The kinds of values.
const (
	Text    Kind = iota // free text, trimmed
	Enum                // one of Spec.Values
	Set                 // members of Spec.Values, sorted, joined by commas; "none" stands alone
	Decimal             // a non-negative decimal number in currency units, such as "500.00"
	Code                // an ISO 4217 code or a ticker, upper case
	Instant             // an RFC 3339 time
	Date                // an RFC 3339 time of which only the date counts
	Count               // a non-negative integer
)

// Spec says what values a fact takes.
type Spec struct {
	Name   Name
	Kind   Kind
	Values []string // of an Enum or a Set, in the order of the taxonomy
}

var specs = []Spec{
	{PlatformName, Text, nil},
	{PlatformKind, Enum, []string{"content", "ecommerce", "wallet", "wealth", "gig", "crossborder", "crypto", "gaming", "other"}},
	{Account, Enum, []string{"personal", "business"}},
	{Amount, Decimal, nil},
	{Currency, Code, nil},
	{Status, Enum, []string{"processing", "reviewing", "failed", "disabled", "limited", "vague_error", "frozen", "sent_not_arrived", "pay_first", "other"}},
	{ErrorText, Text, nil},
	{FailedAt, Instant, nil},
	{LastSuccessAt, Instant, []string{Never}},
	{Attempts, Count, nil},
	{Changes, Set, []string{"device", "location", "card", "phone", "identity", "password", None}},
	{Identity, Enum, []string{"valid", "expired", "unverified"}},
	{NameMatch, Enum, []string{"yes", "no"}},
	{CardState, Enum, []string{"normal", "cancelled", "unsupported", "details_wrong"}},
	{Verification, Enum, []string{None, "pending", "cannot_receive"}},
	{AmountPattern, Enum, []string{"usual", "larger", "over_limit", "below_minimum", "exceeds_available"}},
	{Notice, Enum, []string{None, "maintenance", "rules_changed"}},
	{Dispute, Enum, []string{None, "trade", "violation", "service", "qualification", "judicial"}},
	{Network, Enum, []string{"ok", "unstable"}},
	{Dormant, Enum, []string{"yes", "no"}},
	{UnknownActivity, Enum, []string{"yes", "no"}},
	{AskedToPay, Enum, []string{"yes", "no"}},
	{WarningSigns, Set, []string{"raised_threshold", "frequent_maintenance", "slow_support", "many_complaints", "no_licence", "guaranteed_returns", None}},
	{Contacted, Enum, []string{None, "bot_only", "agent", "supervisor", "complaint", "regulator"}},
	{PromisedBy, Date, nil},
	{Role, Enum, []string{"consumer", "earner", "investor", "victim"}},
	{Province, Text, nil},
	{MainlandEntity, Enum, []string{"yes", "no"}},
	{PaidAmount, Decimal, nil},
	{PaidAt, Instant, nil},
	{AccountHint, Text, nil},
}

var byName = func() map[Name]Spec {
	m := make(map[Name]Spec, len(specs))
	for _, s := range specs {
		m[s.Name] = s
	}
	return m
}()

// All returns the specs of all facts in the order of the taxonomy.
func All() []Spec { return append([]Spec(nil), specs...) }

// Lookup returns the spec of the fact name, and whether there is such a fact.
func Lookup(name Name) (Spec, bool) {
	s, ok := byName[name]
	return s, ok
}

// Value is the canonical text of a fact's value, as Parse returns it.
type Value string

// Members returns the members of a set value.
func (v Value) Members() []string {
	if v == "" {
		return nil
	}
	return strings.Split(string(v), ",")
}

// Has reports whether v, the value of a set, has the given member.
func (v Value) Has(member string) bool {
	for _, m := range v.Members() {
		if m == member {
			return true
		}
	}
	return false
}

// Time returns the time that v, the value of an Instant or a Date, stands for,
// and whether it is one ("never" is not).
func (v Value) Time() (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, string(v))
	return t, err == nil
}

// At returns the value of the time t with its offset, to the second.
func At(t time.Time) Value { return Value(t.Format(time.RFC3339)) }

// Union returns the set value with the members of a and b. Where one of them
// says "none" and the other names members, the members win.
func Union(a, b Value) Value {
	members := append(a.Members(), b.Members()...)
	return join(members)
}

func join(members []string) Value {
	sort.Strings(members)
	out := members[:0]
	for i, m := range members {
		if i > 0 && m == members[i-1] {
			continue
		}
		out = append(out, m)
	}
	if len(out) > 1 {
		kept := out[:0]
		for _, m := range out {
			if m != None {
				kept = append(kept, m)
			}
		}
		out = kept
	}
	return Value(strings.Join(out, ","))
}

// Parse returns the canonical value of text for the fact s describes.
func (s Spec) Parse(text string) (Value, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fmt.Errorf("fact %s: empty value", s.Name)
	}
	switch s.Kind {
	case Enum:
		return s.member(text)
	case Set:
		return s.set(strings.Split(text, ","))
	case Decimal:
		return s.decimal(text)
	case Code:
		return Value(strings.ToUpper(text)), nil
	case Instant, Date:
		return s.instant(text)
	case Count:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return "", fmt.Errorf("fact %s: %q is not a count", s.Name, text)
		}
		return Value(strconv.Itoa(n)), nil
	default:
		return Value(text), nil
	}
}

func (s Spec) member(text string) (Value, error) {
	for _, v := range s.Values {
		if v == text {
			return Value(text), nil
		}
	}
	return "", fmt.Errorf("fact %s: no value %q", s.Name, text)
}

func (s Spec) set(members []string) (Value, error) {
	for i, m := range members {
		members[i] = strings.TrimSpace(m)
		if _, err := s.member(members[i]); err != nil {
			return "", err
		}
	}
	return join(members), nil
}

func (s Spec) decimal(text string) (Value, error) {
	digits, dots := 0, 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '.':
			dots++
		default:
			return "", fmt.Errorf("fact %s: %q is not a decimal number", s.Name, text)
		}
	}
	if digits == 0 || digits > 24 || dots > 1 {
		return "", fmt.Errorf("fact %s: %q is not a decimal number", s.Name, text)
	}
	return Value(text), nil
}

func (s Spec) instant(text string) (Value, error) {
	if len(s.Values) == 1 && text == s.Values[0] {
		return Value(text), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil && s.Kind == Date {
		t, err = time.Parse(time.DateOnly, text)
	}
	if err != nil {
		return "", fmt.Errorf("fact %s: %q is not an RFC 3339 time", s.Name, text)
	}
	return At(t), nil
}

// Equal reports whether a and b, values of the fact s describes, mean the
// same: amounts compare as numbers, times as instants, dates as days, texts
// after trimming and case folding.
func (s Spec) Equal(a, b Value) bool {
	switch s.Kind {
	case Decimal:
		return number(a) == number(b)
	case Instant, Date:
		x, okx := a.Time()
		y, oky := b.Time()
		if !okx || !oky {
			return a == b
		}
		if s.Kind == Date {
			return x.Format(time.DateOnly) == y.Format(time.DateOnly)
		}
		return x.Equal(y)
	case Text, Code:
		return strings.EqualFold(strings.TrimSpace(string(a)), strings.TrimSpace(string(b)))
	default:
		return a == b
	}
}

// number returns the digits of a decimal value without leading or trailing zeros.
func number(v Value) string {
	whole, frac, _ := strings.Cut(string(v), ".")
	whole = strings.TrimLeft(whole, "0")
	frac = strings.TrimRight(frac, "0")
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}
