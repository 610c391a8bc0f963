// Package triage ranks the causes of a stuck withdrawal and chooses the
// question that is most worth asking next.
//
// The reasoning is the plainest there is, so that an editor can follow and
// correct it. A [Weights] value, which is content, says three things: how usual
// each cause is; how usual each answer to each question is, once for anybody
// ("of a hundred people, 60 say that their identity is valid") and again for
// the causes under which it differs ("under identity_expired half of them say
// expired"); and which phrases of a user point to a cause by themselves, and
// how strongly. [Compile] turns that into tables of probabilities. [Model.Rank]
// multiplies what is known into a probability of each cause, [Model.Next]
// weighs every open question by how much its answer is expected to change.
//
// Not knowing is an answer too, with a frequency of its own: people mostly know
// what concerns them, so "I don't know of any dispute" speaks a little against
// one. Numbers and times are first sorted into bands, see [Bands].
//
// Besides, a text is compared with examples of what people write under each
// cause, see [Voices]. They help to rank what no cue knows, but choose and end
// no question: with each question asked they count less.
//
// The invariant: ranking and choosing use the same tables, and each column of a
// table sums to one. So asking can only be worth as much as the ranking would
// make of the answer, and no order of questions changes where it ends.
//
// Nothing here does I/O, reads a clock or knows who calls.
package triage
