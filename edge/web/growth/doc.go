// Package growth is the page of a measuring desk: the children of the family in hand are weighed, measured and scored, and
// the women's arms are measured.
//
// What was typed comes to scores, classes and a curve before anything is recorded, so that a slip is caught while the child
// is there. Names are masked. The address carries which child is in hand and since which record it is on the scale, so that
// no weight is taken for a sister's.
package growth
