// Package block is a run of consecutive stored records as columns: the fields of one kind side by side, compressed.
//
// It promises that a block gives back the exact bytes of every record in order; that what Decode gives are records as
// chain.Decode accepts them, each with the sequence of its place; that no block takes more room than its reader
// announced, whatever is in it; and that the same records give the same block. What it does not promise is that the
// records hang together: whoever holds the hashes at both ends walks the chain.
//
// It owns no file. FORMAT.md has the bytes, testdata/vectors.json the test of them. Ledger, wire and archive hold the
// same blocks; read edge/ledger next.
package block
