// Package mail takes headquarters' letters: it puts each one's effect into the ledger, once.
//
// It promises that a letter's effect and its number are recorded in one decision, that letters are taken in their order
// without a gap, and that one which cannot be understood is recorded as that and holds up none after it. It does not know
// how a letter came: over the link, or by stick.
//
// Take trusts whoever calls it with the letter's signature; what a letter encloses it checks itself. The package owns no
// file. Read edge/letter and edge/book/post next.
package mail
