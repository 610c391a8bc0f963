package numeral_test

import (
	"os"
	"testing"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/normal/numeral"
)

func reader(tb testing.TB) *numeral.Reader {
	tb.Helper()
	data, err := os.ReadFile("../../content/zh/read/numbers.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	var doc struct {
		Numbers numeral.Rules `yaml:"numbers"`
	}
	if err := yaml.UnmarshalWithOptions(data, &doc, yaml.Strict()); err != nil {
		tb.Fatal(yaml.FormatError(err, false, true))
	}
	r, err := numeral.New(doc.Numbers)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestNumbers(t *testing.T) {
	r := reader(t)
	for in, want := range map[string]string{
		"500":         "500",
		"2,350元":      "2350",
		"1,234,567.8": "1234567.8",
		"0.5个":        "0.5",
		"12,50":       "12", // no group of three
		"1.2万":        "12000",
		"3万5":         "35000",
		"3万5千":        "35000",
		"12万6千8":      "126800",
		"1万2300":      "12300",
		"5w块":         "50000",
		"2k":          "2000",
		"2kg":         "2",
		"三千五":         "3500",
		"三千零五":        "3005",
		"三百五":         "350",
		"一万八":         "18000",
		"十二万六千块":      "126000",
		"一千二百五十六":     "1256",
		"一百零五":        "105",
		"二十":          "20",
		"十五":          "15",
		"十":           "10",
		"两千多":         "2000 rough",
		"十几":          "10 rough",
		"二三百":         "200 rough",
		"三四千块":        "3000 rough",
		"两百多万":        "2000000 rough",
		"千把块":         "1000 rough",
		"百来块":         "100 rough",
		"二零二六":        "2026",
		"七八次":         "7 rough",
		"一直":          "1 single",
		"1亿2":         "120000000",
		"一亿两千万":       "120000000",
		"壹仟贰佰":        "1200",
		"5千":          "5000",
		"3千8":         "3800",
	} {
		n, ok := r.At(in, 0)
		if !ok {
			t.Errorf("%q is no number, want %s", in, want)
			continue
		}
		got := n.String()
		if n.Rough {
			got += " rough"
		}
		if n.Single {
			got += " single"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}

func TestNoNumbers(t *testing.T) {
	r := reader(t)
	for _, in := range []string{"千块", "百", "提现", "w", "k歌", "6222021234567890123456"} {
		if n, ok := r.At(in, 0); ok {
			t.Errorf("%q is %s, want no number", in, n)
		}
	}
	if n, ok := r.At("几十万", len("几")); ok {
		t.Errorf("几十万 is %s, want no number", n)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, rules := range map[string]numeral.Rules{
		"a digit above nine":        {Digits: map[string]int{"十": 10}},
		"a digit of two characters": {Digits: map[string]int{"一二": 1}},
		"a power below ten":         {Powers: map[string]int64{"五": 5}},
	} {
		if _, err := numeral.New(rules); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzAt(f *testing.F) {
	for _, s := range []string{"1,234.5万6千", "十二万六千五", "二三百多万", "0.0w", "千把", "9999999999999999亿亿亿"} {
		f.Add(s)
	}
	r := reader(f)
	f.Fuzz(func(t *testing.T, s string) {
		for i := range s {
			n, ok := r.At(s, i)
			if !ok {
				continue
			}
			if n.End <= i || n.End > len(s) {
				t.Fatalf("number at %d of %q ends at %d", i, s, n.End)
			}
			if n.Value.Sign() < 0 || n.String() == "" {
				t.Fatalf("number at %d of %q is %q", i, s, n)
			}
		}
	})
}
