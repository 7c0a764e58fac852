// Package clock tells what time the box believes it is, and how far that may be trusted.
//
// Boxes boot in 1970 and clocks jump, so nothing here orders records: order is a record's sequence. A Stamp is a label:
// the boot it was taken in, milliseconds of that boot on the monotonic clock, the wall time as then known, and its Grade.
// Durations and time-outs use the monotonic clock of the Go runtime, never a Stamp's wall time.
package clock
