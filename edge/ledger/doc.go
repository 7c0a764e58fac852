// Package ledger is the append-only log of a box and its views, in one bbolt file.
//
// It promises: an Update that returned nil is on disk; a refusal wrote nothing; nobody is shown or sent a record before
// its commit was acknowledged; views are functions of the records alone and can be dropped and rebuilt; after a commit
// whose outcome is unknown it answers no one.
//
// It owns the file ledger.db, described in FORMAT.md: buckets "log" (records), "blocks" (records that were sealed while
// the box idled), "meta", and one a book, "view/" and its name; ledger.db.import, a ledger on
// its way back; and beside it a witness, a ballast and how far it was verified. DESIGN.md tells why it is built this way. Read edge/book/visit next, for what a book looks like.
package ledger
