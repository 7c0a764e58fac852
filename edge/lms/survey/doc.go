// Package survey scores a survey: rows of measurements in CSV become the same rows with corrected length, body mass index,
// z-scores, flags and classes, so that anybody can score a survey again and compare.
//
// It streams: memory does not grow with the rows. It promises that what it was given comes out unchanged, in the same order,
// with columns of its own behind, and that a row it cannot read is told with line, column and what to write, and does not stop
// the others.
//
// Read score.go; row.go has the columns, number.go how a number is read.
package survey
