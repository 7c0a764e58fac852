// Package paypoint is the book of the payment terminals that banks have in the centre: what changed of what people act
// on, and the last that was known of each terminal.
//
// It promises: nothing in it concerns a person. A record has the name of a terminal, what changed, the new value, why,
// and who said so; there is no amount, no card and no payment. A change that says what is known already is not recorded,
// so a restart of the box adds nothing.
//
// Its view "paypoint" is described in view.go. What the book knows is history: after a restart a terminal is unknown
// until it is heard, whatever stands here. Read changed.go.
package paypoint
