package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge"
)

type evalCmd struct {
	Files []string `arg:"" name:"file" help:"Sets of test questions, one JSON object a line."`
	Min   []string `name:"min" placeholder:"TASK.METRIC=X" help:"Fail if a metric is under X. May be repeated."`
	Max   []string `name:"max" placeholder:"TASK.METRIC=X" help:"Fail if a metric is over X. May be repeated."`
	Table bool     `name:"table" help:"Also print, for each expected answer, how often it came and what came instead."`
	JSON  bool     `name:"json" help:"One JSON object a line: each case, then each metric."`
}

// Run tries the questions of the files and says how well they were answered.
// It fails when a bound is not kept.
func (cmd evalCmd) Run(ctx context.Context, p *program) error {
	bounds, err := cmd.bounds()
	if err != nil {
		return usageError{err}
	}
	var cases []evalCase
	for _, name := range cmd.Files {
		some, err := readCases(name)
		if err != nil {
			return err
		}
		cases = append(cases, some...)
	}
	k, err := knowledge.Load(p.Content)
	if err != nil {
		return err
	}
	results, err := tryAll(ctx, k, cases, p.err)
	if err != nil {
		return err
	}
	metrics := measure(results)
	if err := cmd.print(p.out, results, metrics); err != nil {
		return fmt.Errorf("print the results: %w", err)
	}
	return holdTo(p.err, bounds, metrics)
}

// tryAll tries the cases one after the other. A long run says on progress how
// far it is.
func tryAll(ctx context.Context, k *knowledge.Pack, cases []evalCase, progress io.Writer) ([]result, error) {
	var results []result
	said := time.Now()
	for i, c := range cases {
		if time.Since(said) >= progressEvery {
			said = time.Now()
			_, _ = fmt.Fprintf(progress, "%d of %d cases\n", i, len(cases)) // nobody need read it
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("try %s: %w", c.ID, err)
		}
		r := evalTasks[c.Task].try(k, c)
		r.Task, r.ID, r.text, r.Want = c.Task, c.ID, c.Text, c.Want
		results = append(results, r)
	}
	return results, nil
}

func (cmd evalCmd) print(out io.Writer, results []result, metrics []metric) error {
	if cmd.JSON {
		return printJSON(out, results, metrics)
	}
	for _, r := range results {
		if r.Pass {
			continue
		}
		if _, err := fmt.Fprintf(out, "%s: want %s, got %v: %s\n", r.ID, r.Want, r.Got, oneLine(r.text)); err != nil {
			return err
		}
	}
	if cmd.Table {
		if _, err := io.WriteString(out, table(results)); err != nil {
			return err
		}
	}
	for _, m := range metrics {
		if _, err := fmt.Fprintf(out, "%s.%s %s (%d)\n", m.Task, m.Metric, number(m.Value), m.N); err != nil {
			return err
		}
	}
	return nil
}

func printJSON(out io.Writer, results []result, metrics []metric) error {
	for _, r := range results {
		if err := encode(out, r); err != nil {
			return err
		}
	}
	for _, m := range metrics {
		if err := encode(out, m); err != nil {
			return err
		}
	}
	return nil
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// number prints a share with three decimals and a count as it is.
func number(x float64) string {
	if x == float64(int(x)) && x > 1 {
		return strconv.Itoa(int(x))
	}
	return strconv.FormatFloat(x, 'f', 3, 64)
}

// table prints for each expected answer how often it came, and what came instead.
func table(results []result) string {
	type line struct {
		n, right int
		instead  []string
	}
	lines := map[string]*line{}
	var order []string
	for _, r := range results {
		key := r.Task + " " + r.expected
		if r.expected == "" {
			continue
		}
		if lines[key] == nil {
			lines[key] = &line{}
			order = append(order, key)
		}
		l := lines[key]
		l.n++
		if r.Pass {
			l.right++
			continue
		}
		l.instead = append(l.instead, r.first())
	}
	slices.Sort(order)
	var out strings.Builder
	for _, key := range order {
		l := lines[key]
		slices.Sort(l.instead)
		fmt.Fprintf(&out, "%-44s %3d of %3d  %s\n", key, l.right, l.n, strings.Join(l.instead, " "))
	}
	return out.String()
}

// bound is a --min or a --max.
type bound struct {
	task, metric string
	value        float64
	most         bool
}

func (cmd evalCmd) bounds() ([]bound, error) {
	var out []bound
	for i, text := range slices.Concat(cmd.Min, cmd.Max) {
		b, err := parseBound(text)
		if err != nil {
			return nil, err
		}
		b.most = i >= len(cmd.Min)
		out = append(out, b)
	}
	return out, nil
}

func parseBound(text string) (bound, error) {
	name, number, ok := strings.Cut(text, "=")
	task, metric, dotted := strings.Cut(name, ".")
	value, err := strconv.ParseFloat(number, 64)
	if !ok || !dotted || err != nil {
		return bound{}, fmt.Errorf("%q is no bound, want one such as interview.top1=0.75", text)
	}
	t, known := evalTasks[task]
	if !known || !slices.Contains(t.metrics, metric) {
		return bound{}, fmt.Errorf("%q: there is no metric %s.%s", text, task, metric)
	}
	return bound{task: task, metric: metric, value: value}, nil
}

// holdTo says which bounds are not kept. A bound on what was not tried is one.
func holdTo(errs io.Writer, bounds []bound, metrics []metric) error {
	var broken error
	for _, b := range bounds {
		i := slices.IndexFunc(metrics, func(m metric) bool { return m.Task == b.task && m.Metric == b.metric })
		if i >= 0 && b.kept(metrics[i].Value) {
			continue
		}
		broken = errFound
		var err error
		if i < 0 {
			_, err = fmt.Fprintf(errs, "tixianbot: %s.%s: no file has a case of it\n", b.task, b.metric)
		} else {
			_, err = fmt.Fprintf(errs, "tixianbot: %s.%s is %s, the bound is %s\n", b.task, b.metric, number(metrics[i].Value), number(b.value))
		}
		if err != nil {
			return errors.Join(broken, err)
		}
	}
	return broken
}

func (b bound) kept(x float64) bool {
	if b.most {
		return x <= b.value
	}
	return x >= b.value
}
