package fact

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Facts are the facts that are known, by name. In JSON a set is a list, a
// count a number and everything else a string.
type Facts map[Name]Value

// Clone returns a copy of f that shares nothing with it.
func (f Facts) Clone() Facts { return maps.Clone(f) }

// Is reports whether the fact name is known to have the given value.
func (f Facts) Is(name Name, value Value) bool {
	v, ok := f[name]
	return ok && v == value
}

// Names returns the names of the known facts in the order of the taxonomy.
func (f Facts) Names() []Name {
	var names []Name
	for _, s := range specs {
		if _, ok := f[s.Name]; ok {
			names = append(names, s.Name)
		}
	}
	return names
}

// MarshalJSON writes the facts as one object.
func (f Facts) MarshalJSON() ([]byte, error) {
	out := make(map[Name]any, len(f))
	for name, v := range f {
		switch byName[name].Kind {
		case Set:
			out[name] = v.Members()
		case Count:
			n, err := strconv.Atoi(string(v))
			if err != nil {
				return nil, fmt.Errorf("fact %s: %w", name, err)
			}
			out[name] = n
		default:
			out[name] = string(v)
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes. An unknown name or a value that
// the fact does not take is an error.
func (f *Facts) UnmarshalJSON(data []byte) error {
	var raw map[Name]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	out := make(Facts, len(raw))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		spec, ok := Lookup(name)
		if !ok {
			return fmt.Errorf("no fact %q", name)
		}
		v, err := spec.decode(raw[name])
		if err != nil {
			return err
		}
		out[name] = v
	}
	*f = out
	return nil
}

func (s Spec) decode(raw json.RawMessage) (Value, error) {
	if s.Kind == Set {
		var members []string
		if err := json.Unmarshal(raw, &members); err != nil {
			return "", fmt.Errorf("fact %s: %w", s.Name, err)
		}
		if len(members) == 0 {
			return "", fmt.Errorf("fact %s: empty set", s.Name)
		}
		return s.set(members)
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		text = string(raw) // a number
	}
	return s.Parse(text)
}
