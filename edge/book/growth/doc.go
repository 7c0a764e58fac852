// Package growth is the book of children's measurements and what follows from them, and of women's arms.
//
// A record holds every reading, the means that were computed with, the corrected length, the scores in hundredths, flags,
// classes and their criteria, how the age is known, the instruments, and the version of the figures, so that anybody can
// check later how a verdict came about, or come to another with other figures. Its subject is the person, its actor who
// measured. Nothing in it names or identifies anybody.
//
// Scores are WHO's (edge/lms) and were true with the figures that the record names; the view shows them as they were
// recorded and computes nothing anew.
//
// The view "growth" is described in view.go. Read measured.go, then take.go for how a record is made of readings; follow.go
// says where a child goes next.
package growth
