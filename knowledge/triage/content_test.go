package triage_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"

	"tixianbot/knowledge/normal"
	"tixianbot/knowledge/triage"
)

const content = "../content/zh"

func table(tb testing.TB) *normal.Table {
	tb.Helper()
	var r normal.Rules
	decode(tb, "normal/typos.yaml", &r)
	variants, err := os.ReadFile(filepath.Join(content, "normal/variants.txt"))
	if err != nil {
		tb.Fatal(err)
	}
	r.Variants = string(variants)
	t, err := normal.New(r)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func weights(tb testing.TB) triage.Weights {
	tb.Helper()
	var w triage.Weights
	decode(tb, "triage.yaml", &w)
	return w
}

func model(tb testing.TB) *triage.Model {
	tb.Helper()
	m, err := triage.Compile(table(tb), weights(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func decode(tb testing.TB, name string, into any) {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(content, name))
	if err != nil {
		tb.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		tb.Fatal(yaml.FormatError(err, false, true))
	}
}
