// Package durable makes files that a power cut leaves absent or whole, and opens bbolt files that may be wrecks.
//
// Every file here is written under a temporary name, synced, renamed, and its directory synced: without the last step
// a file that was acknowledged can be gone after a cut. bbolt makes a new database where there is none, panics and
// faults on wrecks, goes round for ever in pages that lead to themselves, and does not see that a file was cut short; a Store refuses all of that with an error of its owner.
//
// The ledger of the box, the archive and the raft log of headquarters, keys and certificates all stand on it.
package durable
