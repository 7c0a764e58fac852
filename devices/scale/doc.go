// Package scale drives weighing scales: what comes out is integer grams, the scale's own words, and whether the weight
// may be believed.
//
// It promises:
//
//   - a unit is never guessed: a line without one is refused and becomes a condition with a remedy;
//   - grams are exact decimal arithmetic on what the scale said; no floating point touches a weight;
//   - Stable is said only of a weight that the scale called stable and, where it repeats itself, said three times
//     running within one division: a byte lost on the line changes one line, not three;
//   - a weight is as old as its line: an answer that comes late is dropped, and a scale that owes one is cancelled and
//     found again before it is asked for the next;
//   - a line that was cut, joined or filled with noise costs that line and nothing else.
//
// Each way of speaking is a [dialect]: a splitter that finds the next message in a stream, and a decoder. MT-SICS and A&D
// are complete, with commands and every error reply; CAS, Tanita, Rice Lake and seca are decoders.
//
// An empty pan cannot be seen, only inferred. A weight that stands for 5 s between two and ten divisions, or anywhere
// below minus two, is taken for a pan that should read zero: no one who is weighed here is that light, which the profile
// checks (min_g lies above ten divisions).
//
// # Sources
//
// MT-SICS: Mettler-Toledo reference manual 11780711 and the operating instructions of the AL-IC, AT and JS lines.
// A&D: EK/EW, EJ and GC manuals, "A&D standard format". CAS: NT-200, CI-150A/600D and PD-II manuals. seca: document
// 30-34-00-605 Ind. c. Tanita: BD-815U and WB-3000 manuals. Rice Lake: 350-10 manual.
//
// reading.go is what a weight is, dialect.go what a way of speaking is, driver.go what others call, session.go the
// conversation over one open port, hear.go what is made of what comes in, order.go what is sent for somebody, [Sim] the far
// end of the wire. Read driver.go next.
package scale
