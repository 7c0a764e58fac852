// Package office is what headquarters keeps besides the chains: who is enrolled and who was shut out, what is to be said
// to each centre, packs, and the scarce things that are lent out.
//
// It promises that the same acts in the same order give the same state on every node, that an act which is proposed
// twice has its effect once, and that a refusal leaves no trace.
//
// It owns the bucket "office" of archive.db, described in FORMAT.md. Acts are applied by the raft group through
// sync/archive, in the transaction of their entry; whoever reads sees committed states only.
package office
