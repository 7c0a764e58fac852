// Package anthropometry is the tool of a desk that measures: children are weighed, measured and scored, women's arms are
// held against the programme's cut-off, and what follows from a class becomes the visit's next stop.
//
// It stands on a Floor and decides about the visit that a desk serves and the family in hand, which registration knows. An
// entry can be tried before it is saved: what has to be read once more and what speaks against it are told while the
// child is there. What was measured is never changed: a mistake is withdrawn, and another measurement takes its place.
// Errors are *desk.Refusal.
//
// Read book/growth for what it records, and edge/lms for scores, flags and classes.
package anthropometry
