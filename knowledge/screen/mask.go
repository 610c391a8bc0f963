package screen

import (
	"slices"
	"sort"
	"strings"

	"tixianbot/knowledge/normal"
)

// Kind says what kind of secret was found.
type Kind string

// The kinds. The first eight are taken out before anything is kept; phone,
// email and name only before a text is shared.
const (
	Password Kind = "password"
	Code     Kind = "code" // a one-time code
	CVV      Kind = "cvv"
	Seed     Kind = "seed" // the words of a wallet
	Key      Kind = "key"  // a private key
	Card     Kind = "card" // a full card or account number
	ID       Kind = "id"   // an identity number
	Passport Kind = "passport"

	Phone Kind = "phone"
	Email Kind = "email"
	Name  Kind = "name"
)

var kinds = []Kind{Password, Code, CVV, Seed, Key, Card, ID, Passport, Phone, Email, Name}

// personal reports whether the kind is taken out by the share mask alone.
func (k Kind) personal() bool { return k == Phone || k == Email || k == Name }

// hidden stands in a masked text for what was taken out. Nothing in this
// package reads a secret that touches it, nor looks for one's meaning across it.
const hidden = "●●●●"

const hiddenRune = "●"

// Secret is a secret that was found, by its place in the text in bytes. It
// does not hold the secret itself.
type Secret struct {
	Kind       Kind
	Start, End int

	tail string // what may stay behind the mark: the last four of a card or an identity number
}

// Mask returns text without what must never be kept: passwords, one-time
// codes, CVVs, seed phrases, private keys, card, identity and passport numbers,
// of cards and long identity numbers the last four stay. It says what it took
// out, by its place in text, in order.
func (s *Screen) Mask(text string) (string, []Secret) {
	return s.mask(text, false)
}

// Share returns text without what must not be shown to others: what Mask takes
// out, and personal phone numbers, e-mail addresses and names of persons.
// Hotlines, staff numbers, orders and serial numbers stay.
func (s *Screen) Share(text string) string {
	masked, _ := s.mask(text, true)
	return masked
}

// mask takes out what it finds until nothing is left: taking something out can
// bring words together that were apart. Each round leaves less text, so it ends.
func (s *Screen) mask(text string, share bool) (string, []Secret) {
	found := s.secretsIn(text, share)
	out := cut(text, found)
	for more := found; len(more) > 0; out = cut(out, more) {
		more = s.secretsIn(out, share)
	}
	return out, found
}

// cut replaces the secrets, which are in order and apart.
func cut(text string, secrets []Secret) string {
	if len(secrets) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, x := range secrets {
		b.WriteString(text[at:x.Start])
		b.WriteString(hidden)
		b.WriteString(x.tail)
		at = x.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// hit is a secret in folded text.
type hit struct {
	kind     Kind
	from, to int
	keep     int // how many of its last digits may stay
}

func (s *Screen) secretsIn(text string, share bool) []Secret {
	folded := s.fold(text)
	return s.find(text, folded, s.lex.scan(folded.String()), share)
}

// find returns the secrets of text, in order and apart.
func (s *Screen) find(text string, folded normal.Text, in *scan, share bool) []Secret {
	var hits []hit
	for i := range s.secrets {
		if share || !s.secrets[i].source.Kind.personal() {
			hits = append(hits, s.secrets[i].find(in)...)
		}
	}
	hits = append(hits, s.seeds(in)...)
	hits = append(hits, s.keys(in, text, folded)...)
	hits = append(hits, s.numbers(in, share)...)
	hits = join(append(hits, repeats(in.text, hits)...))
	return place(in.text, folded, hits)
}

// place maps hits back to the text as it was written.
func place(f string, folded normal.Text, hits []hit) []Secret {
	var out []Secret
	for _, h := range hits {
		from, to := folded.Span(h.from, h.to)
		if from == to || len(out) > 0 && from < out[len(out)-1].End {
			continue
		}
		out = append(out, Secret{Kind: h.kind, Start: from, End: to, tail: tail(f[h.from:h.to], h.keep)})
	}
	return out
}

// join merges hits that overlap; what is merged keeps no digits.
func join(hits []hit) []hit {
	sort.SliceStable(hits, func(i, j int) bool {
		a, b := hits[i], hits[j]
		return a.from < b.from || a.from == b.from && a.to > b.to
	})
	var out []hit
	for _, h := range hits {
		last := len(out) - 1
		switch {
		case last < 0 || h.from >= out[last].to:
			out = append(out, h)
		case h.from == out[last].from && h.to == out[last].to:
			out[last] = graver(out[last], h)
		default:
			out[last].to = max(out[last].to, h.to)
			out[last].keep = min(out[last].keep, h.keep)
		}
	}
	return out
}

// graver returns the hit that may keep fewer digits, and of equals the graver kind.
func graver(a, b hit) hit {
	if b.keep < a.keep || b.keep == a.keep && slices.Index(kinds, b.kind) < slices.Index(kinds, a.kind) {
		return b
	}
	return a
}

// minRepeat is the length from which a secret is also taken out where it
// stands again without the words that gave it away.
const minRepeat = 4

// repeats finds further places of the secrets that words gave away.
func repeats(f string, hits []hit) []hit {
	var out []hit
	for _, h := range hits {
		value := f[h.from:h.to]
		if len(value) < minRepeat || h.kind == Seed {
			continue
		}
		for at := 0; ; {
			i := strings.Index(f[at:], value)
			if i < 0 {
				break
			}
			from := at + i
			at = from + len(value)
			if from != h.from && alone(f, from, at) {
				out = append(out, hit{kind: h.kind, from: from, to: at, keep: h.keep})
			}
		}
	}
	return out
}

// alone reports whether f[from:to] is not part of a longer Latin word or
// number, nor of what a mask left behind.
func alone(f string, from, to int) bool {
	before, behind := f[:from], f[to:]
	if strings.HasSuffix(before, hiddenRune) || strings.HasPrefix(behind, hiddenRune) {
		return false
	}
	return !(from > 0 && alnum(f[from-1]) && alnum(f[from])) &&
		!(to < len(f) && alnum(f[to]) && alnum(f[to-1]))
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c >= 'a' && c <= 'z' }
func alnum(c byte) bool  { return digit(c) || letter(c) }

// tail returns the last n letters and digits of value.
func tail(value string, n int) string {
	var out []byte
	for i := len(value) - 1; i >= 0 && len(out) < n; i-- {
		if alnum(value[i]) {
			out = append(out, value[i])
		}
	}
	slices.Reverse(out)
	return strings.ToUpper(string(out))
}

// Personal returns what Share takes out of text, by its place, in order.
func (s *Screen) Personal(text string) []Secret {
	return s.secretsIn(text, true)
}
