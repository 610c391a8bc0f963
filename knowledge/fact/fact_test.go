package fact

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name Name
		text string
		want Value
	}{
		{Status, " reviewing ", "reviewing"},
		{Changes, "phone, card", "card,phone"},
		{Changes, "none,card", "card"},
		{Amount, "500.00", "500.00"},
		{Currency, "usdt", "USDT"},
		{FailedAt, "2026-11-22T15:00:00+08:00", "2026-11-22T15:00:00+08:00"},
		{LastSuccessAt, "never", "never"},
		{PromisedBy, "2026-11-27", "2026-11-27T00:00:00Z"},
		{Attempts, "07", "7"},
		{ErrorText, " E-77 ", "E-77"},
	} {
		spec, _ := Lookup(c.name)
		if got, err := spec.Parse(c.text); err != nil || got != c.want {
			t.Errorf("%s.Parse(%q) = %q, %v; want %q", c.name, c.text, got, err, c.want)
		}
	}
	for _, c := range []struct {
		name Name
		text string
	}{
		{Status, "gone"}, {Changes, "card,shoe"}, {Amount, "5e3"}, {Amount, "."}, {Amount, "-5"},
		{FailedAt, "never"}, {FailedAt, "yesterday"}, {Attempts, "-1"}, {Attempts, "some"}, {ErrorText, "  "},
	} {
		spec, _ := Lookup(c.name)
		if got, err := spec.Parse(c.text); err == nil {
			t.Errorf("%s.Parse(%q) = %q, want an error", c.name, c.text, got)
		}
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		name Name
		a, b Value
		want bool
	}{
		{Amount, "500", "0500.00", true},
		{Amount, "500", "500.01", false},
		{FailedAt, "2026-11-22T15:00:00+08:00", "2026-11-22T07:00:00Z", true},
		{PromisedBy, "2026-11-27T00:00:00Z", "2026-11-27T18:00:00+08:00", true},
		{ErrorText, "E-77", "e-77 ", true},
		{Status, "failed", "reviewing", false},
		{LastSuccessAt, "never", "2026-11-22T15:00:00+08:00", false},
	} {
		spec, _ := Lookup(c.name)
		if got := spec.Equal(c.a, c.b); got != c.want {
			t.Errorf("%s: Equal(%q, %q) = %v", c.name, c.a, c.b, got)
		}
	}
}

func TestUnion(t *testing.T) {
	if got := Union("none", "card"); got != "card" {
		t.Errorf("Union = %q", got)
	}
	if got := Union("phone,card", "card,device"); got != "card,device,phone" {
		t.Errorf("Union = %q", got)
	}
}

func TestJSON(t *testing.T) {
	const text = `{"amount":"500","attempts":3,"changes":["card","phone"],"status":"failed"}`
	var f Facts
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	want := Facts{Amount: "500", Attempts: "3", Changes: "card,phone", Status: "failed"}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	back, err := json.Marshal(f)
	if err != nil || string(back) != text {
		t.Errorf("%s, %v", back, err)
	}
	for _, bad := range []string{`{"shoe":"1"}`, `{"changes":"card"}`, `{"changes":[]}`, `{"attempts":1.5}`, `{"status":true}`, `[]`} {
		if err := json.Unmarshal([]byte(bad), &f); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// FuzzFacts reads what it wrote, whatever text it was given.
func FuzzFacts(f *testing.F) {
	f.Add([]byte(`{"amount":"1.5","changes":["none"],"attempts":2}`))
	f.Add([]byte(`{"failed_at":"2026-11-22T15:00:00+08:00"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var facts Facts
		if json.Unmarshal(data, &facts) != nil {
			return
		}
		text, err := json.Marshal(facts)
		if err != nil {
			t.Fatal(err)
		}
		var again Facts
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(facts, again); diff != "" {
			t.Error(diff)
		}
	})
}
