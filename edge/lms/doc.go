// Package lms is the arithmetic of WHO's child growth standards: from what was measured of a child to its corrected length,
// body mass index, z-scores, flags and classes of malnutrition.
//
// It is pure: no clock, no device, no ledger. It promises:
//
//   - measurements are integers (milligrams, micrometres), so that 84.8 cm is the row of 84.8 cm; only L, M and S are
//     computed with in floating point;
//   - a z-score is rounded once, at the very end, half away from zero to hundredths, and everything that follows from it
//     (flags, classes) follows from the rounded value, as in WHO's own software;
//   - outside of the figures' range there is no score, and the reason is told; nothing is extrapolated;
//   - a flagged score is shown and classified: the flag says measure again now, and keeps it out of statistics;
//   - one child is assessed without allocating.
//
// The figures are data: who2006.lms is built in, and a file of the same format (FORMAT.md) replaces it. Source of the
// figures: World Health Organization, WHO Child Growth Standards, 2006 and 2007; see NOTICE.md. Whoever shows a score names
// them.
//
// Read child.go, then assess.go; score.go is the formula, stature.go how a length is corrected, class.go the classes.
package lms
