package letter

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	lawTitle    = regexp.MustCompile(`\x{300a}([^\x{300a}\x{300b}]+)\x{300b}`)
	lawNumber   = regexp.MustCompile(`\x{7b2c}([0-9\x{3001}\x{81f3}, ]+)\x{6761}`)
	numberRange = regexp.MustCompile(`[0-9]+`)
)

// through joins the first and the last of a row of articles.
const through = "\u81f3"

// lawsIn returns the laws that texts name in 《》 and the articles behind each.
func lawsIn(texts []string) map[string]map[int]bool {
	laws := map[string]map[int]bool{}
	for _, text := range texts {
		titles := lawTitle.FindAllStringSubmatchIndex(text, -1)
		for i, at := range titles {
			end := len(text)
			if i+1 < len(titles) {
				end = titles[i+1][0]
			}
			title := text[at[2]:at[3]]
			if laws[title] == nil {
				laws[title] = map[int]bool{}
			}
			own, _, _ := strings.Cut(text[at[1]:end], "\uff1b")
			for _, nos := range lawNumber.FindAllStringSubmatch(own, -1) {
				addArticles(laws[title], nos[1])
			}
		}
	}
	return laws
}

func addArticles(to map[int]bool, nos string) {
	first, last, row := strings.Cut(nos, through)
	if row {
		a, _ := number(strings.TrimSpace(first))
		z, _ := number(strings.TrimSpace(last))
		for n := a; n <= z && n-a < 100; n++ {
			to[n] = true
		}
		return
	}
	for _, s := range numberRange.FindAllString(nos, -1) {
		n, _ := number(s)
		to[n] = true
	}
}

// laws checks the laws that the letter names.
func (r *reading) laws() {
	for _, re := range r.checks.articles {
		r.eachLaw(re, func(at []int, name, nos string) {
			title := r.law(name)
			if title == "" || !r.holds(title, nos) {
				r.add(findLaw, Block, at[0], at[1])
			}
			r.account(at[0], at[1])
		})
	}
	for _, re := range r.checks.named {
		r.eachLaw(re, func(at []int, name, _ string) {
			title := strings.HasPrefix(r.f[at[0]:], "\u300a") // a way to do something has none
			if r.checks.one["papers"].MatchString(name) || !title && r.checks.one["generic"].MatchString(name) {
				return
			}
			if r.law(name) == "" {
				r.add(findLaw, Block, at[0], at[1])
			}
		})
	}
	for _, at := range r.checks.one["document"].FindAllStringIndex(r.f, -1) {
		if r.free(at[0], at[1]) && !strings.Contains(r.book.fold.Fold(r.checks.lawText).String(), r.f[at[0]:at[1]]) {
			r.add(findLaw, Block, at[0], at[1])
		}
		r.account(at[0], at[1])
	}
}

func (r *reading) eachLaw(re *regexp.Regexp, use func(at []int, name, nos string)) {
	for _, m := range re.FindAllStringSubmatchIndex(r.f, -1) {
		if !r.free(m[0], m[1]) {
			continue
		}
		group := func(name string) string {
			i := re.SubexpIndex(name)
			if i < 0 || m[2*i] < 0 {
				return ""
			}
			return strings.TrimSpace(r.f[m[2*i]:m[2*i+1]])
		}
		use(m[:2], group("name"), group("nos"))
	}
}

// law returns the title of the law of the knowledge base that name ends with,
// in Chinese or in English, or "".
func (r *reading) law(name string) string {
	name = strings.Trim(name, "\u300a\u300b")
	if zh, ok := r.checks.Law.English[strings.TrimPrefix(name, "the ")]; ok {
		return zh
	}
	best := ""
	for title := range r.checks.laws {
		folded := r.book.fold.Fold(title).String()
		if strings.HasSuffix(name, folded) && utf8.RuneCountInString(title) > utf8.RuneCountInString(best) {
			best = title
		}
	}
	return best
}

// holds reports whether the knowledge base has all articles nos of a law.
func (r *reading) holds(title, nos string) bool {
	for i := 0; i < len(nos); {
		n, ok := r.checks.numbers.At(nos, i)
		if !ok {
			_, size := utf8.DecodeRuneInString(nos[i:])
			i += size
			continue
		}
		v, _ := n.Int()
		if !r.checks.laws[title][v] {
			return false
		}
		i = n.End
	}
	return true
}
