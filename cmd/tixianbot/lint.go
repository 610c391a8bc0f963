package main

import (
	"fmt"
	"io"
	"time"

	"tixianbot/knowledge"
)

type lintCmd struct {
	Dir    string `arg:"" optional:"" help:"Folder that overlays the built-in content, as TIXIANBOT_CONTENT does."`
	Strict bool   `name:"strict" help:"Take warnings for errors."`
	Now    string `name:"now" placeholder:"DATE" help:"The day to look at the content on (2006-01-02) instead of today."`
	JSON   bool   `name:"json" help:"The findings as one JSON object."`
}

// Run says what is wrong with the content. Warnings alone are no failure.
func (cmd lintCmd) Run(p *program) error {
	now := time.Now()
	if cmd.Now != "" {
		var err error
		if now, err = time.Parse(time.DateOnly, cmd.Now); err != nil {
			return usageError{fmt.Errorf("--now is %q, want a date such as 2026-11-23", cmd.Now)}
		}
	}
	overlay := cmd.Dir
	if overlay == "" {
		overlay = p.Content
	}
	advice, found := findings(overlay, now)
	if err := cmd.print(p.out, advice, found); err != nil {
		return fmt.Errorf("print the findings: %w", err)
	}
	for _, f := range found {
		if f.Error || cmd.Strict {
			return errFound
		}
	}
	return nil
}

// findings returns what became of the advice, and all that is wrong. Content
// that cannot be read is one finding, and no advice is found in it.
func findings(overlay string, now time.Time) (knowledge.AdviceReport, []knowledge.Finding) {
	pack, err := knowledge.Load(overlay)
	if err != nil {
		none := []string{}
		return knowledge.AdviceReport{Carried: none, Corrected: none, LeftOut: none, Missing: none},
			[]knowledge.Finding{{Kind: "content", Where: overlay, Text: err.Error(), Error: true}}
	}
	return pack.AdviceReport(), knowledge.Lint(pack, now)
}

// linted is what `lint --json` prints. The names are for good.
type linted struct {
	Advice    knowledge.AdviceReport `json:"advice"`
	Findings  []knowledge.Finding    `json:"findings"`
	Forbidden []knowledge.Finding    `json:"forbidden"` // those of the findings of this kind
	Stale     []knowledge.Finding    `json:"stale"`     // the same
}

func (cmd lintCmd) print(out io.Writer, advice knowledge.AdviceReport, found []knowledge.Finding) error {
	if cmd.JSON {
		return encode(out, linted{
			Advice:    advice,
			Findings:  append([]knowledge.Finding{}, found...),
			Forbidden: ofKind(found, knowledge.FindForbidden),
			Stale:     ofKind(found, knowledge.FindStale),
		})
	}
	errs := 0
	for _, f := range found {
		level := "warning"
		if f.Error {
			level = "error"
			errs++
		}
		if _, err := fmt.Fprintf(out, "%s: %s: %s (%s)\n", level, f.Where, f.Text, f.Kind); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d errors, %d warnings\n", errs, len(found)-errs)
	return err
}

func ofKind(found []knowledge.Finding, kind knowledge.FindingKind) []knowledge.Finding {
	out := []knowledge.Finding{}
	for _, f := range found {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}
