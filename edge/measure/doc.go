// Package measure says what a desk may accept as the weight, length, height or arm circumference of a person.
//
// It is rules only: no device, no clock, no disk. Whoever runs a desk feeds a [Session] with what the scale says and what
// people type, shows the [Step] that it asks for, and in the end keeps the [Measurement] with everything it was made of.
// It promises:
//
//   - a weight is made of stable, positive readings of one scale, two of which agree within two divisions though the
//     person was lifted off in between; a third reading decides, and three that disagree begin anew;
//   - a child held by its mother is her weight with it minus her weight alone, taken within three minutes;
//   - a length or height is typed twice, and the two agree within half a centimetre;
//   - what is outside the range of the people who come here is asked about and never changed; what no human being
//     measures is refused with a word on what to write;
//   - results are integers, grams and millimetres, and every reading and every typed text is kept beside them.
//
// Growth standards and their z-scores are not its business: it knows what can be, not what is healthy.
//
// session.go is the conversation, weigh.go and typed.go the rules, digits.go how typed numbers are read. Read session.go
// next.
package measure
