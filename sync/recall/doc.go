// Package recall is a re-made box's end of reading its centre's chain back from headquarters.
//
// It promises that no record is kept that was not verified: its batch's signature by one of the keys that headquarters
// names, and its place in the chain; that whatever cuts the line or the process, the next attempt goes on where the last
// stopped; and that no more than one batch is in memory at a time, however long the chain.
//
// It owns no file: who stores the records declares Store. Headquarters' end is in sync/ingest. Read edge/box next.
package recall
