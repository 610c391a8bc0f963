package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tixianbot/knowledge"
	"tixianbot/knowledge/fact"
)

const devSets = "../../knowledge/testdata/eval/"

// evaluate runs the command in this process.
func evaluate(t *testing.T, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append([]string{"eval"}, args...), strings.NewReader(""), &out, &errs)
	return outcome{out.String(), errs.String(), code}
}

// set writes a file of test questions.
func set(t *testing.T, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "set.jsonl")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// The bounds of the main job: from a vague first message to the cause, in few
// questions.
func TestEvalOfInterviews(t *testing.T) {
	unhurried(t)
	got := evaluate(t, devSets+"dev-interview.jsonl",
		"--min", "interview.top1=0.9", "--min", "interview.top3=0.95", "--max", "interview.median=5", "--max", "interview.p90=8")
	if got.code != 0 {
		t.Errorf("exit code %d: %s%s", got.code, got.errs, got.out)
	}
}

func TestEvalOfFirstMessages(t *testing.T) {
	unhurried(t)
	got := evaluate(t, devSets+"dev-triage.jsonl", "--min", "triage.top1=0.9", "--min", "triage.top3=0.95")
	if got.code != 0 {
		t.Errorf("exit code %d: %s%s", got.code, got.errs, got.out)
	}
}

// The sets that come with the project can be read, but for the tasks of later
// versions, which are named.
func TestEvalReadsTheSets(t *testing.T) {
	files, err := filepath.Glob(devSets + "*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sets: %v", err)
	}
	for _, name := range files {
		_, err := readCases(name)
		task := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "dev-"), ".jsonl")
		if _, known := evalTasks[task]; known != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !strings.Contains(err.Error(), "cannot be tried") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const goodCase = `{"task":"triage","id":"x-1","text":"身份证上个月过期了，今天提不了","want":{"cause":"identity_expired"}}`

func TestEvalPrintsWhatFailedAndTheMetrics(t *testing.T) {
	unhurried(t)
	file := set(t, goodCase, "",
		`{"task":"triage","id":"x-2","text":"身份证上个月过期了，\n今天提不了","want":{"causes":["local_network","dormant_account"]}}`)
	got := evaluate(t, file, "--table")
	if got.code != 0 {
		t.Fatalf("exit code %d: %s", got.code, got.errs)
	}
	for _, want := range []string{
		"x-2: want {", "身份证上个月过期了， 今天提不了\n", "triage.top1 0.500 (2)\n",
		"triage identity_expired", "1 of   1", "triage local_network|dormant_account", "0 of   1  identity_expired\n",
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("lacks %q:\n%s", want, got.out)
		}
	}
	if strings.Contains(got.out, "x-1:") {
		t.Errorf("prints a case that passed:\n%s", got.out)
	}
}

func TestEvalPrintsJSON(t *testing.T) {
	unhurried(t)
	got := evaluate(t, set(t, goodCase), "--json")
	lines := json.NewDecoder(strings.NewReader(got.out))
	var first struct {
		ID, Task string
		Pass     bool
		Got      []string
		Want     wantCause
	}
	if err := lines.Decode(&first); err != nil {
		t.Fatal(err)
	}
	if first.ID != "x-1" || first.Task != "triage" || !first.Pass || first.Got[0] != "identity_expired" || first.Want.Cause != "identity_expired" {
		t.Errorf("the case is %+v", first)
	}
	var metrics []metric
	for lines.More() {
		var m metric
		if err := lines.Decode(&m); err != nil {
			t.Fatal(err)
		}
		metrics = append(metrics, m)
	}
	if want := []metric{{"triage", "top1", 1, 1}, {"triage", "top3", 1, 1}}; !slices.Equal(metrics, want) {
		t.Errorf("the metrics are %+v", metrics)
	}
}

func TestEvalHoldsToBounds(t *testing.T) {
	unhurried(t)
	file := set(t, goodCase)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--min", "triage.top1=1"}, 0, ""},
		{[]string{"--max", "triage.top1=0.5"}, exitFailed, "triage.top1 is 1.000, the bound is 0.500"},
		{[]string{"--min", "interview.top1=0.5"}, exitFailed, "no file has a case of it"},
		{[]string{"--min", "triage.top1"}, exitUsage, "is no bound"},
		{[]string{"--min", "triage.top1=high"}, exitUsage, "is no bound"},
		{[]string{"--min", "triage.median=3"}, exitUsage, "no metric triage.median"},
		{[]string{"--min", "luck.top1=0.5"}, exitUsage, "no metric luck.top1"},
	} {
		got := evaluate(t, append(c.args, file)...)
		if got.code != c.code || !strings.Contains(got.errs, c.says) {
			t.Errorf("%v: exit code %d, %q", c.args, got.code, got.errs)
		}
	}
}

func TestEvalRefuses(t *testing.T) {
	for line, want := range map[string]string{
		`{"task":"luck","id":"x","text":"a","want":{}}`:                                             `the task "luck" cannot be tried`,
		`{"task":"triage","id":"x","text":"a","mood":"bad","want":{"cause":"a"}}`:                   `unknown field "mood"`,
		`{"task":"triage","id":"x","text":"a","want":{"cause":"a","topic":"b"}}`:                    `unknown field "topic"`,
		`{"task":"triage","id":"x","text":"a","facts":{"shoe_size":"44"},"want":{"cause":"a"}}`:     `no fact "shoe_size"`,
		`{"task":"triage","id":"x","text":"a","facts":{"status":"asleep"},"want":{"cause":"a"}}`:    `no value "asleep"`,
		`{"task":"triage","text":"a","want":{"cause":"a"}}`:                                         "a case has an id",
		`{"task":"triage","id":"x","text":"a","want":{"cause":"a"}} {}`:                             "line 1",
		`{"task":"extract","id":"x","text":"a","now":"noon","want":{"facts":{}}}`:                   "noon",
		`{"task":"extract","id":"x","text":"a","want":{"facts":{"changes":["none"]},"absent":[1]}}`: "want",
		`[]`: "line 1",
	} {
		got := evaluate(t, set(t, line))
		if got.code != exitFailed || !strings.Contains(got.errs, want) {
			t.Errorf("%s: exit code %d, %q, want %q", line, got.code, got.errs, want)
		}
	}
	if got := evaluate(t, filepath.Join(t.TempDir(), "nowhere.jsonl")); got.code != exitFailed {
		t.Errorf("a file that is not there: exit code %d", got.code)
	}
}

// What is counted, on results that can be checked by hand.
func TestMeasure(t *testing.T) {
	ranked := func(task, expected string, place, asked int, got ...string) result {
		return result{Task: task, expected: expected, place: place, asked: asked, Got: got}
	}
	results := []result{
		ranked("interview", "a", 1, 3), ranked("interview", "b", 3, 5), ranked("interview", "c", 0, 9), ranked("interview", "d", 1, 4),
		ranked("topic", "a", 1, 0, "a"), ranked("topic", "b", 0, 0, "none"), ranked("topic", none, 1, 0, "none"), ranked("topic", none, 0, 0, "a"),
		{Task: "extract", hits: 3, misses: 1, wrong: 1}, {Task: "extract", hits: 3, misses: 1, wrong: 0},
		{Task: "safety", expected: "self_harm", Pass: true}, {Task: "safety", expected: "self_harm"},
		{Task: "safety", expected: "none", Pass: true}, {Task: "safety", expected: "none"},
		{Task: "safety", expected: "none", Pass: true}, {Task: "safety", expected: "none", Pass: true},
		{Task: "redact", Pass: true},
	}
	want := map[string]float64{
		"interview.top1": 0.5, "interview.top3": 0.75, "interview.median": 4, "interview.p90": 9,
		"topic.top1": 0.5, "topic.top3": 0.5, "topic.none_f1": 0.5,
		"extract.recall": 0.75, "extract.precision": 6.0 / 7,
		"safety.recall": 0.5, "safety.fpr": 0.25, "redact.ratio": 1,
	}
	got := measure(results)
	for _, m := range got {
		if w, ok := want[m.Task+"."+m.Metric]; !ok || w != m.Value {
			t.Errorf("%s.%s is %v, want %v", m.Task, m.Metric, m.Value, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d metrics, want %d", len(got), len(want))
	}
}

// An interview is the conversation of a user who answers by the truth.
func TestInterviewAnswersByTheTruth(t *testing.T) {
	unhurried(t)
	k, err := knowledge.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseCase([]byte(`{"task":"interview","id":"x","text":"提现提不了","facts":{"status":"frozen","changes":["device","location"],"unknown_activity":"no","dispute":"none","asked_to_pay":"no"},"want":{"cause":"unusual_login"}}`))
	if err != nil {
		t.Fatal(err)
	}
	r := tryInterview(k, c)
	got := r.Got.(played)
	if !r.Pass || got.Asked[0] != fact.AskedToPay || !slices.Contains(got.Asked, fact.Changes) || r.asked != len(got.Asked) {
		t.Errorf("got %+v", r)
	}
}
