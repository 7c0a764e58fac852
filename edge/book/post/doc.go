// Package post is the book of the letters that headquarters sent: how far they were read, and what each came to.
//
// It promises: a letter's number is recorded in the decision that takes its effect, so that both happened or neither did,
// and a letter that this version cannot read is in the book too and holds up no other.
//
// Its view "post" is described in view.go. The letters themselves are in package letter. Read received.go.
package post
