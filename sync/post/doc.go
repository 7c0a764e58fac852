// Package post is what headquarters says to centres and hears from them besides records: it writes letters, publishes
// packs, lends out of pools, answers questions, and reads in the chains what came back.
//
// It promises that every letter is signed with the number under which it is posted, that a verb which failed half-way may
// be repeated, and that each record of a chain is read into the office once, whichever node reads.
//
// Desk is the verbs, Clerk reads, Round hands letters to the links. State is sync/office's; the package owns no file.
package post
