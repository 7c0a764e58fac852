// Package pack is the book of packs: which were offered, which is active, which was before it.
//
// It promises that the version of a name only rises, whatever is offered and however often, unless a letter orders the
// box back; that the version before the active one is known; and that each refusal says why.
//
// The records of offers and orders are the letters' own bodies, with headquarters' signature. The content is in files
// that package depot keeps. The view "pack" is described in view.go. Read activated.go.
package pack
