// Package tape records what a driver and a device say to each other, and plays it back.
//
// A [Tap] sits between a driver and its port and puts every exchange into a [Ring]: the last few for the device page,
// or many for a file. A [Tape] is such a file, in text that people read and diff (FORMAT.md); [Replay] makes a port of it
// that says what the device said, when the driver has written what it wrote. So a device that somebody met once, far
// away, can be met again in every test.
//
// What must not be on a tape never reaches it: a [Mask] takes fingerprints, slips' pictures and passwords out before
// they are kept, and leaves their length. A mask that meets what it does not know hides it.
//
// Read tape.go next.
package tape
