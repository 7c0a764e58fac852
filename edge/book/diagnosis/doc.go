// Package diagnosis is the book of headquarters' wishes to look into the box, and of what the people here said to them.
//
// It promises that nothing goes up before somebody at the centre allowed it, and that the chain tells what was asked, by
// whom and why, from which screen it was allowed or refused, and what was given.
//
// The record of a wish is the letter's own body. Its view "diagnosis" is described in view.go. Read given.go.
package diagnosis
