// Package search finds the article that answers a question, and tells a
// question from an account of what happened.
//
// It is small on purpose: a few dozen articles, each with the ways in which
// people ask for it. Texts are folded (package normal), words of the same
// meaning are made the same (content), and what is left is cut into single
// characters and pairs of characters; Latin words stay whole. An article scores
// by the share of the question's information that it carries (BM25, a rare
// token carrying more than a common one), by the nearest of the ways to ask for
// it, and by cues, which are content: words that speak for a topic by
// themselves. What nothing in the articles knows counts against all of them,
// which is what lets a threshold say "I do not know that".
//
// The invariant: scores are comparable between questions, short and long. They
// are shares of the question, not sums over it.
package search

import (
	"math"
	"sort"

	"tixianbot/knowledge/normal"
)

// Doc is an article as the search sees it.
type Doc struct {
	ID    string
	Title string
	Asked []string // how people ask for it
	Text  string   // its markup may stay in
}

// Hit is an article that was found.
type Hit struct {
	ID    string
	Score float64 // about 0 to 2; see [Index.Knows]
}

// How much the fields of an article count.
const (
	titleWeight = 3
	askedWeight = 2
	textWeight  = 1
)

// Parameters of BM25: how soon more of the same token stops counting, and how
// far long articles are discounted.
const (
	saturation = 1.2
	lengthBias = 0.5
)

// What the parts of a score weigh.
const (
	articleShare = 1.0 // the article as a whole
	phraseShare  = 0.8 // the nearest way to ask for it
	strongCue    = 0.35
	weakCue      = 0.15
	awayCue      = -0.9  // a sign that the question is about something else
	strangeCue   = -0.25 // nothing in it is of our domain
	otherShare   = -0.8  // by how much the nearest question about something else is nearer
)

// Index answers questions. It is never changed and is safe to share.
type Index struct {
	table    *normal.Table
	words    words
	docs     []doc
	phrases  []phrase
	idf      map[string]float64
	unknown  float64 // the idf of a token that no article has
	byToken  map[string][]posting
	byPhrase map[string][]int
	sure     float64
	domain   []cue
	away     []cue
	asks     []cue
	vague    []cue
	tells    []cue
}

// doc is an indexed article.
type doc struct {
	id           string
	strong, weak []cue
	length       float64 // in weighted tokens
}

// phrase is one way to ask for an article, or, with the doc other, for
// something else.
type phrase struct {
	doc  int
	mass float64 // what it holds in all
}

const other = -1

// posting says how often, weighted by field, an article has a token.
type posting struct {
	doc int
	tf  float64
}

// Build indexes docs.
func Build(t *normal.Table, r Rules, docs []Doc) *Index {
	x := &Index{
		table: t, words: newWords(t, r), idf: map[string]float64{},
		byToken: map[string][]posting{}, byPhrase: map[string][]int{}, sure: r.Sure,
		domain: cues(t, r.Domain), away: cues(t, r.Away),
		asks: cues(t, r.Asks), vague: cues(t, r.Vague), tells: cues(t, r.Tells),
	}
	for _, d := range docs {
		x.add(d, r.Topics[d.ID])
	}
	for _, question := range r.Elsewhere {
		x.phrase(other, question)
	}
	x.weigh()
	return x
}

// add indexes one article.
func (x *Index) add(d Doc, topic Topic) {
	n := len(x.docs)
	entry := doc{id: d.ID, strong: cues(x.table, topic.Strong), weak: cues(x.table, topic.Weak)}
	tf := map[string]float64{}
	count := func(text string, weight float64) {
		for _, tok := range x.tokens(text) {
			tf[tok.text] += weight
			entry.length += weight
		}
	}
	count(d.Title, titleWeight)
	count(d.Text, textWeight)
	for _, asked := range append([]string{d.Title}, append(d.Asked, topic.Asked...)...) {
		count(asked, askedWeight)
		x.phrase(n, asked)
	}
	for tok, f := range tf {
		x.byToken[tok] = append(x.byToken[tok], posting{n, f})
	}
	x.docs = append(x.docs, entry)
}

// phrase indexes one way to ask for the article doc, or for something else.
func (x *Index) phrase(doc int, asked string) {
	for _, tok := range distinct(x.tokens(asked)) {
		x.byPhrase[tok.text] = append(x.byPhrase[tok.text], len(x.phrases))
	}
	x.phrases = append(x.phrases, phrase{doc: doc})
}

// weigh computes how much each token tells and how much each phrase holds.
func (x *Index) weigh() {
	n := float64(len(x.docs))
	for tok, list := range x.byToken {
		df := float64(len(list))
		x.idf[tok] = math.Log(1 + (n-df+0.5)/(df+0.5))
	}
	x.unknown = math.Log(1 + (n+0.5)/0.5)
	for tok, list := range x.byPhrase {
		for _, p := range list {
			x.phrases[p].mass += x.mass(token{tok, weightOf(tok)})
		}
	}
}

// mass returns how much information a token carries.
func (x *Index) mass(t token) float64 {
	idf, ok := x.idf[t.text]
	if !ok {
		idf = x.unknown
	}
	return t.weight * idf
}

// Find returns the n articles that answer query best, the best first. Articles
// that share nothing with it are left out.
func (x *Index) Find(query string, n int) []Hit {
	folded := x.table.Fold(query).String()
	toks := distinct(x.tokens(query))
	scores := x.articles(toks)
	near, far := x.nearest(toks)
	own := 0.0
	for i, s := range near {
		scores[i] += phraseShare * s
		own = max(own, s)
	}
	hits := make([]Hit, 0, len(scores))
	away := x.elsewhere(folded) + otherShare*max(0, far-own)
	for i, s := range scores {
		if s += x.docs[i].cues(folded); s > 0 {
			hits = append(hits, Hit{ID: x.docs[i].id, Score: s + away})
		}
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].Score > hits[j].Score })
	return hits[:min(n, len(hits))]
}

// articles returns the share of the question that each article carries.
func (x *Index) articles(toks []token) []float64 {
	scores := make([]float64, len(x.docs))
	mean, total := x.meanLength(), 0.0
	for _, t := range toks {
		mass := x.mass(t)
		total += mass
		for _, p := range x.byToken[t.text] {
			norm := saturation * (1 - lengthBias + lengthBias*x.docs[p.doc].length/mean)
			scores[p.doc] += mass * p.tf / (p.tf + norm)
		}
	}
	for i := range scores {
		if total > 0 {
			scores[i] *= articleShare / total
		}
	}
	return scores
}

func (x *Index) meanLength() float64 {
	sum := 0.0
	for _, d := range x.docs {
		sum += d.length
	}
	return max(1, sum/float64(max(1, len(x.docs))))
}

// nearest returns for each article how near the nearest of its phrases is: the
// information they share over the geometric mean of what either holds; and how
// near the nearest question about something else is.
func (x *Index) nearest(toks []token) (own []float64, elsewhere float64) {
	shared := make([]float64, len(x.phrases))
	total := 0.0
	for _, t := range toks {
		mass := x.mass(t)
		total += mass
		for _, p := range x.byPhrase[t.text] {
			shared[p] += mass
		}
	}
	own = make([]float64, len(x.docs))
	for i, s := range shared {
		if s == 0 {
			continue
		}
		p := x.phrases[i]
		if near := s / math.Sqrt(total*p.mass); p.doc == other {
			elsewhere = max(elsewhere, near)
		} else {
			own[p.doc] = max(own[p.doc], near)
		}
	}
	return own, elsewhere
}

// elsewhere returns what counts against all articles: the question is about
// something else, or about nothing that the domain has words for.
func (x *Index) elsewhere(folded string) float64 {
	out := 0.0
	if found(x.away, folded) {
		out += awayCue
	}
	if !found(x.domain, folded) {
		out += strangeCue
	}
	return out
}

// cues returns what the cues found in the folded text add.
func (d *doc) cues(folded string) float64 {
	sum := 0.0
	for _, c := range d.strong {
		if c.in(folded) {
			sum += strongCue
		}
	}
	for _, c := range d.weak {
		if c.in(folded) {
			sum += weakCue
		}
	}
	return sum
}

// Knows reports whether the best of hits is good enough to be shown as an answer.
func (x *Index) Knows(hits []Hit) bool {
	return len(hits) > 0 && hits[0].Score >= x.sure
}

// IsQuestion reports whether text asks something rather than tells what
// happened. A bare "what now" behind an account is part of the account.
func (x *Index) IsQuestion(text string) bool {
	folded := x.table.Fold(text).String()
	if found(x.asks, folded) {
		return true
	}
	return found(x.vague, folded) && !found(x.tells, folded)
}
