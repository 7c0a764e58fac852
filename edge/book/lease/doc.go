// Package lease is the book of what headquarters lent this centre: numbers of scarce things, how many were drawn, and what
// went back.
//
// It promises that a number is drawn once, that none is drawn of a lease that went back, and that a lease goes back only
// when this box knows the time for certain: nothing ends by a clock that cannot be trusted.
//
// The record of a grant is the letter's own body. Its view "lease" is described in view.go. Read drawn.go.
package lease
