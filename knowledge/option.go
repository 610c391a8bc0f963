package knowledge

import (
	"fmt"
	"time"

	"tixianbot/knowledge/fact"
)

// Age is how long ago an option such as 昨天 lies.
type Age time.Duration

// ParseOption returns how long ago an option of an instant lies, or an error
// where the option's value is none that the fact takes. The options of a fact
// that is no instant have the fact's own values and age 0.
func ParseOption(spec fact.Spec, v fact.Value) (Age, error) {
	if spec.Kind == fact.Instant || spec.Kind == fact.Date {
		if d, err := time.ParseDuration(string(v)); err == nil && d >= 0 {
			return Age(d), nil
		}
	}
	if _, err := spec.Parse(string(v)); err != nil {
		return 0, fmt.Errorf("option: %w", err)
	}
	return 0, nil
}
