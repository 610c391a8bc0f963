package triage

import (
	"strconv"
	"strings"
	"time"

	"tixianbot/knowledge/fact"
)

// Unsure is the outcome of a question that the user could not answer.
const Unsure = "unsure"

// Bands returns the outcomes into which the values of the fact name are sorted,
// without [Unsure], or nil if the fact says nothing about causes.
//
//   - enums and sets: their values;
//   - attempts: one, few (2 to 4), many (5 to 9), lots;
//   - amount: tiny (under 10), small (under 1,000), middle (under 10,000),
//     large (under 50,000), huge, and odd, with more than two decimals;
//   - failed_at: hours (under a day), weekend (from Friday 16:00 to Sunday, seen
//     by Tuesday), days (up to 3), week (up to 10), long;
//   - last_success_at: never, recent (up to 30 days), past.
func Bands(name fact.Name) []string {
	switch name {
	case fact.Attempts:
		return []string{"one", "few", "many", "lots"}
	case fact.Amount:
		return []string{"tiny", "small", "middle", "large", "huge", "odd"}
	case fact.FailedAt:
		return []string{"hours", "weekend", "days", "week", "long"}
	case fact.LastSuccessAt:
		return []string{"never", "recent", "past"}
	}
	if spec, ok := fact.Lookup(name); ok && (spec.Kind == fact.Enum || spec.Kind == fact.Set) {
		return spec.Values
	}
	return nil
}

// band returns the outcome that value v of the fact name belongs to at the
// time now, or "" if it cannot be told.
func band(name fact.Name, v fact.Value, now time.Time) string {
	switch name {
	case fact.Attempts:
		return attemptsBand(v)
	case fact.Amount:
		return amountBand(v)
	case fact.FailedAt:
		return failedBand(v, now)
	case fact.LastSuccessAt:
		return successBand(v, now)
	}
	return string(v)
}

func attemptsBand(v fact.Value) string {
	n, err := strconv.Atoi(string(v))
	switch {
	case err != nil:
		return ""
	case n <= 1:
		return "one"
	case n <= 4:
		return "few"
	case n <= 9:
		return "many"
	}
	return "lots"
}

func amountBand(v fact.Value) string {
	x, err := strconv.ParseFloat(string(v), 64)
	if err != nil {
		return ""
	}
	if _, frac, ok := strings.Cut(string(v), "."); ok && len(strings.TrimRight(frac, "0")) > 2 {
		return "odd"
	}
	switch {
	case x < 10:
		return "tiny"
	case x < 1000:
		return "small"
	case x < 10000:
		return "middle"
	case x < 50000:
		return "large"
	}
	return "huge"
}

func failedBand(v fact.Value, now time.Time) string {
	at, ok := v.Time()
	if !ok || now.IsZero() {
		return ""
	}
	at = at.In(now.Location())
	since := now.Sub(at)
	switch {
	case overWeekend(at, now):
		return "weekend"
	case since < 24*time.Hour:
		return "hours"
	case since < 3*24*time.Hour:
		return "days"
	case since < 10*24*time.Hour:
		return "week"
	}
	return "long"
}

// overWeekend reports whether a transfer of the time at had, by now, hardly a
// working day to be carried out: sent after Friday 16:00 and looked at by the
// Tuesday behind it.
func overWeekend(at, now time.Time) bool {
	friday := at.Weekday() == time.Friday && at.Hour() >= 16
	if !friday && at.Weekday() != time.Saturday && at.Weekday() != time.Sunday {
		return false
	}
	toWednesday := (int(time.Wednesday) - int(at.Weekday()) + 7) % 7
	y, m, d := at.Date()
	return now.Before(time.Date(y, m, d+toWednesday, 0, 0, 0, 0, at.Location()))
}

func successBand(v fact.Value, now time.Time) string {
	if v == fact.Never {
		return "never"
	}
	at, ok := v.Time()
	if !ok || now.IsZero() {
		return ""
	}
	if now.Sub(at) <= 30*24*time.Hour {
		return "recent"
	}
	return "past"
}
