// Package terminal is what a centre's box knows of one payment terminal, an ATM or a POS: pure values, without a wire.
//
// A [State] holds one [Reading] for each [Axis]; each has its own time and source, and an older one never overwrites a
// newer one. What nobody has said is unknown, never fine. From it follows whether the terminal can pay now, with the
// first reason why not. A [Board] holds the terminals of a centre and tells of changes: the worse at once, the better
// when it has held for a minute, so that nobody is sent to a machine that comes and goes.
//
// Nothing here knows of cards or amounts: there is no field for them. Nothing is kept on disk; after a restart everything
// is unknown until it is heard again. Read state.go, then board.go.
package terminal
