// Package patrol walks a store from end to end, slowly and again and again, and remembers where it is and what it found.
//
// It promises: a walk goes on after a restart where it was; it takes a tenth of the time at most, however slow the disk; what
// it finds is kept until a later walk finds nothing. What a step is, the store says.
//
// It owns the file it is given: JSON, as State has it. Deleting it begins a walk anew.
package patrol
