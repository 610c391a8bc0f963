package bot

import "slices"

// furtherHits is how many articles are tried for one question at most.
const furtherHits = 3

// unhelped notes that an article did not answer the user's question and offers
// the next best, or says what can be done instead.
func (t *turn) unhelped(topic string) {
	t.record(RecordGap, "", topic)
	question, tried := t.questionOf(topic)
	for _, hit := range t.k.Index.Find(question, furtherHits) {
		if hit.ID != topic && !slices.Contains(tried, hit.ID) {
			t.tell(t.say("unhelped.next"))
			t.tellArticle(hit.ID)
			return
		}
	}
	t.tell(t.say("unhelped.none"), t.stamp([][]Button{{t.button("show_again", actShow, "")}})[0])
}

// questionOf returns the newest question that an article answered, as far as
// the recent records go, and the articles that did not help with it.
func (t *turn) questionOf(topic string) (question string, tried []string) {
	for _, r := range t.in.Recent {
		switch {
		case r.Kind == RecordGap:
			tried = append(tried, r.About)
		case r.Kind == RecordQuestion && (r.About == topic || slices.Contains(tried, r.About)):
			return r.Text, tried
		}
	}
	return "", tried
}
