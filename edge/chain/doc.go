// Package chain is one hash-linked record, the chain that records make, and the signed checkpoint: their bytes, their
// hashes, and the verification of both. It promises that bytes which left a box can be checked for ever by anyone,
// because bytes are hashed as stored and never encoded again.
//
// scan.go reads what Encode writes without reflection, and is held to the general decoder by a fuzz test.
//
// It owns no file; FORMAT.md beside it is the specification and testdata/vectors the test of it. Read edge/block and edge/ledger next.
package chain
