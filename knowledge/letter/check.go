package letter

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"tixianbot/knowledge/fact"
	"tixianbot/knowledge/normal"
)

// The ids of findings that code makes; those of rules are in the content.
const (
	findAmount   = "amount"
	findCurrency = "currency"
	findLost     = "lost_amount"
	findDate     = "date"
	findSpan     = "duration"
	findCount    = "count"
	findNumber   = "number"
	findLaw      = "law"
	findLeak     = "leak"
	findQuote    = "quote"
	findSomebody = "somebody"
	findRival    = "platform"
	findLanguage = "language"
	findMarkup   = "markup"
	findThinking = "thinking"
	findMeta     = "meta"
	findHalf     = "half"
	findToken    = "token"
	findBlank    = "blank"
	findDemand   = "demand"
	findDeadline = "deadline"
	findLong     = "long"
	findUnheard  = "unheard"
	findOrder    = "order"
)

var findingIDs = []string{
	findAmount, findCurrency, findLost, findDate, findSpan, findCount, findNumber, findLaw, findLeak, findQuote, findSomebody, findRival, findLanguage,
	findMarkup, findThinking, findMeta, findHalf, findToken, findBlank, findDemand, findDeadline, findLong, findUnheard, findOrder,
}

// stops are the signs at which a sentence ends, pauses those within it.
const (
	stops  = "\u3002\uff01\uff1f\uff1b!?;\n."
	pauses = stops + "\uff0c,\u3001"
)

// Check returns what speaks against text as the letter that o names in the
// case c, gravest first.
func (b *Book) Check(text string, o Order, c Case) []Finding {
	r := b.reading(text, o.full(), c)
	if r.tongue.Blank == "" || strings.TrimSpace(text) == "" {
		return []Finding{{ID: findHalf, Degree: Block, Say: b.checks.Say[findHalf]}}
	}
	r.form()
	r.secrets()
	r.quotes()
	r.outcomes()
	r.people()
	r.laws()
	r.figures()
	r.speech()
	for _, rule := range b.checks.rules {
		r.found = append(r.found, r.rule(rule)...)
	}
	r.novelty()
	r.rivals()
	r.kept()
	r.advice()
	slices.SortStableFunc(r.found, func(a, b Finding) int { return cmp.Compare(grave(a), grave(b)) })
	return r.found
}

func grave(f Finding) int {
	if f.Degree == Block {
		return 0
	}
	return 1
}

// reading is one reading of a letter.
type reading struct {
	book    *Book
	tongue  tongue
	checks  *checks
	order   Order
	c       Case
	text    string
	folded  normal.Text
	f       string     // the folded text
	lined   string     // the folded text with a comma for every sign that ends a clause, for rules
	present []bool     // which literals of the patterns of rules stand in lined
	blank   []bool     // bytes of f that are blanks
	done    []bool     // bytes of f that are accounted for: words of the case, blanks
	sums    []*big.Rat // of money that the letter names
	known   known      // figures that the case knows
	found   []Finding
}

func (b *Book) reading(text string, o Order, c Case) *reading {
	o = o.full()
	r := &reading{book: b, tongue: b.tongues[o.Lang], checks: &b.checks, order: o, c: c, text: text}
	r.folded = b.fold.Fold(text)
	r.f = r.folded.String()
	r.lined = strings.NewReplacer("\n", ",", ";", ",", "!", ",", "?", ",").Replace(r.f)
	r.present = b.checks.literals.In(r.lined)
	r.done, r.blank = make([]bool, len(r.f)), make([]bool, len(r.f))
	r.cover()
	return r
}

// words returns what the case has in words: these may stand in the letter.
func (c Case) words() []string {
	out := []string{c.Body}
	for _, name := range []fact.Name{fact.PlatformName, fact.ErrorText, fact.AccountHint, fact.Province} {
		out = append(out, string(c.Facts[name]))
	}
	for _, x := range c.Contacts {
		out = append(out, x.Channel, x.Agent, strings.TrimRight(strings.TrimSpace(x.Promise), stops))
	}
	return out
}

// cover marks the words of the case and the blanks as accounted for.
func (r *reading) cover() {
	r.known = r.book.knownOf(r.c, r.order)
	for _, w := range r.c.words() {
		w = r.book.fold.Fold(w).String()
		if utf8.RuneCountInString(w) < 2 {
			continue
		}
		for at := 0; ; {
			i := strings.Index(r.f[at:], w)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(w)
			at = to
			if !splits(r.f, from, to) {
				r.account(from, to)
			}
		}
	}
	for _, t := range r.book.tongues {
		for _, at := range t.blank.FindAllStringIndex(r.text, -1) {
			from, to := r.back(at[0]), r.back(at[1])
			r.account(from, to)
			copy(r.blank[from:to], r.done[from:to])
		}
	}
}

// splits reports whether f[from:to] begins or ends within a number or a Latin word.
func splits(f string, from, to int) bool {
	return from > 0 && same(f[from-1], f[from]) || to < len(f) && same(f[to-1], f[to])
}

func same(a, b byte) bool {
	return isDigit(a) && isDigit(b) || isLetter(a) && isLetter(b)
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

func (r *reading) account(from, to int) {
	for i := from; i < to; i++ {
		r.done[i] = true
	}
}

// free reports whether something of f[from:to] is not accounted for.
func (r *reading) free(from, to int) bool {
	for i := from; i < to; i++ {
		if !r.done[i] {
			return true
		}
	}
	return false
}

// add notes a finding about f[from:to].
func (r *reading) add(id string, degree Degree, from, to int) {
	r.found = append(r.found, r.finding(id, degree, r.checks.Say[id], from, to))
}

func (r *reading) finding(id string, degree Degree, say string, from, to int) Finding {
	a, b := r.folded.Span(from, to)
	return Finding{ID: id, Degree: degree, Quote: strings.TrimSpace(r.text[a:b]), Say: say}
}

// clause returns the bounds of the part of f around from..to that the signs close.
func (r *reading) clause(from, to int, signs string) (int, int) {
	lo, hi := 0, len(r.f)
	for i := from; i > 0; {
		c, n := utf8.DecodeLastRuneInString(r.f[:i])
		if strings.ContainsRune(signs, c) && !r.decimal(i-n) {
			lo = i
			break
		}
		i -= n
	}
	for i := to; i < len(r.f); {
		c, n := utf8.DecodeRuneInString(r.f[i:])
		if strings.ContainsRune(signs, c) && !r.decimal(i) {
			hi = i
			break
		}
		i += n
	}
	return lo, hi
}

// decimal reports whether the byte at i is a point within a number, or a
// comma between groups of digits.
func (r *reading) decimal(i int) bool {
	return (r.f[i] == '.' || r.f[i] == ',') && i > 0 && i+1 < len(r.f) && isDigit(r.f[i-1]) && isDigit(r.f[i+1])
}

// says reports whether the clause or sentence around from..to has the pattern.
func (r *reading) says(pattern string, from, to int, signs string) bool {
	lo, hi := r.clause(from, to, signs)
	return r.checks.one[pattern].MatchString(r.f[lo:hi])
}

// rule returns what a rule has against the letter.
func (r *reading) rule(x rule) []Finding {
	if slices.Contains(x.Except, r.order.Kind) || slices.ContainsFunc(x.Unless, r.c.meets) ||
		len(x.Only) > 0 && !slices.ContainsFunc(x.Only, r.c.meets) {
		return nil
	}
	degree := x.Degree
	if degree == "" {
		degree = Block
	}
	for _, p := range x.any {
		if !p.Possible(r.present) {
			continue
		}
		for _, m := range p.FindAllStringSubmatchIndex(r.lined, -1) {
			if at := core(m); r.speaksAgainst(x, at) {
				return []Finding{r.finding(x.ID, degree, x.Say, at[0], at[1])}
			}
		}
	}
	return nil
}

// speaksAgainst reports whether what stands at a place, where a pattern of x was
// found, is what the rule is against.
func (r *reading) speaksAgainst(x rule, at []int) bool {
	if at[0] == at[1] || slices.Contains(r.blank[at[0]:at[1]], true) || !r.free(at[0], at[1]) || x.Apart && !r.allFree(at[0], at[1]) {
		return false
	}
	lo, hi := r.clause(at[0], at[1], stops)
	if x.not != nil && x.not.MatchString(r.f[lo:hi]) {
		return false
	}
	lo, hi = r.clause(at[0], at[1], pauses)
	return !x.Claims || r.checks.guard == nil || !r.checks.guard.MatchString(r.f[lo:hi])
}

// core returns the place of the first group of a match that has one, else of
// the match.
func core(m []int) []int {
	for i := 2; i < len(m); i += 2 {
		if m[i] >= 0 {
			return m[i : i+2]
		}
	}
	return m[:2]
}

// meets reports whether the case meets a condition.
func (c Case) meets(x Condition) bool {
	switch x.Fact {
	case "contacts":
		return len(c.Contacts) >= max(1, x.More)
	case "promise":
		return slices.ContainsFunc(c.Contacts, func(k Contact) bool { return k.Promise != "" })
	}
	v, ok := c.Facts[x.Fact]
	if !ok {
		return false
	}
	if x.More > 0 {
		n, err := number(string(v))
		return err == nil && n >= x.More
	}
	return len(x.Is) == 0 || slices.ContainsFunc(x.Is, func(s string) bool { return string(v) == s || v.Has(s) })
}

// secrets finds what is personal or secret and not in the case.
func (r *reading) secrets() {
	for _, s := range r.book.screen.Personal(r.text) {
		from, to := r.back(s.Start), r.back(s.End)
		if r.free(from, to) {
			r.found = append(r.found, Finding{ID: findLeak, Degree: Block, Quote: r.text[s.Start:s.End], Say: r.checks.Say[findLeak]})
		}
	}
}

// back returns where in the folded text the byte at of the original is.
func (r *reading) back(at int) int {
	return sort.Search(len(r.f), func(i int) bool {
		from, _ := r.folded.Span(i, i+1)
		return from >= at
	})
}

// between finds what stands between quotation marks.
var between = regexp.MustCompile("[\u201c\u300c\"]([^\u201c\u201d\u300c\u300d\"\n]{2,60})[\u201d\u300d\"]")

// quotes finds words that are said to have been shown or said and are not in
// the case.
func (r *reading) quotes() {
	for _, m := range between.FindAllStringSubmatchIndex(r.f, -1) {
		said := strings.Trim(r.f[m[2]:m[3]], " "+pauses)
		if !r.allFree(m[2], m[3]) || r.checks.one["statuses"].MatchString(said) || r.within(said) {
			continue
		}
		if r.checks.one["quoting"].MatchString(r.f[:m[0]]) {
			r.add(findQuote, Block, m[2], m[3])
		}
	}
}

// outcomes finds what somebody is said to have promised and has not.
func (r *reading) outcomes() {
	for _, at := range r.checks.one["outcomes"].FindAllStringIndex(r.f, -1) {
		lo, _ := r.clause(at[0], at[1], pauses)
		if r.allFree(at[0], at[1]) && r.checks.one["vowed"].MatchString(r.f[lo:at[0]]) && !r.within(r.f[at[0]:at[1]]) {
			r.add(findQuote, Block, at[0], at[1])
		}
	}
}

// within reports whether words are part of what the case says.
func (r *reading) within(words string) bool {
	return slices.ContainsFunc(r.c.words(), func(w string) bool {
		return strings.Contains(r.book.fold.Fold(w).String(), words)
	})
}

// people finds names of persons that are not in the case.
func (r *reading) people() {
	for _, re := range r.checks.names {
		i := re.SubexpIndex("name")
		for _, m := range re.FindAllStringSubmatchIndex(r.text, -1) {
			name := r.text[m[2*i]:m[2*i+1]]
			from, to := r.back(m[2*i]), r.back(m[2*i+1])
			if !r.allFree(from, to) || r.checks.one["not_names"].MatchString(name) {
				continue
			}
			r.add(findSomebody, Block, from, to)
		}
	}
}

// rivals finds the names of other platforms.
func (r *reading) rivals() {
	for _, name := range r.checks.rivals {
		for at := 0; ; {
			i := strings.Index(r.f[at:], name)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(name)
			at = to
			if r.free(from, to) && !splits(r.f, from, to) {
				r.add(findRival, Block, from, to)
				return
			}
		}
	}
}

// form finds what is wrong with the text as a text.
func (r *reading) form() {
	if at := r.checks.thinking.FindStringIndex(r.text); at != nil {
		r.found = append(r.found, Finding{ID: findThinking, Degree: Block, Quote: cut(r.text[at[0]:at[1]]), Say: r.checks.Say[findThinking]})
	}
	for _, re := range r.checks.markup {
		if at := re.FindStringIndex(r.text); at != nil {
			r.found = append(r.found, Finding{ID: findMarkup, Degree: Block, Quote: cut(r.text[at[0]:at[1]]), Say: r.checks.Say[findMarkup]})
			break
		}
	}
	lines := strings.Split(strings.TrimSpace(r.f), "\n")
	if first, last := lines[0], lines[len(lines)-1]; r.checks.pre.MatchString(first) || r.checks.epi.MatchString(last) {
		r.add(findMeta, Block, 0, 0)
	}
	if token.MatchString(r.f) {
		r.add(findToken, Block, 0, 0)
	}
	r.half(strings.TrimSpace(lines[len(lines)-1]))
	r.language()
}

// longestQuote is how much of a place is quoted, in bytes.
const longestQuote = 60

func cut(s string) string {
	for len(s) > longestQuote {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}

// pairs are signs of which a finished letter closes what it opens.
var pairs = []string{"\u201c\u201d", "\u300a\u300b", "\u300c\u300d", "()", "\u3010\u3011", "[]"}

// half finds a letter that breaks off: last is its last line.
func (r *reading) half(last string) {
	open := false
	for _, p := range pairs {
		a, n := utf8.DecodeRuneInString(p)
		b, _ := utf8.DecodeRuneInString(p[n:])
		open = open || strings.Count(r.f, string(a)) > strings.Count(r.f, string(b))
	}
	end, _ := utf8.DecodeLastRuneInString(last)
	finished := strings.ContainsRune("\u3002.!?\u201d\")\u3011]\u2026~", end) || r.checks.one["closing"].MatchString(last)
	if open || !finished || r.checks.one["cut_off"].MatchString(last) || utf8.RuneCountInString(r.f) < r.checks.Shortest {
		r.add(findHalf, Block, max(len(strings.TrimSpace(r.f))-len(last), len(r.f)-longestQuote), len(r.f))
	}
}

// language finds a letter that is written in another language.
func (r *reading) language() {
	han, latin, other := 0, 0, 0
	for i, c := range r.f {
		switch {
		case r.done[i]:
		case unicode.Is(unicode.Han, c):
			han++
		case isLetter(byte(c)) && c < utf8.RuneSelf:
			latin++
		case unicode.IsLetter(c):
			other++
		}
	}
	wrong := other > 2
	if r.order.Lang == English {
		wrong = wrong || han > 0 || !r.english()
	} else {
		wrong = wrong || latin > han/2 || han == 0 || latinRun.MatchString(r.masked())
	}
	if wrong {
		r.add(findLanguage, Block, 0, 0)
	}
}

// latinRun is a phrase in a Latin language: five words in a row.
var latinRun = regexp.MustCompile(`[a-z']{2,}(?:[ ,]+[a-z']+){4,}`)

// masked returns the folded text with what is accounted for left out.
func (r *reading) masked() string {
	b := []byte(r.f)
	for i := range b {
		if r.done[i] {
			b[i] = '\n'
		}
	}
	return string(b)
}

var latinWord = regexp.MustCompile(`[a-z']+`)

// english reports whether the Latin words are English ones.
func (r *reading) english() bool {
	words := latinWord.FindAllString(r.masked(), -1)
	hits := 0
	for _, w := range words {
		if slices.Contains(r.checks.English, w) {
			hits++
		}
	}
	return len(words) > 0 && hits*8 >= len(words)
}

// advice finds what a good letter would have.
func (r *reading) advice() {
	for _, t := range r.book.tongues {
		if at := t.blank.FindStringIndex(r.text); at != nil {
			r.found = append(r.found, Finding{ID: findBlank, Degree: Advise, Quote: r.text[at[0]:at[1]], Say: r.checks.Say[findBlank]})
		}
	}
	if !r.checks.one["asking"].MatchString(r.masked()) {
		r.add(findDemand, Advise, 0, 0)
	}
	if !r.checks.one["deadline_"+string(r.order.Lang)].MatchString(r.f) {
		r.add(findDeadline, Advise, 0, 0)
	}
	if n := r.book.forms[r.order.Kind].Longest[r.order.Lang]; n > 0 && utf8.RuneCountInString(r.text) > n {
		r.add(findLong, Advise, 0, 0)
	}
}
