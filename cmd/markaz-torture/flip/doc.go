// Package flip flips single bits of a ledger file that are in use, and demands that each is harmless or named.
//
// A ledger with a floor on it is made once. Each flip is done to a copy: the copy is opened as a box opens its ledger,
// verified, worked on, closed, opened and verified again. A flip is named when one of these says what is wrong; harmless
// when nothing is wrong: the same records, byte by byte, and the same views. Anything else is silent, and a broken promise.
//
// The examiner is a process of its own that goes through many flips, so that one that falls over a flip takes only that
// one with it. The control is in the same run: what bbolt's own check alone would have said of the same flip.
// Read run.go next, then examine.go.
package flip
