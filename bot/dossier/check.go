package dossier

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tixianbot/knowledge"
)

// papers are the sentences of the files, each with the parameters that the
// content may fill in.
var papers = map[string][]string{
	"file.pack":                {"date"},
	"file.pack_masked":         {"date"},
	"file.part":                {"name", "n", "all"},
	"file.one":                 {"date"},
	"file.summary":             {},
	"file.timeline":            {},
	"file.evidence":            {},
	"file.index":               {},
	"file.letters":             {},
	"file.talk":                {},
	"file.reminders":           {},
	"date.day":                 {"year", "month", "day"},
	"date.at":                  {"date", "time"},
	"date.about":               {"date"},
	"date.unknown":             {},
	"value.yuan":               {"n"},
	"value.money":              {"n", "currency"},
	"value.times":              {"n"},
	"value.unsure":             {},
	"value.comma":              {},
	"value.clause":             {},
	"value.semicolon":          {},
	"value.pair":               {"name", "value"},
	"value.quote":              {"text"},
	"value.cut":                {},
	"fact.success":             {},
	"fact.failed":              {},
	"fact.failed_amount":       {"amount"},
	"fact.status":              {"status"},
	"fact.paid":                {},
	"fact.paid_amount":         {"amount"},
	"fact.promised":            {},
	"evidence.number":          {"n"},
	"letter.sent":              {"name"},
	"col.n":                    {},
	"col.at":                   {},
	"col.kind":                 {},
	"col.type":                 {},
	"col.text":                 {},
	"col.result":               {},
	"col.channel":              {},
	"col.agent":                {},
	"col.promise":              {},
	"col.ticket":               {},
	"col.evidence":             {},
	"col.remark":               {},
	"col.file":                 {},
	"col.shows":                {},
	"col.sha":                  {},
	"col.size":                 {},
	"col.state":                {},
	"col.fact":                 {},
	"col.value":                {},
	"col.quote":                {},
	"sheet.timeline":           {},
	"sheet.facts":              {},
	"sheet.index":              {},
	"sheet.page":               {},
	"cell.due":                 {"at"},
	"cell.approx":              {},
	"cell.undated":             {},
	"cell.more":                {},
	"cell.step":                {"id"},
	"cell.stage":               {"name"},
	"cell.paid":                {"amount"},
	"cell.corrects":            {"n"},
	"cell.of":                  {"n"},
	"cell.told":                {"at"},
	"cell.struck":              {},
	"cell.struck_at":           {"at"},
	"cell.was":                 {"old", "at"},
	"cell.was_none":            {"at"},
	"cell.stage_now":           {},
	"cell.unsure":              {},
	"state.here":               {},
	"state.part":               {"n"},
	"state.masked":             {},
	"state.struck":             {},
	"state.gone":               {},
	"state.large":              {},
	"state.changed":            {},
	"size.bytes":               {"n"},
	"size.kilo":                {"n"},
	"size.mega":                {"n"},
	"summary.title":            {},
	"summary.made":             {"date", "n"},
	"summary.made_masked":      {"date", "n"},
	"summary.who":              {},
	"summary.who_text":         {},
	"summary.whom":             {},
	"summary.whom_unknown":     {},
	"summary.with":             {"one", "two"},
	"summary.kind":             {"one", "two"},
	"summary.what":             {},
	"summary.stage":            {},
	"summary.facts":            {},
	"summary.demands":          {},
	"summary.timeline":         {},
	"summary.timeline_some":    {"n", "all", "file"},
	"summary.timeline_none":    {},
	"summary.contents":         {},
	"summary.foot":             {"zone"},
	"summary.foot_masked":      {"zone"},
	"contents.timeline":        {"file", "n"},
	"contents.evidence":        {"file", "n", "got", "index"},
	"contents.evidence_listed": {"file", "n", "index"},
	"contents.letters":         {"file", "n"},
	"contents.talk":            {"file", "n"},
	"contents.json":            {"file"},
	"contents.reminders":       {"file"},
	"demand.pay":               {"amount"},
	"demand.pay_any":           {},
	"demand.reason":            {},
	"demand.answer":            {},
	"demand.check":             {},
	"demand.report":            {},
	"demand.paid":              {"amount"},
	"demand.line":              {"n", "text"},
	"one.title":                {},
	"one.to":                   {"body"},
	"one.who":                  {},
	"one.name":                 {},
	"one.account":              {"hint"},
	"one.whom":                 {},
	"one.platform":             {"name"},
	"one.platform_blank":       {},
	"one.company":              {},
	"one.receiver":             {},
	"one.facts":                {},
	"one.facts_blank":          {},
	"one.contacts":             {},
	"one.contact":              {"at", "text"},
	"one.contacts_none":        {},
	"one.contacts_more":        {"n"},
	"one.demands":              {},
	"one.evidence":             {},
	"one.exhibit":              {"number", "kind", "at"},
	"one.exhibits_more":        {"n"},
	"one.evidence_none":        {},
	"one.sign":                 {},
	"one.signature":            {},
	"talk.title":               {},
	"talk.intro":               {"n"},
	"talk.none":                {},
	"talk.entry":               {"n", "at", "what"},
	"talk.text":                {},
	"talk.struck":              {},
	"picture.title":            {},
	"picture.amount":           {"platform", "amount"},
	"picture.stages":           {},
	"picture.timeline":         {},
	"picture.more":             {"n"},
	"picture.unknown":          {},
	"picture.none":             {},
	"picture.foot":             {"date", "n"},
}

// families are the words for ids, by the beginning of theirs, with those that
// must be there. An id without a word is shown as it is.
var families = map[string][]string{
	"kind.":     {"message", "answer", "note", "contact", "step", "stage", "pasted", "correction", "evidence", "paid", "letter", "fact"},
	"evidence.": {"other"},
	"letter.":   {"other"},
	"shows.":    nil,
	"channel.":  nil,
	"part.":     {"channel", "agent", "said", "promise", "ticket"},
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// Check returns what is missing from the content for the files to be written:
// a sentence that is not there, or one with a parameter that nobody fills, and
// one that no file says.
func Check(k *knowledge.Pack) []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("dossier.yaml: "+format, args...)) }
	have := k.Papers()
	for _, id := range slices.Sorted(maps.Keys(papers)) {
		text, ok := have[id]
		if !ok {
			bad("no sentence %q", id)
		}
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(papers[id], m[1]) {
				bad("%s: nobody fills {%s}; there is %q", id, m[1], papers[id])
			}
		}
	}
	for family, words := range families {
		for _, word := range words {
			if have[family+word] == "" {
				bad("no word %q", family+word)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(have)) {
		family := id[:strings.Index(id, ".")+1]
		_, named := families[family]
		if _, said := papers[id]; !said && !named {
			bad("no file says %q", id)
		}
	}
	return errs
}
